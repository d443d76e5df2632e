// Three probabilities as a point in a triangle, which can be dragged.
import * as kit from "../../kit/kit.js";
import { softmax } from "../formulas.js";

const SIZE = 300, PAD = 34, HEIGHT = ((SIZE - 2 * PAD) * Math.sqrt(3)) / 2; // CSS pixels
/** @type {readonly [number, number][]} */
const CORNERS = [[PAD, PAD + HEIGHT], [SIZE - PAD, PAD + HEIGHT], [SIZE / 2, PAD]];
const COLD = 0.05, HOT = 20;

/** Where three probabilities lie. @param {readonly number[]} p */
const placeOf = (p) => [0, 1].map((d) => p.reduce((sum, v, k) => sum + v * CORNERS[k][d], 0));

/** The probabilities of a place; outside of the triangle those of its edge. @param {number} x @param {number} y */
function probabilitiesAt(x, y) {
  const [[ax, ay], [bx, by], [cx, cy]] = CORNERS, d = (by - cy) * (ax - cx) + (cx - bx) * (ay - cy);
  const a = ((by - cy) * (x - cx) + (cx - bx) * (y - cy)) / d, b = ((cy - ay) * (x - cx) + (ax - cx) * (y - cy)) / d;
  const inside = [a, b, 1 - a - b].map((v) => Math.max(3e-4, v)), sum = inside.reduce((s, v) => s + v, 0);
  return inside.map((v) => v / sum);
}

/** @param {CanvasRenderingContext2D} g @param {readonly (readonly number[])[]} points */
function line(g, points) {
  g.beginPath();
  points.forEach(([x, y]) => g.lineTo(x, y));
  g.stroke();
}

/**
 * @param {{ names: readonly string[], onMove: (p: number[], drag: boolean) => void }} options
 */
export function triangle({ names, onMove }) {
  const canvas = kit.el("canvas", { class: "triangle", role: "img", tabindex: 0 });
  /** @type {number[]} */
  let now = [1 / 3, 1 / 3, 1 / 3];
  const at = (/** @type {PointerEvent} */ event) => {
    const box = canvas.getBoundingClientRect(), scale = SIZE / box.width;
    onMove(probabilitiesAt((event.clientX - box.left) * scale, (event.clientY - box.top) * scale), true);
  };
  canvas.addEventListener("pointerdown", (event) => {
    if (event.isTrusted) canvas.setPointerCapture(event.pointerId);
    at(event);
  });
  canvas.addEventListener("pointermove", (event) => event.buttons && at(event));
  canvas.addEventListener("keydown", (event) => {
    const move = { ArrowLeft: [-6, 0], ArrowRight: [6, 0], ArrowUp: [0, -6], ArrowDown: [0, 6] }[event.key];
    if (!move) return;
    event.preventDefault();
    const [x, y] = placeOf(now);
    onMove(probabilitiesAt(x + move[0], y + move[1]), true);
  });

  /** @param {readonly number[]} logits @param {number} T */
  const show = (logits, T) => {
    const p = now = softmax(logits, T), g = kit.sharp(canvas, SIZE, HEIGHT + 2 * PAD);
    g.strokeStyle = kit.ink("ink-soft");
    g.lineWidth = 1.5;
    line(g, [...CORNERS, CORNERS[0]]);
    g.strokeStyle = kit.ink("line"); // where the winner changes: from the middle to the middle of each side
    for (const side of [[0.5, 0.5, 0], [0.5, 0, 0.5], [0, 0.5, 0.5]]) {
      line(g, [placeOf([1 / 3, 1 / 3, 1 / 3]), placeOf(side)]);
    }
    g.font = "600 16px system-ui, sans-serif";
    g.textAlign = "center";
    g.textBaseline = "middle";
    CORNERS.forEach(([x, y], k) => {
      g.fillStyle = kit.classColour(k);
      g.fillText(names[k], x, k === 2 ? y - 16 : y + 18);
    });
    g.strokeStyle = kit.ink("ink-soft");
    g.lineWidth = 2.5;
    line(g, Array.from({ length: 121 }, (_, i) => placeOf(softmax(logits, HOT * (COLD / HOT) ** (i / 120)))));
    const [x, y] = placeOf(p);
    g.fillStyle = kit.ink("accent");
    g.strokeStyle = kit.ink("paper");
    g.beginPath();
    g.arc(x, y, 9, 0, 7);
    g.fill();
    g.stroke();
    const words = p.map((v, k) => `${names[k]} ${kit.probability(v, 2)}`).join(", ");
    canvas.setAttribute("aria-label", `Triangle of probabilities: ${words}. Arrow keys move the point.`);
  };
  return { element: canvas, show };
}
