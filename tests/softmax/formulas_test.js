import {
  argmax,
  crossEntropy,
  entropy,
  limitOf,
  logSumExp,
  ranked,
  softmax,
  template,
} from "../../demos/softmax/formulas.js";
import { equal, holds, near } from "../kit/expect.js";

Deno.test("the probabilities sum to 1, keep the order, and forget a constant", () => {
  const logits = [2, 1, -1, 0.5], p = softmax(logits);
  near(p.reduce((a, b) => a + b, 0), 1, 1e-15);
  equal(ranked(p), ranked(logits));
  softmax(logits.map((v) => v + 100)).forEach((v, k) => near(v, p[k], 1e-15));
});

Deno.test("at temperature 1 the logits 2, 1, -1 give A 0.705", () => {
  near(softmax([2, 1, -1])[0], Math.exp(2) / (Math.exp(2) + Math.exp(1) + Math.exp(-1)), 1e-15);
  equal(softmax([2, 1, -1])[0].toFixed(3), "0.705");
});

Deno.test("no finite logits overflow", () => {
  equal(softmax([1000, 0]), [1, 0]);
  equal(softmax([-1000, -1001]).every(Number.isFinite), true);
  near(logSumExp([1000, 1000]), 1000 + Math.log(2), 1e-12);
});

Deno.test("the cross-entropy is minus the logarithm of the true class's probability", () => {
  near(crossEntropy([2, 1, -1], 1), -Math.log(softmax([2, 1, -1])[1]), 1e-14);
  near(crossEntropy([0, 0, 0], 2), Math.log(3), 1e-15);
  equal(crossEntropy([1000, 0], 0), 0);
});

Deno.test("the entropy is largest for equal chances and 0 for a certainty", () => {
  near(entropy([1 / 3, 1 / 3, 1 / 3]), Math.log(3), 1e-15);
  near(entropy([1, 0, 0]), 0, 0);
  holds(entropy(softmax([2, 1, -1], 20)) > entropy(softmax([2, 1, -1], 1)), "hot is undecided");
});

Deno.test("the first of equal values is the largest", () => equal(argmax([1, 3, 3, 0]), 1));

Deno.test("a column of W is a template, and one extreme weight does not make the others pale", () => {
  const W = Float32Array.from({ length: 7840 }, (_, i) => i % 10);
  equal(new Set(template(W, 7)).size, 1);
  equal(template(W, 7)[783], 7);
  equal(limitOf([...Array(999).fill(1), 1000]), 1);
});
