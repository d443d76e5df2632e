// Seeded random numbers: the same seed gives the same picture in every browser. Pure: no document.

/**
 * mulberry32 (Tommy Ettinger, 2017; public domain): uniform numbers in [0, 1) from a 32-bit seed.
 * @param {number} seed
 * @returns {() => number}
 */
export function mulberry32(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Uniform and standard normal numbers from one seed (Box and Muller 1958: two uniform numbers make one normal).
 * @param {number} seed
 */
export function random(seed) {
  const uniform = mulberry32(seed);
  return {
    uniform,
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()), // 1 - u is never 0
    /** A whole number from 0 to n - 1. @param {number} n */
    below: (n) => Math.floor(n * uniform()),
  };
}
