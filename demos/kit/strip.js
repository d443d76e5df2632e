// A strip of frames that a pointer, a finger or keys scrub: a film, or the pictures along a path with bars below them.
// All frames are here already: scrubbing asks the server nothing.
import { draggable } from "./draggable.js";
import { css, el, onResize, onTheme, paint, sharp } from "./elements.js";
import { shownFrames } from "./geometry.js";
import { halo } from "./mapdraw.js";

/**
 * @typedef {object} Frames
 * @property {Uint8Array | Uint8ClampedArray} pictures count x 784 grey bytes, one frame after the other
 * @property {number} count
 * @property {readonly number[]} [confidence] of every frame, 0 to 1: a bar below it
 * @property {readonly boolean[]} [digits] is it a digit? the bar's colour
 * @property {number | null} [worst] the frame to be framed as the worst
 */
/**
 * @typedef {object} StripOptions
 * @property {string} label what the frames are, for screen readers
 * @property {AbortSignal} signal
 * @property {number} [height] of a frame, at most, in CSS pixels
 * @property {number} [least] a frame's smallest side: narrower, and frames are left out
 * @property {string} [colour] of the current frame's mark, a CSS variable: "--vae"
 * @property {(index: number) => string} [describe] what a screen reader says of a frame after "frame 3 of 17"
 * @property {(index: number, how: { drag: boolean }) => void} [onScrub]
 */

const BAR = 30; // pixels of a bar's height
const TEXT = 17; // pixels of the line of numbers below the bars

/** @param {StripOptions} options */
export const strip = (options) => new Strip(options);

export class Strip {
  /** @param {StripOptions} options */
  constructor(options) {
    this.options = options;
    const { label, signal } = options;
    this.canvas = el("canvas", { tabindex: 0, role: "slider", "aria-label": label, "aria-valuemin": 1 });
    this.element = el("div", { class: "strip" }, this.canvas);
    this.#write();
    draggable(this.canvas, {
      signal,
      axis: "x",
      keys: { step: 1, page: 5 },
      onMove: (point, _event, { moved }) => moved && this.#scrub(this.indexAt(point[0]), true),
      onEnd: (point, event) => event.type === "pointerup" && this.#scrub(this.indexAt(point[0]), false),
      onKeys: ([by]) => this.#scrub(this.index + by, false),
    });
    onResize(this.element, () => this.redraw(), signal);
    onTheme(() => this.redraw(), signal);
  }

  /** @type {Frames} */
  #frames = { pictures: new Uint8Array(0), count: 0 };
  /** @type {HTMLCanvasElement | null} */
  #sheet = null;
  index = 0;

  get count() {
    return this.#frames.count;
  }

  /** Other frames; the place in them is kept where it can be. @param {Frames} frames */
  set(frames) {
    this.#frames = frames;
    this.#sheet = el("canvas", { width: 28, height: Math.max(1, 28 * frames.count) });
    if (frames.count) paint(this.#sheet, frames.pictures);
    this.at(this.index);
  }

  /** The current frame, as the state has it; calls nobody. @param {number} index */
  at(index) {
    this.index = Math.max(0, Math.min(this.count - 1, Math.round(index)));
    this.#write();
    this.redraw();
  }

  /** The bytes of frame i. @param {number} i */
  frame(i) {
    return this.#frames.pictures.subarray(784 * i, 784 * (i + 1));
  }

  /** Which frames are shown, and the side of each in pixels. */
  layout() {
    const { height = 56, least = 30 } = this.options, width = this.element.clientWidth;
    const { count, worst } = this.#frames, must = worst == null ? [this.index] : [this.index, worst];
    const list = shownFrames(count, Math.max(1, width / least), must);
    return { list, cell: Math.min(height, width / Math.max(1, list.length)) };
  }

  /** The frame that a pixel means: the strip's two ends are the first and the last frame. @param {number} x */
  indexAt(x) {
    const { list, cell } = this.layout(), n = list.length;
    if (n < 2) return this.index;
    return Math.round(Math.max(0, Math.min(1, (x / cell - 0.5) / (n - 1))) * (this.count - 1));
  }

  /** @param {number} to @param {boolean} drag */
  #scrub(to, drag) {
    if (!this.count) return;
    const before = this.index;
    this.at(Math.max(0, Math.min(this.count - 1, to)));
    if (this.index !== before || !drag) this.options.onScrub?.(this.index, { drag });
  }

  #write() {
    const { canvas, index, count } = this, { confidence, digits } = this.#frames;
    const sure = confidence
      ? `, ${percent(confidence[index])} sure${digits && !digits[index] ? ", no digit" : ""}`
      : "";
    const more = count ? this.options.describe?.(index) : "";
    canvas.setAttribute("aria-valuemax", String(Math.max(1, count)));
    canvas.setAttribute("aria-valuenow", String(count ? index + 1 : 1));
    canvas.setAttribute("aria-valuetext", `frame ${index + 1} of ${count}${sure}${more ? `, ${more}` : ""}`);
  }

  redraw() {
    const { confidence, worst } = this.#frames;
    if (!this.count || !this.element.clientWidth) return;
    const { list, cell } = this.layout(), high = cell + (confidence ? BAR + TEXT + 5 : 0);
    const context = sharp(this.canvas, cell * list.length, high);
    list.forEach((frame, k) => this.#drawFrame(context, frame, k * cell, cell));
    if (confidence) list.forEach((frame, k) => this.#drawBar(context, frame, k * cell, cell));
    // the worst lies on its own tile, and so does the current one: layout() put both on the list
    const bottom = confidence ? cell + BAR + 4 : cell;
    if (worst != null) outline(context, list.indexOf(worst) * cell, cell, bottom, css("--wrong"), [5, 4]);
    outline(context, list.indexOf(this.index) * cell, cell, bottom, css(this.options.colour ?? "--accent"), []);
  }

  /** @param {CanvasRenderingContext2D} context @param {number} frame @param {number} x @param {number} cell */
  #drawFrame(context, frame, x, cell) {
    if (!this.#sheet) return;
    context.imageSmoothingEnabled = cell * (globalThis.devicePixelRatio || 1) < 56; // larger: pixels are to be seen
    context.imageSmoothingQuality = "high";
    context.save();
    context.beginPath();
    context.roundRect(x + 1, 1, cell - 2, cell - 2, 4);
    context.clip();
    context.drawImage(this.#sheet, 0, 28 * frame, 28, 28, x + 1, 1, cell - 2, cell - 2);
    context.restore();
  }

  /** @param {CanvasRenderingContext2D} context @param {number} frame @param {number} x @param {number} cell */
  #drawBar(context, frame, x, cell) {
    const { confidence = [], digits, worst } = this.#frames, top = cell + 3, width = cell - 6;
    const high = Math.max(1.5, BAR * confidence[frame]);
    context.fillStyle = css("--line");
    context.fillRect(x + 3, top, width, BAR);
    context.fillStyle = css(!digits ? "--ink-soft" : digits[frame] ? "--right" : "--wrong");
    context.fillRect(x + 3, top + BAR - high, width, high);
    if (frame !== this.index && frame !== worst) return;
    context.font = "600 13px system-ui, sans-serif";
    context.textAlign = "center";
    context.textBaseline = "top";
    context.fillStyle = frame === this.index ? css("--ink") : css("--wrong");
    const whole = this.canvas.clientWidth,
      text = percent(confidence[frame]),
      half = context.measureText(text).width / 2;
    if (frame === worst && frame !== this.index && this.#crowded(cell)) return;
    context.fillText(text, Math.max(half, Math.min(whole - half, x + cell / 2)), top + BAR + 3);
  }

  /** Would the numbers of the current and of the worst frame touch? @param {number} cell */
  #crowded(cell) {
    const { list } = this.layout(), { worst } = this.#frames;
    return worst != null && Math.abs(list.indexOf(worst) - list.indexOf(this.index)) * cell < 40;
  }
}

/** @param {number} share */
const percent = (share) => `${Math.round(100 * share)}%`;

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} x
 * @param {number} wide
 * @param {number} high
 * @param {string} colour
 * @param {number[]} dash
 */
function outline(context, x, wide, high, colour, dash) {
  for (const [ink, width] of /** @type {[string, number][]} */ ([[halo(), 5], [colour, 3]])) {
    context.strokeStyle = ink;
    context.lineWidth = width;
    context.setLineDash(width === 3 ? dash : []);
    context.beginPath();
    context.roundRect(x + 2, 2, wide - 4, high - 4, 4);
    context.stroke();
  }
  context.setLineDash([]);
}
