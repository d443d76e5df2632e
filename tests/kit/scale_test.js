import { axisRange, extent, logTicks, nice, scale, ticks, ticksOf } from "../../demos/kit/scale.js";
import { mulberry32 } from "../../demos/kit/random.js";
import { equal, holds, near } from "./expect.js";

/** Ranges of every size and place. @returns {[low: number, high: number, most: number][]} */
function ranges() {
  const uniform = mulberry32(11);
  return Array.from({ length: 5000 }, () => {
    const wide = 10 ** (14 * uniform() - 7), low = (uniform() - 0.5) * 40 * wide;
    return [low, low + wide, 2 + Math.floor(9 * uniform())];
  });
}

Deno.test("every tick is a round multiple within the range; at least 2 and at most `most`, evenly apart", () => {
  for (const [low, high, most] of ranges()) {
    const found = ticks(low, high, most), about = `ticks(${low}, ${high}, ${most}) = ${found}`;
    holds(found.length >= 2 && found.length <= most, about);
    const step = found[1] - found[0], dust = 1e-9 * Math.max(Math.abs(low), Math.abs(high));
    for (const [i, v] of found.entries()) {
      holds(v >= low - dust && v <= high + dust, about);
      near(v - found[0], i * step, dust, about);
      const unit = 10 ** Math.floor(Math.log10(step) - 1e-9); // v counts in whole units of the step's own decimal place
      near(v / unit, Math.round(v / unit), 1e-6 * Math.max(1, Math.abs(v / unit)), about);
    }
  }
});

Deno.test("with room for five, the step is 1, 2 or 5 times a power of ten", () => {
  for (const [low, high] of ranges()) {
    const found = ticks(low, high, 5), step = found[1] - found[0];
    const front = step / 10 ** Math.floor(Math.log10(step) + 1e-6);
    holds([1, 2, 5].some((m) => Math.abs(front - m) < 1e-3), `a step of ${step} from ${low} to ${high}`);
  }
});

Deno.test("ticks are the decimal numbers that they look like", () => {
  equal(ticks(0, 1, 6), [0, 0.2, 0.4, 0.6, 0.8, 1]);
  equal(ticks(0, 0.35, 8), [0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35]);
  equal(ticks(-1, 1, 5), [-1, -0.5, 0, 0.5, 1]);
  equal(ticks(0, 60000, 4), [0, 20000, 40000, 60000]);
  holds(ticks(-0.4, 1.3, 5).every((v) => !Object.is(v, -0)), "no tick is called −0");
  equal(ticks(3, 3, 5), [3]);
});

Deno.test("what is counted has no tick between two whole numbers", () => {
  for (const high of [3, 4, 7, 12, 31, 400]) {
    holds(ticks(1, high, 9, { whole: true }).every(Number.isInteger), `up to ${high}`);
  }
});

Deno.test("a logarithmic axis has its decades, or 1, 2, 5 between few, or round numbers within one", () => {
  equal(logTicks(10, 60000, 5), [10, 100, 1000, 10000]);
  equal(logTicks(1e-6, 1e6, 5), [1e-6, 0.001, 1, 1000, 1e6]);
  equal(logTicks(1, 100, 7), [1, 2, 5, 10, 20, 50, 100]);
  equal(logTicks(3, 4, 4), ticks(3, 4, 4));
  const uniform = mulberry32(5);
  for (let i = 0; i < 3000; i++) {
    const low = 10 ** (10 * uniform() - 7),
      high = low * 10 ** (6 * uniform() + 0.02),
      most = 2 + Math.floor(7 * uniform());
    const found = logTicks(low, high, most);
    holds(found.length >= 2 && found.length <= most, `logTicks(${low}, ${high}, ${most}) = ${found}`);
    holds(found.every((v) => v >= low * (1 - 1e-6) && v <= high * (1 + 1e-6)), `${found} within ${low} ... ${high}`);
  }
});

Deno.test("the axis log(1 + v) has a tick at 0", () => equal(ticksOf("log1p", 0, 1000, 6), [0, 1, 10, 100, 1000]));

Deno.test("a scale and its inverse undo each other, and put the ends on the ends", () => {
  const uniform = mulberry32(7);
  for (const kind of /** @type {const} */ (["linear", "log", "log1p"])) {
    for (let i = 0; i < 500; i++) {
      const low = uniform() + 0.01, high = low + 10 ** (4 * uniform() - 1), first = 400 * uniform(), last = first - 300;
      const axis = scale(kind, [low, high], [first, last]), value = low + uniform() * (high - low);
      near(axis.to(low), first, 1e-9, kind);
      near(axis.to(high), last, 1e-9, kind);
      near(axis.from(axis.to(value)), value, 1e-9 * high, kind);
      holds(axis.to(value) < first && axis.to(value) > last, `${kind}: ${value} lies between the ends`);
    }
  }
});

Deno.test("equal factors are equally far apart on a logarithmic axis; 0 has no place on it", () => {
  const axis = scale("log", [1, 1000], [0, 300]);
  near(axis.to(10), 100, 1e-9);
  near(axis.to(100), 200, 1e-9);
  holds(Number.isNaN(axis.to(0)) && Number.isNaN(axis.to(-1)), "0 and −1 have no pixel");
});

Deno.test("a nice range holds the range, ends on ticks, and is less than a step wider at each end", () => {
  for (const [low, high, most] of ranges()) {
    const [a, b] = nice(low, high, most + 3), marks = ticks(low, high, most + 3), step = marks[1] - marks[0];
    const dust = 1e-8 * Math.max(Math.abs(a), Math.abs(b), step);
    holds(a <= low + dust && b >= high - dust, `${a} ... ${b} holds ${low} ... ${high}`);
    holds(
      low - a < step + dust && b - high < step + dust,
      `${a} ... ${b} for ${low} ... ${high} with steps of ${step}`,
    );
  }
  equal(nice(0.03, 0.97, 6), [0, 1]);
  equal(nice(0, 0), [0, 1]);
});

Deno.test("the extent leaves out what is no number", () => {
  equal(extent([3, NaN, null, -1, Infinity, undefined]), [-1, 3]);
  equal(extent([NaN]), null);
});

Deno.test("an axis keeps its fixed ends, whatever the values do", () => {
  equal(axisRange({ low: 0, high: 1 }, [-5, 7]), [0, 1]);
  equal(axisRange({ low: 0 }, [0.2, 0.97]), [0, 1]);
  equal(axisRange({ low: 0.5, high: 100, scale: "log" }, [1e-3, 1e9]), [0.5, 100]);
});

Deno.test("an axis without fixed ends holds its values; tight ends at them, else at round numbers", () => {
  equal(axisRange({}, [3, 97]), [0, 100]);
  equal(axisRange({}, [3, 97], true), [3, 97]);
  equal(axisRange({ zero: true }, [30, 97]), [0, 100]);
  equal(axisRange({ zero: true }, [-3, -1]), [-3, 0]);
  const [low, high] = axisRange({ scale: "log" }, [0, 0.02, 5, -1]);
  holds(low > 0 && low < 0.02 && high > 5, `${low} ... ${high} holds the positive values, and 0 has no place`);
});

Deno.test("an axis of one value, or of none, still has a length", () => {
  for (const kind of /** @type {const} */ (["linear", "log", "log1p"])) {
    for (const values of [[], [7], [0], [NaN]]) {
      for (const tight of [false, true]) {
        const [low, high] = axisRange({ scale: kind }, values, tight);
        holds(
          high > low && Number.isFinite(high - low) && (kind !== "log" || low > 0),
          `${kind} of [${values}]: ${low} ... ${high}`,
        );
      }
    }
  }
});
