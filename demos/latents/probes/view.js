// Are the codes useful: accuracy by number of labels; and a sparse code as bars, each with what it draws.
import * as kit from "../../kit/kit.js";
import { codeBars } from "../codebars.js";

/** @typedef {{ fires: number, share: number }} Unit how often it fires, and the share of its energy in one piece */
/**
 * @typedef {{ networks: [name: string, words: string][], examples: kit.Strokes[], start: number,
 *   units: Record<string, Unit[]>, truth: string | null, answer: string }} Props
 */
/** @typedef {{ labels: number, accuracy: number, low: number, high: number }} Row */
/** @typedef {{ title: string, knn: Row[], linear: Row[] }} Space */
/** @typedef {{ spaces: Record<string, Space>, error?: string }} Probed */
/**
 * @typedef {{ code: number[], active: number, units: number[], difference: string, picture: string, mse: number,
 *   error?: string }} Strokes
 */
/**
 * @typedef {{
 *   probe: () => Promise<Probed>,
 *   strokes_of: (request: { picture: Uint8Array, network: string }) => Promise<Strokes>,
 * }} Server
 */
/** @typedef {kit.Mount<Props, ReturnType<typeof fields>, Server>} ProbesMount */
/** @typedef {readonly [colour: string, mark: number, dash?: number[]]} Style */

const LABELS = [10, 30, 100, 300, 1000, 3000, 10000, 60000];
const GUESSES = /** @type {const} */ ([
  ["code", "The best of the codes"],
  ["pixels", "Raw pixels"],
  ["same", "No clear difference"],
]);
const PARTS = 8; // units that are shown with what they draw
/** @type {Record<string, Style>} */
const STYLES = {
  pca: ["pca", 4],
  autoencoder: ["ae", 1],
  "denoising-autoencoder": ["ae", 5, [8, 5]],
  "sparse-autoencoder": ["ae", 2, [2, 4]],
  vae: ["vae", 0],
  pixels: ["ink", 9, [3, 4]],
};

/** @param {Props} props */
export const fields = ({ networks, start }) => ({
  method: kit.oneOf(["knn", "linear"], { was: "latents_probe" }),
  labels: kit.oneOf(LABELS.map(String), { start: "100" }),
  drawing: kit.drawing({ start: { example: start } }),
  network: kit.oneOf(networks.map(([name]) => name)),
  guess: kit.oneOf(["", ...GUESSES.map(([name]) => name)]),
});

/** Do codes help where labels are few? @param {Props} props @param {ProbesMount["state"]} state */
function question({ truth, answer }, state) {
  if (!truth) return null;
  return kit.predict({
    question: "With ten labels, one of each class, and nearest neighbours: what classifies better?",
    options: GUESSES,
    state,
    field: "guess",
    truth: () => truth,
    onReveal: () => state.set({ method: "knn", labels: "10" }),
    words: () =>
      `${answer} Read the rest off the curves: with all 60,000 labels the differences shrink, and the order changes with ` +
      "the classifier. The bands are the spread over several draws of the labelled digits; differences smaller than " +
      "they are say nothing.",
  }).element;
}

/** @param {ProbesMount} mount */
export default function mount({ element, props, server, state, signal }) {
  const notice = kit.notice(), ranking = kit.el("p", { role: "status" });
  const plot = kit.plot({
    label: "Accuracy against the number of labelled digits",
    signal,
    height: 300,
    x: { label: "labelled digits", scale: "log", ticks: [10, 100, 1000, 10000, 60000] },
    y: { label: "accuracy on test digits", percent: true, high: 1 },
    steps: LABELS,
    onCursor: (labels) => state.set({ labels: String(labels) }, { drag: true }),
  });
  element.append(
    kit.el("p", { class: "todo" }, "Move over the plot: which code is worth most when only a few digits have a label?"),
    kit.segments({
      label: "Classifier on the codes",
      state,
      field: "method",
      options: [["knn", "nearest neighbours"], ["linear", "linear probe (softmax regression)"]],
    }).element,
    notice.element,
    plot.element,
    ranking,
    question(props, state) ?? "",
    props.networks.length ? sparse({ props, server, state, signal, say: notice.say }) : "",
  );
  /** @type {Probed["spaces"]} */
  let spaces = {};
  const rank = () => {
    const method = /** @type {"knn" | "linear"} */ (state.values.method), labels = Number(state.values.labels);
    const rows = Object.values(spaces).flatMap((space) => {
      const row = space[method].find((one) => one.labels === labels);
      return row ? [{ title: space.title, ...row }] : [];
    }).sort((a, b) => b.accuracy - a.accuracy);
    if (!rows.length) return;
    const [best] = rows, alike = rows.filter((row) => row !== best && row.high >= best.low).map((row) => row.title);
    ranking.replaceChildren(
      `${kit.units(labels, "labels")}: best `,
      kit.el("b", { class: "result" }, best.title),
      ` with ${kit.percent(best.accuracy)} (draws of the labels from ${kit.percent(best.low)} to ${
        kit.percent(best.high)
      })`,
      alike.length
        ? `; no clear difference to ${alike.join(", ")}.`
        : "; ahead of all others by more than the draws scatter.",
    );
  };
  const show = () => {
    const method = /** @type {"knn" | "linear"} */ (state.values.method);
    plot.show(
      Object.entries(spaces).map(([name, space]) => {
        const [colour, mark, dash] = STYLES[name] ?? ["ink", 0], rows = space[method];
        return {
          name: space.title,
          colour,
          mark,
          dash,
          points: rows.map((row) => /** @type {[number, number]} */ ([row.labels, row.accuracy])),
          band: rows.filter((row) => row.high > row.low).map((
            row,
          ) => /** @type {[number, number, number]} */ ([row.labels, row.low, row.high])),
        };
      }),
      { cursor: Number(state.values.labels) },
    );
    rank();
  };
  server.probe().then((answer) => {
    if (answer.error) return notice.say(answer.error);
    spaces = answer.spaces;
    show();
  });
  let method = state.values.method;
  state.follow((values) => {
    plot.cursor(Number(values.labels));
    if (values.method !== method) {
      method = values.method;
      show();
    } else rank();
  });
}

/**
 * The code of one's own digit as bars, and what each of its largest numbers draws.
 * @param {Pick<ProbesMount, "props" | "server" | "state" | "signal"> & { say: (text: string) => void }} options
 */
function sparse({ props, server, state, signal, say }) {
  const bars = codeBars({ label: "The code", signal }), words = kit.el("p", { role: "status" });
  const pad = kit.pad({ label: "Your digit", width: 184, state, field: "drawing", examples: props.examples, signal });
  const out = kit.picture({ label: "Rebuilt", width: 112 });
  const parts = Array.from(
    { length: PARTS },
    () => kit.picture({ label: "what a number draws", words: "–", width: 84 }),
  );
  const scale = kit.scaleBar({ label: "ink", signal, high: 1, ends: ["takes ink away", "adds ink"] });
  /** @type {Strokes | null} */
  let last = null;
  const draw = () => {
    if (!last) return;
    const pictures = kit.floats(last.difference), units = props.units[state.values.network] ?? [];
    bars.show(last.code, { marked: new Set(last.units) });
    parts.forEach(({ canvas, caption, figure, say: tell }, k) => {
      const unit = last?.units[k], told = unit === undefined ? undefined : units[unit];
      figure.hidden = unit === undefined;
      if (unit === undefined) return;
      kit.paintSigned(canvas, pictures.subarray(784 * k, 784 * (k + 1)), 1);
      const detail = told ? `; fires on ${kit.percent(told.fires, 0)}, ${kit.percent(told.share, 0)} in one piece` : "";
      caption.textContent = `number ${unit + 1}${detail}`;
      tell(caption.textContent);
    });
  };
  const ask = kit.live(server.strokes_of, (/** @type {Strokes} */ answer) => {
    last = answer;
    out.show(kit.bytes(answer.picture));
    words.replaceChildren(
      kit.el("b", { class: "result" }, `${answer.active} of ${answer.code.length}`),
      ` numbers above 1 % of the largest of this picture. MSE ${answer.mse.toFixed(4)}.`,
    );
    draw();
  }, say);
  kit.onTheme(draw, signal);
  /** @type {unknown[]} */
  let asked = [];
  state.follow(({ drawing, network }) => {
    if (asked[0] === drawing && asked[1] === network) return;
    asked = [drawing, network];
    ask({ picture: kit.pixels(drawing, props.examples), network });
  });
  return kit.el(
    "section",
    { class: "sparse" },
    kit.el("h3", {}, "What does each number of a code draw?"),
    kit.choice({ label: "Network", state, field: "network", options: props.networks }).element,
    kit.el(
      "div",
      { class: "desk" },
      kit.folded("Your digit", signal, pad.element),
      kit.el("div", { class: "code" }, bars.element, words),
      out.figure,
    ),
    kit.el(
      "p",
      { class: "soft" },
      "The eight largest numbers: the picture with each of them, less the picture without it.",
    ),
    kit.el("div", { class: "row parts" }, parts.map((part) => part.figure)),
    scale.element,
  );
}
