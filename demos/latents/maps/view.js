// The same test digits in each latent space: point at one and it lights up in all; choose two and walk between them.
import * as kit from "../../kit/kit.js";
import { atlas, linkedMaps } from "../spaces.js";

/** @typedef {import("../spaces.js").Atlas} Atlas */
/** @typedef {import("../spaces.js").Space} Space */
/** @typedef {{ first: number, second: number, twins: [name: string, words: string][] }} Props */
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

const STEPS = 17; // pictures on the path
const LAST = 6999; // more test digits than are stored of any network

/** @param {Props} props */
export const fields = ({ first, second, twins }) => ({
  twins: kit.oneOf(twins.map(([name]) => name), { was: "latents_twins" }),
  first: kit.whole(0, LAST, { start: first, was: "latents_first" }),
  second: kit.whole(0, LAST, { start: second, was: "latents_second" }),
  end: kit.oneOf(["first", "second"]),
  step: kit.whole(0, STEPS - 1),
  scale: kit.oneOf(["own", "same"]),
  pictures: kit.flag(false),
  names: kit.flag(true),
});

/** @param {MapsMount} mount */
export default function mount({ element, props, server, state, signal }) {
  const notice = kit.notice(), place = kit.el("div", { class: "place" });
  const twins = kit.choice({ label: "Networks", state, field: "twins", options: props.twins });
  element.append(
    kit.el(
      "p",
      { class: "todo" },
      "Point at a dot to see that digit in every space. Press to set A, then B: the path between is decoded everywhere.",
    ),
    kit.folded(
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
    ),
    notice.element,
    place,
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
      build({ props, server, state: bound(state, both), signal: both, found, say: notice.say }, place);
    } catch (error) {
      notice.say(error instanceof Error ? error.message : String(error));
    }
  };
  state.follow(({ twins: wanted }) => {
    if (wanted !== shown) open(wanted);
  });
}

/**
 * The state for a part that ends before the room does: it follows until `signal` ends.
 * @param {MapsMount["state"]} state
 * @param {AbortSignal} signal
 * @returns {MapsMount["state"]}
 */
const bound = (state, signal) => ({
  get values() {
    return state.values;
  },
  set: state.set,
  reset: state.reset,
  field: state.field,
  follow: (react) => state.follow((values) => signal.aborted || react(values)),
});

/** @param {Parts} parts @param {HTMLElement} place */
function build(parts, place) {
  const { state, found } = parts, last = found.classes.length - 1;
  const inside = (/** @type {number} */ index) => Math.min(index, last);
  const glass = lookingGlass(parts), path = pathPanel(parts);
  const linked = linkedMaps({
    atlas: found,
    signal: parts.signal,
    width: 560,
    hoverWhilePinned: true,
    below: glass.below,
    thumbnail: glass.thumbnail,
    onHover: (index, space, z) => {
      glass.glance(index, linked);
      if (z) glass.at(z, space, linked);
    },
    onPin: (z, index) => {
      if (!z || index < 0) return;
      const end = /** @type {"first" | "second"} */ (state.values.end);
      state.set({ [end]: index, end: end === "first" ? "second" : "first", step: 0 });
    },
  });
  glass.legend.append(linked.legend.element);
  place.replaceChildren(kit.el("div", { class: "board" }, glass.element, linked.element), path.element);
  state.follow(({ first, second, scale, pictures, names }) => {
    linked.setScale(/** @type {"own" | "same"} */ (scale));
    linked.showSprites(pictures);
    linked.showNames(names);
    glass.pin(inside(second), linked);
    path.show(inside(first), inside(second), linked);
  });
}

/** The digit that is pointed at, and under each map what its network makes of it. @param {Parts} parts */
function lookingGlass({ server, state, found, say }) {
  const original = kit.picture({ label: "The digit", width: 112 }),
    words = kit.el("p", { class: "number", role: "status" });
  const legend = kit.el("div", {}),
    end = kit.segments({
      label: "The next press on a map sets",
      state,
      field: "end",
      options: [["first", "set A"], ["second", "set B"]],
    }).element,
    element = kit.el("aside", {}, kit.el("div", { class: "digit" }, original.figure, words), end, legend);
  original.figure.hidden = !found.originals;
  /** @type {Record<string, { rebuilt: ReturnType<typeof kit.picture>, decoded: ReturnType<typeof kit.picture>, words: HTMLElement }>} */
  const under = {};
  /** @type {Map<number, Uint8Array>} */
  const originals = new Map();
  let pinned = -1, hovered = -1;
  const tell = (/** @type {number} */ index) => {
    words.textContent = `a ${found.names[found.classes[index]]}, test digit ${index}`;
  };
  const askOriginals = kit.live(server.look_up, (/** @type {Originals} */ { indices, pictures }) => {
    pictures?.forEach((picture, k) => originals.set(indices[k], kit.bytes(picture)));
    const seen = originals.get(hovered < 0 ? pinned : hovered);
    if (seen) original.show(seen);
  }, say);
  const askDigit = kit.live(server.digit, (/** @type {Digit} */ answer) => {
    if (answer.index !== pinned || hovered >= 0) return;
    if (answer.original) original.show(kit.bytes(answer.original));
    for (const [name, { picture, mse }] of Object.entries(answer.rebuilt)) {
      under[name].rebuilt.show(kit.bytes(picture));
      under[name].rebuilt.caption.textContent = mse === null ? "rebuilt" : `rebuilt, MSE ${mse.toFixed(3)}`;
    }
  }, say);
  const askPoint = kit.rested(kit.live(server.decode_at, (/** @type {Point} */ answer) => {
    const { decoded, words: line } = under[answer.network], name = found.names[answer.class];
    const [z1, z2] = answer.z.map((value) => kit.show(value, 1));
    decoded.show(kit.bytes(answer.picture));
    line.textContent =
      `z = (${z1}, ${z2}): ${answer.digit ? `a digit, a ${name}` : `no digit to the judge, nearest a ${name}`}` +
      `; nearest code ${kit.show(answer.distance, 2)} spreads away`;
  }, say));
  return {
    element,
    legend,
    below: (/** @type {Space} */ space) => {
      const rebuilt = kit.picture({ label: `${space.title}: rebuilt`, words: "rebuilt", width: 84 });
      const decoded = kit.picture({ label: `${space.title}: decoded here`, words: "decoded here", width: 84 });
      const line = kit.el("p", { class: "soft small" });
      under[space.name] = { rebuilt, decoded, words: line };
      return kit.el("div", { class: "made" }, rebuilt.figure, decoded.figure, line);
    },
    thumbnail: (/** @type {number} */ index) => originals.get(index) ?? null,
    /** While hovering: the nearest decoded cell of each map's background. @param {number} index @param {import("../spaces.js").LinkedMaps} linked */
    glance: (index, linked) => {
      hovered = index;
      if (index < 0) {
        if (pinned >= 0) {
          tell(pinned);
          askDigit({ index: pinned, twins: state.values.twins });
        }
        return;
      }
      tell(index);
      linked.each((map, space) => {
        const code = map.code(index), cell = code && map.cell(code);
        if (cell) under[space.name].rebuilt.show(cell);
        under[space.name].rebuilt.caption.textContent = "rebuilt, about";
      });
      if (found.originals) askOriginals({ indices: [index] });
    },
    /** @param {readonly [number, number]} z @param {Space} space @param {import("../spaces.js").LinkedMaps} linked */
    at: (z, space, linked) => {
      const cell = linked.maps[space.name].cell([z[0], z[1]]);
      if (cell) under[space.name].decoded.show(cell);
      askPoint({ network: space.name, z });
    },
    /** @param {number} index @param {import("../spaces.js").LinkedMaps} linked */
    pin: (index, linked) => {
      if (index === pinned) return;
      pinned = index;
      hovered = -1;
      linked.light(index);
      tell(index);
      askDigit({ index, twins: state.values.twins });
      linked.each((map, space) => {
        const code = map.code(index), cell = code && map.cell(code);
        if (!code || !cell) return;
        under[space.name].decoded.show(cell);
        server.decode_at({ network: space.name, z: code }).then((answer) =>
          answer.error ? say(answer.error) : undefined
        );
      });
    },
  };
}

/** The straight path from A to B in every space. @param {Parts} parts */
function pathPanel({ server, state, signal, found, say }) {
  const ends = { first: kit.picture({ label: "A", width: 60 }), second: kit.picture({ label: "B", width: 60 }) };
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
    Object.values(rows).map((row) => row.element),
    kit.el(
      "p",
      { class: "soft" },
      "Bars: how sure the judge is that it is a digit; in the colour of right where it says so. " +
        "The worst point is framed. Distances in units of each cloud's spread.",
    ),
  );
  /** @type {Record<string, Float32Array>} */
  let points = {};
  /** @type {Ways | null} */
  let ways = null;
  let asked = "";
  /** @type {import("../spaces.js").LinkedMaps | null} */
  let maps = null;
  const draw = () => {
    const { step } = state.values;
    for (const row of Object.values(rows)) row.strip.at(step);
    maps?.each((map, space) => overlay(map, points[space.name], ways?.spaces[space.name].worst ?? 0, step));
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
    const now = `${first}/${second}/${state.values.twins}`;
    if (now === asked) return draw();
    asked = now;
    ends.first.caption.textContent = `A: a ${found.names[found.classes[first]]}`;
    ends.second.caption.textContent = `B: a ${found.names[found.classes[second]]}`;
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
 * The path on a map: A, B, the worst point and the step.
 * @param {import("../../kit/map.js").LatentMap} map
 * @param {Float32Array | undefined} points
 * @param {number} worst
 * @param {number} step
 */
function overlay(map, points, worst, step) {
  map.overlay((context, toPixel) => {
    if (!points) return;
    const at = (/** @type {number} */ i) => toPixel([points[2 * i], points[2 * i + 1]]), last = points.length / 2 - 1;
    for (const [colour, width] of /** @type {const} */ ([["paper", 7], ["ink", 3]])) {
      context.strokeStyle = kit.ink(colour);
      context.lineWidth = width;
      context.beginPath();
      context.moveTo(...at(0));
      context.lineTo(...at(last));
      context.stroke();
    }
    const disc = (/** @type {number} */ i, /** @type {string} */ colour, /** @type {number} */ r, text = "") => {
      const [x, y] = at(i);
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
    };
    disc(worst, "wrong", 7);
    disc(Math.min(step, last), "accent", 7);
    disc(0, "ink", 11, "A");
    disc(last, "ink", 11, "B");
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
