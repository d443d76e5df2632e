// Which rung of which ladder: in the link by its beta, or by its network's name where a beta stands twice. Pure.

/** @typedef {{ network: string, beta: number, yours: boolean }} Rung in the order of their betas */
/** @typedef {readonly (readonly [base: string, rungs: readonly Rung[]])[]} Ladders */

/**
 * The field of the rung: "4" or "my-vae"; it starts at beta = 1, the VAE itself.
 * @param {Ladders} ladders
 * @returns {import("../../kit/state.js").Field<string>}
 */
export function rungField(ladders) {
  const all = ladders.flatMap(([, rungs]) => rungs), names = all.map(({ network }) => network);
  return {
    start: "1",
    was: "vae_beta",
    parse: (text) => {
      if (names.includes(text)) return text;
      const beta = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
      return all.some((rung) => rung.beta === beta) ? String(beta) : undefined;
    },
    write: (text) => text,
  };
}

/** The place on a ladder that `text` means; what this ladder has not is its beta = 1. @param {readonly Rung[]} rungs @param {string} text */
export function placeOf(rungs, text) {
  const named = rungs.findIndex(({ network }) => network === text);
  if (named >= 0) return named;
  const at = (/** @type {number} */ beta) => rungs.findIndex((rung) => rung.beta === beta);
  return Math.max(0, at(Number(text)) >= 0 ? at(Number(text)) : at(1));
}

/** How the link says this place. @param {readonly Rung[]} rungs @param {number} place */
export function textOf(rungs, place) {
  const { network, beta } = rungs[place], text = String(beta);
  return placeOf(rungs, text) === place ? text : network;
}
