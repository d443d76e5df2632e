// The path of a tab: a rail of numbered steps, one of them open; the tab's first instrument stays as a small bench where
// a step obeys it.

import { button, el } from "./elements.js";

/** @typedef {import("./link.js").Tab} Tab */
/** @typedef {import("./link.js").Place} Place */
/** @typedef {import("./rooms.js").Room} Room */

/** Steps that were seen in this visit, by tab. @type {Record<string, Set<number>>} */
const seen = {};

/** The rail. @param {Place} place @param {(step: number) => void} go */
export function rail({ tab, step }, go) {
  const done = (seen[tab.key] ??= new Set());
  done.add(step);
  const entry = (/** @type {number} */ number, /** @type {string} */ words) =>
    el(
      "li",
      { class: number && done.has(number) && number !== step ? "done" : "" },
      el(
        "button",
        {
          type: "button",
          "aria-current": number === step ? "step" : null,
          "aria-label": number ? `${number}: ${words}` : `Start: ${words}`,
          onclick: () => go(number),
        },
        el("span", { class: "number" }, number ? String(number) : "Start"),
        el("span", { class: "question", "aria-hidden": "true" }, number ? words : ""),
      ),
    );
  return el(
    "nav",
    { class: "rail", id: "rail", "aria-label": "Steps of this tab", tabindex: -1 },
    el("ol", {}, entry(0, tab.lead), tab.steps.map((one, i) => entry(i + 1, one.question))),
  );
}

/** The list of questions below a tab's first instrument. @param {Tab} tab @param {(step: number) => void} go */
export const contents = (tab, go) =>
  folded(
    "The path",
    "contents",
    el(
      "ol",
      {},
      tab.steps.map((one, i) =>
        el(
          "li",
          {},
          el(
            "button",
            { type: "button", onclick: () => go(i + 1) },
            el("span", { class: "number", "aria-hidden": "true" }, String(i + 1)),
            one.question,
          ),
        )
      ),
    ),
  );

/** Back and Next at the foot of a step. @param {Place} place @param {(step: number) => void} go @param {() => void} reset */
export const foot = ({ tab, step }, go, reset) =>
  el(
    "footer",
    { class: "foot" },
    step
      ? button("Back", () => go(step - 1), { name: step > 1 ? `Back to step ${step - 1}` : "Back to the start" })
      : null,
    step ? button("Reset", reset, { name: "Reset this step" }) : null,
    step < tab.steps.length
      ? button("Next", () => go(step + 1), { kind: "main", name: `Next: ${tab.steps[step].question}` })
      : null,
  );

/** On a phone the words of a tab's first screen wait behind a line; elsewhere they stand open.
 * @param {string} title @param {string} name @param {HTMLElement} content */
function folded(title, name, content) {
  if (matchMedia("(max-width: 700px)").matches) {
    return el("details", { class: `${name} folded` }, el("summary", {}, title), content);
  }
  return el(
    "section",
    { class: name, "aria-labelledby": `${name}-head` },
    el("h2", { id: `${name}-head` }, title),
    content,
  );
}

/** The lesson and the code of a room; `first`: it is the room that its tab opens with. @param {Room} room @param {boolean} first */
export function words({ told }, first) {
  const lesson = el("div", { class: "lesson" });
  lesson.innerHTML = told.lesson ?? ""; // rendered by the server from our own files
  for (const wide of lesson.querySelectorAll('table, math[display="block"]')) wide.setAttribute("tabindex", "0"); // they scroll
  const code = (told.code ?? []).map(({ name, html }) => {
    const text = el("div", { class: "code-text", tabindex: 0, role: "region", "aria-label": name });
    text.innerHTML = html;
    return el("div", { class: "code-of" }, el("p", { class: "soft" }, name), text);
  });
  const narrow = first && matchMedia("(max-width: 700px)").matches;
  return {
    lesson: told.lesson ? (narrow ? folded("What happens here", "first-lesson", lesson) : lesson) : null,
    code: code.length ? el("details", { class: "code" }, el("summary", {}, "The code that ran"), code) : null,
  };
}
