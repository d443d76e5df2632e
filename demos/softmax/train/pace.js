// How fast a training is shown. Pure: no document.

const SHARE = 0.12, UPDATES = 60;

/**
 * How many steps to take before one looks again: one at first, when every step shows, then ever more, and in the end a
 * part of the whole training.
 * @param {number} step taken so far
 * @param {number} steps in all
 */
export const nextSteps = (step, steps) =>
  Math.max(1, Math.min(Math.ceil(SHARE * step), Math.ceil(steps / UPDATES), steps - step));
