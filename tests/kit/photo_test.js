// A photo's size comes from its header, and what is no photo is refused with a reason.
import { refusal, sidesOf } from "../../demos/kit/photo.js";
import { equal, holds } from "./expect.js";

/** The header of a PNG. @param {number} width @param {number} height */
function png(width, height) {
  const file = new Uint8Array(33), view = new DataView(file.buffer);
  file.set([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52]);
  view.setUint32(16, width);
  view.setUint32(20, height);
  return file;
}

/** The start of a JPEG whose size stands after an EXIF segment of `exif` bytes. @param {number} width @param {number} height @param {number} exif */
function jpeg(width, height, exif) {
  const file = new Uint8Array(4 + exif + 2 + 20), view = new DataView(file.buffer);
  view.setUint16(0, 0xffd8);
  view.setUint16(2, 0xffe1);
  view.setUint16(4, exif);
  view.setUint16(4 + exif, 0xffc2);
  view.setUint16(6 + exif, 17);
  view.setUint16(9 + exif, height);
  view.setUint16(11 + exif, width);
  return file;
}

Deno.test("width and height stand in the header", () => {
  equal(sidesOf(png(640, 480)), [640, 480]);
  equal(sidesOf(jpeg(4000, 3000, 300)), [4000, 3000]);
  equal(
    sidesOf(new TextEncoder().encode("seven, named seven.png and long enough")),
    null,
  );
  equal(sidesOf(new Uint8Array(3)), null);
});

Deno.test("a photo that can be taken is taken, every other has its reason", () => {
  equal(refusal(png(640, 480)), null);
  equal(refusal(jpeg(4000, 3000, 300)), null);
  for (
    const [file, words] of /** @type {const} */ ([
      [new Uint8Array(0), "0 bytes"],
      [new TextEncoder().encode("<svg></svg>"), "no PNG or JPEG"],
      [png(20_000, 20_000), "20000 × 20000"],
      [png(4, 900), "from 8 to 6000"],
      [new Uint8Array(31e6), "31 MB"],
    ])
  ) holds(refusal(file)?.includes(words), `${refusal(file)} says ${words}`);
});

Deno.test("a cut or scrambled header is refused, never an exception", () => {
  const whole = jpeg(400, 300, 40);
  for (let end = 0; end < whole.length; end++) refusal(whole.slice(0, end));
  for (let at = 0; at < whole.length; at++) {
    for (const value of [0, 0xff, 0xc0]) {
      refusal(Uint8Array.from(whole, (byte, i) => i === at ? value : byte));
    }
  }
});
