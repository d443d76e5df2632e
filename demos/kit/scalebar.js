// The colour bar beside a picture that shows numbers: what a colour is worth, in the picture's own unit.
import { diverging, grey, mix, rgb, rgbText } from "./colour.js";
import { el, onTheme } from "./elements.js";
import { tick } from "./format.js";
import { ink, zeroScale } from "./ink.js";
import { ticks } from "./scale.js";

/**
 * @typedef {object} ScaleBarOptions
 * @property {string} label what the colours show: "logit by pixel"
 * @property {AbortSignal} signal
 * @property {"signed" | "grey" | string} [colours] around zero (as paintSigned), a picture's greys, or from --zero to a
 *   named colour such as "wrong"
 * @property {string} [unit] "nats"
 * @property {number} [low] -high on a signed scale, else 0
 * @property {number} [high]
 * @property {[low: string, high: string]} [ends] what the two ends mean: ["against it", "for it"]
 * @property {(value: number) => string} [words] a tick in words
 */

const STOPS = 16;

/** @param {ScaleBarOptions} options */
export function scaleBar({ label, signal, colours = "signed", unit = "", ends, words = tick, ...range }) {
  const track = el("div", { class: "scale-track" }), marks = el("div", { class: "scale-ticks", "aria-hidden": "true" });
  const element = el(
    "div",
    { class: "scale-bar", role: "img" },
    ends
      ? el("div", { class: "scale-ends", "aria-hidden": "true" }, el("span", {}, ends[0]), el("span", {}, ends[1]))
      : null,
    track,
    marks,
  );
  let high = range.high ?? 1, low = range.low ?? (colours === "signed" ? -high : 0);

  const paint = () => {
    const zero = zeroScale();
    const stops = Array.from({ length: STOPS + 1 }, (_, i) => {
      const value = low + (i / STOPS) * (high - low);
      if (colours === "grey") return rgbText(grey(i / STOPS));
      if (colours === "signed") return rgbText(diverging(value / Math.max(Math.abs(low), Math.abs(high)), zero));
      return rgbText(mix(zero.zero, rgb(ink(colours)), i / STOPS));
    });
    track.style.background = `linear-gradient(to right, ${stops.join(", ")})`;
  };
  const write = () => {
    const values = ticks(low, high, 5), last = values[values.length - 1];
    marks.replaceChildren(...values.map((value) => {
      const mark = el("span", {}, words(value) + (value === last && unit ? ` ${unit}` : ""));
      mark.style.left = `${(100 * (value - low)) / (high - low)}%`;
      return mark;
    }));
    const ending = (/** @type {number} */ value, /** @type {0 | 1} */ i) =>
      `${words(Number(value.toPrecision(3)))}${unit ? ` ${unit}` : ""}${ends ? ` (${ends[i]})` : ""}`;
    element.setAttribute("aria-label", `Scale of ${label}: from ${ending(low, 0)} to ${ending(high, 1)}`);
  };
  /**
   * The limits from now on; on a signed scale one number is enough.
   * @param {number} newHigh
   * @param {number} [newLow]
   */
  const set = (newHigh, newLow = colours === "signed" ? -newHigh : low) => {
    high = newHigh > newLow ? newHigh : newLow + 1;
    low = newLow;
    paint();
    write();
  };
  set(high, low);
  onTheme(paint, signal);
  return { element, set };
}
