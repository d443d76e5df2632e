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
