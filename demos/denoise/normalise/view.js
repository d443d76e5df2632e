// How a drawing becomes data: draw it small, thin or in a corner, leave a step out, and see what every network makes of it.
import * as kit from "../../kit/kit.js";

/** @typedef {import("../bench/view.js").BenchFields} Bench */
/** @typedef {{ labels: Record<string, string>, colours: Record<string, string>, examples: kit.Strokes[] }} Props */
/** @typedef {{ digit: number, probability: number }} Reading */
/** @typedef {Record<string, number | null>} Wrong share of the ink, by network; null: there is none */
/** @typedef {{ steps: string[], wrong: Wrong | null, whole: Wrong | null, reading: Reading | null, error?: string }} Answer */
/**
 * @typedef {{ picture: Uint8Array, box: boolean, stroke: boolean, centre: boolean, strength: number, seed: number,
 *   judged: boolean }} Request
 */
/** @typedef {{ normalise_live: (request: Request) => Promise<Answer> }} Server */
/** @typedef {kit.Mount<Props, ReturnType<typeof fields>, Server, Bench>} Mounted */

const MOST = 1.5; // of the ink it sees: what fills a bar

export const fields = () => ({
  size: kit.number(0.25, 1, { start: 0.45 }),
  pen: kit.number(0.02, 0.12, { start: 0.05, step: 0.005 }),
  right: kit.number(0, 1, { start: 0.1 }),
  down: kit.number(0, 1, { start: 0.1 }),
  box: kit.flag(true),
  stroke: kit.flag(true),
  centre: kit.flag(true),
  guess: kit.oneOf(["", ...STEPS.map(([name]) => name)]),
});

const STEPS = /** @type {const} */ ([
  ["box", "Fit it into 20 × 20 pixels"],
  ["stroke", "Give it MNIST's stroke width"],
  ["centre", "Centre of mass to the middle"],
]);
const CAPTIONS = ["Shrunk to 28 × 28", "In the box", "With MNIST's stroke", "Centred: what it sees"];

/** @param {Mounted} mount */
export default function mount({ element, props, server, state, bench, signal }) {
  if (!bench) throw new Error("this step obeys the bench");
  const drawn = kit.picture({ label: "The drawing, moved and resized", words: "The drawing", size: 112, width: 132 });
  const pictures = CAPTIONS.map((label) => kit.picture({ label, width: 132 }));
  const share = (/** @type {number} */ value) => kit.units(100 * value, "%", 0); // of the page's side
  const sliders = [
    kit.slider({ label: "Drawn how large", state, field: "size", words: share }),
    kit.slider({ label: "Pen width", state, field: "pen", words: (value) => kit.units(100 * value, "%", 1) }),
    kit.slider({ label: "Moved right", state, field: "right", words: share }),
    kit.slider({ label: "Moved down", state, field: "down", words: share }),
  ];
  const toggles = STEPS.map(([field, label]) => kit.toggle({ label, state, field }));
  const fixed = kit.el("p", { class: "soft", hidden: true }, "A photo or a test digit has no strokes to move.");
  const read = kit.el("p", { class: "reading", role: "status" }, "\u00a0"), table = barsOf(props);
  const notice = kit.notice();
  element.append(
    kit.el("p", { class: "todo" }, "Leave a step out, then make the drawing small or move it, and watch the bars."),
    kit.el(
      "div",
      { class: "strip" },
      drawn.figure,
      pictures.flatMap(({ figure }) => [kit.el("div", { class: "arrow", "aria-hidden": "true" }, "→"), figure]),
    ),
    kit.el(
      "div",
      { class: "columns" },
      kit.el("div", { class: "steps" }, toggles.map((one) => one.element), read),
      kit.folded("Size, pen and place of the drawing", signal, ...sliders.map((one) => one.element), fixed),
      table.element,
    ),
    notice.element,
    question({ server, state, bench, props }).element,
  );

  const show = (/** @type {Answer} */ answer) => {
    pictures.forEach((picture, i) => picture.show(kit.bytes(answer.steps[i])));
    if (answer.wrong && answer.whole) table.show(answer.wrong, answer.whole);
    read.replaceChildren(
      ...(answer.reading
        ? [
          "A classifier reads ",
          kit.el("b", { class: "result" }, String(answer.reading.digit)),
          ` (${kit.percent(answer.reading.probability, 0)})`,
        ]
        : []),
    );
  };
  const ask = kit.live(server.normalise_live, show, notice.say), judge = kit.rested(ask);
  const update = () => {
    const picture = moved(state.values, bench.values.drawing, props.examples), photo = "photo" in bench.values.drawing;
    for (const { input } of sliders) input.disabled = photo;
    fixed.hidden = !photo;
    drawn.show(picture);
    drawn.say(photo ? "a photo" : `${Math.round(100 * state.values.size)} % of the pad`);
    const request = requestOf(state.values, bench.values, picture);
    ask({ ...request, judged: false }); // the steps follow every move ...
    judge({ ...request, judged: true }); // ... all networks are asked when it rests
  };
  state.follow(update);
  bench.follow(update);
}

/**
 * The drawing of the bench as it is drawn here: 112 x 112 bytes.
 * @param {{ size: number, pen: number, right: number, down: number }} values
 * @param {kit.Drawing} drawing
 * @param {kit.Strokes[]} examples
 */
function moved({ size, pen, right, down }, drawing, examples) {
  if ("photo" in drawing) return kit.raw(drawing);
  const left = right * (1 - size), top = down * (1 - size);
  const strokes = kit.strokesOf(drawing, examples);
  return kit.rasterise(
    strokes.map((stroke) => stroke.map(([x, y]) => [left + size * x, top + size * y])),
    kit.RAW,
    pen,
  );
}

/**
 * @param {{ box: boolean, stroke: boolean, centre: boolean }} values
 * @param {{ kind: string, noise: number, seed: number }} bench
 * @param {Uint8Array} picture
 */
const requestOf = ({ box, stroke, centre }, { kind, noise, seed }, picture) => ({
  picture,
  box,
  stroke,
  centre,
  strength: kind === "gaussian" ? noise : 0.3,
  seed,
});

/** The share of the ink that each network gets wrong, as bars; a mark where it is with all steps. @param {Props} props */
function barsOf({ labels, colours }) {
  const list = kit.el("div", { class: "bars" });
  const element = kit.el(
    "div",
    { class: "wrong" },
    kit.el("h3", {}, "Ink that each network gets wrong"),
    kit.el("p", { class: "soft small" }, "of all the ink it sees; the line marks it with all steps on"),
    list,
  );
  const rows = new Map(
    Object.entries(labels).map(([name, words]) => {
      const bar = kit.bar({ label: words, words: (value) => kit.percent(value, 0) }), value = kit.el("b", {}, "–");
      list.append(kit.el("span", { class: "name" }, words), bar.element, value);
      return [name, { bar, value }];
    }),
  );
  /** @param {Wrong} wrong @param {Wrong} whole */
  const show = (wrong, whole) => {
    for (const [name, { bar, value }] of rows) {
      const now = wrong[name] ?? null, all = whole[name] ?? null;
      bar.set(now ?? 0, MOST, colours[name]);
      bar.mark(all, MOST);
      value.textContent = now === null ? "–" : now > 9.99 ? "> 999 %" : kit.percent(now, 0);
      value.classList.toggle("worse", now !== null && all !== null && now > 1.15 * all);
    }
  };
  return { element, show };
}

/**
 * Which step matters most for this drawing? Asked of the network of the bench, each step left out alone.
 * @param {Pick<Mounted, "server" | "state" | "props"> & { bench: NonNullable<Mounted["bench"]> }} where
 */
function question({ server, state, bench, props }) {
  /** @type {[string, number][]} */
  let shares = [];
  return kit.predict({
    question: "Left out alone, which of the three steps hurts the network above most, for this drawing?",
    options: STEPS,
    state,
    field: "guess",
    truth: async () => {
      const picture = moved(state.values, bench.values.drawing, props.examples), { network } = bench.values;
      shares = await Promise.all(STEPS.map(async ([left]) => {
        const all = { box: true, stroke: true, centre: true, [left]: false };
        const answer = await server.normalise_live({ ...requestOf(all, bench.values, picture), judged: true });
        return /** @type {[string, number]} */ ([left, answer.wrong?.[network] ?? 0]);
      }));
      return shares.reduce((worst, one) => (one[1] > worst[1] ? one : worst))[0];
    },
    words: () =>
      `Ink that ${props.labels[bench.values.network]} gets wrong without it: ` +
      STEPS.map(([, words], i) => `${words.toLowerCase().replace("mnist", "MNIST")} ${kit.percent(shares[i][1], 0)}`)
        .join(", ") +
      ".",
  });
}
