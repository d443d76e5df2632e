// An electron micrograph: simulate, count electrons, denoise patch by patch, count vacancies before and after.
const root = element.querySelector(".instrument");
const { el } = kit;
const SIZE = props.size;

const dose = kit.slider({ label: "Dose", min: -1, max: 1.7, step: 0.02, value: 0, onInput: () => update() });
const doseWords = () => {
  const d = 10 ** dose.value;
  dose.element.querySelector("output").textContent = `${d < 1 ? d.toFixed(2) : d.toFixed(1)} e⁻ per white pixel`;
  dose.input.setAttribute("aria-valuetext", `${d.toFixed(2)} electrons per white pixel`);
};
const lattice = kit.choice({ label: "Lattice", options: props.lattices, value: "hexagonal", onInput: () => update() });
const sliders = {
  spacing: kit.slider({
    label: "Column spacing",
    min: 7,
    max: 16,
    step: 0.1,
    value: 11,
    digits: 1,
    unit: "px",
    onInput: () => update(),
  }),
  width: kit.slider({
    label: "Column width σ",
    min: 1.4,
    max: 3,
    step: 0.05,
    value: 2.2,
    unit: "px",
    onInput: () => update(),
  }),
  angle: kit.slider({
    label: "Angle",
    min: 0,
    max: 90,
    step: 1,
    value: 15,
    digits: 0,
    unit: "°",
    onInput: () => update(),
  }),
  vacancies: kit.slider({ label: "Vacancies", min: 0, max: 0.3, step: 0.01, value: 0.06, onInput: () => update() }),
  background: kit.slider({ label: "Background", min: 0, max: 0.25, step: 0.01, value: 0.08, onInput: () => update() }),
};
const seed = kit.whole({ label: "Seed", value: kit.link.number("micrograph_seed", 0), onInput: () => update() });
const renew = kit.button("New specimen", () => {
  seed.value = (seed.value + 1) % 2147483648;
  update();
});
const marks = kit.toggle({ label: "Mark the vacancies", value: true, onInput: () => draw() });

const titles = {
  clean: "Without noise",
  noisy: "Counted electrons",
  blur: "Best blur",
  network: "Network, patch by patch",
};
const views = Object.fromEntries(
  Object.entries(titles).map(([name, title]) => {
    const canvas = el("canvas", { class: "picture", width: SIZE, height: SIZE, role: "img", "aria-label": title });
    const over = el("canvas", { class: "over", "aria-hidden": "true" });
    const numbers = el("span", { class: "soft" });
    const figure = el(
      "figure",
      { class: "figure view" },
      el("div", { class: "stack" }, canvas, over),
      el("figcaption", {}, title),
      numbers,
    );
    return [name, { canvas, over, numbers, figure, title: figure.querySelector("figcaption") }];
  }),
);
const summary = el("p", { class: "summary" });
const notice = kit.notice();
root.append(
  el("div", { class: "views" }, Object.values(views).map(({ figure }) => figure)),
  summary,
  el(
    "div",
    { class: "panel controls" },
    dose.element,
    lattice.element,
    Object.values(sliders).map((slider) => slider.element),
    seed.element,
    renew,
    marks.element,
  ),
  notice.element,
);

let last = null;
const ring = (context, points, scale, colour, shape) => {
  context.strokeStyle = colour;
  context.lineWidth = 2.5;
  for (const [x, y] of points) {
    context.beginPath();
    if (shape === "ring") context.arc(x * scale, y * scale, 8, 0, 2 * Math.PI);
    else if (shape === "cross") {
      context.moveTo(x * scale - 6, y * scale - 6);
      context.lineTo(x * scale + 6, y * scale + 6);
      context.moveTo(x * scale + 6, y * scale - 6);
      context.lineTo(x * scale - 6, y * scale + 6);
    } else context.rect(x * scale - 7, y * scale - 7, 14, 14);
    context.stroke();
  }
};
const draw = () => {
  if (!last) return;
  for (const [name, view] of Object.entries(views)) {
    const result = last.views[name];
    view.figure.hidden = !result;
    if (!result) continue;
    kit.paint(view.canvas, kit.bytes(result.picture));
    const side = view.canvas.clientWidth || 220, context = kit.sharp(view.over, side, side);
    context.clearRect(0, 0, side, side);
    if (marks.value) {
      ring(context, result.found, side / SIZE, "#4fdcae", "ring");
      ring(context, result.missed, side / SIZE, "#ff5d4f", "cross");
      ring(context, result.false, side / SIZE, "#ffc15c", "box");
    }
    if (name === "clean") view.numbers.textContent = `${last.vacant} vacancies among ${last.columns} columns`;
    else {view.numbers.textContent = `${
        kit.show(result.psnr, 1)
      } dB · ${result.found.length} found, ${result.missed.length} missed, ${result.false.length} false`;}
  }
  views.blur.title.textContent = `Best blur (σ = ${last.sigma} px, chosen knowing the truth)`;
};
const show = (result) => {
  last = result;
  summary.replaceChildren(
    `On average ${kit.show(result.electrons, 2)} electrons in a pixel. `,
    el("span", { class: "key found" }, "○ found"),
    " ",
    el("span", { class: "key missed" }, "✕ missed"),
    " ",
    el("span", { class: "key false" }, "□ false alarm"),
  );
  draw();
};
const ask = kit.live(server.micrograph, show, notice.say);
const update = () => {
  doseWords();
  const request = { dose: 10 ** dose.value, lattice: lattice.value, seed: seed.value };
  for (const [name, slider] of Object.entries(sliders)) request[name] = slider.value;
  ask(request);
};
new ResizeObserver(draw).observe(views.clean.canvas);
update();
