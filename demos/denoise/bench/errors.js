// What a denoiser has gained, in words: without an error there is no number of decibels. Pure: no document.
import { show, signed } from "../../kit/format.js";

/** @typedef {{ mse: number, psnr: number }} Errors of a picture against the clean one; PSNR in dB */

/** Two pictures that are the same have no PSNR. @param {Errors} errors */
export const noError = ({ mse }) => mse < 1e-9;

/** A PSNR in words. @param {Errors} errors */
export const decibels = (errors) => (noError(errors) ? "no error" : `${show(errors.psnr, 1)} dB`);

/** What a network has gained, in words. @param {Errors} before @param {Errors} after
 * @returns {{ value: string, words: string, good: boolean | null }} */
export function gained(before, after) {
  if (noError(before)) {
    return noError(after)
      ? { value: "nothing to gain", words: "and nothing was changed", good: null }
      : { value: "nothing to gain", words: "no noise: whatever changes is harm", good: false };
  }
  if (noError(after)) return { value: "all of it", words: "the clean picture itself", good: true };
  const difference = 10 * Math.log10(before.mse / after.mse), good = difference >= 0;
  const words = good ? "closer to the clean picture" : "farther from the clean picture: harm";
  return { value: `${signed(difference, 1)} dB`, words, good };
}
