import { bytes, floats, toBase64 } from "../../demos/kit/bytes.js";
import { mulberry32 } from "../../demos/kit/random.js";
import { equal, holds } from "./expect.js";

Deno.test("base64 is the standard's (RFC 4648, section 10)", () => {
  const vectors = [["", ""], ["f", "Zg=="], ["fo", "Zm8="], ["foo", "Zm9v"], ["foobar", "Zm9vYmFy"]];
  for (const [text, base64] of vectors) {
    equal(toBase64(new TextEncoder().encode(text)), base64);
    equal(new TextDecoder().decode(bytes(base64)), text);
  }
});

Deno.test("bytes come back as they went, of any length", () => {
  const uniform = mulberry32(1);
  for (const length of [0, 1, 2, 3, 784, 0x8000, 0x8001, 100000]) {
    const there = Uint8Array.from({ length }, () => 256 * uniform()), back = bytes(toBase64(there));
    equal(back.length, length);
    holds(there.every((v, i) => v === back[i]), `${length} bytes`);
  }
});

Deno.test("float32 numbers come back exactly, also a part of a longer array", () => {
  const there = Float32Array.from([0, -0, 1 / 3, -Math.fround(1e-40), 3.4e38, Infinity, NaN]);
  const back = floats(toBase64(there));
  holds(there.every((v, i) => Object.is(v, back[i])), "every number, bit by bit");
  equal(Array.from(floats(toBase64(there.subarray(2, 5)))), Array.from(there.subarray(2, 5)));
  equal(Array.from(floats("AACAPw=="))[0], 1); // 0x3f800000, little-endian
});
