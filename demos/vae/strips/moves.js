// Which numbers of a code a visitor has set, and to what: all others stay where the picture's code has them. Pure.

/** @typedef {readonly (readonly [dimension: number, value: number])[]} Moves in the order of the dimensions */

const MOST = 1024; // dimensions of a code

/**
 * The field of the moves, as the link has it: "3:1.5_7:-2" sets dimension 3 (counted from 0) to 1.5 and 7 to -2.
 * @param {number} reach the largest value
 * @returns {import("../../kit/state.js").Field<Moves>}
 */
export const movesField = (reach) => ({
  start: [],
  parse: (text) => {
    const parts = text === "" ? [] : text.split("_").map((part) => {
      const [, dimension, value] = /^(\d{1,4}):(-?\d+(?:\.\d+)?)$/.exec(part) ?? [];
      return /** @type {const} */ ([Number(dimension ?? NaN), Number(value ?? NaN)]);
    });
    const good = parts.every(([dimension, value], i) =>
      dimension < MOST && Math.abs(value) <= reach && (i === 0 || dimension > parts[i - 1][0])
    );
    return good ? parts : undefined;
  },
  write: (moves) => moves.map(([dimension, value]) => `${dimension}:${Number(value.toFixed(2))}`).join("_"),
  same: (a, b) =>
    a.length === b.length && a.every(([dimension, value], i) => dimension === b[i][0] && value === b[i][1]),
});

/** The moves with dimension d at `value`. @param {Moves} moves @param {number} d @param {number} value @returns {Moves} */
export const moved = (moves, d, value) =>
  [...moves.filter(([dimension]) => dimension !== d), /** @type {const} */ ([d, value])].sort((a, b) => a[0] - b[0]);

/** The code after the moves. @param {readonly number[]} code @param {Moves} moves */
export function applied(code, moves) {
  const z = [...code];
  for (const [dimension, value] of moves) if (dimension < z.length) z[dimension] = value;
  return z;
}
