// Assertions for the tests of the browser's modules: nothing to download.

/** @param {unknown} value @param {string} claim @returns {asserts value} */
export function holds(value, claim) {
  if (!value) throw new Error(claim);
}

/** @param {unknown} found @param {unknown} expected @param {string} [claim] */
export function equal(found, expected, claim = "") {
  const a = JSON.stringify(found), b = JSON.stringify(expected);
  if (!Object.is(found, expected) && (a === undefined || a !== b)) {
    throw new Error(`${claim}: ${a} where ${b} was expected`);
  }
}

/** @param {number} found @param {number} expected @param {number} tolerance @param {string} [claim] */
export function near(found, expected, tolerance, claim = "") {
  if (!(Math.abs(found - expected) <= tolerance)) {
    throw new Error(`${claim}: ${found} is not ${expected} ± ${tolerance}`);
  }
}
