// The shapes of the ten classes: whoever cannot tell two colours apart tells the marks apart.

// n: a polygon of n corners, -n: the same turned by half a corner; 0 a disc, 1 a star, 2 a cross
const SHAPES = [0, 3, 4, -3, 5, 6, -4, 1, -5, 2];

/**
 * The outline of class k's mark as a path in `context`; fill or stroke it yourself.
 * @param {CanvasRenderingContext2D} context
 * @param {number} k
 * @param {number} x centre, in CSS pixels
 * @param {number} y
 * @param {number} r radius
 */
export function classMark(context, k, x, y, r) {
  const shape = SHAPES[k % 10];
  context.beginPath();
  if (shape === 0) context.arc(x, y, r, 0, 2 * Math.PI);
  else if (shape === 1) star(context, x, y, r);
  else if (shape === 2) cross(context, x, y, r);
  else polygon(context, shape, x, y, r);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} shape
 * @param {number} x
 * @param {number} y
 * @param {number} r
 */
function polygon(context, shape, x, y, r) {
  const n = Math.abs(shape), turn = shape < 0 ? Math.PI / n : 0;
  for (let i = 0; i < n; i++) {
    const angle = -Math.PI / 2 + turn + (2 * Math.PI * i) / n;
    context.lineTo(x + 1.15 * r * Math.cos(angle), y + 1.15 * r * Math.sin(angle)); // as large to the eye as the disc
  }
  context.closePath();
}

/** @param {CanvasRenderingContext2D} context @param {number} x @param {number} y @param {number} r */
function star(context, x, y, r) {
  for (let i = 0; i < 10; i++) {
    const angle = -Math.PI / 2 + (Math.PI * i) / 5, reach = (i % 2 ? 0.55 : 1.35) * r;
    context.lineTo(x + reach * Math.cos(angle), y + reach * Math.sin(angle));
  }
  context.closePath();
}

/** @param {CanvasRenderingContext2D} context @param {number} x @param {number} y @param {number} r */
function cross(context, x, y, r) {
  const w = r / 3;
  const arm = [[-w, -r], [w, -r], [w, -w], [r, -w], [r, w], [w, w], [w, r], [-w, r], [-w, w], [-r, w], [-r, -w], [
    -w,
    -w,
  ]];
  for (const [dx, dy] of arm) context.lineTo(x + dx, y + dy);
  context.closePath();
}
