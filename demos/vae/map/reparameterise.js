// z = mu + sigma * epsilon with its numbers: two sliders, the posterior magnified, draws of epsilon.
import * as kit from "../../kit/kit.js";
import { outside, REACH } from "./posterior.js";

/** @import { Pair, Posterior } from "./posterior.js" */

const LENS = 132, WIDE = 3.2; // pixels; standard deviations from the middle to the edge
const KEY = 0.1; // of epsilon by an arrow key

/**
 * @param {{
 *   signal: AbortSignal,
 *   set: (e: Pair) => void,
 *   draw: () => void,
 *   mean: () => void,
 *   scale: () => number,
 * }} options scale: pixels per unit on the map
 */
export function reparameterise({ signal, set, draw, mean, scale }) {
  /** @type {{ posterior: Posterior, e: Pair, draws: readonly Pair[] } | null} */
  let shown = null;
  const within = (/** @type {number} */ e) => Math.max(-REACH, Math.min(REACH, Math.round(100 * e) / 100));
  const move = (/** @type {Pair} */ e) => set([within(e[0]), within(e[1])]);
  const sliders = [0, 1].map((j) =>
    epsilonSlider(j, (value) => {
      const e = shown?.e ?? [0, 0];
      move(j ? [e[0], value] : [value, e[1]]);
    })
  );
  const code = kit.el("div", { class: "code-numbers" });
  const formula = kit.el("div", { class: "formula-numbers" });
  const lens = kit.el("canvas", {
    class: "lens",
    tabindex: 0,
    role: "group",
    "aria-label": "The posterior magnified: drag the point, or use the arrow keys, to choose epsilon",
  });
  const lensWords = kit.el("p", { class: "soft lens-words" }, "the posterior, magnified");
  /** @param {Pair} pixel @returns {Pair} */
  const epsilonAt = ([x, y]) => {
    const { sigma } = shown?.posterior ?? { sigma: [1, 1] }, size = lens.clientWidth / 2;
    const unit = size / (WIDE * Math.max(...sigma));
    return [(x - size) / (sigma[0] * unit), (size - y) / (sigma[1] * unit)];
  };
  kit.draggable(lens, {
    signal,
    keys: { step: KEY, page: 5 * KEY },
    onStart: (point) => shown && move(epsilonAt(point)),
    onMove: (point) => shown && move(epsilonAt(point)),
    onKeys: ([right, up]) =>
      shown && Number.isFinite(right) && move([within(shown.e[0]) + right, within(shown.e[1]) + up]),
  });
  const redraw = () => {
    if (!shown) return;
    const unit = paintLens(lens, shown.posterior, shown.e, shown.draws);
    lensWords.textContent = `the posterior, ${Math.max(1, Math.round(unit / scale()))} × larger`;
  };
  kit.onTheme(redraw, signal);
  return {
    code,
    buttons: kit.el(
      "div",
      { class: "row buttons" },
      kit.button("Draw ε", draw, { kind: "main", name: "Draw ε from N(0, I)", title: "z = μ + σ ε with a new ε" }),
      kit.button("ε = 0", mean, { name: "ε = 0: z = μ" }),
    ),
    element: kit.el(
      "section",
      { class: "panel reparameterise", "aria-label": "Reparameterisation" },
      kit.el("div", {}, kit.el("h3", { class: "formula" }, "z = μ + σ · ε,  ε ~ N(0, I)"), formula),
      kit.el("div", { class: "epsilon-side" }, sliders.map((slider) => slider.element)),
      kit.el("div", { class: "lens-side" }, lens, lensWords),
    ),
    /** @param {Posterior | null} posterior @param {Pair} z @param {Pair} e @param {readonly Pair[]} draws */
    show: (posterior, z, e, draws) => {
      if (!posterior) return;
      shown = { posterior, e, draws };
      const { mu, sigma } = posterior, pair = (/** @type {Pair} */ [a, b]) => `(${kit.show(a, 2)}, ${kit.show(b, 2)})`;
      code.replaceChildren(
        ...[["μ", mu], ["σ", sigma]].map(([name, values]) =>
          kit.el("span", { class: "number" }, `${name} = ${pair(/** @type {Pair} */ (values))}`)
        ),
      );
      formula.replaceChildren(...lines(posterior, z, e));
      sliders.forEach((slider, j) => slider.show(e[j]));
      redraw();
    },
  };
}

/** The formula with its numbers, a line for each dimension. @param {Posterior} posterior @param {Pair} z @param {Pair} e */
const lines = ({ mu, sigma, kl }, z, e) =>
  [0, 1].map((j) => {
    const digits = sigma[j] < 0.1 ? 3 : 2, number = kit.show(e[j], 2), sign = e[j] < 0 ? `(${number})` : number;
    const where = outside(e[j]) ? "outside this posterior" : `KL${"₁₂"[j]} = ${kit.show(kl[j], 2)} nats`;
    return kit.el(
      "p",
      { class: "number" },
      kit.el(
        "span",
        {},
        `z${"₁₂"[j]} = ${kit.show(mu[j], 2)} + ${kit.show(sigma[j], digits)} · ${sign} = ${kit.show(z[j], 2)}`,
      ),
      kit.el("span", { class: "soft" }, where),
    );
  });

/**
 * A slider of one coordinate of epsilon. Where z lies beyond its reach, it says so instead of a number.
 * @param {number} j
 * @param {(value: number) => void} onInput
 */
function epsilonSlider(j, onInput) {
  const name = `ε${"₁₂"[j]}`, id = `vae-map-epsilon-${j + 1}`;
  const input = kit.el("input", { type: "range", id, min: -REACH, max: REACH, step: 0.01 });
  const output = kit.el("output", { for: id });
  input.addEventListener("input", () => onInput(Number(input.value)));
  return {
    element: kit.el(
      "div",
      { class: "control slider", "data-field": `e${j + 1}` },
      kit.el("label", { for: id }, name),
      input,
      output,
    ),
    /** @param {number} e */
    show: (e) => {
      const text = outside(e) ? "outside" : kit.show(e, 2);
      input.value = String(e);
      input.setAttribute("aria-valuetext", text);
      output.textContent = text;
    },
  };
}

/**
 * The posterior in a circle of its own. Answers its pixels per unit.
 * @param {HTMLCanvasElement} lens
 * @param {Posterior} posterior
 * @param {Pair} e
 * @param {readonly Pair[]} draws
 */
function paintLens(lens, { sigma }, e, draws) {
  const context = kit.sharp(lens, LENS, LENS), middle = LENS / 2, unit = middle / (WIDE * Math.max(...sigma));
  const at = (
    /** @type {Pair} */ [a, b],
  ) => /** @type {Pair} */ ([middle + a * sigma[0] * unit, middle - b * sigma[1] * unit]);
  const colour = kit.ink("vae");
  context.fillStyle = kit.ink("paper");
  context.fillRect(0, 0, LENS, LENS);
  context.strokeStyle = context.fillStyle = colour;
  context.lineWidth = 2;
  for (const r of [1, 2]) {
    context.beginPath();
    context.ellipse(middle, middle, r * sigma[0] * unit, r * sigma[1] * unit, 0, 0, 2 * Math.PI);
    context.stroke();
  }
  context.globalAlpha = 0.6;
  for (const draw of draws.slice(-200)) {
    context.beginPath();
    context.arc(...at(draw), 2.5, 0, 2 * Math.PI);
    context.fill();
  }
  context.globalAlpha = 1;
  if (e.some(outside)) return unit; // z lies out of this picture
  context.beginPath();
  context.moveTo(middle, middle);
  context.lineTo(...at(e));
  context.stroke();
  context.fillStyle = kit.ink("accent");
  context.beginPath();
  context.arc(...at(e), 7, 0, 2 * Math.PI);
  context.fill();
  return unit;
}
