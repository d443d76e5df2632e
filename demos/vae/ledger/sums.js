// Sums of the ledger: which pixels pay what, and how many test pictures cost more. Pure: no document.

/** @typedef {{ pixels: number, nats: number }} Part */
const BLACK = 13, WHITE = 242; // of 255: greys between are a stroke's edge (within 5 % of black or white is not)

/**
 * The nats of the white, the grey and the black pixels of a picture.
 * @param {ArrayLike<number>} grey 784 bytes
 * @param {ArrayLike<number>} costs 784 numbers in nats
 * @returns {Record<"white" | "edge" | "black", Part>}
 */
export function parts(grey, costs) {
  const found = { white: { pixels: 0, nats: 0 }, edge: { pixels: 0, nats: 0 }, black: { pixels: 0, nats: 0 } };
  for (let i = 0; i < grey.length; i++) {
    const part = found[grey[i] > WHITE ? "white" : grey[i] < BLACK ? "black" : "edge"];
    part.pixels += 1;
    part.nats += costs[i];
  }
  return found;
}

/**
 * The share of pictures whose total lies above `total`, by the middles of a histogram's bins.
 * @param {{ counts: readonly number[], from: number, to: number }} histogram
 * @param {number} total
 */
export function costlier({ counts, from, to }, total) {
  const step = (to - from) / counts.length, all = counts.reduce((a, b) => a + b, 0);
  const more = counts.reduce((sum, count, i) => from + (i + 0.5) * step > total ? sum + count : sum, 0);
  return all ? more / all : 0;
}
