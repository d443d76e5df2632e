// Hard or soft: a threshold, a cost that changes the decision, whether the probabilities can be believed; two at once.
import * as kit from "../../kit/kit.js";
import { DATASETS } from "../parts.js";
import { twoGarments } from "./pairs.js";

/** @typedef {{ names: Record<string, string>, pairs: boolean, classes: string[], accuracy: number | null }} Props */
/** @typedef {{ label: number, before: number, after: number, probabilities: [number, number], picture: string | null }} Example */
/**
 * @typedef {{
 *   network: string, networks: string[], classes: string[], pictures: number, accuracy: number, coverage: number,
 *   accuracy_answered: number | null, curve: [number, number][], bins: [number, number, number][], calibration_error: number,
 *   cross_entropy: number, fitted_temperature: number, changed: number, cost_before: number, cost_after: number,
 *   mistakes_before: number, mistakes_after: number, examples: Example[], error?: string,
 * }} Answer
 */
/**
 * @typedef {{ dataset: string, network: string, threshold: number, temperature: number, costly_true: number,
 *   costly_guess: number, cost: number }} Request
 */
/** @typedef {{ decide: (request: Request) => Promise<Answer> } & import("./pairs.js").PairsServer} Server */
/** @typedef {kit.Mount<Props, ReturnType<typeof fields>, Server>} DecideMount */

const CLASSES = Array.from({ length: 10 }, (_, k) => String(k));
const LAST = 9999;

/** @param {Props} props */
export const fields = ({ names }) => ({
  dataset: kit.oneOf(["digits", "fashion"], { was: "softmax_decide" }),
  network: kit.oneOf(["", ...Object.keys(names)]),
  threshold: kit.number(0, 1, { start: 0.5, was: "softmax_threshold" }),
  temperature: kit.number(0.2, 5, { start: 1, log: true }),
  truth: kit.oneOf(CLASSES, { start: "4" }),
  guess: kit.oneOf(CLASSES, { start: "9" }),
  cost: kit.number(0, 50, { step: 0.5, start: 10, digits: 1 }),
  left: kit.whole(0, LAST, { start: 2 }),
  right: kit.whole(0, LAST, { start: 9 }),
});

/** @param {DecideMount} mount */
export default function mount({ element, props, server, state, signal }) {
  const notice = kit.notice();
  const classifier = kit.choice({ label: "Classifier", state, field: "network", options: [["", "…"]] });
  const threshold = thresholdPart(state, signal), belief = calibrationPart(state, signal), costs = costsPart(state);
  element.append(
    kit.el("p", { class: "todo" }, "Drag the threshold: below it the classifier may say that it does not know."),
    kit.el(
      "div",
      { class: "row" },
      kit.choice({ label: "Test set", state: fresh(state), field: "dataset", options: DATASETS }).element,
      classifier.element,
    ),
    notice.element,
    kit.el("div", { class: "pair" }, threshold.element, belief.element),
    question(),
    costs.element,
    props.pairs ? twoGarments({ server, state, signal, classes: props.classes, accuracy: props.accuracy }) : "",
  );
  let shown = "";
  const ask = kit.live(server.decide, (/** @type {Answer} */ answer) => {
    if (answer.networks.join() !== shown) {
      shown = answer.networks.join();
      classifier.rename(answer.networks.map((name) => [name, props.names[name] ?? name]));
      costs.rename(answer.classes);
    }
    classifier.input.value = answer.network;
    threshold.show(answer);
    belief.show(answer);
    costs.show(answer);
  }, notice.say);
  let asked = "";
  state.follow(({ left: _, right: __, truth, guess, ...values }) => {
    const request = { ...values, costly_true: Number(truth), costly_guess: Number(guess) },
      now = JSON.stringify(request);
    if (now !== asked) ask(request);
    asked = now;
  });
}

/** Another test set begins anew, with a mistake that is common there. @param {DecideMount["state"]} state @returns {import("../../kit/elements.js").AnyState} */
const fresh = (state) => ({
  get values() {
    return state.values;
  },
  follow: /** @type {import("../../kit/elements.js").AnyState["follow"]} */ (state.follow),
  field: /** @type {import("../../kit/elements.js").AnyState["field"]} */ (state.field),
  set:
    /** @type {import("../../kit/elements.js").AnyState["set"]} */ ((/** @type {{ dataset: string }} */ { dataset }) =>
      state.set({ dataset, network: "", truth: "4", guess: dataset === "digits" ? "9" : "6" })),
});

const question = () =>
  kit.predict({
    question: "You divide all logits by T = 3. How many of the 10,000 decisions change?",
    options: [["none", "not one"], ["some", "a few hundred"], ["most", "most of them"]],
    truth: () => "none",
    words: () =>
      "Not one: the order of the logits stays. But every probability moves towards 1/10, so the calibration, the cross-entropy " +
      "and what the threshold lets through all change.",
  }).element;

/** @param {DecideMount["state"]} state @param {AbortSignal} signal */
function thresholdPart(state, signal) {
  const words = kit.el("p", { role: "status" });
  const plot = kit.plot({
    label: "Accuracy against coverage",
    signal,
    height: 230,
    x: { label: "coverage: share of pictures answered", low: 0, high: 1, percent: true },
    y: { label: "accuracy of the answers", percent: true },
  });
  /** @param {Answer} answer */
  const show = ({ coverage, pictures, accuracy_answered: answered, accuracy, curve }) => {
    words.replaceChildren(
      "It answers ",
      kit.el("b", { class: "result" }, kit.percent(coverage)),
      ` of ${kit.count(pictures)} pictures`,
      answered === null
        ? "."
        : `, and of those ${kit.percent(answered)} rightly (all of them: ${kit.percent(accuracy)}).`,
    );
    const low = Math.min(0.95, Math.floor(20 * Math.min(...curve.map((point) => point[1]))) / 20);
    plot.show(
      [
        { name: "every threshold", colour: "ink-soft", points: curve },
        {
          name: "this one",
          colour: "accent",
          kind: "marks",
          mark: 0,
          size: 8,
          points: answered === null ? [] : [[coverage, answered]],
        },
      ],
      { y: [low, 1] },
    );
  };
  const slider = kit.slider({ label: "Answer from probability", state, field: "threshold" });
  return {
    element: kit.el(
      "section",
      { class: "panel", "aria-label": "Threshold" },
      kit.el("h3", {}, "May it say “I do not know”?"),
      slider.element,
      words,
      plot.element,
    ),
    show,
  };
}

/** @param {DecideMount["state"]} state @param {AbortSignal} signal */
function calibrationPart(state, signal) {
  const words = kit.el("p", { role: "status" });
  let fitted = 1;
  const plot = kit.plot({
    label: "Reliability: accuracy against confidence",
    signal,
    height: 230,
    x: { label: "confidence", low: 0, high: 1, percent: true },
    y: { label: "accuracy", low: 0, high: 1, percent: true },
  });
  /** @param {Answer} answer */
  const show = (answer) => {
    fitted = answer.fitted_temperature;
    words.replaceChildren(
      "Expected calibration error ",
      kit.el("b", { class: "result" }, kit.percent(answer.calibration_error)),
      `, cross-entropy ${kit.show(answer.cross_entropy, 4)} nats. Fitted on held-out pictures: T = ${
        kit.show(fitted, 2)
      }.`,
    );
    plot.show([
      { name: "as believed", colour: "ink-soft", dash: [6, 5], points: [[0, 0], [1, 1]] },
      {
        name: "accuracy in 15 bins of confidence",
        colour: "accent",
        mark: 0,
        points: answer.bins.map(([confidence, accuracy]) => /** @type {[number, number]} */ ([confidence, accuracy])),
      },
    ]);
  };
  const slider = kit.slider({ label: "Temperature T", state, field: "temperature" });
  const fit = kit.button("Fitted on held-out", () => state.set({ temperature: Number(fitted.toPrecision(3)) }), {
    name: "Fitted on held-out: set T",
  });
  const one = kit.button("T = 1", () => state.set({ temperature: 1 }));
  return {
    element: kit.el(
      "section",
      { class: "panel", "aria-label": "Calibration" },
      kit.el("h3", {}, "Is 80 % right eight times in ten?"),
      slider.element,
      kit.el("div", { class: "row" }, fit, one),
      words,
      plot.element,
    ),
    show,
  };
}

/** @param {DecideMount["state"]} state */
function costsPart(state) {
  const named = CLASSES.map((k) => /** @type {[string, string]} */ ([k, k]));
  const truth = kit.choice({ label: "To call a", state, field: "truth", options: named });
  const guess = kit.choice({ label: "a", state, field: "guess", options: named });
  const words = kit.el("p", { role: "status" }), gallery = kit.el("div", { class: "gallery" });
  /** @param {Answer} answer */
  const show = (answer) => {
    const { classes } = answer, [a, b] = [Number(state.values.truth), Number(state.values.guess)];
    words.replaceChildren(
      `The probabilities stay; ${kit.units(answer.changed, ["decision changes", "decisions change"])}. ${
        classes[a]
      } called ${classes[b]}: ` +
        `${answer.mistakes_before} times before, ${answer.mistakes_after} after. Mean cost `,
      kit.el("b", { class: "result" }, `${kit.show(answer.cost_before, 4)} → ${kit.show(answer.cost_after, 4)}`),
    );
    gallery.replaceChildren(...answer.examples.map((one) => exampleOf(one, classes)));
  };
  return {
    element: kit.el(
      "section",
      { class: "panel costs", "aria-label": "Costs" },
      kit.el("h3", {}, "When one mistake costs more than another"),
      kit.el(
        "div",
        { class: "row" },
        truth.element,
        guess.element,
        kit.slider({ label: "costs, where other mistakes cost 1:", state, field: "cost" }).element,
      ),
      words,
      gallery,
    ),
    show,
    /** @param {string[]} classes */
    rename: (classes) => {
      for (const choice of [truth, guess]) choice.rename(classes.map((name, k) => [String(k), name]));
    },
  };
}

/** One picture whose class the cost changed. @param {Example} one @param {string[]} classes */
function exampleOf({ label, before, after, probabilities, picture }, classes) {
  const canvas = kit.el("canvas", {
    width: 28,
    height: 28,
    class: "picture",
    role: "img",
    "aria-label": `truly ${classes[label]}`,
  });
  if (picture) kit.paint(canvas, kit.bytes(picture));
  const verdict = after === label
    ? kit.el("b", { class: "right" }, "now right")
    : before === label
    ? kit.el("b", { class: "wrong" }, "now wrong")
    : `is ${classes[label]}`;
  const words = `${classes[before]} ${kit.percent(probabilities[0])} → ${classes[after]} ${
    kit.percent(probabilities[1])
  }`;
  return kit.el(
    "figure",
    { class: "figure" },
    picture ? canvas : null,
    kit.el("figcaption", {}, words, kit.el("br"), verdict),
  );
}
