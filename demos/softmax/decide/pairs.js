// Two garments side by side: ten sigmoids, each a question of its own, against one softmax that must share.
import * as kit from "../../kit/kit.js";
import { argmax, ranked } from "../formulas.js";

/**
 * @typedef {{ pictures: string[], labels: (number | null)[], sigmoids: number[], softmax: number[], alone: number[][],
 *   error?: string }} Pair
 */
/** @typedef {{ left: number, right: number }} Numbers */
/** @typedef {{ right: number, pairs: number, interval: [number, number] } | null} Measured */

const STRIDE = 7919; // prime to 10,000: every picture has its turn

/** One class: is it there, what its sigmoid says, what its softmax says. @param {string} name */
function rowOf(name) {
  const truth = kit.el("span", { class: "number" }), s = kit.el("span", { class: "number" });
  const p = kit.el("span", { class: "number" });
  const sigmoid = kit.bar({ label: `sigmoid of ${name}`, words: kit.percent });
  const softmax = kit.bar({ label: `softmax of ${name}`, words: kit.percent });
  const pair = (/** @type {Node} */ bar, /** @type {Node} */ value) =>
    kit.el("span", { class: "bar-pair" }, bar, value);
  const cells = [name, truth, pair(sigmoid.element, s), pair(softmax.element, p)];
  const element = kit.el(
    "div",
    { class: "line", role: "row" },
    cells.map((cell, i) => kit.el("span", { role: i ? "cell" : "rowheader" }, cell)),
  );
  return { element, truth, sigmoid, s, softmax, p };
}

/**
 * @param {{
 *   classes: readonly string[],
 *   measured: Measured,
 *   ask: (request: Numbers) => Promise<Pair>,
 *   state: { readonly values: Numbers, set: (changes: Partial<Numbers>) => void,
 *     follow: (react: (values: Numbers) => void) => void },
 *   signal: AbortSignal,
 * }} options
 */
export function pairsOf({ classes, measured, ask, state, signal }) {
  const notice = kit.notice();
  const pictures = ["left", "right"].map((label) => kit.picture({ label, width: 132 }));
  const buttons = /** @type {const} */ (["left", "right"]).map((side) =>
    kit.button(`Another ${side} one`, () => state.set({ [side]: (state.values[side] + STRIDE) % 10_000 }))
  );
  const rows = classes.map(rowOf), words = kit.el("p", { class: "words", role: "status" });
  const heads = ["class", "true", "sigmoid of each logit", "softmax of the same logits"];
  const table = kit.el(
    "div",
    { class: "rows", role: "table", "aria-label": "Sigmoid and softmax of the same logits" },
    kit.el(
      "div",
      { class: "line heads", role: "row" },
      heads.map((head) => kit.el("span", { role: "columnheader" }, head)),
    ),
    rows.map((row) => row.element),
  );
  const element = kit.el(
    "section",
    { class: "panel pairs", "aria-label": "Two garments in one picture" },
    kit.el("h3", {}, "Two garments in one picture: sigmoids instead of softmax"),
    notice.element,
    kit.el(
      "div",
      { class: "side" },
      kit.el("div", { class: "figures" }, kit.el("div", { class: "both" }, pictures.map((one) => one.figure)), buttons),
      table,
    ),
    words,
  );
  /** @type {Pair | null} */
  let last = null;
  const show = () => {
    if (!last) return;
    const { labels, sigmoids, softmax } = last;
    last.pictures.forEach((one, i) => {
      const label = labels[i];
      pictures[i].show(kit.bytes(one));
      pictures[i].caption.textContent = label === null ? ["left", "right"][i] : classes[label];
    });
    rows.forEach((row, k) => {
      const there = labels.includes(k), unknown = labels.includes(null);
      row.truth.textContent = unknown ? "?" : there ? "1" : "0";
      row.sigmoid.set(sigmoids[k], 1, there ? "right" : "ink-soft");
      row.softmax.set(softmax[k], 1, there ? "right" : "ink-soft");
      row.s.textContent = kit.percent(sigmoids[k]);
      row.p.textContent = kit.percent(softmax[k]);
      row.element.classList.toggle("there", there);
    });
    words.textContent = [comparison(last, classes), accuracy(measured)].filter(Boolean).join(" ");
  };
  const live = kit.live(ask, (/** @type {Pair} */ answer) => {
    last = answer;
    show();
  }, notice.say);
  let asked = "";
  state.follow(({ left, right }) => {
    const key = `${left} ${right}`;
    if (key !== asked) live({ left, right });
    asked = key;
  });
  kit.onTheme(show, signal);
  return element;
}

/** What is seen in this pair, and nothing more. @param {Pair} pair @param {readonly string[]} classes */
function comparison({ sigmoids, softmax, alone }, classes) {
  const over = classes.filter((_, k) => sigmoids[k] > 0.5), [first, second] = ranked(softmax);
  const singly = alone.map((p) => `${classes[argmax(p)]} (${kit.percent(Math.max(...p))})`).join(" and ");
  return `Sigmoids above one half: ${over.join(" and ") || "none"}; they sum to ${
    kit.show(sigmoids.reduce((a, b) => a + b, 0), 2)
  }. Softmax has one unit to share: ${classes[first]} gets ${kit.percent(softmax[first])}, ${classes[second]} ${
    kit.percent(softmax[second])
  }, and two classes can never both be above one half. Each garment alone, read by softmax regression: ${singly}.`;
}

/** @param {Measured} measured */
const accuracy = (measured) =>
  measured
    ? `Of ${kit.count(measured.pairs)} test pairs the two highest sigmoids are both right in ${
      kit.percent(measured.right)
    } ` +
      `(95 % interval ${kit.percent(measured.interval[0])} to ${kit.percent(measured.interval[1])}).`
    : "";
