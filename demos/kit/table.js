// A table with its caption and headers.
import { el } from "./elements.js";

/** @typedef {Node | string | number | null | undefined} TableCell */
/**
 * @typedef {object} TableContent
 * @property {readonly TableCell[]} head the columns' names; the first may be empty: a corner that heads nothing
 * @property {readonly (readonly TableCell[])[]} rows the first cell of each is its head
 */

/** @param {TableCell} cell */
const content = (cell) => (typeof cell === "number" ? String(cell).replace("-", "−") : cell);
/** @param {TableCell} cell */
const empty = (cell) => cell === null || cell === undefined || cell === "";

/**
 * @param {TableContent & {caption: string, quiet?: boolean}} options quiet: the caption is for screen readers only,
 *   because the words above the table say it
 */
export function table({ caption, quiet = false, ...first }) {
  const head = el("thead", {}), body = el("tbody", {});
  const element = el(
    "div",
    { class: "table-box", role: "region", "aria-label": caption, tabindex: 0 }, // it scrolls where it is wide
    el("table", {}, el("caption", { class: quiet ? "quiet" : null }, el("span", {}, caption)), head, body),
  );
  /** @param {TableContent} now */
  const show = ({ head: names, rows }) => {
    head.replaceChildren(
      el("tr", {}, names.map((cell) => (empty(cell) ? el("td") : el("th", { scope: "col" }, content(cell))))),
    );
    body.replaceChildren(
      ...rows.map(([name, ...cells]) =>
        el(
          "tr",
          {},
          empty(name) ? el("td") : el("th", { scope: "row" }, content(name)),
          cells.map((cell) => el("td", {}, content(cell))),
        )
      ),
    );
  };
  show(first);
  return { element, show };
}
