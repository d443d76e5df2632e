// The same test digits in each latent space: point at one and it lights up in all; choose two and walk between them.
import * as kit from "../../kit/kit.js";
import { article, atlas, bound, hiddenField, linkedMaps, spaceField, told, viewFields } from "../spaces.js";

/** @typedef {import("../spaces.js").Atlas} Atlas */
/** @typedef {import("../spaces.js").Space} Space */
/**
 * @typedef {{ first: number, second: number, twins: [name: string, words: string, note: string][], truth: string | null,
 *   answer: string }} Props note: what there is to say of one's own network
 */
/** @typedef {{ picture: string, mse: number | null }} Rebuilt */
/** @typedef {{ index: number, original: string | null, rebuilt: Record<string, Rebuilt>, error?: string }} Digit */
/** @typedef {{ indices: number[], pictures: string[] | null, error?: string }} Originals */
/**
 * @typedef {{ network: string, z: number[], picture: string, doubt: number, class: number, digit: boolean, distance: number,
 *   error?: string }} Point
 */
/**
 * @typedef {{ points: string, pictures: string, doubt: number[], class: number[], digits: boolean[], distance: number[],
 *   worst: number, share: number }} Way
 */
/** @typedef {{ steps: number, spaces: Record<string, Way>, error?: string }} Ways */
/**
 * @typedef {{
 *   atlas: (request: { twins: string }) => Promise<unknown>,
 *   digit: (request: { index: number, twins: string }) => Promise<Digit>,
 *   look_up: (request: { indices: number[] }) => Promise<Originals>,
 *   decode_at: (request: { network: string, z: readonly number[] }) => Promise<Point>,
 *   walk_all: (request: { first: number, second: number, steps: number, twins: string }) => Promise<Ways>,
 * }} Server
 */
/** @typedef {kit.Mount<Props, ReturnType<typeof fields>, Server>} MapsMount */
/** @typedef {Pick<MapsMount, "props" | "server" | "state" | "signal"> & { found: Atlas, say: (text: string) => void }} Parts */

const GUESSES = /** @type {const} */ ([
  ["pca", "PCA"],
  ["ae", "Autoencoder"],
  ["vae", "VAE"],
  ["same", "No clear difference"],
]);
const STEPS = 17; // pictures on the path
const LAST = 6999; // more test digits than are stored of any network

/** @param {Props} props */
export const fields = ({ first, second, twins }) => ({
  twins: kit.oneOf(twins.map(([name]) => name), { was: "latents_twins" }),
  first: kit.whole(-1, LAST, { start: first, was: "latents_first" }), // -1: let go
  second: kit.whole(-1, LAST, { start: second, was: "latents_second" }),
  end: kit.oneOf(["first", "second"]),
  step: kit.whole(0, STEPS - 1),
  scale: kit.oneOf(["own", "same"]),
  pictures: kit.flag(false),
  names: kit.flag(true),
  guess: kit.oneOf(["", ...GUESSES.map(([name]) => name)]),
  hidden: hiddenField(),
  space: spaceField(),
  ...viewFields(),
});

/** @param {MapsMount} mount */
export default function mount({ element, props, server, state, signal }) {
  const notice = kit.notice(), board = kit.el("div", { class: "board" });
  const guess = question(props, state), note = kit.el("p", { class: "soft" });
  const twins = kit.choice({
    label: "Networks",
    state,
    field: "twins",
    options: props.twins.map(([name, words]) => [name, words]),
  });
  const settings = kit.folded(
    "Settings",
    signal,
    kit.el(
      "div",
      { class: "row tools" },
      twins.element,
      kit.choice({
        label: "Scale",
        state,
        field: "scale",
        options: [["own", "each its own"], ["same", "the same for all"]],
      }).element,
      kit.toggle({ label: "decoded pictures", state, field: "pictures" }).element,
      kit.toggle({ label: "names", state, field: "names" }).element,
    ),
  );
  element.append(
    kit.el("div", { class: "across" }, notice.element, board, note),
    kit.el(
      "div",
      { class: "below" },
      guess ? kit.folded("Predict: where do paths lead through digits?", signal, guess) : "",
    ),
  );
  twins.element.hidden = props.twins.length < 2;
  let shown = "";
  let old = new AbortController();
  /** @param {string} wanted */
  const open = async (wanted) => {
    shown = wanted;
    notice.say("");
    try {
      const found = await atlas(server, wanted);
      if (shown !== wanted || signal.aborted) return;
      old.abort(); // other networks: other maps; what the old ones started ends
      old = new AbortController();
      const both = AbortSignal.any([signal, old.signal]);
      build({ props, server, state: bound(state, both), signal: both, found, say: notice.say }, board, settings);
    } catch (error) {
      notice.say(error instanceof Error ? error.message : String(error));
    }
  };
  state.follow(({ twins: wanted }) => {
    note.textContent = props.twins.find(([name]) => name === wanted)?.[2] ?? "";
    note.hidden = !note.textContent;
    if (wanted !== shown) open(wanted);
  });
}

/** In which space do paths lead past the fewest that are no digit? @param {Props} props @param {MapsMount["state"]} state */
function question({ truth, answer }, state) {
  if (!truth) return null;
  return kit.predict({
    question: "Straight paths between many random pairs: in which space are the most of their pictures digits?",
    options: GUESSES,
    state,
    field: "guess",
    truth: () => truth,
    words: () => [
      ...told(answer),
      " A straight line has to cross whatever lies between, and two dimensions leave little way around. What differs is " +
      "how it crosses: PCA fades one picture into the other, because its decoder is linear; the two networks draw other " +
      "digits, or strokes that are none. Look for the red dot, the point of most doubt.",
    ],
  }).element;
}

/** @typedef {"first" | "second"} End */
const ENDS = /** @type {const} */ ({ first: "A", second: "B" });
const NONE = -1; // an end that is let go

/** @param {End} end @returns {End} */
const otherOf = (end) => end === "first" ? "second" : "first";

/** The end that was set last, if one is set. @param {MapsMount["state"]["values"]} values @returns {End | null} */
function lastSet(values) {
  const now = /** @type {End} */ (values.end), last = otherOf(now);
  return values[last] !== NONE ? last : values[now] !== NONE ? now : null;
}

/** @param {Parts} parts @param {HTMLElement} board @param {HTMLElement} settings */
function build(parts, board, settings) {
  const { state, found, signal } = parts, glass = lookingGlass(parts), path = pathPanel(parts);
  const last = found.classes.length - 1, inside = (/** @type {number} */ index) => Math.min(index, last);
  /** @type {End | null} */
  let dragged = null; // while a pointer takes it along
  const letGo = (/** @type {End | null} */ end) => end && state.set({ [end]: NONE, end, step: 0 });
  const linked = linkedMaps({
    atlas: found,
    signal,
    state,
    width: 620,
    hoverWhilePinned: true,
    marksPin: false,
    beside: glass.beside,
    below: glass.below,
    thumbnail: glass.thumbnail,
    onHover: (index, space, z) => {
      glass.glance(index, linked);
      if (z) glass.at(z, space, linked);
    },
    onPin: (z, index, _, { drag }) => {
      if (!z) return letGo(lastSet(state.values));
      const held = /** @type {End[]} */ (["first", "second"]).find((end) => state.values[end] === index);
      if (!drag && !dragged && held) return letGo(held); // a finger has no Escape: pressed again, it lets go
      const end = dragged ?? /** @type {End} */ (state.values.end);
      dragged = drag ? end : null;
      const at = index < 0 ? {} : { [end]: index, step: 0 };
      state.set(drag ? at : { ...at, end: index < 0 && state.values[end] === NONE ? end : otherOf(end) }, { drag });
    },
  });
  const [map] = Object.values(linked.maps),
    disc = (/** @type {string} */ colour, /** @type {number} */ r, text = "") =>
    (
      /** @type {CanvasRenderingContext2D} */ context,
    ) => mark(context, [14, 14], colour, r, text);
  const marks = map?.legendMarks({
    pinned: "",
    lit: "the same digit",
    more: [
      ["ends of the path", disc("ink", 11, "A")],
      ["step of the path", disc("accent", 7)],
      ["its worst point", disc("wrong", 7)],
    ],
  });
  const todo = "Point at a dot to see that digit in every space. Press to set A, then B: the path between is decoded.";
  const held = document.activeElement; // the list of the networks, say: it moves to the new maps
  linked.element.prepend(kit.el("div", { class: "side" }, kit.el("p", { class: "todo" }, todo), glass.element));
  linked.element.append(
    kit.el("div", { class: "key" }, linked.legend.element, marks ?? ""),
    settings,
    kit.el("div", { class: "way-place" }, path.element),
  );
  board.replaceChildren(linked.element);
  if (held instanceof HTMLElement && settings.contains(held)) held.focus({ preventScroll: true });
  state.follow((values) => {
    const { first, second, scale, pictures, names } = values, shown = lastSet(values);
    linked.setScale(/** @type {"own" | "same"} */ (scale));
    linked.showSprites(pictures);
    linked.showNames(names);
    glass.tell(values);
    glass.pin(shown ? inside(values[shown]) : NONE, linked);
    path.show(inside(first), inside(second), linked);
  });
}

/** The digit that is pointed at, and above each map what its network makes of it. @param {Parts} parts */
function lookingGlass({ server, state, found, say }) {
  const original = kit.picture({ label: "The digit", words: "", width: 48 }), words = kit.el("p", { class: "number" });
  const said = kit.el("p", { class: "soft small", role: "status" });
  const end = kit.segments({
    label: "The next press on a map sets",
    state,
    field: "end",
    options: [["first", "set A"], ["second", "set B"]],
  }).element;
  const element = kit.el(
    "div",
    { class: "digit" },
    original.figure,
    kit.el("div", { class: "words" }, words, said),
    end,
  );
  original.figure.hidden = !found.originals;
  /** @typedef {ReturnType<typeof kit.picture>} Picture */
  /** @type {Record<string, { rebuilt: Picture, decoded: Picture, words: HTMLElement, ask: (z: readonly number[]) => void }>} */
  const under = {};
  /** @type {Map<number, Uint8Array>} */
  const originals = new Map();
  let pinned = NONE, hovered = NONE;
  const nameOf = (/** @type {number} */ index) => article(found.names[found.classes[index]] ?? "");
  /** The digit that is looked at now, in words and as it is. */
  const look = () => {
    const index = hovered < 0 ? pinned : hovered, picture = originals.get(index);
    words.textContent = index < 0 ? "no digit chosen" : `${nameOf(index)}, test digit ${index}`;
    original.canvas.style.visibility = index < 0 ? "hidden" : "";
    if (picture) original.show(picture);
    else if (index >= 0 && found.originals) askOriginals({ indices: [index] });
  };
  /** @type {Set<import("../../kit/map.js").LatentMap>} */
  const thumbs = new Set();
  const askOriginals = kit.live(server.look_up, (/** @type {Originals} */ { indices, pictures }) => {
    if (!pictures) return;
    pictures.forEach((picture, k) => originals.set(indices[k], kit.bytes(picture)));
    look();
    thumbs.forEach((map) => map.refreshThumbnail());
  }, say);
  const askDigit = kit.live(server.digit, (/** @type {Digit} */ answer) => {
    if (answer.index !== pinned || hovered >= 0) return;
    for (const [name, { picture, mse }] of Object.entries(answer.rebuilt)) {
      under[name].rebuilt.show(kit.bytes(picture));
      under[name].rebuilt.caption.textContent = mse === null ? "rebuilt" : `rebuilt, MSE\u00a0${mse.toFixed(3)}`;
    }
  }, say);
  const answered = (/** @type {Point} */ answer) => {
    const { decoded, words: line } = under[answer.network], name = found.names[answer.class];
    const [z1, z2] = answer.z.map((value) => kit.show(value, 1));
    decoded.show(kit.bytes(answer.picture));
    line.textContent =
      `z = (${z1}, ${z2}): ${answer.digit ? "a digit, " : "no digit to the judge, nearest "}${article(name)}` +
      `; nearest code ${kit.show(answer.distance, 2)} spreads away`;
  };
  return {
    element,
    beside: (/** @type {Space} */ space) => {
      const rebuilt = kit.picture({ label: `${space.title}: rebuilt`, words: "rebuilt", width: 48 });
      const decoded = kit.picture({ label: `${space.title}: decoded here`, words: "decoded here", width: 48 });
      const ask = kit.rested(kit.live(server.decode_at, answered, say));
      under[space.name] = {
        rebuilt,
        decoded,
        words: kit.el("p", { class: "soft point" }),
        ask: (z) => ask({ network: space.name, z }),
      };
      return kit.el("div", { class: "made" }, rebuilt.figure, decoded.figure);
    },
    below: (/** @type {Space} */ space) => under[space.name].words,
    thumbnail: (/** @type {number} */ index) => originals.get(index) ?? null,
    /** While hovering: the nearest decoded cell of each map's background. @param {number} index @param {import("../spaces.js").LinkedMaps} linked */
    glance: (index, linked) => {
      hovered = index;
      look();
      if (index < 0) {
        if (pinned >= 0) askDigit({ index: pinned, twins: state.values.twins });
        return;
      }
      linked.each((map, space) => {
        thumbs.add(map);
        const code = map.code(index), cell = code && map.cell(code);
        if (cell) under[space.name].rebuilt.show(cell);
        under[space.name].rebuilt.caption.textContent = "rebuilt, about";
      });
    },
    /** @param {readonly [number, number]} z @param {Space} space @param {import("../spaces.js").LinkedMaps} linked */
    at: (z, space, linked) => {
      const cell = linked.maps[space.name].cell([z[0], z[1]]);
      if (cell) under[space.name].decoded.show(cell);
      under[space.name].ask(z);
    },
    /** The digit set last, -1: none. @param {number} index @param {import("../spaces.js").LinkedMaps} linked */
    pin: (index, linked) => {
      if (index === pinned) return;
      pinned = index;
      hovered = NONE;
      look();
      if (index < 0) return;
      askDigit({ index, twins: state.values.twins });
      linked.each((map, space) => under[space.name].ask(map.code(index)));
    },
    tell: teller(said, nameOf),
  };
}

/**
 * Says what a press has done and what the next one does: neither end is replaced without a word.
 * @param {HTMLElement} said
 * @param {(index: number) => string} nameOf
 */
function teller(said, nameOf) {
  /** @type {MapsMount["state"]["values"] | null} */
  let before = null;
  return (/** @type {MapsMount["state"]["values"]} */ values) => {
    const end = /** @type {End} */ (values.end), next = values[end];
    const done = /** @type {End[]} */ (Object.keys(ENDS)).filter((one) => before && before[one] !== values[one])
      .map((one) => values[one] === NONE ? `${ENDS[one]} is let go. ` : `${ENDS[one]} is ${nameOf(values[one])} now. `);
    before = values;
    said.textContent = done.join("") +
      `The next press sets ${ENDS[end]}${next === NONE ? "" : ` in place of ${nameOf(next)}`}.`;
  };
}

/** The straight path from A to B in every space. @param {Parts} parts */
function pathPanel({ server, state, signal, found, say }) {
  const ends = { first: kit.picture({ label: "A", width: 56 }), second: kit.picture({ label: "B", width: 56 }) };
  const rows = Object.fromEntries(found.spaces.map((space) => [space.name, pathRow(space, state, signal)]));
  const another = kit.button("Another", () => state.set(otherPair(found, state.values)), { name: "Another pair" });
  const element = kit.el(
    "section",
    { class: "panel ways" },
    kit.el(
      "div",
      { class: "row ends" },
      kit.el("h3", {}, "The straight path from A to B, in every space"),
      ends.first.figure,
      ends.second.figure,
      another,
    ),
    kit.el("p", { class: "waiting" }, "An end is let go: press a dot on a map to set it."),
    Object.values(rows).map((row) => row.element),
    kit.el(
      "p",
      { class: "soft small" },
      "Bars: how sure the judge is that it is a digit; in the colour of right where it says so. " +
        "The worst point is framed. Distances in units of each cloud's spread.",
    ),
  );
  /** @type {Record<string, Float32Array>} */
  let points = {};
  /** @type {Ways | null} */
  let ways = null;
  let asked = "", shown = { first: NONE, second: NONE };
  /** @type {import("../spaces.js").LinkedMaps | null} */
  let maps = null;
  const draw = () => {
    const { step } = state.values;
    for (const row of Object.values(rows)) row.strip.at(step);
    const { first, second } = shown, whole = first >= 0 && second >= 0;
    maps?.each((map, space) => {
      const way = whole ? points[space.name] : undefined;
      overlay(map, way, ways?.spaces[space.name].worst ?? 0, step, shown);
    });
  };
  const ask = kit.live(server.walk_all, (/** @type {Ways} */ answer) => {
    ways = answer;
    points = Object.fromEntries(Object.entries(answer.spaces).map(([name, way]) => [name, kit.floats(way.points)]));
    for (const [name, way] of Object.entries(answer.spaces)) rows[name]?.show(way, answer.steps);
    draw();
  }, say);
  const askEnds = kit.live(server.look_up, (/** @type {Originals} */ { pictures }) => {
    ends.first.figure.hidden = ends.second.figure.hidden = !pictures;
    if (!pictures) return;
    ends.first.show(kit.bytes(pictures[0]));
    ends.second.show(kit.bytes(pictures[1]));
  }, say);
  kit.onTheme(draw, signal);
  /** @param {number} first @param {number} second @param {import("../spaces.js").LinkedMaps} linked */
  const show = (first, second, linked) => {
    maps = linked;
    shown = { first, second };
    element.classList.toggle("waits", first < 0 || second < 0);
    if (first < 0 || second < 0) return asked = "", draw();
    const now = `${first}/${second}/${state.values.twins}`;
    if (now === asked) return draw();
    asked = now;
    ends.first.caption.textContent = `A: ${article(found.names[found.classes[first]])}`;
    ends.second.caption.textContent = `B: ${article(found.names[found.classes[second]])}`;
    ask({ first, second, steps: STEPS, twins: state.values.twins });
    askEnds({ indices: [first, second] });
  };
  return { element, show };
}

/** @param {Space} space @param {MapsMount["state"]} state @param {AbortSignal} signal */
function pathRow(space, state, signal) {
  const { method } = space, verdict = kit.el("p", { class: "small", role: "status" });
  const strip = kit.strip({
    label: `${space.title}: pictures along the path`,
    signal,
    height: 56,
    colour: `--${method}`,
    onScrub: (step, { drag }) => state.set({ step }, { drag }),
  });
  const mse = space.mse === null ? null : kit.el("small", { class: "soft" }, `test MSE ${space.mse.toFixed(4)}`);
  const head = kit.el("div", {}, kit.el("h3", { style: `color: var(--${method})` }, space.title), mse);
  /** @param {Way} way @param {number} count */
  const show = (way, count) => {
    const { doubt, digits, worst } = way, confidence = doubt.map((one) => 1 - one);
    strip.set({ pictures: kit.bytes(way.pictures), count, confidence, digits, worst });
    verdict.replaceChildren(
      kit.el("b", {}, `${kit.percent(way.share, 0)} digits`),
      `; worst at step ${worst + 1}, ${kit.percent(confidence[worst], 0)} sure; farthest from any code ${
        kit.show(Math.max(...way.distance), 2)
      }`,
    );
  };
  return { element: kit.el("div", { class: "way" }, head, strip.element, verdict), strip, show };
}

/**
 * A disc with a letter, in a colour of the page.
 * @param {CanvasRenderingContext2D} context
 * @param {readonly [number, number]} at
 * @param {string} colour
 * @param {number} r
 * @param {string} [text]
 */
function mark(context, [x, y], colour, r, text = "") {
  context.beginPath();
  context.arc(x, y, r, 0, 2 * Math.PI);
  context.fillStyle = kit.ink(colour);
  context.fill();
  context.lineWidth = 2;
  context.strokeStyle = context.fillStyle = kit.ink("paper");
  context.stroke();
  context.font = "bold 13px system-ui, sans-serif";
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(text, x, y + 1);
}

/**
 * The path on a map: A, B, the worst point and the step; or the one end that is set.
 * @param {import("../../kit/map.js").LatentMap} map
 * @param {Float32Array | undefined} points
 * @param {number} worst
 * @param {number} step
 * @param {{ first: number, second: number }} ends
 */
function overlay(map, points, worst, step, ends) {
  map.overlay((context, toPixel) => {
    if (points) {
      const at = (/** @type {number} */ i) => toPixel([points[2 * i], points[2 * i + 1]]), last = points.length / 2 - 1;
      for (const [colour, width] of /** @type {const} */ ([["paper", 7], ["ink", 3]])) {
        context.strokeStyle = kit.ink(colour);
        context.lineWidth = width;
        context.beginPath();
        context.moveTo(...at(0));
        context.lineTo(...at(last));
        context.stroke();
      }
      mark(context, at(worst), "wrong", 7);
      mark(context, at(Math.min(step, last)), "accent", 7);
    }
    for (const end of /** @type {const} */ (["first", "second"])) {
      if (ends[end] >= 0) mark(context, toPixel(map.code(ends[end])), "ink", 11, ENDS[end]);
    }
  });
}

/** Two digits of different classes, the next by the ends that are there now: the same pairs for everyone.
 * @param {Atlas} found @param {{ first: number, second: number }} now */
function otherPair({ classes }, { first, second }) {
  const chance = kit.random(1 + first * 7919 + second), a = chance.below(classes.length);
  let b = chance.below(classes.length);
  while (classes[b] === classes[a]) b = (b + 1) % classes.length;
  return { first: a, second: b, step: 0 };
}
