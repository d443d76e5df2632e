// The test set's own order of the denoisers at the noise of the bench. Pure: no document.

/**
 * What was measured on the test set: PSNR in dB by strength of Gaussian noise, and of every kind at one strength.
 * @typedef {{
 *   strengths: number[],
 *   kinds_strength: number,
 *   noisy: Record<string, number>,
 *   rows: Record<string, { psnr: number[], kinds: Record<string, number> }>,
 *   pictures: Record<string, number>,
 * }} Measured
 */

const NEAR = 0.05; // a strength this near to the measured one is called the same

/**
 * The PSNR of each denoiser on the test set at the strength nearest to `noise`; null where that was not measured.
 * @param {Measured} measured
 * @param {string} kind
 * @param {number} noise
 */
export function testValues({ strengths, kinds_strength: only, rows }, kind, noise) {
  if (kind === "gaussian") {
    const at = strengths.reduce(
      (best, s, i) => (Math.abs(s - noise) < Math.abs(strengths[best] - noise) ? i : best),
      0,
    );
    const values = Object.fromEntries(Object.entries(rows).map(([name, { psnr }]) => [name, psnr[at]]));
    return { values, words: `Gaussian noise ${strengths[at].toFixed(1)}` };
  }
  if (Math.abs(noise - only) > NEAR) return null;
  const values = Object.fromEntries(Object.entries(rows).map(([name, { kinds }]) => [name, kinds[kind]]));
  return { values, words: `this noise at ${only}` };
}

/** Which place each has, the largest value first; equals share theirs. @param {Record<string, number>} values */
export const places = (values) =>
  Object.fromEntries(
    Object.entries(values).map((
      [name, value],
    ) => [name, 1 + Object.values(values).filter((one) => one > value).length]),
  );

/** 1st, 2nd, 3rd, 4th ... @param {number} place */
export const ordinal = (place) => {
  const ends = place % 100 > 10 && place % 100 < 14 ? "th" : ["th", "st", "nd", "rd"][place % 10] ?? "th";
  return `${place}${ends}`;
};
