// The error clinic: confusion matrix -> a cell -> its pictures -> one picture, what each pixel said, the templates.
import * as kit from "../../kit/kit.js";
import { crossEntropy, dot, limitOf, ranked, softmax, template } from "../formulas.js";
import { DATASETS, offered } from "../parts.js";

/** @typedef {{ names: Record<string, string>, networks: Record<string, string[]> }} Props the classifiers in words, and of each test set */
/**
 * @typedef {{
 *   network: string, networks: [name: string, accuracy: number][], classes: string[], confusion: number[][],
 *   precision: number[], recall: number[], pictures: boolean, error?: string,
 * }} Clinic
 */
/** @typedef {{ row: number, label: number, guess: number, probability: number, probability_true: number, picture: string | null }} One */
/** @typedef {{ count: number, cases: One[], error?: string }} Cases */
/**
 * @typedef {{ x: string | null, logits: number[], label: number, guess: number, verdicts: [string, number, number][],
 *   linear: string | null, error?: string }} Case
 */
/** @typedef {{ W: string, error?: string }} Weights */
/**
 * @typedef {{
 *   clinic: (request: { dataset: string, network: string }) => Promise<Clinic>,
 *   cases: (request: { dataset: string, network: string, kind: string, true_class: number, predicted_class: number }) => Promise<Cases>,
 *   case: (request: { dataset: string, network: string, row: number }) => Promise<Case>,
 *   weights: (request: { network: string }) => Promise<Weights>,
 * }} Server
 */
/** @typedef {kit.Mount<Props, ReturnType<typeof fields>, Server>} ErrorsMount */

const KINDS = /** @type {const} */ ([["cell", "The cell chosen"], ["confident", "Most confident mistakes"], [
  "uncertain",
  "Most uncertain",
]]);
const LAST = 9999;

/** `cell` is true class times ten plus what it is called; -1 the commonest mistake. `row` -1: the first of the list. @param {Props} props */
export const fields = ({ names }) => ({
  dataset: kit.oneOf(["digits", "fashion"], { was: "softmax_errors" }),
  network: kit.oneOf(["", ...Object.keys(names)]),
  kind: kit.oneOf(KINDS.map(([kind]) => kind)),
  cell: kit.whole(-1, 99),
  row: kit.whole(-1, LAST),
});

/** @param {ErrorsMount} mount */
export default function mount({ element, props, server, state, signal }) {
  const notice = kit.notice(),
    summary = kit.el("p", { class: "summary", role: "status" }),
    absent = kit.el("p", { class: "soft" });
  const matrix = matrixOf((cell) => state.set({ kind: "cell", cell, row: -1 }));
  const list = listOf((row) => state.set({ row })), detail = detailOf(props.names, signal);
  const classifier = kit.choice({ label: "Classifier", state, field: "network", options: [["", "…"]] });
  element.append(
    kit.el(
      "p",
      { class: "todo" },
      "Press a cell off the diagonal: those are pictures of one class that it calls another.",
    ),
    kit.el(
      "div",
      { class: "row" },
      kit.choice({ label: "Test set", state: fresh(state), field: "dataset", options: DATASETS }).element,
      classifier.element,
    ),
    kit.el(
      "div",
      { class: "row" },
      kit.segments({ label: "Pictures shown", state, field: "kind", options: KINDS }).element,
      summary,
    ),
    notice.element,
    kit.el(
      "div",
      { class: "two-columns" },
      kit.el(
        "section",
        { class: "panel", "aria-label": "Confusion matrix" },
        kit.el("p", { class: "soft" }, "Row: what it is. Column: what it is called. Recall, precision in %."),
        kit.el("div", { class: "scrolls" }, matrix.element),
      ),
      kit.el("section", { class: "panel", "aria-label": "The pictures" }, list.title, absent, list.element),
    ),
    detail.element,
  );

  /** @type {Clinic | null} */
  let clinic = null;
  const weights = remembered(server);
  const askCase = kit.live(server.case, async (/** @type {Case} */ answer) => {
    if (!clinic) return;
    const W = answer.linear ? await weights(answer.linear) : null;
    if (!signal.aborted) detail.show(answer, W, clinic.classes);
  }, notice.say);
  const askCases = kit.live(server.cases, (/** @type {Cases} */ answer) => {
    if (!clinic) return;
    const { kind, dataset, row } = state.values, [truth, guess] = cellOf(state.values.cell, clinic);
    list.show(answer, clinic, kind, [truth, guess]);
    const first = answer.cases.some((one) => one.row === row) || row >= 0 ? row : answer.cases[0]?.row ?? -1;
    detail.element.hidden = first < 0;
    list.choose(first);
    if (first >= 0) askCase({ dataset, network: clinic.network, row: first });
  }, notice.say);
  const askClinic = kit.live(server.clinic, (/** @type {Clinic} */ answer) => {
    clinic = answer;
    classifier.rename(
      answer.networks.map(([name, accuracy]) => [name, `${props.names[name] ?? name}: ${kit.percent(accuracy)}`]),
    );
    classifier.input.value = answer.network;
    absent.textContent = answer.pictures
      ? ""
      : "The data set is not on this machine, so its pictures cannot be shown; the numbers are stored. They can be fetched at the foot of this page.";
    summarise(summary, answer, props.names);
    follow();
  }, notice.say);
  const follow = () => {
    if (!clinic) return;
    const { kind, dataset } = state.values, cell = cellOf(state.values.cell, clinic);
    matrix.show(clinic, kind === "cell" ? cell : null);
    askCases({ dataset, network: clinic.network, kind, true_class: cell[0], predicted_class: cell[1] });
  };
  let asked = "";
  state.follow((values) => {
    const { dataset } = values, network = offered(values.network, props.networks[dataset]);
    const now = `${dataset}/${network}`;
    if (now === asked) return follow();
    asked = now;
    clinic = null;
    askClinic({ dataset, network });
  });
  kit.onTheme(follow, signal);
}

/** Another test set begins anew: its own classifiers and mistakes. @param {ErrorsMount["state"]} state @returns {import("../../kit/elements.js").AnyState} */
const fresh = (state) => ({
  get values() {
    return state.values;
  },
  follow: /** @type {import("../../kit/elements.js").AnyState["follow"]} */ (state.follow),
  field: /** @type {import("../../kit/elements.js").AnyState["field"]} */ (state.field),
  set:
    /** @type {import("../../kit/elements.js").AnyState["set"]} */ ((/** @type {{ dataset: string }} */ { dataset }) =>
      state.set({ dataset, network: "", kind: "cell", cell: -1, row: -1 })),
});

/** Weights of the linear networks, asked for once. @param {Server} server */
function remembered(server) {
  /** @type {Map<string, Promise<Float32Array | null>>} */
  const known = new Map();
  return (/** @type {string} */ network) => {
    const asked = known.get(network) ??
      server.weights({ network }).then((answer) => answer.error ? null : kit.floats(answer.W));
    known.set(network, asked);
    return asked;
  };
}

/** The cell chosen, or the commonest mistake. @param {number} cell @param {Clinic} clinic @returns {[number, number]} */
function cellOf(cell, { confusion }) {
  if (cell >= 0) return [Math.floor(cell / 10), cell % 10];
  /** @type {[number, number]} */
  let most = [0, 1];
  confusion.forEach((row, i) => row.forEach((n, j) => i !== j && n > confusion[most[0]][most[1]] && (most = [i, j])));
  return most;
}

/** @param {HTMLElement} line @param {Clinic} clinic @param {Record<string, string>} names */
function summarise(line, { confusion, networks, network }, names) {
  const total = confusion.flat().reduce((a, b) => a + b, 0), right = confusion.reduce((sum, row, i) => sum + row[i], 0);
  const others = networks.filter(([name]) => name !== network)
    .map(([name, accuracy]) => `${names[name] ?? name} ${kit.count(total * (1 - accuracy))}`).join(", ");
  line.replaceChildren(
    kit.el("b", { class: "result" }, kit.units(total - right, ["mistake", "mistakes"])),
    ` in ${kit.count(total)} pictures${others ? ` (${others})` : ""}.`,
  );
}

/** The confusion matrix as buttons. @param {(cell: number) => void} choose */
function matrixOf(choose) {
  const element = kit.el("table", { class: "matrix" });
  /** @param {Clinic} clinic @param {readonly [number, number] | null} chosen */
  const show = ({ confusion, classes, precision, recall }, chosen) => {
    const worst = Math.max(...confusion.flatMap((row, i) => row.filter((_, j) => j !== i)));
    const focus = [...element.querySelectorAll("button")].indexOf(
      /** @type {HTMLButtonElement} */ (document.activeElement),
    );
    const body = confusion.map((row, i) =>
      kit.el(
        "tr",
        {},
        kit.el("th", { scope: "row" }, classes[i]),
        row.map((n, j) => {
          const button = kit.el("button", {
            type: "button",
            class: `cell${i === j ? " diagonal" : ""}`,
            "aria-label": `${n}: ${classes[i]} called ${classes[j]}`,
            "aria-pressed": String(chosen?.[0] === i && chosen?.[1] === j),
            onclick: () => choose(10 * i + j),
          }, n ? String(n) : "·");
          if (i !== j) button.style.setProperty("--share", `${Math.round(55 * Math.sqrt(n / worst))}%`);
          return kit.el("td", {}, button);
        }),
        kit.el("td", { class: "score" }, (100 * recall[i]).toFixed(1)),
      )
    );
    element.classList.toggle("upright", classes.every((name) => name.length === 1));
    element.replaceChildren(
      kit.el(
        "thead",
        {},
        kit.el(
          "tr",
          {},
          kit.el("td", {}),
          classes.map((name) => kit.el("th", { scope: "col" }, kit.el("span", {}, name))),
          kit.el("th", { scope: "col" }, kit.el("span", {}, "recall")),
        ),
      ),
      kit.el(
        "tbody",
        {},
        body,
        kit.el(
          "tr",
          {},
          kit.el("th", { scope: "row" }, "precision"),
          precision.map((p) => kit.el("td", { class: "score" }, (100 * p).toFixed(1))),
          kit.el("td", {}),
        ),
      ),
    );
    if (focus >= 0) element.querySelectorAll("button")[focus]?.focus();
  };
  return { element, show };
}

/** The pictures of a cell or a list. @param {(row: number) => void} choose */
function listOf(choose) {
  const title = kit.el("h3", {}, "…"), element = kit.el("div", { class: "thumbs" });
  /** @type {number[]} */
  let rows = [];
  /** @param {Cases} answer @param {Clinic} clinic @param {string} kind @param {readonly [number, number]} cell */
  const show = (answer, { classes, pictures }, kind, [truth, guess]) => {
    rows = answer.cases.map((one) => one.row);
    title.textContent = kind === "cell"
      ? `${answer.count} × ${classes[truth]} called ${classes[guess]}`
      : kind === "confident"
      ? `${kit.units(answer.count, ["mistake", "mistakes"])}, the surest first`
      : "The pictures it is least sure of";
    if (!rows.length) return element.replaceChildren(kit.el("p", {}, "Not one. Choose another cell."));
    element.replaceChildren(...answer.cases.map((one) => {
      const sure = kit.percent(one.probability), name = `${sure}: ${classes[one.label]}, called ${classes[one.guess]}`;
      const canvas = kit.el("canvas", { width: 28, height: 28, class: "picture", "aria-hidden": "true" });
      if (one.picture) kit.paint(canvas, kit.bytes(one.picture));
      const words = `${classes[one.label]}: ${kit.percent(one.probability_true)}`; // where there is no picture to look at
      const seen = pictures && one.picture ? canvas : kit.el("span", { class: "blank" }, words);
      return kit.el(
        "button",
        { type: "button", class: "thumb", "aria-label": name, onclick: () => choose(one.row) },
        seen,
        kit.el("span", {}, pictures ? sure : `${classes[one.guess]}: ${sure}`),
      );
    }));
  };
  /** @param {number} row */
  const mark = (row) =>
    [...element.children].forEach((one, i) => one.setAttribute("aria-pressed", String(rows[i] === row)));
  return { title, element, show, choose: mark };
}

/** One picture: why it was called so. @param {Record<string, string>} names @param {AbortSignal} signal */
function detailOf(names, signal) {
  const title = kit.el("h3"), words = kit.el("p", {});
  const table = kit.table({ caption: "What each classifier says of it", head: ["", "class", "probability"], rows: [] });
  const ends = /** @type {[string, string]} */ (["against", "for"]);
  const pixelBar = kit.scaleBar({ label: "x · W of a pixel", signal, ends });
  const weightBar = kit.scaleBar({ label: "weight W of a pixel", signal, ends });
  const pixels = kit.el("div", { class: "figures" }), templates = kit.el("div", { class: "figures" });
  const figures = kit.el(
    "div",
    { class: "groups" },
    kit.el("div", {}, pixels, pixelBar.element),
    kit.el("div", {}, templates, weightBar.element),
  );
  const element = kit.el(
    "section",
    { class: "panel detail", "aria-label": "One picture" },
    title,
    figures,
    words,
    kit.el("div", { class: "scrolls" }, table.element),
  );
  /** @param {string} label @param {Float32Array} values @param {number} limit */
  const signed = (label, values, limit) => {
    const canvas = kit.el("canvas", {
      width: 28,
      height: 28,
      class: "picture signed",
      role: "img",
      "aria-label": label,
    });
    kit.paintSigned(canvas, values, limit);
    return kit.el("figure", { class: "figure" }, canvas, kit.el("figcaption", {}, label));
  };
  /** @param {Case} answer @param {Float32Array | null} W @param {string[]} classes */
  const show = (answer, W, classes) => {
    const { label, guess, logits } = answer, p = softmax(logits), order = ranked(p);
    const other = guess === label ? order[1] : guess;
    title.textContent = `Why: truly ${classes[label]}, called ${classes[guess]}`;
    const made = picturesOf(answer, W, classes, other, signed);
    pixels.replaceChildren(...made.pixels);
    templates.replaceChildren(...made.templates);
    for (const [bar, limit] of /** @type {const} */ ([[pixelBar, made.limit], [weightBar, W && limitOf(W)]])) {
      bar.element.hidden = !limit;
      if (limit) bar.set(limit);
    }
    const best = order.slice(0, 3).map((k) => `${classes[k]} (${kit.percent(p[k])})`).join(", ");
    words.textContent =
      `It gave ${best}; loss −ln p(${classes[label]}) = ${kit.short(crossEntropy(logits, label), 2)} nats. ` +
      (W
        ? alikeOf(W, classes, label)
        : "This classifier is not linear: no weight belongs to one pixel alone, so there is no map of x · W.");
    table.show({
      head: ["", "class", "probability"],
      rows: answer.verdicts.map(([name, verdict, chance]) => [
        names[name] ?? name,
        kit.el(
          "span",
          { class: verdict === label ? "right" : "wrong" },
          `${verdict === label ? "✓" : "✗"} ${classes[verdict]}`,
        ),
        name.startsWith("least") ? "–" : kit.percent(chance),
      ]),
    });
  };
  return { element, show };
}

/**
 * The picture, what each of its pixels said for both classes, and the two templates.
 * @param {Case} answer
 * @param {Float32Array | null} W
 * @param {string[]} classes
 * @param {number} other the class it is compared with
 * @param {(label: string, values: Float32Array, limit: number) => HTMLElement} signed
 */
function picturesOf({ x: sent, label, logits }, W, classes, other, signed) {
  /** @type {HTMLElement[]} */
  const pixels = [];
  let limit = 0; // one scale for the three maps of x · W
  if (sent) {
    const x = kit.floats(sent), picture = kit.picture({ label: `x: truly ${classes[label]}`, width: 120 });
    picture.show(Uint8Array.from(x, (value) => Math.round(255 * value)));
    pixels.push(picture.figure);
    if (W) {
      const [a, b] = [label, other].map((k) => template(W, k).map((weight, i) => weight * x[i]));
      const difference = b.map((value, i) => value - a[i]);
      limit = Math.max(...[a, b, difference].map((values) => limitOf(values, 1)));
      pixels.push(
        signed(`for ${classes[label]}: o = ${kit.show(logits[label], 2)}`, a, limit),
        signed(`for ${classes[other]}: o = ${kit.show(logits[other], 2)}`, b, limit),
        signed(
          `${classes[other]} minus ${classes[label]}: ${kit.signed(logits[other] - logits[label])}`,
          difference,
          limit,
        ),
      );
    }
  }
  const templates = W ? [label, other].map((k) => signed(`template of ${classes[k]}`, template(W, k), limitOf(W))) : [];
  return { pixels, templates, limit };
}

/** Whose templates are most like that of a class. @param {Float32Array} W @param {string[]} classes @param {number} label */
function alikeOf(W, classes, label) {
  const columns = classes.map((_, k) => {
    const column = Array.from(template(W, k)), mean = column.reduce((sum, v) => sum + v, 0) / column.length;
    return column.map((v) => v - mean);
  });
  const like = columns.map((
    column,
    k,
  ) => /** @type {const} */ ([
    k,
    dot(column, columns[label]) / Math.sqrt(dot(column, column) * dot(columns[label], columns[label])),
  ])).filter(([k]) => k !== label).sort((a, b) => b[1] - a[1]).slice(0, 3);
  return `Templates most like that of ${classes[label]}: ${
    like.map(([k, r]) => `${classes[k]} (correlation ${kit.show(r, 2)})`).join(", ")
  }.`;
}
