// Logits by hand: bars to drag, a constant, a temperature; three of them also as a point in the triangle of
// probabilities. Below: why one does not regress directly. Everything is computed here, in the browser.
import * as kit from "../../kit/kit.js";
import { entropy, ranked, softmax } from "../formulas.js";
import { rounded, setting, todo } from "../parts.js";
import { triangle } from "./triangle.js";
import { leastSquares, pointsOf, softmaxRegression, wrongOf } from "./versus.js";

/** @typedef {kit.Mount<Record<string, never>, ReturnType<typeof fields>>} Mount */
/** @typedef {Mount["state"]} State */

const LIMIT = 8, NAMES = [..."ABCDEFGHIJ"];
/** @type {Record<string, number[]>} */
const STARTS = { 3: [2, 1, -1], 5: [2, 1, -1, 0.5, -3], 10: [2, 1, -1, 0.5, -3, 0, 1.5, -2, -0.5, -4] };

/** Three, five or ten logits; older links have commas between them. */
function logitsField() {
  const inner = kit.numbers({ start: STARTS[3], min: -LIMIT, max: LIMIT, most: 10, was: "softmax_logits" });
  return {
    ...inner,
    parse: (/** @type {string} */ text) => {
      const values = inner.parse(text.replaceAll(",", "_"));
      return values && values.length in STARTS ? values : undefined;
    },
  };
}

export const fields = () => ({
  o: logitsField(),
  temperature: rounded(kit.number(0.05, 20, { log: true, start: 1, was: "softmax_temperature" })),
  constant: kit.whole(-100, 100, { start: 0 }),
  far: kit.number(0.5, 8, { step: 0.1, start: 1.5 }),
  guess: kit.whole(-1, 100), // -1: none yet
});

/** @param {Mount} mount */
export default function mount({ element, state, signal }) {
  const bars = barsOf(state), facts = factsOf();
  const corner = triangle({
    names: NAMES,
    onMove: (p, drag) => {
      const logs = p.map((v) => state.values.temperature * Math.log(v)), mean = logs.reduce((a, b) => a + b, 0) / 3;
      state.set({ o: logs.map((v) => onScale(v - mean)) }, { drag });
    },
  });
  const box = kit.el(
    "section",
    { class: "panel", "aria-label": "The triangle of probabilities" },
    kit.el("h3", {}, "Three probabilities: a point in a triangle"),
    corner.element,
    kit.el("p", { class: "small" }, "Drag the point. The line is its way from T = 20 (middle) to T = 0.05 (a corner)."),
  );
  const compare = versus(state, signal);
  element.append(
    todo("Drag the bars up and down, then the temperature: what changes, and what never does?"),
    kit.el(
      "div",
      { class: "top" },
      kit.el(
        "section",
        { class: "panel", "aria-label": "Logits and probabilities" },
        bars.element,
        controls(state),
        facts.element,
      ),
      box,
    ),
    question(state),
    compare.element,
  );
  const show = () => {
    const { o, temperature: T, constant } = state.values, logits = o.map((v) => v + constant), p = softmax(logits, T);
    bars.show(logits, p);
    facts.show(o, T, constant, p);
    box.classList.toggle("none", o.length !== 3);
    corner.show(o.length === 3 ? o : STARTS[3], T); // unseen it keeps its room
    element.dataset.numbers = JSON.stringify({ logits, T, probabilities: p, entropy: entropy(p) });
  };
  let far = NaN;
  state.follow((values) => {
    show();
    if (values.far !== far) compare.show(values.far);
    far = values.far;
  });
  kit.onTheme(() => {
    show();
    compare.show(far);
  }, signal);
}

/** @param {number} value */
const onScale = (value) => Math.round(100 * Math.max(-LIMIT, Math.min(LIMIT, value))) / 100;

/** @param {State} state */
function controls(state) {
  const counted = {
    get values() {
      return { count: String(state.values.o.length) };
    },
    set: (/** @type {{ count: string }} */ { count }) => state.set({ o: STARTS[count] }),
    follow: (/** @type {(values: never) => void} */ react) =>
      state.follow(() => react(/** @type {never} */ ({ count: String(state.values.o.length) }))),
    field: () => kit.oneOf(Object.keys(STARTS)),
  };
  const whole = setting(state, (changes, how) => state.set(changes, how));
  return kit.el(
    "div",
    { class: "controls" },
    kit.slider({ label: "Temperature T", state, field: "temperature" }).element,
    kit.slider({ label: "Add to every logit", state: whole, field: "constant" }).element,
    kit.choice({ label: "Classes", state: counted, field: "count", options: Object.keys(STARTS).map((n) => [n, n]) })
      .element,
  );
}

// ---- the bars --------------------------------------------------------------------------------------------------------

/** One logit to drag, over its probability. @param {State} state @param {number} k */
function columnOf(state, k) {
  const fill = kit.el("span", { class: "fill" }), text = kit.el("span", { class: "number" });
  const handle = kit.el("div", {
    class: "logit",
    role: "slider",
    tabindex: 0,
    "aria-label": `logit of ${NAMES[k]}`,
    "aria-valuemin": -LIMIT,
    "aria-valuemax": LIMIT,
    "aria-orientation": "vertical",
  }, fill);
  const set = (/** @type {number} */ value) =>
    state.set({ o: state.values.o.map((v, i) => (i === k ? onScale(value) : v)) }, { drag: true });
  const at = (/** @type {PointerEvent} */ event) => {
    const box = handle.getBoundingClientRect();
    set(LIMIT * (1 - (2 * (event.clientY - box.top)) / box.height));
  };
  handle.addEventListener("pointerdown", (event) => {
    if (event.isTrusted) handle.setPointerCapture(event.pointerId);
    handle.focus({ preventScroll: true });
    at(event);
  });
  handle.addEventListener("pointermove", (event) => event.buttons && at(event));
  handle.addEventListener("keydown", (event) => {
    const by = { ArrowUp: 0.1, ArrowRight: 0.1, ArrowDown: -0.1, ArrowLeft: -0.1, PageUp: 1, PageDown: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    set(state.values.o[k] + by);
  });
  const chance = kit.el("span", { class: "fill" }),
    track = kit.el("div", { class: "probability", role: "img" }, chance);
  const percent = kit.el("span", { class: "number" });
  const element = kit.el("div", { class: "column" }, kit.el("b", {}, NAMES[k]), handle, text, track, percent);
  /** @param {number} o @param {number} logit @param {number} p */
  const show = (o, logit, p) => {
    const share = 50 * Math.abs(o) / LIMIT, colour = kit.classColour(k);
    Object.assign(fill.style, { background: colour, height: `${share}%`, bottom: o >= 0 ? "50%" : `${50 - share}%` });
    text.textContent = kit.show(logit, 2);
    handle.setAttribute("aria-valuenow", String(o));
    Object.assign(chance.style, { background: colour, bottom: "0", height: `${100 * p}%` });
    percent.textContent = kit.probability(p);
    track.setAttribute("aria-label", `probability of ${NAMES[k]}: ${kit.probability(p)}`);
  };
  return { element, show };
}

/** @param {State} state */
function barsOf(state) {
  const element = kit.el("div", { class: "bars" });
  const axis = kit.el(
    "div",
    { class: "column axis", "aria-hidden": "true" },
    kit.el("b", {}, " "),
    kit.el("span", { class: "tall" }, "logit o"),
    kit.el("span", {}, " "),
    kit.el("span", { class: "low" }, "softmax p"),
    kit.el("span", {}, " "),
  );
  /** @type {ReturnType<typeof columnOf>[]} */
  let columns = [];
  /** @param {readonly number[]} logits @param {readonly number[]} p */
  const show = (logits, p) => {
    if (columns.length !== logits.length) {
      columns = logits.map((_, k) => columnOf(state, k));
      element.replaceChildren(axis, ...columns.map((column) => column.element));
    }
    columns.forEach((column, k) => column.show(state.values.o[k], logits[k], p[k]));
  };
  return { element, show };
}

function factsOf() {
  const result = kit.el("p", { class: "result" }), facts = kit.el("p", { class: "facts" });
  const order = kit.el("p", { class: "small" }), formula = kit.el("p", { class: "small formula" });
  const element = kit.el("div", { class: "about" }, result, facts, order, formula);
  /** @param {readonly number[]} o @param {number} T @param {number} constant @param {readonly number[]} p */
  const show = (o, T, constant, p) => {
    const H = entropy(p), order_ = ranked([...o]), best = order_[0];
    result.textContent = `${NAMES[best]}: ${kit.percent(p[best])}`;
    facts.textContent =
      `Entropy H = ${kit.show(H, 3)} nats, perplexity eᴴ = ${kit.show(Math.exp(H), 2)} of ${p.length}, ` +
      `sum of all p = ${kit.show(p.reduce((a, b) => a + b, 0), 3)}`;
    const ranks = order_.map((k, i) => (i ? o[k] < o[order_[i - 1]] ? " > " : " = " : "") + NAMES[k]).join("");
    order.textContent = `Order: ${ranks}, at every temperature and constant.`;
    const term = (/** @type {number} */ v) => `exp(${kit.show(v + constant, 1)} / ${T})`;
    formula.textContent =
      `p(A) = ${term(o[0])} / (${o.slice(0, 3).map(term).join(" + ")}${o.length > 3 ? " + …" : ""}) = ` +
      kit.probability(p[0]) + (constant ? `, as without the ${kit.signed(constant, 0)}, which cancels` : "");
  };
  return { element, show };
}

/** @param {State} state */
function question(state) {
  return kit.predict({
    question: "The logits are 2, 1, −1. How many per cent does A get at T = 20?",
    number: { min: 0, max: 100, unit: "%", digits: 1 },
    state,
    field: "guess",
    onReveal: () => state.set({ o: STARTS[3], temperature: 20, constant: 0 }),
    truth: () => 100 * softmax(STARTS[3], 20)[0],
    words: () => {
      const [cold] = softmax(STARTS[3], 0.05);
      return `All differences are divided by 20, so all three are nearly equal. At T = 0.05 they are multiplied by 20, and A ` +
        `gets ${kit.percent(cold)}. The bars above stand at T = 20 now: slide and see.`;
    },
  }).element;
}

// ---- why not regress directly ----------------------------------------------------------------------------------------

/** @param {State} state @param {AbortSignal} signal */
function versus(state, signal) {
  const y = { low: -0.4, high: 1.3 };
  const plotOf = (/** @type {string} */ label) => kit.plot({ label, height: 230, signal, x: { label: "x" }, y });
  const least = plotOf("Outputs of least squares over x"), soft = plotOf("Probabilities of softmax regression over x");
  const verdict = kit.el("p", { class: "verdict" });
  const titled = (/** @type {string} */ words, /** @type {Node} */ plot) =>
    kit.el("div", {}, kit.el("p", { class: "small" }, words), plot);
  const element = kit.el(
    "section",
    { class: "panel", "aria-label": "Least squares against softmax regression" },
    kit.el("h3", {}, "Why not fit 0 and 1 directly?"),
    kit.slider({ label: "Distance of the third group", state, field: "far" }).element,
    kit.el(
      "div",
      { class: "plots" },
      titled("Least squares on one-hot labels: three straight lines", least.element),
      titled("Softmax regression: three probabilities", soft.element),
    ),
    verdict,
  );
  /** @param {number} far */
  const show = (far) => {
    const points = pointsOf(far), n = points.length, fits = [leastSquares(points), softmaxRegression(points)];
    const xs = points.map(([x]) => x), low = Math.min(...xs) - 0.3, high = Math.max(...xs) + 0.3;
    const grid = Array.from({ length: 81 }, (_, i) => low + (high - low) * i / 80);
    /** @type {NonNullable<kit.PlotShown["after"]>} */
    const after = (g, X, Y) =>
      points.forEach(([x, k]) => {
        g.fillStyle = kit.classColour(k);
        kit.classMark(g, k, X(x), Y(-0.28), 5);
        g.fill();
      });
    for (const [i, plot] of [least, soft].entries()) {
      const series = NAMES.slice(0, 3).map((name, k) => ({
        name,
        colour: `class ${k}`,
        dash: [[], [9, 5], [3, 4]][k],
        points: grid.map((x) => /** @type {const} */ ([x, fits[i](x)[k]])),
      }));
      plot.show(series, { x: [low, high], lines: [{ y: 0 }, { y: 1 }], after });
    }
    const outputs = points.flatMap(([x]) => fits[0](x)),
      [wrongLeast, wrongSoft] = fits.map((fit) => wrongOf(points, fit));
    verdict.textContent =
      `Of ${3 * n} outputs of least squares ${outputs.filter((v) => v < 0).length} lie below 0 and ` +
      `${
        outputs.filter((v) => v > 1).length
      } above 1. Wrong: least squares ${wrongLeast} of ${n}, softmax regression ${wrongSoft} of ${n}.` +
      (wrongLeast > wrongSoft ? " B, in the middle, is masked: its line hardly rises, so it hardly ever wins." : "");
  };
  return { element, show };
}
