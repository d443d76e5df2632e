// How a latent map looks: decoded pictures, dots by class, names, the prior's circles, axes; the marks of what is
// pointed at, pinned and lit. Functions of a scene and a context; map.js owns both.
import { classMark } from "./classes.js";
import { context2d, css, dark, el } from "./elements.js";
import { eased, middles, priorWithin, spaced, toPixel } from "./geometry.js";
import { classColour } from "./ink.js";
import { ticks } from "./scale.js";

/** @import { Pair } from "./geometry.js" */
/** @import { Extent } from "./geometry.js" */
/** @import { View } from "./geometry.js" */
/** @import { Box } from "./geometry.js" */
/** @import { Sprite } from "./sprite.js" */
/** @typedef {(z: ArrayLike<number>) => Pair} ToPixel */
/**
 * What a view draws on a map: above the dots or below them. `place.scale` is pixels per unit, on both axes.
 * @typedef {(context: CanvasRenderingContext2D, toPixel: ToPixel, place: { scale: number, box: Box }) => void} Draw
 */
/**
 * @typedef {object} Scene
 * @property {ArrayLike<number>} points z1 and z2 in turns
 * @property {ArrayLike<number>} classes
 * @property {readonly string[]} names of the classes
 * @property {readonly [string, string]} axes
 * @property {Sprite | null} sprite
 * @property {HTMLCanvasElement | null} background the sprite, painted
 * @property {Extent} home
 * @property {View} view
 * @property {View} whole the view of all of `home`
 * @property {Box} box
 * @property {{ width: number, height: number }} size
 * @property {number} radius of a dot, in pixels on a map of 480
 * @property {ReadonlySet<number> | null} shown classes; null: all
 * @property {number | null} emphasised class
 * @property {{ sprite: boolean, points: boolean, names: boolean, rings: readonly number[] }} on
 * @property {number} lit number of a point, -1: none
 * @property {Pair | null} pinned
 * @property {Pair | null} hover
 * @property {Pair[]} trail
 * @property {Draw | null} over
 * @property {Draw | null} under
 * @property {{ from: Float32Array, time: number } | null} travel dots on their way from places in shares of the box
 */

const FONT = "system-ui, sans-serif";
export const TRAIL = 40; // positions that a trail keeps
const LATE = 0.3; // of a travel's time: by how much the last class starts after the first

export const halo = () => (dark() ? "rgba(8,12,18,.82)" : "rgba(255,255,255,.88)");

// ---- places ---------------------------------------------------------------------------------------------------------

/** The pixel of point i now, also on its way. @param {Scene} scene @param {number} i @returns {Pair} */
export function placeOf(scene, i) {
  const { points, view, box, travel } = scene;
  const there = toPixel(view, box, [points[2 * i], points[2 * i + 1]]);
  if (!travel) return there;
  const start = LATE * (scene.classes[i] % 10) / 10, t = (travel.time - start) / (1 - LATE);
  const share = eased(Math.min(1, Math.max(0, t)));
  const from = [box.x + travel.from[2 * i] * box.w, box.y + travel.from[2 * i + 1] * box.h];
  return [from[0] + share * (there[0] - from[0]), from[1] + share * (there[1] - from[1])];
}

/** Where all points are now, in shares of the box: another map's dots may set out from there. @param {Scene} scene */
export function placesOf(scene) {
  const { box } = scene, found = new Float32Array(scene.points.length);
  for (let i = 0; i < scene.classes.length; i++) {
    const [x, y] = placeOf(scene, i);
    found[2 * i] = (x - box.x) / box.w;
    found[2 * i + 1] = (y - box.y) / box.h;
  }
  return found;
}

/** Is class k among those shown? @param {Scene} scene @param {number} k */
export const isShown = (scene, k) => !scene.shown || scene.shown.has(k);

/** How near the view is: 1 shows all. @param {Scene} scene */
export const nearness = ({ view, whole }) => view.scale / whole.scale;

// ---- the decoded pictures -------------------------------------------------------------------------------------------

/**
 * The sprite as one canvas: grey becomes the opacity of the page's ink, light on dark, dark on light.
 * @param {Sprite} sprite
 */
export function paintSprite(sprite) {
  const side = sprite.cell ?? 28, width = sprite.columns * side, height = sprite.rows * side;
  const canvas = el("canvas", { width, height }), context = context2d(canvas);
  const image = context.createImageData(width, height), pixels = new Uint32Array(image.data.buffer);
  const [r, g, b] = dark() ? [238, 243, 249] : [20, 32, 46], colour = r | (g << 8) | (b << 16);
  let from = 0;
  for (let row = 0; row < sprite.rows; row++) {
    for (let column = 0; column < sprite.columns; column++) {
      for (let y = 0; y < side; y++) {
        let to = (row * side + y) * width + column * side;
        for (let x = 0; x < side; x++) pixels[to++] = colour | (sprite.bytes[from++] << 24);
      }
    }
  }
  context.putImageData(image, 0, 0);
  return canvas;
}

/** @param {CanvasRenderingContext2D} context @param {Scene} scene */
function drawBackground(context, { sprite, background, on, view, box, travel }) {
  if (!on.sprite || !sprite || !background || travel) return;
  const [x0, x1, y0, y1] = sprite.extent, [left, top] = toPixel(view, box, [x0, y1]);
  const [right, bottom] = toPixel(view, box, [x1, y0]);
  context.globalAlpha = on.points ? 0.42 : 0.95;
  context.imageSmoothingQuality = "high";
  context.drawImage(background, left, top, right - left, bottom - top);
  context.globalAlpha = 1;
}

// ---- the dots -------------------------------------------------------------------------------------------------------

/** A dot's radius: larger on a large map and, slowly, as the view comes nearer. @param {Scene} scene */
const radiusOf = (scene) => {
  const size = Math.min(1.35, Math.max(0.72, scene.box.w / 440));
  return scene.radius * size * Math.min(2.4, Math.max(0.8, nearness(scene) ** 0.4));
};

/** How opaque the dots are: many are lighter. @param {number} count of those shown */
const alphaOf = (count) => Math.min(0.92, 0.38 + 400 / Math.max(1, count));

/** Each class's mark, drawn once and copied thousands of times. @param {number} radius @param {number} ratio */
function stamps(radius, ratio) {
  const box = 2 * (radius + 2);
  return Array.from({ length: 10 }, (_, k) => {
    const stamp = el("canvas", { width: Math.ceil(box * ratio), height: Math.ceil(box * ratio) });
    const context = context2d(stamp);
    context.scale(ratio, ratio);
    classMark(context, k, box / 2, box / 2, radius);
    context.fillStyle = classColour(k);
    context.fill();
    context.lineWidth = 0.5;
    context.strokeStyle = halo();
    context.stroke();
    return stamp;
  });
}

/** How many dots are shown. @param {Scene} scene */
function shownOf(scene) {
  if (!scene.shown) return scene.classes.length;
  return Array.from(scene.classes).filter((k) => isShown(scene, k)).length;
}

/** @param {CanvasRenderingContext2D} context @param {Scene} scene */
function drawDots(context, scene) {
  const { classes, box, emphasised } = scene, radius = radiusOf(scene), side = 2 * (radius + 2);
  const marks = stamps(radius, Math.min(3, globalThis.devicePixelRatio || 1)), alpha = alphaOf(shownOf(scene));
  for (let i = 0; i < classes.length; i++) {
    const k = classes[i];
    if (!isShown(scene, k)) continue;
    const [x, y] = placeOf(scene, i);
    if (x < box.x - 9 || x > box.x + box.w + 9 || y < box.y - 9 || y > box.y + box.h + 9) continue;
    context.globalAlpha = emphasised === null ? alpha : k === emphasised ? 0.95 : 0.1;
    context.drawImage(marks[k % 10], x - side / 2, y - side / 2, side, side);
  }
  context.globalAlpha = 1;
}

/** Text that is read on any ground. @param {CanvasRenderingContext2D} context @param {string} text @param {Pair} at */
function haloed(context, text, [x, y]) {
  context.lineWidth = 4;
  context.lineJoin = "round";
  context.strokeStyle = halo();
  context.strokeText(text, x, y);
  context.fillText(text, x, y);
}

/**
 * The classes' names where the middle of their points lies.
 * @param {CanvasRenderingContext2D} context
 * @param {Scene} scene
 */
function drawNames(context, scene) {
  if (!scene.on.names || !scene.on.points || scene.travel) return;
  const long = scene.names.some((name) => name.length > 2);
  context.font = `700 ${long ? 13 : 20}px ${FONT}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  const found = middles(scene.points, scene.classes, scene.names.length);
  const seen = [...found.keys()].filter((k) => found[k] && isShown(scene, k) && [null, k].includes(scene.emphasised));
  const places = spaced(seen.map((k) => toPixel(scene.view, scene.box, found[k] ?? [0, 0])), long ? 18 : 21);
  seen.forEach((k, i) => {
    context.fillStyle = classColour(k);
    haloed(context, scene.names[k], places[i]);
  });
}

// ---- the prior ------------------------------------------------------------------------------------------------------

/**
 * Circles of N(0, I) above the dots: thin, each with its radius.
 * @param {CanvasRenderingContext2D} context
 * @param {Scene} scene
 */
function drawRings(context, { on, view, box, travel }) {
  if (travel) return;
  const [x, y] = toPixel(view, box, [0, 0]);
  context.font = `13px ${FONT}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  for (const radius of on.rings) {
    for (const [colour, width] of /** @type {[string, number][]} */ ([[halo(), 3], [css("--ink"), 1.2]])) {
      context.strokeStyle = colour;
      context.lineWidth = width;
      context.beginPath();
      context.arc(x, y, radius * view.scale, 0, 2 * Math.PI);
      context.stroke();
    }
    context.fillStyle = css("--ink");
    const along = radius * view.scale * Math.SQRT1_2;
    haloed(context, String(radius), [x + along, y - along]);
  }
}

/** What the circles say. @param {readonly number[]} rings */
export const ringWords = (rings) =>
  `N(0, I): ${rings.map((r) => `${Math.round(100 * priorWithin(r))}% within ${r}`).join(", ")}`;

// ---- the frame ------------------------------------------------------------------------------------------------------

/** @param {CanvasRenderingContext2D} context @param {Box} box @param {number} [corner] */
function framed(context, { x, y, w, h }, corner = 8) {
  context.beginPath();
  context.roundRect(x, y, w, h, corner);
}

/** @param {number} value */
const written = (value) => String(value).replace("-", "−");

/** Lines through the origin. @param {CanvasRenderingContext2D} context @param {Scene} scene */
function drawOrigin(context, { view, box }) {
  const [x, y] = toPixel(view, box, [0, 0]);
  context.strokeStyle = css("--line");
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(x, box.y);
  context.lineTo(x, box.y + box.h);
  context.moveTo(box.x, y);
  context.lineTo(box.x + box.w, y);
  context.stroke();
}

/** @param {CanvasRenderingContext2D} context @param {Scene} scene */
function drawAxes(context, { view, box, axes, travel }) {
  framed(context, { x: box.x + 0.5, y: box.y + 0.5, w: box.w - 1, h: box.h - 1 });
  context.strokeStyle = css("--line");
  context.lineWidth = 1;
  context.stroke();
  context.fillStyle = css("--ink-soft");
  context.font = `13px ${FONT}`;
  const [wide, high] = [box.w / view.scale / 2, box.h / view.scale / 2];
  context.textAlign = "center";
  context.textBaseline = "top";
  for (const t of travel || !axes[0] ? [] : ticks(view.x - wide, view.x + wide, Math.max(3, box.w / 64))) {
    const [x] = toPixel(view, box, [t, 0]);
    if (x > box.x + 8 && x < box.x + box.w - 24) context.fillText(written(t), x, box.y + box.h + 5);
  }
  context.textAlign = "right";
  context.fillText(axes[0], box.x + box.w - 2, box.y + box.h + 5);
  context.textBaseline = "middle";
  for (const t of travel || !axes[1] ? [] : ticks(view.y - high, view.y + high, Math.max(3, box.h / 64))) {
    const [, y] = toPixel(view, box, [0, t]);
    if (y > box.y + 24 && y < box.y + box.h - 6) context.fillText(written(t), box.x - 6, y);
  }
  context.fillText(axes[1], box.x - 6, box.y + 9);
}

/** @param {CanvasRenderingContext2D} context @param {Scene} scene @param {Draw | null} draw */
function drawGuest(context, { view, box, travel }, draw) {
  if (!draw || travel) return;
  context.save();
  draw(context, (z) => toPixel(view, box, z), { scale: view.scale, box });
  context.restore();
}

/** All that stays while a pointer moves. @param {CanvasRenderingContext2D} context @param {Scene} scene */
export function drawBase(context, scene) {
  context.clearRect(0, 0, scene.size.width, scene.size.height);
  context.save();
  framed(context, scene.box);
  context.fillStyle = css("--paper");
  context.fill();
  context.clip();
  drawBackground(context, scene);
  drawGuest(context, scene, scene.under);
  if (!scene.travel) drawOrigin(context, scene);
  if (scene.on.points) drawDots(context, scene);
  drawRings(context, scene);
  drawNames(context, scene);
  context.restore();
  drawAxes(context, scene);
}

// ---- the marks ------------------------------------------------------------------------------------------------------

/**
 * Stroke the current path twice, light under dark.
 * @param {CanvasRenderingContext2D} context
 * @param {string} colour
 * @param {number} width
 */
function twice(context, colour, width) {
  context.lineCap = "round";
  for (const [ink, wide] of /** @type {[string, number][]} */ ([[halo(), width + 3], [colour, width]])) {
    context.strokeStyle = ink;
    context.lineWidth = wide;
    context.stroke();
  }
}

/**
 * Pinned: a cross with a full middle, or around a dot that is lit.
 * @param {CanvasRenderingContext2D} context
 * @param {Pair} at
 * @param {{ reach?: number, hollow?: boolean }} [options]
 */
export function markPinned(context, [x, y], { reach = 15, hollow = false } = {}) {
  const [from, to] = hollow ? [12, reach + 5] : [7, reach];
  context.beginPath();
  for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
    context.moveTo(x + from * dx, y + from * dy);
    context.lineTo(x + to * dx, y + to * dy);
  }
  twice(context, css("--accent"), 2.5);
  if (hollow) return;
  context.beginPath();
  context.arc(x, y, 3.5, 0, 2 * Math.PI);
  twice(context, css("--accent"), 1.5);
  context.fillStyle = css("--accent");
  context.fill();
}

/**
 * Pointed at: a ring; while something is pinned only a thin ghost of it.
 * @param {CanvasRenderingContext2D} context
 * @param {Pair} at
 * @param {boolean} [ghost]
 */
export function markHover(context, [x, y], ghost = false) {
  context.beginPath();
  context.arc(x, y, ghost ? 6 : 8, 0, 2 * Math.PI);
  context.setLineDash(ghost ? [2.5, 3.5] : []);
  twice(context, css("--ink"), ghost ? 1.2 : 2);
  context.setLineDash([]);
}

/**
 * Lit: the dot itself, large, with an outline.
 * @param {CanvasRenderingContext2D} context
 * @param {Pair} at
 * @param {number} k class
 * @param {number} [radius]
 */
export function markLit(context, [x, y], k, radius = 7.5) {
  classMark(context, k, x, y, radius);
  context.lineJoin = "round";
  context.strokeStyle = halo();
  context.lineWidth = 7;
  context.stroke();
  context.strokeStyle = css("--ink");
  context.lineWidth = 3.5;
  context.stroke();
  context.fillStyle = classColour(k);
  context.fill();
}

/** @param {CanvasRenderingContext2D} context @param {Scene} scene */
function drawTrail(context, { trail, view, box }) {
  context.strokeStyle = css("--accent");
  context.lineWidth = 2.5;
  context.lineCap = "round";
  for (let i = 1; i < trail.length; i++) {
    context.globalAlpha = 0.75 * i / trail.length;
    context.beginPath();
    context.moveTo(...toPixel(view, box, trail[i - 1]));
    context.lineTo(...toPixel(view, box, trail[i]));
    context.stroke();
  }
  context.globalAlpha = 1;
}

/** @param {Pair} a @param {Pair} b */
const apart = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1]);

/** What follows the pointer and the state. @param {CanvasRenderingContext2D} context @param {Scene} scene */
export function drawTop(context, scene) {
  const { size, box, view, lit, classes, pinned, hover } = scene;
  context.clearRect(0, 0, size.width, size.height);
  context.save();
  framed(context, box);
  context.clip();
  if (!scene.travel) drawTrail(context, scene);
  drawGuest(context, scene, scene.over);
  const dot = lit >= 0 && lit < classes.length ? placeOf(scene, lit) : null;
  if (dot) markLit(context, dot, classes[lit]);
  if (!scene.travel) {
    const cross = pinned && toPixel(view, box, pinned), ring = hover && toPixel(view, box, hover);
    if (cross) markPinned(context, cross, { hollow: !!dot && apart(dot, cross) < 8 });
    if (ring && !(cross && apart(ring, cross) < 12)) markHover(context, ring, !!cross);
  }
  context.restore();
}
