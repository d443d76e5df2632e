// The stability bench: the same logits in four number formats, line by line, until inf and NaN appear. The numbers are
// torch's own, computed on the server.
import * as kit from "../../kit/kit.js";
import { todo } from "../parts.js";

/** @typedef {{ loss: number[], accuracy: number }} Course */
/** @typedef {{ double: { right: Course, twice: Course, floor: number } | null }} Props */
/** @typedef {number | "inf" | "-inf" | "nan"} Value */
/** @typedef {[what: string, values: Value[], wrong: "" | "lost" | "off" | "zero"]} Line */
/** @typedef {{ naive: Line[], shifted: Line[], losses: Record<string, [Value, Value]>, largest: number, smallest: number }} InFormat */
/** @typedef {{ exact: number, dtypes: Record<string, InFormat>, error?: string }} Bench */
/** @typedef {{ pictures: number, microseconds: Record<string, Record<string, number>>, error?: string }} Timings */
/**
 * @typedef {{ bench: (request: { logits: number[], label: number }) => Promise<Bench>, timings: () => Promise<Timings> }} Server
 */
/** @typedef {kit.Mount<Props, ReturnType<typeof fields>, Server>} Mount */
/** @typedef {Mount["state"]} State */

const FORMATS = ["float16", "bfloat16", "float32", "float64"];
const PRESETS = /** @type {const} */ ([
  ["Ordinary: 2, 1, −1", "2, 1, -1"],
  ["One is 100", "100, 0, 1"],
  ["One is 1,000", "1000, 1, 0"],
  ["All below −100", "-101, -110, -120"],
  ["All near −1,000", "-1000, -1001, -1002"],
]);
const MOST = 10; // logits
/** @type {Record<string, string>} */
const OPERATIONS = {
  "o": "o, as stored",
  "exp(o)": "exp(o)",
  "sum": "their sum Σ",
  "p": "p = exp / Σ",
  "log-sum-exp": "log-sum-exp",
  "max": "m = largest o",
  "o - max": "o − m",
  "exp(o - max)": "exp(o − m)",
};
/** @type {Record<string, string>} */
const WAYS = {
  "-log(naive softmax)": "−ln(softmax), naive",
  "-log(shifted softmax)": "−ln(softmax), shifted",
  "log-softmax (ours)": "log-softmax, ours",
  "torch's cross_entropy": "the library's",
};
const MEANS = { lost: "lost", off: "wrong", zero: "", "": "" };

const OUTCOMES =
  /** @type {const} */ ([["lost", "an infinity or NaN"], ["off", "finite, and wrong"], ["right", "right"]]);

export const fields = () => ({
  logits: kit.text(PRESETS[1][1], { most: 120, was: "softmax_bench" }),
  label: kit.whole(0, MOST - 1, { start: 1 }),
  format: kit.oneOf(FORMATS, { start: "float32" }), // the one shown where there is room for one
  guess: kit.oneOf(["", ...OUTCOMES.map(([name]) => name)]),
});

/** The numbers in a text, or null. @param {string} text */
function numbersOf(text) {
  const parts = text.split(/[,;\s]+/).filter(Boolean), numbers = parts.map((part) => Number(part.replace("−", "-")));
  return parts.length && parts.length <= MOST && numbers.every(Number.isFinite) ? numbers : null;
}

/** @param {Mount} mount */
export default function mount({ element, props, server, state, signal }) {
  const notice = kit.notice(), inputs = inputsOf(state), tables = tablesOf(), losses = lossTable();
  const verdict = kit.el("p", { class: "verdict", role: "status" }), clock = kit.el("p", { class: "soft clock" });
  element.append(
    todo("Choose logits below, or type your own: where does the first ✗ appear, and in which format?"),
    kit.el(
      "section",
      { class: "panel", "aria-label": "Softmax line by line" },
      inputs.element,
      notice.element,
      verdict,
      tables.element,
    ),
    question(server, state),
    kit.el(
      "section",
      { class: "panel", "aria-label": "Four ways to the same loss" },
      kit.el("h3", {}, "Four ways to the same loss"),
      kit.el("div", { class: "losses" }, losses.element),
      clock,
    ),
  );
  if (props.double) element.append(doubled(props.double, signal));

  /** @type {Bench | null} */
  let last = null;
  const draw = () => {
    if (!last) return;
    const formats = element.clientWidth < 760 ? [state.values.format] : FORMATS;
    tables.show(last, formats);
    losses.show(last, formats);
    verdict.textContent = verdictOf(last);
  };
  const ask = kit.live(server.bench, (/** @type {Bench} */ answer) => {
    last = answer;
    draw();
  }, notice.say);
  state.follow(({ logits: text, label }) => {
    const logits = numbersOf(text);
    if (!logits) {
      return notice.say(`Logits are 1 to ${MOST} numbers between commas, as in 100, 0, 1; not “${text.slice(0, 40)}”.`);
    }
    ask({ logits, label: Math.min(label, logits.length - 1) });
    draw();
  });
  kit.onResize(element, draw, signal);
  kit.whenSeen(clock, async () => {
    const { microseconds, pictures, error } = await server.timings();
    if (error) return;
    const words = Object.entries(microseconds.float32).map(([way, time]) => `${WAYS[way]} ${kit.count(time)} µs`).join(
      ", ",
    );
    clock.textContent = `Time on this server for ${
      kit.count(pictures)
    } pictures in float32, the least of 7 tries: ${words}.`;
  }, signal);
}

/** @param {State} state */
function inputsOf(state) {
  const id = "softmax-stability-logits", field = kit.el("input", { type: "text", id, autocomplete: "off" });
  field.addEventListener("input", () => state.set({ logits: field.value }, { drag: true }));
  const presets = PRESETS.map(([words, logits]) => kit.button(words, () => state.set({ logits }), { pressed: false }));
  const label = kit.choice({ label: "True class", state, field: "label", options: [] });
  const format = kit.choice({ label: "Format", state, field: "format", options: FORMATS.map((name) => [name, name]) });
  format.element.classList.add("narrow");
  let count = 0;
  state.follow(({ logits }) => {
    if (field.value !== logits) field.value = logits;
    presets.forEach((button, i) => button.setAttribute("aria-pressed", String(PRESETS[i][1] === logits)));
    const many = numbersOf(logits)?.length ?? count;
    if (many !== count) label.rename(Array.from({ length: many }, (_, k) => [String(k), String(k)]));
    count = many;
    label.input.value = String(Math.min(state.values.label, many - 1));
  });
  return {
    element: kit.el(
      "div",
      { class: "asked" },
      kit.el("div", { class: "row presets", role: "group", "aria-label": "Examples of logits" }, presets),
      kit.el(
        "div",
        { class: "row" },
        kit.el("div", { class: "control" }, kit.el("label", { for: id }, "Logits o"), field),
        label.element,
        format.element,
      ),
    ),
  };
}

/** @param {Value} v */
const words = (v) =>
  typeof v === "string"
    ? { inf: "∞", "-inf": "−∞", nan: "NaN" }[v]
    : Number.isInteger(v) && Math.abs(v) < 1e5
    ? String(v).replace("-", "−")
    : kit.short(v, 4);

/** @param {readonly Value[]} values @param {"" | "lost" | "off" | "zero"} kind */
function cellOf(values, kind) {
  const mean = MEANS[kind], list = values.slice(0, 4).map(words).join("  ") + (values.length > 4 ? " …" : "");
  return kit.el("span", { class: `cell ${kind}` }, list, mean ? kit.el("span", { class: "mark" }, ` ✗ ${mean}`) : null);
}

function tablesOf() {
  const titles =
    /** @type {const} */ ([["naive", "The formula as it stands"], ["shifted", "The largest logit subtracted first"]]);
  const tables = titles.map(([kind, caption]) => ({
    kind,
    table: kit.table({ caption, quiet: true, head: [], rows: [] }),
    caption,
  }));
  /** @param {Bench} bench @param {readonly string[]} formats */
  const show = ({ dtypes }, formats) => {
    for (const { kind, table, caption } of tables) {
      table.show({
        head: [caption, ...formats],
        rows: dtypes[formats[0]][kind].map(([what], i) => [
          OPERATIONS[what] ?? what,
          ...formats.map((name) => cellOf(dtypes[name][kind][i][1], dtypes[name][kind][i][2])),
        ]),
      });
    }
  };
  return { element: kit.el("div", { class: "tables" }, tables.map(({ table }) => table.element)), show };
}

function lossTable() {
  const table = kit.table({ caption: "The cross-entropy in four formats", quiet: true, head: [], rows: [] });
  /** @param {[Value, Value]} loss */
  const cell = ([value, away]) => {
    const far = typeof away === "string" ? Infinity : Math.abs(away);
    const kind = typeof value === "string" ? "lost" : far > 0.01 ? "off" : "";
    const note = kind === "lost" ? " ✗ lost" : far < 1e-15 ? "" : ` ${kind ? "✗ " : ""}off by ${kit.short(far, 2)}`;
    return kit.el("span", { class: `cell ${kind}` }, words(value), kit.el("span", { class: "mark" }, note));
  };
  /** @param {Bench} bench @param {readonly string[]} formats */
  const show = ({ dtypes }, formats) =>
    table.show({
      head: ["Cross-entropy in nats", ...formats],
      rows: Object.keys(WAYS).map((way) => [WAYS[way], ...formats.map((name) => cell(dtypes[name].losses[way]))]),
    });
  return { element: table.element, show };
}

/** @param {Bench} bench */
function verdictOf({ dtypes, exact }) {
  const kindOf = (/** @type {string} */ name) => dtypes[name].naive.find(([what]) => what === "p")?.[2];
  const bad = FORMATS.filter(kindOf), off = bad.filter((name) => kindOf(name) === "off");
  const fails = bad.length
    ? `The formula as it stands fails in ${bad.join(", ")}`
    : "The formula as it stands survives in all four formats";
  const quietly = off.length ? `; in ${off.join(", ")} its answer is finite and wrong, which nobody notices` : "";
  return `${fails}${quietly}. The true loss is ${kit.short(exact, 6)} nats. The largest number of float16 is ` +
    `${words(dtypes.float16.largest)}, of float32 ${words(dtypes.float32.largest)}.`;
}

/** @param {Server} server @param {State} state */
function question(server, state) {
  const logits = [-101, -110, -120];
  return kit.predict({
    question: "All three logits lie below −100: −101, −110, −120. What do the probabilities become in float32?",
    options: OUTCOMES,
    state,
    field: "guess",
    onReveal: () => state.set({ logits: PRESETS[3][1] }),
    truth: async () => {
      const answer = await server.bench({ logits, label: 0 });
      const p = answer.dtypes?.float32.naive.find(([what]) => what === "p");
      return p ? p[2] || "right" : null;
    },
    words: () =>
      "At −101 the exponential is so small that float32 stores it with few bits, and the others are exactly 0: the " +
      "probabilities come out as 1, 0, 0. At −1,000 all are 0, and 0 / 0 is NaN. The table above shows it line by line.",
  }).element;
}

/** Softmax in the network and again in the loss, trained beside the right one. @param {NonNullable<Props["double"]>} double @param {AbortSignal} signal */
function doubled({ right, twice, floor }, signal) {
  const plot = kit.plot({
    label: "Loss by epoch, softmax once and softmax twice",
    height: 220,
    signal,
    x: { label: "epochs", whole: true },
    y: { label: "training loss in nats", zero: true },
  });
  const points = (/** @type {number[]} */ values) => values.map((v, i) => /** @type {const} */ ([i + 1, v]));
  plot.show([
    { name: "softmax once", colour: "right", points: points(right.loss), mark: 0 },
    { name: "softmax twice", colour: "wrong", points: points(twice.loss), mark: 1, dash: [8, 5] },
  ], { lines: [{ y: floor, name: `twice cannot fall below ${kit.show(floor, 2)}`, below: true }] });
  const top = Math.E / (Math.E + 9);
  return kit.el(
    "section",
    { class: "panel", "aria-label": "Softmax twice" },
    kit.el("h3", {}, "Softmax twice: the mistake that trains"),
    plot.element,
    kit.el(
      "p",
      {},
      `Test accuracy with softmax once: ${kit.percent(right.accuracy)}; twice, in the network and again in the loss: ` +
        `${
          kit.percent(twice.accuracy)
        }. The second softmax sees numbers from 0 to 1 alone, so its largest probability is ` +
        `e/(e + 9) = ${kit.show(top, 3)} and the loss stays above ln(e + 9) − 1 = ${
          kit.show(floor, 3)
        }. It learns all the ` +
        "same, so nobody looks for the mistake.",
    ),
  );
}
