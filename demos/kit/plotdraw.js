// The drawing of a plot on a canvas: frame, series, lines, cursor. What is drawn and when, plot.js decides.
import { classMark } from "./classes.js";
import { css } from "./elements.js";
import { ink } from "./ink.js";
import { tickWords } from "./plottext.js";
import { scale, ticksOf } from "./scale.js";

/** @typedef {import("./plot.js").Axis} Axis */
/** @typedef {import("./plot.js").Series} Series */
/** @typedef {import("./plot.js").PlotLine} PlotLine */
/** @typedef {{at: number, text: string}} Tick at: a pixel */
/**
 * @typedef {object} Frame
 * @property {import("./scale.js").Scale} x
 * @property {import("./scale.js").Scale} y
 * @property {number} left in CSS pixels
 * @property {number} right
 * @property {number} top
 * @property {number} bottom
 * @property {Tick[]} xTicks
 * @property {Tick[]} yTicks
 */

const GAP = 14; // between two words on the x axis

/**
 * The font of ticks and labels: 16 px, 13 px where the plot is narrow.
 * @param {number} width
 * @param {number} [weight]
 */
export function font(width, weight = 400) {
  const size = css(width < 460 ? "--t4" : "--t3") || (width < 460 ? "13px" : "16px");
  const family = getComputedStyle(document.querySelector(".page") ?? document.body).fontFamily;
  return `${weight} ${size} ${family || "system-ui, sans-serif"}`;
}

/**
 * Where everything goes: the margins are as wide as the words in them.
 * @param {CanvasRenderingContext2D} g with its font set
 * @param {{width: number, height: number}} size
 * @param {{x: Axis, y: Axis, xRange: [number, number], yRange: [number, number]}} axes
 * @returns {Frame}
 */
export function layout(g, { width, height }, { x, y, xRange, yRange }) {
  const line = lineHeight(g);
  const top = y.label ? line + 16 : 10, bottom = height - (x.label ? 2 * line + 8 : line + 6);
  const yScale = scale(y.scale ?? "linear", yRange, [bottom, top]);
  const yValues = y.ticks ?? ticksOf(yScale.kind, ...yRange, Math.max(2, Math.ceil((bottom - top) / 34)), y);
  const yTicks = apart(yValues.map((v) => ({ at: yScale.to(v), text: tickWords(y, v) })), line);
  const widest = Math.max(0, ...yTicks.map(({ text }) => g.measureText(text).width));
  const left = Math.ceil(widest) + 12, right = width - 14;
  const xScale = scale(x.scale ?? "linear", xRange, [left, right]);
  return { x: xScale, y: yScale, left, right, top, bottom, xTicks: xTicksOf(g, x, xScale, xRange, width), yTicks };
}

/**
 * As many ticks on the x axis as their words find room.
 * @param {CanvasRenderingContext2D} g
 * @param {Axis} x
 * @param {import("./scale.js").Scale} xScale
 * @param {[number, number]} range
 * @param {number} width
 */
function xTicksOf(g, x, xScale, range, width) {
  /** @param {readonly number[]} values */
  const placed = (values) => values.map((v) => ({ at: xScale.to(v), text: tickWords(x, v) }));
  const half = (/** @type {Tick} */ tick) => g.measureText(tick.text).width / 2;
  const fit = (/** @type {Tick[]} */ list) =>
    list.every((tick, i) => i === 0 || tick.at - half(tick) - (list[i - 1].at + half(list[i - 1])) >= GAP);
  if (x.ticks) return placed(x.ticks).filter(keepApart(half));
  for (let most = Math.max(2, Math.floor(width / 60)); most > 2; most--) {
    const list = placed(ticksOf(xScale.kind, ...range, most, x));
    if (fit(list)) return list;
  }
  return placed(ticksOf(xScale.kind, ...range, 2, x));
}

/** A filter that drops what would touch the word before it. @param {(tick: Tick) => number} half */
function keepApart(half) {
  let edge = -Infinity;
  return (/** @type {Tick} */ tick) => {
    if (tick.at - half(tick) < edge + GAP) return false;
    edge = tick.at + half(tick);
    return true;
  };
}

/** Drops ticks nearer than a line of text to the one before. @param {Tick[]} list @param {number} line */
function apart(list, line) {
  let last = Infinity;
  return list.filter(({ at }) => {
    if (Math.abs(last - at) < line) return false;
    last = at;
    return true;
  });
}

/**
 * Grid, axes, ticks and labels.
 * @param {CanvasRenderingContext2D} g
 * @param {Frame} frame
 * @param {Axis} x
 * @param {Axis} y
 * @param {number} width
 * @param {readonly number[]} taken from where to where the cursor's words cover the x axis
 */
export function drawFrame(g, frame, x, y, width, taken) {
  const { left, right, top, bottom } = frame;
  g.lineWidth = 1;
  g.strokeStyle = ink("line");
  g.fillStyle = ink("ink-soft");
  g.textAlign = "right";
  g.textBaseline = "middle";
  for (const { at, text } of frame.yTicks) {
    segment(g, left, Math.round(at) + 0.5, right, Math.round(at) + 0.5);
    g.fillText(text, left - 8, at);
  }
  g.strokeStyle = ink("ink-soft");
  segment(g, left, Math.round(bottom) + 0.5, right, Math.round(bottom) + 0.5);
  g.textAlign = "center";
  g.textBaseline = "top";
  for (const { at, text } of frame.xTicks) {
    segment(g, Math.round(at) + 0.5, bottom, Math.round(at) + 0.5, bottom + 5);
    const half = g.measureText(text).width / 2, middle = Math.max(half, Math.min(at, width - half));
    if (middle + half < taken[0] - 3 || middle - half > taken[1] + 3) g.fillText(text, middle, bottom + 8);
  }
  g.textBaseline = "bottom";
  if (x.label) g.fillText(x.label, (left + right) / 2, bottom + 2 * lineHeight(g) + 6, right - left);
  g.textAlign = "left";
  if (y.label) g.fillText(y.label, 0, top - 12, width);
}

/** @param {CanvasRenderingContext2D} g @param {number} x0 @param {number} y0 @param {number} x1 @param {number} y1 */
function segment(g, x0, y0, x1, y1) {
  g.beginPath();
  g.moveTo(x0, y0);
  g.lineTo(x1, y1);
  g.stroke();
}

/** A spread around a series. @param {CanvasRenderingContext2D} g @param {Frame} frame @param {Series} series */
export function drawBand(g, { x, y }, series) {
  if (!series.band?.length) return;
  g.globalAlpha = 0.18;
  g.fillStyle = ink(series.colour ?? "ink");
  g.beginPath();
  for (const [at, low] of series.band) g.lineTo(x.to(at), y.to(low));
  for (const [at, , high] of [...series.band].reverse()) g.lineTo(x.to(at), y.to(high));
  g.fill();
  g.globalAlpha = 1;
}

/**
 * The runs of points without a gap, in pixels.
 * @param {Frame} frame
 * @param {Series} series
 * @returns {[number, number][][]}
 */
function runs({ x, y }, series) {
  /** @type {[number, number][][]} */
  const found = [[]];
  for (const [at, value] of series.points) {
    const px = x.to(at), py = value === null ? NaN : y.to(value);
    if (Number.isFinite(px) && Number.isFinite(py)) found[found.length - 1].push([px, py]);
    else found.push([]);
  }
  return found.filter((run) => run.length);
}

/** A line with its marks. @param {CanvasRenderingContext2D} g @param {Frame} frame @param {Series} series */
export function drawLine(g, frame, series) {
  const colour = ink(series.colour ?? "ink"), { top, bottom } = frame;
  g.strokeStyle = g.fillStyle = colour;
  g.lineWidth = series.width ?? 2.5;
  g.lineJoin = g.lineCap = "round";
  for (const run of series.kind === "marks" ? [] : runs(frame, series)) {
    g.beginPath();
    for (const [px, py] of run) g.lineTo(px, Math.max(top - 1e4, Math.min(bottom + 1e4, py))); // canvas fails far away
    g.setLineDash([...(series.dash ?? [])]);
    g.stroke();
    g.setLineDash([]);
    if (!series.fill) continue;
    const zero = Math.max(top, Math.min(bottom, frame.y.to(Math.max(frame.y.low, 0))));
    g.lineTo(run[run.length - 1][0], zero);
    g.lineTo(run[0][0], zero);
    g.globalAlpha = 0.16;
    g.fill();
    g.globalAlpha = 1;
  }
}

/**
 * The marks of a series: unclipped, so that a point on the frame is whole.
 * @param {CanvasRenderingContext2D} g
 * @param {Frame} frame
 * @param {Series} series
 */
export function drawMarks(g, frame, series) {
  const mark = series.mark ?? (series.kind === "marks" ? 0 : null);
  if (mark === null) return;
  for (const [i, [at, value]] of series.points.entries()) {
    const px = frame.x.to(at), py = value === null ? NaN : frame.y.to(value);
    if (!(py >= frame.top - 1 && py <= frame.bottom + 1 && px >= frame.left - 1 && px <= frame.right + 1)) continue;
    classMark(g, mark, px, py, series.size ?? 5);
    g.lineWidth = 2;
    g.strokeStyle = ink("paper"); // a rim, so that marks on each other stay two
    g.stroke();
    g.fillStyle = ink(series.colourOf?.(i) ?? series.colour ?? "ink");
    g.fill();
  }
}

/**
 * Bars from zero.
 * @param {CanvasRenderingContext2D} g
 * @param {Frame} frame
 * @param {Series} series
 * @param {readonly number[]} heights the values to draw: on their way to the series' own
 * @param {number} spacing of the bars on the x axis
 */
export function drawBars(g, frame, series, heights, spacing) {
  const { x, y, top, bottom } = frame, zero = Math.max(top, Math.min(bottom, y.to(0) || bottom));
  const wide = barWidth(frame, spacing);
  for (const [i, [at]] of series.points.entries()) {
    const py = Math.max(top - 2, Math.min(bottom + 2, y.to(heights[i])));
    if (!Number.isFinite(py)) continue;
    const tall = Math.max(heights[i] === 0 ? 0 : 1.5, Math.abs(py - zero)); // what is not 0 is not seen as 0
    g.fillStyle = ink(series.colourOf?.(i) ?? series.colour ?? "ink-soft");
    g.fillRect(x.to(at) - wide / 2, heights[i] >= 0 ? zero - tall : zero, wide, tall);
  }
  g.strokeStyle = ink("ink-soft");
  g.lineWidth = 1;
  segment(g, frame.left, Math.round(zero) + 0.5, frame.right, Math.round(zero) + 0.5);
}

/**
 * An arrow on the frame where a series leaves it.
 * @param {CanvasRenderingContext2D} g
 * @param {Frame} frame
 * @param {Series} series
 */
export function drawLeaving(g, frame, series) {
  const { left, right, top, bottom } = frame;
  g.fillStyle = ink(series.colour ?? "ink");
  for (const run of runs(frame, series)) {
    for (const [i, [px, py]] of run.entries()) {
      const [beforeX, beforeY] = run[i - 1] ?? [px, py], edge = py < top ? top : bottom;
      const outside = py < top - 0.5 || py > bottom + 0.5, was = beforeY < top - 0.5 || beforeY > bottom + 0.5;
      if (!outside || (was && i > 0)) continue;
      const share = i > 0 ? (edge - beforeY) / (py - beforeY) : 1; // of the way between the two points, to the frame
      const at = beforeX + share * (px - beforeX), back = edge === top ? 11 : -11;
      if (at < left - 1 || at > right + 1) continue;
      g.beginPath();
      g.moveTo(at, edge);
      g.lineTo(at - 6, edge + back);
      g.lineTo(at + 6, edge + back);
      g.fill();
    }
  }
}

/**
 * Labelled lines across the plot.
 * @param {CanvasRenderingContext2D} g
 * @param {Frame} frame
 * @param {readonly PlotLine[]} lines
 * @param {readonly Series[]} series their words keep off
 */
export function drawLines(g, frame, lines, series) {
  const { left, right, top, bottom } = frame;
  let down = 0, above = -Infinity;
  const flat = lines.filter((line) => line.y !== undefined).sort((a, b) => Number(b.y) - Number(a.y));
  for (const line of flat) {
    const py = frame.y.to(Number(line.y));
    if (!(py >= top - 1 && py <= bottom + 1)) continue;
    rule(g, line, left, py, right, py);
    const from = right - 6 - g.measureText(line.name ?? "").width, crossed = py - above < 22 || py < top + 22;
    const under = line.below ??
      (crossed || crowd(frame, series, from, py, 22) < crowd(frame, series, from, py - 22, 22));
    words(g, line.name, right - 6, py + (under ? 5 : -5), "right", under ? "top" : "bottom");
    above = under ? py + 22 : py;
  }
  for (const line of lines.filter((one) => one.x !== undefined)) {
    const px = frame.x.to(Number(line.x));
    if (!(px >= left - 1 && px <= right + 1)) continue;
    rule(g, line, px, top, px, bottom);
    const turned = px > (left + right) / 2;
    words(g, line.name, px + (turned ? -7 : 7), top + 3 + 22 * down++, turned ? "right" : "left", "top");
  }
}

/**
 * How many points lie in a box at the right of the plot.
 * @param {Frame} frame
 * @param {readonly Series[]} series
 * @param {number} left
 * @param {number} top
 * @param {number} height
 */
const crowd = ({ x, y }, series, left, top, height) =>
  series.flatMap(({ points }) => points).filter(([at, value]) => {
    const py = y.to(value ?? NaN);
    return x.to(at) >= left && py >= top && py <= top + height;
  }).length;

/**
 * @param {CanvasRenderingContext2D} g
 * @param {PlotLine} line
 * @param {number} x0
 * @param {number} y0
 * @param {number} x1
 * @param {number} y1
 */
function rule(g, line, x0, y0, x1, y1) {
  g.strokeStyle = ink(line.colour ?? "ink-soft");
  g.lineWidth = 1.5;
  g.lineCap = "butt";
  g.setLineDash([6, 5]);
  segment(g, x0, y0, x1, y1);
  g.setLineDash([]);
}

/**
 * Words on a plot, with a rim of paper so that they stay readable on curves.
 * @param {CanvasRenderingContext2D} g
 * @param {string | undefined} text
 * @param {number} x
 * @param {number} y
 * @param {CanvasTextAlign} align
 * @param {CanvasTextBaseline} baseline
 */
export function words(g, text, x, y, align = "left", baseline = "middle") {
  if (!text) return;
  g.textAlign = align;
  g.textBaseline = baseline;
  g.lineJoin = "round";
  g.lineWidth = 5;
  g.strokeStyle = ink("paper");
  g.strokeText(text, x, y);
  g.fillStyle = ink("ink");
  g.fillText(text, x, y);
}

/**
 * The cursor: a line with its value on the x axis, and a ring around each value; over bars a lit column.
 * @param {CanvasRenderingContext2D} g
 * @param {Frame} frame
 * @param {readonly Series[]} series
 * @param {{at: number, text: string, pinned: boolean, spacing: number}} cursor spacing: of the bars
 */
export function drawCursor(g, frame, series, { at, text, pinned, spacing }) {
  const px = frame.x.to(at), { top, bottom, left, right } = frame;
  if (!(px >= left - 1 && px <= right + 1)) return;
  const bars = series.some((one) => one.kind === "bars"), wide = bars ? barWidth(frame, spacing) + 4 : 0;
  g.strokeStyle = g.fillStyle = ink("accent");
  g.lineCap = "butt";
  g.lineWidth = pinned ? 2.5 : 1.5;
  if (bars) g.strokeRect(px - wide / 2, top, wide, bottom - top);
  else segment(g, px, top, px, bottom);
  if (pinned) { // a pin's head: the pointer no longer moves it
    g.beginPath();
    g.arc(px, top, 5, 0, 2 * Math.PI);
    g.fill();
  }
  for (const one of series) {
    const point = one.kind === "bars" ? undefined : one.points.find(([x, y]) => x === at && y !== null);
    const py = point ? frame.y.to(Number(point[1])) : NaN;
    if (!(py >= top - 1 && py <= bottom + 1)) continue;
    g.beginPath();
    g.arc(px, py, 7.5, 0, 2 * Math.PI);
    g.lineWidth = 2.5;
    g.strokeStyle = ink("ink");
    g.stroke();
  }
  const [from, to] = chip(g, frame, at, text), line = lineHeight(g);
  g.fillStyle = ink("accent");
  g.beginPath();
  g.roundRect(from, bottom + 4, to - from, line + 2, 5);
  g.fill();
  g.fillStyle = ink("accent-ink");
  g.textAlign = "center";
  g.textBaseline = "middle";
  g.fillText(text, (from + to) / 2, bottom + 6 + line / 2);
}

/**
 * From where to where the cursor's words stand on the x axis.
 * @param {CanvasRenderingContext2D} g
 * @param {Frame} frame
 * @param {number} at
 * @param {string} text
 */
export function chip(g, { x, right }, at, text) {
  const half = g.measureText(text).width / 2 + 7, middle = Math.max(half, Math.min(x.to(at), right + 14 - half));
  return [middle - half, middle + half];
}

/** @param {Frame} frame @param {number} spacing */
const barWidth = ({ x }, spacing) => Math.max(1, 0.8 * Math.abs(x.to(x.low + spacing) - x.to(x.low)));

/** The height of a line of the context's font. @param {CanvasRenderingContext2D} g */
const lineHeight = (g) => parseInt(g.font) + 4;

/** The mark of a series in the legend, 30 x 18 px. @param {CanvasRenderingContext2D} g @param {Series} series */
export function drawKey(g, series) {
  g.strokeStyle = g.fillStyle = ink(series.colour ?? (series.kind === "bars" ? "ink-soft" : "ink"));
  if (series.kind === "bars") return g.fillRect(8, 2, 14, 14);
  if (series.kind !== "marks") {
    g.lineWidth = series.width ?? 2.5;
    g.setLineDash([...(series.dash ?? [])]);
    segment(g, 1, 9, 29, 9);
    g.setLineDash([]);
  }
  const mark = series.mark ?? (series.kind === "marks" ? 0 : null);
  if (mark === null) return;
  classMark(g, mark, 15, 9, 5);
  g.fill();
}
