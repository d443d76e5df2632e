// What a visitor's picture is in the state and in the link: strokes, an example or a photo; and where a picture comes
// from: drawn, a test picture, a class's mean, a sample. Whoever opens the link sees the same pixels. Pure: no document.

import { rasterise, RAW, SIDE, toMnist } from "./strokes.js";

/** @import { Field } from "./state.js" */
/** @import { Stroke, Strokes } from "./strokes.js" */
/** @typedef {readonly Strokes[]} Examples */
/** @typedef {{ strokes: Strokes } | { example: number } | { photo: string }} Drawing */
/**
 * @typedef {{ kind: "drawn", drawing: Drawing } | { kind: "picked", class: number, index: number } |
 *   { kind: "mean", class: number } | { kind: "sampled", seed: number }} Source
 */
/** @typedef {Source["kind"]} Kind */
/** What demos/vae/sources.py takes.
 * @typedef {{ picture: Uint8Array<ArrayBuffer> } | { class: number, index: number } | { mean: number } |
 *   { seed: number }} AskedSource */

export const GRID = 256; // strokes lie on the middles of GRID x GRID cells, as they are drawn and as they are sent
const SPACING = 5 / GRID; // between two points of a stroke: about half a pixel of the networks' 28
export const LONGEST = 1500; // characters of a drawing: about 700 points, and one drawing fits any link
const CLASSES = 10;
const MOST_CLASSES = 100; // of pictures of one's own
const LARGEST_INDEX = 1e6, LARGEST_SEED = 2147483647;

// ---- strokes ---------------------------------------------------------------------------------------------------------

/** @param {number} share in [0, 1] @returns {number} the cell, 0 to GRID - 1 */
const cell = (share) => Math.max(0, Math.min(GRID - 1, Math.floor(share * GRID) || 0));

/** A coordinate on the grid. @param {number} share */
export const onGrid = (share) => (cell(share) + 0.5) / GRID;

/** @param {Strokes} strokes @returns {Strokes} */
const allOnGrid = (strokes) => strokes.map((stroke) => stroke.map(([x, y]) => [onGrid(x), onGrid(y)]));

/**
 * A stroke with the pen at (x, y): its points are SPACING apart or more, and the last is where the pen is.
 * @param {Stroke} stroke
 * @param {number} x in [0, 1]
 * @param {number} y
 * @returns {Stroke}
 */
export function extended(stroke, x, y) {
  const tip = [onGrid(x), onGrid(y)], end = stroke.length;
  const far = (/** @type {number} */ at) =>
    Math.max(Math.abs(stroke[at][0] - tip[0]), Math.abs(stroke[at][1] - tip[1]));
  if (end && far(end - 1) === 0) return stroke;
  // The last point was only the pen's place so far, unless it lies apart from the one before it: then it stays.
  const settled = end < 2 ||
    Math.hypot(stroke[end - 1][0] - stroke[end - 2][0], stroke[end - 1][1] - stroke[end - 2][1]) >= SPACING;
  const kept = settled ? stroke : stroke.slice(0, -1);
  return kept.length && kept.length < end && far(kept.length - 1) === 0 ? kept : [...kept, tip];
}

// A text of base64url: a stroke begins with its cell in three characters (x * GRID + y); each next point is its way from
// the one before, dx + 32 and dy + 32 in a character each. Two ways that no point takes are signs: "gg" (0, 0) begins
// the next stroke, "AA" (-32, -32) is followed by the point's own cell, because the way is too long.
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const VALUES = new Map([...LETTERS].map((letter, value) => [letter, value]));
const HALF = 32;
const NEXT = LETTERS[HALF] + LETTERS[HALF], FAR = LETTERS[0] + LETTERS[0];

/** Strokes as text of A-Z a-z 0-9 - _. They are rounded to the grid. @param {Strokes} strokes */
export function encodeStrokes(strokes) {
  const place = (/** @type {number[]} */ [x, y]) => {
    const code = x * GRID + y;
    return LETTERS[code >> 12] + LETTERS[(code >> 6) & 63] + LETTERS[code & 63];
  };
  return strokes.filter((stroke) => stroke.length).map((stroke) => {
    const cells = stroke.map((point) => point.map(cell));
    return cells.map((point, i) => {
      if (!i) return place(point);
      const dx = point[0] - cells[i - 1][0], dy = point[1] - cells[i - 1][1];
      const near = Math.abs(dx) < HALF && Math.abs(dy) < HALF && (dx || dy);
      return near ? LETTERS[dx + HALF] + LETTERS[dy + HALF] : FAR + place(point);
    }).join("");
  }).join(NEXT);
}

/** Does a drawing fit into a link, with `more` points at its end? @param {Strokes} strokes @param {number} [more] */
export const fits = (strokes, more = 0) => encodeStrokes(strokes).length + 5 * more <= LONGEST;

/** The strokes of a text, or undefined where it is none. @param {string} text @returns {Strokes | undefined} */
export function decodeStrokes(text) {
  if (text.length > LONGEST) return undefined;
  /** @type {[number, number][][]} */
  const strokes = [];
  let at = 0, x = 0, y = 0;
  const place = () => {
    const [a, b, c] = [...text.slice(at, at + 3)].map((letter) => VALUES.get(letter));
    at += 3;
    if (a === undefined || b === undefined || c === undefined || a > 15) {
      return false;
    }
    [x, y] = [(a << 4) | (b >> 2), ((b & 3) << 6) | c];
    return true;
  };
  while (at < text.length) {
    const sign = strokes.length ? text.slice(at, at + 2) : NEXT;
    if (strokes.length) at += 2;
    if (sign === NEXT || sign === FAR) {
      if (!place()) return undefined;
    } else {
      const dx = VALUES.get(sign[0]), dy = VALUES.get(sign[1]);
      if (dx === undefined || dy === undefined) return undefined;
      [x, y] = [x + dx - HALF, y + dy - HALF];
    }
    if (x < 0 || x >= GRID || y < 0 || y >= GRID) return undefined;
    if (sign === NEXT) strokes.push([]);
    strokes[strokes.length - 1].push([(x + 0.5) / GRID, (y + 0.5) / GRID]);
  }
  return strokes;
}

// ---- photos ----------------------------------------------------------------------------------------------------------

// 28 x 28 pixels of 16 greys, four bits each, three in two characters. After a 0 or a 15 stands how often it comes
// again; 15 times, and the count goes on in the next four bits.
const WHITE = 15;

/** A picture of 28 x 28 bytes as text, in 16 greys. @param {ArrayLike<number>} grey */
export function encodePhoto(grey) {
  const greys = Array.from(grey, (value) => Math.round(value / 17));
  /** @type {number[]} */
  const parts = [];
  for (let at = 0; at < greys.length;) {
    const value = greys[at];
    let again = 0;
    while ((value === 0 || value === WHITE) && greys[at + again + 1] === value) again++;
    parts.push(value);
    at += again + 1;
    if (value !== 0 && value !== WHITE) continue;
    for (; again >= 15; again -= 15) parts.push(15);
    parts.push(again);
  }
  while (parts.length % 3) parts.push(0);
  let text = "";
  for (let i = 0; i < parts.length; i += 3) {
    const bits = (parts[i] << 8) | (parts[i + 1] << 4) | parts[i + 2];
    text += LETTERS[bits >> 6] + LETTERS[bits & 63];
  }
  return text;
}

/** The 28 x 28 bytes of a text, or undefined where it is none. @param {string} text @returns {Uint8Array<ArrayBuffer> | undefined} */
export function decodePhoto(text) {
  if (text.length % 2 || text.length > LONGEST) return undefined;
  /** @type {number[]} */
  const parts = [];
  for (let i = 0; i < text.length; i += 2) {
    const high = VALUES.get(text[i]), low = VALUES.get(text[i + 1]);
    if (high === undefined || low === undefined) return undefined;
    const bits = (high << 6) | low;
    parts.push(bits >> 8, (bits >> 4) & 15, bits & 15);
  }
  const grey = new Uint8Array(SIDE * SIDE);
  let at = 0, part = 0;
  while (at < grey.length && part < parts.length) {
    const value = parts[part++];
    let count = 1;
    if (value === 0 || value === WHITE) {
      let more = 15;
      while (more === 15 && part < parts.length) count += more = parts[part++];
      if (more === 15) return undefined;
    }
    if (at + count > grey.length) return undefined;
    grey.fill(17 * value, at, at += count);
  }
  return at === grey.length && parts.length - part < 3 ? grey : undefined;
}

// ---- the field of a drawing, and its pixels --------------------------------------------------------------------------

/** A whole number of a link from 0 to `most`. @param {string} text @param {number} most */
function wholeOf(text, most) {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : NaN;
  return value <= most ? value : undefined;
}

/** @param {Drawing} value */
const writeDrawing = (value) => {
  if ("example" in value) return String(value.example);
  return "photo" in value ? `p${value.photo}` : `s${encodeStrokes(value.strokes)}`;
};

/** @param {string} text @param {number} examples how many there are @returns {Drawing | undefined} */
const parseDrawing = (text, examples) => {
  if (text.startsWith("s")) {
    const strokes = decodeStrokes(text.slice(1));
    return strokes && { strokes };
  }
  if (text.startsWith("p")) {
    return decodePhoto(text.slice(1)) && { photo: text.slice(1) };
  }
  const example = wholeOf(text, examples - 1);
  return example === undefined ? undefined : { example };
};

/**
 * The field of a drawing: `examples` is how many examples its pad has.
 * @param {{ start?: Drawing, examples?: number, was?: string }} [options]
 * @returns {Field<Drawing>}
 */
export const drawing = (
  { start = { strokes: [] }, examples = CLASSES, was } = {},
) => ({ start, was, parse: (text) => parseDrawing(text, examples), write: writeDrawing, same: sameDrawing });

/** @param {Drawing} a @param {Drawing} b */
export const sameDrawing = (a, b) => a === b || writeDrawing(a) === writeDrawing(b);

/** The strokes of a drawing on the grid, as they are drawn and sent; none of a photo.
 * @param {Drawing} value @param {Examples} [examples] @returns {Strokes} */
export function strokesOf(value, examples = []) {
  if ("strokes" in value) return allOnGrid(value.strokes);
  return "example" in value ? examples[value.example] ?? [] : [];
}

/** The same drawing on another pad: it no longer depends on the examples of its own.
 * @param {Drawing} value @param {Examples} examples @returns {Drawing} */
export const detached = (value, examples) => "example" in value ? { strokes: strokesOf(value, examples) } : value;

/** @typedef {{ raw: Uint8Array<ArrayBuffer>, pixels?: Uint8Array<ArrayBuffer> }} Pixels */
/** @type {WeakMap<object, Pixels>} */
const known = new WeakMap();

/** @param {Drawing} value @param {Examples} examples @returns {Pixels} */
function made(value, examples) {
  const key = "example" in value ? examples[value.example] ?? value : value;
  let found = known.get(key);
  if (!found) {
    if ("photo" in value) {
      const pixels = decodePhoto(value.photo) ?? new Uint8Array(SIDE * SIDE), times = RAW / SIDE;
      const raw = Uint8Array.from(
        { length: RAW * RAW },
        (_, at) =>
          pixels[
            Math.floor(at / RAW / times) * SIDE + Math.floor((at % RAW) / times)
          ],
      );
      found = { raw, pixels };
    } else found = { raw: rasterise(strokesOf(value, examples)) };
    known.set(key, found);
  }
  return found;
}

/** The drawing as it was drawn: 112 x 112 bytes. They are shared: do not write into them.
 * @param {Drawing} value @param {Examples} [examples] */
export const raw = (value, examples = []) => made(value, examples).raw;

/** What the networks see of the drawing: MNIST's 28 x 28 bytes. They are shared: do not write into them.
 * @param {Drawing} value @param {Examples} [examples] */
export function pixels(value, examples = []) {
  const found = made(value, examples);
  return found.pixels ??= toMnist(found.raw, RAW);
}

// ---- the field of a source -------------------------------------------------------------------------------------------

/** @param {Source} value */
const writeSource = (value) => {
  if (value.kind === "drawn") return `drawn-${writeDrawing(value.drawing)}`;
  if (value.kind === "picked") return `picked-${value.class}-${value.index}`;
  return value.kind === "mean" ? `mean-${value.class}` : `sampled-${value.seed}`;
};

/** @param {string} text @param {readonly Kind[]} kinds @param {number} examples @returns {Source | undefined} */
function parseSource(text, kinds, examples) {
  const bare = /^\d$/.test(text); // older links had the digit alone
  const kind = bare ? kinds[0] : kinds.find((one) => text.startsWith(`${one}-`));
  if (!kind) return undefined;
  const rest = bare ? text : text.slice(kind.length + 1),
    [first, second = "0", ...more] = rest.split("-");
  if (kind === "drawn") {
    const drawing = parseDrawing(rest, examples);
    return drawing && { kind, drawing };
  }
  const number = wholeOf(first, kind === "sampled" ? LARGEST_SEED : MOST_CLASSES - 1),
    index = wholeOf(second, LARGEST_INDEX);
  if (number === undefined || index === undefined || more.length) {
    return undefined;
  }
  if (kind === "picked") return { kind, class: number, index };
  if (index) return undefined;
  return kind === "mean" ? { kind, class: number } : { kind, seed: number };
}

/**
 * The field of a source, of one of `kinds`.
 * @param {{ kinds?: readonly Kind[], start?: Source, examples?: number, was?: string }} [options]
 * @returns {Field<Source> & { kinds: readonly Kind[] }}
 */
export const sourceField = (
  { kinds = ["drawn", "picked", "sampled"], start = firstOf(kinds[0]), examples = CLASSES, was } = {},
) => ({
  kinds,
  start,
  was,
  parse: (text) => parseSource(text, kinds, examples),
  write: writeSource,
  same: (a, b) => a === b || writeSource(a) === writeSource(b),
});

/** Where a source of that kind begins. @param {Kind} kind @param {number} [digit] @param {number} [seed] @returns {Source} */
export const firstOf = (kind, digit = 3, seed = 0) => {
  if (kind === "drawn") return { kind, drawing: { example: digit } };
  if (kind === "picked") return { kind, class: digit, index: 0 };
  return kind === "mean" ? { kind, class: digit } : { kind, seed };
};

/** The next of its kind: another test picture of the class, another sample. @param {Source} value @returns {Source} */
export const another = (value) => {
  if (value.kind === "picked") {
    return { ...value, index: (value.index + 1) % (LARGEST_INDEX + 1) };
  }
  return value.kind === "sampled" ? { ...value, seed: (value.seed + 1) % (LARGEST_SEED + 1) } : value;
};

/**
 * A source as the server's functions take it.
 * @param {Source} value
 * @param {Examples} [examples]
 * @returns {AskedSource}
 */
export function asSource(value, examples = []) {
  if (value.kind === "drawn") {
    return { picture: pixels(value.drawing, examples) };
  }
  if (value.kind === "picked") {
    return { class: value.class, index: value.index };
  }
  return value.kind === "mean" ? { mean: value.class } : { seed: value.seed };
}
