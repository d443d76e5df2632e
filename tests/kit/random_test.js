import { mulberry32, random } from "../../demos/kit/random.js";
import { equal, holds, near } from "./expect.js";

/** mulberry32 as its author wrote it in C, in whole numbers without end cut to 32 bits. @param {number} seed */
function reference(seed) {
  const cut = (/** @type {bigint} */ v) => BigInt.asUintN(32, v);
  let x = BigInt(seed);
  return () => {
    x = cut(x + 0x6d2b79f5n);
    let z = x;
    z = cut((z ^ (z >> 15n)) * (z | 1n));
    z = cut(z ^ cut(z + cut((z ^ (z >> 7n)) * (z | 61n))));
    return Number(cut(z ^ (z >> 14n))) / 2 ** 32;
  };
}

Deno.test("mulberry32 is the published generator, for every seed", () => {
  for (const seed of [0, 1, 2, 42, 2 ** 31, 2 ** 32 - 1]) {
    const ours = mulberry32(seed), theirs = reference(seed);
    for (let i = 0; i < 1000; i++) equal(ours(), theirs(), `seed ${seed}, number ${i}`);
  }
});

Deno.test("mulberry32 begins with its known numbers", () => {
  equal(mulberry32(0)(), 0.26642920868471265);
  equal(mulberry32(1)(), 0.6270739405881613);
});

Deno.test("normal numbers have the moments of N(0, 1)", () => {
  const { normal } = random(5), n = 200000, sums = [0, 0, 0, 0];
  for (let i = 0; i < n; i++) {
    const v = normal();
    for (let power = 0; power < 4; power++) sums[power] += v ** (power + 1) / n;
  }
  // the moments of N(0, 1) are 0, 1, 0, 3; their standard errors sqrt(1, 2, 15, 96) / sqrt(n); four of them allowed
  for (const [power, [moment, variance]] of [[0, 1], [1, 2], [0, 15], [3, 96]].entries()) {
    near(sums[power], moment, 4 * Math.sqrt(variance / n), `moment ${power + 1}`);
  }
});

Deno.test("whole numbers below n are all of them, about equally often", () => {
  const { below } = random(9), seen = [0, 0, 0, 0, 0, 0];
  for (let i = 0; i < 6000; i++) seen[below(6)]++;
  for (const times of seen) near(times, 1000, 4 * Math.sqrt(6000 * (1 / 6) * (5 / 6)));
});

Deno.test("the same seed gives the same numbers, another seed others", () => {
  const [a, b, c] = [random(3), random(3), random(4)];
  const list = (/** @type {ReturnType<typeof random>} */ r) => Array.from({ length: 20 }, () => r.normal());
  const [first, again, other] = [list(a), list(b), list(c)];
  equal(first, again);
  holds(first.every((v, i) => v !== other[i]), "no number in common");
});
