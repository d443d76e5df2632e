// A decoded latent space: a cell is found where it was decoded, between cells the pictures are mixed evenly.
import { blend, cellAt } from "../../demos/kit/sprite.js";

/** @param {unknown} found @param {unknown} wanted @param {string} of */
function same(found, wanted, of) {
  if (String(found) !== String(wanted)) throw new Error(`${of}: ${found}, not ${wanted}`);
}

// 3 columns, 2 rows, pictures of 2 x 2 pixels; the picture of column c and row r is 10 r + 40 c everywhere
const columns = 3, rows = 2, bytes = new Uint8Array(columns * rows * 4);
for (let i = 0; i < columns * rows; i++) {
  bytes.fill(10 * Math.floor(i / columns) + 40 * (i % columns), 4 * i, 4 * i + 4);
}
/** @type {import("../../demos/kit/sprite.js").Sprite} */
const sprite = { bytes, columns, rows, cell: 2, extent: [-3, 3, 0, 4] };

Deno.test("the cell of a code: the first row is the largest z2, outside there is none", () => {
  same(cellAt(sprite, [-2, 3]), [0, 0, 0, 0], "top left");
  same(cellAt(sprite, [2.9, 0.1]), [90, 90, 90, 90], "bottom right");
  same(cellAt(sprite, [3.1, 1]), null, "right of all");
  same(cellAt(sprite, [0, 4.1]), null, "above all");
});

Deno.test("in the middle of a cell the blend is its picture, half way it is the mean, outside the edge", () => {
  same(blend(sprite, [0, 3]), [40, 40, 40, 40], "the middle of a cell");
  same(blend(sprite, [1, 3]), [60, 60, 60, 60], "between two columns");
  same(blend(sprite, [0, 2]), [45, 45, 45, 45], "between two rows");
  same(blend(sprite, [99, -99]), [90, 90, 90, 90], "far outside");
});
