// One dimension by hand: two densities, the KL as a sum of four terms, and two ways to send a gradient through a random z.
import * as kit from "../../kit/kit.js";
import { density, estimates, kl, MOST_DRAWS, spread, terms } from "./estimates.js";

const WIDE = 5; // of the axis of z, to either side
const RANGES = [2, 4, 8.5]; // nats of the terms' axis; the highest sum on the way is ½ 3² + ½ e²
const CURVE = Array.from({ length: 401 }, (_, i) => -WIDE + (2 * WIDE * i) / 400);
const HEIGHT = 40; // pixels up or down that change log σ² by 1

export const fields = () => ({
  mu: kit.number(-3, 3, { step: 0.01, start: 1.2, was: "vae_mu" }),
  log_var: kit.number(-5, 2, { step: 0.01, start: -1.4, was: "vae_log_var" }),
  draws: kit.whole(0, Math.log2(MOST_DRAWS)), // a power of two of them for each gradient
  guess: kit.oneOf(["", "sure", "vague"]),
});

/** @typedef {kit.Mount<Record<string, never>, ReturnType<typeof fields>>} Mounted */
/** @typedef {Mounted["state"]} State */
/** @typedef {State["values"]} Values */

const sigmaOf = (/** @type {Values} */ { log_var }) => Math.exp(log_var / 2);

/** @param {Mounted} mount */
export default function mount({ element, state, signal }) {
  const curves = densities(state, signal), sum = ledger(), dots = gradients(state, signal);
  const mu = kit.slider({ label: "μ", state, field: "mu" });
  const logVar = kit.slider({ label: "log σ²", state, field: "log_var" });
  element.append(
    kit.el("p", { class: "todo" }, "Drag the handle of q: sideways moves μ, down widens σ."),
    kit.el(
      "div",
      { class: "two" },
      kit.el("div", { class: "left" }, curves.element, kit.el("div", { class: "row" }, mu.element, logVar.element)),
      sum.element,
    ),
    surety(state),
    kit.el("h3", {}, "A gradient through a random draw"),
    dots.element,
  );
  state.follow((values) => {
    curves.show(values);
    sum.show(values);
    dots.show(values);
  });
}

/**
 * The densities p and q, with a handle on top of q.
 * @param {State} state
 * @param {AbortSignal} signal
 */
function densities(state, signal) {
  const plot = kit.plot({
    label: "The densities of p(z) and q(z | x)",
    signal,
    height: 260,
    x: { label: "z", low: -WIDE, high: WIDE, ticks: [-4, -2, 0, 2, 4] },
    y: { label: "density", low: 0 },
  });
  const [least, most] = [state.field("mu").min, state.field("mu").max];
  const handle = kit.el("div", {
    class: "handle",
    role: "slider",
    tabindex: 0,
    "aria-label": "Mean of q(z | x); up and down change its width",
    "aria-valuemin": least,
    "aria-valuemax": most,
  });
  plot.stage.append(handle);
  let perPixel = 0.01;
  // The handle itself moves: where it was taken hold of is remembered in pixels of the screen.
  let held = { mu: 0, log_var: 0, x: 0, y: 0 };
  const move = (/** @type {number} */ mu, /** @type {number} */ logVar) =>
    state.set(
      { mu: snapped(state, "mu", mu), log_var: snapped(state, "log_var", logVar) },
      { drag: true },
    );
  kit.draggable(handle, {
    signal,
    onStart: (_point, event) => {
      held = { mu: state.values.mu, log_var: state.values.log_var, x: event.clientX, y: event.clientY };
    },
    onMove: (_point, event) =>
      move(held.mu + (event.clientX - held.x) * perPixel, held.log_var + (event.clientY - held.y) / HEIGHT),
    keys: { step: 1, page: 10 },
    onKeys: ([right, up]) => move(state.values.mu + 0.05 * right, state.values.log_var - 0.05 * up),
  });

  /** @param {Values} values */
  const show = (values) => {
    const { mu, log_var } = values, sigma = sigmaOf(values), top = density(0, 0, sigma);
    plot.show([
      { name: "the prior p(z) = N(0, 1)", colour: "ink-soft", fill: true, points: curve(0, 1) },
      { name: "the posterior q(z | x) = N(μ, σ²)", colour: "vae", fill: true, points: curve(mu, sigma) },
    ], {
      y: [0, 1.15 * Math.max(0.42, top)],
      words: `q has mean ${kit.show(mu, 2)} and standard deviation ${kit.show(sigma, 2)}; p has 0 and 1.`,
      after: (_g, X, Y) => {
        handle.style.left = `${X(mu)}px`;
        handle.style.top = `${Y(top)}px`;
        perPixel = 1 / (X(1) - X(0));
      },
    });
    handle.setAttribute("aria-valuenow", String(mu));
    handle.setAttribute("aria-valuetext", `μ ${kit.show(mu, 2)}, log σ² ${kit.show(log_var, 2)}`);
  };
  return { element: plot.element, show };
}

/** @param {State} state @param {"mu" | "log_var"} name @param {number} value */
function snapped(state, name, value) {
  const { min, max, parse, start } = state.field(name);
  return parse(String(Math.max(min, Math.min(max, value)))) ?? start;
}

/** @param {number} mean @param {number} sigma @returns {[number, number][]} */
function curve(mean, sigma) {
  // A narrow curve needs points around its top that the even ones miss.
  const near = Array.from({ length: 81 }, (_, i) => mean + sigma * (i - 40) / 10);
  const all = [...CURVE, ...near].filter((z) => Math.abs(z) <= WIDE).sort((a, b) => a - b);
  return all.map((z) => [z, density(z, mean, sigma)]);
}

/** The KL as a sum: each term begins where the one before it ended. */
function ledger() {
  const rows = [...terms(0, 0).map(([words]) => words), "KL"].map((words) => {
    const fill = kit.el("span", { class: "term-fill" }), number = kit.el("span", { class: "number" });
    const total = words === "KL";
    const row = kit.el(
      "div",
      { class: `term ${total ? "total" : ""}` },
      kit.el("span", {}, words),
      kit.el("span", { class: "term-track", "aria-hidden": "true" }, fill),
      number,
    );
    return { row, fill, number };
  });
  const result = kit.el("p", { class: "result", role: "status" }), formula = kit.el("p", { class: "soft" });
  const end = kit.el("span", {}), axis = kit.el("div", { class: "term-axis" }, kit.el("span", {}, "0"), end);
  const element = kit.el("div", { class: "ledger" }, result, formula, rows.map(({ row }) => row), axis);
  /** @param {Values} values */
  const show = ({ mu, log_var }) => {
    const sum = kl(mu, log_var), parts = terms(mu, log_var);
    const highest = Math.max(...parts.map((_, i) => parts.slice(0, i + 1).reduce((all, [, nats]) => all + nats, 0)));
    const most = RANGES.find((range) => range >= highest) ?? RANGES[RANGES.length - 1];
    end.textContent = `${most} nats`;
    let at = 0;
    [...parts, /** @type {[string, number]} */ (["KL", sum])].forEach(([name, nats], i) => {
      const from = name === "KL" ? 0 : at, to = from + nats, { fill, number } = rows[i];
      fill.style.left = `${100 * Math.max(0, Math.min(from, to)) / most}%`;
      fill.style.width = `${100 * Math.abs(nats) / most}%`;
      fill.className = `term-fill ${name === "KL" ? "sum" : nats < 0 ? "below" : "above"}`;
      number.textContent = kit.show(nats, 2);
      at = to;
    });
    result.textContent = `KL = ${kit.show(sum, 2)} nats`;
    const log = kit.show(log_var, 2);
    formula.textContent = `½ (${kit.show(mu ** 2, 2)} + ${kit.show(Math.exp(log_var), 2)} − ${
      log_var < 0 ? `(${log})` : log
    } − 1)`;
  };
  return { element, show };
}

/** The prediction: to be sure or to be vague. @param {State} state */
function surety(state) {
  const sure = kl(0, -2), vague = kl(0, 2), words = (/** @type {number} */ nats) => `${kit.show(nats, 2)} nats`;
  return kit.predict({
    question: "With μ = 0: what costs more, to be sure or to be vague?",
    options: [["sure", "sure: log σ² = −2"], ["vague", "vague: log σ² = +2"]],
    state,
    field: "guess",
    truth: () => sure > vague ? "sure" : "vague",
    onReveal: (guess) => state.set({ mu: 0, log_var: guess === "sure" ? -2 : 2 }),
    words: () =>
      `Sure costs ${words(sure)}, vague ${
        words(vague)
      }: below the prior's width σ costs by its logarithm, above it by ` +
      "its square.",
  }).element;
}

/**
 * Estimates of one gradient as dots, in two ways.
 * @param {State} state
 * @param {AbortSignal} signal
 */
function gradients(state, signal) {
  const plot = kit.plot({
    label: "400 estimates of ∂/∂μ of E[(z − 2)²], each a dot",
    signal,
    height: 200,
    x: { label: "estimate of the gradient ∂/∂μ of E[(z − 2)²]" },
    y: { ticks: [], low: 0, high: 2 },
  });
  const result = kit.el("p", { class: "result", role: "status" }), scatter = kit.el("p", {});
  const draws = kit.slider({
    label: "Draws per gradient",
    state,
    field: "draws",
    words: (power) => kit.units(2 ** power, ["draw", "draws"]),
  });
  const element = kit.el(
    "div",
    { class: "two" },
    plot.element,
    kit.el("div", { class: "stack" }, draws.element, result, scatter),
  );
  /** @param {Values} values */
  const show = (values) => {
    const count = 2 ** values.draws, { through, score, truth } = estimates(values.mu, sigmaOf(values), count);
    const [a, b] = [spread(through), spread(score)], reach = Math.max(4, 3 * a, 3 * b);
    const row = (/** @type {Float64Array} */ list, /** @type {number} */ low) =>
      Array.from(list, (x, i) => /** @type {[number, number]} */ ([x, low + ((i * 79) % 100) / 140]))
        .filter(([x]) => Math.abs(x - truth) < reach);
    const dot = /** @type {const} */ ({ kind: "marks", mark: 0, size: 1.6 });
    plot.show([
      { ...dot, name: "through z: 2 (z − 2)", colour: "vae", points: row(through, 0.9) },
      { ...dot, name: "through log q: (z − 2)² ε / σ", colour: "ink-soft", points: row(score, 0.05) },
    ], {
      x: [truth - reach, truth + reach],
      lines: [{ x: truth, name: `true: ${kit.show(truth, 2)}`, colour: "right" }],
      words: `True gradient ${kit.show(truth, 2)}. Through z they scatter by ${kit.show(a, 2)}, through log q by ` +
        `${kit.show(b, 2)}.`,
    });
    result.textContent = `${kit.show(b / a, 1)} times the noise`;
    scatter.textContent = `Gradients of ${kit.units(count, ["draw", "draws"])} scatter by ${kit.show(a, 2)} with ` +
      `z = μ + σ ε, by ${kit.show(b, 2)} without: ${kit.show((b / a) ** 2, 0)} times the draws for the same precision.`;
  };
  return { element, show };
}
