// Leave the data: what networks make of scribbles, letters, two digits, an empty page, pure noise.
import * as kit from "../../kit/kit.js";
import { histogram } from "./histogram.js";

/** @typedef {import("../bench/view.js").BenchFields} Bench */
/** What the meter says of a picture. @typedef {{ distance: number, percentile: number }} Verdict */
/**
 * @typedef {{ drawings: [name: string, strokes: kit.Strokes][], digits: kit.Strokes[], labels: Record<string, string>,
 *   quantiles: number[], meter: string, verdicts: Record<string, Verdict>, pictures: number }} Props
 */
/** @typedef {Verdict & { seen: string, made: [name: string, picture: string, mse: number][], error?: string }} Answer */
/** @typedef {{ unlike_live: (request: { picture: Uint8Array }) => Promise<Answer> }} Server */

const SMILEY = 3, BINS = 40;
const ALARM = 99; // percent of the test digits that are rebuilt better

/** @param {Props} props */
export const fields = ({ drawings }) => ({
  drawing: kit.drawing({ start: { example: Math.min(SMILEY, drawings.length - 1) }, examples: drawings.length }),
  guess: kit.oneOf(["", ...drawings.map(([name]) => name)]),
});

/** @param {kit.Mount<Props, ReturnType<typeof fields>, Server, Bench>} mount */
export default function mount({ element, props, server, state, bench, signal }) {
  const examples = props.drawings.map(([, strokes]) => strokes);
  const names = props.drawings.map(([name]) => name[0].toUpperCase() + name.slice(1));
  const pad = kit.pad({ label: "Draw anything", width: 208, state, field: "drawing", examples, names, signal });
  let tries = 0;
  pad.element.append(
    kit.el(
      "div",
      { class: "more" },
      kit.button("Pure noise", () => pad.put({ photo: kit.encodePhoto(noise(++tries)) })),
      bench
        ? kit.button("Your drawing on the bench", () => pad.put(kit.detached(bench.values.drawing, props.digits)))
        : null,
    ),
  );
  const seen = kit.picture({ label: "What they see, no noise", width: 116 });
  const made = new Map(
    Object.entries(props.labels).map(([name, label]) => [name, kit.picture({ label, width: 116 })]),
  );
  const percent = kit.el("span", { class: "result" }, "–"), words = kit.el("span", {}, "\u00a0");
  const meter = meterOf(props, signal), notice = kit.notice();
  element.append(
    kit.el("p", { class: "todo" }, "Draw what is no digit, and see what each network makes of it."),
    kit.el(
      "div",
      { class: "unlike" },
      pad.element,
      kit.el(
        "div",
        { class: "side" },
        kit.el(
          "div",
          { class: "outputs" },
          seen.figure,
          kit.el("div", { class: "arrow", "aria-hidden": "true" }, "→"),
          [...made.values()].map(({ figure }) => figure),
        ),
        kit.el("p", { class: "verdict", role: "status" }, percent, words),
        meter.element,
      ),
    ),
    notice.element,
    question(props, names, state).element,
  );

  const ask = kit.live(server.unlike_live, (answer) => {
    seen.show(kit.bytes(answer.seen));
    for (const [name, picture, mse] of answer.made) {
      made.get(name)?.show(kit.bytes(picture));
      made.get(name)?.say(`MSE ${kit.show(mse, 4)}`);
    }
    percent.textContent = kit.percent(answer.percentile / 100, 0);
    percent.className = `result ${answer.percentile >= ALARM ? "alarm" : ""}`;
    words.textContent = ` of the test digits are rebuilt better by the ${props.meter}${judged(answer.percentile)}`;
    meter.show(answer);
  }, notice.say);
  state.follow(({ drawing }) => ask({ picture: kit.pixels(drawing, examples) }));
}

/** @param {number} percentile */
const judged = (percentile) =>
  percentile >= ALARM
    ? ": unlike its training data."
    : percentile >= 90
    ? ": unusual."
    : percentile < 1
    ? ": as easy as the easiest. The meter sees the error alone, and is fooled by what is easy to copy."
    : ": by this measure it might be a digit.";

/** 28 x 28 pixels of uniform noise, the same for the same seed. @param {number} seed */
function noise(seed) {
  const next = kit.mulberry32(seed);
  return Uint8Array.from({ length: kit.SIDE * kit.SIDE }, () => Math.floor(256 * next()));
}

/** How the errors of the test digits lie, and where this picture stands. @param {Props} props @param {AbortSignal} signal */
function meterOf({ quantiles, meter, pictures }, signal) {
  const low = Math.floor(4 * Math.log10(quantiles[1] / 3)) / 4, high = 0;
  const plot = kit.plot({
    label: `Reconstruction error of the ${meter}`,
    signal,
    height: 170,
    x: {
      label: `mean squared error of the ${meter}, per pixel`,
      low,
      high,
      ticks: [-4, -3, -2, -1, 0].filter((at) => at >= low),
      words: (at) => kit.tick(Number((10 ** at).toPrecision(6))),
    },
    y: { label: "test digits", percent: true, zero: true },
  });
  const bars = histogram(quantiles, low, high, BINS);
  /** @param {Verdict} verdict */
  const show = ({ distance, percentile }) => {
    const at = Math.max(low, Math.min(high, Math.log10(Math.max(distance, 1e-9))));
    const colour = percentile >= ALARM ? "wrong" : "ink";
    plot.show([{ name: `${kit.count(pictures)} test digits`, colour: "ink-soft", kind: "bars", points: bars }], {
      lines: [{ x: at, name: "this picture", colour }],
      words: `This picture's error is ${kit.show(distance, 4)}, larger than that of ${
        kit.percent(percentile / 100, 1)
      } of the test digits`,
    });
  };
  return { element: plot.element, show };
}

/**
 * Which of the drawings is rebuilt worst?
 * @param {Props} props
 * @param {string[]} names
 * @param {import("../../kit/elements.js").AnyState} state
 */
function question({ drawings, verdicts, meter }, names, state) {
  const keys = drawings.map(([name]) => name);
  return kit.predict({
    question: `Which of these does the ${meter} rebuild worst?`,
    options: keys.map((key, i) => [key, names[i]]),
    state,
    field: "guess",
    truth: () => keys.reduce((worst, key) => (verdicts[key].distance > verdicts[worst].distance ? key : worst)),
    words: () =>
      "Test digits that are rebuilt better: " +
      keys.map((key, i) => `${names[i].toLowerCase()} ${kit.percent(verdicts[key].percentile / 100, 0)}`).join(", ") +
      ".",
  });
}
