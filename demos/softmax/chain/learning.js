// The 2 x 2 picture's softmax regression: its chain, its gradient, its training. The same in Python is handlers.py, and
// tests/softmax/test_chain.py compares the two. Pure: no document.
import { random } from "../../kit/random.js";
import { crossEntropy, softmax } from "../formulas.js";

/** @typedef {{ W: readonly (readonly number[])[], b: readonly number[] }} Model 3 x 4 and 3 */
/** @typedef {readonly [x: readonly number[], label: number]} Example */

export const PIXELS = 4, CLASSES = 3;

/** o = W x + b. @param {Model} model @param {readonly number[]} x */
export const logitsOf = ({ W, b }, x) => W.map((row, k) => row.reduce((sum, w, i) => sum + w * x[i], 0) + b[k]);

/** p - y, the gradient of the loss with respect to the logits. @param {Model} model @param {Example} example */
export const errorOf = (model, [x, label]) => softmax(logitsOf(model, x)).map((p, k) => p - (k === label ? 1 : 0));

/** In nats. @param {Model} model @param {readonly Example[]} set */
export const meanLoss = (model, set) =>
  set.reduce((sum, [x, label]) => sum + crossEntropy([...logitsOf(model, x)], label), 0) / Math.max(1, set.length);

/** The length of W. @param {Model} model */
export const lengthOf = ({ W }) => Math.hypot(...W.flat());

/**
 * One step of minibatch SGD: W -= rate * mean of (p - y) x, b -= rate * mean of (p - y).
 * @param {Model} model
 * @param {readonly Example[]} batch
 * @param {number} rate
 * @returns {Model}
 */
export function descended(model, batch, rate) {
  const gW = model.W.map((row) => row.map(() => 0)), gb = model.b.map(() => 0);
  for (const example of batch) {
    errorOf(model, example).forEach((error, k) => {
      gb[k] += error / batch.length;
      example[0].forEach((v, i) => gW[k][i] += error * v / batch.length);
    });
  }
  return {
    W: model.W.map((row, k) => row.map((w, i) => w - rate * gW[k][i])),
    b: model.b.map((b, k) => b - rate * gb[k]),
  };
}

/**
 * A training that any number of steps can be asked of, in any order: the same steps give the same numbers.
 * @param {Model} start
 * @param {readonly Example[]} set
 * @param {{ rate: number, size: number, seed: number }} how size: pictures in a minibatch, 0 for all
 */
export function training(start, set, { rate, size, seed }) {
  let chance = random(seed), model = start, step = 0;
  /** [step, mean loss, |W|], thinned out while it grows. @type {[number, number, number][]} */
  let history = [];
  const note = () => {
    history.push([step, meanLoss(model, set), lengthOf(model)]);
    if (history.length > 800) history = history.filter((_, i) => i % 2 === 0);
  };
  const batch = () => {
    if (!size || size >= set.length) return set;
    const left = [...set];
    return Array.from({ length: size }, () => left.splice(chance.below(left.length), 1)[0]);
  };
  note();
  return {
    /** @param {number} wanted */
    at(wanted) {
      if (wanted < step) {
        [chance, model, step, history] = [random(seed), start, 0, []];
        note();
      }
      const every = Math.max(1, Math.floor((wanted - step) / 400)); // points enough for the curve
      while (step < wanted && set.length) {
        model = descended(model, batch(), rate);
        if (++step % every === 0 || step === wanted) note();
      }
      return { model, history };
    },
  };
}

/**
 * The product of the probabilities of `count` pictures, the set taken again and again, and the sum of their logarithms.
 * @param {readonly number[]} p
 * @param {number} count
 */
export function likelihood(p, count) {
  let product = 1, sum = 0;
  /** The picture at which the product became 0. @type {number | null} */
  let died = null;
  for (let i = 0; i < count && p.length; i++) {
    product *= p[i % p.length];
    sum += Math.log(p[i % p.length]);
    if (product === 0) died ??= i + 1;
  }
  return { product, sum, died };
}
