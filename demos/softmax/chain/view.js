// The 2 x 2 picture: x -> W x + b -> exp -> softmax -> cross-entropy -> p - y -> steps of SGD, all in the browser.
import * as kit from "../../kit/kit.js";
import { argmax, crossEntropy, softmax } from "../formulas.js";
import { rounded, setting, todo } from "../parts.js";
import { CLASSES, descended, lengthOf, likelihood, logitsOf, meanLoss, PIXELS, training } from "./learning.js";

/** @typedef {import("./learning.js").Model} Model */
/** @typedef {import("./learning.js").Example} Example */
/** @typedef {{ classes: string[], examples: [number[], number][], W: number[][], b: number[] }} Props */
/** @typedef {kit.Mount<Props, ReturnType<typeof fields>>} Mount */
/** @typedef {Mount["state"]} State */
/** @typedef {{ model: Model, history: [number, number, number][], set: Example[] }} Learned */

const MOST = 12; // pictures in the set
const LONGEST = 50_000; // steps of one training
const WEIGHT = { min: -1000, max: 1000, digits: 6 };

/** @param {Props} props */
export const fields = ({ examples, W, b }) => ({
  x: kit.numbers({ start: examples[0][0], min: 0, max: 1, length: PIXELS }),
  label: kit.whole(0, CLASSES - 1, { start: examples[0][1] }),
  // The training starts from W and b and takes `steps` steps; what was learned before with other settings is in W and b.
  W: kit.numbers({ ...WEIGHT, start: W.flat(), length: CLASSES * PIXELS }),
  b: kit.numbers({ ...WEIGHT, start: b, length: CLASSES }),
  steps: kit.whole(0, LONGEST),
  before: kit.whole(0, 1_000_000),
  set: kit.numbers({
    start: examples.flatMap(([x, label]) => [...x, label]),
    min: 0,
    max: 2,
    most: MOST * (PIXELS + 1),
  }),
  rate: rounded(kit.number(0.01, 30, { log: true, start: 0.5 })),
  batch: kit.oneOf(["all", "1", "2"]),
  seed: kit.seed({ start: 1 }),
  many: rounded(kit.number(1, 10_000, { log: true, start: 1000 })),
  guess: kit.oneOf(["", ...Object.keys(MOVED)]),
});

const SHAPES = ["●", "▲", "■"]; // of cat, chicken, dog

/** @param {readonly number[]} flat @returns {Example[]} */
const examplesOf = (flat) =>
  Array.from(
    { length: Math.floor(flat.length / (PIXELS + 1)) },
    (_, i) => [
      flat.slice(5 * i, 5 * i + 4).map((v) => Math.min(1, v)),
      Math.min(CLASSES - 1, Math.round(flat[5 * i + 4])),
    ],
  );

/** @param {Mount} mount */
export default function mount({ element, props, state, signal }) {
  const learner = learning(state), picture = picturePanel(props, state), chain = chainPanel(props, state, learner);
  const result = kit.el("p", { class: "result", role: "status" }), verdict = kit.el("p", { class: "verdict" });
  const set = setPanel(props, state), curves = learningPanel(state, learner, signal), product = productPanel(state);
  element.append(
    todo("Drag a pixel up or down, or tap it; change any weight; then press Run and watch the loss."),
    kit.el(
      "div",
      { class: "top" },
      picture.element,
      kit.el("div", { class: "middle" }, kit.el("div", { class: "answer" }, result, verdict), chain.element),
    ),
    kit.el("div", { class: "bottom" }, curves.element, set.element),
    question(props, state),
    product.element,
  );
  const show = () => {
    const learned = learner.now(), { x, label } = state.values;
    const o = logitsOf(learned.model, x), p = softmax(o), guess = argmax(o);
    result.textContent = `${props.classes[guess]}: ${kit.percent(p[guess])}`;
    verdict.textContent = guess === label ? "✓ right" : `✗ you say it is a ${props.classes[label]}`;
    verdict.classList.toggle("right", guess === label);
    picture.show();
    chain.show(learned);
    set.show(learned);
    curves.show(learned);
    product.show(learned);
    element.dataset.numbers = JSON.stringify(numbers(learned, state.values));
  };
  state.follow(show);
  kit.onTheme(show, signal);
  signal.addEventListener("abort", learner.stop);
}

/** Every number of the instrument, for whoever compares it with Python. @param {Learned} learned @param {State["values"]} values */
function numbers({ model, set }, { x, label, steps, before, rate }) {
  const logits = logitsOf(model, x), probabilities = softmax(logits);
  return {
    ...model,
    x,
    label,
    logits,
    probabilities,
    loss: crossEntropy([...logits], label),
    gradient_logits: probabilities.map((p, k) => p - (k === label ? 1 : 0)),
    mean: meanLoss(model, set),
    step: before + steps,
    rate,
  };
}

/** The training that the state describes, and what moves it. @param {State} state */
function learning(state) {
  let key = "", frame = 0;
  /** @type {ReturnType<typeof training> | null} */
  let course = null;
  /** @returns {Learned} */
  const now = () => {
    const { W, b, set: flat, rate, batch, seed, steps } = state.values, set = examplesOf(flat);
    const next = JSON.stringify([W, b, flat, rate, batch, seed]);
    if (next !== key || !course) {
      const rows = Array.from({ length: CLASSES }, (_, k) => W.slice(PIXELS * k, PIXELS * k + PIXELS));
      course = training({ W: rows, b }, set, { rate, size: batch === "all" ? 0 : Number(batch), seed });
    }
    key = next;
    return { ...course.at(steps), set };
  };
  /** What is learned so far becomes the start of what comes. @param {Model} [model] */
  const kept = (model = now().model) => {
    const { before, steps } = state.values;
    return { W: model.W.flat(), b: [...model.b], before: before + steps, steps: 0 };
  };
  const stop = () => {
    cancelAnimationFrame(frame);
    frame = 0;
  };
  const learn = (/** @type {number} */ count, /** @type {import("../../kit/state.js").How} */ how = {}) => {
    const { steps } = state.values;
    if (steps + count > LONGEST) state.set({ ...kept(), steps: count }, how);
    else state.set({ steps: steps + count }, how);
  };
  const run = () => {
    frame = requestAnimationFrame(run);
    learn(3, { drag: true });
  };
  return { now, kept, stop, learn, run: () => frame ? stop() : run(), running: () => frame !== 0 };
}

/** @typedef {ReturnType<typeof learning>} Learner */

// ---- the picture -----------------------------------------------------------------------------------------------------

const PLACES = ["top left", "top right", "bottom left", "bottom right"];

/** @param {Props} props @param {State} state */
function picturePanel({ classes }, state) {
  const cells = PLACES.map((_, i) => pixelOf(state, i));
  const labels = classes.map((name, k) =>
    kit.button(`${SHAPES[k]} ${name}`, () => state.set({ label: k }), {
      pressed: false,
      name: `${SHAPES[k]} ${name} is true`,
    })
  );
  const element = kit.el(
    "section",
    { class: "panel picture-side", "aria-label": "The picture and its label" },
    kit.el("div", { class: "two" }, cells.map((cell) => cell.element)),
    kit.el("p", { class: "soft" }, "It truly is a"),
    kit.el("div", { class: "segments labels", role: "group", "aria-label": "True class" }, labels),
  );
  const show = () => {
    const { x, label } = state.values;
    cells.forEach((cell, i) => cell.show(x[i]));
    labels.forEach((button, k) => button.setAttribute("aria-pressed", String(k === label)));
  };
  return { element, show };
}

/** One pixel: a slider that is its own picture. @param {State} state @param {number} i */
function pixelOf(state, i) {
  const element = kit.el("div", {
    class: "cell",
    role: "slider",
    tabindex: 0,
    "aria-orientation": "vertical",
    "aria-label": `x${i + 1}, pixel ${PLACES[i]}`,
    "aria-valuemin": 0,
    "aria-valuemax": 1,
  });
  const set = (/** @type {number} */ value, drag = true) => {
    const next = Math.round(100 * Math.max(0, Math.min(1, value))) / 100;
    state.set({ x: state.values.x.map((v, k) => (k === i ? next : v)) }, { drag });
  };
  /** @type {{ y: number, value: number, moved: boolean } | null} */
  let from = null;
  element.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    from = { y: event.clientY, value: state.values.x[i], moved: false };
    element.setPointerCapture(event.pointerId);
  });
  element.addEventListener("pointermove", (event) => {
    if (!from) return;
    const rise = from.y - event.clientY;
    if (Math.abs(rise) > 4) from.moved = true;
    if (from.moved) set(from.value + rise / 100);
  });
  element.addEventListener("pointerup", () => {
    if (from && !from.moved) set(from.value >= 1 ? 0 : (Math.floor(4 * from.value + 1e-9) + 1) / 4, false);
    from = null;
  });
  element.addEventListener("pointercancel", () => from = null);
  element.addEventListener("keydown", (event) => {
    const by =
      { ArrowUp: 0.05, ArrowRight: 0.05, ArrowDown: -0.05, ArrowLeft: -0.05, PageUp: 0.25, PageDown: -0.25 }[event.key];
    const end = { Home: 0, End: 1 }[event.key];
    if (by === undefined && end === undefined) return;
    event.preventDefault();
    set(end ?? state.values.x[i] + (by ?? 0));
  });
  /** @param {number} value */
  const show = (value) => {
    const grey = kit.grey(value);
    element.style.background = kit.rgbText(grey);
    element.style.color = kit.textOn(grey);
    element.textContent = `x${"₁₂₃₄"[i]} = ${value.toFixed(2)}`;
    element.setAttribute("aria-valuenow", String(value));
    element.setAttribute("aria-valuetext", value.toFixed(2));
  };
  return { element, show };
}

// ---- weights, logits, probabilities, gradient ------------------------------------------------------------------------

/** A weight or bias to type. @param {string} label @param {(value: number) => void} write */
function numberField(label, write) {
  const input = kit.el("input", { type: "number", step: 0.1, min: WEIGHT.min, max: WEIGHT.max, "aria-label": label });
  input.addEventListener("input", () => {
    if (input.value !== "" && input.validity.valid || input.validity.stepMismatch) write(Number(input.value));
  });
  /** @param {number} value */
  const show = (value) => {
    if (document.activeElement !== input || Number(input.value) !== Number(value.toFixed(6))) {
      input.value = String(Number(value.toFixed(2)));
    }
    const share = Math.max(-1, Math.min(1, value / 2)), tint = kit.diverging(share * 0.55, kit.zeroScale());
    input.style.background = kit.rgbText(tint);
    input.style.color = kit.textOn(tint);
  };
  return { input, show };
}

/** @param {string} name @param {number} k @param {State} state @param {Learner} learner */
function classRow(name, k, state, learner) {
  const write = (/** @type {"W" | "b"} */ which, /** @type {number} */ at) => (/** @type {number} */ value) => {
    const start = learner.kept();
    start[which][at] = value;
    state.set(start, { drag: true });
  };
  const weights = PLACES.map((_, i) => numberField(`w${i + 1} of ${name}`, write("W", PIXELS * k + i)));
  const row = {
    weights,
    bias: numberField(`b of ${name}`, write("b", k)),
    logit: kit.bar({ signed: true, label: `logit of ${name}` }),
    probability: kit.bar({ label: `probability of ${name}` }),
    o: kit.el("span", { class: "number" }),
    e: kit.el("span", { class: "number only-wide" }),
    p: kit.el("span", { class: "number" }),
    y: kit.el("span", { class: "number only-wide" }),
    gradient: kit.el("span", { class: "number gradient" }),
    sum: kit.el("div", { class: "sum" }),
  };
  const pair = (/** @type {Node} */ bar, /** @type {Node} */ value) => kit.el("span", { class: "pair" }, bar, value);
  const element = kit.el(
    "div",
    { class: "class-row" },
    kit.el("span", { class: "who" }, `${SHAPES[k]} ${name}`),
    weights.map(({ input }) => input),
    row.bias.input,
    pair(row.logit.element, row.o),
    row.e,
    pair(row.probability.element, row.p),
    row.y,
    row.gradient,
    row.sum,
  );
  return { ...row, element };
}

/** The sum behind a logit, written out. @param {readonly number[]} x @param {readonly number[]} w @param {number} b @param {number} o */
function sumOf(x, w, b, o) {
  const signed = (/** @type {number} */ v, /** @type {boolean} */ first) =>
    `${v < 0 ? first ? "−" : " − " : first ? "" : " + "}${kit.short(Math.abs(v), 2)}`;
  return `o = ${w.map((v, i) => `${signed(v, i === 0)}·${x[i].toFixed(2)}`).join("")}${signed(b, false)} = ${
    kit.show(o, 3)
  }`;
}

const HEADS = ["class", "w₁", "w₂", "w₃", "w₄", "b", "logit o", "exp(o)", "softmax p", "y", "p − y"];

/** @param {Props} props @param {State} state @param {Learner} learner */
function chainPanel({ classes }, state, learner) {
  const rows = classes.map((name, k) => classRow(name, k, state, learner));
  const loss = kit.el("p", { class: "formula" }), move = kit.el("p", { class: "formula soft" });
  const element = kit.el(
    "section",
    { class: "panel numbers", "aria-label": "Weights, logits, probabilities and gradient" },
    kit.el("div", { class: "class-row heads", "aria-hidden": "true" }, HEADS.map((words) => kit.el("span", {}, words))),
    rows.map((row) => row.element),
    loss,
    move,
  );
  /** @param {Learned} learned */
  const show = ({ model }) => {
    const { x, label, rate } = state.values, o = logitsOf(model, x), p = softmax(o), e = o.map(Math.exp);
    const widest = Math.max(2, ...o.map(Math.abs));
    rows.forEach((row, k) => {
      row.weights.forEach((field, i) => field.show(model.W[k][i]));
      row.bias.show(model.b[k]);
      row.logit.set(o[k], widest);
      row.o.textContent = kit.show(o[k], 2);
      row.e.textContent = kit.short(e[k], 2);
      row.probability.set(p[k], 1, `class ${k}`);
      row.p.textContent = kit.probability(p[k]);
      row.y.textContent = k === label ? "1" : "0";
      row.gradient.textContent = kit.signed(p[k] - (k === label ? 1 : 0), 3);
      row.sum.textContent = sumOf(x, model.W[k], model.b[k], o[k]);
      row.element.classList.toggle("true", k === label);
    });
    const y = classes.map((_, k) => (k === label ? 1 : 0)).join(", ");
    loss.replaceChildren(
      `Label ${label}, one-hot [${y}]: ℓ = −Σ y ln p = −ln ${kit.probability(p[label])} = `,
      kit.el("b", {}, `${kit.short(crossEntropy([...o], label), 3)} nats`),
    );
    const before = model.W[label][0], after = before - rate * (p[label] - 1) * x[0];
    move.textContent = `One step on this picture moves w₁ of ${classes[label]} from ${kit.show(before, 3)} to ` +
      `${kit.show(before, 3)} − ${rate} · (${kit.show(p[label] - 1, 3)}) · ${x[0].toFixed(2)} = ${kit.show(after, 3)}.`;
  };
  return { element, show };
}

const MOVED = { none: "nothing", weights: "weights only", biases: "biases only", both: "weights and biases" };

/** A question whose answer the instrument computes. @param {Props} props @param {State} state */
function question({ W, b }, state) {
  const dark = [0, 0, 0, 0], dog = 2;
  return kit.predict({
    question: "Make all four pixels black and say that it is a dog. What does one step of SGD on this picture change?",
    options: Object.entries(MOVED),
    state,
    field: "guess",
    onReveal: () => state.set({ x: dark, label: dog }),
    truth: () => {
      const after = descended({ W, b }, [[dark, dog]], 0.5);
      const moved = [
        lengthOf({ W: after.W.map((row, k) => row.map((w, i) => w - W[k][i])), b }) > 0,
        after.b.some((v, k) => v !== b[k]),
      ];
      return moved[0] ? moved[1] ? "both" : "weights" : moved[1] ? "biases" : "none";
    },
    words: () =>
      "The gradient of a weight is (p − y) x, and x is 0: no weight can move. The biases can, and they belong to every picture. " +
      "The pixels above are black now: press “Step on this picture” and see.",
  }).element;
}

// ---- learning from a small set ---------------------------------------------------------------------------------------

/** @param {State} state @param {Learner} learner @param {AbortSignal} signal */
function learningPanel(state, learner, signal) {
  // Another learning rate or minibatch holds from now on: what is learned so far stays.
  const fresh = setting(state, (changes, how) => {
    state.set({ ...(state.values.steps ? learner.kept() : {}), ...changes }, how);
  });
  const run = kit.button("Run", () => {
    learner.run();
    named();
  }, { kind: "main" });
  const named = () => run.textContent = learner.running() ? "Pause" : "Run";
  const halt = (/** @type {() => void} */ work) => () => {
    learner.stop();
    named();
    work();
  };
  const onThis = () => {
    const { x, label, rate, before, steps } = state.values;
    const after = learner.kept(descended(learner.now().model, [[x, label]], rate));
    state.set({ ...after, before: before + steps + 1 });
  };
  const again = () => {
    const { W, b } = { W: state.field("W").start, b: state.field("b").start };
    state.set({ W, b, steps: 0, before: 0 });
  };
  const loss = kit.plot({
    label: "Mean loss over the steps",
    height: 190,
    signal,
    x: { label: "steps", whole: true },
    y: { label: "mean loss in nats", zero: true },
  });
  const size = kit.plot({
    label: "Length of W over the steps",
    height: 190,
    signal,
    x: { label: "steps", whole: true },
    y: { label: "|W|, its length", zero: true },
  });
  const says = kit.el("p", { class: "formula" });
  const element = kit.el(
    "section",
    { class: "panel", "aria-label": "Learning" },
    kit.el("h3", {}, "Let it learn"),
    kit.el(
      "div",
      { class: "row" },
      run,
      kit.button("Step on this picture", halt(onThis), { title: "One step of SGD on the picture above alone" }),
      kit.button("Step on the set", halt(() => learner.learn(1))),
      kit.button("1,000 steps", halt(() => learner.learn(1000))),
      kit.button("Reset weights", halt(again)),
    ),
    kit.el(
      "details",
      { class: "settings" },
      kit.el("summary", {}, "Learning rate, minibatch, seed"),
      kit.slider({ label: "Learning rate", state: fresh, field: "rate" }).element,
      kit.choice({
        label: "Minibatch",
        state: fresh,
        field: "batch",
        options: [["all", "all pictures"], ["1", "1 picture"], ["2", "2 pictures"]],
      }).element,
      kit.integer({ label: "Seed", state: fresh, field: "seed" }).element,
    ),
    says,
    kit.el("div", { class: "plots" }, loss.element, size.element),
  );
  /** @param {Learned} learned */
  const show = ({ model, history, set }) => {
    const { before, steps } = state.values, mean = meanLoss(model, set);
    const points = (/** @type {1 | 2} */ column) =>
      history.map((h) => /** @type {const} */ ([h[0] + before, h[column]]));
    loss.show([{ colour: "ink", points: points(1) }], { lines: [{ y: Math.log(CLASSES), name: "a guess: ln 3" }] });
    size.show([{ colour: "ink", points: points(2) }]);
    const right = set.filter(([x, label]) => argmax(logitsOf(model, x)) === label).length;
    const all = right === set.length && set.length > 0;
    says.textContent =
      `After ${kit.units(before + steps, ["step", "steps"])}: ${right} of ${set.length} right, mean loss ` +
      `${kit.short(mean, 4)} nats, |W| = ${kit.show(lengthOf(model), 2)}.` +
      (all && mean > 0 ? " All are right, and the loss is still not 0: it falls as long as W grows." : "");
  };
  return { element, show };
}

// ---- the set, a row a picture ----------------------------------------------------------------------------------------

/** @param {readonly number[]} x */
const thumb = (x) =>
  kit.el(
    "span",
    { class: "thumb", "aria-hidden": "true" },
    x.map((v) => {
      const cell = kit.el("i");
      cell.style.background = kit.rgbText(kit.grey(v));
      return cell;
    }),
  );

/** @param {Props} props @param {State} state */
function setPanel({ classes }, state) {
  const list = kit.el("ul", { class: "set" }),
    add = kit.button("Add the picture above", () => {
      const { set, x, label } = state.values;
      if (set.length < MOST * (PIXELS + 1)) state.set({ set: [...set, ...x, label] });
    });
  const element = kit.el(
    "section",
    { class: "panel", "aria-label": "The training set" },
    kit.el("h3", {}, "Your training set"),
    list,
    add,
  );
  let listed = "";
  /** @type {{ losses: HTMLElement, ps: HTMLElement }[]} */
  let rows = [];
  /** @param {Learned} learned */
  const show = ({ model, set }) => {
    const key = JSON.stringify(state.values.set);
    if (key !== listed) { // the rows are built anew only when the set is another
      listed = key;
      rows = set.map(() => ({ losses: kit.el("span", { class: "loss" }), ps: kit.el("span", { class: "number ps" }) }));
      list.replaceChildren(...set.map(([x, label], i) => {
        const words = `${SHAPES[label]} ${classes[label]}`;
        const take = kit.button(words, () => state.set({ x: [...x], label }), {
          name: `${words}: show picture ${i + 1}`,
        });
        const drop = kit.button(
          "×",
          () => state.set({ set: state.values.set.filter((_, at) => Math.floor(at / 5) !== i) }),
          {
            name: `× remove picture ${i + 1}`,
          },
        );
        return kit.el("li", {}, thumb(x), take, rows[i].ps, rows[i].losses, drop);
      }));
      add.disabled = set.length >= MOST;
    }
    set.forEach(([x, label], i) => {
      const p = softmax(logitsOf(model, x)), right = argmax(p) === label;
      rows[i].ps.textContent = p.map((v) => kit.show(v, 2)).join("  ");
      rows[i].losses.textContent = `${right ? "✓" : "✗"} ${kit.short(-Math.log(p[label]), 3)} nats`;
      rows[i].losses.className = `loss ${right ? "right" : "wrong"}`;
    });
  };
  return { element, show };
}

// ---- the product of probabilities ------------------------------------------------------------------------------------

/** @param {State} state */
function productPanel(state) {
  const product = kit.el("p", { class: "formula" }), logs = kit.el("p", { class: "formula" });
  const element = kit.el(
    "section",
    { class: "panel", "aria-label": "Product of probabilities and sum of logarithms" },
    kit.el("h3", {}, "Why the logarithm: the likelihood of many pictures"),
    kit.slider({ label: "Pictures", state, field: "many", words: (value) => kit.count(value) }).element,
    product,
    logs,
  );
  /** @param {Learned} learned */
  const show = ({ model, set }) => {
    const many = Math.round(state.values.many), p = set.map(([x, label]) => softmax(logitsOf(model, x))[label]);
    const found = likelihood(p, many);
    product.textContent = `Product of ${kit.count(many)} probabilities: ` +
      (found.died === null
        ? `${kit.short(found.product, 3)}.`
        : `0 exactly, from picture ${kit.count(found.died)} on: float64 has nothing smaller than 5·10⁻³²⁴.`);
    logs.textContent = `Sum of their logarithms: ${kit.show(found.sum, 2)}; divided by −${
      kit.count(many)
    } it is the loss, ${kit.short(-found.sum / many, 4)} nats.`;
  };
  return { element, show };
}
