// The formulas of softmax regression in the browser's float64, as training/models/softmax.py has them. Pure: no document.

/**
 * softmax(o / T). The largest logit is subtracted first: it changes nothing on paper, and exp never overflows.
 * @param {ArrayLike<number>} logits
 * @param {number} [temperature]
 */
export function softmax(logits, temperature = 1) {
  const scaled = Array.from(logits, (o) => o / temperature), top = Math.max(...scaled);
  const e = scaled.map((o) => Math.exp(o - top)), sum = e.reduce((a, b) => a + b, 0);
  return e.map((v) => v / sum);
}

/** ln sum exp(o). @param {readonly number[]} logits */
export function logSumExp(logits) {
  const top = Math.max(...logits);
  return top + Math.log(logits.reduce((sum, o) => sum + Math.exp(o - top), 0));
}

/** -ln p of the true class, in nats. @param {readonly number[]} logits @param {number} label */
export const crossEntropy = (logits, label) => logSumExp(logits) - logits[label];

/** In nats. @param {readonly number[]} p */
export const entropy = (p) => -p.reduce((sum, v) => sum + (v > 0 ? v * Math.log(v) : 0), 0);

/** @param {ArrayLike<number>} values */
export const argmax = (values) => Array.from(values).reduce((best, v, k, all) => (v > all[best] ? k : best), 0);

/** The classes in the order of their values, the largest first. @param {readonly number[]} values */
export const ranked = (values) => [...values.keys()].sort((i, j) => values[j] - values[i]);

/** @param {readonly number[]} a @param {readonly number[]} b */
export const dot = (a, b) => a.reduce((sum, v, i) => sum + v * b[i], 0);

/**
 * Column k of W (784 x `classes`, row by row): the template of class k.
 * @param {Float32Array} W
 * @param {number} k
 * @param {number} [classes]
 */
export const template = (W, k, classes = 10) =>
  Float32Array.from({ length: W.length / classes }, (_, i) => W[classes * i + k]);

/**
 * The size that `share` of the numbers stay under: one extreme weight shall not make all others pale.
 * @param {ArrayLike<number>} values
 * @param {number} [share]
 */
export function limitOf(values, share = 0.995) {
  const sizes = Array.from(values, Math.abs).sort((a, b) => a - b);
  return sizes[Math.floor(share * (sizes.length - 1))] || 1;
}
