import { placeWords, reading, stepsOf, summary, tickWords, valueAt, valueWords } from "../../demos/kit/plottext.js";
import { equal, holds } from "./expect.js";

const X = { label: "numbers in the code", scale: /** @type {const} */ ("log") };
const Y = { label: "MSE, test digits" };
/** @type {import("../../demos/kit/plot.js").Series[]} */
const SERIES = [
  { name: "PCA", points: [[2, 0.055], [8, 0.031], [32, 0.009]] },
  { name: "VAE", points: [[2, 0.04], [8, null], [16, 0.05], [32, 0.02]] },
];

Deno.test("the cursor stops at every x where some series has a value, once and in order", () => {
  equal(stepsOf(SERIES), [2, 8, 16, 32]);
  equal(stepsOf([{ points: [[3, null], [1, 5]] }]), [1]);
});

Deno.test("a reading names the axis, the place and every series that has a value there", () => {
  equal(reading(SERIES, X, Y, 2), "numbers in the code 2: PCA 0.0550, VAE 0.0400");
  equal(reading(SERIES, X, Y, 8), "numbers in the code 8: PCA 0.0310");
  equal(reading([{ points: [[1, 0.5]] }], {}, { label: "accuracy", percent: true }, 1), "x 1: accuracy 50.0 %");
  equal(valueAt(SERIES[1], 8), null);
  equal(valueAt(SERIES[1], 3), null);
});

Deno.test("a summary tells the ends of each curve and what lies beyond them", () => {
  const text = summary(SERIES, X, Y, [{ y: 0.06, name: "mean picture" }, { y: 0 }]);
  holds(text.includes("PCA: 0.0550 at 2, 0.00900 at 32."), text);
  holds(text.includes("VAE: 0.0400 at 2, 0.0200 at 32; highest 0.0500 at 16."), text);
  holds(text.includes("Marked: mean picture at 0.0600."), text);
});

Deno.test("a summary tells where a curve leaves a fixed axis, and only then", () => {
  const points = /** @type {[number, number][]} */ ([[0, 1], [1, 3], [2, 9]]);
  holds(summary([{ name: "loss", points }], {}, { high: 2 }).includes("off the scale from 1"), "it leaves at 1");
  holds(
    !summary([{ name: "loss", points }], {}, { high: 9 }).includes("off the scale"),
    "9 is the edge, not beyond it",
  );
  holds(!summary([{ name: "loss", points }], {}, { low: 1 }).includes("off the scale"), "nor is 1, at the other end");
  holds(summary([{ name: "loss", points }], {}, { low: 2 }).includes("off the scale from 0"), "it begins below 2");
  equal(summary([{ name: "loss", points: [] }], {}, {}), "");
  equal(summary([{ name: "loss", points: [[0, NaN]] }], {}, {}), "loss: no value.");
});

Deno.test("ticks and values of a share are per cent; a value is read with more digits than a tick", () => {
  equal(tickWords({ percent: true }, 0.07), "7 %");
  equal(tickWords({ percent: true }, 0.955), "95.5 %");
  equal(valueWords({ percent: true }, 0.97134), "97.1 %");
  equal(valueWords({}, 0.012345), "0.0123");
  equal(valueWords({}, 60000), "60,000");
  equal(valueWords({}, 2.3026), "2.30");
  equal(valueWords({}, -104.4), "−104");
  equal(valueWords({}, 1e-6), "1.0·10⁻⁶");
  equal(placeWords({}, 1.5), "1.5");
  equal(placeWords({}, 2.41666), "2.417");
  equal(tickWords({ words: (v) => `β = ${v}` }, 4), "β = 4");
});
