// Logits by hand: bars to drag, a constant, a temperature; three bars also as a point in the triangle of probabilities.
// Below: why one does not regress directly. Everything is computed here, in the browser.
const { el } = kit, root = element.querySelector(".instrument");
const LIMIT = 8, names = ["A", "B", "C", "D", "E", "F", "G", "H", "I", "J"];
const starts = { 3: [2, 1, -1], 5: [2, 1, -1, 0.5, -3], 10: [2, 1, -1, 0.5, -3, 0, 1.5, -2, -0.5, -4] };
const given = (kit.link.get("softmax_logits", "") || "").split(",").map(Number);
const state = { o: given.length === 3 && given.every((v) => Math.abs(v) <= LIMIT) ? given : [...starts[3]], T: 1, c: 0 };

const count = kit.choice({ label: "Classes", options: ["3", "5", "10"], value: "3", onInput: (n) => { state.o = [...starts[n]]; build(); } });
const temperature = kit.slider({ label: "Temperature T", min: Math.log10(0.05), max: Math.log10(20), step: 0.01, value: Math.log10(kit.link.number("softmax_temperature", 1)), onInput: (v) => { state.T = 10 ** v; show(); } });
state.T = Math.max(0.05, Math.min(20, 10 ** temperature.value));
const constant = kit.slider({ label: "Add to every logit", min: -100, max: 100, step: 1, value: 0, digits: 0, onInput: (v) => { state.c = v; show(); } });
const reset = kit.button("Reset", () => { state.o = [...starts[state.o.length]]; temperature.value = 0; constant.value = 0; state.T = 1; state.c = 0; build(); });
const bars = el("div", { class: "bars" });
const facts = el("div", { class: "facts" }), order = el("p", { class: "formula" }), formula = el("p", { class: "formula" });
const triangle = el("canvas", { class: "triangle", tabindex: 0, role: "img" });
const triangleBox = el("section", { class: "panel", "aria-label": "The triangle of probabilities" }, el("h3", {}, "Three probabilities: one point in a triangle"), triangle,
  el("p", { class: "soft" }, "Drag the point, or use the arrow keys. The line is the way it takes from T = 20 (middle) to T = 0.05 (corner)."));
let columns = [];

function build() {
  columns = state.o.map((_, k) => {
    const fill = el("span", { class: "fill" }), text = el("span", { class: "number" });
    const handle = el("div", { class: "logit", role: "slider", tabindex: 0, "aria-label": `logit of class ${names[k]}`, "aria-valuemin": -LIMIT, "aria-valuemax": LIMIT, "aria-orientation": "vertical" }, fill);
    const set = (value) => { state.o[k] = Math.round(100 * Math.max(-LIMIT, Math.min(LIMIT, value))) / 100; show(); };
    const at = (event) => { const box = handle.getBoundingClientRect(); set(LIMIT * (1 - (2 * (event.clientY - box.top)) / box.height)); };
    handle.addEventListener("pointerdown", (event) => { handle.setPointerCapture(event.pointerId); handle.focus(); at(event); });
    handle.addEventListener("pointermove", (event) => { if (event.buttons) at(event); });
    handle.addEventListener("keydown", (event) => {
      const step = { ArrowUp: 0.1, ArrowRight: 0.1, ArrowDown: -0.1, ArrowLeft: -0.1, PageUp: 1, PageDown: -1 }[event.key];
      if (step) { event.preventDefault(); set(state.o[k] + step); }
    });
    const probability = el("span", { class: "fill" }), pText = el("span", { class: "number" });
    return { handle, fill, text, probability, pText, element: el("div", { class: "column" }, el("strong", {}, names[k]), handle, text, el("div", { class: "probability", role: "img" }, probability), pText) };
  });
  bars.replaceChildren(el("div", { class: "column axis" }, el("strong", {}, ""), el("span", { class: "tall" }, "logit o"), el("span", {}, "o"), el("span", { class: "low" }, "softmax p"), el("span", {}, "p")), ...columns.map((column) => column.element));
  triangleBox.hidden = state.o.length !== 3;
  show();
}

function show() {
  const shifted = state.o.map((v) => v + state.c), p = kit.softmax(shifted, state.T), H = kit.entropy(p);
  temperature.element.querySelector("output").textContent = kit.show(state.T, 2);
  temperature.input.setAttribute("aria-valuetext", kit.show(state.T, 2));
  columns.forEach((column, k) => {
    const share = state.o[k] / LIMIT, colour = kit.classColour(k);
    column.fill.style.cssText = `background:${colour};${share >= 0 ? `bottom:50%;height:${50 * share}%` : `top:50%;height:${-50 * share}%`}`;
    column.text.textContent = kit.show(shifted[k], state.c ? 1 : 2);
    column.handle.setAttribute("aria-valuenow", state.o[k]);
    column.probability.style.cssText = `background:${colour};bottom:0;height:${100 * p[k]}%`;
    column.pText.textContent = kit.short(p[k], 3);
    column.probability.parentElement.setAttribute("aria-label", `probability of class ${names[k]}: ${kit.short(p[k], 3)}`);
  });
  const ranked = [...p.keys()].sort((a, b) => state.o[b] - state.o[a]).map((k) => names[k]).join(" > ");
  facts.replaceChildren(...[["sum", kit.show(p.reduce((a, b) => a + b, 0), 3)], ["entropy H", `${kit.show(H, 3)} nats`], ["perplexity e^H", `${kit.show(Math.exp(H), 2)} of ${p.length}`], ["largest p", kit.short(Math.max(...p), 3)]]
    .map(([name, value]) => el("div", { class: "fact" }, el("span", { class: "soft" }, name), el("span", { class: "number" }, value))));
  order.textContent = `Order: ${ranked}. No temperature and no constant ever changes it.`;
  const z = (v) => `exp(${kit.show(v, 1)}/${kit.show(state.T, 2)})`;
  formula.textContent = `p(A) = ${z(shifted[0])} / (${shifted.slice(0, 3).map(z).join(" + ")}${shifted.length > 3 ? " + …" : ""}) = ${kit.short(p[0], 3)}` + (state.c ? `: the same as without the ${kit.signed(state.c, 0)}, which cancels.` : "");
  root.dataset.numbers = JSON.stringify({ logits: shifted, T: state.T, probabilities: p, entropy: H });
  drawTriangle(p);
}

// ---- the triangle --------------------------------------------------------------------------------------------------
const size = 300, pad = 34, height = ((size - 2 * pad) * Math.sqrt(3)) / 2, corners = [[pad, pad + height], [size - pad, pad + height], [size / 2, pad]];
const place = (p) => [0, 1].map((d) => p.reduce((sum, v, k) => sum + v * corners[k][d], 0));
function drawTriangle(p) {
  if (p.length !== 3) return;
  const g = kit.sharp(triangle, size, height + 2 * pad), css = getComputedStyle(root), ink = (name) => css.getPropertyValue(name);
  g.strokeStyle = ink("--ink-soft"); g.lineWidth = 1.5; g.fillStyle = ink("--paper");
  g.beginPath(); corners.forEach((c) => g.lineTo(...c)); g.closePath(); g.fill(); g.stroke();
  g.strokeStyle = ink("--line"); // where the winner changes: from the middle to the middle of each side
  const middle = place([1 / 3, 1 / 3, 1 / 3]);
  [[0.5, 0.5, 0], [0.5, 0, 0.5], [0, 0.5, 0.5]].forEach((side) => { g.beginPath(); g.moveTo(...middle); g.lineTo(...place(side)); g.stroke(); });
  g.font = "600 16px system-ui, sans-serif"; g.textAlign = "center"; g.textBaseline = "middle";
  corners.forEach(([x, y], k) => { g.fillStyle = kit.classColour(k); g.fillText(names[k], x, k === 2 ? y - 16 : y + 18); });
  g.strokeStyle = ink("--accent"); g.lineWidth = 2.5; g.beginPath();
  for (let i = 0; i <= 120; i++) g.lineTo(...place(kit.softmax(state.o, 10 ** (Math.log10(20) + (i / 120) * (Math.log10(0.05) - Math.log10(20))))));
  g.stroke();
  const [x, y] = place(p);
  g.fillStyle = ink("--accent"); g.strokeStyle = ink("--paper"); g.beginPath(); g.arc(x, y, 9, 0, 7); g.fill(); g.stroke();
  triangle.setAttribute("aria-label", `Triangle of probabilities: A ${kit.show(p[0], 2)}, B ${kit.show(p[1], 2)}, C ${kit.show(p[2], 2)}. Arrow keys move the point.`);
}
const toLogits = (p) => { const safe = p.map((v) => Math.max(v, 3e-4)), logs = safe.map((v) => state.T * Math.log(v)), mean = logs.reduce((a, b) => a + b, 0) / 3; state.o = logs.map((v) => Math.max(-LIMIT, Math.min(LIMIT, v - mean))); show(); };
const fromPoint = (x, y) => {
  const [[ax, ay], [bx, by], [cx, cy]] = corners, d = (by - cy) * (ax - cx) + (cx - bx) * (ay - cy);
  const a = ((by - cy) * (x - cx) + (cx - bx) * (y - cy)) / d, b = ((cy - ay) * (x - cx) + (ax - cx) * (y - cy)) / d;
  const raw = [a, b, 1 - a - b].map((v) => Math.max(0, v)), sum = raw.reduce((s, v) => s + v, 0);
  toLogits(raw.map((v) => v / sum));
};
const drag = (event) => { const box = triangle.getBoundingClientRect(); fromPoint(((event.clientX - box.left) * size) / box.width, ((event.clientY - box.top) * size) / box.width); };
triangle.addEventListener("pointerdown", (event) => { triangle.setPointerCapture(event.pointerId); drag(event); });
triangle.addEventListener("pointermove", (event) => { if (event.buttons) drag(event); });
triangle.addEventListener("keydown", (event) => {
  const move = { ArrowLeft: [-6, 0], ArrowRight: [6, 0], ArrowUp: [0, -6], ArrowDown: [0, 6] }[event.key];
  if (!move) return;
  event.preventDefault();
  const [x, y] = place(kit.softmax(state.o, state.T));
  fromPoint(x + move[0], y + move[1]);
});

// ---- why not regress directly ------------------------------------------------------------------------------------------
// Three groups on one line. Least squares on one-hot labels, and softmax regression by gradient descent, on the same points.
const far = kit.slider({ label: "How far out the third group lies", min: 0.5, max: 8, step: 0.1, value: 1.5, digits: 1, onInput: () => compare() });
const noise = kit.random(4), jitter = Array.from({ length: 18 }, () => 0.28 * noise.normal());
const leastPlot = kit.curves({ label: "Outputs of least squares over x", height: 230, xLabel: "x" }), softPlot = kit.curves({ label: "Probabilities of softmax regression over x", height: 230, xLabel: "x" });
const verdict = el("p", { class: "formula" }), real = el("p", { class: "formula" });
const versus = el("section", { class: "panel", "aria-label": "Least squares against softmax" }, el("h3", {}, "Why not fit 0 and 1 directly?"), far.element,
  el("div", { class: "plots" }, el("div", {}, el("p", { class: "soft" }, "least squares on one-hot labels"), leastPlot.element), el("div", {}, el("p", { class: "soft" }, "softmax regression"), softPlot.element)), verdict, real);

function compare() {
  const points = jitter.map((j, i) => { const k = i % 3; return [[-1, 0.25, 0.25 + far.value][k] + j, k]; });
  const n = points.length, mean = points.reduce((s, [x]) => s + x, 0) / n, spread = points.reduce((s, [x]) => s + (x - mean) ** 2, 0);
  const lines = [0, 1, 2].map((k) => { // y = intercept + slope (x - mean), the closed form
    const slope = points.reduce((s, [x, y]) => s + (x - mean) * ((y === k) - 1 / 3), 0) / spread;
    return (x) => 1 / 3 + slope * (x - mean);
  });
  const scale = Math.sqrt(spread / n), w = [0, 0, 0], b = [0, 0, 0];
  for (let step = 0; step < 800; step++) {
    const gw = [0, 0, 0], gb = [0, 0, 0];
    for (const [x, y] of points) {
      const u = (x - mean) / scale, p = kit.softmax([0, 1, 2].map((k) => w[k] * u + b[k]));
      for (let k = 0; k < 3; k++) { const e = (p[k] - (k === y)) / n; gw[k] += e * u; gb[k] += e; }
    }
    for (let k = 0; k < 3; k++) { w[k] -= 2 * gw[k]; b[k] -= 2 * gb[k]; }
  }
  const soft = (x) => kit.softmax([0, 1, 2].map((k) => (w[k] * (x - mean)) / scale + b[k]));
  const low = Math.min(...points.map((p) => p[0])) - 0.3, high = Math.max(...points.map((p) => p[0])) + 0.3;
  const xs = Array.from({ length: 81 }, (_, i) => low + ((high - low) * i) / 80);
  const marks = (g, X, Y) => points.forEach(([x, k]) => { g.fillStyle = kit.classColour(k); kit.classMark(g, k, X(x), Y(-0.28), 5); g.fill(); });
  const three = (f) => [0, 1, 2].map((k) => ({ points: xs.map((x) => [x, f(x)[k]]), colour: kit.classColour(k), dash: [[], [9, 5], [3, 4]][k] }));
  const options = { x: [low, high], y: [-0.4, 1.3], after: marks, lines: [{ y: 0, name: "0" }, { y: 1, name: "1" }] };
  leastPlot.show({ ...options, series: three((x) => lines.map((line) => line(x))) });
  softPlot.show({ ...options, series: three(soft) });
  const outputs = points.map(([x]) => lines.map((line) => line(x))), wrongLeast = points.filter(([, y], i) => kit.argmax(outputs[i]) !== y).length, wrongSoft = points.filter(([x, y]) => kit.argmax(soft(x)) !== y).length;
  const negative = outputs.flat().filter((v) => v < 0).length, above = outputs.flat().filter((v) => v > 1).length;
  verdict.textContent = `Of ${3 * n} outputs of least squares ${negative} are below 0 and ${above} above 1. Wrong: least squares ${wrongLeast} of ${n}, softmax ${wrongSoft} of ${n}.` + (wrongLeast > wrongSoft ? " The class in the middle is masked: its line hardly rises, so it hardly ever wins." : "");
}
if (props.least) real.textContent = props.least;

root.append(el("div", { class: "top" },
  el("section", { class: "panel", "aria-label": "Logits and probabilities" }, el("div", { class: "controls" }, count.element, reset), bars, temperature.element, constant.element, facts, order, formula), triangleBox),
  kit.predict("The logits are 2, 1, −1. What do the probabilities become at T = 20, and at T = 0.05?", "At T = 20 they are nearly equal (perplexity close to 3): the differences are divided by 20. At T = 0.05 they are multiplied by 20, and the largest takes all. Slide and see."), versus);
kit.onTheme(() => { show(); compare(); });
build();
compare();
