// A bar in a track: from zero to the right, or (signed) from the middle to either side.
import { el } from "./elements.js";
import { show } from "./format.js";
import { ink } from "./ink.js";

/**
 * @typedef {object} BarOptions
 * @property {string} label what is measured
 * @property {boolean} [signed]
 * @property {(value: number) => string} [words] the value for a screen reader
 */

/** @param {BarOptions} options */
export function bar({ label, signed = false, words = (value) => show(value, 2) }) {
  const fill = el("span", { class: "bar-fill" }), mark = el("span", { class: "bar-mark", hidden: true });
  const element = el("span", { class: `bar${signed ? " signed" : ""}`, role: "img", "aria-label": label }, fill, mark);
  /** @param {number} value @param {number} limit */
  const shareOf = (value, limit) => {
    const share = Number.isFinite(value) ? value / (limit || 1) : Math.sign(value) || 0; // infinity fills the track
    return Math.max(signed ? -1 : 0, Math.min(1, share));
  };
  const place = (/** @type {number} */ share) => (signed ? 50 + 50 * share : 100 * share);
  return {
    element,
    /**
     * The bar's value; `limit` fills the track.
     * @param {number} value
     * @param {number} limit above 0
     * @param {string} [colour] a name ("vae", "class 3") or a CSS colour; signed: --below and --above unless given
     */
    set(value, limit, colour = signed ? (value < 0 ? "below" : "above") : "ink-soft") {
      const share = shareOf(value, limit);
      fill.style.left = `${Math.min(place(0), place(share))}%`;
      fill.style.width = `${Math.abs(place(share) - place(0))}%`;
      fill.style.background = colour.startsWith("class ")
        ? ink(colour)
        : /^[a-z-]+$/.test(colour)
        ? `var(--${colour})`
        : colour;
      element.setAttribute("aria-label", `${label}: ${words(value)}`);
    },
    /**
     * A mark in the track, such as a guess; null takes it away.
     * @param {number | null} value
     * @param {number} [limit]
     */
    mark(value, limit = 1) {
      mark.hidden = value === null;
      if (value !== null) mark.style.left = `${place(shareOf(value, limit))}%`;
    },
  };
}
