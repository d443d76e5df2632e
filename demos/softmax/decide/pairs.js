// Two garments side by side: ten sigmoids, each a question of its own, against one softmax that must share.
import * as kit from "../../kit/kit.js";
import { argmax } from "../formulas.js";

/**
 * @typedef {{ pictures: [string, string], labels: [number | null, number | null], sigmoids: number[], softmax: number[],
 *   alone: number[][], error?: string }} Pair
 */
/** @typedef {{ two_garments: (request: { left: number, right: number }) => Promise<Pair> }} PairsServer */
/** @typedef {{ left: number, right: number }} Places */

const COUNT = 10000, STRIDE = 1237; // test pictures; the way to another one

/**
 * @param {{
 *   server: PairsServer,
 *   state: { readonly values: Places, set: (changes: Partial<Places>) => void, follow: (react: (values: Places) => void) => void },
 *   signal: AbortSignal, classes: string[], accuracy: number | null,
 * }} options
 */
export function twoGarments({ server, state, signal, classes, accuracy }) {
  const notice = kit.notice(), words = kit.el("p", { role: "status" });
  const pictures = ["left", "right"].map((side) => kit.picture({ label: side, width: 140 }));
  const another = (/** @type {"left" | "right"} */ side) =>
    kit.button(`Another ${side} one`, () => state.set({ [side]: (state.values[side] + STRIDE) % COUNT }));
  const table = kit.table({ caption: "What is in the picture", quiet: true, head: ["class"], rows: [] });
  const bars = classes.map((name) => ({
    sigmoid: kit.bar({ label: `sigmoid: is there a ${name}?`, words: (v) => kit.percent(v) }),
    soft: kit.bar({ label: `softmax of ${name}`, words: (v) => kit.percent(v) }),
  }));
  /** @type {Pair | null} */
  let last = null;
  const draw = () => {
    if (!last) return;
    const { labels, sigmoids, softmax } = last;
    table.show({
      head: ["class", "true", "sigmoid of each logit", "", "softmax of the same logits", ""].map((head) =>
        head || "value"
      ),
      rows: classes.map((name, k) => {
        const there = labels.includes(k), colour = there ? "right" : "ink-soft";
        bars[k].sigmoid.set(sigmoids[k], 1, colour);
        bars[k].soft.set(softmax[k], 1, colour);
        const truth = labels.includes(null) ? "?" : there ? "1" : "0";
        return [
          there ? kit.el("b", {}, name) : name,
          truth,
          bars[k].sigmoid.element,
          kit.percent(sigmoids[k]),
          bars[k].soft.element,
          kit.percent(softmax[k]),
        ];
      }),
    });
  };
  const ask = kit.live(server.two_garments, (/** @type {Pair} */ answer) => {
    last = answer;
    answer.pictures.forEach((picture, i) => {
      const label = answer.labels[i];
      pictures[i].show(kit.bytes(picture));
      pictures[i].caption.textContent = label === null ? ["left", "right"][i] : classes[label];
    });
    draw();
    words.replaceChildren(...tell(answer, classes, accuracy));
  }, notice.say);
  let asked = "";
  state.follow(({ left, right }) => {
    if (asked === `${left}/${right}`) return;
    asked = `${left}/${right}`;
    ask({ left, right });
  });
  kit.onTheme(draw, signal);
  return kit.el(
    "section",
    { class: "panel pairs", "aria-label": "Two garments in one picture" },
    kit.el("h3", {}, "Two garments in one picture: sigmoids instead of softmax"),
    notice.element,
    kit.el(
      "div",
      { class: "side" },
      kit.el(
        "div",
        { class: "figures" },
        kit.el("div", { class: "both" }, pictures.map((p) => p.figure)),
        another("left"),
        another("right"),
      ),
      kit.el("div", { class: "scrolls" }, table.element),
    ),
    words,
  );
}

/** What the numbers say, counted. @param {Pair} pair @param {string[]} classes @param {number | null} accuracy */
function tell({ sigmoids, softmax, alone }, classes, accuracy) {
  const above = classes.filter((_, k) => sigmoids[k] > 0.5), sum = sigmoids.reduce((a, b) => a + b, 0);
  const half = classes.filter((_, k) => softmax[k] > 0.5);
  const each = alone.map((p) => `${classes[argmax(p)]} (${kit.percent(Math.max(...p))})`).join(" and ");
  return [
    "Sigmoids above one half: ",
    kit.el("b", { class: "result" }, above.join(" and ") || "none"),
    `. They sum to ${
      kit.show(sum, 2)
    }, the softmax of the same logits to 1: at most one class can have more than a half there` +
    (half.length ? ` (here ${half[0]})` : " (here none has)") +
    `. Each alone, softmax regression says ${each}.` +
    (accuracy === null ? "" : ` On test pairs the two highest sigmoids are both right in ${kit.percent(accuracy)}.`),
  ];
}
