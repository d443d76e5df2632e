// The posterior of one picture, N(mu, sigma^2), as arithmetic: z = mu + sigma * epsilon and back. Pure: no document.

/** @typedef {[number, number]} Pair */
/** @typedef {{ mu: Pair, sigma: Pair, kl: Pair }} Posterior */

export const REACH = 3; // standard deviations that the sliders of epsilon reach

/** z = mu + sigma * epsilon. @param {{ mu: Pair, sigma: Pair }} posterior @param {Pair} e @returns {Pair} */
export const far = ({ mu, sigma }, e) => [mu[0] + sigma[0] * e[0], mu[1] + sigma[1] * e[1]];

/** The epsilon that would carry the mean to z. @param {Pair} z @param {{ mu: Pair, sigma: Pair }} posterior @returns {Pair} */
export const epsilonOf = (z, { mu, sigma }) => [(z[0] - mu[0]) / sigma[0], (z[1] - mu[1]) / sigma[1]];

/**
 * The code that is shown: the one pointed at or pinned, else the posterior's own by epsilon; the origin before there is one.
 * @param {ArrayLike<number> | null} chosen
 * @param {{ mu: Pair, sigma: Pair } | null} posterior
 * @param {Pair} e
 * @returns {Pair}
 */
export function placed(chosen, posterior, e) {
  if (chosen) return [chosen[0], chosen[1]];
  return posterior ? far(posterior, e) : [0, 0];
}

/** Is epsilon beyond what the sliders reach? @param {number} e */
export const outside = (e) => Math.abs(e) > REACH + 0.005;
