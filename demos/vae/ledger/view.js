// The ELBO's ledger: what each pixel and each dimension of one picture costs, in nats, and what simpler answers would cost.
import * as kit from "../../kit/kit.js";
import { costlier, parts } from "./sums.js";

/** @typedef {{ counts: number[], from: number, to: number, mean: number }} Histogram of the test set's totals, nats */
/**
 * @typedef {object} Props
 * @property {[name: string, words: string][]} networks
 * @property {number} weighted draws of the importance-weighted bound
 * @property {import("../../kit/strokes.js").Strokes[]} examples
 * @property {Record<string, string[]>} classes of each data set
 * @property {Record<string, string>} datasets of each network
 */
/**
 * @typedef {object} Answer
 * @property {string} seen base64 of 28 x 28 greys
 * @property {string} picture
 * @property {string} nats base64 of float32, each pixel's mean over the draws
 * @property {number[]} kl of each dimension
 * @property {number} reconstruction
 * @property {number} total
 * @property {number} draws
 * @property {[number, number] | null} spread
 * @property {number} weighted
 * @property {number} floor
 * @property {number} constant
 * @property {number | null} mean_picture
 * @property {{ total: Histogram } | null} test
 * @property {string} [error]
 */
/** @typedef {{ source: object, network: string, seed: number, draws: number }} Asked */
/** @typedef {{ ledger: (request: Asked) => Promise<Answer> }} Server */
/** @typedef {Answer & { costs: Float32Array, grey: Uint8Array, out: Uint8Array }} Shown */

const CARRIES = 0.01; // nats; below, a dimension has collapsed onto the prior
const FULL = 0.7; // nats of a pixel that are the darkest colour, at least

const GUESSES = /** @type {const} */ ([["white", "In the middle of the stroke"], ["edge", "On its edge"], [
  "black",
  "In the black around it",
]]);

/** @param {Props} props */
export const fields = ({ networks, examples }) => ({
  network: kit.oneOf(networks.map(([name]) => name), { was: "vae_ledger" }),
  source: kit.sourceField({
    start: { kind: "drawn", drawing: { example: 7 } },
    examples: examples.length,
    was: "vae_digit",
  }),
  seed: kit.seed(),
  draws: kit.oneOf(["1", "16", "256"]),
  pixel: kit.numbers({ start: [], min: 0, max: 27, digits: 0, most: 2 }),
  guess: kit.oneOf(["", ...GUESSES.map(([name]) => name)]),
});

/** @typedef {kit.Mount<Props, ReturnType<typeof fields>, Server>} Mounted */
/** @typedef {Mounted["state"]} State */

/** @param {Mounted} mount */
export default async function mount({ element, props, server, state, signal }) {
  const notice = kit.notice();
  const names = () => props.classes[props.datasets[state.values.network]];
  const input = kit.picture({ label: "the picture x", width: 180 });
  const output = kit.picture({ label: "decoded from z", width: 180 });
  const heat = heatMap(state, signal);
  const bill = sums(props), beside = baselines(), test = testSet(signal);
  const kl = kit.plot({
    label: "KL of each dimension",
    height: 180,
    x: { label: "dimension, largest first", whole: true },
    y: { label: "nats" },
    cursor: true,
    signal,
  });
  const chooser = kit.source({
    label: "Picture",
    state,
    field: "source",
    examples: props.examples,
    classes: names(),
    width: 190,
    signal,
  });
  /** @type {Shown | null} */
  let shown = null;
  const asked = () => ({
    source: kit.asSource(state.values.source, props.examples),
    network: state.values.network,
    seed: state.values.seed,
    draws: Number(state.values.draws),
  });
  const begun = server.ledger(asked()).then((answer) => answer.error ? notice.say(answer.error) : show(answer));
  element.append(
    kit.el(
      "p",
      { class: "todo" },
      "Draw: the bill follows. Move over the right-hand picture to see what a pixel costs.",
    ),
    notice.element,
    kit.el(
      "div",
      { class: "board" },
      kit.el("div", { class: "chooser" }, chooser.element),
      kit.el(
        "div",
        { class: "middle" },
        kit.el("div", { class: "pictures" }, input.figure, output.figure, heat.element),
        bill.element,
        kit.el("div", { class: "row" }, ...draws(state)),
        beside.element,
      ),
      kit.el(
        "div",
        { class: "right" },
        kit.choice({ label: "Network", state, field: "network", options: props.networks }).element,
        kit.el("h3", {}, "KL of each dimension"),
        kl.element,
        kit.el("h3", {}, "Among the test pictures"),
        test.element,
      ),
    ),
    prediction(state, begun, () => shown),
  );

  const show = (/** @type {Answer} */ answer) => {
    shown = {
      ...answer,
      costs: kit.floats(answer.nats),
      grey: kit.bytes(answer.seen),
      out: kit.bytes(answer.picture),
    };
    input.show(shown.grey);
    output.show(shown.out);
    heat.show(shown);
    bill.show(shown);
    beside.show(shown);
    test.show(shown);
    const sorted = [...answer.kl].sort((a, b) => b - a);
    kl.show([{
      kind: "bars",
      colour: "vae",
      points: sorted.map((nats, i) => [i + 1, nats]),
      colourOf: (i) => sorted[i] > CARRIES ? undefined : "line",
    }], {
      words: `KL of each dimension, largest first: ${sorted.map((nats) => nats.toFixed(2)).join(", ")} nats`,
    });
    element.dataset.total = String(answer.total);
  };
  const ask = kit.live(server.ledger, show, notice.say);
  let last = state.values;
  await begun;
  state.follow((values) => {
    const before = last;
    last = values;
    chooser.rename(names());
    if (/** @type {const} */ (["network", "source", "seed", "draws"]).some((key) => values[key] !== before[key])) {
      if (values.guess === before.guess) state.set({ guess: "" }, { drag: true }); // it was of the picture before
      ask(asked());
    } else heat.at();
  });
}

/** How many epsilons, and which. @param {State} state */
function draws(state) {
  const { max } = state.field("seed");
  return [
    kit.el("span", { class: "soft" }, "draws of ε"),
    kit.segments({ label: "Draws of ε", state, field: "draws", options: [["1", "1"], ["16", "16"], ["256", "256"]] })
      .element,
    kit.integer({ label: "Seed", state, field: "seed" }).element,
    kit.button("Next seed", () => state.set({ seed: (state.values.seed + 1) % (max + 1) })),
  ];
}

/**
 * The cost of each pixel as a colour; pointer and arrow keys read one out, a click pins it.
 * @param {State} state
 * @param {AbortSignal} signal
 */
function heatMap(state, signal) {
  const canvas = kit.el("canvas", { width: 28, height: 28, class: "picture heat", tabindex: 0, role: "img" });
  const words = kit.el("figcaption", { "aria-live": "polite" });
  const scale = kit.scaleBar({ label: "nats of a pixel", colours: "above", unit: "nats", signal });
  /** @type {Shown | null} */
  let shown = null;
  /** @type {readonly number[] | null} */
  let hover = null;
  const write = () => {
    if (!shown) return;
    const { pixel } = state.values, at = hover ?? (pixel.length === 2 ? pixel : null), top = Math.max(...shown.costs);
    const text = at ? pixelWords(shown, at) : `nats by pixel, up to ${kit.show(top, 1)}`;
    words.textContent = text;
    canvas.setAttribute("aria-label", `Cost of each pixel. ${text}. Arrow keys read another.`);
    paint();
  };
  const paint = () => {
    if (!shown) return;
    const limit = Math.max(FULL, ...shown.costs), zero = kit.rgb(kit.ink("zero")), full = kit.rgb(kit.ink("above"));
    const context = kit.context2d(canvas), image = context.createImageData(28, 28);
    shown.costs.forEach((nats, i) => image.data.set([...kit.mix(zero, full, nats / limit), 255], 4 * i));
    context.putImageData(image, 0, 0);
    const { pixel } = state.values, at = hover ?? (pixel.length === 2 ? pixel : null);
    if (!at) return;
    context.strokeStyle = kit.ink("ink");
    context.strokeRect(at[0] - 0.5, at[1] - 0.5, 2, 2);
  };
  const inside = (/** @type {number} */ v) => Math.max(0, Math.min(27, Math.floor(v)));
  const pixelAt = (/** @type {readonly number[]} */ [x, y]) => [
    inside(28 * x / canvas.clientWidth),
    inside(28 * y / canvas.clientHeight),
  ];
  kit.draggable(canvas, {
    signal,
    axis: "x",
    onHover: (point) => {
      hover = point && pixelAt(point);
      write();
    },
    onMove: (point) => state.set({ pixel: pixelAt(point) }, { drag: true }),
    onEnd: (point, event) => event.type === "pointerup" && state.set({ pixel: pixelAt(point) }),
  });
  canvas.addEventListener("keydown", (event) => {
    if (event.key === "Escape") state.set({ pixel: [] });
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!way) return;
    event.preventDefault();
    const [x, y] = state.values.pixel.length === 2 ? state.values.pixel : [14, 14];
    hover = null;
    state.set({ pixel: [inside(x + way[0]), inside(y + way[1])] });
  });
  kit.onTheme(paint, signal);
  return {
    element: kit.el("figure", { class: "figure" }, canvas, words, scale.element),
    /** @param {Shown} now */
    show: (now) => {
      shown = now;
      scale.set(Math.max(FULL, ...now.costs));
      write();
    },
    at: write,
  };
}

/** @param {Shown} shown @param {readonly number[]} at */
function pixelWords({ grey, out, costs }, [x, y]) {
  const i = 28 * y + x, share = (/** @type {number} */ value) => kit.show(value / 255, 2);
  return `pixel (${x}, ${y}): grey ${share(grey[i])}, decoded ${share(out[i])}, ${kit.show(costs[i], 2)} nats`;
}

/** The sum of the bill. @param {Props} props */
function sums({ weighted }) {
  const total = kit.el("p", { class: "result" }), spread = kit.el("p", { class: "soft" });
  const n = (/** @type {number} */ value) => kit.show(value, 1);
  return {
    element: kit.el(
      "div",
      { class: "sum", role: "status" },
      kit.el("p", { class: "formula" }, "−ELBO = reconstruction + KL"),
      total,
      spread,
    ),
    /** @param {Shown} answer */
    show: (answer) => {
      const kl = answer.kl.reduce((a, b) => a + b, 0);
      total.textContent = `${n(answer.total)} = ${n(answer.reconstruction)} + ${n(kl)} nats`;
      const [low, high] = answer.spread ?? [];
      const of = low === undefined || high === undefined
        ? "One draw of ε; others cost more or less."
        : `Mean of ${answer.draws} draws of ε; 9 in 10 from ${n(low)} to ${n(high)}.`;
      spread.textContent = `${of} Importance-weighted over ${weighted} draws: ${
        n(answer.weighted)
      } nats, a tighter bound.`;
    },
  };
}

/** What other answers would cost. */
function baselines() {
  /** @type {readonly [words: string, key: "total" | "mean_picture" | "constant" | "floor", colour: string][]} */
  const rows = [
    ["this network: reconstruction + KL", "total", "vae"],
    ["the mean training picture, no code at all", "mean_picture", "ink-soft"],
    ["the best constant grey for this picture", "constant", "ink-soft"],
    ["floor: the grey pixels' own entropy", "floor", "ink-soft"],
  ];
  const lines = rows.map(([words, key, colour]) => {
    const bar = kit.bar({ label: words, words: (nats) => `${kit.show(nats, 1)} nats` });
    const number = kit.el("span", { class: "number" });
    return {
      key,
      colour,
      bar,
      number,
      element: kit.el("div", { class: "baseline" }, kit.el("span", {}, words), number, bar.element),
    };
  });
  return {
    element: kit.el(
      "section",
      { class: "baselines", "aria-label": "What other answers would cost" },
      lines.map((line) => line.element),
    ),
    /** @param {Shown} answer */
    show: (answer) => {
      const top = Math.max(...rows.map(([, key]) => answer[key] ?? 0));
      for (const { key, colour, bar, number, element } of lines) {
        const nats = answer[key];
        element.hidden = nats === null;
        number.textContent = `${kit.show(nats, 1)} nats`;
        bar.set(nats ?? 0, top, colour);
      }
    },
  };
}

/** Where this picture's total stands among the test set's. @param {AbortSignal} signal */
function testSet(signal) {
  const plot = kit.plot({
    label: "Test pictures by their cost",
    height: 130,
    x: { label: "nats" },
    y: { label: "pictures" },
    signal,
  });
  const words = kit.el("p", { class: "soft", role: "status" });
  return {
    element: kit.el("div", {}, plot.element, words),
    /** @param {Shown} answer */
    show: ({ test, total }) => {
      plot.element.hidden = !test;
      if (!test) return words.replaceChildren("The test pictures' costs were not measured for this network.");
      const { counts, from, to, mean } = test.total, step = (to - from) / counts.length;
      plot.show([{
        kind: "bars",
        colour: "ink-soft",
        points: counts.map((count, i) => [from + (i + 0.5) * step, count]),
      }], {
        lines: [{ x: Math.min(total, to), name: "this picture", colour: "vae" }],
        x: [Math.min(from, total - step), to],
        words: `Test pictures cost ${kit.show(mean, 1)} nats on average, this one ${kit.show(total, 1)}`,
      });
      const all = counts.reduce((a, b) => a + b, 0), more = costlier(test.total, total);
      words.textContent =
        `${kit.percent(more, 0)} of ${kit.count(all)} test pictures cost more than this one; their mean is ` +
        `${kit.show(mean, 1)} nats.`;
    },
  };
}

/**
 * Where are the nats? Asked of the picture that is shown.
 * @param {State} state
 * @param {Promise<void>} begun when the first picture is shown
 * @param {() => Shown | null} shown
 */
function prediction(state, begun, shown) {
  const found = () => {
    const now = shown();
    return now && parts(now.grey, now.costs);
  };
  return kit.predict({
    question: "Where in the picture are most of the nats?",
    options: GUESSES,
    state,
    field: "guess",
    truth: async () => {
      await begun;
      const sums = found();
      return sums && /** @type {const} */
        (["white", "edge", "black"]).reduce((best, key) => sums[key].nats > sums[best].nats ? key : best);
    },
    words: () => {
      const sums = found();
      if (!sums) return "";
      const share = (/** @type {"white" | "edge" | "black"} */ key, /** @type {string} */ name) =>
        `${kit.show(sums[key].nats, 1)} nats on ${sums[key].pixels} ${name} pixels`;
      return `Of this picture: ${share("white", "white")}, ${share("edge", "grey")}, ${share("black", "black")}. ` +
        "A grey pixel is never certain: even the right answer costs its entropy there, and that is the floor in the list.";
    },
  }).element;
}
