// Axes: the one way to choose ticks, and scales between values and pixels. Pure: no document.

/** @typedef {"linear" | "log" | "log1p"} ScaleKind log1p is log(1 + v): a logarithmic axis on which 0 has a place */

/**
 * @typedef {object} Scale
 * @property {(value: number) => number} to a value's pixel; NaN where the axis has no place for it
 * @property {(pixel: number) => number} from the value at a pixel
 * @property {number} low
 * @property {number} high
 * @property {ScaleKind} kind
 */

const STEPS = [1, 2, 5];

/** m · 10^power without the error of 0.1 + 0.2. @param {number} m @param {number} power */
const times = (m, power) => (power < 0 ? m / 10 ** -power : m * 10 ** power);

/**
 * The multiples of m · 10^power within [low, high].
 * @param {number} low
 * @param {number} high
 * @param {number} m
 * @param {number} power
 */
function multiples(low, high, m, power) {
  const step = times(m, power), slack = 1e-9;
  const first = Math.ceil(low / step - slack), last = Math.floor(high / step + slack);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => times((first + i) * m, power) || 0); // no -0
}

/**
 * Round numbers within [low, high]: multiples of 1, 2 or 5 times a power of ten, at least 2 and at most `most` of them.
 * @param {number} low
 * @param {number} high above low
 * @param {number} [most] at least 2
 * @param {{whole?: boolean}} [options] whole: for what is counted, no tick between two whole numbers
 * @returns {number[]}
 */
export function ticks(low, high, most = 6, { whole = false } = {}) {
  if (!(high > low)) return [low];
  const smallest = Math.floor(Math.log10((high - low) / most)) - 1; // fine enough to be too many
  /** @type {number[]} */
  let finer = [];
  for (let power = whole ? Math.max(0, smallest) : smallest;; power++) {
    for (const m of STEPS) {
      const found = multiples(low, high, m, power);
      if (found.length < 2 && finer.length >= 2) return [finer[0], finer[finer.length - 1]]; // two of many finer ones
      if (found.length <= most) return found;
      finer = found;
    }
  }
}

/**
 * Ticks of a logarithmic axis: powers of ten, with 2 and 5 between them where there is room.
 * @param {number} low above 0
 * @param {number} high above low
 * @param {number} [most] at least 2
 * @returns {number[]}
 */
export function logTicks(low, high, most = 6) {
  const slack = 1e-9, first = Math.floor(Math.log10(low)), last = Math.ceil(Math.log10(high));
  const powers = Array.from({ length: last - first + 1 }, (_, i) => first + i);
  /** @param {number[]} fronts @param {number} every */
  const set = (fronts, every) =>
    powers.filter((power) => power % every === 0).flatMap((power) => fronts.map((m) => times(m, power)))
      .filter((v) => v >= low * (1 - slack) && v <= high * (1 + slack));
  const candidates = [set([1, 2, 5], 1), ...powers.map((_, i) => set([1], i + 1))];
  const fits = candidates.find((found) => found.length >= 2 && found.length <= most);
  return fits ?? ticks(low, high, most); // less than a decade, or crowded: as on a linear axis
}

/**
 * Ticks of any axis.
 * @param {ScaleKind} kind
 * @param {number} low
 * @param {number} high
 * @param {number} [most]
 * @param {{whole?: boolean}} [options]
 */
export function ticksOf(kind, low, high, most = 6, options = {}) {
  if (kind === "log") return logTicks(low, high, most);
  if (kind === "log1p" && low >= 0 && high > 10) {
    return [low === 0 ? 0 : low, ...logTicks(Math.max(1, low), high, most - 1)];
  }
  return ticks(low, high, most, options);
}

/**
 * [low, high] widened to the ticks around it, so that an axis begins and ends at a round number.
 * @param {number} low
 * @param {number} high
 * @param {number} [most]
 * @param {{whole?: boolean}} [options]
 * @returns {[number, number]}
 */
export function nice(low, high, most = 6, options = {}) {
  if (!(high > low)) [low, high] = low === 0 ? [0, 1] : [low - Math.abs(low) / 2, low + Math.abs(low) / 2];
  const marks = ticks(low, high, most, options), step = marks.length > 1 ? marks[1] - marks[0] : high - low;
  const slack = 1e-9;
  return [tidy(step * Math.floor(low / step + slack)), tidy(step * Math.ceil(high / step - slack))];
}

/** A sum of decimal steps without its binary dust: 0.30000000000000004 is 0.3. @param {number} v */
const tidy = (v) => Number(v.toPrecision(12)) || 0;

/**
 * The smallest and the largest of the finite values; null when there are none.
 * @param {Iterable<number | null | undefined>} values
 * @returns {[number, number] | null}
 */
export function extent(values) {
  let low = Infinity, high = -Infinity;
  for (const v of values) {
    if (typeof v !== "number" || !Number.isFinite(v)) continue;
    if (v < low) low = v;
    if (v > high) high = v;
  }
  return low <= high ? [low, high] : null;
}

/**
 * The range of an axis: its fixed ends where it has them, else what holds the values, widened to round numbers unless
 * `tight`.
 * @param {{low?: number, high?: number, scale?: ScaleKind, zero?: boolean, whole?: boolean}} axis
 * @param {Iterable<number | null | undefined>} values
 * @param {boolean} [tight]
 * @returns {[low: number, high: number]}
 */
export function axisRange(axis, values, tight = false) {
  const kind = axis.scale ?? "linear";
  const positive = kind === "log" ? Array.from(values).filter((v) => typeof v === "number" && v > 0) : values;
  let [low, high] = extent(positive) ?? (kind === "log" ? [1, 10] : [0, 1]);
  if (axis.zero && kind !== "log") [low, high] = [Math.min(0, low), Math.max(0, high)];
  if (kind === "log" && low === high) [low, high] = [low / 2, high * 2];
  if (kind === "log" && !tight) {
    const room = (high / low) ** 0.06; // so that no point lies on the frame
    [low, high] = [low / room, high * room];
  } else if (low === high || !tight) [low, high] = nice(axis.low ?? low, axis.high ?? high, 6, axis);
  low = axis.low ?? low;
  high = axis.high ?? high;
  return high > low ? [low, high] : [low, low + (Math.abs(low) || 1)];
}

const FORTH = { linear: (/** @type {number} */ v) => v, log: Math.log, log1p: Math.log1p };
const BACK = { linear: (/** @type {number} */ v) => v, log: Math.exp, log1p: Math.expm1 };

/**
 * A scale that puts [low, high] on the pixels [first, last].
 * @param {ScaleKind} kind
 * @param {readonly [low: number, high: number]} domain
 * @param {readonly [first: number, last: number]} range
 * @returns {Scale}
 */
export function scale(kind, [low, high], [first, last]) {
  const forth = FORTH[kind], back = BACK[kind], a = forth(low), b = forth(high), wide = b - a || 1;
  return {
    kind,
    low,
    high,
    to: (value) => {
      const share = (forth(value) - a) / wide;
      return Number.isFinite(share) ? first + share * (last - first) : NaN; // the logarithm of 0 has no pixel
    },
    from: (pixel) => back(a + ((pixel - first) / (last - first)) * wide),
  };
}
