// The same test digits in each latent space: hover one and it lights up in all; choose two and walk between them.
const root = element.querySelector(".instrument");
const { el } = kit;
const notice = kit.notice();
notice.say("");
const place = el("div", {});
root.append(notice.element, place);

const STEPS = 17;
let twins = kit.link.get("latents_twins", "lecture");
if (!props.twins.some(([key]) => key === twins)) twins = "lecture";
const pairs = kit.choice({ label: "networks", options: props.twins, value: twins, onInput: (value) => open(value) });
pairs.element.hidden = props.twins.length < 2;

const build = (atlas) => {
  let first = kit.link.number("latents_first", props.first), second = kit.link.number("latents_second", props.second);
  let hovered = -1, pinned = second, ways = null, turn = "first";
  const count = atlas.classes.length, inside = (i, otherwise) => (Number.isInteger(i) && i >= 0 && i < count ? i : otherwise);
  first = inside(first, 0);
  second = inside(second, 1);

  // ---- the digit itself, and under each map what its network makes of it --------------------------------------------
  const original = kit.picture({ label: "the digit", width: 112 });
  const words = el("p", { class: "which" });
  const rebuilt = {}, decoded = {}, places = {};
  const below = (space) => {
    rebuilt[space.name] = kit.picture({ label: "rebuilt", width: 92 });
    decoded[space.name] = kit.picture({ label: "at the cross", width: 92 });
    places[space.name] = el("p", { class: "place number" });
    return el("div", { class: "made" }, rebuilt[space.name].figure, decoded[space.name].figure, places[space.name]);
  };

  const nearestCell = (space, index) => linked.maps[space.name].cell(linked.maps[space.name].code(index));
  const originals = new Map();
  const fetchOriginals = kit.live(server.look_up, ({ indices, pictures }) => {
    if (!pictures) return;
    indices.forEach((i, k) => originals.set(i, pictures[k]));
    if (originals.has(hovered)) original.show(originals.get(hovered));
  }, notice.say);
  const say = (index, exact) => {
    words.textContent = `a ${atlas.names[atlas.classes[index]]}, test digit ${index}`;
    words.classList.toggle("exact", exact);
  };
  // While hovering: the nearest decoded cell of each map's background, and said so. Nothing is computed for it.
  const glance = (index) => {
    hovered = index;
    if (index < 0) { linked.light(pinned); return exact(pinned); }
    say(index, false);
    for (const space of atlas.spaces) {
      const cell = nearestCell(space, index);
      if (cell) rebuilt[space.name].show(cell);
      rebuilt[space.name].caption.textContent = "rebuilt ≈";
      rebuilt[space.name].canvas.setAttribute("aria-label", `${space.title}: about what it rebuilds (nearest cell)`);
    }
    if (!atlas.originals) return;
    if (originals.has(index)) original.show(originals.get(index));
    else fetchOriginals({ indices: [index] });
  };
  // Chosen: exactly what each network makes of it.
  const ask = kit.live(({ index }) => server.digit({ index, twins }), (answer) => {
    if (hovered >= 0 && hovered !== answer.index) return; // the pointer has moved on
    say(answer.index, true);
    if (answer.original) original.show(answer.original);
    original.figure.hidden = !answer.original;
    for (const [name, { picture, mse }] of Object.entries(answer.rebuilt)) {
      rebuilt[name].show(picture);
      rebuilt[name].caption.textContent = mse == null ? "rebuilt" : `rebuilt, MSE ${mse.toFixed(3)}`;
      rebuilt[name].canvas.setAttribute("aria-label", `what it rebuilds, exactly${mse == null ? "" : `: mean squared error ${mse.toFixed(3)}`}`);
    }
  }, notice.say);
  const exact = (index) => ask({ index });

  // ---- a point anywhere: at once the nearest cell, exactly when the pointer rests ------------------------------------
  const showPoint = (answer) => {
    if (answer.error) return notice.say(answer.error);
    const name = answer.network, [z1, z2] = answer.z.map((value) => kit.show(value, 1));
    decoded[name].show(answer.picture);
    decoded[name].caption.textContent = "at the cross";
    places[name].textContent = `z = (${z1}, ${z2}): ${answer.digit ? `a ${atlas.names[answer.class]}` : "no clear digit"} (${Math.round(100 * answer.confidence)} % sure` +
      `${answer.digit ? "" : ` of a ${atlas.names[answer.class]}`}); nearest code ${kit.show(answer.distance, 2)} away`;
  };
  const askPoint = kit.live(server.decode_at, showPoint, notice.say);
  let resting;
  const move = (z, space) => {
    const map = linked.maps[space.name], cell = map.cell(z);
    map.marker(z);
    if (cell) { decoded[space.name].show(cell); decoded[space.name].caption.textContent = "at the cross ≈"; }
    clearTimeout(resting);
    resting = setTimeout(() => askPoint({ network: space.name, z }), 60);
  };

  const linked = kit.linkedMaps({
    atlas, below, width: 316, tools: false, onMove: move, onHover: (index) => glance(index),
    label: "Point at a digit to see it in all spaces; arrow keys move the cross; Enter chooses a digit.",
    onChoose: (z, index) => { if (index >= 0) choose(index); },
  });

  // ---- the path --------------------------------------------------------------------------------------------------
  const strips = {}, verdicts = {}, rows = atlas.spaces.map((space) => {
    strips[space.name] = kit.pathStrip({ label: `${space.title}: pictures along the path`, onScrub: (step) => walkTo(step) });
    verdicts[space.name] = el("p", { class: "verdict" });
    return el("div", { class: "way" }, el("h4", {}, space.title, space.mse == null ? null : el("small", {}, `test MSE ${space.mse.toFixed(4)}`)), strips[space.name].element, verdicts[space.name]);
  });
  const ends = { first: kit.picture({ label: "A", width: 64 }), second: kit.picture({ label: "B", width: 64 }) };
  const sets = {
    first: kit.button("choose A", () => take("first"), { name: "the next click on a map chooses A" }),
    second: kit.button("choose B", () => take("second"), { name: "the next click on a map chooses B" }),
  };
  const take = (end) => {
    turn = end;
    for (const [name, button] of Object.entries(sets)) button.setAttribute("aria-pressed", String(name === end));
  };
  let step = 0;
  const walkTo = (to) => {
    step = to;
    for (const space of atlas.spaces) strips[space.name].at(to);
    drawWays();
  };
  const drawWays = () => {
    if (!ways) return;
    const style = getComputedStyle(document.body), ink = style.getPropertyValue("--ink"), paper = style.getPropertyValue("--paper");
    for (const space of atlas.spaces) {
      const way = ways[space.name];
      linked.maps[space.name].overlay((context, toPixel) => {
        const at = (i) => toPixel([way.points[2 * i], way.points[2 * i + 1]]);
        for (const [colour, wide] of [[paper, 7], [ink, 3]]) {
          context.strokeStyle = colour;
          context.lineWidth = wide;
          context.beginPath();
          context.moveTo(...at(0));
          context.lineTo(...at(STEPS - 1));
          context.stroke();
        }
        const disc = (i, fill, r, text) => {
          const [x, y] = at(i);
          context.beginPath();
          context.arc(x, y, r, 0, 2 * Math.PI);
          context.fillStyle = fill;
          context.fill();
          context.lineWidth = 2;
          context.strokeStyle = paper;
          context.stroke();
          if (!text) return;
          context.fillStyle = paper;
          context.font = "bold 15px system-ui, sans-serif";
          context.textAlign = "center";
          context.textBaseline = "middle";
          context.fillText(text, x, y + 1);
        };
        disc(way.worst, style.getPropertyValue("--bad"), 7);
        disc(step, style.getPropertyValue("--accent"), 7);
        disc(0, ink, 11, "A");
        disc(STEPS - 1, ink, 11, "B");
      });
    }
  };
  kit.onTheme(drawWays);
  const askPath = kit.live(({ a, b }) => server.walk_all({ first: a, second: b, steps: STEPS, twins }), (answer) => {
    ways = {};
    for (const [name, way] of Object.entries(answer.spaces)) {
      ways[name] = { ...way, points: kit.floats(way.points) };
      strips[name].set({ pictures: kit.bytes(way.pictures), count: answer.steps, confidence: way.confidence, digits: way.digits, worst: way.worst });
      verdicts[name].textContent = `Worst point: step ${way.worst + 1}, ${Math.round(100 * way.confidence[way.worst])} % sure. ` +
        `Digits: ${Math.round(100 * way.share)} % of the path. Farthest from any code: ${kit.show(Math.max(...way.distance), 2)}.`;
    }
    const longest = Object.values(answer.spaces)[0];
    step = Math.min(step, longest.confidence.length - 1);
    walkTo(step);
  }, notice.say);
  const fetchEnds = async () => {
    const answer = await server.look_up({ indices: [first, second] });
    if (!answer.pictures) { ends.first.figure.hidden = ends.second.figure.hidden = true; return; }
    ends.first.show(answer.pictures[0]);
    ends.second.show(answer.pictures[1]);
  };
  const show = () => {
    kit.link.set({ latents_first: first, latents_second: second });
    ends.first.caption.textContent = `A: a ${atlas.names[atlas.classes[first]]}`;
    ends.second.caption.textContent = `B: a ${atlas.names[atlas.classes[second]]}`;
    askPath({ a: first, b: second });
    fetchEnds();
  };
  const choose = (index) => {
    pinned = hovered = index;
    linked.light(index);
    exact(index);
    if (turn === "first") first = index; else second = index;
    take(turn === "first" ? "second" : "first");
    show();
  };
  const other = () => { // another pair of different classes, drawn in the browser
    first = Math.floor(Math.random() * count);
    do second = Math.floor(Math.random() * count); while (atlas.classes[second] === atlas.classes[first]);
    pinned = second;
    linked.light(pinned);
    exact(pinned);
    show();
  };
  const reset = () => { first = props.first; second = props.second; pinned = second; step = 0; take("first"); linked.light(pinned); exact(pinned); start(); show(); };
  const centre = (space) => { // the cross in the middle of its map
    const z = [(space.extent[0] + space.extent[1]) / 2, (space.extent[2] + space.extent[3]) / 2];
    linked.maps[space.name].marker(z);
    server.decode_at({ network: space.name, z }).then(showPoint);
  };
  const start = () => atlas.spaces.forEach((space) => {
    const map = linked.maps[space.name];
    map.view(null);
    centre(space);
  });

  place.replaceChildren(
    el("div", { class: "board" },
      el("aside", {}, el("div", { class: "digit" }, original.figure, words), linked.legend.element),
      linked.element),
    el("div", { class: "row tools" }, pairs.element, linked.scale.element, linked.background.element, el("p", { class: "soft hint" }, "Point at a code; click two: A, then B. Drag to pan.")),
    el("section", { class: "panel ways" },
      el("div", { class: "row ends" }, el("h3", {}, "The straight path from A to B, in every space"), ends.first.figure, ends.second.figure, sets.first, sets.second,
        kit.button("another pair", other), kit.button("reset", reset)),
      rows,
      el("p", { class: "soft" }, `Bars: how sure ${atlas.judge} is of its best class; green where it is at least 90 % sure and the picture lies among real digits. Dashed: the worst point. Distances in units of each cloud's spread.`)));
  take("first");
  linked.light(pinned);
  exact(pinned);
  show();
  atlas.spaces.forEach(centre);
};

const open = (wanted) => {
  notice.say("");
  if (!place.firstChild) place.append(el("p", { class: "soft waiting" }, "The maps are on their way …"));
  kit.atlas(server, wanted).then((atlas) => {
    twins = wanted;
    if (wanted !== kit.link.get("latents_twins", "lecture")) kit.link.set({ latents_twins: wanted });
    build(atlas);
  }).catch((error) => { pairs.value = twins; notice.say(error.message); });
};
open(twins);
