import { inkOf } from "../../demos/softmax/classify/photo.js";
import { equal, holds } from "../kit/expect.js";

const SIDE = 28;
/** A square of ink on paper. @param {number} paper @param {number} ink */
const photo = (paper, ink) =>
  Float32Array.from({ length: SIDE * SIDE }, (_, i) => {
    const row = Math.floor(i / SIDE), column = i % SIDE;
    return row > 9 && row < 18 && column > 9 && column < 18 ? ink : paper;
  });

Deno.test("dark ink on light paper and light ink on dark become the same picture", () => {
  equal([...inkOf(photo(0.9, 0.1), SIDE)], [...inkOf(photo(0.1, 0.9), SIDE)].map((v) => v));
  equal(inkOf(photo(0.9, 0.1), SIDE)[0], 0);
  equal(inkOf(photo(0.9, 0.1), SIDE)[14 * SIDE + 14], 1);
});

Deno.test("an empty sheet stays empty", () => {
  holds(inkOf(photo(0.8, 0.8), SIDE).every((v) => v === 0), "no ink");
});
