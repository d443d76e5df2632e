// What a plot says in words: to a screen reader, and beside its legend. Pure: no document.
import { percent, short, show, tick } from "./format.js";

/** @typedef {import("./plot.js").Axis} Axis */
/** @typedef {import("./plot.js").Series} Series */

/** A number on an axis. @param {Axis} axis @param {number} value */
export function tickWords(axis, value) {
  if (axis.words) return axis.words(value);
  return axis.percent ? `${tick(Number((100 * value).toPrecision(6)))} %` : tick(value);
}

/**
 * A value of a curve, to three significant digits: 0.0268, 2.30, 104.
 * @param {Axis} axis
 * @param {number} value
 */
export function valueWords(axis, value) {
  if (axis.reads) return axis.reads(value);
  if (axis.percent) return percent(value);
  const size = Math.abs(value);
  if ((Number.isInteger(value) || size >= 100) && size < 1e6) return tick(Math.round(value));
  return size >= 1e-4 && size < 1e6 ? show(value, 2 - Math.floor(Math.log10(size) + 1e-12)) : short(value);
}

/** A place on an axis: its digits, without zeros at their end. @param {Axis} axis @param {number} value */
export function placeWords(axis, value) {
  return axis.reads || axis.percent ? valueWords(axis, value) : tick(Number(value.toPrecision(4)));
}

/** The value of a series at x; null where it has none. @param {Series} series @param {number} x */
export const valueAt = (series, x) => series.points.find(([at, y]) => at === x && y !== null)?.[1] ?? null;

/** Every x at which some series has a value, in order. @param {readonly Series[]} series */
export const stepsOf = (series) =>
  [...new Set(series.flatMap((one) => one.points.filter(([, y]) => y !== null).map(([x]) => x)))].sort((a, b) => a - b);

/** The axis' label before its unit and remarks: "KL" of "KL, nats". @param {Axis} axis @param {string} otherwise */
const named = (axis, otherwise) => axis.label?.split(/[,(:]/)[0].trim() || otherwise;

/**
 * All series read at one x: "numbers in the code 32: PCA 0.021, VAE 0.012".
 * @param {readonly Series[]} series
 * @param {Axis} x
 * @param {Axis} y
 * @param {number} at
 */
export function reading(series, x, y, at) {
  const parts = series.map((one) => ({ name: one.name ?? named(y, "value"), value: valueAt(one, at) }))
    .filter(({ value }) => value !== null)
    .map(({ name, value }) => `${name} ${valueWords(y, Number(value))}`);
  return `${named(x, "x")} ${placeWords(x, at)}${parts.length ? `: ${parts.join(", ")}` : ""}`;
}

/**
 * What is to be seen, for who does not see it: where each series begins and ends, its lowest and highest point, and
 * whether it leaves the axes.
 * @param {readonly Series[]} series
 * @param {Axis} x
 * @param {Axis} y
 * @param {readonly {x?: number, y?: number, name?: string}[]} lines
 */
export function summary(series, x, y, lines = []) {
  const sentences = series.filter((one) => one.points.length).map((one) => curveWords(one, x, y));
  const marked = lines.filter((line) => line.name).map((line) =>
    line.y === undefined
      ? `${line.name} at ${placeWords(x, Number(line.x))}`
      : `${line.name} at ${valueWords(y, line.y)}`
  );
  if (marked.length) sentences.push(`Marked: ${marked.join("; ")}.`);
  return sentences.join(" ");
}

/** @param {Series} one @param {Axis} x @param {Axis} y */
function curveWords(one, x, y) {
  const points = one.points.flatMap(([at, value]) => value === null || Number.isNaN(value) ? [] : [{ at, value }]);
  const name = one.name ?? named(y, "value");
  if (!points.length) return `${name}: no value.`;
  const say = (/** @type {{at: number, value: number}} */ p) => `${valueWords(y, p.value)} at ${placeWords(x, p.at)}`;
  if (points.length === 1) return `${name}: ${say(points[0])}.`;
  const first = points[0], last = points[points.length - 1];
  const low = points.reduce((a, b) => (b.value < a.value ? b : a)),
    high = points.reduce((a, b) => (b.value > a.value ? b : a));
  const inner = [[low, "lowest"], [high, "highest"]].flatMap(([p, word]) =>
    typeof p === "string" || typeof word !== "string" || p === first || p === last ? [] : [`${word} ${say(p)}`]
  );
  const out = points.find((p) => p.value < (y.low ?? -Infinity) || p.value > (y.high ?? Infinity));
  const leaves = out ? `, off the scale from ${placeWords(x, out.at)}` : "";
  return `${name}: ${say(first)}, ${say(last)}${inner.length ? `; ${inner.join(", ")}` : ""}${leaves}.`;
}
