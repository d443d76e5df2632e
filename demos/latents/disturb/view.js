// Noise on the code: the same epsilon in every space, growing; the measured curves beside it.
const root = element.querySelector(".instrument");
const { el } = kit;
const notice = kit.notice();
notice.say("");
let index = kit.link.number("latents_digit", props.index), cards = {}, shape = "";
const noise = kit.slider({ label: "noise on z", min: 0, max: 2, step: 0.05, value: kit.link.number("latents_noise", 0.3), onInput: (value) => { kit.link.set({ latents_noise: value }); plot.cursor(value); ask(); } });
const unit = kit.choice({ label: "measured in", options: props.units, value: kit.link.get("latents_unit", "spread"), onInput: (value) => { kit.link.set({ latents_unit: value }); ask(); } });
const width = kit.choice({ label: "dimensions", options: [["2", "2"], ["32", "32"]], value: "2", onInput: () => ask() });
const other = kit.button("another digit", () => { index = (index + 1) % 5000; ask(); });
const seed = kit.whole({ label: "seed", value: 0, onInput: () => ask() });
const columns = el("div", { class: "spaces" });
const plot = kit.lines({ label: "share of test digits whose class survives, against the noise on their code", height: 260, x: { label: "noise on z", low: 0 }, y: { label: "class kept", low: 0, high: 1, percent: true } });

const note = el("p", { class: "soft" });
const kinds = { pca: "pca", vae: "vae", autoencoder: "ae" };
const kindOf = (name) => kinds[Object.keys(kinds).find((start) => name.startsWith(start))] || "ink";
const call = kit.live(server.disturb, (answer, request) => {
  const now = Object.keys(answer.spaces).join();
  if (now !== shape) {
    shape = now;
    columns.style.setProperty("--columns", Object.keys(answer.spaces).length);
    columns.replaceChildren(...Object.entries(answer.spaces).map(([name, space]) => {
      const sheet = kit.sheet({ label: `${space.title}: eight disturbed copies decoded`, cell: 64, most: 4 }), words = el("p", { class: "share" });
      cards[name] = { sheet, words };
      return el("section", { class: "space" }, el("h3", {}, space.title), sheet.element, words);
    }));
  }
  note.textContent = `Green frame: the judge still sees the digit's own class. The same ε in all spaces. The curves: of ${answer.measured} test digits.`;
  const series = [];
  Object.entries(answer.spaces).forEach(([name, space], k) => {
    const kept = space.class.filter((which) => which === answer.class).length;
    cards[name].sheet.set(space.pictures, { good: space.class.map((which) => which === answer.class) });
    cards[name].words.textContent = `${kept} of ${space.class.length} still a ${answer.class}; σ of the noise here: ${space.size.toPrecision(2)}`;
    series.push({ name: space.title, kind: kindOf(name), mark: [4, 1, 0][k % 3], points: space.curve.map((row) => [row.noise, row.kept]) });
  });
  plot.show(series, { cursor: request.noise });
}, notice.say);
const ask = () => call({ index, noise: noise.value, unit: unit.value, width: Number(width.value), seed: seed.value });
root.append(notice.element, el("div", { class: "row tools" }, noise.element, unit.element, width.element, seed.element, other), columns, plot.element,
  note);
ask();
