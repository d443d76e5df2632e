// The index of the map's points gives what looking at every point gives.
import { buckets, nearest } from "../../demos/kit/hits.js";
import { random } from "../../demos/kit/random.js";

/** @param {unknown} found @param {unknown} wanted @param {string} of */
function same(found, wanted, of) {
  if (found !== wanted) throw new Error(`${of}: ${found}, not ${wanted}`);
}

/** @param {Float32Array} points @param {number[]} z @param {number} reach @param {(i: number) => boolean} keep */
function bruteForce(points, z, reach, keep) {
  let best = -1, least = reach * reach;
  for (let i = 0; i < points.length / 2; i++) {
    const far = (points[2 * i] - z[0]) ** 2 + (points[2 * i + 1] - z[1]) ** 2;
    if (keep(i) && (far < least || (best < 0 && far <= least))) [best, least] = [i, far];
  }
  return best;
}

/** @param {number} count @param {number} seed */
function cloud(count, seed) {
  const { normal } = random(seed);
  return Float32Array.from({ length: 2 * count }, (_, i) => (i % 401 === 0 ? 40 : 1) * normal() + (i % 2 ? 3 : -7));
}

Deno.test("the nearest point is the one that brute force finds, for 5,000 points with far outliers", () => {
  const points = cloud(5000, 1), grid = buckets(points), { normal } = random(2);
  for (let trial = 0; trial < 500; trial++) {
    const z = [-7 + 3 * normal(), 3 + 3 * normal()], reach = [0.02, 0.3, 2, 50][trial % 4];
    same(nearest(grid, z, reach), bruteForce(points, z, reach, () => true), `trial ${trial}`);
  }
});

Deno.test("points that are not shown are not found", () => {
  const points = cloud(800, 3), grid = buckets(points, 16), { normal } = random(4);
  const keep = (/** @type {number} */ i) => i % 10 === 7;
  for (let trial = 0; trial < 200; trial++) {
    const z = [-7 + normal(), 3 + normal()];
    same(nearest(grid, z, 1, keep), bruteForce(points, z, 1, keep), `trial ${trial}`);
  }
});

Deno.test("nothing within reach is -1: no points, one point, points all alike", () => {
  same(nearest(buckets(new Float32Array(0)), [0, 0], 10), -1, "no points");
  const one = buckets(Float32Array.of(2, 2));
  same(nearest(one, [2, 1], 0.9), -1, "just outside");
  same(nearest(one, [2, 1], 1), 0, "just inside");
  const alike = buckets(new Float32Array(60).fill(5));
  same(nearest(alike, [5.5, 5], 1), 0, "of equals the first");
  same(nearest(alike, [9, 5], 1), -1, "far from all");
});
