// Pictures for the pad that nobody drew: a photo of a digit on paper, and a digit of the test set.

import { bytes } from "./bytes.js";
import { encodePhoto } from "./drawing.js";
import { button, context2d, el, notice } from "./elements.js";
import { RAW, SIDE, toMnist } from "./strokes.js";

/** @typedef {{ picture?: string, error?: string }} Answered */

const LARGEST = 6000; // pixels along a photo that a phone's browser can still unpack
const SENT = 512; // pixels along the picture that is sent
const HEAVIEST = 30e6; // bytes
const TEST_DIGITS = 10_000, STRIDE = 7919; // prime to it: every digit has its turn
const SILENT = "The server does not answer. Try again in a moment.";

/**
 * The width and height that a PNG or JPEG tells in its header (a bomb is never unpacked); null where it is neither.
 * @param {Uint8Array<ArrayBuffer>} file
 * @returns {[number, number] | null}
 */
export function sidesOf(file) {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file.length > 24 && view.getUint32(0) === 0x89504e47) {
    return [view.getUint32(16), view.getUint32(20)];
  }
  if (file.length < 4 || view.getUint16(0) !== 0xffd8) return null;
  for (let at = 2; at + 9 < file.length; at += 2 + view.getUint16(at + 2)) {
    const marker = view.getUint8(at + 1);
    if (view.getUint8(at) !== 0xff) return null;
    const frame = marker >= 0xc0 && marker <= 0xcf &&
      ![0xc4, 0xc8, 0xcc].includes(marker);
    if (frame) return [view.getUint16(at + 7), view.getUint16(at + 5)];
  }
  return null;
}

/**
 * Why a file is no photo that can be taken; null where it can.
 * @param {Uint8Array<ArrayBuffer>} file
 */
export function refusal(file) {
  if (!file.length) return "the file is empty (0 bytes).";
  if (file.length > HEAVIEST) {
    return `the file has ${Math.round(file.length / 1e6)} MB; at most 30 MB, please.`;
  }
  const sides = sidesOf(file);
  if (!sides) return "this is no PNG or JPEG picture.";
  const [width, height] = sides, fits = Math.max(width, height) <= LARGEST && Math.min(width, height) >= 8;
  return fits ? null : `the picture has ${width} × ${height} pixels; its sides must be from 8 to ${LARGEST}.`;
}

/** A picture on white paper, `width` x `height` pixels. @param {ImageBitmap} bitmap @param {number} width @param {number} height */
function onPaper(bitmap, width, height) {
  const canvas = el("canvas", { width, height }), context = context2d(canvas, { willReadFrequently: true });
  context.fillStyle = "#fff";
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  return { canvas, context };
}

/** A photo as the server takes it: a grey PNG of at most SENT pixels along. @param {ImageBitmap} bitmap */
async function greyPng(bitmap) {
  const scale = Math.min(1, SENT / Math.max(bitmap.width, bitmap.height));
  const [width, height] = [bitmap.width, bitmap.height].map((side) => Math.max(2, Math.round(side * scale)));
  const { canvas, context } = onPaper(bitmap, width, height), image = context.getImageData(0, 0, width, height);
  for (let i = 0; i < image.data.length; i += 4) {
    const [red, green, blue] = image.data.subarray(i, i + 3);
    image.data.fill(Math.round(0.299 * red + 0.587 * green + 0.114 * blue), i, i + 3);
  }
  context.putImageData(image, 0, 0);
  /** @type {Blob | null} */
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  if (!blob) throw new Error("this browser writes no PNG");
  const png = new Uint8Array(await blob.arrayBuffer());
  const raw = png.length === SIDE * SIDE || png.length === RAW * RAW; // the server would take it for pixels
  return raw ? Uint8Array.from([...png, 0]) : png;
}

/** The grey bytes of the ink that the server found: a PNG data URL of 112 x 112. @param {string} url */
async function inkOf(url) {
  const png = new Blob([bytes(url.slice(url.indexOf(",") + 1))], { type: "image/png" });
  const { context } = onPaper(await createImageBitmap(png), RAW, RAW);
  return context.getImageData(0, 0, RAW, RAW).data.filter((_, i) => i % 4 === 0);
}

/**
 * Buttons that lay a photo or a test digit on a pad, as the networks see it, in 16 greys; undo takes it back.
 * @param {{
 *   pad: { put: (drawing: { photo: string }) => void },
 *   photo?: ((request: { picture: Uint8Array }) => Promise<Answered>) | null,
 *   testDigit?: ((request: { index: number }) => Promise<Answered>) | null,
 *   first?: number,
 *   signal: AbortSignal,
 * }} options `first`: the number of the first test digit
 */
export function photo({ pad, photo: clean = null, testDigit = null, first = 0, signal }) {
  const { element: line, say } = notice();
  let asked = 0, tries = 0;

  /** Run `find`; what it finds goes onto the pad unless something newer was asked for. @param {() => Promise<{ grey: ArrayLike<number> } | { error: string }>} find */
  const lay = async (find) => {
    const mine = ++asked, stale = () => mine !== asked || signal.aborted;
    try {
      const found = await find();
      if (stale()) return;
      say("error" in found ? found.error : "");
      if ("grey" in found) pad.put({ photo: encodePhoto(found.grey) });
    } catch (error) {
      if (stale()) return;
      if (!(error instanceof TypeError)) reportError(error);
      say(SILENT);
    }
  };
  const takeTestDigit = () =>
    lay(async () => {
      const index = (first + STRIDE * tries++) % TEST_DIGITS, answer = await testDigit?.({ index });
      if (answer?.picture) return { grey: bytes(answer.picture) };
      return { error: answer?.error ?? SILENT };
    });
  /** @param {File} file */
  const takePhoto = (file) =>
    lay(async () => {
      const error = (/** @type {string} */ reason) => ({ error: `${file.name}: ${reason}` });
      const heavy = file.size > HEAVIEST; // not even read
      const reason = heavy
        ? `the file has ${Math.round(file.size / 1e6)} MB; at most 30 MB, please.`
        : refusal(new Uint8Array(await file.arrayBuffer()));
      if (reason) return error(reason);
      const bitmap = await createImageBitmap(file).catch(() => null);
      if (!bitmap) {
        return error("the picture is damaged; this browser cannot unpack it.");
      }
      const answer = await clean?.({ picture: await greyPng(bitmap) });
      if (!answer?.picture) return error(answer?.error ?? SILENT);
      return { grey: toMnist(await inkOf(answer.picture), RAW) };
    });

  const file = el("input", {
    type: "file",
    accept: "image/png,image/jpeg",
    tabindex: -1,
    "aria-label": "A photo of a digit on paper",
  });
  file.addEventListener("change", () => {
    const chosen = file.files?.[0];
    if (chosen) takePhoto(chosen);
    file.value = "";
  });
  const element = el(
    "div",
    { class: "photo" },
    testDigit &&
      button("Test digit", takeTestDigit, { title: `A digit of MNIST's test set, ${SIDE} × ${SIDE} pixels` }),
    clean &&
      button("Photo", () => file.click(), { title: "A photo of a digit on paper, PNG or JPEG" }),
    clean && file,
    line,
  );
  return { element };
}
