import { decibels, gained } from "../../demos/denoise/bench/errors.js";
import { histogram } from "../../demos/denoise/unlike/histogram.js";
import { ordinal, places, testValues } from "../../demos/denoise/compare/places.js";
import { equal, near } from "../kit/expect.js";

const errors = (/** @type {number} */ mse) => ({ mse, psnr: mse ? -10 * Math.log10(mse) : 120 });

Deno.test("a picture without an error has no decibels", () => {
  equal(decibels(errors(0)), "no error");
  equal(decibels(errors(0.01)), "20.0 dB");
});

Deno.test("without noise there is nothing to gain, and any change is harm", () => {
  equal(gained(errors(0), errors(0.002)).value, "nothing to gain");
  equal(gained(errors(0), errors(0.002)).good, false);
  equal(gained(errors(0), errors(0)).good, null);
});

Deno.test("a gain has its sign, and harm is called harm", () => {
  equal(gained(errors(0.1), errors(0.01)).value, "+10.0 dB");
  equal(gained(errors(0.01), errors(0.1)).value, "−10.0 dB");
  equal(gained(errors(0.01), errors(0.1)).good, false);
  equal(gained(errors(0.01), errors(0)).value, "all of it");
});

const measured = {
  strengths: [0, 0.1, 0.2, 0.3],
  kinds_strength: 0.3,
  noisy: { gaussian: 13, blur: 20 },
  pictures: { a: 100, b: 100 },
  rows: {
    a: { psnr: [30, 20, 10, 5], kinds: { gaussian: 5, blur: 21 } },
    b: { psnr: [20, 21, 12, 4], kinds: { gaussian: 4, blur: 22 } },
  },
};

Deno.test("the test set's order is that of the nearest strength measured", () => {
  equal(testValues(measured, "gaussian", 0.16)?.values, { a: 10, b: 12 });
  equal(testValues(measured, "gaussian", 0.16)?.words, "Gaussian noise 0.2");
});

Deno.test("other kinds of noise were measured at one strength, and elsewhere nothing is told", () => {
  equal(testValues(measured, "blur", 0.32)?.values, { a: 21, b: 22 });
  equal(testValues(measured, "blur", 0.5), null);
});

Deno.test("places: the largest value first, equals share theirs", () => {
  equal(places({ a: 3, b: 5, c: 3, d: 1 }), { a: 2, b: 1, c: 2, d: 4 });
  equal([1, 2, 3, 4, 11, 12, 13, 21, 22].map(ordinal), [
    "1st",
    "2nd",
    "3rd",
    "4th",
    "11th",
    "12th",
    "13th",
    "21st",
    "22nd",
  ]);
});

Deno.test("a histogram from quantiles holds all that lies in its range, and a dense place is high", () => {
  // a tenth between 0.001 and 0.01, the rest between 0.01 and 0.02
  const quantiles = [0.001, ...Array.from({ length: 10 }, (_, i) => 0.01 * 2 ** (i / 9))];
  const bars = histogram(quantiles, -4, 0, 40);
  near(bars.reduce((sum, [, share]) => sum + share, 0), 1, 1e-9);
  const share = (/** @type {number} */ at) => bars.find(([x]) => Math.abs(x - at) < 0.06)?.[1] ?? NaN;
  near(share(-2.5), 0.01, 0.002);
  equal(share(-1.85) > 10 * share(-2.5), true);
  equal(share(-0.5), 0);
});
