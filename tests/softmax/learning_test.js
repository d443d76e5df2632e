import {
  descended,
  errorOf,
  lengthOf,
  likelihood,
  logitsOf,
  meanLoss,
  training,
} from "../../demos/softmax/chain/learning.js";
import { argmax } from "../../demos/softmax/formulas.js";
import { leastSquares, pointsOf, softmaxRegression, wrongOf } from "../../demos/softmax/logits/versus.js";
import { nextLook, thinned } from "../../demos/softmax/train/pace.js";
import { equal, holds, near } from "../kit/expect.js";

const START = { W: [[0.4, -0.2, 0.1, 0.3], [0.3, 0.5, -0.4, -0.1], [-0.3, 0.2, 0.6, 0.1]], b: [0.1, 0, -0.1] };
/** @type {import("../../demos/softmax/chain/learning.js").Example[]} */
const SET = [
  [[0.9, 0.1, 0.2, 0.8], 0],
  [[0.8, 0.9, 0.2, 0.1], 1],
  [[0.1, 0.3, 0.9, 0.8], 2],
];
const HOW = { rate: 0.5, size: 0, seed: 1 };

Deno.test("one step goes down the loss's slope, as differences measure it", () => {
  const h = 1e-6, after = descended(START, SET, 1);
  for (const [k, i] of [[0, 0], [1, 3], [2, 2]]) {
    const moved = (/** @type {number} */ by) => ({
      ...START,
      W: START.W.map((row, r) => row.map((w, c) => r === k && c === i ? w + by : w)),
    });
    const slope = (meanLoss(moved(h), SET) - meanLoss(moved(-h), SET)) / (2 * h);
    near(START.W[k][i] - after.W[k][i], slope, 1e-8);
  }
});

Deno.test("the gradients of the classes sum to 0", () => {
  near(errorOf(START, SET[0]).reduce((a, b) => a + b, 0), 0, 1e-15);
});

Deno.test("on a black picture one step moves the biases and no weight", () => {
  const after = descended(START, [[[0, 0, 0, 0], 2]], 0.5);
  equal(after.W, START.W);
  holds(after.b.every((b, k) => b !== START.b[k]), "every bias moves");
  equal(argmax(logitsOf(START, [0, 0, 0, 0])), 0, "black is a cat by its bias before any step");
});

Deno.test("doubling W and b of a network that is right makes its loss smaller; W alone need not", () => {
  const { model } = training(START, SET, HOW).at(300);
  holds(SET.every(([x, label]) => argmax(logitsOf(model, x)) === label), "all are right");
  const doubled = { W: model.W.map((row) => row.map((w) => 2 * w)), b: model.b.map((b) => 2 * b) };
  holds(meanLoss(doubled, SET) < meanLoss(model, SET), "the loss falls");
  const byBias = { W: [[0, 0, 0, 0.1], [0, 0, 0, 0], [0, 0, 0, 0]], b: [0, 1, -9] };
  /** @type {import("../../demos/softmax/chain/learning.js").Example} */
  const dark = [[0, 0, 0, 1], 1];
  const W = byBias.W.map((row) => row.map((w) => 2 * w));
  holds(meanLoss({ W, b: byBias.b }, [dark]) > meanLoss(byBias, [dark]), "right by its bias, worse with 2 W");
});

Deno.test("the loss falls as long as W grows, and is never 0", () => {
  const course = training(START, SET, HOW), found = [100, 1000, 10_000].map((steps) => course.at(steps).model);
  const losses = found.map((model) => meanLoss(model, SET)), lengths = found.map(lengthOf);
  holds(losses[0] > losses[1] && losses[1] > losses[2] && losses[2] > 0, "the loss falls");
  holds(lengths[0] < lengths[1] && lengths[1] < lengths[2], "W grows");
});

Deno.test("two equal pictures with different labels: the loss ends at ln 2", () => {
  /** @type {import("../../demos/softmax/chain/learning.js").Example[]} */
  const set = [[[1, 0, 0, 1], 0], [[1, 0, 0, 1], 1]];
  near(meanLoss(training(START, set, HOW).at(20_000).model, set), Math.log(2), 1e-3);
});

Deno.test("the same number of steps gives the same weights, in one go, by turns, and backwards", () => {
  const how = { ...HOW, size: 1 }, whole = training(START, SET, how).at(500).model;
  const parts = training(START, SET, how);
  for (const steps of [1, 2, 77, 500, 3, 500]) parts.at(steps);
  equal(parts.at(500).model, whole);
  holds(
    JSON.stringify(training(START, SET, { ...how, seed: 2 }).at(500).model) !== JSON.stringify(whole),
    "another seed, other weights",
  );
});

Deno.test("the untrained product of a thousand probabilities is 0, the trained one is not; no sum of logarithms fails", () => {
  const chance = Array(6).fill(1 / 3), sure = Array(6).fill(0.99);
  equal(likelihood(chance, 1000).product, 0);
  equal(likelihood(chance, 1000).died, 679); // (1/3)^678 is the last that float64 holds
  near(likelihood(chance, 1000).sum, -1000 * Math.log(3), 1e-9);
  near(likelihood(sure, 1000).product, 0.99 ** 1000, 1e-12);
  equal(likelihood(sure, 1000).died, null);
});

Deno.test("least squares masks the group in the middle", () => {
  const points = pointsOf(1.5);
  holds(wrongOf(points, leastSquares(points)) > wrongOf(points, softmaxRegression(points)), "more wrong");
  const outputs = points.flatMap(([x]) => leastSquares(points)(x));
  holds(outputs.some((v) => v < 0) && outputs.some((v) => v > 1), "no probabilities");
  near(leastSquares(points)(0.7).reduce((a, b) => a + b, 0), 1, 1e-12);
});

Deno.test("a training is shown step by step at first, and ends exactly", () => {
  equal([0, 1, 8].map((step) => nextLook(step, 2350)), [1, 2, 9]);
  const looks = [0];
  while (looks[looks.length - 1] < 2350) looks.push(nextLook(looks[looks.length - 1], 2350));
  equal(looks[looks.length - 1], 2350);
  holds(looks.length > 60 && looks.length < 120, `${looks.length} looks`);
  const between = Array.from({ length: 2350 }, (_, step) => nextLook(step, 2350));
  equal([...new Set(between)], looks.slice(1), "from wherever one comes, the same steps are looked at");
});

Deno.test("a long training keeps the same losses in whichever parts they came", () => {
  const values = Array.from({ length: 1000 }, (_, i) => Math.sin(i));
  const kept = (/** @type {number} */ part) => {
    const losses = thinned(100);
    for (let i = 0; i < values.length; i += part) losses.add(values.slice(i, i + part), i);
    return losses.kept;
  };
  equal(kept(1), kept(1000));
  equal(kept(7), kept(1000));
  holds(kept(7).length > 50 && kept(7).length <= 100, `${kept(7).length} kept`);
  holds(kept(7).every(([index, value]) => value === values[index]), "each at its own place");
});
