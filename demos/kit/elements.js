// What every view needs of the document: elements, pictures, controls bound to the state, and watchers that end.

/** @import { NumberField } from "./state.js" */
/** @typedef {string | number | boolean | null | undefined | ((event: Event) => void)} Attribute */
/** @typedef {Node | string | null | undefined | false} Child */

/**
 * el("div", {class: "row", onclick: f}, child, "text") -> an element. Text is never parsed as HTML.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, Attribute>} [attributes]
 * @param {...(Child | readonly Child[])} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, String(value));
  }
  for (const child of children.flat()) if (child) element.append(child);
  return element;
}

/** The two-dimensional context of a canvas. @param {HTMLCanvasElement} canvas @param {CanvasRenderingContext2DSettings} [how] */
export function context2d(canvas, how) {
  const context = canvas.getContext("2d", how);
  if (!context) throw new Error("this browser gives no canvas");
  return context;
}

// ---- light and dark, sizes: watchers that end with their signal ------------------------------------------------------

/** Is the page dark now? */
export const dark = () => document.body.classList.contains("dark");

/** A colour or length of the page's style sheet, such as "--ink". @param {string} name */
export const css = (name) =>
  getComputedStyle(document.querySelector(".page") ?? document.body).getPropertyValue(name).trim();

/** The visitor asks for no motion. */
export const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** @type {Set<() => void>} */
const themed = new Set();
/** @type {MutationObserver | null} */
let themes = null;

/**
 * Run `redraw` whenever the page changes between light and dark, until `signal` ends. One observer serves them all.
 * @param {() => void} redraw
 * @param {AbortSignal} signal
 */
export function onTheme(redraw, signal) {
  if (signal.aborted) return;
  if (!themes) {
    themes = new MutationObserver(() => themed.forEach((one) => one()));
    themes.observe(document.body, { attributeFilter: ["class"] });
  }
  themed.add(redraw);
  signal.addEventListener("abort", () => themed.delete(redraw));
}

/**
 * Run `redraw` whenever `element` changes its size, until `signal` ends.
 * @param {Element} element
 * @param {() => void} redraw
 * @param {AbortSignal} signal
 */
export function onResize(element, redraw, signal) {
  if (signal.aborted) return;
  const observer = new ResizeObserver(() => redraw());
  observer.observe(element);
  signal.addEventListener("abort", () => observer.disconnect());
}

/**
 * Run `work` when `element` is first seen.
 * @param {Element} element
 * @param {() => void} work
 * @param {AbortSignal} signal
 */
export function whenSeen(element, work, signal) {
  const watcher = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    watcher.disconnect();
    work();
  });
  watcher.observe(element);
  signal.addEventListener("abort", () => watcher.disconnect());
}

// ---- pictures --------------------------------------------------------------------------------------------------------

/**
 * Paint grey bytes (0 to 255) onto a canvas of exactly that many pixels.
 * @param {HTMLCanvasElement} canvas
 * @param {ArrayLike<number>} grey
 */
export function paint(canvas, grey) {
  const context = context2d(canvas), image = context.createImageData(canvas.width, canvas.height);
  for (let i = 0; i < grey.length; i++) {
    image.data[4 * i] = image.data[4 * i + 1] = image.data[4 * i + 2] = grey[i];
    image.data[4 * i + 3] = 255;
  }
  context.putImageData(image, 0, 0);
}

/** @param {string} colour a colour of the style sheet as #rrggbb */
const rgb = (colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));

/**
 * Paint signed numbers: --below under zero, --above over it, --zero in the middle; |value| = limit is the full colour.
 * @param {HTMLCanvasElement} canvas
 * @param {ArrayLike<number>} values
 * @param {number} [limit] the largest |value| where it is not given
 */
export function paintSigned(canvas, values, limit) {
  const context = context2d(canvas), image = context.createImageData(canvas.width, canvas.height);
  const [zero, below, above] = [rgb(css("--zero")), rgb(css("--below")), rgb(css("--above"))];
  const top = limit ?? Math.max(1e-12, ...Array.from(values, Math.abs));
  for (let i = 0; i < values.length; i++) {
    const share = Math.max(-1, Math.min(1, values[i] / top)), full = share < 0 ? below : above;
    for (let c = 0; c < 3; c++) image.data[4 * i + c] = zero[c] + Math.abs(share) * (full[c] - zero[c]);
    image.data[4 * i + 3] = 255;
  }
  context.putImageData(image, 0, 0);
}

/**
 * A canvas for plots, sharp on high-density screens: draw in CSS pixels with the context it returns.
 * @param {HTMLCanvasElement} canvas
 * @param {number} width
 * @param {number} height
 */
export function sharp(canvas, width, height) {
  const ratio = Math.min(3, globalThis.devicePixelRatio || 1);
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const context = context2d(canvas);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  return context;
}

/**
 * A picture with a caption, shown from size x size grey bytes. `label` names it for screen readers, `words` below it.
 * @param {{ label: string, words?: string, size?: number, width?: number }} options
 */
export function picture({ label, words = label, size = 28, width = 140 }) {
  const canvas = el("canvas", { width: size, height: size, class: "picture", role: "img", "aria-label": label });
  canvas.style.width = `${width}px`;
  const caption = el("figcaption", {}, words);
  const figure = el("figure", { class: "figure" }, canvas, words ? caption : null);
  return {
    figure,
    canvas,
    caption,
    /** @param {ArrayLike<number>} grey */
    show: (grey) => paint(canvas, grey),
    /** What a screen reader says of it now. @param {string} text */
    say: (text) => canvas.setAttribute("aria-label", text ? `${label}: ${text}` : label),
  };
}

// ---- words -----------------------------------------------------------------------------------------------------------

/** A line for what went wrong, read out by screen readers; it takes no room when all is well. */
export function notice() {
  const element = el("p", { class: "notice", role: "status", "aria-live": "polite", hidden: true });
  return {
    element,
    /** @param {string} text */
    say: (text) => {
      element.textContent = text;
      element.hidden = !text;
    },
  };
}

/**
 * A button. `name` is what a screen reader says: it begins with the words that are seen.
 * @param {string} words
 * @param {(event: Event) => void} onClick
 * @param {{ kind?: string, name?: string, title?: string, pressed?: boolean }} [options]
 */
export const button = (words, onClick, { kind = "", name, title, pressed } = {}) =>
  el("button", {
    type: "button",
    class: `button ${kind}`.trim(),
    title,
    "aria-label": name,
    "aria-pressed": pressed == null ? null : String(pressed),
    onclick: onClick,
  }, words);

// ---- controls, bound to a field of the state -------------------------------------------------------------------------

/**
 * The part of a state that a control needs, whatever its other fields are.
 * @typedef {{
 *   readonly values: Readonly<Record<string, unknown>>,
 *   set: (changes: never, how?: import("./state.js").How) => void,
 *   follow: (react: (values: unknown) => void) => void,
 *   field: (name: never) => unknown,
 * }} AnyState
 */

let serial = 0;
/** @param {string} kind */
const freshId = (kind) => `kit-${kind}-${++serial}`;

/**
 * @template T
 * @param {AnyState} state
 * @param {string} field
 */
export function fieldOf(state, field) {
  const set = /** @type {(changes: Record<string, unknown>, how?: import("./state.js").How) => void} */ (state.set);
  const follow = /** @type {(react: (values: Record<string, unknown>) => void) => void} */ (state.follow);
  const find = /** @type {(name: string) => unknown} */ (state.field);
  return {
    field: /** @type {T} */ (find(field)),
    /** @param {unknown} value @param {import("./state.js").How} [how] */
    set: (value, how) => set({ [field]: value }, how),
    /** @param {(value: unknown) => void} show */
    follow: (show) => {
      /** @type {unknown} */
      let last;
      follow((values) => {
        if (values[field] !== last) show(last = values[field]);
      });
    },
  };
}

/** A number as a control shows it: as many digits as the value used has. @param {number} value @param {NumberField} field */
const shown = (value, field) => (field.log ? String(value) : value.toFixed(field.digits)).replace("-", "−");

/**
 * A slider over a number field: the number beside it is the number used. It moves by the field's step, on a logarithmic
 * field by a hundredth of its range.
 * @param {{ label: string, state: AnyState, field: string, unit?: string, words?: (value: number) => string }} options
 */
export function slider({ label, state, field: name, unit = "", words }) {
  const key = freshId("slider"), { field, set, follow } = fieldOf(state, name);
  const number = /** @type {NumberField} */ (field);
  const [low, high] = [number.min, number.max].map((value) => number.log ? Math.log10(value) : value);
  const step = number.log ? "any" : number.step;
  const input = el("input", { type: "range", id: key, min: low, max: high, step });
  const output = el("output", { for: key });
  const value = () =>
    number.parse(String(number.log ? 10 ** Number(input.value) : Number(input.value))) ?? number.start;
  const write = (/** @type {number} */ now) => {
    input.value = String(number.log ? Math.log10(now) : now);
    const text = words ? words(now) : shown(now, number) + (unit ? ` ${unit}` : "");
    output.textContent = text;
    input.setAttribute("aria-valuetext", text);
  };
  input.addEventListener("input", () => {
    set(value(), { drag: true });
    write(value());
  });
  if (number.log) input.addEventListener("keydown", (event) => moveByKey(event, low, high, input));
  follow((now) => write(/** @type {number} */ (now)));
  return {
    element: el(
      "div",
      { class: "control slider", "data-field": name },
      el("label", { for: key }, label),
      input,
      output,
    ),
    input,
  };
}

/** @param {KeyboardEvent} event @param {number} low @param {number} high @param {HTMLInputElement} input */
function moveByKey(event, low, high, input) {
  const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
  if (by == null) return;
  event.preventDefault();
  input.value = String(Number(input.value) + by * (high - low) / 100);
  input.dispatchEvent(new Event("input"));
}

/**
 * A choice among a field's options; `options` are [value, words] in the order shown.
 * @param {{ label: string, state: AnyState, field: string, options: readonly (readonly [string, string])[] }} options
 */
export function choice({ label, state, field: name, options }) {
  const key = freshId("choice"), { field, set, follow } = fieldOf(state, name);
  const { parse } = /** @type {import("./state.js").Field<unknown>} */ (field);
  const input = el("select", { id: key });
  const fill = (/** @type {readonly (readonly [string, string])[]} */ list) =>
    input.replaceChildren(...list.map(([value, words]) => el("option", { value }, words)));
  fill(options);
  input.addEventListener("change", () => set(parse(input.value)));
  /** @type {unknown} */
  let now;
  follow((value) => {
    now = value;
    input.value = String(value);
  });
  return {
    element: el("div", { class: "control choice", "data-field": name }, el("label", { for: key }, label), input),
    input,
    /** Other options from now on; the state is left as it is. @param {readonly (readonly [string, string])[]} list */
    rename: (list) => {
      fill(list);
      input.value = String(now);
    },
  };
}

/**
 * A few choices as buttons side by side, one pressed.
 * @param {{ label: string, state: AnyState, field: string, options: readonly (readonly [string, string])[] }} options
 */
export function segments({ label, state, field: name, options }) {
  const { field, set, follow } = fieldOf(state, name);
  const { parse } = /** @type {import("./state.js").Field<unknown>} */ (field);
  const buttons = options.map(([value, words]) => button(words, () => set(parse(value)), { pressed: false }));
  follow((now) => buttons.forEach((one, i) => one.setAttribute("aria-pressed", String(options[i][0] === String(now)))));
  return { element: el("div", { class: "segments", role: "group", "aria-label": label, "data-field": name }, buttons) };
}

/**
 * A whole number to type, such as a seed; what is no number of the field is not taken.
 * @param {{ label: string, state: AnyState, field: string }} options
 */
export function integer({ label, state, field: name }) {
  const key = freshId("integer"), { field, set, follow } = fieldOf(state, name);
  const number = /** @type {NumberField} */ (field);
  const input = el("input", {
    type: "number",
    id: key,
    min: number.min,
    max: number.max,
    step: 1,
    inputmode: "numeric",
  });
  input.addEventListener("input", () => {
    const value = number.parse(input.value);
    if (value !== undefined) set(value);
  });
  input.addEventListener("change", () => {
    if (number.parse(input.value) === undefined) input.value = String(state.values[name]);
  });
  follow((value) => {
    if (document.activeElement !== input) input.value = String(value);
  });
  return {
    element: el("div", { class: "control integer", "data-field": name }, el("label", { for: key }, label), input),
    input,
  };
}

/**
 * Yes or no.
 * @param {{ label: string, state: AnyState, field: string }} options
 */
export function toggle({ label, state, field: name }) {
  const key = freshId("toggle"), { set, follow } = fieldOf(state, name);
  const input = el("input", { type: "checkbox", id: key });
  input.addEventListener("change", () => set(input.checked));
  follow((value) => {
    input.checked = value === true;
  });
  return {
    element: el("div", { class: "control toggle", "data-field": name }, input, el("label", { for: key }, label)),
    input,
  };
}

/**
 * Settings that stand open where there is room, and are folded behind `name` on a phone: picture and result come first.
 * @param {string} name
 * @param {AbortSignal} signal
 * @param {...Child} children
 */
export function folded(name, signal, ...children) {
  const narrow = matchMedia("(max-width: 700px)");
  const element = el("details", { class: "folded" }, el("summary", {}, name), el("div", {}, children));
  const fold = () => element.open = !narrow.matches;
  narrow.addEventListener("change", fold, { signal });
  fold();
  return element;
}
