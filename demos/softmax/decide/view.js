// Hard or soft: a threshold, a cost that changes the decision, whether the probabilities can be believed; and two
// garments at once, where one answer is not enough.
import * as kit from "../../kit/kit.js";
import { DATASETS, offered, rounded, setting, todo } from "../parts.js";
import { pairsOf } from "./pairs.js";

/**
 * @typedef {{ names: Record<string, string>, networks: Record<string, string[]>, classes: Record<string, string[]>,
 *   pairs: boolean, measured: import("./pairs.js").Measured }} Props
 */
/** @typedef {{ label: number, before: number, after: number, probabilities: [number, number], picture: string | null }} Example */
/**
 * @typedef {{
 *   network: string, pictures: number, accuracy: number, coverage: number, accuracy_answered: number | null,
 *   interval_answered: [number, number] | null, curve: [number, number][], bins: [number, number, number][],
 *   calibration_error: number, cross_entropy: number, fitted_temperature: number, changed: number, cost_before: number,
 *   cost_after: number, mistakes_before: number, mistakes_after: number, examples: Example[], error?: string,
 * }} Decided
 */
/**
 * @typedef {{ dataset: string, network: string, threshold: number, temperature: number, costly_true: number,
 *   costly_guess: number, cost: number }} Asked
 */
/**
 * @typedef {{
 *   decide: (request: Asked) => Promise<Decided>,
 *   two_garments: (request: { left: number, right: number }) => Promise<import("./pairs.js").Pair>,
 * }} Server
 */
/** @typedef {kit.Mount<Props, ReturnType<typeof fields>, Server>} DecideMount */
/** @typedef {DecideMount["state"]} State */

const BINS = 15;

/** @param {Props} props */
export const fields = ({ networks }) => ({
  dataset: kit.oneOf(["digits", "fashion"], { was: "softmax_decide" }),
  network: kit.oneOf(["", ...Object.values(networks).flat()]), // "": the first of the data set
  threshold: kit.number(0, 1, { start: 0.5, was: "softmax_threshold" }),
  temperature: rounded(kit.number(0.2, 5, { log: true, start: 1 })),
  costly: kit.whole(0, 9, { start: 4 }), // the true class of the mistake that costs more
  called: kit.whole(0, 9, { start: 9 }), // what it must not be called
  cost: kit.number(0, 50, { step: 0.5, start: 10 }),
  left: kit.whole(0, 9999, { start: 2 }),
  right: kit.whole(0, 9999, { start: 9 }),
  guess: kit.whole(-1, 10_000), // -1: none yet
});

/** @param {DecideMount} mount */
export default function mount({ element, props, server, state, signal }) {
  const notice = kit.notice(), reject = rejectPanel(state, signal), believe = beliefPanel(state, signal);
  const costs = costPanel(props, state),
    network = kit.choice({ label: "Classifier", state, field: "network", options: [] });
  const dataset = kit.choice({
    label: "Test set",
    field: "dataset",
    options: DATASETS,
    state: setting(state, ({ dataset }) =>
      // other classes: other mistakes
      state.set({ dataset: String(dataset), network: "", costly: 4, called: dataset === "digits" ? 9 : 6 })),
  });
  element.append(
    todo("Drag the threshold: how many pictures does it still answer, and how many of those rightly?"),
    notice.element,
    kit.el("div", { class: "row" }, dataset.element, network.element),
    kit.el("div", { class: "two" }, reject.element, believe.element),
    question(server, state),
    costs.element,
  );
  if (props.pairs) {
    const { measured } = props, ask = server.two_garments;
    element.append(pairsOf({ classes: props.classes.fashion, measured, ask, state, signal }));
  }

  /** @type {Decided | null} */
  let last = null;
  const show = () => {
    if (last) { for (const part of [reject, believe, costs]) part.show(last); }
  };
  const ask = kit.live(server.decide, (/** @type {Decided} */ answer) => {
    last = answer;
    network.input.value = answer.network;
    show();
  }, notice.say);
  let named = "", asked = "";
  state.follow((values) => {
    const { dataset } = values, names = props.networks[dataset] ?? [];
    if (dataset !== named) {
      named = dataset;
      network.rename(names.map((name) => [name, props.names[name] ?? name]));
      costs.rename(props.classes[dataset]);
    }
    const request = { ...requestOf(values), network: offered(values.network, names) }, key = JSON.stringify(request);
    if (key !== asked) ask(request);
    asked = key;
    network.input.value = request.network || (last?.network ?? "");
  });
  kit.onTheme(show, signal);
}

/** @param {State["values"]} values @returns {Asked} */
const requestOf = ({ dataset, network, threshold, temperature, costly, called, cost }) => ({
  dataset,
  network,
  threshold,
  temperature,
  costly_true: costly,
  costly_guess: called,
  cost,
});

/** @param {State} state @param {AbortSignal} signal */
function rejectPanel(state, signal) {
  const result = kit.el("p", { class: "result" }), says = kit.el("p", { class: "says", role: "status" });
  const plot = kit.plot({
    label: "Accuracy against coverage",
    height: 220,
    signal,
    x: { label: "share of the pictures that are answered", percent: true, low: 0, high: 1 },
    y: { label: "of those, right", percent: true },
  });
  const element = kit.el(
    "section",
    { class: "panel", "aria-label": "Threshold" },
    kit.el("h3", {}, "May it say “I do not know”?"),
    kit.slider({ label: "Least probability", state, field: "threshold" }).element,
    result,
    says,
    plot.element,
  );
  /** @param {Decided} now */
  const show = ({ accuracy, accuracy_answered: answered, interval_answered: interval, coverage, pictures, curve }) => {
    result.textContent = answered === null ? "No answer" : `${kit.percent(answered)} right`;
    says.textContent = answered === null || interval === null
      ? `Of ${kit.count(pictures)} pictures it answers none.`
      : `of the ${kit.percent(coverage)} that it answers (95 % interval ${kit.percent(interval[0])} to ${
        kit.percent(interval[1])
      }); ` +
        `answering all ${kit.count(pictures)}: ${kit.percent(accuracy)}.`;
    const low = Math.min(0.95, Math.floor(20 * Math.min(...curve.map(([, right]) => right))) / 20);
    plot.show([
      { colour: "ink", points: curve },
      { colour: "accent", kind: "marks", mark: 0, size: 7, points: answered === null ? [] : [[coverage, answered]] },
    ], { y: [low, 1] });
  };
  return { element, show };
}

/** @param {State} state @param {AbortSignal} signal */
function beliefPanel(state, signal) {
  const result = kit.el("p", { class: "result" }), says = kit.el("p", { class: "says" });
  let fitted = 1;
  const plot = kit.plot({
    label: "Reliability: accuracy against confidence",
    height: 220,
    signal,
    x: { label: "what it says: confidence", percent: true, low: 0, high: 1 },
    y: { label: "what is right", percent: true, low: 0, high: 1 },
  });
  const element = kit.el(
    "section",
    { class: "panel", "aria-label": "Calibration" },
    kit.el("h3", {}, "Is 80 % right eight times in ten?"),
    kit.slider({ label: "Temperature T", state, field: "temperature" }).element,
    result,
    says,
    plot.element,
    kit.el(
      "div",
      { class: "row" },
      kit.button("Fitted T", () => state.set({ temperature: Number(fitted.toPrecision(3)) }), {
        title: "The temperature with the least cross-entropy on held-out pictures",
      }),
      kit.button("T = 1", () => state.set({ temperature: 1 })),
    ),
  );
  /** @param {Decided} now */
  const show = (now) => {
    fitted = now.fitted_temperature;
    result.textContent = `${kit.percent(now.calibration_error)} off`;
    says.textContent =
      `on average over the bins (expected calibration error); cross-entropy ${kit.show(now.cross_entropy, 4)} ` +
      `nats. Fitted on held-out pictures: T = ${kit.show(fitted, 2)}.`;
    const largest = Math.max(...now.bins.map(([, , count]) => count));
    plot.show([
      { name: "to be believed", colour: "ink-soft", dash: [6, 5], points: [[0, 0], [1, 1]] },
    ], {
      words: now.bins.map(([said, right, count]) =>
        `says ${kit.percent(said)}: right ${kit.percent(right)} of ${kit.count(count)}`
      ).join("; "),
      after: (g, X, Y) => {
        for (const [said, right, count] of now.bins) {
          const width = Math.max(3, (X(1 / BINS) - X(0)) * 0.8 * Math.max(0.25, Math.sqrt(count / largest)));
          g.fillStyle = kit.ink("line");
          g.fillRect(X(said) - width / 2, Y(right), width, Y(0) - Y(right));
          g.fillStyle = kit.ink(right < said ? "wrong" : "right"); // believes too much, or too little
          g.fillRect(
            X(said) - width / 2,
            Math.min(Y(right), Y(said)),
            width,
            Math.max(1.5, Math.abs(Y(right) - Y(said))),
          );
        }
      },
    });
  };
  const legend = kit.el(
    "p",
    { class: "keys" },
    kit.el("span", { class: "key wrong" }, "believes too much"),
    kit.el("span", { class: "key right" }, "believes too little"),
  );
  plot.element.after(legend);
  return { element, show };
}

/** @param {Props} props @param {State} state */
function costPanel(props, state) {
  const costly = kit.choice({ label: "To call a", state, field: "costly", options: [] });
  const called = kit.choice({ label: "a", state, field: "called", options: [] });
  const result = kit.el("p", { class: "result" }), says = kit.el("p", { class: "says", role: "status" });
  const gallery = kit.el("div", { class: "gallery" });
  const element = kit.el(
    "section",
    { class: "panel", "aria-label": "Costs" },
    kit.el("h3", {}, "When one mistake costs more than another"),
    kit.el(
      "div",
      { class: "row sentence" },
      costly.element,
      called.element,
      kit.slider({ label: "costs, others 1:", state, field: "cost" }).element,
    ),
    result,
    says,
    gallery,
  );
  /** @param {readonly string[]} names */
  const rename = (names) => {
    for (const one of [costly, called]) one.rename(names.map((name, k) => /** @type {const} */ ([String(k), name])));
  };
  /** @param {Decided} now */
  const show = (now) => {
    const { dataset, costly: from, called: to } = state.values, names = props.classes[dataset];
    result.textContent = `${now.mistakes_before} → ${now.mistakes_after} times ${names[from]} called ${names[to]}`;
    says.textContent =
      `The probabilities stay; ${kit.units(now.changed, ["decision changes", "decisions change"])}, and the ` +
      `mean cost goes from ${kit.show(now.cost_before, 4)} to ${kit.show(now.cost_after, 4)}.`;
    gallery.replaceChildren(...now.examples.map((one) => exampleOf(one, names)));
  };
  return { element, rename, show };
}

/** One decision that the costs change. @param {Example} one @param {readonly string[]} names */
function exampleOf(one, names) {
  const { label, before, after, probabilities, picture } = one;
  const kind = after === label ? "right" : before === label ? "wrong" : "";
  const verdict = { right: "✓ now right", wrong: "✗ now wrong", "": `it is ${names[label]}` }[kind];
  const words = [
    `${names[before]}: ${kit.percent(probabilities[0])}`,
    `→ ${names[after]}: ${kit.percent(probabilities[1])}`,
  ];
  const seen = picture ? kit.picture({ label: names[label], words: "", width: 84 }) : null;
  seen?.show(kit.bytes(picture ?? ""));
  return kit.el(
    "div",
    { class: "example" },
    seen?.figure,
    words.map((text) => kit.el("span", {}, text)),
    kit.el("span", { class: kind }, verdict),
  );
}

/** @param {Server} server @param {State} state */
function question(server, state) {
  const hot = 3;
  return kit.predict({
    question: `You divide all logits by T = ${hot}. How many of the 10,000 decisions change?`,
    number: { min: 0, max: 10_000, unit: ["decision", "decisions"] },
    state,
    field: "guess",
    onReveal: () => state.set({ temperature: hot }),
    truth: async () => {
      const request = { ...requestOf(state.values), costly_true: 0, costly_guess: 0 }; // all mistakes cost the same
      const [cold, warm] = await Promise.all([1, hot].map((temperature) => server.decide({ ...request, temperature })));
      return cold.error || warm.error ? null : warm.changed;
    },
    words: () =>
      "The order of the logits stays, so the largest stays the largest. Every probability moves towards 1/10: the " +
      "calibration, the cross-entropy and what the threshold lets through do change. Look at both panels.",
  }).element;
}
