// What more numbers in the code buy: one's own digit at every width, the measured curve, and 32 dimensions seen flat.
const root = element.querySelector(".instrument");
const { el } = kit;
const notice = kit.notice();
notice.say("");
const KIND = { PCA: ["pca", 4], AE: ["ae", 1], VAE: ["vae", 0] };
let rows = null, now = kit.link.number("latents_codes", 32), series = [];

const pad = kit.pad({ label: "Your digit", width: 184, strokes: props.examples[props.start], examples: props.examples, onInput: () => ask() });
const board = el("div", { class: "board" });
const plot = kit.lines({ label: "reconstruction error of the test set against the width of the code", height: 280, x: { label: "numbers in the code", log: true, ticks: [2, 8, 16, 32, 64] }, y: { label: "MSE on 10,000 test digits", log: true }, onCursor: (width) => pick(width) });
const reading = el("p", { class: "share", "aria-live": "polite" });
const pictures = {};
const say = () => {
  const parts = series.map(({ name, points }) => { const found = points.find(([w]) => w === now); return found && `${name} ${found[1].toFixed(4)}`; }).filter(Boolean);
  reading.textContent = `${now} numbers: test MSE ${parts.join(", ")}.`;
  for (const [key, picture] of Object.entries(pictures)) picture.figure.classList.toggle("now", key.endsWith(`/${now}`));
};
const pick = (width) => { now = width; plot.cursor(width); say(); };
const call = kit.live(server.rebuild, (answer) => {
  const widths = [...new Set(Object.values(answer.rows).flatMap((row) => row.map((cell) => cell.width)))].sort((a, b) => a - b);
  if (!rows) {
    board.style.setProperty("--widths", widths.length);
    board.append(el("span"), ...widths.map((w) => el("button", { type: "button", class: "button", onclick: () => pick(w) }, String(w))));
    for (const [method, row] of Object.entries(answer.rows)) {
      if (!row.length) continue;
      board.append(el("h4", {}, answer.titles[method]));
      for (const w of widths) {
        const cell = row.find((other) => other.width === w);
        if (!cell) { board.append(el("span", { class: "none" }, "–")); continue; }
        pictures[`${method}/${w}`] = kit.picture({ label: "", width: 80 });
        board.append(pictures[`${method}/${w}`].figure);
      }
    }
  }
  rows = answer.rows;
  for (const [method, row] of Object.entries(rows)) for (const cell of row) {
    const picture = pictures[`${method}/${cell.width}`];
    picture.show(cell.picture);
    picture.caption.textContent = cell.mse.toFixed(4);
    picture.canvas.setAttribute("aria-label", `${answer.titles[method]} with ${cell.width} numbers, mean squared error ${cell.mse.toFixed(4)}`);
  }
  say();
}, notice.say);
const ask = () => call({ picture: pad.value });

const look = kit.choice({ label: "32 dimensions seen by", options: [["axes", "PCA: the two widest directions"], ["tsne", "t-SNE: near ones stay near"]], value: kit.link.get("latents_view", "axes"), onInput: (view) => { kit.link.set({ latents_view: view }); flat(view); } });
if (!look.value) look.value = "axes";
const flatMaps = el("div", { class: "spaces" });
const warning = el("p", { class: "warning" });
let seen = null;
const square = (points) => {
  const xs = [], ys = [];
  for (let i = 0; i < points.length; i += 2) { xs.push(points[i]); ys.push(points[i + 1]); }
  const half = 0.54 * Math.max(Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys));
  const cx = (Math.max(...xs) + Math.min(...xs)) / 2, cy = (Math.max(...ys) + Math.min(...ys)) / 2;
  return [cx - half, cx + half, cy - half, cy + half];
};
const flat = (view) => {
  if (!seen) return;
  for (const space of Object.values(seen.spaces)) space.map.data({ points: space[view], classes: seen.classes, extent: square(space[view]) });
  warning.textContent = view === "tsne"
    ? "Careful: t-SNE keeps neighbours together and nothing else. Distances between islands, their sizes and their order mean nothing, its axes have no name, and another seed draws another map."
    : "A straight projection: distances can only shrink, so what looks mixed here may be well apart in the other 30 dimensions.";
};

root.append(notice.element, el("div", { class: "desk" }, pad.element, el("div", { class: "scroll" }, board)), reading, plot.element,
  el("div", { class: "row tools" }, look.element), flatMaps, warning);
ask();
server.curves().then((answer) => {
  if (answer.error) return notice.say(answer.error);
  series = Object.entries(answer).filter(([, row]) => row.length).map(([method, row]) => ({ name: props.titles[method], kind: KIND[method][0], mark: KIND[method][1], points: row.map(({ width, mse }) => [width, mse]) }));
  const here = [...new Set(series.flatMap((line) => line.points.map(([w]) => w)))];
  if (!here.includes(now)) now = here[here.length - 1];
  plot.show(series, { cursor: now });
  say();
});
server.views().then((answer) => {
  if (answer.error) return notice.say(answer.error);
  seen = { classes: kit.bytes(answer.classes), spaces: answer.spaces };
  const named = Object.values(seen.spaces);
  flatMaps.style.setProperty("--columns", named.length);
  for (const space of named) {
    space.axes = kit.floats(space.axes);
    space.tsne = kit.floats(space.tsne);
    space.map = kit.map({ label: `${space.title}: ${seen.classes.length} codes of 32 numbers laid out flat`, width: 340, points: space.axes, classes: seen.classes, extent: square(space.axes), axes: ["", ""], zoom: false });
    flatMaps.append(el("section", { class: "space" }, el("h3", {}, space.title), space.map.element));
  }
  flat(look.value);
});
