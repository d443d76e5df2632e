// A code as bars, one for each number; where `onChoose` is given, a click or the arrow keys choose one.
import * as kit from "../kit/kit.js";

/**
 * @param {{ label: string, height?: number, signal: AbortSignal, onChoose?: (index: number) => void }} options
 */
export function codeBars({ label, height = 132, signal, onChoose }) {
  const canvas = kit.el("canvas", {
    class: "code-bars",
    role: onChoose ? "slider" : "img",
    tabindex: onChoose ? 0 : null,
  });
  const element = kit.el("div", { class: "code-box" }, canvas);
  element.style.height = `${height}px`;
  /** @type {readonly number[]} */
  let code = [];
  /** @type {{ chosen?: number, marked?: ReadonlySet<number> }} */
  let look = {};

  const paint = () => {
    const width = element.clientWidth;
    if (!width || !code.length) return;
    const g = kit.sharp(canvas, width, height), step = width / code.length;
    const top = Math.max(1e-6, ...code.map(Math.abs)), signed = code.some((value) => value < 0);
    const zero = signed ? height / 2 : height - 3, room = signed ? height / 2 - 4 : height - 8;
    g.fillStyle = kit.ink("line");
    g.fillRect(0, zero, width, 1);
    code.forEach((value, i) => {
      const high = (value / top) * room;
      g.fillStyle = kit.ink(
        i === look.chosen ? "accent" : look.marked?.has(i) ? (value < 0 ? "below" : "above") : "ink-soft",
      );
      g.fillRect(i * step + 0.5, zero - Math.max(0, high), Math.max(1, step - 1), Math.max(1, Math.abs(high)));
    });
    if (look.chosen === undefined) return;
    g.strokeStyle = kit.ink("accent");
    g.lineWidth = 2;
    g.strokeRect(look.chosen * step, 1, step, height - 2);
  };
  const speak = () => {
    const at = look.chosen ?? 0, value = kit.show(code[at] ?? 0, 1);
    canvas.setAttribute("aria-label", onChoose ? label : `${label}: ${code.length} numbers`);
    if (!onChoose) return;
    const told = {
      valuemin: 1,
      valuemax: Math.max(1, code.length),
      valuenow: at + 1,
      valuetext: `number ${at + 1} is ${value}`,
    };
    for (const [name, text] of Object.entries(told)) canvas.setAttribute(`aria-${name}`, String(text));
  };
  const choose = (/** @type {number} */ index) => onChoose?.(Math.max(0, Math.min(code.length - 1, index)));
  if (onChoose) {
    const under = (/** @type {readonly number[]} */ [x]) => choose(Math.floor((x / element.clientWidth) * code.length));
    kit.draggable(canvas, {
      signal,
      axis: "x",
      onStart: under,
      onMove: under,
      keys: { step: 1, page: 8 },
      onKeys: ([by]) => choose((look.chosen ?? 0) + Math.max(-code.length, Math.min(code.length, by))),
    });
  }
  kit.onResize(element, paint, signal);
  kit.onTheme(paint, signal);
  return {
    element,
    /** @param {readonly number[]} numbers @param {{ chosen?: number, marked?: ReadonlySet<number> }} [how] */
    show: (numbers, how = {}) => {
      code = numbers;
      look = how;
      speak();
      paint();
    },
  };
}
