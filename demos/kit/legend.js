// The ten classes with their marks, as buttons: which are shown, and, while one is pointed at, which stands out.
import { classMark } from "./classes.js";
import { el, onTheme, sharp } from "./elements.js";
import { classColour } from "./ink.js";

/**
 * @typedef {object} LegendOptions
 * @property {readonly string[]} names of the classes
 * @property {AbortSignal} signal
 * @property {(shown: Set<number>) => void} [onInput] a click: show or hide; a double click: this one alone
 * @property {(k: number | null) => void} [onPoint] a mouse or the focus is on a class, null: no more
 */

/** @param {number} k @param {AbortSignal} signal */
function markOf(k, signal) {
  const canvas = el("canvas", { "aria-hidden": "true" });
  const repaint = () => {
    const context = sharp(canvas, 18, 18);
    classMark(context, k, 9, 9, 6);
    context.fillStyle = classColour(k);
    context.fill();
  };
  repaint();
  onTheme(repaint, signal);
  return canvas;
}

/**
 * legend({names, signal, onInput}) -> {element, set(shown), rename(names)}.
 * @param {LegendOptions} options
 */
export function legend({ names, signal, onInput = () => {}, onPoint = () => {} }) {
  let shown = new Set(names.keys());
  /** @type {HTMLButtonElement[]} */
  let buttons = [];
  const all = el("button", { type: "button", class: "legend-class legend-all" }, "all");
  const element = el("div", { class: "legend", role: "group", "aria-label": "Classes shown" });
  const write = () => {
    buttons.forEach((button, k) => button.setAttribute("aria-pressed", String(shown.has(k))));
    all.hidden = shown.size === buttons.length;
  };
  /** @param {Set<number>} next */
  const choose = (next) => {
    shown = next;
    write();
    onInput(new Set(shown));
  };
  /** @param {string} name @param {number} k */
  const made = (name, k) => {
    const button = el(
      "button",
      { type: "button", class: "legend-class", title: "Click: show or hide. Double click: this one alone" },
      markOf(k, signal),
      el("span", {}, name),
    );
    button.addEventListener("click", () => {
      const next = new Set(shown);
      if (!next.delete(k)) next.add(k);
      choose(next);
    });
    button.addEventListener("dblclick", () => choose(new Set([k])));
    button.addEventListener(
      "pointerenter",
      (event) => event.pointerType === "mouse" && onPoint(shown.has(k) ? k : null),
    );
    button.addEventListener("pointerleave", () => onPoint(null));
    return button;
  };
  /** Another data set's classes. @param {readonly string[]} next */
  const rename = (next) => {
    if (next.length === buttons.length && next.every((name, k) => buttons[k].textContent === name)) return;
    buttons = next.map(made);
    element.replaceChildren(...buttons, all);
    write();
  };
  rename(names);
  all.addEventListener("click", () => choose(new Set(buttons.keys())));
  return {
    element,
    /** As the state has it; calls nobody. null: all. @param {Iterable<number> | null} next */
    set: (next) => {
      shown = new Set(next ?? buttons.keys());
      write();
    },
    rename,
  };
}
