// Three words for who comes first: one cue at a time beside what it speaks of, the next when it was followed, and never
// again once the last was followed or the cues were closed.
import { el } from "./elements.js";

const KEY = "cues-followed"; // where this browser remembers it

/** @param {string} [value] */
function remembered(value) {
  try {
    if (value) localStorage.setItem(KEY, value);
    return localStorage.getItem(KEY) ?? "";
  } catch {
    return value ?? ""; // a browser that keeps nothing shows them at each visit
  }
}

/**
 * @param {{ cues: readonly { at: HTMLElement, words: string, follow: "pointerup" | "input" | "pointerenter" }[], signal: AbortSignal }} options
 *   at: the element that a cue stands on; follow: what shows that it was followed
 */
export function cues({ cues, signal }) {
  if (remembered()) return;
  /** @param {number} i */
  const show = (i) => {
    if (i >= cues.length || signal.aborted) return void remembered("yes");
    const { at, words, follow } = cues[i], mine = new AbortController();
    const close = el("button", {
      type: "button",
      class: "cue-close",
      "aria-label": "× Close the hints",
      onclick: () => end(true),
    }, "×");
    const cue = el("div", { class: "cue", role: "note" }, el("span", {}, `${i + 1}. ${words}`), close);
    const end = (/** @type {boolean} */ all) => {
      mine.abort();
      cue.remove();
      at.classList.remove("cued");
      if (all) remembered("yes");
      else show(i + 1);
    };
    at.classList.add("cued");
    at.append(cue);
    const both = { signal: AbortSignal.any([signal, mine.signal]) };
    at.addEventListener(follow, (event) => {
      if (!(event.target instanceof Node && cue.contains(event.target))) end(false);
    }, both);
  };
  show(0);
}
