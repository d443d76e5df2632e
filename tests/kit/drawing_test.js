// What stands in the link restores the same pixels, and what does not is refused without an exception.
import {
  another,
  asSource,
  decodePhoto,
  decodeStrokes,
  detached,
  drawing,
  encodePhoto,
  encodeStrokes,
  extended,
  fits,
  onGrid,
  pixels,
  raw,
  sameDrawing,
  sourceField,
} from "../../demos/kit/drawing.js";
import { rasterise } from "../../demos/kit/strokes.js";
import { equal, holds } from "./expect.js";

/** @typedef {import("../../demos/kit/strokes.js").Stroke} Stroke */

/** Random numbers in [0, 1) from a seed. @param {number} seed */
const dice = (seed) => () => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 2 ** 32;

/** A digit 3 as a hand draws it: 160 events of the pointer on a pad 224 pixels wide. */
function threeByHand() {
  /** @type {Stroke} */
  let stroke = [];
  for (let i = 0; i <= 160; i++) {
    const t = i / 160, angle = Math.PI * (t < 0.5 ? -0.9 + 2.8 * t : -0.9 + 2.8 * (t - 0.5));
    const x = 0.45 + 0.25 * Math.cos(angle), y = (t < 0.5 ? 0.3 : 0.7) + 0.2 * Math.sin(angle);
    stroke = extended(stroke, Math.round(224 * x) / 224, Math.round(224 * y) / 224);
  }
  return [stroke];
}

Deno.test("a digit as drawn comes back point by point from at most 300 characters of a link", () => {
  const strokes = threeByHand(), text = encodeStrokes(strokes);
  holds(text.length <= 300, `${text.length} characters`);
  holds(/^[A-Za-z0-9_-]+$/.test(text), text);
  equal(decodeStrokes(text), strokes);
  equal(pixels({ strokes: decodeStrokes(text) ?? [] }), pixels({ strokes }));
});

Deno.test("whatever lies on the grid makes the round trip: jumps, dots, points given twice, corners of the pad", () => {
  const random = dice(7);
  for (let trial = 0; trial < 200; trial++) {
    const reach = [0.02, 0.2, 1][trial % 3];
    const strokes = Array.from({ length: 1 + Math.floor(5 * random()) }, () => {
      let [x, y] = [random(), random()];
      return Array.from({ length: 1 + Math.floor(40 * random()) }, () => {
        if (random() < 0.8) {
          [x, y] = [x + reach * (random() - 0.5), y + reach * (random() - 0.5)];
        }
        return [onGrid(x), onGrid(y)];
      });
    });
    equal(decodeStrokes(encodeStrokes(strokes)), strokes, `trial ${trial}`);
  }
  equal(decodeStrokes(encodeStrokes([])), []);
  equal(decodeStrokes(encodeStrokes([[[0, 1], [1, 0]]])), [[[onGrid(0), onGrid(1)], [onGrid(1), onGrid(0)]]]);
});

Deno.test("strokes off the grid are seen as they are sent, so that a link shows the same pixels", () => {
  const field = drawing(), value = { strokes: [[[0.1234, 0.3], [0.5, 0.777], [0.9, 0.2]]] };
  const back = field.parse(field.write(value));
  holds(back, "it parses");
  equal(raw(back), raw(value));
});

Deno.test("a stroke keeps its points apart and ends where the pen is", () => {
  const random = dice(3);
  /** @type {Stroke} */
  let stroke = [];
  let x = 0.5, y = 0.5;
  for (let i = 0; i < 500; i++) {
    [x, y] = [x + 0.02 * (random() - 0.45), y + 0.02 * (random() - 0.5)].map((v) => Math.max(0, Math.min(1, v)));
    stroke = extended(stroke, x, y);
    equal(stroke[stroke.length - 1], [onGrid(x), onGrid(y)], `event ${i}`);
  }
  for (let i = 1; i < stroke.length - 1; i++) {
    const [[ax, ay], [bx, by]] = [stroke[i - 1], stroke[i]];
    holds(Math.hypot(ax - bx, ay - by) >= 5 / 256, `points ${i - 1} and ${i}`);
  }
});

Deno.test("a photo comes back in 16 greys; a digit takes a few hundred characters, noise at most 1,100", () => {
  const random = dice(5);
  const pictures = [
    pixels({ strokes: threeByHand() }),
    new Uint8Array(784),
    new Uint8Array(784).fill(255),
    Uint8Array.from({ length: 784 }, () => 256 * random()),
    Uint8Array.from({ length: 784 }, () => random() < 0.5 ? 0 : 255),
    Uint8Array.from({ length: 784 }, (_, i) => i === 783 ? 255 : 0),
  ];
  for (const [i, grey] of pictures.entries()) {
    const text = encodePhoto(grey), back = decodePhoto(text);
    holds(/^[A-Za-z0-9_-]+$/.test(text), text);
    equal(
      back,
      Uint8Array.from(grey, (value) => 17 * Math.round(value / 17)),
      `picture ${i}`,
    );
    equal(encodePhoto(back ?? []), text, "rounded once, it stays");
    holds(text.length <= (i === 0 ? 320 : 1100), `picture ${i}: ${text.length} characters`);
  }
});

Deno.test("what is no drawing is refused, whatever it is", () => {
  const field = drawing(), source = sourceField({ kinds: ["drawn", "picked", "mean", "sampled"] });
  for (
    const text of ["", "10", "-1", "3.5", "x", "s?", "sA", "sAAAA", "s___", "sAAAAA", "p", "pAAA", "p----", "é", "s€€€"]
  ) {
    equal(field.parse(text), undefined, text);
  }
  for (
    const text of [
      "",
      "drawn",
      "drawn-",
      "picked-100-0",
      "picked-3-x",
      "picked-3-0-0",
      "mean-3-1",
      "sampled-1e9",
      "other-1",
    ]
  ) {
    equal(source.parse(text), undefined, text);
  }
  const letters = "ABgh019-_p sé%", random = dice(11);
  for (let trial = 0; trial < 5000; trial++) {
    const text = Array.from(
      { length: 12 * random() },
      () => letters[Math.floor(letters.length * random())],
    ).join("");
    for (
      const value of [field.parse(`s${text}`), field.parse(`p${text}`), field.parse(text)]
    ) {
      if (value) {
        holds(
          sameDrawing(
            field.parse(field.write(value)) ?? { example: -1 },
            value,
          ),
          text,
        );
      }
    }
    const decoded = decodeStrokes(text);
    for (const [x, y] of (decoded ?? []).flat()) {
      holds(x > 0 && x < 1 && y > 0 && y < 1, text);
    }
    source.parse(text);
  }
});

Deno.test("a drawing that fits no link is refused", () => {
  const long = (
    /** @type {number} */ points,
  ) => [Array.from({ length: points }, (_, i) => [onGrid(i % 2), onGrid(0.5)])];
  equal(fits(long(300)), true);
  equal(decodeStrokes(encodeStrokes(long(300))), long(300));
  equal(fits(long(300), 1), false, "no room for one more");
  equal(fits(long(301)), false);
  equal(decodeStrokes(encodeStrokes(long(301))), undefined);
});

Deno.test("older links name a digit alone", () => {
  equal(drawing().parse("7"), { example: 7 });
  equal(sourceField().parse("7"), { kind: "drawn", drawing: { example: 7 } });
});

Deno.test("sources make the round trip, and ask the server for what they are", () => {
  const field = sourceField({ kinds: ["drawn", "picked", "mean", "sampled"] });
  /** @type {import("../../demos/kit/drawing.js").Source[]} */
  const sources = [
    { kind: "drawn", drawing: { example: 4 } },
    { kind: "drawn", drawing: { strokes: threeByHand() } },
    { kind: "picked", class: 9, index: 12 },
    { kind: "mean", class: 0 },
    { kind: "sampled", seed: 2147483647 },
  ];
  for (const source of sources) equal(field.parse(field.write(source)), source);
  equal(sourceField({ kinds: ["drawn"] }).parse("mean-3"), undefined, "a kind that is not offered");
  equal(asSource(sources[2]), { class: 9, index: 12 });
  equal(asSource(sources[3]), { mean: 0 });
  equal(asSource(another(sources[4])), { seed: 0 }, "seeds go round");
  equal(asSource(another(sources[2])), { class: 9, index: 13 });
  equal(Object.keys(asSource(sources[1])), ["picture"]);
});

Deno.test("an example is drawn from its pad's examples, a photo as it is, and both are kept", () => {
  const typed = [[[[0.2, 0.2], [0.8, 0.8]]]], value = { example: 0 };
  equal(raw(value, typed), rasterise(typed[0]));
  holds(pixels({ example: 0 }, typed) === pixels(value, typed), "computed once");
  equal(Object.keys(detached(value, typed)), ["strokes"]);
  const photo = encodePhoto(pixels(value, typed));
  equal(pixels({ photo }), decodePhoto(photo));
  equal(raw({ photo })[112 * 57 + 58], pixels({ photo })[28 * 14 + 14]);
  equal(pixels({ example: 5 }, typed), new Uint8Array(784), "an example that there is not");
});
