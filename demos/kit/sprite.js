// A latent space decoded in advance, cell by cell: the picture at a code without asking anybody. Pure: no document.

/**
 * @typedef {object} Sprite decoded pictures, row by row from the top (largest z2), each of the middle of its cell
 * @property {Uint8Array} bytes rows x columns x cell x cell
 * @property {number} columns
 * @property {number} rows
 * @property {number} [cell] pixels of a picture's side, 28 where it is not given
 * @property {import("./geometry.js").Extent} extent
 */

/** How many cells z lies from the left and from the top edge. @param {Sprite} sprite @param {ArrayLike<number>} z */
function place({ extent: [x0, x1, y0, y1], columns, rows }, z) {
  return [(z[0] - x0) / (x1 - x0) * columns, (y1 - z[1]) / (y1 - y0) * rows];
}

/** @param {number} value @param {number} high */
const within = (value, high) => Math.max(0, Math.min(high, value));

/**
 * The picture decoded in the cell of z, not copied; null outside the sprite.
 * @param {Sprite} sprite @param {ArrayLike<number>} z @returns {Uint8Array | null}
 */
export function cellAt(sprite, z) {
  const [column, row] = place(sprite, z).map(Math.floor), size = (sprite.cell ?? 28) ** 2;
  if (!(column >= 0 && row >= 0 && column < sprite.columns && row < sprite.rows)) return null;
  return sprite.bytes.subarray((row * sprite.columns + column) * size, (row * sprite.columns + column + 1) * size);
}

/**
 * The picture at z between decoded ones: its four neighbours, blended; outside the sprite that of the nearest edge.
 * @param {Sprite} sprite @param {ArrayLike<number>} z @param {Uint8ClampedArray} [into] where it is written
 * @returns {Uint8ClampedArray}
 */
export function blend(sprite, z, into = new Uint8ClampedArray((sprite.cell ?? 28) ** 2)) {
  const { bytes, columns, rows } = sprite, size = into.length;
  const [across, down] = place(sprite, z), x = within(across - 0.5, columns - 1), y = within(down - 0.5, rows - 1);
  const c = Math.min(Math.floor(x), Math.max(0, columns - 2)), r = Math.min(Math.floor(y), Math.max(0, rows - 2));
  const u = x - c, v = y - r, right = columns > 1 ? size : 0, below = rows > 1 ? columns * size : 0;
  for (let i = 0, at = (r * columns + c) * size; i < size; i++, at++) {
    const top = (1 - u) * bytes[at] + u * bytes[at + right];
    const bottom = (1 - u) * bytes[at + below] + u * bytes[at + below + right];
    into[i] = (1 - v) * top + v * bottom;
  }
  return into;
}
