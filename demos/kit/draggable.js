// The one way to take hold of something: pointer, finger or pen drag it, the arrow keys move it.

/** @import { Pair } from "./geometry.js" */
/** @typedef {{ start: Pair, by: Pair, moved: boolean }} Drag where it began, how far from there, more than a tremor */
/**
 * @typedef {object} Held
 * @property {AbortSignal} signal ends all listeners
 * @property {(point: Pair, event: PointerEvent) => void} [onStart] pressed at a pixel of the element
 * @property {(point: Pair, event: PointerEvent, drag: Drag) => void} [onMove] while pressed
 * @property {(point: Pair, event: PointerEvent, drag: Drag) => void} [onEnd] let go; !drag.moved: a click
 * @property {(point: Pair | null, event: PointerEvent) => void} [onHover] a mouse over it, not pressed; null: it left
 * @property {{ step?: number, page?: number }} [keys] what an arrow key and Page Up, Page Down or Shift + arrow count
 * @property {(by: Pair, event: KeyboardEvent) => void} [onKeys] right and UP are positive; Home, End: ±Infinity
 * @property {"x" | "y" | "both"} [axis] along which it moves: by "x" a finger still scrolls the page up and down
 */

const TREMOR = 4; // pixels that a press may wander without being a drag
const TOUCH = { x: "pan-y pinch-zoom", y: "pan-x pinch-zoom", both: "none" };

/** The pixel of the element under a pointer. @param {Element} element @param {MouseEvent} event @returns {Pair} */
export function pixelOf(element, event) {
  const box = element.getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
}

/**
 * The way of a key: right and up are positive, null for a key that moves nothing. On one axis both pairs of arrows
 * count, as on every slider.
 * @param {string} key
 * @param {{ step?: number, page?: number, axis?: "x" | "y" | "both", large?: boolean }} [options] large: by a page
 * @returns {Pair | null}
 */
export function wayOf(key, { step = 1, page = 10 * step, axis = "both", large = false } = {}) {
  const one = large ? page : step;
  /** @type {Record<string, Pair>} */
  const ways = {
    ArrowLeft: [-one, 0],
    ArrowRight: [one, 0],
    ArrowDown: [0, -one],
    ArrowUp: [0, one],
    PageDown: [0, -page],
    PageUp: [0, page],
    Home: [-Infinity, 0],
    End: [Infinity, 0],
  };
  const way = ways[key];
  if (!way || axis === "both") return way ?? null;
  const along = way[0] + way[1]; // one of them is zero
  return axis === "x" ? [along, 0] : [0, along];
}

/** A pointer made by a script cannot be captured. @param {Element} element @param {PointerEvent} event */
export function capture(element, event) {
  try {
    element.setPointerCapture(event.pointerId);
  } catch {
    // it moves over the element by itself
  }
}

/**
 * Make `element` something to drag, and to move by keys once it has the focus (give it a tabindex and a role).
 * @param {HTMLElement} element
 * @param {Held} options
 */
export function draggable(element, { signal, onStart, onMove, onEnd, onHover, keys = {}, onKeys, axis = "both" }) {
  /** @type {{ id: number, start: Pair, moved: boolean } | null} */
  let held = null;
  element.style.touchAction = TOUCH[axis];

  /** @param {Pair} point @returns {Drag} */
  const dragTo = (point) => {
    const start = held?.start ?? point;
    return { start, by: [point[0] - start[0], point[1] - start[1]], moved: held?.moved ?? false };
  };
  /** @param {PointerEvent} event */
  const press = (event) => {
    if (held || event.button > 0) return;
    const point = pixelOf(element, event);
    held = { id: event.pointerId, start: point, moved: false };
    capture(element, event);
    onStart?.(point, event);
  };
  /** @param {PointerEvent} event */
  const move = (event) => {
    const point = pixelOf(element, event);
    if (!held && event.pointerType !== "touch") onHover?.(point, event);
    if (event.pointerId !== held?.id) return;
    const { by } = dragTo(point);
    if (Math.hypot(...by) > TREMOR) held.moved = true;
    onMove?.(point, event, dragTo(point));
  };
  /** @param {PointerEvent} event */
  const release = (event) => {
    if (event.pointerId !== held?.id) return;
    const point = pixelOf(element, event), drag = dragTo(point);
    held = null;
    onEnd?.(point, event, drag);
  };
  /** @param {KeyboardEvent} event */
  const key = (event) => {
    const way = event.altKey || event.ctrlKey || event.metaKey
      ? null
      : wayOf(event.key, { ...keys, axis, large: event.shiftKey });
    if (!way || !onKeys) return;
    event.preventDefault();
    onKeys(way, event);
  };
  element.addEventListener("pointerdown", press, { signal });
  element.addEventListener("pointermove", move, { signal });
  element.addEventListener("pointerup", release, { signal });
  element.addEventListener("pointercancel", release, { signal });
  element.addEventListener("pointerleave", (event) => onHover?.(null, event), { signal });
  element.addEventListener("keydown", key, { signal });
}
