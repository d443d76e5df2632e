// The pen covers what geometry says, and MNIST's steps leave no trace of where and how large a digit was drawn.
import { bent, centreOfMass, rasterise, toMnist } from "../../demos/kit/strokes.js";
import { equal, holds, near } from "./expect.js";

/** @typedef {import("../../demos/kit/strokes.js").Strokes} Strokes */

/** A three, roughly. @type {Strokes} */
const THREE = [[
  [0.3, 0.2],
  [0.46, 0.13],
  [0.64, 0.2],
  [0.64, 0.36],
  [0.45, 0.47],
  [0.45, 0.47],
  [0.64, 0.52],
  [0.71, 0.68],
  [0.6, 0.84],
  [0.42, 0.87],
  [0.27, 0.79],
]];

/** @param {Strokes} strokes @param {number} size @param {number} left @param {number} top @returns {Strokes} */
const moved = (strokes, size, left, top) =>
  strokes.map((stroke) => stroke.map(([x, y]) => [left + size * x, top + size * y]));

/** @param {ArrayLike<number>} bytes */
const sum = (bytes) => Array.from(bytes).reduce((total, value) => total + value / 255, 0);

/** @param {ArrayLike<number>} bytes */
const centre = (bytes) => centreOfMass({ rows: 28, columns: 28, values: Float32Array.from(bytes) });

/** @param {ArrayLike<number>} a @param {ArrayLike<number>} b */
const apart = (a, b) => Array.from(a, (value, i) => Math.abs(value - b[i]) / 255).reduce((x, y) => x + y) / a.length;

Deno.test("a horizontal line is a rectangle with two half discs, and nothing else", () => {
  const line = rasterise([[[0.2, 0.5], [0.8, 0.5]]], 100, 0.1);
  near(sum(line) / (60 * 10 + Math.PI * 25), 1, 0.01, "area");
  for (let row = 0; row < 100; row++) {
    for (let column = 0; column < 100; column++) {
      const away = Math.hypot(Math.max(20 - column - 0.5, 0, column + 0.5 - 80), row + 0.5 - 50);
      if (away < 4.5) {
        equal(line[100 * row + column], 255, `inside at ${row}, ${column}`);
      }
      if (away > 5.5) {
        equal(line[100 * row + column], 0, `outside at ${row}, ${column}`);
      }
    }
  }
});

Deno.test("a dot is a disc; no strokes and a stroke without points are no ink", () => {
  near(
    sum(rasterise([[[0.5, 0.5]]], 112, 0.2)),
    Math.PI * 11.2 ** 2,
    3,
    "area",
  );
  equal(sum(rasterise([])), 0);
  equal(sum(rasterise([[]])), 0);
});

Deno.test("ink outside the pad is cut off, not drawn elsewhere", () => {
  equal(sum(rasterise([[[2, 2], [3, 2], [-4, 9]]])), 0);
  near(
    sum(rasterise([[[0, 0.5], [-3, 0.5]]], 100, 0.1)),
    (Math.PI * 25) / 2,
    6,
    "half a disc at the edge",
  );
});

Deno.test("the pen bends through the middles, and turns sharply where a point stands twice", () => {
  const corner = [0.9, 0.1], round = bent([[0.1, 0.1], corner, [0.9, 0.9]]);
  const sharp = bent([[0.1, 0.1], corner, corner, [0.9, 0.9]]);
  const nearest = (/** @type {readonly (readonly number[])[]} */ line, /** @type {number[]} */ [x, y]) =>
    Math.min(...line.map((point) => Math.hypot(point[0] - x, point[1] - y)));
  near(nearest(round, [0.9, 0.5]), 0, 1e-9, "through the middle of the last side");
  holds(nearest(round, corner) > 0.1, "not through the point itself");
  near(nearest(sharp, corner), 0, 1e-9, "through the corner");
});

Deno.test("a digit lies as MNIST lays it: 20 pixels long, its centre of mass in the middle", () => {
  const seen = toMnist(rasterise(THREE), 112), mass = centre(seen);
  near(mass?.row ?? NaN, 14, 0.15, "row");
  near(mass?.column ?? NaN, 14, 0.15, "column");
  const inked = Array.from(
    { length: 28 },
    (_, row) => seen.subarray(28 * row, 28 * row + 28).some((v) => v > 127),
  );
  near(inked.lastIndexOf(true) - inked.indexOf(true) + 1, 20, 1, "height");
});

Deno.test("the place of a drawing leaves no trace, its size and pen hardly one", () => {
  const plain = toMnist(rasterise(THREE), 112), pixel = 1 / 112;
  for (const [right, down] of [[-9, -4], [6, 3], [12, 10]]) {
    const other = toMnist(
      rasterise(moved(THREE, 1, right * pixel, down * pixel)),
      112,
    );
    holds(apart(plain, other) < 0.001, `moved by ${right}, ${down} pixels: ${apart(plain, other)}`);
  }
  for (
    const [size, left, top, pen] of [[0.3, 0.05, 0.05, 0.03], [0.4, 0.55, 0.57, 0.04], [1, 0, 0, 0.03]]
  ) {
    const other = toMnist(
      rasterise(moved(THREE, size, left, top), 112, pen),
      112,
    );
    holds(apart(plain, other) < 0.03, `size ${size}, pen ${pen}: ${apart(plain, other)}`);
  }
});

Deno.test("nothing drawn is a black picture, and any picture at all gives a picture", () => {
  equal(sum(toMnist(new Uint8Array(112 * 112), 112)), 0);
  let state = 1;
  const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  for (let trial = 0; trial < 60; trial++) {
    const [width, height, share] = [
      1 + Math.floor(50 * random()),
      1 + Math.floor(50 * random()),
      random(),
    ];
    const noise = Uint8Array.from({ length: width * height }, () => random() < share ? 256 * random() : 0);
    equal(toMnist(noise, width, height).length, 784, `${width} x ${height}`);
  }
});

Deno.test("a dot stays a dot", () => {
  const ink = sum(toMnist(rasterise([[[0.1, 0.9]]]), 112));
  holds(ink > 5 && ink < 120, `${ink} pixels of ink`);
});
