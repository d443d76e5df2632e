// How a latent map is handled: a mouse hovers, clicks, drags and (with the focus or Ctrl) turns its wheel; one finger
// taps, drags sideways or rests, and scrolls the page up and down; two fingers zoom; keys do all of it.
import { capture, pixelOf, wayOf } from "./draggable.js";

/** @import { Pair } from "./geometry.js" */
/**
 * @typedef {object} Deeds what the map does; pixels are the canvas's own
 * @property {(pixel: Pair | null) => void} look a pointer is there, null: no more
 * @property {(pixel: Pair, reach: number) => void} tap a click or a tap that means a point within `reach` pixels
 * @property {(pixel: Pair) => void} drag the pressed pointer takes the point along
 * @property {(pixel: Pair) => void} drop and lets it go
 * @property {(pixel: Pair) => boolean} pans does a drag that begins here move the whole view?
 * @property {(dx: number, dy: number) => void} pan
 * @property {(pixel: Pair | null, factor: number) => void} zoom null: about the point or the middle
 * @property {() => void} reset show all
 * @property {(way: Pair) => void} step by keys, right and up positive
 * @property {() => void} enter
 * @property {() => boolean} escape is there something to let go?
 */

const NEAR = { mouse: 14, touch: 26 }; // pixels within which a dot is meant
const RESTS = 450; // milliseconds after which a resting finger looks
const TREMOR = { mouse: 4, touch: 10 };

/** @param {PointerEvent} event */
const kindOf = (event) => (event.pointerType === "touch" ? "touch" : "mouse");

/**
 * @param {HTMLCanvasElement} canvas
 * @param {{ signal: AbortSignal, zoom: boolean, deeds: Deeds }} options
 */
export function handle(canvas, { signal, zoom, deeds }) {
  pointers(canvas, signal, deeds);
  keys(canvas, signal, zoom, deeds);
  if (!zoom) return;
  twoFingers(canvas, signal, deeds);
  canvas.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && document.activeElement !== canvas) return; // the wheel scrolls the page
    event.preventDefault();
    deeds.zoom(pixelOf(canvas, event), Math.exp(-Math.max(-60, Math.min(60, event.deltaY)) / 240));
  }, { passive: false, signal });
}

/** @param {HTMLCanvasElement} canvas @param {AbortSignal} signal @param {Deeds} deeds */
function pointers(canvas, signal, deeds) {
  /** @typedef {{ id: number, start: Pair, last: Pair, does: "waits" | "looks" | "drags" | "pans" }} Held */
  /** @type {Held | null} */
  let held = null;
  let rest = 0;
  const end = () => {
    clearTimeout(rest);
    held = null;
  };
  /** @param {PointerEvent} event */
  const press = (event) => {
    if (event.button > 0 || !event.isPrimary) return end();
    const at = pixelOf(canvas, event);
    /** @type {Held} */
    const now = { id: event.pointerId, start: at, last: at, does: "waits" };
    held = now;
    if (kindOf(event) === "mouse") return capture(canvas, event);
    rest = setTimeout(() => {
      if (held !== now || now.does !== "waits") return;
      now.does = "looks";
      deeds.look(at);
    }, RESTS);
  };
  /** @param {PointerEvent} event */
  const move = (event) => {
    const at = pixelOf(canvas, event), kind = kindOf(event);
    if (!held) return kind === "mouse" ? deeds.look(at) : undefined;
    if (held.id !== event.pointerId) return;
    const [dx, dy] = [at[0] - held.start[0], at[1] - held.start[1]];
    const begins = kind === "mouse" ? Math.hypot(dx, dy) > TREMOR.mouse : Math.abs(dx) > TREMOR.touch;
    if (held.does === "waits" && begins) {
      held.does = kind === "mouse" && deeds.pans(held.start) ? "pans" : "drags";
      deeds.look(null);
    }
    if (held.does === "pans") deeds.pan(at[0] - held.last[0], at[1] - held.last[1]);
    if (held.does === "drags") deeds.drag(at);
    if (held.does === "looks") deeds.look(at);
    held.last = at;
  };
  /** @param {PointerEvent} event */
  const release = (event) => {
    if (held?.id !== event.pointerId) return;
    const at = pixelOf(canvas, event), { does } = held, kind = kindOf(event);
    end();
    if (does === "waits") deeds.tap(at, NEAR[kind]);
    if (does === "drags") deeds.drop(at);
    if (does === "looks") deeds.look(null);
  };
  canvas.addEventListener("pointerdown", press, { signal });
  canvas.addEventListener("pointermove", move, { signal });
  canvas.addEventListener("pointerup", release, { signal });
  canvas.addEventListener("pointercancel", () => { // the finger scrolls the page
    end();
    deeds.look(null);
  }, { signal });
  canvas.addEventListener("pointerleave", (event) => {
    if (!held && kindOf(event) === "mouse") deeds.look(null);
  }, { signal });
  canvas.addEventListener("touchmove", (event) => { // a finger that looks around no longer scrolls
    if (held && held.does !== "waits" && event.cancelable) event.preventDefault();
  }, { passive: false, signal });
  canvas.addEventListener("contextmenu", (event) => {
    if (held && event instanceof PointerEvent && event.pointerType === "touch") event.preventDefault();
  }, { signal });
  signal.addEventListener("abort", end);
}

/**
 * Two fingers zoom and pan at once.
 * @param {HTMLCanvasElement} canvas
 * @param {AbortSignal} signal
 * @param {Deeds} deeds
 */
function twoFingers(canvas, signal, deeds) {
  /** @type {{ middle: Pair, apart: number } | null} */
  let last = null;
  /** @param {TouchEvent} event */
  const grip = (event) => {
    const box = canvas.getBoundingClientRect(), [a, b] = event.touches;
    const middle = /** @type {Pair} */ ([
      (a.clientX + b.clientX) / 2 - box.left,
      (a.clientY + b.clientY) / 2 - box.top,
    ]);
    return { middle, apart: Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY) };
  };
  canvas.addEventListener("touchstart", (event) => {
    if (event.touches.length !== 2) return;
    if (event.cancelable) event.preventDefault(); // it is not while the page still glides
    last = grip(event);
    deeds.look(null);
  }, { passive: false, signal });
  canvas.addEventListener("touchmove", (event) => {
    if (!last || event.touches.length !== 2) return;
    if (event.cancelable) event.preventDefault();
    const now = grip(event);
    deeds.pan(now.middle[0] - last.middle[0], now.middle[1] - last.middle[1]);
    if (now.apart > 10 && last.apart > 10) deeds.zoom(now.middle, now.apart / last.apart);
    last = now;
  }, { passive: false, signal });
  for (const name of ["touchend", "touchcancel"]) {
    canvas.addEventListener(name, () => {
      last = null;
    }, { signal });
  }
}

/** @param {HTMLCanvasElement} canvas @param {AbortSignal} signal @param {boolean} zoom @param {Deeds} deeds */
function keys(canvas, signal, zoom, deeds) {
  /** @param {KeyboardEvent} event @returns {boolean} */
  const act = (event) => {
    const way = event.key.startsWith("Arrow") ? wayOf(event.key, { page: 5, large: event.shiftKey }) : null;
    if (way) deeds.step(way);
    else if (event.key === "Enter" || event.key === " ") deeds.enter();
    else if (event.key === "Escape") return deeds.escape();
    else if (zoom && (event.key === "+" || event.key === "=")) deeds.zoom(null, 1.5);
    else if (zoom && event.key === "-") deeds.zoom(null, 1 / 1.5);
    else if (zoom && event.key === "0") deeds.reset();
    else return false;
    return true;
  };
  canvas.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || !act(event)) return;
    event.preventDefault();
    event.stopPropagation(); // Escape here lets go of the point, it closes nothing else
  }, { signal });
}
