// Three groups on one line, fitted by least squares on one-hot labels and by softmax regression. Pure: no document.
import { random } from "../../kit/random.js";
import { argmax, softmax } from "../formulas.js";

const GROUP = 6; // points in each of three groups
const SPREAD = 0.28; // their standard deviation
const STEPS = 800, RATE = 2; // of the gradient descent, on x in units of its standard deviation

/** @typedef {readonly [x: number, label: number]} Labelled */
/** @typedef {(x: number) => number[]} Outputs three, one for each class */

/** The points, the third group `far` away from the second. @param {number} far @returns {Labelled[]} */
export function pointsOf(far) {
  const chance = random(4);
  return Array.from({ length: 3 * GROUP }, (_, i) => {
    const label = i % 3;
    return [[-1, 0.25, 0.25 + far][label] + SPREAD * chance.normal(), label];
  });
}

/** @param {readonly Labelled[]} points */
function moments(points) {
  const mean = points.reduce((sum, [x]) => sum + x, 0) / points.length;
  return { mean, square: points.reduce((sum, [x]) => sum + (x - mean) ** 2, 0) };
}

/** Least squares on one-hot labels: a straight line for each class, in closed form. @param {readonly Labelled[]} points @returns {Outputs} */
export function leastSquares(points) {
  const { mean, square } = moments(points);
  const lines = [0, 1, 2].map((k) => {
    const own = points.filter(([, label]) => label === k).length / points.length;
    const slope = points.reduce((sum, [x, label]) => sum + (x - mean) * (Number(label === k) - own), 0) / square;
    return { own, slope };
  });
  return (x) => lines.map(({ own, slope }) => own + slope * (x - mean));
}

/** Softmax regression by gradient descent from zero. @param {readonly Labelled[]} points @returns {Outputs} */
export function softmaxRegression(points) {
  const { mean, square } = moments(points), scale = Math.sqrt(square / points.length), w = [0, 0, 0], b = [0, 0, 0];
  const outputs = (/** @type {number} */ x) => softmax(w.map((v, k) => v * (x - mean) / scale + b[k]));
  for (let step = 0; step < STEPS; step++) {
    const gw = [0, 0, 0], gb = [0, 0, 0];
    for (const [x, label] of points) {
      outputs(x).forEach((p, k) => {
        const error = (p - Number(k === label)) / points.length;
        gw[k] += error * (x - mean) / scale;
        gb[k] += error;
      });
    }
    for (let k = 0; k < 3; k++) [w[k], b[k]] = [w[k] - RATE * gw[k], b[k] - RATE * gb[k]];
  }
  return outputs;
}

/** How many points the outputs name wrongly. @param {readonly Labelled[]} points @param {Outputs} outputs */
export const wrongOf = (points, outputs) => points.filter(([x, label]) => argmax(outputs(x)) !== label).length;
