// The square that holds all points of a map. Pure.

/**
 * Points (2N) as they stand in a list -> [x0, x1, y0, y1], with a margin of 4 percent.
 * @param {Float32Array} points
 * @returns {[number, number, number, number]}
 */
export function square(points) {
  const low = [Infinity, Infinity], high = [-Infinity, -Infinity];
  points.forEach((value, i) => {
    low[i % 2] = Math.min(low[i % 2], value);
    high[i % 2] = Math.max(high[i % 2], value);
  });
  const half = 0.54 * Math.max(high[0] - low[0], high[1] - low[1]);
  const [x, y] = [(low[0] + high[0]) / 2, (low[1] + high[1]) / 2];
  return [x - half, x + half, y - half, y + half];
}
