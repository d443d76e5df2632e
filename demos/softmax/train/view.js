// Train softmax regression here: the training script's loop on the server, a tenth of a second at a time, each visitor
// their own. The curves and the ten templates grow while it runs.
const { el } = kit, root = element.querySelector(".instrument"), K = 10;
const notice = kit.notice();
const state = { run: null, running: false, losses: [], tests: [], best: {}, source: "", steps: 0, step: 0, classes: [], W: null, began: 0, spent: 0 };

const dataset = kit.choice({ label: "Pictures", options: [["digits", "digits"], ["fashion", "garments"]], value: kit.link.get("softmax_train_data", "digits"), onInput: () => prepare() });
const log = (label, min, max, value, digits) => {
  const slider = kit.slider({ label, min, max, step: 0.05, value: Math.log10(value), onInput: () => write() });
  const write = () => { const text = kit.short(10 ** slider.value, digits); slider.element.querySelector("output").textContent = text; slider.input.setAttribute("aria-valuetext", text); };
  write();
  return { element: slider.element, input: slider.input, get value() { return Number((10 ** slider.value).toPrecision(6)); } };
};
const rate = log("Learning rate", -3, 2, kit.link.number("softmax_rate", 0.1), 3);
const batch = kit.choice({ label: "Batch size", options: ["1", "16", "64", "256", "1024", "8192", "60000"], value: "256" });
const epochs = kit.slider({ label: "Epochs", min: 1, max: 50, step: 1, value: 10, digits: 0 });
const sigma = kit.choice({ label: "σ of the first W", options: ["0", "0.01", "0.1", "1"], value: "0.01" });
const l2 = kit.choice({ label: "L2", options: ["0", "0.0001", "0.001", "0.01", "0.1"], value: "0" });
const seed = kit.whole({ label: "Seed", value: 0 });
const settings = el("section", { class: "panel settings", "aria-label": "Settings of the training" }, dataset.element, rate.element, batch.element, epochs.element, sigma.element, l2.element, seed.element);

const go = kit.button("Train", () => (state.running ? pause() : play()), { kind: "main" });
const one = kit.button("One step", () => step(), { title: "One minibatch" });
const anew = kit.button("Start anew", () => { stop(); });
const bar = el("progress", { max: 1, value: 0, "aria-label": "steps done" }), say = el("p", { class: "formula", role: "status" });
const loss = kit.curves({ label: "Cross-entropy while it trains", height: 230, xLabel: "epochs" });
const accuracy = kit.curves({ label: "Accuracy on the test pictures while it trains", height: 230, xLabel: "epochs" });
const tiles = Array.from({ length: K }, () => {
  const canvas = el("canvas", { width: 28, height: 28, class: "picture", role: "img" }), caption = el("figcaption");
  return { canvas, caption, figure: el("figure", { class: "figure" }, canvas, caption) };
});
const classes = { digits: props.classes.digits, fashion: props.classes.fashion };
root.append(notice.element, el("div", { class: "grid" }, settings,
  el("section", { class: "panel", "aria-label": "Curves" }, el("div", { class: "buttons" }, go, one, anew, bar), say,
    el("div", { class: "plots" }, el("div", {}, el("p", { class: "soft" }, "cross-entropy in nats: minibatch (thin), test (thick)"), loss.element), el("div", {}, el("p", { class: "soft" }, "test accuracy"), accuracy.element)))),
  el("section", { class: "panel", "aria-label": "The ten columns of W" }, el("h3", {}, "The ten columns of W, as they grow"), el("div", { class: "tiles" }, tiles.map((tile) => tile.figure))));

async function prepare() {
  stop();
  tiles.forEach((tile, k) => (tile.caption.textContent = classes[dataset.value][k]));
  say.textContent = "Reading the pictures …";
  const answer = await server.train_prepare({ dataset: dataset.value });
  if (answer.error) return notice.say(answer.error);
  state.best = answer;
  state.source = answer.source;
  show();
}

async function begin() {
  if (state.run) return true;
  Object.assign(state, { losses: [], tests: [], W: null, step: 0, spent: 0, ended: "" });
  const answer = await server.train_start({ dataset: dataset.value, learning_rate: rate.value, batch_size: Number(batch.value), epochs: epochs.value, sigma: Number(sigma.value), l2: Number(l2.value), seed: seed.value });
  if (answer.error) { notice.say(answer.error); return false; }
  notice.say("");
  Object.assign(state, { run: answer.run, steps: answer.steps, source: answer.source, perEpoch: answer.steps / epochs.value, epochs: epochs.value });
  return true;
}

async function play() {
  state.running = true; show();
  if (state.looping) return; // paused and taken up again within one call: the loop is still there
  state.looping = true;
  if (!(await begin())) { state.running = state.looping = false; return show(); }
  const begun = performance.now() - state.spent;
  while (state.running && root.isConnected) {
    const answer = await more();
    if (!answer) break;
    state.spent = performance.now() - begun;
    if (answer.waiting) { say.textContent = "All places are taken by others: waiting …"; await new Promise((done) => setTimeout(done, 200 + 600 * Math.random())); }
  }
  state.running = state.looping = false;
  show();
}
async function step() {
  if (state.looping || state.busy) return;
  if (await begin()) await more(1);
  show();
}
function pause() { state.running = false; show(); }
function stop() {
  state.running = false;
  if (state.run) server.train_stop({ run: state.run });
  Object.assign(state, { run: null, losses: [], tests: [], W: null, step: 0, spent: 0, ended: "" });
  show();
}

async function more(steps = null) {
  const run = state.run;
  state.busy = true;
  let answer;
  try { answer = await server.train_more(steps ? { run, steps } : { run }); } catch { answer = { error: "The server does not answer; what has been learned so far is shown." }; }
  state.busy = false;
  if (run !== state.run) return null; // started anew meanwhile
  if (answer.error) { notice.say(answer.error); state.run = null; return null; }
  if (answer.waiting) return answer;
  if (answer.losses) {
    const losses = kit.floats(answer.losses), first = answer.step - losses.length;
    losses.forEach((value, i) => state.losses.push([(first + i) / state.perEpoch, value]));
    if (state.losses.length > 3000) state.losses = state.losses.filter((_, i) => i % 2 === 0);
    state.tests.push([answer.step / state.perEpoch, Number(answer.cross_entropy), answer.accuracy]);
    state.W = kit.floats(answer.W);
    state.step = answer.step;
  }
  if (answer.done) { state.run = null; state.ended = answer.broken ? "broken" : "whole"; show(); return null; }
  show();
  return answer;
}

function show() {
  go.textContent = state.running ? "Pause" : state.run && state.step ? "Go on" : "Train";
  bar.value = state.steps ? state.step / state.steps : 0;
  const css = getComputedStyle(root), last = state.tests.at(-1), x = [0, Math.max(state.epochs || epochs.value, last ? last[0] : 0)];
  const { cross_entropy: bestLoss, accuracy: bestAccuracy } = state.best;
  const tops = state.tests.map((t) => t[1]).filter(Number.isFinite).concat(state.losses.slice(5).map((p) => p[1]).filter(Number.isFinite)), high = Math.max(1, ...tops);
  loss.show({ x: x, y: [0, Math.min(high, 1e4) * 1.05], lines: bestLoss ? [{ y: bestLoss, name: `convex optimum ${kit.show(bestLoss, 3)}`, below: true }] : [],
    series: [{ points: state.losses, colour: css.getPropertyValue("--line") }, { points: state.tests.map((t) => [t[0], t[1]]), colour: css.getPropertyValue("--warm") }] });
  const low = Math.min(0.6, ...state.tests.slice(2).map((t) => t[2]));
  accuracy.show({ x: x, y: [Math.floor(10 * low) / 10, 1], lines: bestAccuracy ? [{ y: bestAccuracy, name: `convex optimum ${kit.show(bestAccuracy, 3)}` }] : [],
    series: [{ points: state.tests.map((t) => [t[0], t[2]]) }] });
  if (last) {
    say.replaceChildren(`Step ${state.step.toLocaleString("en")} of ${state.steps.toLocaleString("en")}: test loss `, el("strong", {}, kit.short(last[1], 4)), " nats, accuracy ", el("strong", {}, kit.percent(last[2])),
      state.spent ? ` after ${kit.show(state.spent / 1000, 1)} s.` : ".", state.ended === "broken" ? " The loss is no number any more: the learning rate was too large." : state.ended ? " Done." : "");
  } else say.textContent = state.source ? `On ${state.source}. Nothing is trained yet: W is noise of size σ.` : "";
  root.dataset.state = state.running ? "running" : state.ended || (state.run ? "paused" : "ready");
  paint();
}
function paint() {
  const sizes = state.W ? Array.from(state.W, Math.abs).sort((a, b) => a - b) : [1], limit = sizes[Math.floor(0.99 * sizes.length)] || 1;
  tiles.forEach((tile, k) => {
    kit.paintSigned(tile.canvas, state.W ? Float32Array.from({ length: 784 }, (_, i) => state.W[i * K + k]) : new Float32Array(784), limit);
    tile.canvas.setAttribute("aria-label", `weights of class ${classes[dataset.value][k]}`);
  });
}
addEventListener("pagehide", () => (state.running = false));
kit.onTheme(show);
prepare().then(() => play());
