// Colours as numbers: the ten classes, the scale around zero, greys, contrast. Pure: no document.
// The page's own colours (--ink, --vae, --below ...) are CSS variables; ink.js reads them.

/** @typedef {[red: number, green: number, blue: number]} Rgb each 0 ... 255 */
/** @typedef {{below: Rgb, zero: Rgb, above: Rgb}} Diverging */

// Told apart by the colour-blind (after Okabe and Ito, and Tol), and each class has its own shape (classes.js).
export const CLASS_COLOURS = {
  light: [
    "#0072b2",
    "#d55e00",
    "#007a5e",
    "#b04a86",
    "#8a6d00",
    "#2a8fc7",
    "#6b3fa0",
    "#a3401f",
    "#4d7a1f",
    "#555f6b",
  ],
  dark: [
    "#5cb8f0",
    "#ff9d5c",
    "#3fd4a8",
    "#f09ac8",
    "#f0d24a",
    "#9adcff",
    "#c3a3f5",
    "#ff8a70",
    "#b5e07a",
    "#c3ccd6",
  ],
};

/** The colour of class k on light or dark paper. @param {number} k @param {boolean} dark */
export const classColourOn = (k, dark) => (dark ? CLASS_COLOURS.dark : CLASS_COLOURS.light)[k % 10];

/** @param {readonly number[]} a @param {readonly number[]} b @param {number} share of b @returns {Rgb} */
export function mix(a, b, share) {
  const [red, green, blue] = a.map((v, c) => v + share * (b[c] - v));
  return [red, green, blue];
}

/**
 * The colour of a signed value; what lies beyond the limits takes the colour of the limit.
 * @param {number} share value / limit: -1 ... 1
 * @param {Diverging} scale
 * @returns {Rgb}
 */
export function diverging(share, scale) {
  const inside = Math.max(-1, Math.min(1, share || 0));
  return mix(scale.zero, inside < 0 ? scale.below : scale.above, Math.abs(inside));
}

/** The grey of a picture's value: black at 0, white at 1. @param {number} share @returns {Rgb} */
export function grey(share) {
  const v = 255 * Math.max(0, Math.min(1, share || 0));
  return [v, v, v];
}

/** "#0b62c4", "#fff", "rgb(1, 2, 3)" as numbers. @param {string} text @returns {Rgb} */
export function rgb(text) {
  const hex = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(text.trim())?.[1];
  if (hex) {
    const full = hex.length === 3 ? [...hex].map((c) => c + c).join("") : hex;
    const [red, green, blue] = [0, 2, 4].map((i) => parseInt(full.slice(i, i + 2), 16));
    return [red, green, blue];
  }
  const parts = /^rgba?\(([^)]*)\)$/.exec(text.trim())?.[1].split(/[\s,/]+/).map(Number);
  if (!parts || parts.length < 3) throw new Error(`${text} is no colour of the form #rrggbb or rgb(r, g, b)`);
  return [parts[0], parts[1], parts[2]];
}

/** @param {readonly number[]} colour */
export const rgbText = ([r, g, b]) => `rgb(${Math.round(r)}, ${Math.round(g)}, ${Math.round(b)})`;

/** Relative luminance, 0 ... 1 (WCAG 2.2). @param {readonly number[]} colour */
export function luminance(colour) {
  const [r, g, b] = colour.map((v) => (v <= 10.31475 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/**
 * Contrast ratio, 1 ... 21 (WCAG 2.2): text wants 4.5, marks want 3.
 * @param {readonly number[]} a
 * @param {readonly number[]} b
 */
export function contrast(a, b) {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

/** Black or white, whichever is read more easily on a colour. @param {readonly number[]} colour */
export const textOn = (colour) =>
  contrast(colour, [0, 0, 0]) >= contrast(colour, [255, 255, 255]) ? "#000000" : "#ffffff";
