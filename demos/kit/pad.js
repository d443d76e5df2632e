// The pad: draw with mouse, finger, pen or keys. It writes a field of the state and shows what stands there.

import { extended, fits, pixels, raw, sameDrawing } from "./drawing.js";
import { button, context2d, el, onResize } from "./elements.js";
import { BRUSH, SIDE } from "./strokes.js";

/** @import { Drawing, Examples } from "./drawing.js" */
/** @import { AnyState } from "./elements.js" */
/** @import { How } from "./state.js" */
/** @import { Strokes } from "./strokes.js" */

const OWN = "#ffffff", EXAMPLE = "#c9d6e6", PEN = "#6ab2ff"; // on the dark of the pad, in light and dark alike
const STEP = 8 / 256, FINE_STEP = 2 / 256; // of the pen that is moved by keys
/** @type {Record<string, readonly [number, number]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * Draw strokes onto a context of `side` pixels: smooth curves through the middles between the points. For the eye alone;
 * what a network sees is rasterise's.
 * @param {CanvasRenderingContext2D} context
 * @param {Strokes} strokes
 * @param {number} side
 * @param {string} [ink]
 * @param {number} [brush]
 */
export function drawStrokes(context, strokes, side, ink = OWN, brush = BRUSH) {
  context.lineCap = context.lineJoin = "round";
  context.lineWidth = brush * side;
  context.strokeStyle = context.fillStyle = ink;
  for (const stroke of strokes) {
    const points = stroke.map(([x, y]) => [x * side, y * side]), last = points.length - 1;
    if (last < 0) continue;
    context.beginPath();
    if (last === 0) {
      context.arc(points[0][0], points[0][1], (brush * side) / 2, 0, 2 * Math.PI);
      context.fill();
      continue;
    }
    context.moveTo(points[0][0], points[0][1]);
    for (let i = 1; i < last; i++) {
      const [x, y] = points[i], [nextX, nextY] = points[i + 1];
      context.quadraticCurveTo(x, y, (x + nextX) / 2, (y + nextY) / 2);
    }
    context.lineTo(points[last][0], points[last][1]);
    context.stroke();
  }
}

/**
 * A field of a state as a widget sees it; `follow` tells its value at once and whenever it is another.
 * @template T
 * @param {AnyState} state
 * @param {string} field
 */
export function bind(state, field) {
  const set = /** @type {(changes: Record<string, T>, how?: How) => void} */ (state.set);
  const follow = /** @type {(react: (values: Record<string, T>) => void) => void} */ (state
    .follow);
  return {
    get value() {
      return /** @type {T} */ (state.values[field]);
    },
    /** @param {T} value @param {How} [how] */
    set: (value, how) => set({ [field]: value }, how),
    /** @param {(value: T) => void} react */
    follow: (react) => {
      /** @type {T | undefined} */
      let last;
      follow((values) => {
        if (values[field] !== last) react(last = values[field]);
      });
    },
  };
}

let serial = 0;

/**
 * A pad over a drawing of the state (the field is kit.drawing({...})). An example or a photo gives way to the first
 * stroke; undo brings it back. While one draws, the state follows at most once a frame.
 * @param {{
 *   label?: string,
 *   width?: number,
 *   state: AnyState,
 *   field: string,
 *   examples?: Examples,
 *   names?: readonly string[],
 *   row?: boolean,
 *   signal: AbortSignal,
 * }} options `names` of the examples are 0, 1, ... unless given; without `row` there are no buttons for them
 */
export function pad({ label = "Draw a digit", width = 224, state, field, examples = [], names, row = true, signal }) {
  /** @type {ReturnType<typeof bind<Drawing>>} */
  const bound = bind(state, field);
  /** What is on the pad; the state has it, at the latest with the next frame. @type {Drawing} */
  let shown = bound.value;
  /** @type {Drawing[]} */
  const past = [];
  /** @type {number | null} */
  let pointer = null; // that draws
  let drawing = false; // a stroke is under way, by pointer or keys
  let begun = false; // ... and the state knows of it
  let frame = 0;
  /** The pen that is moved by keys, where it was used. @type {{ x: number, y: number, seen: boolean }} */
  const pen = { x: 0.5, y: 0.5, seen: false };
  let touched = false; // by a pointer since it has the focus: no ring and no pen for keys

  const key = `kit-pad-${++serial}`, words = examples.map((_, i) => names?.[i] ?? String(i));
  const keys = row && examples.length > 0 && examples.length <= 10 && !names;
  const canvas = el("canvas", { class: "pad-canvas", tabindex: 0, role: "img", "aria-describedby": `${key}-help` });
  canvas.style.width = `${width}px`;
  const help = el(
    "span",
    { id: `${key}-help`, class: "pad-help" },
    "Draw with mouse, finger or pen. With keys: the arrows move the pen, Space puts it down and lifts it, ",
    `Control Z undoes, Delete clears${keys ? `, 0 to ${examples.length - 1} put an example here` : ""}.`,
  );
  const spoken = el("span", { class: "pad-help", role: "status" });
  const full = el("span", { class: "pad-full", hidden: true }, "The pad is full: undo or clear it to draw on.");
  const undoButton = button("Undo", () => step(undo), { title: "Undo the last stroke (Ctrl+Z)" });
  const clearButton = button("Clear", () => step(clear), { title: "Clear the pad (Delete)" });
  const exampleButtons = words.map((name, i) =>
    button(name, () => step(() => put({ example: i })), {
      name: names ? undefined : `${name}: example`,
      pressed: false,
    })
  );
  const element = el(
    "div",
    { class: "pad", role: "group", "aria-labelledby": `${key}-label`, style: `width: ${width}px` },
    el("span", { class: "pad-label", id: `${key}-label` }, label),
    canvas,
    help,
    spoken,
    el("div", { class: "pad-buttons" }, undoButton, clearButton),
    full,
    row && words.length > 0 &&
      el(
        "div",
        { class: `pad-examples ${names ? "named" : ""}`, role: "group", "aria-label": "Examples" },
        exampleButtons,
      ),
  );

  /** Its strokes, as they are shown. @param {Drawing} value @returns {Strokes} */
  const strokesOn = (value) =>
    "strokes" in value ? value.strokes : "example" in value ? examples[value.example] ?? [] : [];

  const paint = () => {
    // in a closed fold it has no width yet: it will have `width` less a border of 2 px on each side
    const side = Math.max(1, canvas.clientWidth || width - 4), ratio = Math.min(3, globalThis.devicePixelRatio || 1);
    const size = Math.round(side * ratio);
    if (canvas.width !== size) canvas.width = canvas.height = size;
    const context = context2d(canvas);
    context.clearRect(0, 0, size, size);
    if ("photo" in shown) drawPhoto(context, pixels(shown), size);
    else drawStrokes(context, strokesOn(shown), size, "example" in shown ? EXAMPLE : OWN);
    if (pen.seen) drawPen(context, pen.x * size, pen.y * size, ratio, drawing);
  };
  const describe = () => {
    const strokes = strokesOn(shown);
    const what = "photo" in shown
      ? "a photo"
      : "example" in shown
      ? `example ${words[shown.example] ?? ""}`
      : strokes.length
      ? "your drawing"
      : "empty";
    canvas.setAttribute("aria-label", `${label}: ${what}`);
    const empty = !("photo" in shown) && !strokes.length;
    clearButton.disabled = empty;
    undoButton.disabled = !past.length;
    exampleButtons.forEach((one, i) =>
      one.setAttribute("aria-pressed", String("example" in shown && shown.example === i))
    );
    full.hidden = !("strokes" in shown) || fits(strokes, 1);
  };
  const show = () => {
    paint();
    describe();
  };

  // ---- changes -------------------------------------------------------------------------------------------------------
  const remember = () => {
    past.push(shown);
    if (past.length > 100) past.shift();
  };
  /** The first change of a stroke is a new entry of the history, the others take its place. */
  const tell = () => {
    cancelAnimationFrame(frame);
    frame = 0;
    bound.set(shown, { drag: begun });
    begun = true;
  };
  const soon = () => {
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      show();
      tell();
    });
  };
  signal.addEventListener("abort", () => cancelAnimationFrame(frame));

  /** @param {number} x @param {number} y */
  const begin = (x, y) => {
    remember();
    const before = "strokes" in shown ? shown.strokes : []; // an example or a photo gives way
    if (!fits(before, 1)) {
      past.pop();
      return describe();
    }
    shown = { strokes: [...before, extended([], x, y)] };
    drawing = true;
    begun = false;
    soon();
  };
  /** @param {number} x @param {number} y */
  const extend = (x, y) => {
    if (!drawing || !("strokes" in shown)) return;
    const { strokes } = shown, last = extended(strokes[strokes.length - 1], x, y);
    if (last === strokes[strokes.length - 1]) return;
    const longer = [...strokes.slice(0, -1), last];
    if (!fits(longer)) return;
    shown = { strokes: longer };
    soon();
  };
  const end = () => {
    if (!drawing) return;
    drawing = false;
    show();
    if (frame) tell();
  };
  /** @param {Drawing} value */
  const put = (value) => {
    end();
    if (sameDrawing(value, shown)) return;
    remember();
    shown = value;
    show();
    bound.set(shown);
  };
  const clear = () => put({ strokes: [] });
  const undo = () => {
    end();
    const before = past.pop();
    if (!before) return;
    shown = before;
    show();
    bound.set(shown);
  };
  /** @param {() => void} change by a button: the pad has the keyboard afterwards */
  const step = (change) => {
    change();
    canvas.focus({ preventScroll: true });
  };

  // ---- pointers ------------------------------------------------------------------------------------------------------
  /** @param {PointerEvent} event @returns {[number, number]} */
  const place = (event) => {
    const box = canvas.getBoundingClientRect(), edge = canvas.clientLeft; // the picture lies inside the border
    return [
      (event.clientX - box.left - edge) / Math.max(1, canvas.clientWidth),
      (event.clientY - box.top - edge) / Math.max(1, canvas.clientHeight),
    ];
  };
  /** @param {boolean} now */
  const byHand = (now) => {
    touched = now;
    canvas.classList.toggle("by-hand", now);
  };
  element.addEventListener("pointerdown", () => byHand(true), { capture: true });
  canvas.addEventListener("pointerdown", (event) => {
    if (pointer !== null || event.button !== 0) return; // one pen at a time; a second finger draws nothing
    event.preventDefault();
    end();
    pen.seen = false;
    pointer = event.pointerId;
    canvas.focus({ preventScroll: true });
    canvas.setPointerCapture(pointer);
    begin(...place(event));
  });
  canvas.addEventListener("pointermove", (event) => {
    if (event.pointerId !== pointer) return;
    const events = event.getCoalescedEvents?.() ?? [];
    for (const each of events.length ? events : [event]) extend(...place(each));
  });
  for (
    const name of /** @type {const} */ (["pointerup", "pointercancel", "lostpointercapture"])
  ) {
    canvas.addEventListener(name, (event) => {
      if (event.pointerId !== pointer) return;
      pointer = null;
      end();
    });
  }

  // ---- keys ----------------------------------------------------------------------------------------------------------
  /** @param {string} text */
  const say = (text) => {
    spoken.textContent = text;
  };
  /** @param {KeyboardEvent} event @returns {boolean} was it meant for the pad */
  const byKey = (event) => {
    const command = event.ctrlKey || event.metaKey, letter = event.key.toLowerCase();
    if (command && !event.shiftKey && !event.altKey && letter === "z") {
      undo();
      return true;
    }
    if (event.target !== canvas || command || event.altKey) return false;
    const arrow = ARROWS[event.key];
    if (arrow) {
      const far = event.shiftKey ? FINE_STEP : STEP;
      [pen.x, pen.y] = [pen.x + far * arrow[0], pen.y + far * arrow[1]].map((at) => Math.max(0, Math.min(1, at)));
      pen.seen = true;
      if (pointer === null) extend(pen.x, pen.y);
      paint();
    } else if (event.key === " " && pointer === null && !event.repeat) {
      pen.seen = true;
      if (drawing) end();
      else begin(pen.x, pen.y);
      say(drawing ? "Pen down" : "Pen up");
      paint();
    } else if (event.key === "Escape" && drawing && pointer === null) {
      end();
      say("Pen up");
    } else if (event.key === "Delete" || event.key === "Backspace") clear();
    else if (keys && /^\d$/.test(event.key) && Number(event.key) < examples.length) put({ example: Number(event.key) });
    else return event.key === " "; // held down: the page does not scroll
    return true;
  };
  element.addEventListener("keydown", (event) => {
    byHand(false);
    if (byKey(event)) event.preventDefault();
  });
  canvas.addEventListener("focus", () => {
    pen.seen = !touched && canvas.matches(":focus-visible");
    paint();
  });
  canvas.addEventListener("blur", () => {
    if (pointer === null) end();
    pen.seen = false;
    byHand(false);
    paint();
  });

  // ---- what others set: the link, a reset, another pad ----------------------------------------------------------------
  bound.follow((value) => {
    if (frame || sameDrawing(value, shown)) return; // it is its own, or about to be
    shown = value;
    past.length = 0;
    drawing = false;
    pointer = null;
    show();
  });
  show();
  onResize(canvas, paint, signal);

  return {
    element,
    canvas,
    /** What the networks see of it now: 28 x 28 bytes, to read only. */
    get pixels() {
      return pixels(bound.value, examples);
    },
    /** As it was drawn: 112 x 112 bytes, to read only. */
    get raw() {
      return raw(bound.value, examples);
    },
    /** Another drawing, which undo takes back. */
    put,
    clear,
    undo,
  };
}

/** @param {CanvasRenderingContext2D} context @param {Uint8Array} grey of SIDE x SIDE @param {number} size */
function drawPhoto(context, grey, size) {
  const small = el("canvas", { width: SIDE, height: SIDE }), inner = context2d(small);
  const image = inner.createImageData(SIDE, SIDE);
  grey.forEach((value, i) => image.data.set([value, value, value, 255], 4 * i));
  inner.putImageData(image, 0, 0);
  context.imageSmoothingEnabled = false;
  context.drawImage(small, 0, 0, size, size);
}

/** The pen that is moved by keys: a ring, filled while it is down. @param {CanvasRenderingContext2D} context
 * @param {number} x @param {number} y @param {number} ratio @param {boolean} down */
function drawPen(context, x, y, ratio, down) {
  context.lineWidth = 2 * ratio;
  context.strokeStyle = context.fillStyle = PEN;
  context.beginPath();
  context.arc(x, y, 7 * ratio, 0, 2 * Math.PI);
  if (down) context.fill();
  context.moveTo(x - 12 * ratio, y);
  context.lineTo(x + 12 * ratio, y);
  context.moveTo(x, y - 12 * ratio);
  context.lineTo(x, y + 12 * ratio);
  context.stroke();
}
