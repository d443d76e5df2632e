// Every space sampled the same way: where the drawn codes fall, what is decoded there, and how much of it is a digit.
const root = element.querySelector(".instrument");
const { el } = kit;
const notice = kit.notice();
notice.say("");

const columns = el("div", { class: "spaces" });
const note = el("p", { class: "soft" });
const tableBox = el("div", { class: "scroll" });
let atlas = null, cards = {};
const sampler = kit.choice({ label: "draw z from", options: props.samplers, value: kit.link.get("latents_sampler", props.samplers[0][0]), onInput: (value) => { kit.link.set({ latents_sampler: value }); ask(); } });
const width = kit.choice({ label: "dimensions", options: [["2", "2"], ["32", "32"]], value: kit.link.get("latents_width", "2"), onInput: (value) => { kit.link.set({ latents_width: value }); ask(); } });
const seed = kit.whole({ label: "seed", value: kit.link.number("latents_seed", 0), onInput: () => ask() });
const again = kit.button("next seed", () => { seed.value = seed.value + 1; ask(); }, { kind: "main" });
if (!sampler.value) sampler.value = props.samplers[0][0];
if (!width.value) width.value = "2";

const build = (spaces, wide) => {
  cards = {};
  columns.style.setProperty("--columns", Object.keys(spaces).length);
  columns.replaceChildren(...Object.entries(spaces).map(([name, space]) => {
    const sheet = kit.sheet({ label: `${space.title}: decoded samples`, cell: 46, most: 8 });
    const stored = atlas && atlas.spaces.find((other) => other.name === name);
    const map = stored && !wide ? kit.map({ label: `${space.title}: where the drawn codes fall among the test digits' codes`, width: 300, points: stored.points, classes: atlas.classes, extent: stored.extent, radius: 2 }) : null;
    const words = el("p", { class: "share" });
    cards[name] = { sheet, map, words, extent: stored && stored.extent };
    return el("section", { class: "space" }, el("h3", {}, space.title), map && map.element, sheet.element, words);
  }));
};
const overlay = (card, points) => {
  if (!card.map) return;
  const [x0, x1, y0, y1] = card.extent; // a view that holds the codes and the drawn points
  const xs = [x0, x1], ys = [y0, y1];
  for (let i = 0; i < points.length; i += 2) { xs.push(points[i]); ys.push(points[i + 1]); }
  const half = 0.52 * Math.max(Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys));
  const cx = (Math.max(...xs) + Math.min(...xs)) / 2, cy = (Math.max(...ys) + Math.min(...ys)) / 2;
  card.map.view([cx - half, cx + half, cy - half, cy + half]);
  card.map.overlay((context, toPixel) => {
    for (let i = 0; i < points.length; i += 2) {
      const [x, y] = toPixel([points[i], points[i + 1]]);
      context.beginPath();
      context.arc(x, y, 5, 0, 2 * Math.PI);
      context.fillStyle = kit.methodColour("--paper");
      context.fill();
      context.lineWidth = 3;
      context.strokeStyle = kit.methodColour("--ink");
      context.stroke();
    }
  });
};
let shape = "";
const percent = (share) => `${(100 * share).toFixed(1)} %`;
const call = kit.live(server.draw, (answer, request) => {
  const now = `${request.width}:${Object.keys(answer.spaces)}`;
  if (now !== shape) { build(answer.spaces, request.width !== 2); shape = now; }
  const head = ["share of digits", ...props.samplers.map(([, words]) => words), "rebuilt test digits"];
  const rows = [];
  for (const [name, space] of Object.entries(answer.spaces)) {
    const card = cards[name], good = space.digits.filter(Boolean).length;
    card.sheet.set(space.pictures, { good: space.digits });
    card.words.textContent = `${good} of these ${answer.count} are digits`;
    overlay(card, kit.floats(space.points));
    rows.push(el("tr", {}, el("th", { scope: "row" }, space.title),
      props.samplers.map(([kind]) => el("td", { class: kind === request.kind ? "now" : "" }, percent(space.shares[kind]))), el("td", {}, percent(space.rebuilt))));
  }
  tableBox.replaceChildren(el("table", {}, el("thead", {}, el("tr", {}, head.map((words) => el("th", { scope: "col" }, words)))), el("tbody", {}, rows)));
  const sure = answer.noise.sure == null ? "" : ` The second condition matters: of pictures of pure noise ${answer.judge} is that sure in ${percent(answer.noise.sure)} of all cases; among real digits lie ${percent(answer.noise.among)} of them.`;
  note.textContent = `A digit here is a picture of which ${answer.judge} is at least ${percent(answer.threshold)} sure and which lies among real digits in its features (as near to one as that one's third neighbour). Measured on ${answer.measured} draws each. Real test digits: ${percent(answer.real)}.${sure}`;
}, notice.say);
const ask = () => call({ kind: sampler.value, count: 24, seed: seed.value, width: Number(width.value) });

root.append(notice.element, el("div", { class: "row tools" }, sampler.element, width.element, seed.element, again), columns, tableBox, note);
kit.atlas(server).then((found) => { atlas = found; ask(); }).catch((error) => notice.say(error.message));
