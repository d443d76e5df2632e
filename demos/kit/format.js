// Numbers for the page: a true minus sign, never a false 0 or 1. Pure: no document.

const MINUS = "−";
const EMPTY = "–";
const NOISE = 1e-12; // what float64 leaves of a difference that is truly 0

/** @param {string} text */
const trueMinus = (text) => text.replaceAll("-", MINUS);

/** "⁻⁷" of -7. @param {number} n */
const raised = (n) => String(n).replace(/[-0-9]/g, (c) => (c === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(c)]));

/** What is no finite number, in a sign; null when it is one. @param {number | null | undefined} value */
function noNumber(value) {
  if (value === null || value === undefined) return EMPTY;
  if (Number.isNaN(value)) return "NaN";
  if (value === Infinity) return "∞";
  return value === -Infinity ? `${MINUS}∞` : null;
}

/** value = front · 10^power with 1 <= |front| < 10 after rounding. @param {number} value @param {number} digits */
function scientific(value, digits) {
  const [front, power] = value.toExponential(digits).split("e"); // the engine rounds 9.96 to 1.0e+1, not to 10.0
  return `${trueMinus(front)}·10${raised(Number(power))}`;
}

/**
 * A number with a fixed count of digits. One too small for them is not called 0: it gets the digits it needs.
 * @param {number | null | undefined} value
 * @param {number} [digits] after the point
 */
export function show(value, digits = 3) {
  const word = noNumber(value);
  if (word !== null) return word;
  const number = Number(value), size = Math.abs(number);
  if (size < NOISE) return (0).toFixed(digits);
  if (Number(size.toFixed(digits)) > 0) return trueMinus(number.toFixed(digits));
  const needed = Math.ceil(-Math.log10(size));
  return needed <= 6 ? trueMinus(number.toFixed(needed)) : scientific(number, 0);
}

/**
 * A number of any size: 12.346, 0.004, 1.2·10⁷.
 * @param {number | null | undefined} value
 * @param {number} [digits] after the point, for numbers from 0.001 to 100
 */
export function short(value, digits = 3) {
  const word = noNumber(value);
  if (word !== null) return word;
  const number = Number(value), size = Math.abs(number);
  if (size === 0) return "0";
  if (size >= 1e5 || size < 1e-3) return scientific(number, 1);
  return show(number, size >= 100 ? 1 : digits);
}

/**
 * A share as per cent; only a true 0 and a true 1 are called 0 % and 100 %.
 * @param {number | null | undefined} share 0 ... 1
 * @param {number} [digits]
 */
export function percent(share, digits = 1) {
  const word = noNumber(share);
  if (word !== null) return word;
  return `${bounded(Number(share), 100, digits)} %`;
}

/**
 * A probability; only a true 0 and a true 1 are called 0 and 1.
 * @param {number | null | undefined} p 0 ... 1
 * @param {number} [digits]
 */
export function probability(p, digits = 3) {
  return noNumber(p) ?? bounded(Number(p), 1, digits);
}

/** @param {number} share @param {number} whole what 1 is called @param {number} digits */
function bounded(share, whole, digits) {
  const text = (whole * share).toFixed(digits), unit = 10 ** -digits;
  if (share < 1 && Number(text) >= whole) return `> ${(whole - unit).toFixed(digits)}`;
  if (share > 0 && Number(text) === 0) return `< ${unit.toFixed(digits)}`;
  return Number(text) === 0 ? (0).toFixed(digits) : trueMinus(text);
}

/**
 * A number with its sign; 0 has none.
 * @param {number | null | undefined} value
 * @param {number} [digits]
 */
export function signed(value, digits = 2) {
  return (Number(value) > NOISE ? "+" : "") + show(value, digits);
}

/** A whole number with its thousands apart: 10,000. @param {number} value */
export const count = (value) => noNumber(value) ?? trueMinus(Math.round(value).toLocaleString("en"));

/**
 * A number and what it counts or measures: units(1, ["picture", "pictures"]) is "1 picture", units(3.21, "nats", 1)
 * is "3.2 nats".
 * @param {number | null | undefined} value
 * @param {string | [one: string, many: string]} unit
 * @param {number} [digits]
 */
export function units(value, unit, digits = 0) {
  const text = digits === 0 && Number.isInteger(value) ? count(Number(value)) : show(value, digits);
  if (typeof unit === "string") return unit ? `${text} ${unit}` : text;
  return `${text} ${text === "1" ? unit[0] : unit[1]}`;
}

/**
 * A round number as an axis writes it: 0.05, 10,000, 10⁻⁴, 2·10⁶.
 * @param {number} value
 */
export function tick(value) {
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e6 || size < 1e-3)) {
    const [front, power] = Number(value.toPrecision(6)).toExponential().split("e");
    const ten = `10${raised(Number(power))}`;
    return front === "1" ? ten : front === "-1" ? MINUS + ten : `${trueMinus(front)}·${ten}`;
  }
  return Number.isInteger(value) ? count(value) : trueMinus(String(Number(value.toPrecision(6))));
}
