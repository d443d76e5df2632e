// The tab's main instrument, the network in one line: drawing -> encoder -> mu, sigma on the latent map -> z -> decoder ->
// picture. Hover shows a code, a click pins it, Escape lets go; epsilon and the map always say the same.
import * as kit from "../../kit/kit.js";
import { halo } from "../../kit/mapdraw.js";
import { judge, said } from "../judge.js";
import { epsilonOf, far, placed, REACH } from "./posterior.js";
import { reparameterise } from "./reparameterise.js";

/** @import { Pair } from "../../kit/geometry.js" */
/**
 * @typedef {{ class: number, probability: number | null, accepted: boolean | null }} Look a class, its probability, and
 * whether it is a digit to the judge (of garments: the classifier is sure); null: a label
 */
/** @typedef {{ pictures: number, share: number, interval: [number, number], by_class: number[] }} Kept */
/**
 * @typedef {object} Props
 * @property {[name: string, words: string][]} networks
 * @property {Record<string, Kept>} kept of each network: test pictures that keep their class, decoded at their mean
 * @property {Record<string, { changed: { share: number, pictures: number } }>} straddling by one epsilon, of each network
 * @property {{ right: number, pictures: number } | null} judge
 * @property {import("../../kit/strokes.js").Strokes[]} examples
 * @property {Record<string, string[]>} classes of each data set
 * @property {Record<string, string>} datasets of each network
 */
/**
 * @typedef {object} Answer
 * @property {string} seen base64 of 28 x 28 greys
 * @property {[number, number]} mu
 * @property {[number, number]} sigma
 * @property {[number, number]} kl nats
 * @property {[number, number]} z
 * @property {string} picture
 * @property {Look | null} looks of the picture at z
 * @property {Look | null} mean of the picture at mu
 * @property {Look | null} given
 * @property {string} [error]
 */
/**
 * @typedef {object} Sent
 * @property {string} points base64 of float32
 * @property {string} classes
 * @property {kit.Extent} extent
 * @property {number} columns
 * @property {number} rows
 * @property {string} sprite base64 of a PNG, each line a picture
 * @property {{ class: string, confidence: string, accepted: string } | null} looks
 * @property {string} [error]
 */
/** @typedef {{ sprite: kit.Sprite, classes: Uint8Array, confidence: Uint8Array, accepted: Uint8Array }} Atlas */
/** @typedef {{ counts?: number[], mean?: number, changed?: number, error?: string }} Across */
/** @typedef {{ z: Pair, picture: string, looks: Look | null, error?: string }} Point */
/**
 * @typedef {{
 *   atlas: (request: { network: string }) => Promise<Sent>,
 *   posterior: (request: { source: object, network: string, epsilon: Pair }) => Promise<Answer>,
 *   point: (request: { z: Pair, network: string }) => Promise<Point>,
 *   across: (request: { source: object, network: string }) => Promise<Across>,
 *   draw_epsilon: (request: { seed: number, count: number }) => Promise<{ epsilon: Pair[], error?: string }>,
 * }} Server
 */

const RESTS = 70; // milliseconds without movement before the exact picture is asked for
const DRAWS = 1000; // of epsilon, at most

const GUESSES =
  /** @type {const} */ ([["never", "At most 1 in 100"], ["sometimes", "Up to 1 in 10"], ["often", "More often"]]);

/** @param {Props} props */
export const fields = ({ networks, examples }) => ({
  network: kit.oneOf(networks.map(([name]) => name)),
  source: kit.sourceField({
    kinds: ["drawn", "picked"],
    start: { kind: "drawn", drawing: { example: 3 } },
    examples: examples.length,
    was: "vae_digit",
  }),
  z: kit.point({ digits: 3, limit: 100 }),
  z1: kit.text("", { most: 12, accepts: /^-?[\d.]*$/ }), // older links had the point in two parts
  z2: kit.text("", { most: 12, accepts: /^-?[\d.]*$/ }),
  e1: kit.number(-REACH, REACH, { start: 0, step: 0.01 }),
  e2: kit.number(-REACH, REACH, { start: 0, step: 0.01 }),
  draws: kit.whole(0, DRAWS),
  manifold: kit.flag(),
  dots: kit.flag(true),
  hidden: kit.numbers({ start: [], min: 0, max: 99, digits: 0, most: 100 }),
  view: kit.numbers({ start: [], digits: 3, most: 4 }),
  guess: kit.oneOf(["", ...GUESSES.map(([name]) => name)]),
});

/** @typedef {ReturnType<typeof fields>} MapFields */
/** @typedef {kit.Mount<Props, MapFields, Server>} Mounted */
/** @typedef {Mounted["state"]} State */
/** What is shown now, beside the state: hovered code, posterior, atlas, all draws of epsilon.
 * @typedef {{ hover: Pair | null, posterior: Answer | null, atlas: Atlas | null, epsilons: Pair[] }} Now */

/** @param {Mounted} mount */
export default async function mount({ element, props, server, state, signal }) {
  /** @type {Now} */
  const now = { hover: null, posterior: null, atlas: null, epsilons: [] };
  const { z1, z2 } = state.values;
  if (z1 && z2 && !state.values.z) state.set({ z: [Number(z1), Number(z2)], z1: "", z2: "" }, { drag: true });
  const notice = kit.notice(), names = () => props.classes[props.datasets[state.values.network]];
  const seen = kit.picture({ label: "what the network sees", words: "", width: 84 });
  const output = kit.picture({ label: "decoded from z", words: "", width: 224 });
  const verdict = words(props, state, now, names);
  const map = latentMap(state, now, names, signal, () => follow());
  const panel = reparameterise({
    signal,
    /** By hand: the pinned point goes. @param {Pair} e */
    set: (e) => state.set({ z: null, e1: e[0], e2: e[1] }, { drag: true }),
    draw: () => draw(),
    mean: () => state.set({ z: null, e1: 0, e2: 0, draws: 0 }),
    scale: () => map.map.scale,
  });
  const guess = prediction(props, state, server, verdict.one);
  const question = kit.folded("Predict: what does ε do?", signal, guess.element);
  element.append(...layout({ props, state, notice, seen, output, verdict, map, panel, names, signal }), question);

  // ---- from the code to the picture: the sprite at once, the network when the pointer rests --------------------------
  const bytes = new Uint8ClampedArray(784);
  let rest = 0;
  signal.addEventListener("abort", () => clearTimeout(rest));
  const z = () => placed(now.hover ?? state.values.z, now.posterior, [state.values.e1, state.values.e2]);
  /** @param {Pair} at @param {Look | null} looks @param {boolean} exact */
  const tell = (at, looks, exact) => {
    output.show(bytes);
    const e = now.posterior ? epsilonOf(at, now.posterior) : /** @type {Pair} */ ([0, 0]);
    const sentence = verdict.show(at, looks, exact);
    output.say(sentence);
    if (now.hover || state.values.z) map.map.say(sentence);
    panel.show(now.posterior, at, e, now.epsilons.slice(0, state.values.draws));
    map.at(at);
  };
  const askPoint = kit.live(server.point, (answer) => {
    const at = z();
    if (answer.z[0] !== at[0] || answer.z[1] !== at[1]) return;
    bytes.set(kit.bytes(answer.picture));
    tell(at, answer.looks, true);
  }, notice.say);
  const follow = () => {
    const begun = performance.now(), at = z();
    if (now.atlas) {
      kit.blend(now.atlas.sprite, at, bytes);
      tell(at, lookOf(now.atlas, at), false);
      element.dataset.frame = (performance.now() - begun).toFixed(2); // milliseconds, for whoever measures
    }
    clearTimeout(rest);
    rest = setTimeout(() => askPoint({ z: at, network: state.values.network }), RESTS);
  };

  // ---- from the drawing to the map -------------------------------------------------------------------------------------
  const asked = () => ({
    source: kit.asSource(state.values.source, props.examples),
    network: state.values.network,
    epsilon: /** @type {Pair} */ ([state.values.e1, state.values.e2]),
  });
  const answered = (/** @type {Answer} */ answer) => {
    now.posterior = answer;
    seen.show(kit.bytes(answer.seen));
    const at = z();
    if (at.some((value, i) => value !== answer.z[i])) return follow();
    clearTimeout(rest);
    bytes.set(kit.bytes(answer.picture));
    tell(answer.z, answer.looks, true);
  };
  const ask = kit.live(server.posterior, answered, notice.say);
  const load = kit.live(server.atlas, async (sent, { network }) => {
    now.atlas = await map.load(sent);
    element.dataset.network = network;
    follow();
  }, notice.say);
  const fetchDraws = async () => {
    if (now.epsilons.length) return;
    const answer = await server.draw_epsilon({ seed: 0, count: DRAWS });
    if (answer.error) notice.say(answer.error);
    else now.epsilons = answer.epsilon;
  };
  const draw = async () => {
    await fetchDraws();
    const next = Math.min(state.values.draws + 1, DRAWS), e = now.epsilons[next - 1]; // the first press is the same on every visit
    if (e) state.set({ z: null, draws: next, e1: Number(e[0].toFixed(2)), e2: Number(e[1].toFixed(2)) });
  };

  if (state.values.draws) await fetchDraws();
  let last = state.values;
  const [answer, sent] = await Promise.all([server.posterior(asked()), server.atlas({ network: last.network })]);
  notice.say(answer.error ?? sent.error ?? "");
  if (!sent.error) now.atlas = await map.load(sent);
  if (!answer.error) answered(answer);
  element.dataset.network = state.values.network;
  state.follow((values) => {
    const before = last;
    last = values;
    if (values.draws && !now.epsilons.length) fetchDraws().then(follow); // Back leads to draws that were never made here
    if (values.network !== before.network) {
      now.posterior = null;
      load({ network: values.network });
    }
    if (values.network === before.network && values.source === before.source) return follow();
    // Another picture or another space: the pinned point, the draws and a far epsilon were of the one before.
    now.hover = null;
    if (values.guess === before.guess) state.set({ guess: "" }, { drag: true });
    if (values.z && values.z === before.z) state.set({ z: null }, { drag: true });
    if (values.draws && values.draws === before.draws) state.set({ draws: 0 }, { drag: true });
    ask(asked());
  });
}

/** What the judge sees in the tile of z. @param {Atlas} atlas @param {Pair} z @returns {Look | null} */
function lookOf({ sprite, classes, confidence, accepted }, z) {
  const [x0, x1, y0, y1] = sprite.extent;
  const column = Math.floor((z[0] - x0) / (x1 - x0) * sprite.columns);
  const row = Math.floor((y1 - z[1]) / (y1 - y0) * sprite.rows), i = row * sprite.columns + column;
  const inside = column >= 0 && column < sprite.columns && row >= 0 && row < sprite.rows;
  if (!inside || !classes.length) return null;
  return { class: classes[i], probability: confidence[i] / 255, accepted: accepted[i] > 0 };
}

/**
 * What is said of the picture at z, and of what the network made of the drawing.
 * @param {Props} props
 * @param {State} state
 * @param {Now} now
 * @param {() => string[]} names
 */
function words(props, state, now, names) {
  const which = kit.el("p", { class: "result" }), sure = kit.el("p", { class: "soft sure" });
  const place = kit.el("p", { class: "number z-line" }), source = kit.el("p", { class: "soft source" });
  const kept = kit.el("p", { class: "kept" });
  const one = (/** @type {number} */ k) => (names()[0] === "0" ? `a ${k}`.replace("a 8", "an 8") : names()[k]);
  const where = ([z1, z2] = /** @type {Pair} */ ([0, 0])) => `z = (${kit.show(z1, 2)}, ${kit.show(z2, 2)})`;
  const measured = () => {
    const { network } = state.values, found = props.kept[network];
    if (!found) return "";
    const [low, high] = found.interval.map((share) => kit.percent(share, 0).replace(" %", ""));
    return `Class kept by ${kit.percent(found.share, 0)} of ${
      kit.count(found.pictures)
    } test pictures (${low} to ${high} %)`;
  };
  const keeps = () => {
    const { mean, given } = now.posterior ?? {};
    if (!mean || !given) return kept.replaceChildren(measured());
    const same = mean.class === given.class;
    const here = same ? `kept here: ${one(given.class)}` : `not here: ${one(given.class)} becomes ${one(mean.class)}`;
    kept.replaceChildren(measured(), kit.el("b", { class: same ? "right" : "wrong" }, here));
  };
  return {
    one,
    element: kit.el("div", { class: "verdict", role: "status" }, which, sure),
    place,
    source,
    kept,
    /** @param {Pair} z @param {Look | null} looks @param {boolean} exact @returns {string} the sentence for a screen reader */
    show: (z, looks, exact) => {
      const text = looks ? `looks like ${one(looks.class)}` : "";
      const share = looks?.probability == null ? "" : kit.percent(looks.probability, 0);
      which.textContent = text;
      const dataset = props.datasets[state.values.network];
      const verdict = looks?.accepted == null ? "" : `${judge(dataset)}: ${said(dataset, looks.accepted)}`;
      sure.textContent = share ? `${share} of the ten classes; ${verdict}` : "";
      place.textContent = where(z);
      source.textContent = exact ? "decoded exactly by the network" : "between stored pictures";
      keeps();
      const pinned = state.values.z && !now.hover ? "pinned, " : "";
      return `${pinned}${where(z)}${text ? `, ${text}, ${share}, ${verdict}` : ""}`;
    },
  };
}

/**
 * Does one epsilon change the class? Asked of the picture that is shown.
 * @param {Props} props
 * @param {State} state
 * @param {Server} server
 * @param {(k: number) => string} one a class in words
 */
function prediction(props, state, server, one) {
  /** @type {Across} */
  let found = {};
  return kit.predict({
    question: "Draw ε 200 times for this picture: how often will the judge see another class than at μ?",
    options: GUESSES,
    state,
    field: "guess",
    truth: async () => {
      const { source, network } = state.values;
      found = await server.across({ source: kit.asSource(source, props.examples), network });
      const { changed } = found;
      return changed === undefined ? null : changed <= 0.01 ? "never" : changed <= 0.1 ? "sometimes" : "often";
    },
    words: () => {
      const { counts, mean } = found;
      if (!counts || mean === undefined) return found.error ?? "There is no judge here to ask.";
      const seen = counts.map((count, k) => ({ count, k })).filter(({ count }) => count).sort((a, b) =>
        b.count - a.count
      );
      const others = props.straddling[state.values.network]?.changed;
      return `At μ it looks like ${one(mean)}. The draws: ${
        seen.map(({ count, k }) => `${count} like ${one(k)}`).join(", ")
      }.` +
        (others
          ? ` Over all test pictures stored here, ${kit.percent(others.share)} of the draws change the class.`
          : "");
    },
  });
}

/**
 * The map with the posterior over its dots.
 * @param {State} state
 * @param {Now} now
 * @param {() => string[]} names
 * @param {AbortSignal} signal
 * @param {() => void} follow
 */
function latentMap(state, now, names, signal, follow) {
  let viewed = "", loaded = false;
  /** @param {readonly number[]} extent */
  const remember = (extent) => {
    const home = map.scene.home, whole = extent[1] - extent[0] > 0.99 * (home[1] - home[0]);
    const view = whole ? [] : extent.map((value) => Number(value.toFixed(3)));
    viewed = view.join();
    state.set({ view }, { drag: true });
  };
  const map = kit.map({
    label: "Latent map of two dimensions: every point decodes to a picture",
    width: 620,
    signal,
    points: [],
    extent: [-4, 4, -4, 4],
    rings: [1, 2],
    radius: 2.4,
    trail: true,
    on: { sprite: state.values.manifold, points: state.values.dots },
    thumbnail: (i) => map.cell(map.code(i)),
    onHover: (z) => {
      now.hover = z;
      follow();
    },
    onPin: (z, _index, { drag }) => {
      now.hover = null;
      state.set({ z: z && [Number(z[0].toFixed(3)), Number(z[1].toFixed(3))] }, { drag });
    },
    onView: (extent) => loaded && remember(extent),
  });
  const legend = kit.legend({
    names: names(),
    signal,
    onInput: (shown) => state.set({ hidden: names().map((_, k) => k).filter((k) => !shown.has(k)) }),
    onPoint: (k) => map.emphasise(k),
  });
  map.overlay((context, toPixel, { scale }) =>
    now.posterior && drawPosterior(context, toPixel, scale, now, state.values)
  );
  state.follow(({ z, manifold, dots, hidden, view }) => {
    if (map.scene.pinned !== z) map.pin(z);
    if (map.scene.on.sprite !== manifold) map.showSprite(manifold);
    if (map.scene.on.points !== dots) map.showPoints(dots);
    const shown = names().map((_, k) => k).filter((k) => !hidden.includes(k));
    legend.set(shown);
    map.classes(hidden.length ? shown : null);
    if (loaded && view.join() !== viewed) {
      viewed = view.join();
      map.view(view.length === 4 ? /** @type {kit.Extent} */ ([view[0], view[1], view[2], view[3]]) : null);
    }
  });
  return {
    map,
    legend,
    /** The ring of what is shown, where nothing is pinned or pointed at: z of the posterior. @param {Pair} z */
    at: (z) => {
      if (!now.hover && !state.values.z) map.marker(z);
      else if (!now.hover) map.marker(null);
    },
    /** Another space. The same pictures travel to their new places. @param {Sent} sent @returns {Promise<Atlas>} */
    load: async (sent) => {
      const { bytes } = await kit.unpackLines(sent.sprite), { columns, rows, extent } = sent;
      const sprite = { bytes, columns, rows, extent },
        points = kit.floats(sent.points),
        classes = kit.bytes(sent.classes);
      const same = loaded && classes.length === map.scene.classes.length &&
        classes.every((k, i) => k === map.scene.classes[i]);
      const space = { sprite, extent, names: names() };
      legend.rename(names());
      if (same) map.moveTo(points, space);
      else map.data({ points, classes, ...space });
      loaded = true;
      const { view } = state.values;
      viewed = view.join();
      if (view.length === 4) map.view([view[0], view[1], view[2], view[3]]);
      const looks = sent.looks ?? { class: "", confidence: "", accepted: "" };
      return {
        sprite,
        classes: kit.bytes(looks.class),
        confidence: kit.bytes(looks.confidence),
        accepted: kit.bytes(looks.accepted),
      };
    },
  };
}

/**
 * One and two standard deviations of the posterior, its mean, the draws, and the way from the mean to z.
 * @param {CanvasRenderingContext2D} context
 * @param {(z: ArrayLike<number>) => Pair} toPixel
 * @param {number} scale pixels per unit
 * @param {Now} now
 * @param {State["values"]} values
 */
function drawPosterior(context, toPixel, scale, { hover, posterior, epsilons }, values) {
  if (!posterior) return;
  const { mu, sigma } = posterior, [x, y] = toPixel(mu), colour = kit.ink("vae");
  const z = placed(hover ?? values.z, posterior, [values.e1, values.e2]);
  for (const [ink, width] of /** @type {[string, number][]} */ ([[halo(), 6], [colour, 2.5]])) {
    context.strokeStyle = ink;
    context.lineWidth = width;
    for (const r of [1, 2]) {
      context.beginPath();
      context.ellipse(x, y, Math.max(2, r * sigma[0] * scale), Math.max(2, r * sigma[1] * scale), 0, 0, 2 * Math.PI);
      context.stroke();
    }
    context.beginPath();
    context.moveTo(x, y);
    context.lineTo(...toPixel(z));
    context.stroke();
  }
  context.fillStyle = colour;
  for (const e of epsilons.slice(Math.max(0, values.draws - 200), values.draws)) {
    context.beginPath();
    context.arc(...toPixel(far(posterior, e)), 2.5, 0, 2 * Math.PI);
    context.fill();
  }
  context.beginPath();
  context.arc(x, y, 4, 0, 2 * Math.PI);
  context.fill();
}

/**
 * @param {{
 *   props: Props, state: State, notice: ReturnType<typeof kit.notice>, seen: ReturnType<typeof kit.picture>,
 *   output: ReturnType<typeof kit.picture>, verdict: ReturnType<typeof words>, map: ReturnType<typeof latentMap>,
 *   panel: ReturnType<typeof reparameterise>, names: () => string[], signal: AbortSignal,
 * }} parts
 */
function layout({ props, state, notice, seen, output, verdict, map, panel, names, signal }) {
  const source = kit.source({
    label: "Picture",
    state,
    field: "source",
    examples: props.examples,
    classes: names(),
    width: 200,
    signal,
  });
  const seenWords = kit.el("p", { class: "soft seen-words" });
  state.follow(({ source: { kind } }) => {
    source.rename(names());
    seenWords.textContent = kind === "drawn"
      ? "what the network sees"
      : "its reconstruction at μ (the test picture itself is not stored)";
  });
  const network = kit.choice({ label: "Network", state, field: "network", options: props.networks });
  const block = (/** @type {string} */ name, /** @type {string} */ detail, /** @type {string} */ way) =>
    kit.el(
      "div",
      { class: `block ${way}` },
      kit.el("span", { class: "shape", "aria-hidden": "true" }),
      kit.el("b", {}, name),
      kit.el("span", { class: "soft" }, detail),
    );
  return [
    kit.el(
      "p",
      { class: "todo" },
      "Draw a digit, then move over the map: every point decodes. A click pins it, Escape lets go.",
    ),
    notice.element,
    kit.el(
      "div",
      { class: "pipeline" },
      kit.el("div", { class: "place-draw" }, source.element),
      kit.el(
        "div",
        { class: "place-encoder" },
        seen.canvas,
        seenWords,
        block("encoder", "784 → μ, σ", "narrows"),
        panel.code,
      ),
      kit.el(
        "div",
        { class: "place-map" },
        map.map.element,
        map.map.legendMarks({ pinned: "pinned z", hover: "z now" }),
      ),
      kit.el("div", { class: "place-decoder" }, verdict.place, block("decoder", "2 → 784", "widens")),
      kit.el(
        "div",
        { class: "place-output" },
        output.canvas,
        verdict.element,
        verdict.source,
        panel.buttons,
      ),
      kit.el("div", { class: "place-network" }, network.element, verdict.kept),
    ),
    kit.el(
      "div",
      { class: "row shown" },
      map.legend.element,
      kit.toggle({ label: "Test pictures", state, field: "dots" }).element,
      kit.toggle({ label: "Decoded pictures", state, field: "manifold" }).element,
    ),
    kit.folded("ε by hand: z = μ + σ ε", signal, panel.element),
  ];
}
