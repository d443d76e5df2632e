// A histogram from quantiles. Pure: no document.

/**
 * Shares of what the quantiles describe in `bins` equal steps of log10 from `low` to `high`: [[middle, share], ...].
 * Between two quantiles as much lies in each step of the logarithm.
 * @param {readonly number[]} quantiles at equal distances from 0 to 1, above 0
 * @param {number} low
 * @param {number} high
 * @param {number} bins
 * @returns {[number, number][]}
 */
export function histogram(quantiles, low, high, bins) {
  const at = quantiles.map((value) => Math.log10(Math.max(value, 1e-12))), last = at.length - 1;
  /** The share below a place. @param {number} x */
  const below = (x) => {
    if (x <= at[0]) return 0;
    if (x >= at[last]) return 1;
    const i = at.findIndex((value) => value > x) - 1;
    return (i + (x - at[i]) / (at[i + 1] - at[i])) / last;
  };
  const step = (high - low) / bins;
  return Array.from({ length: bins }, (_, k) => {
    const left = low + k * step;
    return [left + step / 2, below(left + step) - below(left)];
  });
}
