// A Gaussian of one dimension: its density, the terms of its KL, and two estimates of a gradient through a random draw.
// Pure: no document.
import { random } from "../../kit/random.js";

export const REPEATS = 400; // gradients of each kind
export const MOST_DRAWS = 256; // of one gradient
export const TARGET = 2; // the loss (z - 2)^2 pulls z there: it stands in for the decoder's
const SEED = 1;

/** The density of N(mean, sigma^2) at z. @param {number} z @param {number} mean @param {number} sigma */
export const density = (z, mean, sigma) =>
  Math.exp(-0.5 * ((z - mean) / sigma) ** 2) / (sigma * Math.sqrt(2 * Math.PI));

/**
 * The terms of KL(N(mu, sigma^2) || N(0, 1)) in nats; their sum is the KL (Kingma and Welling 2014, appendix B).
 * @param {number} mu
 * @param {number} logVar
 * @returns {[words: string, nats: number][]}
 */
export const terms = (mu, logVar) => [
  ["½ μ²", 0.5 * mu * mu],
  ["½ σ²", 0.5 * Math.exp(logVar)],
  ["−½ log σ²", -0.5 * logVar],
  ["−½", -0.5],
];

/** @param {number} mu @param {number} logVar */
export const kl = (mu, logVar) => terms(mu, logVar).reduce((sum, [, nats]) => sum + nats, 0);

/** @type {Float64Array | null} */
let drawn = null;

/** The same epsilons on every visit, drawn once. */
function epsilons() {
  if (drawn) return drawn;
  const { normal } = random(SEED);
  return drawn = Float64Array.from({ length: REPEATS * MOST_DRAWS }, normal);
}

/**
 * REPEATS estimates of d/d mu of E[(z - TARGET)^2], each the mean of `draws` draws of z = mu + sigma eps.
 * `through`: the gradient goes through z. `score`: the loss weighs the gradient of log q(z) (Williams 1992).
 * @param {number} mu
 * @param {number} sigma
 * @param {number} draws 1 to MOST_DRAWS
 */
export function estimates(mu, sigma, draws) {
  const noise = epsilons(), through = new Float64Array(REPEATS), score = new Float64Array(REPEATS);
  for (let r = 0; r < REPEATS; r++) {
    for (let k = 0; k < draws; k++) {
      const epsilon = noise[MOST_DRAWS * r + k], away = mu + sigma * epsilon - TARGET;
      through[r] += 2 * away / draws;
      score[r] += away ** 2 * (epsilon / sigma) / draws;
    }
  }
  return { through, score, truth: 2 * (mu - TARGET) };
}

/** The standard deviation of estimates. @param {Float64Array} values */
export function spread(values) {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / (values.length - 1));
}
