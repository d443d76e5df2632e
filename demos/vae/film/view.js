// The film between two pictures: both walks in latent space and the cross-fade in pixel space, scrubbed in the browser.
const { el } = kit;
const root = element.querySelector(".instrument");
const notice = kit.notice();
const KINDS = [["line", "straight line in latent space"], ["great-circle", "great circle in latent space"], ["fade", "cross-fade of the pixels"]];
let film = null, timer = null, forward = 1;

const network = kit.choice({ label: "Network", options: props.networks, value: kit.link.get("vae_walker", props.networks[0][0]), onInput: () => { ends.forEach((e) => e.rename(classNames())); ask(); } });
const steps = kit.slider({ label: "Frames", min: 2, max: 64, step: 1, digits: 0, value: kit.link.number("vae_steps", 32), onInput: () => ask() });

// ---- the two ends: drawn, picked among the test pictures, or sampled -------------------------------------------------
const classNames = () => props.classes[network.value.includes("fashion") ? "fashion" : "digits"];
const given = (name, otherwise) => { const digit = kit.link.number(name, otherwise); return Number.isInteger(digit) && digit >= 0 && digit <= 9 ? digit : otherwise; };
const end = (label, kind, digit, seed) => kit.source({ label, kind, digit, seed, examples: props.examples, classes: classNames(), onInput: () => ask() });
const ends = [end("First", "drawn", given("vae_first", 3), 0), end("Second", "picked", given("vae_second", 8), 100)];

// ---- three screens, one slider ----------------------------------------------------------------------------------------
const screens = KINDS.map(([kind, words]) => {
  const picture = kit.picture({ label: words, width: 168 });
  const strip = kit.film({ label: `film, ${words}`, height: 52, onScrub: (i) => go(i / Math.max(1, strip.count - 1)) });
  return { kind, words, picture, strip };
});
const scrub = kit.slider({ label: "From first to second", min: 0, max: 1, step: 0.001, value: Math.max(0, Math.min(1, kit.link.number("vae_t", 0.5))), digits: 2, onInput: (t) => go(t) });
scrub.input.addEventListener("change", () => kit.link.set({ vae_t: scrub.value }));
const go = (t) => {
  if (!film) return;
  const start = performance.now(), index = Math.round(t * (film.steps - 1));
  scrub.value = t;
  for (const screen of screens) { screen.picture.show(screen.strip.frame(index)); screen.strip.at(index); }
  where(index);
  root.dataset.scrub = (performance.now() - start).toFixed(2); // milliseconds, for whoever measures
  root.dataset.frame = index;
};
const play = kit.button("Play", () => {
  if (timer) { clearInterval(timer); timer = null; play.textContent = "Play"; return; }
  play.textContent = "Pause";
  timer = setInterval(() => {
    if (!root.isConnected) return clearInterval(timer);
    let t = scrub.value + forward / Math.max(1, film.steps - 1);
    if (t >= 1 || t <= 0) { forward = -forward; t = Math.max(0, Math.min(1, t)); }
    go(t);
  }, 80);
}, { kind: "main" });
const save = (kind) => kit.button(kind === "line" ? "Save the line as GIF" : "Save the arc as GIF", async () => {
  const answer = await server.gif({ first: ends[0].source, second: ends[1].source, steps: steps.value, network: network.value, kind });
  if (answer.error) return notice.say(answer.error);
  const link = el("a", { href: `data:image/gif;base64,${answer.gif}`, download: `${network.value}-${kind}.gif` });
  root.append(link);
  link.click();
  link.remove();
});

// ---- where the walk goes: on the map in two dimensions, as distance from the origin in more -----------------------------
const plot = el("canvas", { role: "img", "aria-label": "distance of the walk from the origin" });
const words = el("p", { class: "soft", role: "status" });
const map = kit.map({ label: "Both walks on the latent map", width: 340, points: new Float32Array(0), classes: new Uint8Array(0), extent: [-4, 4, -4, 4] });
let mapped = "", at = 0;
const place = el("div", { class: "place-walk" }, el("div", { class: "walk-plot" }, plot), map.element);
map.overlay((context, toPixel) => {
  if (!film || !film.paths) return;
  const style = getComputedStyle(document.body);
  for (const [kind, colour] of [["great-circle", style.getPropertyValue("--warm")], ["line", style.getPropertyValue("--accent")]]) {
    for (const [line, width] of [[kit.dark() ? "#05080c" : "#ffffff", 6], [colour, 3]]) {
      context.strokeStyle = line;
      context.lineWidth = width;
      context.beginPath();
      film.paths[kind].forEach((z) => context.lineTo(...toPixel(z)));
      context.stroke();
    }
    context.fillStyle = colour;
    context.beginPath();
    context.arc(...toPixel(film.paths[kind][at]), 7, 0, 2 * Math.PI);
    context.fill();
  }
});
const drawPlot = () => {
  if (!film || film.paths) return;
  const width = Math.min(340, place.clientWidth || 340), height = 230, style = getComputedStyle(document.body), ink = (name) => style.getPropertyValue(name);
  const context = kit.sharp(plot, width, height), { lengths, typical } = film;
  const top = 1.15 * Math.max(typical, ...lengths.line, ...lengths["great-circle"]);
  const x = (i) => 42 + (i / Math.max(1, film.steps - 1)) * (width - 56), y = (v) => height - 34 - (v / top) * (height - 60);
  context.font = "15px system-ui, sans-serif";
  context.fillStyle = ink("--ink-soft");
  context.strokeStyle = ink("--line");
  for (const v of [0, typical]) { context.beginPath(); context.moveTo(42, y(v)); context.lineTo(width - 10, y(v)); context.stroke(); }
  context.textAlign = "right";
  context.fillText("0", 36, y(0) + 5);
  context.fillText(typical.toFixed(1), 36, y(typical) + 5);
  context.textAlign = "left";
  context.fillText(`|z| of a sample of N(0, I), on average`, 46, y(typical) - 7);
  context.textAlign = "center";
  context.fillText("first  →  second", (42 + width) / 2, height - 10);
  for (const [kind, colour] of [["great-circle", ink("--warm")], ["line", ink("--accent")]]) {
    context.strokeStyle = context.fillStyle = colour;
    context.lineWidth = 3;
    context.beginPath();
    lengths[kind].forEach((v, i) => context.lineTo(x(i), y(v)));
    context.stroke();
    context.beginPath();
    context.arc(x(at), y(lengths[kind][at]), 6, 0, 2 * Math.PI);
    context.fill();
  }
};
const where = (index) => {
  at = index;
  const n = kit.show, { lengths } = film;
  words.replaceChildren("|z| here: ", el("b", { class: "is-line" }, `line ${n(lengths.line[index], 2)}`), ", ", el("b", { class: "is-arc" }, `circle ${n(lengths["great-circle"][index], 2)}`), `; the codes are ${n(film.angle, 0)}° apart`);
  map.marker(null);
  drawPlot();
};
const showMap = async () => {
  map.element.hidden = !film.paths;
  plot.hidden = !!film.paths;
  if (film.paths && mapped !== network.value) {
    mapped = network.value;
    const answer = await server.atlas({ network: mapped });
    if (!answer.error) map.data({ points: kit.floats(answer.points), classes: kit.bytes(answer.classes), extent: answer.extent });
  }
};

// ---- asking -----------------------------------------------------------------------------------------------------------
const askFilm = kit.live(server.film, (answer) => {
  film = answer;
  screens.forEach((screen) => screen.strip.set(answer[screen.kind], answer.steps));
  ends.forEach((e, i) => e.seen.show(answer.ends[i]));
  showMap();
  go(scrub.value);
  root.dataset.network = network.value;
}, notice.say);
const ask = () => {
  kit.link.set({ vae_walker: network.value, vae_steps: steps.value });
  askFilm({ first: ends[0].source, second: ends[1].source, steps: steps.value, network: network.value });
};

root.append(
  el("div", { class: "row controls" }, network.element, steps.element),
  notice.element,
  el("div", { class: "stage" }, el("div", { class: "panel" }, ends[0].element),
    el("div", { class: "middle" },
      el("div", { class: "screens" }, screens.map((screen) => el("div", { class: `screen ${screen.kind}` }, screen.picture.figure))),
      scrub.element,
      screens.map((screen) => el("div", { class: `strip ${screen.kind}` }, screen.strip.element)),
      el("div", { class: "row" }, play, save("line"), save("great-circle")),
      el("div", { class: "under" }, words, place)),
    el("div", { class: "panel" }, ends[1].element)),
);
kit.onTheme(drawPlot);
new ResizeObserver(drawPlot).observe(place);
kit.whenSeen(root, ask);
