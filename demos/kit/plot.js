// The one plot of the page: curves, marks, bars and bands over linear or logarithmic axes, with a legend in words,
// and a cursor that pointer, finger and arrow keys move.
//
//   const plot = kit.plot({ label: "Error against the width of the code", signal,
//     x: { label: "numbers in the code", scale: "log", ticks: [2, 8, 32] }, y: { label: "MSE" },
//     onCursor: (width) => state.set({ width }) });
//   plot.show([{ name: "VAE", colour: "vae", mark: 0, points: [[2, 0.04], [8, 0.02]] }], { cursor: 8 });
import { context2d, el, onResize, onTheme, sharp, still } from "./elements.js";
import * as draw from "./plotdraw.js";
import { placeWords, reading, stepsOf, summary, valueAt, valueWords } from "./plottext.js";
import { axisRange, extent } from "./scale.js";

/**
 * @typedef {object} Axis
 * @property {string} [label] with its unit
 * @property {import("./scale.js").ScaleKind} [scale] "linear" (the default), "log" or "log1p" (logarithmic, with a 0)
 * @property {number} [low] a fixed end: what goes beyond it is seen to leave
 * @property {number} [high]
 * @property {boolean} [zero] 0 belongs to the range
 * @property {boolean} [whole] no tick between two whole numbers
 * @property {boolean} [percent] shares, written as per cent
 * @property {readonly number[]} [ticks] where they are not left to the plot
 * @property {(value: number) => string} [words] a tick in words
 * @property {(value: number) => string} [reads] a value under the cursor in words
 */
/** @typedef {readonly [x: number, y: number | null]} PlotPoint null: a gap in the line */
/**
 * @typedef {object} Series
 * @property {string} [name] in the legend; without one it is not listed
 * @property {string} [colour] a name such as "vae", "ae", "pca", "ink", "class 3", or a CSS colour
 * @property {readonly PlotPoint[]} points
 * @property {"line" | "marks" | "bars"} [kind]
 * @property {number} [mark] the shape of that class
 * @property {number} [size] of the marks, 5 unless given
 * @property {readonly number[]} [dash]
 * @property {number} [width] of the line
 * @property {boolean} [fill] the area between line and zero is tinted
 * @property {readonly (readonly [x: number, low: number, high: number])[]} [band] a spread
 * @property {(index: number) => string | undefined} [colourOf] a colour of its own for one bar or mark
 */
/**
 * A line across the plot, at x or at y.
 * @typedef {{x?: number, y?: number, name?: string, colour?: string, below?: boolean}} PlotLine
 */
/**
 * @typedef {object} PlotShown
 * @property {number | null} [cursor]
 * @property {readonly PlotLine[]} [lines]
 * @property {readonly [low: number, high: number]} [x] the ends of the axis from now on
 * @property {readonly [low: number, high: number]} [y]
 * @property {string} [words] what a screen reader says instead of the plot's own summary
 * @property {(g: CanvasRenderingContext2D, X: (v: number) => number, Y: (v: number) => number) => void} [after]
 */
/**
 * @typedef {object} PlotOptions
 * @property {string} label what the plot shows
 * @property {AbortSignal} signal
 * @property {number} [height] in CSS pixels
 * @property {Axis} [x]
 * @property {Axis} [y]
 * @property {boolean} [cursor] values are read under the pointer; so they are where onCursor is given
 * @property {readonly number[]} [steps] where the cursor stops, if not at the x of the points
 * @property {(x: number) => void} [onCursor]
 * @property {(at: {x: number, y: number}, phase: "start" | "move" | "end") => void} [onDrag] instead of a cursor
 */

const EASE = 240; // milliseconds of a bar's way to its new height
const KEYS = {
  ArrowRight: 1,
  ArrowUp: 1,
  ArrowLeft: -1,
  ArrowDown: -1,
  PageUp: 5,
  PageDown: -5,
  Home: -Infinity,
  End: Infinity,
};

/** @param {PlotOptions} options */
export const plot = (options) => new Plot(options);

export class Plot {
  /** @type {readonly Series[]} */
  #series = [];
  /** @type {PlotShown} */
  #shown = {};
  /** @type {number | null} */
  #cursor = null;
  #pinned = false;
  /** @type {draw.Frame | null} */
  #frame = null;
  /** @type {number[][]} the heights of the bars as drawn now, one list for each series */
  #heights = [];
  #frameId = 0;

  /** @param {PlotOptions} options */
  constructor(options) {
    this.options = options;
    this.canvas = el("canvas", { class: "plot-canvas" });
    this.legend = el("div", { class: "plot-legend" });
    this.stage = el("div", { class: "plot-stage" }, this.canvas);
    this.stage.style.height = `${options.height ?? 280}px`;
    this.element = el("div", { class: `plot${this.#reads ? " reads" : ""}` }, this.legend, this.stage);
    if (options.onDrag) this.#listenToDrags(options.onDrag);
    else if (this.#reads) this.#listenToCursor();
    this.#speak();
    onResize(this.stage, () => this.#paint(), options.signal);
    onTheme(() => this.redraw(), options.signal);
    options.signal.addEventListener("abort", () => cancelAnimationFrame(this.#frameId));
  }

  get #reads() {
    return Boolean(this.options.cursor || this.options.onCursor);
  }

  /** Where the cursor can stop. */
  get #steps() {
    return this.options.steps ?? stepsOf(this.#series);
  }

  /** @returns {Axis} */
  get #x() {
    const [low, high] = this.#shown.x ?? [];
    return { ...this.options.x, ...(low === undefined ? {} : { low, high }) };
  }

  /** @returns {Axis} */
  get #y() {
    const [low, high] = this.#shown.y ?? [];
    return { ...this.options.y, ...(low === undefined ? {} : { low, high }) };
  }

  /** Show these series. @param {readonly Series[]} series @param {PlotShown} [shown] */
  show(series, shown = {}) {
    this.#series = series;
    this.#shown = shown;
    if (shown.cursor !== undefined) this.#cursor = shown.cursor;
    this.#ease();
    this.#writeLegend();
    this.#speak();
    this.#paint();
  }

  /** Move the cursor; null takes it away. @param {number | null} at */
  cursor(at) {
    this.#cursor = at;
    this.#writeValues();
    this.#speak();
    this.#paint();
  }

  /** Draw again: the colours have changed. */
  redraw() {
    this.#writeLegend();
    this.#paint();
  }

  /** The values under a pointer. @param {MouseEvent} event */
  at(event) {
    const box = this.canvas.getBoundingClientRect(), frame = this.#frame;
    if (!frame) return { x: NaN, y: NaN };
    return { x: frame.x.from(event.clientX - box.left), y: frame.y.from(event.clientY - box.top) };
  }

  #ranges() {
    const bars = this.#series.filter((one) => one.kind === "bars"), spacing = barSpacing(bars);
    const xs = this.#series.flatMap((one) => one.points.map(([x]) => x));
    if (bars.length) xs.push(...bars.flatMap((one) => one.points.flatMap(([x]) => [x - spacing / 2, x + spacing / 2])));
    const ys = this.#series.flatMap((one) => [
      ...one.points.map(([, y]) => y),
      ...(one.band ?? []).flatMap(([, low, high]) => [low, high]),
    ]);
    const x = this.#x, y = { zero: bars.length > 0, ...this.#y };
    return { x, y, spacing, xRange: axisRange(x, xs, true), yRange: axisRange(y, ys) };
  }

  #paint() {
    const width = this.stage.clientWidth, height = this.stage.clientHeight;
    if (!width || !height) return;
    const g = sharp(this.canvas, width, height), axes = this.#ranges();
    g.font = draw.font(width);
    const frame = this.#frame = draw.layout(g, { width, height }, axes);
    const at = this.#cursor, text = at === null ? "" : this.#cursorWords(at);
    draw.drawFrame(g, frame, axes.x, axes.y, width, at === null ? [-9, -9] : draw.chip(g, frame, at, text));
    g.save();
    g.beginPath();
    g.rect(frame.left, frame.top - 2, frame.right - frame.left, frame.bottom - frame.top + 3);
    g.clip();
    for (const one of this.#series) draw.drawBand(g, frame, one);
    for (const [i, one] of this.#series.entries()) {
      if (one.kind === "bars") draw.drawBars(g, frame, one, this.#heights[i], axes.spacing);
      else draw.drawLine(g, frame, one);
    }
    g.restore();
    draw.drawLines(g, frame, this.#shown.lines ?? [], this.#series);
    for (const one of this.#series.filter(({ kind }) => kind !== "bars")) {
      draw.drawMarks(g, frame, one);
      draw.drawLeaving(g, frame, one);
    }
    const cursor = { text, pinned: this.#pinned, spacing: axes.spacing };
    if (at !== null) draw.drawCursor(g, frame, this.#series, { ...cursor, at });
    this.#shown.after?.(g, frame.x.to, frame.y.to);
  }

  /** Let the bars grow to their new heights; at once for who asked for no motion. */
  #ease() {
    cancelAnimationFrame(this.#frameId);
    const from = this.#heights, to = this.#series.map((one) => one.points.map(([, y]) => y ?? NaN));
    const same = to.every((list, i) => from[i]?.length === list.length);
    const moves = same &&
      to.some((list, i) => this.#series[i].kind === "bars" && list.some((v, k) => v !== from[i][k]));
    this.#heights = to;
    if (!moves || still() || this.options.signal.aborted) return;
    const start = performance.now();
    const step = (/** @type {number} */ now) => {
      const share = Math.min(1, Math.max(0, (now - start) / EASE)), eased = 1 - (1 - share) ** 3;
      this.#heights = to.map((list, i) => list.map((v, k) => (share < 1 ? from[i][k] + eased * (v - from[i][k]) : v)));
      this.#paint();
      if (share < 1) this.#frameId = requestAnimationFrame(step);
    };
    this.#heights = from;
    this.#frameId = requestAnimationFrame(step);
  }

  // ---- words ------------------------------------------------------------------------------------------------------

  #writeLegend() {
    const named = this.#series.filter((one) => one.name);
    const alone = named.length === 1 && this.#series.length === 1 && !this.#reads; // one curve: the title names it
    const keys = (alone ? [] : named).map((one) => {
      const key = el("canvas", { "aria-hidden": "true" });
      sharp(key, 30, 18);
      draw.drawKey(context2d(key), one);
      return el("span", { class: "plot-key" }, key, el("span", {}, one.name), el("b", { class: "plot-value" }));
    });
    this.legend.replaceChildren(...keys);
    this.legend.hidden = !keys.length;
    this.#writeValues();
  }

  /** The values at the cursor, beside the names. */
  #writeValues() {
    const at = this.#cursor, named = this.#series.filter((one) => one.name);
    this.legend.querySelectorAll(".plot-value").forEach((place, i) => {
      const value = at === null ? null : valueAt(named[i], at);
      place.textContent = value === null ? "" : valueWords(this.#y, value);
    });
  }

  /** The words on the x axis at the cursor: with the value, where no legend shows it. @param {number} at */
  #cursorWords(at) {
    const place = placeWords(this.#x, at),
      value = this.legend.hidden ? valueAt(this.#series[0] ?? { points: [] }, at) : null;
    return value === null ? place : `${place}: ${valueWords(this.#y, value)}`;
  }

  /** What a screen reader is told. */
  #speak() {
    const { label } = this.options, { canvas } = this, steps = this.#steps;
    const seen = this.#shown.words ?? summary(this.#series, this.#x, this.#y, this.#shown.lines);
    canvas.setAttribute("aria-label", seen ? `${label}. ${seen}` : label);
    const slides = this.#reads && steps.length > 1;
    canvas.setAttribute("role", slides ? "slider" : "img");
    if (!slides) {
      for (const name of ["tabindex", "aria-valuemin", "aria-valuemax", "aria-valuenow", "aria-valuetext"]) {
        canvas.removeAttribute(name);
      }
      return;
    }
    const at = this.#cursor ?? steps[0];
    canvas.tabIndex = 0;
    canvas.setAttribute("aria-valuemin", String(steps[0]));
    canvas.setAttribute("aria-valuemax", String(steps[steps.length - 1]));
    canvas.setAttribute("aria-valuenow", String(at));
    canvas.setAttribute("aria-valuetext", reading(this.#series, this.#x, this.#y, at));
  }

  // ---- pointer and keys -------------------------------------------------------------------------------------------

  /** @param {number} at */
  #move(at) {
    if (at === this.#cursor) return;
    this.cursor(at);
    this.options.onCursor?.(at);
  }

  /** The step nearest to a pointer, on the screen. @param {MouseEvent} event */
  #nearest(event) {
    const px = event.clientX - this.canvas.getBoundingClientRect().left, frame = this.#frame, steps = this.#steps;
    if (!frame || !steps.length) return null;
    const away = (/** @type {number} */ v) => Math.abs(frame.x.to(v) - px);
    return steps.reduce((best, v) => (away(v) < away(best) ? v : best));
  }

  /** A hover shows, a click pins, Escape lets go. */
  #listenToCursor() {
    const { canvas } = this, { signal } = this.options;
    canvas.addEventListener("pointermove", (event) => {
      const at = this.#nearest(event);
      if (at !== null && !(this.#pinned && event.pointerType === "mouse" && !event.buttons)) this.#move(at);
    }, { signal });
    canvas.addEventListener("click", (event) => {
      const at = this.#nearest(event);
      if (at === null) return;
      this.#pinned = !(this.#pinned && at === this.#cursor);
      this.#move(at);
      this.#paint();
    }, { signal });
    canvas.addEventListener("pointerleave", () => this.#letGo(false), { signal });
    canvas.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && (this.#pinned || this.#cursor !== null)) this.#letGo(true);
      const by = KEYS[/** @type {keyof typeof KEYS} */ (event.key)], steps = this.#steps;
      if (by === undefined || !steps.length) return;
      event.preventDefault();
      const now = this.#cursor === null ? (by > 0 ? -1 : steps.length) : indexNear(steps, this.#cursor);
      this.#move(steps[Math.max(0, Math.min(steps.length - 1, now + by))]);
    }, { signal });
  }

  /** @param {boolean} pin also what was pinned */
  #letGo(pin) {
    if (this.#pinned && !pin) return;
    this.#pinned = false;
    if (this.options.onCursor) this.#paint(); // the view's own value: it stays where it is
    else this.cursor(null);
  }

  /** @param {NonNullable<PlotOptions["onDrag"]>} onDrag */
  #listenToDrags(onDrag) {
    const { canvas } = this, { signal } = this.options;
    let held = false;
    canvas.classList.add("plot-drag");
    canvas.addEventListener("pointerdown", (event) => {
      held = true;
      if (event.isTrusted) canvas.setPointerCapture(event.pointerId);
      onDrag(this.at(event), "start");
    }, { signal });
    canvas.addEventListener("pointermove", (event) => held && onDrag(this.at(event), "move"), { signal });
    for (const name of /** @type {const} */ (["pointerup", "pointercancel"])) {
      canvas.addEventListener(name, (event) => {
        if (held) onDrag(this.at(event), "end");
        held = false;
      }, { signal });
    }
  }
}

/** @param {readonly number[]} steps @param {number} value */
const indexNear = (steps, value) =>
  steps.reduce((best, v, i) => (Math.abs(v - value) < Math.abs(steps[best] - value) ? i : best), 0);

/** The distance between two bars on the x axis. @param {readonly Series[]} bars */
function barSpacing(bars) {
  const xs = [...new Set(bars.flatMap((one) => one.points.map(([x]) => x)))].sort((a, b) => a - b);
  return extent(xs.slice(1).map((x, i) => x - xs[i]))?.[0] ?? 1;
}
