import { count, percent, probability, short, show, signed, tick, units } from "../../demos/kit/format.js";
import { mulberry32 } from "../../demos/kit/random.js";
import { equal, holds, near } from "./expect.js";

/** Numbers of every size and both signs, the same on every run. */
function numbers() {
  const uniform = mulberry32(3);
  return Array.from({ length: 4000 }, () => (uniform() < 0.5 ? -1 : 1) * 10 ** (24 * uniform() - 12) * (1 + uniform()));
}

/** The number that a text says: 1.2·10⁻⁷ is 1.2e-7. @param {string} text */
function said(text) {
  const plain = text.replaceAll("−", "-").replace(
    /·10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)/,
    (_, power) => `e${[...power].map((c) => (c === "⁻" ? "-" : "⁰¹²³⁴⁵⁶⁷⁸⁹".indexOf(c))).join("")}`,
  );
  return Number(plain);
}

Deno.test("a number shown is the number within half a unit of its last digit, never a false 0, never with a hyphen", () => {
  for (const digits of [0, 1, 2, 4]) {
    for (const value of numbers()) {
      const text = show(value, digits);
      holds(!text.includes("-"), `${text} has a hyphen for a minus`);
      holds(said(text) !== 0, `${value} is called ${text}`);
      near(
        said(text),
        value,
        Math.max(0.5 * 10 ** -digits * (1 + 1e-9), 1e-12 * Math.abs(value)),
        `show(${value}, ${digits})`,
      );
    }
  }
});

Deno.test("what is too small for its digits is right to one digit", () => {
  for (const value of numbers().filter((v) => Math.abs(v) < 0.004)) {
    near(said(show(value, 2)) / value, 1, 0.51, `show(${value}, 2)`);
  }
  equal(show(0.004, 2), "0.004");
  equal(show(-0.00004, 3), "−0.00004");
  equal(show(3e-9, 3), "3·10⁻⁹");
});

Deno.test("the dust of float64 is 0, and 0 has no sign", () => {
  equal(show(0.1 + 0.2 - 0.3, 2), "0.00");
  equal(show(-0, 2), "0.00");
  equal(signed(-0, 1), "0.0");
});

Deno.test("what is no number has a sign of its own", () => {
  for (const word of [show, short, signed, percent, probability]) {
    equal(word(null), "–");
    equal(word(undefined), "–");
    equal(word(NaN), "NaN");
    equal(word(-Infinity), "−∞");
  }
  equal(show(Infinity), "∞");
  equal(signed(Infinity), "+∞");
});

Deno.test("short is right to two digits for every size, with the front between 1 and 10", () => {
  for (const value of numbers()) {
    const text = short(value, 3), size = Math.abs(value);
    near(said(text) / value, 1, 0.5, `short(${value})`);
    if (size >= 1e5 || size < 1e-3) {
      const front = Math.abs(said(text.split("·")[0]));
      holds(front >= 1 && front < 10, `${text} has its front outside 1 ... 10`);
      near(said(text) / value, 1, 0.051, `short(${value})`);
    }
  }
  equal(short(5e-324), "4.9·10⁻³²⁴");
  equal(short(99999999), "1.0·10⁸");
  equal(short(-0.00012), "−1.2·10⁻⁴");
  equal(short(123.456), "123.5");
});

Deno.test("a share is 0 % or 100 % only when it is", () => {
  equal(percent(0), "0.0 %");
  equal(percent(1), "100.0 %");
  equal(percent(0.9996), "> 99.9 %");
  equal(percent(0.0004), "< 0.1 %");
  equal(percent(0.00004, 2), "< 0.01 %");
  equal(percent(0.9713), "97.1 %");
  equal(percent(-0.031), "−3.1 %");
  for (const value of numbers().map((v) => Math.abs(v)).filter((v) => v < 1)) {
    holds(percent(value) !== "0.0 %" && percent(1 - value) !== "100.0 %" || 1 - value === 1, `percent(${value})`);
    holds(
      probability(value) !== "0.000" && (probability(1 - value) !== "1.000" || 1 - value === 1),
      `probability(${value})`,
    );
  }
  equal(probability(0.99997), "> 0.999");
  equal(probability(0.25, 2), "0.25");
});

Deno.test("a signed number says its sign", () => {
  equal(signed(0.5), "+0.50");
  equal(signed(-0.5), "−0.50");
  equal(signed(0.001), "+0.001");
});

Deno.test("a count agrees with its noun, thousands stand apart", () => {
  equal(units(1, ["picture", "pictures"]), "1 picture");
  equal(units(0, ["picture", "pictures"]), "0 pictures");
  equal(units(10000, ["picture", "pictures"]), "10,000 pictures");
  equal(units(3.21, "nats", 1), "3.2 nats");
  equal(units(Infinity, "nats", 1), "∞ nats");
  equal(count(1234567), "1,234,567");
});

Deno.test("a tick says its number exactly", () => {
  for (const power of [-12, -4, -3, -1, 0, 2, 5, 6, 9]) {
    for (const front of [1, 2, 2.5, 5, -1, -3]) {
      const value = Number(`${front}e${power}`), text = tick(value);
      const plain = text.replaceAll(",", "").replace(/^(−?)10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹])/, "$11·10$2");
      near(said(plain) / value, 1, 1e-9, text);
    }
  }
  equal(tick(0), "0");
  equal(tick(10000), "10,000");
  equal(tick(0.0001), "10⁻⁴");
  equal(tick(-2e6), "−2·10⁶");
  equal(tick(0.30000000000000004), "0.3");
});
