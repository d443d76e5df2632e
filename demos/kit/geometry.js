// The plane of a latent map: from codes to pixels with one scale for both axes (a circle stays a circle), zooming,
// panning; walks between two codes; which frames of a long strip are shown. Pure: no document.

/** @typedef {[number, number]} Pair */
/** @typedef {[x0: number, x1: number, y0: number, y1: number]} Extent in the units of the code */
/** @typedef {{ x: number, y: number, w: number, h: number }} Box the plot on its canvas, in CSS pixels */
/**
 * @typedef {object} View the code in the middle of the box; pixels per unit, on BOTH axes
 * @property {number} x
 * @property {number} y
 * @property {number} scale
 */

/** @param {number} value @param {number} low @param {number} high */
const within = (value, low, high) => Math.min(high, Math.max(low, value));

// ---- codes and pixels -----------------------------------------------------------------------------------------------

/**
 * The view that shows all of `extent`, as large as the box allows.
 * @param {Extent} extent
 * @param {Box} box
 * @returns {View}
 */
export function fitted([x0, x1, y0, y1], box) {
  const scale = Math.min(box.w / Math.max(1e-9, x1 - x0), box.h / Math.max(1e-9, y1 - y0));
  return { x: (x0 + x1) / 2, y: (y0 + y1) / 2, scale };
}

/**
 * What a view shows: all of the box, so it may reach beyond the extent it was fitted to.
 * @param {View} view
 * @param {Box} box
 * @returns {Extent}
 */
export function extentOf({ x, y, scale }, box) {
  const [wide, high] = [box.w / scale / 2, box.h / scale / 2];
  return [x - wide, x + wide, y - high, y + high];
}

/**
 * The pixel of a code; the second axis points up.
 * @param {View} view
 * @param {Box} box
 * @param {ArrayLike<number>} z
 * @returns {Pair}
 */
export const toPixel = (view, box, z) => [
  box.x + box.w / 2 + (z[0] - view.x) * view.scale,
  box.y + box.h / 2 - (z[1] - view.y) * view.scale,
];

/** The code at a pixel. @param {View} view @param {Box} box @param {ArrayLike<number>} pixel @returns {Pair} */
export const toPoint = (view, box, pixel) => [
  view.x + (pixel[0] - box.x - box.w / 2) / view.scale,
  view.y - (pixel[1] - box.y - box.h / 2) / view.scale,
];

/** The pixel, or the nearest one inside the box. @param {Box} box @param {ArrayLike<number>} pixel @returns {Pair} */
export const insideBox = (box, pixel) => [
  within(pixel[0], box.x, box.x + box.w),
  within(pixel[1], box.y, box.y + box.h),
];

/**
 * Zoom by `factor` (2 is twice as near); what lies under `pixel` stays there.
 * @param {View} view
 * @param {Box} box
 * @param {ArrayLike<number>} pixel
 * @param {number} factor
 * @returns {View}
 */
export function zoomed(view, box, pixel, factor) {
  const scale = view.scale * factor, held = toPoint(view, box, pixel);
  return {
    x: held[0] - (pixel[0] - box.x - box.w / 2) / scale,
    y: held[1] + (pixel[1] - box.y - box.h / 2) / scale,
    scale,
  };
}

/** Move what is seen by (dx, dy) pixels. @param {View} view @param {number} dx @param {number} dy @returns {View} */
export const panned = (view, dx, dy) => ({ ...view, x: view.x - dx / view.scale, y: view.y + dy / view.scale });

/**
 * The view kept where there is something to see: never farther away than the whole (`home`), at most `nearest` times
 * nearer, and its frame inside the frame of the whole.
 * @param {View} view @param {View} home @param {Box} box @param {number} [nearest] @returns {View}
 */
export function clamped(view, home, box, nearest = 60) {
  const scale = within(view.scale, home.scale, home.scale * nearest);
  const wide = (box.w / 2) * (1 / home.scale - 1 / scale), high = (box.h / 2) * (1 / home.scale - 1 / scale);
  return { x: within(view.x, home.x - wide, home.x + wide), y: within(view.y, home.y - high, home.y + high), scale };
}

/**
 * An extent around the given points (x and y in turns), with a margin of `part` of its size.
 * @param {ArrayLike<number>} points
 * @param {number} [part]
 * @returns {Extent}
 */
export function around(points, part = 0.04) {
  const found = [Infinity, -Infinity, Infinity, -Infinity];
  for (let i = 0; i < points.length; i++) {
    const axis = 2 * (i % 2);
    found[axis] = Math.min(found[axis], points[i]);
    found[axis + 1] = Math.max(found[axis + 1], points[i]);
  }
  if (!points.length) return [-1, 1, -1, 1];
  const margin = part * Math.max(found[1] - found[0], found[3] - found[2], 1e-9);
  return [found[0] - margin, found[1] + margin, found[2] - margin, found[3] + margin];
}

/**
 * The middle of every class: the median of each coordinate of its points; null for a class without points.
 * @param {ArrayLike<number>} points
 * @param {ArrayLike<number>} classes
 * @param {number} count
 * @returns {(Pair | null)[]}
 */
export function middles(points, classes, count) {
  /** @type {[number[], number[]][]} */
  const found = Array.from({ length: count }, () => [[], []]);
  for (let i = 0; i < classes.length; i++) {
    if (classes[i] >= count) continue;
    found[classes[i]][0].push(points[2 * i]);
    found[classes[i]][1].push(points[2 * i + 1]);
  }
  return found.map(([xs, ys]) => (xs.length ? [median(xs), median(ys)] : null));
}

/** @param {number[]} values at least one */
function median(values) {
  const sorted = values.sort((a, b) => a - b), half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/**
 * Labels pushed apart until no two are nearer than `gap`, each as little as that takes.
 * @param {readonly Pair[]} places in pixels
 * @param {number} gap
 * @returns {Pair[]}
 */
export function spaced(places, gap) {
  const now = places.map(([x, y]) => /** @type {Pair} */ ([x, y]));
  for (let round = 0; round < 60; round++) {
    let near = false;
    for (let i = 0; i < now.length; i++) {
      for (let j = i + 1; j < now.length; j++) near = pushApart(now[i], now[j], gap) || near;
    }
    if (!near) break;
  }
  return now;
}

/** @param {Pair} a @param {Pair} b @param {number} gap */
function pushApart(a, b, gap) {
  const dx = b[0] - a[0], dy = b[1] - a[1], far = Math.hypot(dx, dy);
  if (far >= gap) return false;
  const push = (gap - far) / 2 + 0.01, [ux, uy] = far > 1e-6 ? [dx / far, dy / far] : [1, 0];
  a[0] -= push * ux;
  a[1] -= push * uy;
  b[0] += push * ux;
  b[1] += push * uy;
  return true;
}

/** The share of N(0, I) in two dimensions within radius r: 1 - exp(-r² / 2). @param {number} r */
export const priorWithin = (r) => 1 - Math.exp(-r * r / 2);

/** Slow, fast, slow: from 0 to 1. @param {number} t */
export const eased = (t) => (t < 0.5 ? 4 * t ** 3 : 1 - (2 - 2 * t) ** 3 / 2);

// ---- walks between two codes (training/measures/walks.py has the same in Python) --------------------------------------------

/** @param {ArrayLike<number>} a @param {ArrayLike<number>} b */
const dot = (a, b) => Array.from(a, (value, i) => value * b[i]).reduce((sum, value) => sum + value, 0);

/** The length of a code. @param {ArrayLike<number>} z */
export const norm = (z) => Math.sqrt(dot(z, z));

/**
 * The angle between two codes, 0 to pi; 0 where one is the origin.
 * @param {ArrayLike<number>} a
 * @param {ArrayLike<number>} b
 */
export function angle(a, b) {
  const [na, nb] = [norm(a), norm(b)];
  if (Math.min(na, nb) < 1e-9) return 0;
  const unitA = Array.from(a, (value) => value / na), unitB = Array.from(b, (value) => value / nb);
  // from the two half-chords: near 0 and pi the arc cosine alone has lost half of its digits
  return 2 * Math.atan2(norm(unitA.map((v, i) => v - unitB[i])), norm(unitA.map((v, i) => v + unitB[i])));
}

/**
 * On the straight line from a (t = 0) to b (t = 1).
 * @param {ArrayLike<number>} a
 * @param {ArrayLike<number>} b
 * @param {number} t
 * @returns {number[]}
 */
export const straight = (a, b, t) => Array.from(a, (value, i) => (1 - t) * value + t * b[i]);

/**
 * On the great circle from a (t = 0) to b (t = 1): Shoemake's slerp (1985),
 * sin((1 - t) w) / sin(w) * a + sin(t w) / sin(w) * b, w the angle between them. Parallel codes, or one at the origin,
 * have no plane: their arc is the line. Opposite ones have many: the arc goes through the coordinate axis most nearly
 * at right angles to them, and its length moves evenly from one to the other.
 * @param {ArrayLike<number>} a @param {ArrayLike<number>} b @param {number} t @returns {number[]}
 */
export function slerp(a, b, t) {
  if (t === 0 || t === 1) return Array.from(t === 0 ? a : b);
  const w = angle(a, b), sine = Math.sin(w);
  if (sine > 1e-6) return Array.from(a, (v, i) => (Math.sin((1 - t) * w) * v + Math.sin(t * w) * b[i]) / sine);
  return w < 1 ? straight(a, b, t) : halfTurn(a, b, t);
}

/** @param {ArrayLike<number>} a @param {ArrayLike<number>} b opposite to a @param {number} t @returns {number[]} */
function halfTurn(a, b, t) {
  const [na, nb] = [norm(a), norm(b)], sizes = Array.from(a, Math.abs), least = sizes.indexOf(Math.min(...sizes));
  const aside = Array.from(a, (v, i) => (i === least ? 1 : 0) - (a[least] * v) / na ** 2), length = norm(aside);
  const reach = (1 - t) * na + t * nb;
  return aside.map((v, i) => reach * (Math.cos(t * Math.PI) * a[i] / na + Math.sin(t * Math.PI) * v / length));
}

/**
 * `steps` codes along the great circle, both ends among them.
 * @param {ArrayLike<number>} a
 * @param {ArrayLike<number>} b
 * @param {number} steps
 */
export const greatCircle = (a, b, steps) =>
  Array.from({ length: steps }, (_, i) => slerp(a, b, steps < 2 ? 0 : i / (steps - 1)));

// ---- strips ---------------------------------------------------------------------------------------------------------

/**
 * Which of `count` frames are shown where `room` of them fit: evenly spaced, in order, first and last among them, and in
 * every case those of `must` (the current one, the worst one), each in the place of its neighbour.
 * @param {number} count
 * @param {number} room
 * @param {readonly number[]} must the most important first
 * @returns {number[]}
 */
export function shownFrames(count, room, must = []) {
  const n = Math.max(1, Math.min(count, Math.floor(room)));
  if (count <= 0) return [];
  const wanted = [...new Set(must)].filter((frame) => frame >= 0 && frame < count).slice(0, n);
  const list = Array.from({ length: n }, (_, k) => (n === 1 ? 0 : Math.round(k * (count - 1) / (n - 1))));
  for (const frame of wanted) if (!list.includes(frame)) list[replaceable(list, frame, wanted)] = frame;
  return list.sort((a, b) => a - b);
}

/**
 * The place of the frame nearest to `frame` that is not itself wanted.
 * @param {number[]} list
 * @param {number} frame
 * @param {number[]} wanted
 */
function replaceable(list, frame, wanted) {
  const far = (/** @type {number} */ k) => (wanted.includes(list[k]) ? Infinity : Math.abs(list[k] - frame));
  return list.reduce((best, _, k) => (far(k) < far(best) ? k : best), 0);
}
