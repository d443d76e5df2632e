// Arithmetic on codes: a - b + c, thicker, leaning; and twenty such equations as they were tried on many pictures.
import * as kit from "../../kit/kit.js";
import { said } from "../judge.js";

/**
 * @typedef {object} Tried one equation on many pictures
 * @property {"class" | "thickness" | "slant"} kind
 * @property {number} from
 * @property {number} to
 * @property {number} tried
 * @property {number} success a share
 * @property {number} accepted share of outcomes that are digits to the judge
 * @property {[low: number, high: number]} interval of 95 % around it
 * @property {number} style correlation of the slants before and after
 * @property {number} [change] the mean of what was measured, pixels or degrees
 * @property {number[]} first outcomes, 1 or 0
 * @property {number[]} [indices] which pictures of the class those are
 */
/** @typedef {{ network: string, from: number, to: number, index: number }} Example of the prediction */
/**
 * @typedef {object} Props
 * @property {[name: string, words: string][]} networks
 * @property {import("../../kit/strokes.js").Strokes[]} examples
 * @property {Record<string, string[]>} classes of each data set
 * @property {Record<string, string>} datasets of each network
 * @property {Record<string, Tried[]>} bench
 * @property {{ thicker: number, leaning: number }} asked
 * @property {string[]} directed networks with directions of style
 * @property {Example | null} slanted
 */
/**
 * @typedef {object} Answer
 * @property {string[]} pictures a, b, c, a - b + c: base64 of 28 x 28 greys
 * @property {number[] | null} probabilities of the ten classes, for a - b + c
 * @property {boolean[] | null} digits to the judge, of all four
 * @property {number[]} slants in degrees
 * @property {number[]} thicknesses in pixels
 * @property {number} length of z
 * @property {string} [error]
 */
/** @typedef {{ equation: (request: object) => Promise<Answer> }} Server */

const TERMS = /** @type {const} */ (["a", "b", "c"]);
/** @type {import("../../kit/drawing.js").Kind[]} */
const KINDS = ["drawn", "picked", "mean", "sampled"];

/** @param {Props} props */
export const fields = ({ networks, examples }) => {
  const term = (/** @type {import("../../kit/drawing.js").Source} */ start) =>
    kit.sourceField({ kinds: KINDS, start, examples: examples.length });
  return {
    network: kit.oneOf(networks.map(([name]) => name), { was: "vae_algebra" }),
    a: term({ kind: "drawn", drawing: { example: 5 } }),
    b: term({ kind: "mean", class: 5 }),
    c: term({ kind: "mean", class: 3 }),
    thicker: kit.number(-2, 2, { step: 0.05, start: 0 }),
    leaning: kit.number(-45, 45, { step: 1, start: 0 }),
    guess: kit.oneOf(["", "upright", "slanted", "none"]),
  };
};

/** @typedef {kit.Mount<Props, ReturnType<typeof fields>, Server>} Mounted */
/** @typedef {Mounted["state"]} State */
/** @typedef {State["values"]} Values */

/** @param {Mounted} mount */
export default async function mount({ element, props, server, state, signal }) {
  const notice = kit.notice(), verdict = kit.el("div", { class: "verdict", role: "status" });
  const sum = equation(props, verdict);
  const thicker = kit.slider({ label: "Thicker by", state, field: "thicker", unit: "px" });
  const leaning = kit.slider({ label: "Leaning by", state, field: "leaning", unit: "°" });
  const unmeasured = kit.el(
    "p",
    { class: "soft", hidden: true },
    "Directions for thickness and slant were not measured for this network.",
  );
  const tried = bench(state, props, () => element.scrollIntoView({ block: "start", behavior: "instant" }));
  element.append(
    kit.el("p", { class: "todo" }, "Choose three pictures: their codes are added, the sum is decoded."),
    notice.element,
    sum.element,
    kit.el("div", { class: "row" }, thicker.element, leaning.element, unmeasured),
    terms(state, props, signal),
    slanted(state, props, server) ?? "",
    tried.element,
  );

  const names = (/** @type {Values} */ { network }) => props.classes[props.datasets[network]];
  const show = (/** @type {Answer} */ answer) => {
    const classes = names(state.values);
    sum.show(answer, classes);
    verdict.replaceChildren(...verdictOf(answer, classes));
  };
  /** @param {Values} values */
  const asked = (values) => {
    const { network } = values, directed = props.directed.includes(network);
    const [a, b, c] = TERMS.map((name) => kit.asSource(values[name], props.examples));
    const style = directed ? { thicker: values.thicker, leaning: values.leaning } : { thicker: 0, leaning: 0 };
    return { a, b, c, network, ...style };
  };
  const first = await server.equation(asked(state.values));
  if (first.error) notice.say(first.error);
  else show(first);
  const ask = kit.live(server.equation, show, notice.say);
  let last = state.values;
  state.follow((values) => {
    const directed = props.directed.includes(values.network);
    for (const one of [thicker, leaning]) one.input.disabled = !directed;
    unmeasured.hidden = directed;
    tried.show(values.network);
    if (values !== last) ask(asked(values));
    last = values;
  });
}

/** What the judge and the measures say of the result. @param {Answer} answer @param {string[]} classes */
function verdictOf({ probabilities: p, digits, slants, thicknesses, length }, classes) {
  const best = p ? p.indexOf(Math.max(...p)) : -1;
  const change = (/** @type {number[]} */ all, /** @type {number} */ digits) =>
    kit.signed(Number((all[3] - all[0]).toFixed(digits)), digits);
  return [
    p ? kit.el("p", { class: "result" }, `${classes[best]}: ${kit.percent(p[best], 0)}`) : "",
    p ? kit.el("p", { class: "soft" }, `among the ten classes; the judge: ${said("digits", !!digits?.[3])}`) : "",
    kit.el("p", {}, `against a: slant ${change(slants, 0)}°, stroke ${change(thicknesses, 1)} px`),
    kit.el("p", { class: "soft" }, `length |z| = ${kit.show(length, 1)}`),
  ];
}

/**
 * The four pictures in a row, each with its slant and stroke, and what is said of the last.
 * @param {Props} props
 * @param {HTMLElement} verdict
 */
function equation(props, verdict) {
  const words = [...TERMS, "a − b + c"];
  const pictures = words.map((label, i) => kit.picture({ label, width: i === 3 ? 196 : 150 }));
  const bars = Object.values(props.classes)[0].map((_, k) => {
    const stick = kit.el("span", { class: "stick" }), name = kit.el("span", {});
    stick.style.setProperty("--class", String(k));
    return { stick, name, element: kit.el("div", { class: "column" }, stick, name) };
  });
  const chart = kit.el("div", { class: "bars", role: "img" }, bars.map((one) => one.element));
  const sign = (/** @type {string} */ text) => kit.el("span", { class: "sign", "aria-hidden": "true" }, text);
  const element = kit.el(
    "div",
    { class: "equation" },
    pictures.flatMap(({ figure }, i) => [figure, i < 3 ? sign("−+="[i]) : ""]),
    kit.el("div", { class: "said" }, verdict, chart),
  );
  return {
    element,
    /** @param {Answer} answer @param {string[]} classes */
    show: (answer, classes) => {
      answer.pictures.forEach((text, i) => {
        const shape = `slant ${kit.show(answer.slants[i], 0)}°, stroke ${kit.show(answer.thicknesses[i], 1)} px`;
        pictures[i].show(kit.bytes(text));
        pictures[i].caption.replaceChildren(kit.el("b", {}, words[i]), kit.el("br"), shape);
        pictures[i].say(shape);
      });
      const { probabilities } = answer;
      chart.hidden = !probabilities;
      if (!probabilities) return;
      const all = probabilities.map((p, k) => `${classes[k]} ${kit.percent(p, 0)}`).join(", ");
      chart.setAttribute("aria-label", `The judge's probabilities of a − b + c: ${all}`);
      bars.forEach(({ stick, name }, k) => {
        stick.style.height = `${1 + 56 * probabilities[k]}px`;
        stick.style.background = kit.classColour(k);
        name.textContent = classes[k];
      });
    },
  };
}

/**
 * The choosers of the three pictures, folded on a phone.
 * @param {State} state
 * @param {Props} props
 * @param {AbortSignal} signal
 */
function terms(state, props, signal) {
  const classes = () => props.classes[props.datasets[state.values.network]];
  const choosers = TERMS.map((label) =>
    kit.source({ label, state, field: label, examples: props.examples, classes: classes(), width: 150, signal })
  );
  state.follow(() => choosers.forEach((one) => one.rename(classes())));
  const network = kit.choice({ label: "Network", state, field: "network", options: props.networks });
  const panels = kit.el(
    "div",
    { class: "choosers" },
    choosers.map((one) => kit.el("div", { class: "panel" }, one.element)),
  );
  return kit.folded("Pictures and network", signal, network.element, panels);
}

/**
 * The prediction: a strongly slanted digit, exchanged for another one.
 * @param {State} state
 * @param {Props} props
 * @param {Server} server
 */
function slanted(state, { slanted: example, bench: measured, classes }, server) {
  if (!example) return null;
  const { network, from, to, index } = example, names = classes.digits;
  const a = { class: from, index }, b = { mean: from }, c = { mean: to };
  const asked = server.equation.bind(server);
  /** @type {Answer | null} */
  let answer = null;
  const truth = async () => {
    answer = await asked({ a, b, c, network, thicker: 0, leaning: 0 });
    const { probabilities: p, slants } = answer;
    if (p && p.indexOf(Math.max(...p)) !== to) return "none";
    return Math.abs(slants[3] - slants[0]) < Math.abs(slants[3] - slants[2]) ? "slanted" : "upright";
  };
  const words = () => {
    if (!answer) return "";
    const { slants, probabilities: p } = answer,
      swaps = (measured[network] ?? []).filter(({ kind }) => kind === "class");
    const r = swaps.map(({ style }) => style), share = p ? `, ${kit.percent(p[to], 0)} a ${names[to]}` : "";
    const kept = swaps.length
      ? ` Over the ${swaps.length} exchanges tried below, the slants before and after correlate with r = ` +
        `${kit.show(Math.min(...r), 2)} to ${kit.show(Math.max(...r), 2)}.`
      : "";
    return `This ${names[from]} leans ${kit.show(slants[0], 0)}°, the mean ${names[to]} ${
      kit.show(slants[2], 0)
    }°, the ` +
      `result ${kit.show(slants[3], 0)}°${share}.${kept}`;
  };
  return kit.predict({
    question: `A strongly slanted ${names[from]}, minus the mean ${names[from]}, plus the mean ${
      names[to]
    }: what comes out?`,
    options: [["upright", `an upright ${names[to]}`], ["slanted", `a slanted ${names[to]}`], [
      "none",
      `no ${names[to]}`,
    ]],
    truth,
    words,
    state,
    field: "guess",
    onReveal: () =>
      state.set({
        network,
        a: { kind: "picked", class: from, index },
        b: { kind: "mean", class: from },
        c: { kind: "mean", class: to },
        thicker: 0,
        leaning: 0,
      }),
  }).element;
}

/**
 * The equations that were tried, the worst first.
 * @param {State} state
 * @param {Props} props
 * @param {() => void} seen bring the instrument into view
 */
function bench(state, { bench: measured, asked, classes }, seen) {
  const words = kit.el("p", {}), names = classes.digits;
  const table = kit.table({
    caption: "Twenty equations, each tried on many test pictures",
    quiet: true,
    head: [],
    rows: [],
  });
  const element = kit.el(
    "details",
    { class: "bench-of" },
    kit.el("summary", {}, "How often does it work? Twenty equations, tried"),
    words,
    table.element,
  );
  const wording = (/** @type {Tried} */ { kind, from, to }) =>
    kind === "class"
      ? `a ${names[from]} − mean ${names[from]} + mean ${names[to]}`
      : kind === "thickness"
      ? `a ${names[from]}, ${asked.thicker} px thicker`
      : `a ${names[from]}, leaning ${asked.leaning}° more`;
  const load = (/** @type {Tried} */ row) => {
    state.set({
      a: { kind: "picked", class: row.from, index: row.indices?.[0] ?? 0 },
      b: { kind: "mean", class: row.from },
      c: { kind: "mean", class: row.to },
      thicker: row.kind === "thickness" ? asked.thicker : 0,
      leaning: row.kind === "slant" ? asked.leaning : 0,
    });
    seen();
  };
  const cells = (/** @type {Tried} */ row) => [
    wording(row),
    `${kit.percent(row.success, 0)} (${kit.show(100 * row.interval[0], 0)}–${kit.show(100 * row.interval[1], 0)})`,
    kit.percent(row.accepted, 0),
    kit.button("Show", () => load(row), { name: `Show ${wording(row)}` }),
    marks(row.first),
    row.change === undefined ? "" : `${kit.signed(row.change, 1)}${row.kind === "slant" ? "°" : " px"}`,
    kit.show(row.style, 2),
  ];
  let now = "";
  /** @param {string} network */
  const show = (network) => {
    if (network === now) return;
    now = network;
    const rows = [...measured[network] ?? []].sort((x, y) => x.success - y.success);
    table.element.hidden = !rows.length;
    words.textContent = rows.length
      ? `Each on ${rows[0].tried} test pictures; in brackets 95 % intervals.`
      : "The equations were not tried with this network.";
    const head = ["equation", "succeeds", "digits", "try it", "the first twelve", "change measured", "slant kept, r"];
    table.show({ head, rows: rows.map(cells) });
  };
  return { element, show };
}

/** Outcomes as signs. @param {number[]} outcomes */
function marks(outcomes) {
  const words = `${outcomes.filter(Boolean).length} of ${outcomes.length} succeed`;
  const signs = outcomes.map((ok) => kit.el("span", { class: ok ? "ok" : "fail" }, ok ? "✓" : "✗"));
  return kit.el("span", { class: "outcomes", role: "img", "aria-label": words }, signs);
}
