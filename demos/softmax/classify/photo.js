// A photo of a digit or a garment -> the 28 x 28 bytes that the networks see. It is stored nowhere.
import * as kit from "../../kit/kit.js";

const OVERSAMPLE = 4; // the photo is drawn so many times too large and averaged
const FAINT = 0.12; // what differs less from the paper is paper
const SIDES = /** @type {const} */ ({ digits: kit.RAW, fashion: kit.SIDE });

/**
 * Light ink on dark, in [0, 1], from the greys of a photo: its paper is what its border mostly is. Pure.
 * @param {Float32Array} grey side x side, in [0, 1]
 * @param {number} side
 */
export function inkOf(grey, side) {
  const onBorder = (/** @type {number} */ i) =>
    i < side || i >= side * (side - 1) || i % side === 0 || i % side === side - 1;
  const border = grey.filter((_, i) => onBorder(i)).sort(), paper = border[border.length >> 1];
  const sorted = grey.toSorted(), at = (/** @type {number} */ share) => sorted[Math.floor(share * (sorted.length - 1))];
  const ink = paper > 0.5 ? at(0.02) : at(0.98);
  const share = (/** @type {number} */ v) => (Math.abs(v - paper) > FAINT ? (v - paper) / (ink - paper || 1) : 0);
  return grey.map((v) => Math.max(0, Math.min(1, share(v))));
}

/**
 * The picture in a file as text of the link (kit.encodePhoto), or a sentence.
 * @param {File} file
 * @param {"digits" | "fashion"} dataset a digit goes through MNIST's steps, a garment is averaged
 * @returns {Promise<{ photo: string } | { error: string }>}
 */
export async function photoOf(file, dataset) {
  const reason = kit.refusal(new Uint8Array(await file.arrayBuffer()));
  if (reason) return { error: `${file.name}: ${reason}` };
  const bitmap = await createImageBitmap(file).catch(() => null);
  if (!bitmap) return { error: `${file.name}: this browser cannot unpack the picture.` };
  const side = SIDES[dataset], ink = inkOf(greysOf(bitmap, side), side);
  const bytes = Uint8Array.from(ink, (v) => Math.round(255 * v));
  return { photo: kit.encodePhoto(dataset === "digits" ? kit.toMnist(bytes, side) : bytes) };
}

/** The greys of a bitmap in the middle of a square, averaged to side x side. @param {ImageBitmap} bitmap @param {number} side */
function greysOf(bitmap, side) {
  const large = side * OVERSAMPLE, canvas = kit.el("canvas", { width: large, height: large });
  const context = kit.context2d(canvas, { willReadFrequently: true });
  const scale = Math.min(large / bitmap.width, large / bitmap.height);
  const width = bitmap.width * scale, height = bitmap.height * scale;
  context.fillStyle = "#fff";
  context.fillRect(0, 0, large, large);
  context.drawImage(bitmap, (large - width) / 2, (large - height) / 2, width, height);
  const { data } = context.getImageData(0, 0, large, large), grey = new Float32Array(side * side);
  for (let y = 0; y < large; y++) {
    for (let x = 0; x < large; x++) {
      const at = 4 * (y * large + x), light = 0.299 * data[at] + 0.587 * data[at + 1] + 0.114 * data[at + 2];
      grey[Math.floor(y / OVERSAMPLE) * side + Math.floor(x / OVERSAMPLE)] += light / 255 / OVERSAMPLE ** 2;
    }
  }
  return grey;
}
