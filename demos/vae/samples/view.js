// Sample the prior: the same codes z ~ N(0, T² I) through two networks side by side, and what the judge says of them.
import * as kit from "../../kit/kit.js";
import { accepted } from "../judge.js";

/** @typedef {{ samples: number, accepted: number, frechet: number, histogram: number[] }} Quality */
/**
 * @typedef {object} Props
 * @property {[name: string, words: string][]} networks
 * @property {string[]} judges data sets that have a judge here
 * @property {Record<string, Quality>} quality of each network, measured on many samples
 * @property {Record<string, Quality>} real pictures of each data set
 * @property {Record<string, string[]>} classes of each data set
 * @property {Record<string, string>} datasets of each network
 */
/**
 * @typedef {object} Verdict
 * @property {string} dataset
 * @property {number} pictures judged
 * @property {number} share that is a digit to the judge (of garments: of which the classifier is sure)
 * @property {[number, number]} share_interval
 * @property {number[]} histogram
 * @property {string} inside base64 of zeros and ones
 */
/** @typedef {{ network: string, pictures: string, judge: Verdict | null }} Made */
/** @typedef {{ count: number, judged: boolean, shown: Made[], error?: string }} Answer */
/**
 * @typedef {{ count: number, seed: number, networks_shown: string[], temperature: number, judge: boolean,
 *   draw: string }} Asked
 */
/** @typedef {{ grid: (request: Asked) => Promise<Answer> }} Server */

const GRIDS = /** @type {const} */ ([["16", "4 × 4"], ["64", "8 × 8"], ["256", "16 × 16"]]);
const RESTS = 150; // milliseconds without movement before the judge is asked

const GUESSES =
  /** @type {const} */ ([["better", "More digits"], ["same", "About as many"], ["fewer", "Fewer, or none"]]);

/** @param {Props} props */
export const fields = ({ networks }) => {
  const names = networks.map(([name]) => name);
  return {
    seed: kit.seed({ was: "vae_seed" }),
    temperature: kit.number(0, 2, { start: 1, step: 0.01, was: "vae_temperature" }),
    count: kit.oneOf(GRIDS.map(([value]) => value), { start: "64", was: "vae_count" }),
    draw: kit.oneOf(["prior", "aggregate"]),
    first: kit.oneOf(names, { was: "vae_sampler" }),
    second: kit.oneOf(names, { start: names.includes("vae-beta-0") ? "vae-beta-0" : names[1] }),
    marks: kit.flag(),
    all: kit.flag(),
    guess: kit.oneOf(["", ...GUESSES.map(([name]) => name)]),
  };
};

/** @typedef {kit.Mount<Props, ReturnType<typeof fields>, Server>} Mounted */
/** @typedef {Mounted["state"]} State */

/** @param {Mounted} mount */
export default async function mount({ element, props, server, state, signal }) {
  const notice = kit.notice();
  const panes = /** @type {const} */ (["first", "second"]).map((field) => pane(field, state, props, signal));
  element.append(
    kit.el("p", { class: "todo" }, "Draw codes that no picture gave: press Next seed, then heat or cool the draw."),
    notice.element,
    controls(state, signal),
    kit.el("div", { class: "panes" }, panes.map((one) => one.element)),
    prediction(state, props) ?? "",
    everything(state, props) ?? "",
  );
  /** @param {boolean} judge @returns {Asked} */
  const asked = (judge) => {
    const { count, seed, first, second, temperature, draw } = state.values;
    return { count: Number(count), seed, networks_shown: [first, second], temperature, judge, draw };
  };
  const show = (/** @type {Answer} */ answer) =>
    answer.shown.forEach((made, i) => panes[i].show(made, answer.count, answer.judged));
  const ask = kit.live(server.grid, show, notice.say);
  let rest = 0;
  signal.addEventListener("abort", () => clearTimeout(rest));
  const judgeSoon = () => { // the pictures follow the slider; the judge is asked when it rests
    clearTimeout(rest);
    rest = setTimeout(() => ask(asked(true)), RESTS);
  };
  let last = state.values;
  const first = await server.grid(asked(true));
  if (first.error) notice.say(first.error);
  else show(first);
  state.follow((values) => {
    const before = last;
    last = values;
    if (values.marks !== before.marks) panes.forEach((one) => one.paint());
    const keys = /** @type {const} */ (["count", "seed", "first", "second", "temperature", "draw"]);
    if (keys.every((key) => values[key] === before[key])) return;
    ask(asked(false));
    judgeSoon();
  });
}

/** What is drawn, at once; how, folded on a phone. @param {State} state @param {AbortSignal} signal */
function controls(state, signal) {
  const { max } = state.field("seed");
  const temperature = kit.slider({ label: "Temperature", state, field: "temperature" });
  state.follow(({ draw }) => {
    temperature.input.disabled = draw !== "prior";
  });
  const settings = kit.folded(
    "How to draw",
    signal,
    kit.segments({
      label: "Draw codes from",
      state,
      field: "draw",
      options: [["prior", "Prior N(0, I)"], ["aggregate", "Codes of test pictures"]],
    }).element,
    temperature.element,
    kit.choice({ label: "Grid", state, field: "count", options: GRIDS }).element,
    kit.toggle({ label: "Frame what is no digit", state, field: "marks" }).element,
  );
  return kit.el(
    "div",
    { class: "row controls" },
    kit.integer({ label: "Seed", state, field: "seed" }).element,
    kit.button("Next seed", () => state.set({ seed: (state.values.seed + 1) % (max + 1) }), { kind: "main" }),
    settings,
  );
}

/**
 * One network's pictures, and what is measured of them.
 * @param {"first" | "second"} field
 * @param {State} state
 * @param {Props} props
 * @param {AbortSignal} signal
 */
function pane(field, state, props, signal) {
  const network = kit.choice({
    label: field === "first" ? "Network" : "The same draws through",
    state,
    field,
    options: props.networks,
  });
  const canvas = kit.el("canvas", { class: "samples", role: "img", "aria-label": "Decoded samples" });
  const says = verdict(props, signal);
  /** @type {{ count: number, bytes: Uint8Array, inside: Uint8Array | null } | null} */
  let shown = null;
  const paint = () => shown && paintGrid(canvas, shown, state.values.marks);
  kit.onTheme(paint, signal);
  return {
    element: kit.el(
      "div",
      { class: "panel pane" },
      network.element,
      kit.el("div", { class: "pane-body" }, canvas, says.element),
    ),
    paint,
    /** @param {Made} made @param {number} count @param {boolean} asked was the judge asked? */
    show: (made, count, asked) => {
      shown = { count, bytes: kit.bytes(made.pictures), inside: made.judge && kit.bytes(made.judge.inside) };
      paint();
      const words = props.networks.find(([name]) => name === made.network)?.[1] ?? made.network;
      canvas.setAttribute("aria-label", `${count} samples of ${words}`);
      says.show(made, asked);
    },
  };
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {{ count: number, bytes: Uint8Array, inside: Uint8Array | null }} shown
 * @param {boolean} marks
 */
function paintGrid(canvas, { count, bytes, inside }, marks) {
  const side = Math.round(Math.sqrt(count)), gap = 1, cell = 28 + gap, zoom = side > 8 ? 1 : 2;
  canvas.width = canvas.height = (side * cell + gap) * zoom;
  const context = kit.context2d(canvas), tile = kit.el("canvas", { width: 28, height: 28 });
  context.fillStyle = kit.ink("line");
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.scale(zoom, zoom);
  context.imageSmoothingEnabled = false;
  for (let i = 0; i < count; i++) {
    kit.paint(tile, bytes.subarray(784 * i, 784 * (i + 1)));
    const x = gap + (i % side) * cell, y = gap + Math.floor(i / side) * cell;
    context.drawImage(tile, x, y);
    if (!marks || !inside || i >= inside.length || inside[i]) continue;
    context.strokeStyle = kit.ink("wrong");
    context.lineWidth = 2;
    context.strokeRect(x + 1, y + 1, 26, 26);
  }
}

/**
 * What the judge says of one network's samples.
 * @param {Props} props
 * @param {AbortSignal} signal
 */
function verdict(props, signal) {
  const result = kit.el("p", { class: "result" }), spread = kit.el("p", { class: "soft" });
  const note = kit.el("p", { class: "note" }), measured = kit.el("p", { class: "soft" });
  const bars = kit.el("div", { class: "bars", role: "img" });
  const whole = (/** @type {number} */ share) => kit.percent(share, 0);
  /** @type {Verdict | null} */
  let last = null;
  const classes = () => {
    if (!last) return bars.replaceChildren();
    const names = props.classes[last.dataset], top = Math.max(...last.histogram);
    bars.setAttribute("aria-label", `Classes seen: ${last.histogram.map((n, k) => `${names[k]} ${n}`).join(", ")}`);
    bars.replaceChildren(...last.histogram.map((n, k) => {
      const stick = kit.el("span", { class: "stick" });
      stick.style.height = `${44 * n / top}px`;
      stick.style.background = kit.ink(`class ${k}`);
      const name = names[0] === "0" ? names[k] : names[k].slice(0, 3);
      return kit.el("span", { class: "column", title: `${names[k]}: ${n}` }, stick, kit.el("span", {}, name));
    }));
  };
  kit.onTheme(classes, signal);
  /** @param {Verdict} now */
  const judge = (now) => {
    const [low, high] = now.share_interval;
    result.replaceChildren(`${whole(now.share)} `, kit.el("span", {}, accepted(now.dataset)));
    spread.textContent = `of these ${now.pictures}; 95 % interval ${whole(low).replace(" %", "")} to ${whole(high)}`;
    const favourite = now.histogram.indexOf(Math.max(...now.histogram)), name = props.classes[now.dataset][favourite];
    const one = now.histogram[favourite] / now.pictures > 0.6;
    note.textContent = `The classes of all ${now.pictures}${one ? `, “${name}” nearly every time` : ""}:`;
    last = now;
    classes();
  };
  return {
    element: kit.el("div", { class: "pane-words", role: "status" }, result, spread, note, bars, measured),
    /** @param {Made} made @param {boolean} asked */
    show: (made, asked) => {
      const dataset = props.datasets[made.network], table = props.quality[made.network], real = props.real[dataset];
      if (made.judge) judge(made.judge);
      else if (!props.judges.includes(dataset)) {
        note.textContent = "No judge beside this network: nothing is measured.";
      } else if (asked) note.textContent = "The judge did not answer.";
      measured.textContent = table
        ? `On ${kit.count(table.samples)} samples at temperature 1: ${whole(table.accepted)}.` +
          (real ? ` Of real test pictures: ${whole(real.accepted)}.` : "")
        : "";
    },
  };
}

/** What happens without the KL term? @param {State} state @param {Props} props */
function prediction(state, props) {
  const found = () => [props.quality[state.values.first], props.quality[state.values.second]];
  if (!props.quality["vae-beta-0"] || !props.quality.vae) return null;
  const whole = (/** @type {Quality} */ one) => kit.percent(one.accepted, 0);
  return kit.predict({
    question:
      "The network on the right was trained without the KL term, and reconstructs better. The same codes through it?",
    options: GUESSES,
    state,
    field: "guess",
    truth: () => {
      const [left, right] = found();
      if (!left || !right) return null;
      if (props.datasets[state.values.first] !== props.datasets[state.values.second]) return null;
      const noise = 2 *
        Math.sqrt([left, right].reduce((sum, { accepted: p, samples }) => sum + p * (1 - p) / samples, 0));
      const apart = right.accepted - left.accepted;
      return apart > noise ? "better" : apart < -noise ? "fewer" : "same";
    },
    words: () => {
      const [left, right] = found();
      if (!left || !right) return "One of the two chosen networks was not measured.";
      return `On ${kit.count(left.samples)} samples each: ${whole(left)} ${
        accepted(props.datasets[state.values.first])
      } on the left, ${whole(right)} on the right. ` +
        "Without the KL term nothing told the encoder where to put its codes, so draws from N(0, I) mostly fall " +
        "where this decoder was never trained. Choose “Codes of test pictures” above: draws from where its own codes lie.";
    },
  }).element;
}

/** All networks as measured. @param {State} state @param {Props} props */
function everything(state, props) {
  /** @param {string} dataset @returns {[string, Quality][]} */
  const of = (dataset) => {
    /** @type {[string, Quality][]} */
    const found = props.networks.filter(([name]) => props.quality[name] && props.datasets[name] === dataset)
      .map(([name, words]) => [words, props.quality[name]]);
    const real = props.real[dataset];
    if (real) found.push([dataset === "digits" ? "real test digits" : "real test garments", real]);
    return found.sort((a, b) => b[1].accepted - a[1].accepted);
  };
  const rows = [...of("digits"), ...of("fashion")];
  if (!rows.length) return null;
  const share = (/** @type {number} */ value) => kit.percent(value, 0);
  const table = kit.table({
    caption: `Samples at temperature 1, ${kit.count(rows[0][1].samples)} of each network`,
    head: ["network", "digits (garments: sure)", "Fréchet distance", "most frequent class"],
    rows: rows.map(([words, one]) => [
      words,
      share(one.accepted),
      one.frechet.toPrecision(2),
      share(Math.max(...one.histogram) / one.samples),
    ]),
  });
  const details = kit.el("details", { class: "all" }, kit.el("summary", {}, "All networks, measured"), table.element);
  details.addEventListener("toggle", () => state.set({ all: details.open }));
  state.follow(({ all }) => {
    details.open = all;
  });
  return details;
}
