// How fast a training is shown. Pure: no document.

const SHARE = 0.12, UPDATES = 60;

/**
 * The next step at which one looks: each at first, when every step shows, then ever fewer, and in the end 60 in all.
 * However a training came to `step`, the steps at which one looks are the same.
 * @param {number} step taken so far
 * @param {number} steps in all
 */
export const nextLook = (step, steps) => {
  let look = 1;
  while (look <= step) look += Math.max(1, Math.min(Math.ceil(SHARE * look), Math.ceil(steps / UPDATES)));
  return Math.min(look, Math.max(1, steps));
};

/**
 * The losses of a whole training, thinned as it grows: whatever came in which parts, the same ones are kept.
 * @param {number} most that are kept
 */
export const thinned = (most) => {
  let stride = 1, kept = /** @type {[index: number, value: number][]} */ ([]);
  return {
    /** @param {ArrayLike<number>} values @param {number} first index of the first of them, among all */
    add: (values, first) => {
      for (let i = 0; i < values.length; i++) if ((first + i) % stride === 0) kept.push([first + i, values[i]]);
      while (kept.length > most) {
        stride *= 2;
        kept = kept.filter(([index]) => index % stride === 0);
      }
    },
    get kept() {
      return kept;
    },
  };
};
