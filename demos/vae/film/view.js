// The film between two pictures: both walks in latent space and the cross-fade in pixel space, scrubbed in the browser.
import * as kit from "../../kit/kit.js";
import { halo } from "../../kit/mapdraw.js";
import { accepted, said } from "../judge.js";

/** @typedef {"line" | "great-circle" | "fade"} Kind */
/** @typedef {{ share: number, interval: [low: number, high: number], pictures: number }} Share */
/**
 * @typedef {object} Props
 * @property {[name: string, words: string][]} networks
 * @property {Record<string, "vae" | "ae" | "pca">} methods of each network
 * @property {import("../../kit/strokes.js").Strokes[]} examples
 * @property {Record<string, string[]>} classes of each data set
 * @property {Record<string, string>} datasets of each network
 * @property {Record<string, Record<Kind, Share>>} walks of networks: half-way frames that are accepted, by kind of walk
 */
/** @typedef {{ first: object, second: object, steps: number, network: string }} Asked */
/** @typedef {[low: number, middle: number, high: number]} Spread of |code|: 5th, 50th, 95th per cent */
/**
 * @typedef {object} Told
 * @property {number} steps
 * @property {[string, string]} ends base64 of 28 x 28 greys
 * @property {Record<"line" | "great-circle", number[]>} lengths |z| of every frame
 * @property {Record<"line" | "great-circle", [number, number][]> | null} paths in two dimensions
 * @property {number} typical |z| of a draw from the prior
 * @property {{ means: Spread, drawn?: Spread } | null} norms of the test pictures' codes
 * @property {number} angle between the two codes, in degrees
 * @property {string} [error]
 */
/** @typedef {Told & Record<Kind, string>} Answer the films as base64 of greys */
/** Of every frame. @typedef {{ accepted: number[], class: number[] }} Verdict zeros and ones; classes */
/** @typedef {Partial<Record<Kind, Verdict>> & { error?: string }} Judged */
/**
 * @typedef {{
 *   film: (request: Asked) => Promise<Answer>,
 *   judged: (request: Asked) => Promise<Judged>,
 *   gif: (request: Asked & { kind: Kind }) => Promise<{ gif: string, error?: string }>,
 *   atlas: (request: { network: string }) => Promise<Atlas>,
 * }} Server
 */
/** @typedef {{ points: string, classes: string, extent: kit.Extent, error?: string }} Atlas */

/** @type {readonly [Kind, string, string][]} */
const KINDS = [
  ["line", "Straight line", "straight line between the codes"],
  ["great-circle", "Great circle", "great circle between the codes"],
  ["fade", "Cross-fade", "cross-fade of the pixels"],
];
const FRAME = 80; // milliseconds of a frame while it plays
const DASH = [7, 5]; // of the great circle

const GUESSES = /** @type {const} */ ([["line", "The straight line"], ["great-circle", "The great circle"], [
  "same",
  "No difference",
]]);

/** @param {Props} props */
export const fields = ({ networks, examples }) => ({
  network: kit.oneOf(networks.map(([name]) => name), { was: "vae_walker" }),
  steps: kit.whole(2, 64, { start: 32, was: "vae_steps" }),
  t: kit.number(0, 1, { step: 0.001, start: 0.5, digits: 2, was: "vae_t" }),
  first: kit.sourceField({
    start: { kind: "drawn", drawing: { example: 3 } },
    examples: examples.length,
    was: "vae_first",
  }),
  second: kit.sourceField({
    kinds: ["picked", "drawn", "sampled"],
    start: { kind: "picked", class: 8, index: 0 },
    examples: examples.length,
    was: "vae_second",
  }),
  view: kit.numbers({ start: [], digits: 4, most: 4 }), // of the latent map, where there are two dimensions
  guess: kit.oneOf(["", ...GUESSES.map(([name]) => name)]),
});

/** @typedef {kit.Mount<Props, ReturnType<typeof fields>, Server>} Mounted */
/** @typedef {Mounted["state"]} State */

/** @param {Mounted} mount */
export default async function mount({ element, props, server, state, signal }) {
  const notice = kit.notice();
  const go = (/** @type {number} */ t, drag = true) => state.set({ t: Math.max(0, Math.min(1, t)) }, { drag });
  const shown = () => {
    const dataset = props.datasets[state.values.network];
    return { dataset, names: props.classes[dataset] };
  };
  const screens = KINDS.map((kind) => screen(kind, go, shown, signal));
  const ends = [
    end("First picture", "first", state, props, signal),
    end("Second picture", "second", state, props, signal),
  ];
  const way = walked(state, props, server, signal);
  const network = kit.choice({ label: "Network", state, field: "network", options: props.networks });
  const scrub = kit.slider({ label: "From first to second", state, field: "t" });
  const asked = () => ({
    first: kit.asSource(state.values.first, props.examples),
    second: kit.asSource(state.values.second, props.examples),
    steps: state.values.steps,
    network: state.values.network,
  });
  element.append(
    kit.el("p", { class: "todo" }, "Drag the slider: one digit becomes the other, in three ways."),
    notice.element,
    kit.el(
      "div",
      { class: "board" },
      ends[0].element,
      kit.el(
        "div",
        { class: "middle" },
        kit.el("div", { class: "screens" }, screens.map((one) => one.element)),
        kit.el(
          "div",
          { class: "row scrub" },
          scrub.element,
          kit.player({ signal, every: FRAME, step: thereAndBack(state, go) }),
        ),
        kit.el("div", { class: "films" }, screens.map((one) => one.film)),
      ),
      ends[1].element,
      kit.el(
        "div",
        { class: "under" },
        way.element,
        kit.el(
          "div",
          { class: "side" },
          network.element,
          kit.slider({ label: "Frames", state, field: "steps" }).element,
          kit.el("div", { class: "row" }, ...savers(server, asked, notice.say)),
        ),
      ),
    ),
  );

  const predict = prediction(props, state);
  element.append(predict?.element ?? "");
  /** @type {Answer | null} */
  let film = null;
  const place = () => {
    if (!film) return;
    const begun = performance.now(), index = Math.round(state.values.t * (film.steps - 1));
    screens.forEach((one) => one.at(index));
    way.at(index);
    element.dataset.frame = String(index);
    element.dataset.scrub = (performance.now() - begun).toFixed(2); // milliseconds, for whoever measures
  };
  const show = (/** @type {Answer} */ answer) => {
    film = answer;
    screens.forEach((one) => one.set(answer));
    ends.forEach((one, i) => one.seen.show(kit.bytes(answer.ends[i])));
    way.set(answer);
    place();
  };
  const ask = kit.live(server.film, show, notice.say);
  const judge = kit.rested(
    kit.live(server.judged, (answer) => screens.forEach((one) => one.judge(answer))),
    250,
  );
  let last = state.values;
  const first = await server.film(asked());
  if (first.error) notice.say(first.error);
  else show(first);
  judge(asked());
  state.follow((values) => {
    const before = last;
    last = values;
    const other = /** @type {const} */ (["network", "steps", "first", "second"]).some((key) =>
      values[key] !== before[key]
    );
    if (!other) return place();
    ask(asked());
    judge(asked());
    if (values.network !== before.network && values.guess === before.guess) state.set({ guess: "" }, { drag: true });
  });
}

/**
 * One of the three: its large picture, its strip, what the judge says of its frames.
 * @param {readonly [Kind, string, string]} kind
 * @param {(t: number, drag: boolean) => void} go
 * @param {() => { dataset: string, names: string[] }} of the data set that is shown, and its classes
 * @param {AbortSignal} signal
 */
function screen([kind, title, words], go, of, signal) {
  const picture = kit.picture({ label: title, words: "", width: 190 });
  const verdict = kit.el("p", { class: "verdict" });
  const strip = kit.strip({
    label: `film, ${words}`,
    signal,
    height: 46,
    least: 40,
    onScrub: (index, { drag }) => go(index / Math.max(1, strip.count - 1), drag),
  });
  const key = kit.el("span", { class: `key ${kind}`, "aria-hidden": "true" });
  /** @type {Verdict | null} */
  let found = null;
  const tell = () => {
    if (!found || found.accepted.length !== strip.count) return verdict.replaceChildren();
    const { accepted: list, class: classes } = found, { dataset, names } = of();
    verdict.replaceChildren(
      kit.el("b", { class: "number" }, `${sum(list)} of ${list.length}`),
      ` ${accepted(dataset)}; this frame: ${said(dataset, !!list[strip.index])} (${names[classes[strip.index]]})`,
    );
  };
  return {
    element: kit.el(
      "figure",
      { class: `screen ${kind}` },
      picture.canvas,
      kit.el("figcaption", {}, kit.el("h3", {}, title), verdict),
    ),
    film: kit.el("div", { class: "film-row" }, kit.el("span", { class: "film-name" }, key, title), strip.element),
    /** @param {number} index */
    at: (index) => {
      strip.at(index);
      picture.show(strip.frame(index));
      picture.say(`frame ${index + 1} of ${strip.count}`);
      tell();
    },
    /** @param {Answer} answer */
    set: (answer) => strip.set({ pictures: kit.bytes(answer[kind]), count: answer.steps }),
    /** @param {Judged} answer */
    judge: (answer) => {
      found = answer[kind] ?? null;
      tell();
    },
  };
}

/** @param {readonly number[]} list */
const sum = (list) => list.reduce((a, b) => a + b, 0);

/** Line or circle? Measured on many walks of the network chosen. @param {Props} props @param {State} state */
function prediction({ walks }, state) {
  const found = () => walks[state.values.network] ?? walks.vae;
  if (!found()) return null;
  const words = ({ share, interval: [low, high] } = found().line) =>
    `${kit.percent(share, 0)} (95 % interval ${kit.percent(low, 0).replace(" %", "")} to ${kit.percent(high, 0)})`;
  return kit.predict({
    question: "Half-way along many walks: on which one lie more digits?",
    options: GUESSES,
    state,
    field: "guess",
    truth: () => {
      const { line, "great-circle": circle } = found();
      return line.interval[0] > circle.interval[1]
        ? "line"
        : circle.interval[0] > line.interval[1]
        ? "great-circle"
        : "same";
    },
    words: () => {
      const { line, "great-circle": circle, fade } = found();
      return `Half-way between ${kit.count(line.pictures)} pairs of random test pictures` +
        `${walks[state.values.network] ? "" : ", in the VAE of 32 dimensions"}: line ${words(line)}, circle ` +
        `${words(circle)}, cross-fade ${words(fade)}.`;
    },
  });
}

/**
 * One end of the walk, folded on a phone.
 * @param {string} label
 * @param {"first" | "second"} field
 * @param {State} state
 * @param {Props} props
 * @param {AbortSignal} signal
 */
function end(label, field, state, props, signal) {
  const seen = kit.picture({ label: "what the network sees", words: "", width: 56 });
  const names = () => props.classes[props.datasets[state.values.network]];
  const seenWords = kit.el("p", { class: "soft seen-words" });
  const chooser = kit.source({
    label,
    state,
    field,
    examples: props.examples,
    classes: names(),
    width: 190,
    seen: seen.figure,
    seed: field === "second" ? 100 : 0,
    signal,
  });
  state.follow((values) => {
    chooser.rename(names());
    const { kind } = values[field];
    seenWords.textContent = kind === "picked" ? "its reconstruction: the test picture itself is not stored" : "";
  });
  const open = !matchMedia("(max-width: 900px)").matches;
  const element = kit.el(
    "details",
    { class: `end ${field}`, open },
    kit.el("summary", {}, label),
    chooser.element,
    seenWords,
  );
  return { element, seen };
}

/** One frame further, from where the slider stands; at either end it turns. @param {State} state @param {(t: number) => void} go */
function thereAndBack(state, go) {
  let forward = 1;
  return () => {
    const { t, steps } = state.values, next = t + forward / (steps - 1);
    if (next >= 1 || next <= 0) forward = next >= 1 ? -1 : 1;
    go(next);
    return true;
  };
}

/**
 * @param {Server} server
 * @param {() => Asked} asked
 * @param {(sentence: string) => void} say
 */
const savers = (server, asked, say) =>
  KINDS.slice(0, 2).map(([kind, title]) =>
    kit.button(`Save the ${title.split(" ")[1]} as GIF`, async () => {
      const answer = await server.gif({ ...asked(), kind });
      if (answer.error) return say(answer.error);
      const href = `data:image/gif;base64,${answer.gif}`;
      kit.el("a", { href, download: `${asked().network}-${kind}.gif` }).click();
    })
  );

/**
 * Where the walks go: on the latent map in two dimensions, as their distance from the origin in more.
 * @param {State} state
 * @param {Props} props
 * @param {Server} server
 * @param {AbortSignal} signal
 */
function walked(state, props, server, signal) {
  const plot = kit.plot({
    label: "Distance of both walks from the origin",
    height: 190,
    x: { label: "frame", whole: true },
    y: { label: "|z|", zero: true },
    signal,
    onCursor: (frame) => film && state.set({ t: (frame - 1) / (film.steps - 1) }, { drag: true }),
  });
  const map = kit.map({
    label: "Both walks on the latent map",
    width: 560,
    signal,
    points: [],
    extent: [-4, 4, -4, 4],
    rings: [1, 2],
    onView: (_, { hand }) => hand && state.set({ view: map.seen() }, { drag: true }),
  });
  const words = kit.el("p", { class: "soft", role: "status" });
  const element = kit.el("div", { class: "way" }, plot.element, map.element, words);
  /** @type {Answer | null} */
  let film = null;
  let index = 0, mapped = "";
  const colour = () => props.methods[state.values.network] ?? "vae";
  map.overlay((context, toPixel) => {
    if (!film?.paths) return;
    for (const [kind, dash] of /** @type {const} */ ([["great-circle", DASH], ["line", []]])) {
      const path = film.paths[kind].map((z) => toPixel(z));
      stroke(context, path, kit.ink(colour()), dash);
      context.fillStyle = kit.ink(colour());
      context.beginPath();
      context.arc(...path[index], 7, 0, 2 * Math.PI);
      context.fill();
    }
  });
  const load = kit.live(
    server.atlas,
    (answer) => {
      map.data({ points: kit.floats(answer.points), classes: kit.bytes(answer.classes), extent: answer.extent });
      map.see(state.values.view);
    },
  );
  state.follow(({ view }) => String(view) === String(map.seen()) || map.see(view));
  const draw = () => {
    if (!film || film.paths) return;
    const { lengths, typical, norms, steps } = film,
      top = 1.12 * Math.max(typical, ...lengths.line, ...lengths["great-circle"]);
    const points = (/** @type {number[]} */ list) => list.map((v, i) => /** @type {[number, number]} */ ([i + 1, v]));
    /** @type {kit.Series[]} */
    const series = [
      { name: "line", colour: colour(), points: points(lengths.line), width: 3 },
      { name: "circle", colour: colour(), dash: DASH, points: points(lengths["great-circle"]), width: 3 },
    ];
    series.push({
      name: "a draw from N(0, I), about",
      colour: "ink",
      dash: [2, 4],
      points: [[1, typical], [steps, typical]],
    });
    if (norms) {
      const [low, middle, high] = norms.means;
      series.push({
        name: "9 in 10 means of test pictures",
        colour: "ink-soft",
        points: [[1, middle], [steps, middle]],
        band: [[1, low, high], [steps, low, high]],
        width: 1,
      });
    }
    plot.show(series, { cursor: index + 1, y: [0, Math.max(top, 1.06 * (norms?.means[2] ?? 0))] });
  };
  const write = () => {
    if (!film) return;
    const { lengths, angle } = film, far = (/** @type {number[]} */ list) => kit.show(list[index], 2);
    words.textContent =
      `Distance from the origin |z|: line ${far(lengths.line)}, circle ${far(lengths["great-circle"])}. ` +
      `The two codes are ${kit.show(angle, 0)}° apart.`;
  };
  return {
    element,
    /** @param {Answer} answer */
    set: (answer) => {
      film = answer;
      index = Math.min(index, answer.steps - 1);
      map.element.hidden = !answer.paths;
      plot.element.hidden = !!answer.paths;
      if (answer.paths && mapped !== state.values.network) load({ network: mapped = state.values.network });
      draw();
    },
    /** @param {number} to */
    at: (to) => {
      index = to;
      write();
      if (film?.paths) map.marker(null);
      else plot.cursor(index + 1);
    },
  };
}

/**
 * A walk with a halo, so that it is seen on any dots.
 * @param {CanvasRenderingContext2D} context
 * @param {readonly [number, number][]} path in pixels
 * @param {string} colour
 * @param {readonly number[]} dash
 */
function stroke(context, path, colour, dash) {
  for (
    const [ink, width, dashes] of /** @type {[string, number, readonly number[]][]} */ ([[halo(), 6, []], [
      colour,
      3,
      dash,
    ]])
  ) {
    context.setLineDash([...dashes]);
    context.strokeStyle = ink;
    context.lineWidth = width;
    context.beginPath();
    path.forEach(([x, y]) => context.lineTo(x, y));
    context.stroke();
  }
  context.setLineDash([]);
}
