// What several instruments of this tab are made of.
import * as kit from "../kit/kit.js";

/** @typedef {import("../kit/elements.js").AnyState} AnyState */

/** What the page calls its data sets. @type {readonly (readonly [string, string])[]} */
export const DATASETS = [["digits", "Digits"], ["fashion", "Garments"]];

/**
 * The state with another way to set it: one choice that moves several fields at once.
 * @param {AnyState} state
 * @param {(changes: Record<string, unknown>, how?: import("../kit/state.js").How) => void} set
 * @returns {AnyState}
 */
export const setting = (state, set) => ({
  get values() {
    return state.values;
  },
  set: /** @type {AnyState["set"]} */ (set),
  follow: state.follow,
  field: state.field,
});

const NEAR = 0.032; // a slider's place is at most that far (in logarithms) from the round number it is brought to

/** A round number nearby, or two significant digits. @param {number} value */
function roundNear(value) {
  const unit = 10 ** Math.floor(Math.log10(value));
  const round = [1, 2, 5, 10].find((digit) => Math.abs(Math.log(value / (digit * unit))) < NEAR);
  return round ? Number((round * unit).toPrecision(2)) : Number(value.toPrecision(2));
}

/**
 * A field on a logarithmic slider whose places are brought to round numbers: 1, 2, 5, 10 are hit by pointer and keys. A
 * number of few digits, as in a link, is meant as it stands.
 * @param {import("../kit/state.js").NumberField} field
 * @returns {import("../kit/state.js").NumberField}
 */
export const rounded = (field) => ({
  ...field,
  parse: (text) => {
    const value = field.parse(text);
    if (value === undefined || text.trim().length <= field.digits + 3) return value;
    return field.parse(String(roundNear(value))) ?? value;
  },
});

/**
 * One picture of a network's weights, painted around zero.
 * @param {string} label
 */
export const signedPicture = (label) =>
  kit.el("canvas", { width: 28, height: 28, class: "picture signed", role: "img", "aria-label": label });

/** One sentence of what to do, the first of an instrument. @param {...(string | Node)} words */
export const todo = (...words) => kit.el("p", { class: "todo" }, words);

/** A classifier's name in words. @param {string} name @param {Record<string, string>} labels */
export const named = (name, labels) => labels[name] ?? name;

/**
 * A classifier that a link names, where it is one of this test set; else "", which is the first of them.
 * @param {string} network
 * @param {readonly string[]} [networks]
 */
export const offered = (network, networks = []) => (networks.includes(network) ? network : "");
