// The 2 x 2 picture: x -> W x + b -> exp -> softmax -> cross-entropy -> p - y -> one step of SGD, all in the browser.
// The same chain in Python is demos/softmax/chain.py; the tests compare the two.
const { el } = kit, root = element.querySelector(".instrument");
const classes = props.classes, K = 3, F = 4, marks = ["●", "▲", "■"];
const copy = (rows) => rows.map((row) => [...row]);
const state = { x: [...props.examples[0][0]], label: props.examples[0][1], W: copy(props.W), b: [...props.b], set: props.examples.map(([x, y]) => [[...x], y]), step: 0, history: [], running: false };

// ---- the chain: four formulas -------------------------------------------------------------------------------------
const logits = (x) => state.W.map((row, k) => row.reduce((sum, w, i) => sum + w * x[i], 0) + state.b[k]);
const oneHot = (label) => classes.map((_, k) => (k === label ? 1 : 0));
const error = (x, label) => kit.softmax(logits(x)).map((p, k) => p - oneHot(label)[k]); // dloss/do = p - y
const loss = (x, label) => kit.crossEntropy(logits(x), label);
const meanLoss = () => state.set.reduce((sum, [x, y]) => sum + loss(x, y), 0) / Math.max(1, state.set.length);
const norm = () => Math.sqrt(state.W.flat().reduce((sum, w) => sum + w * w, 0));

// One step of minibatch SGD: the mean over the batch of the outer product (p - y) x, times the learning rate.
function descend(batch, rate) {
  const gW = state.W.map((row) => row.map(() => 0)), gb = state.b.map(() => 0);
  for (const [x, y] of batch) error(x, y).forEach((e, k) => {
    gb[k] += e / batch.length;
    x.forEach((v, i) => (gW[k][i] += (e * v) / batch.length));
  });
  state.W = state.W.map((row, k) => row.map((w, i) => w - rate * gW[k][i]));
  state.b = state.b.map((b, k) => b - rate * gb[k]);
  state.step += 1;
  state.history.push([state.step, meanLoss(), norm()]);
  if (state.history.length > 4000) state.history = state.history.filter((_, i) => i % 2 === 0); // a long run keeps its shape
}

// ---- the picture ------------------------------------------------------------------------------------------------------
const cells = state.x.map((_, i) => {
  const place = ["top left", "top right", "bottom left", "bottom right"][i];
  const cell = el("button", { type: "button", class: "cell", role: "slider", "aria-label": `pixel ${i + 1}, ${place}`, "aria-valuemin": 0, "aria-valuemax": 1 });
  let from = null;
  const set = (value) => { state.x[i] = Math.round(100 * Math.max(0, Math.min(1, value))) / 100; show(); };
  cell.addEventListener("pointerdown", (event) => { from = [event.clientY, state.x[i], false]; cell.setPointerCapture(event.pointerId); });
  cell.addEventListener("pointermove", (event) => {
    if (!from) return;
    const rise = from[0] - event.clientY;
    if (Math.abs(rise) > 4) from[2] = true;
    if (from[2]) set(from[1] + rise / 100);
  });
  cell.addEventListener("pointerup", () => { if (from && !from[2]) set(state.x[i] >= 1 ? 0 : (Math.floor(4 * state.x[i] + 1e-9) + 1) / 4); from = null; });
  cell.addEventListener("pointercancel", () => (from = null));
  cell.addEventListener("keydown", (event) => {
    const step = { ArrowUp: 0.05, ArrowRight: 0.05, ArrowDown: -0.05, ArrowLeft: -0.05, PageUp: 0.25, PageDown: -0.25, Home: -1, End: 1 }[event.key];
    if (step) { event.preventDefault(); set(state.x[i] + step); }
  });
  return cell;
});
const labels = classes.map((name, k) => kit.button(`${marks[k]} ${name}`, () => { state.label = k; show(); }, { name: `the true class is ${name}` }));
const picture = el("section", { class: "panel picture-side", "aria-label": "The picture and its true class" },
  el("h3", {}, "x: four grey pixels"), el("div", { class: "two" }, cells), el("p", { class: "soft" }, "Click a cell, or drag it up and down."),
  el("h3", {}, "y: what it truly is"), el("div", { class: "segment" }, labels));

// ---- W, b and the sums ------------------------------------------------------------------------------------------------
const field = (name, get, set) => {
  const input = el("input", { type: "number", step: 0.1, min: -1000, max: 1000, "aria-label": name });
  input.addEventListener("input", () => { if (input.value !== "" && input.checkValidity() === true || input.validity.stepMismatch) { set(Number(input.value)); show(input); } });
  input.addEventListener("blur", () => show());
  return { input, write: (skip) => {
    const value = get();
    if (input !== skip) input.value = Number(value.toFixed(2));
    const share = Math.min(1, Math.abs(value) / 2);
    input.style.background = `color-mix(in srgb, var(${value < 0 ? "--accent" : "--warm"}) ${Math.round(55 * share)}%, var(--paper))`;
  } };
};
const rows = classes.map((name, k) => {
  const weights = state.x.map((_, i) => field(`weight of pixel ${i + 1} for ${name}`, () => state.W[k][i], (value) => (state.W[k][i] = value)));
  const bias = field(`bias of ${name}`, () => state.b[k], (value) => (state.b[k] = value));
  const row = { weights, bias, sum: el("div", { class: "sum number" }), logit: kit.bar({ signed: true, label: `logit of ${name}` }), o: el("span", { class: "number" }), e: el("span", { class: "number" }),
    p: kit.bar({ label: `probability of ${name}` }), pText: el("span", { class: "number" }), y: el("span", { class: "number" }), g: el("span", { class: "number gradient" }) };
  row.element = el("div", { class: "class-row" }, el("span", { class: "who" }, `${marks[k]} ${name}`), weights.map((w) => w.input), bias.input,
    el("span", { class: "pair" }, row.logit.element, row.o), row.e, el("span", { class: "pair" }, row.p.element, row.pText), row.y, row.g, row.sum);
  return row;
});
const heads = ["", "w₁", "w₂", "w₃", "w₄", "b", "logit o", "exp(o)", "softmax p", "y", "p − y"].map((words) => el("span", { class: "head" }, words));
const total = el("p", { class: "formula" }), lossLine = el("p", { class: "formula" }), sgdLine = el("p", { class: "formula soft" });
const numbers = el("section", { class: "panel numbers", "aria-label": "Weights, logits, probabilities, gradient" },
  el("div", { class: "class-row heads" }, heads), rows.map((row) => row.element), total, lossLine, sgdLine);

// ---- learning from a small set ------------------------------------------------------------------------------------------
const rate = kit.slider({ label: "Step size", min: -2, max: 1.5, step: 0.1, value: -0.3, digits: 1 });
const rateText = () => { const text = kit.short(10 ** rate.value, 2); rate.element.querySelector("output").textContent = text; rate.input.setAttribute("aria-valuetext", text); };
rate.input.addEventListener("input", rateText); rateText();
const batch = kit.choice({ label: "Minibatch", options: [["1", "1 picture"], ["2", "2 pictures"], ["all", "all of them"]], value: "all" });
const random = kit.random(1);
const draw = () => {
  if (batch.value === "all") return state.set;
  const left = [...state.set];
  return Array.from({ length: Math.min(Number(batch.value), left.length) }, () => left.splice(Math.floor(random.uniform() * left.length), 1)[0]);
};
const learn = (steps) => { if (!state.set.length) return; for (let s = 0; s < steps; s++) descend(draw(), 10 ** rate.value); show(); };
const run = kit.button("Run", () => { state.running = !state.running; run.textContent = state.running ? "Stop" : "Run"; if (state.running) frame(); }, { kind: "main" });
const frame = () => { if (!state.running || !root.isConnected) return; learn(3); requestAnimationFrame(frame); };
const reset = () => { Object.assign(state, { W: copy(props.W), b: [...props.b], step: 0, history: [[0, 0, 0]] }); state.history = [[0, meanLoss(), norm()]]; show(); };
const buttons = el("div", { class: "buttons" },
  kit.button("Step on this picture", () => { descend([[state.x, state.label]], 10 ** rate.value); show(); }, { title: "One SGD step on the picture above alone" }),
  kit.button("Step on the set", () => learn(1)), run, kit.button("1,000 steps", () => learn(1000)),
  kit.button("Start again", reset));
const gallery = el("div", { class: "gallery" });
const set = el("section", { class: "panel", "aria-label": "The minibatch, one row a picture" }, el("h3", {}, "Your training set, as rows of X Wᵀ + b"),
  el("div", { class: "wide" }, gallery), el("div", { class: "buttons" },
    kit.button("Add the picture above", () => { if (state.set.length < 12) { state.set.push([[...state.x], state.label]); show(); } })));
const curve = kit.curves({ label: "Loss over the steps", height: 200, xLabel: "steps" }), size = kit.curves({ label: "Length of W over the steps", height: 200, xLabel: "steps" });
const never = el("p", { class: "formula" });
const learning = el("section", { class: "panel", "aria-label": "Learning" }, el("h3", {}, "Let it learn"), el("div", { class: "controls" }, rate.element, batch.element), buttons,
  el("div", { class: "plots" }, el("div", {}, el("p", { class: "soft" }, "mean loss in nats"), curve.element), el("div", {}, el("p", { class: "soft" }, "|W|, its length"), size.element)), never);

// ---- the product of probabilities -----------------------------------------------------------------------------------------
const many = kit.slider({ label: "Pictures in the data set", min: 0, max: 4, step: 0.05, value: 2, digits: 0, onInput: () => show() });
const product = el("p", { class: "formula" }), logs = el("p", { class: "formula" });
const underflow = el("section", { class: "panel", "aria-label": "Product and sum of logarithms" }, el("h3", {}, "Why the logarithm: the likelihood of many pictures"), many.element, product, logs);

root.append(el("div", { class: "top" }, picture, numbers), el("div", { class: "bottom" }, set, learning), underflow);

// ---- what is shown ------------------------------------------------------------------------------------------------------
function show(skip) {
  const { x, label } = state, o = logits(x), p = kit.softmax(o), y = oneHot(label), e = o.map(Math.exp), all = e.reduce((a, b) => a + b, 0);
  cells.forEach((cell, i) => {
    const grey = Math.round(255 * x[i]);
    cell.style.background = `rgb(${grey}, ${grey}, ${grey})`;
    cell.style.color = x[i] > 0.5 ? "#000" : "#fff";
    cell.textContent = `x${"₁₂₃₄"[i]} = ${x[i].toFixed(2)}`;
    cell.setAttribute("aria-valuenow", x[i]);
  });
  labels.forEach((button, k) => button.setAttribute("aria-pressed", String(k === label)));
  const widest = Math.max(2, ...o.map(Math.abs));
  rows.forEach((row, k) => {
    row.weights.forEach((w) => w.write(skip)); row.bias.write(skip);
    row.sum.textContent = `o = ${x.map((v, i) => `${i ? (state.W[k][i] < 0 ? " − " : " + ") : state.W[k][i] < 0 ? "−" : ""}${kit.short(Math.abs(state.W[k][i]), 2)}·${v.toFixed(2)}`).join("")} ${state.b[k] < 0 ? "−" : "+"} ${kit.short(Math.abs(state.b[k]), 2)} = ${kit.show(o[k], 3)}`;
    row.logit.set(o[k], widest, o[k] < 0 ? "var(--accent)" : "var(--warm)"); row.o.textContent = kit.show(o[k], 2);
    row.e.textContent = kit.short(e[k], 2);
    row.p.set(p[k], 1, kit.classColour(k)); row.pText.textContent = kit.show(p[k], 3);
    row.y.textContent = y[k]; row.g.textContent = kit.signed(p[k] - y[k], 3);
    row.element.classList.toggle("true", k === label);
  });
  const guess = kit.argmax(o), l = kit.crossEntropy(o, label);
  total.textContent = `Σ exp(o) = ${e.map((v) => kit.short(v, 2)).join(" + ")} = ${kit.short(all, 2)};  it says ${classes[guess]}${guess === label ? ", rightly." : ` and is wrong: it is a ${classes[label]}.`}`;
  lossLine.replaceChildren(`label ${label} = one-hot [${y.join(", ")}];  ℓ = −Σ y ln p = −ln p(${classes[label]}) = −ln ${kit.short(p[label], 3)} = `, el("strong", {}, `${kit.short(l, 3)} nats`));
  const step = 10 ** rate.value, w0 = state.W[label][0], g0 = (p[label] - 1) * x[0];
  sgdLine.textContent = `A step here would move w₁ of ${classes[label]} from ${kit.show(w0, 3)} to ${kit.show(w0, 3)} − ${kit.short(step, 2)} · (${kit.show(p[label] - 1, 3)} · ${x[0].toFixed(2)}) = ${kit.show(w0 - step * g0, 3)}.`;
  const now = JSON.stringify([state.W, state.b, state.set, state.step, many.value]);
  if (now !== learned) { learned = now; showLearning(); } // a moved pixel changes none of it
  root.dataset.numbers = JSON.stringify({ W: state.W, b: state.b, x, label, logits: o, probabilities: p, loss: l, gradient_logits: p.map((v, k) => v - y[k]), mean: meanLoss(), step: state.step, rate: step, likelihood: state.likelihood, sum: state.sum });
}

// What depends on W, b and the set alone: the minibatch, the curves, the likelihood.
let learned = "";
function showLearning() {
  showSet();
  const shown = (column) => state.history.map((h) => [h[0], h[column]]);
  curve.show({ series: [{ points: shown(1), colour: getComputedStyle(root).getPropertyValue("--warm") }], lines: [{ y: Math.log(3), name: "a guess: ln 3" }] });
  size.show({ series: [{ points: shown(2) }] });
  const mean = meanLoss();
  never.textContent = `After ${state.step} steps: mean loss ${kit.short(mean, 4)} nats, |W| = ${kit.show(norm(), 2)}.` + (mean > 0 && state.set.every(([v, c]) => kit.argmax(logits(v)) === c) ? " Every picture is right, and still the loss is not 0: on a set that can be told apart it falls as long as W grows, without end." : "");
  const n = Math.round(10 ** many.value), chances = state.set.map(([v, c]) => kit.softmax(logits(v))[c]);
  many.element.querySelector("output").textContent = n.toLocaleString("en");
  many.input.setAttribute("aria-valuetext", `${n} pictures`);
  let likelihood = 1, died = null, sum = 0;
  for (let i = 0; i < n && chances.length; i++) { likelihood *= chances[i % chances.length]; sum += Math.log(chances[i % chances.length]); if (likelihood === 0 && died == null) died = i + 1; }
  product.textContent = `Product of the ${n.toLocaleString("en")} probabilities: ${likelihood === 0 ? `0 exactly, from picture ${died} on: float64 has nothing smaller than 5·10⁻³²⁴` : kit.short(likelihood, 3)}.`;
  logs.textContent = `Sum of their logarithms: ${kit.show(sum, 2)}; its mean with a minus is the loss, ${kit.short(-sum / n, 4)}.`;
  Object.assign(state, { likelihood, sum });
}

// The minibatch as a table: a picture, its four numbers, its three logits and probabilities, its loss.
let lines = [], listed = "";
function showSet() {
  const thumb = (x) => el("span", { class: "thumb", "aria-hidden": "true" }, x.map((v) => { const cell = el("i"); cell.style.background = `rgb(${[0, 0, 0].map(() => Math.round(255 * v))})`; return cell; }));
  if (listed !== JSON.stringify(state.set)) { // the rows are built anew only when the set is another
    listed = JSON.stringify(state.set);
    lines = state.set.map(([x, y], i) => ({
      logits: el("span"), softmax: el("span"), loss: el("span"), x, y,
      take: kit.button(`${marks[y]} ${classes[y]}`, () => { state.x = [...x]; state.label = y; show(); }, { name: `show picture ${i + 1}, a ${classes[y]}` }),
      drop: kit.button("×", () => { state.set.splice(i, 1); show(); }, { name: `remove picture ${i + 1}` }),
    }));
    gallery.replaceChildren(kit.table([["picture", "row of X", "logits", "softmax", "loss", ""],
      ...lines.map((line) => [el("span", { class: "who" }, thumb(line.x), line.take), `[${line.x.map((v) => v.toFixed(1)).join(" ")}]`, line.logits, line.softmax, line.loss, line.drop])]));
  }
  for (const { x, y, logits: o_, softmax: p_, loss: l_ } of lines) {
    const o = logits(x), p = kit.softmax(o), right = kit.argmax(o) === y;
    o_.textContent = `[${o.map((v) => kit.show(v, 1)).join(" ")}]`;
    p_.textContent = `[${p.map((v) => kit.show(v, 2)).join(" ")}]`;
    l_.textContent = `${right ? "✓" : "✗"} ${kit.short(-Math.log(p[y]), 2)}`;
    l_.className = right ? "good" : "bad";
  }
}

kit.onTheme(() => { learned = ""; show(); });
reset();
