// Which of thousands of points lies under the pointer: a grid of buckets, made once for the data, asked in microseconds
// at every zoom. Distances are in the units of the points; what is `r` pixels on the screen is r / view.scale here, for
// the map has one scale on both axes. Pure: no document.

/**
 * @typedef {object} Buckets
 * @property {ArrayLike<number>} points
 * @property {number} columns
 * @property {[number, number]} low
 * @property {[number, number]} step
 * @property {Uint32Array} starts
 * @property {Uint32Array} order
 */

/** @param {number} place @param {number} columns */
const cell = (place, columns) => Math.min(columns - 1, Math.max(0, Math.floor(place))) || 0;

/** @param {Buckets} buckets @param {0 | 1} axis @param {number} value */
const along = ({ low, step, columns }, axis, value) => cell((value - low[axis]) / step[axis], columns);

/**
 * An index over points (x and y in turns). A few far outliers would put all others into one bucket, so the grid spans
 * the middle 98 % and its outermost buckets also hold what lies beyond.
 * @param {ArrayLike<number>} points @param {number} [columns] @returns {Buckets}
 */
export function buckets(points, columns = 64) {
  const count = points.length >> 1, spans = [span(points, 0), span(points, 1)];
  const grid = {
    points,
    columns,
    low: /** @type {[number, number]} */ ([spans[0][0], spans[1][0]]),
    step: /** @type {[number, number]} */ (spans.map(([low, high]) => Math.max(1e-12, high - low) / columns)),
    starts: new Uint32Array(columns * columns + 1),
    order: new Uint32Array(count),
  };
  const places = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    places[i] = along(grid, 1, points[2 * i + 1]) * columns + along(grid, 0, points[2 * i]);
    grid.starts[places[i] + 1]++;
  }
  for (let b = 0; b < columns * columns; b++) grid.starts[b + 1] += grid.starts[b];
  const next = grid.starts.slice();
  for (let i = 0; i < count; i++) grid.order[next[places[i]]++] = i;
  return grid;
}

/**
 * Where the middle 98 % of a coordinate lies.
 * @param {ArrayLike<number>} points
 * @param {0 | 1} axis
 * @returns {[number, number]}
 */
function span(points, axis) {
  const values = new Float64Array(points.length >> 1);
  for (let i = 0; i < values.length; i++) values[i] = points[2 * i + axis];
  values.sort();
  const at = (/** @type {number} */ share) => values[Math.round(share * (values.length - 1))] ?? 0;
  return [at(0.01), at(0.99)];
}

/**
 * The point nearest to z, no farther than `reach`: its number, or -1. `keep(i)` leaves points out (classes not shown).
 * @param {Buckets} grid @param {ArrayLike<number>} z @param {number} reach @param {(i: number) => boolean} [keep]
 */
export function nearest(grid, z, reach, keep = () => true) {
  const { points, columns, starts, order } = grid;
  const [left, right] = [along(grid, 0, z[0] - reach), along(grid, 0, z[0] + reach)];
  const [low, high] = [along(grid, 1, z[1] - reach), along(grid, 1, z[1] + reach)];
  let best = -1, least = reach * reach;
  for (let row = low; row <= high; row++) {
    for (let k = starts[row * columns + left]; k < starts[row * columns + right + 1]; k++) {
      const i = order[k], far = (points[2 * i] - z[0]) ** 2 + (points[2 * i + 1] - z[1]) ** 2;
      if (far > least || (far === least && best >= 0 && i > best) || !keep(i)) continue;
      best = i;
      least = far;
    }
  }
  return best;
}
