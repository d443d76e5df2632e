// A drawing as pixels: the pen's picture of its strokes, and MNIST's own way of laying a drawing into 28 x 28 pixels.
// The same numbers as training/data/strokes.py, step by step: tests/kit/test_strokes_parity.py. Pure: no document.

/** @typedef {readonly number[]} Point [x, y] in [0, 1], y downwards */
/** @typedef {readonly Point[]} Stroke */
/** @typedef {readonly Stroke[]} Strokes */
/** @typedef {{ rows: number, columns: number, values: Float32Array }} Grid row by row */
/** Pixel (i, j) of a grid lies at (row + scale * i, column + scale * j) of the picture.
 * @typedef {{ scale: number, row: number, column: number }} Place */

export const RAW = 112; // pixels of a drawing's side: four times the networks' 28
export const SIDE = 28; // pixels of MNIST's pictures
export const BRUSH = 0.085; // the pen as a share of the side: about MNIST's stroke on a digit that fills the pad

const FINE = 280; // pieces of a parabola squared, for each unit that it bends
const BOX = 20; // MNIST fits each digit into 20 x 20 pixels
const STROKE = 2.6; // the mean width of its strokes in that box, in pixels
const EDGE = 1.35; // pixels from ink to paper
const WORK = 64; // pixels along the digit while its stroke is measured and brought to width
const MARGIN = 8; // pixels of paper around it, so that the stroke may grow
const MIDDLE = 14; // where MNIST's centres of mass lie, in pixel indices

// ---- the pen ---------------------------------------------------------------------------------------------------------

/**
 * The pen's way along a stroke as a polyline: parabolas from the middle of one side to the middle of the next. A point
 * given twice is a corner.
 * @param {Stroke} stroke
 * @returns {Stroke}
 */
export function bent(stroke) {
  if (stroke.length < 3) return stroke;
  /** @type {Point[]} */
  const line = [stroke[0]];
  let [sx, sy] = stroke[0];
  for (let k = 1; k < stroke.length - 1; k++) {
    const [cx, cy] = stroke[k], [nx, ny] = stroke[k + 1];
    const ex = (cx + nx) / 2, ey = (cy + ny) / 2;
    const bx = sx - 2 * cx + ex, by = sy - 2 * cy + ey;
    const pieces = Math.max(1, Math.ceil(Math.sqrt(FINE * (Math.abs(bx) + Math.abs(by)))));
    for (let i = 1; i <= pieces; i++) {
      const t = i / pieces;
      line.push([sx + t * (2 * (cx - sx) + t * bx), sy + t * (2 * (cy - sy) + t * by)]);
    }
    [sx, sy] = [ex, ey];
  }
  line.push(stroke[stroke.length - 1]);
  return line;
}

/**
 * Strokes drawn with a round pen, anti-aliased: side x side bytes, light ink on dark.
 * @param {Strokes} strokes
 * @param {number} [side] pixels
 * @param {number} [brush] the pen's width as a share of the side
 */
export function rasterise(strokes, side = RAW, brush = BRUSH) {
  const width = brush * side, reach = width / 2 + 0.5;
  const nearest = new Float64Array(side * side).fill(Infinity); // squared distance to the pen's way, within its reach
  for (const stroke of strokes) {
    if (!stroke.length) continue;
    const line = bent(stroke).map(([x, y]) => [x * side - 0.5, y * side - 0.5]);
    if (line.length === 1) line.push(line[0]); // a dot
    for (let k = 0; k < line.length - 1; k++) {
      const [ax, ay] = line[k], [bx, by] = line[k + 1], dx = bx - ax, dy = by - ay;
      const length = Math.max(dx * dx + dy * dy, 1e-9);
      const left = Math.max(0, Math.floor(Math.min(ax, bx) - reach));
      const right = Math.min(side - 1, Math.ceil(Math.max(ax, bx) + reach));
      const bottom = Math.min(side - 1, Math.ceil(Math.max(ay, by) + reach));
      for (let row = Math.max(0, Math.floor(Math.min(ay, by) - reach)); row <= bottom; row++) {
        for (let column = left; column <= right; column++) {
          const x = column - ax, y = row - ay;
          const along = Math.max(0, Math.min(1, (x * dx + y * dy) / length));
          const across = x - along * dx, down = y - along * dy, squared = across * across + down * down;
          if (squared < nearest[row * side + column]) nearest[row * side + column] = squared;
        }
      }
    }
  }
  return Uint8Array.from(
    nearest,
    (squared) => Math.round(255 * Math.max(0, Math.min(1, 0.5 + (width / 2 - Math.sqrt(squared))))),
  );
}

// ---- MNIST's steps ---------------------------------------------------------------------------------------------------

/**
 * A drawing of light ink on dark -> MNIST's 28 x 28 bytes: bounding box, stroke brought to MNIST's mean width, box of
 * 20 x 20, anti-aliased, centre of mass in the middle. An empty picture gives zeros.
 * @param {ArrayLike<number>} grey bytes, row by row
 * @param {number} width
 * @param {number} [height]
 */
export function toMnist(grey, width, height = width) {
  const crop = findInk({ rows: height, columns: width, values: Float32Array.from(grey, (value) => value / 255) });
  if (!crop) return new Uint8Array(SIDE * SIDE);
  const drawn = signedDistance(crop), pen = penWidth(drawn), { scale } = inTheMiddle(drawn, BOX);
  // The middle of the line shall span the box less one stroke; but a mere dot is not blown up.
  const wanted = Math.min((BOX - STROKE) / Math.max(BOX / scale - pen, 1e-6), (4 * STROKE) / pen);
  const field = withPen(drawn, pen, STROKE / wanted);
  const place = inTheMiddle(field, BOX, (4 * STROKE) / pen);
  const boxed = render(field, place), mass = centreOfMass(boxed);
  const centred = mass
    ? render(field, {
      scale: place.scale,
      row: place.row + MIDDLE - mass.row,
      column: place.column + MIDDLE - mass.column,
    })
    : boxed;
  return Uint8Array.from(centred.values, (value) => Math.round(255 * value));
}

/** Round half to even, as Python does. @param {number} value */
const even = (value) => value % 1 === 0.5 && Math.floor(value) % 2 === 0 ? Math.floor(value) : Math.round(value);

/**
 * The inked part on a grid of WORK pixels, 0.5 at the ink's edge, with a margin; null where nothing is drawn.
 * @param {Grid} ink
 */
function findInk({ rows, columns, values }) {
  const brightest = values.reduce((most, value) => Math.max(most, value), 0), threshold = Math.fround(0.4 * brightest);
  if (brightest < 0.1) return null;
  let top = rows, bottom = -1, left = columns, right = -1;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      if (values[row * columns + column] <= threshold) continue;
      [top, bottom] = [Math.min(top, row), Math.max(bottom, row)];
      [left, right] = [Math.min(left, column), Math.max(right, column)];
    }
  }
  // One pixel more on each side: the soft edge belongs to the ink.
  const part = grid(bottom - top + 3, right - left + 3, (i, j) => {
    const row = top - 1 + i, column = left - 1 + j;
    if (row < 0 || row >= rows || column < 0 || column >= columns) return 0;
    return values[row * columns + column] / Math.fround(0.8 * brightest);
  });
  const step = Math.max(part.rows, part.columns) / WORK;
  const crop = resize(part, Math.max(1, even(part.rows / step)), Math.max(1, even(part.columns / step)));
  return grid(crop.rows + 2 * MARGIN, crop.columns + 2 * MARGIN, (i, j) => {
    const row = i - MARGIN, column = j - MARGIN;
    const inside = row >= 0 && row < crop.rows && column >= 0 && column < crop.columns;
    return inside ? crop.values[row * crop.columns + column] : 0;
  });
}

/**
 * @param {number} rows
 * @param {number} columns
 * @param {(row: number, column: number) => number} value
 * @returns {Grid}
 */
function grid(rows, columns, value) {
  const values = new Float32Array(rows * columns);
  for (let row = 0, at = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) values[at++] = value(row, column);
  }
  return { rows, columns, values };
}

/** Resample: bilinear, and averaging where it shrinks (Pillow's Resampling.BILINEAR). @param {Grid} from @param {number} rows @param {number} columns */
function resize(from, rows, columns) {
  let now = from;
  if (columns !== now.columns) {
    const source = now, weights = triangles(source.columns, columns);
    now = grid(source.rows, columns, (row, column) => {
      const { start, shares } = weights[column];
      return shares.reduce((sum, share, i) => sum + share * source.values[row * source.columns + start + i], 0);
    });
  }
  if (rows !== now.rows) {
    const source = now, weights = triangles(source.rows, rows);
    now = grid(rows, source.columns, (row, column) => {
      const { start, shares } = weights[row];
      return shares.reduce((sum, share, i) => sum + share * source.values[(start + i) * source.columns + column], 0);
    });
  }
  return now;
}

/** What each of `to` pixels takes of the `from` along one axis. @param {number} from @param {number} to */
function triangles(from, to) {
  const scale = from / to, support = Math.max(1, scale);
  return Array.from({ length: to }, (_, pixel) => {
    const centre = (pixel + 0.5) * scale;
    const start = Math.max(0, Math.trunc(centre - support + 0.5));
    const end = Math.min(from, Math.trunc(centre + support + 0.5));
    const weights = Array.from(
      { length: end - start },
      (_, i) => Math.max(0, 1 - Math.abs((i + start - centre + 0.5) / support)),
    );
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return { start, shares: weights.map((weight) => weight / total) };
  });
}

/**
 * For each pixel the index of the nearest one where `mask` is set, -1 where none is; of equally near ones that of the
 * smallest column, then the smallest row.
 * @param {ArrayLike<unknown>} mask
 * @param {number} rows
 * @param {number} columns
 */
function nearestOf(mask, rows, columns) {
  const vertical = new Int32Array(rows * columns).fill(-1); // the row of the nearest in the same column
  for (let column = 0; column < columns; column++) {
    for (let row = 0, above = -1; row < rows; row++) {
      if (mask[row * columns + column]) above = row;
      vertical[row * columns + column] = above;
    }
    for (let row = rows - 1, below = -1; row >= 0; row--) {
      const at = row * columns + column;
      if (mask[at]) below = row;
      if (below >= 0 && (vertical[at] < 0 || below - row < row - vertical[at])) vertical[at] = below;
    }
  }
  const nearest = new Int32Array(rows * columns).fill(-1);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      let best = Infinity, found = -1;
      for (let away = 0; away * away <= best && away < columns; away++) {
        for (const other of away ? [column - away, column + away] : [column]) {
          if (other < 0 || other >= columns) continue;
          const its = vertical[row * columns + other];
          if (its < 0) continue;
          const squared = away * away + (its - row) * (its - row);
          if (squared < best || (squared === best && other < column)) {
            [best, found] = [squared, its * columns + other];
          }
        }
      }
      nearest[row * columns + column] = found;
    }
  }
  return nearest;
}

/** @param {number} at @param {number} other @param {number} columns */
function distance(at, other, columns) {
  const row = Math.trunc(at / columns) - Math.trunc(other / columns), column = (at % columns) - (other % columns);
  return Math.sqrt(row * row + column * column);
}

/** The distance of each pixel to the ink's edge (where the crop is 0.5), in pixels; negative inside the ink. @param {Grid} crop */
function signedDistance({ rows, columns, values }) {
  const ink = Uint8Array.from(values, (value) => Number(value > 0.5)), paper = ink.map((set) => 1 - set);
  const toInk = nearestOf(ink, rows, columns), toPaper = nearestOf(paper, rows, columns);
  const field = Float32Array.from(ink, (set, at) => {
    const other = set ? toPaper[at] : toInk[at], away = other < 0 ? 1e3 : distance(at, other, columns);
    return set ? 0.5 - away : away - 0.5;
  });
  return { rows, columns, values: field };
}

/** Mean width of the stroke in pixels: across a line of width w the mean distance to its edge is w / 4. @param {Grid} field */
function penWidth({ values }) {
  let sum = 0, count = 0;
  for (const value of values) if (value < 0) [sum, count] = [sum + value, count + 1];
  return count ? Math.max(1, (-4 * sum) / count) : 1;
}

/**
 * The signed distance of the same drawing by a pen `wanted` pixels wide, where its own is `pen`. Shaving a bold stroke
 * must not break it where it is thin: there the width shrinks in proportion.
 * @param {Grid} field
 * @param {number} pen
 * @param {number} wanted
 * @returns {Grid}
 */
function withPen({ rows, columns, values }, pen, wanted) {
  if (wanted >= pen) return { rows, columns, values: values.map((value) => value - (wanted - pen) / 2) };
  const depth = values.map((value) => Math.max(-value, 0));
  const thin = Uint8Array.from(depth, (own, at) => {
    if (own <= 0 || own >= Math.fround(pen / 2)) return 0;
    for (const down of [-columns, 0, columns]) {
      for (const across of [-1, 0, 1]) if (depth[at + down + across] > own) return 0;
    }
    return 1;
  });
  const ridge = nearestOf(thin, rows, columns);
  const shaved = values.map((value, at) => {
    const other = ridge[at], thinner = value + (pen - wanted) / 2;
    return other < 0 ? thinner : Math.min(thinner, distance(at, other, columns) - depth[other] * (wanted / pen));
  });
  return { rows, columns, values: shaved };
}

/**
 * The place that puts the ink into the middle of SIDE x SIDE, its long side `box` pixels long.
 * @param {Grid} field
 * @param {number} box
 * @param {number} [largest] scale
 * @returns {Place}
 */
function inTheMiddle({ rows, columns, values }, box, largest = Infinity) {
  const down = new Float32Array(rows).fill(Infinity), across = new Float32Array(columns).fill(Infinity);
  values.forEach((value, at) => {
    const row = Math.trunc(at / columns), column = at % columns;
    down[row] = Math.min(down[row], value);
    across[column] = Math.min(across[column], value);
  });
  const [top, bottom] = ends(down), [left, right] = ends(across);
  const scale = Math.min(box / Math.max(bottom - top, right - left), largest), middle = (SIDE - 1) / 2;
  return { scale, row: middle - (scale * (top + bottom)) / 2, column: middle - (scale * (left + right)) / 2 };
}

/** Where a profile of distances becomes negative and where it ceases to be, between the pixels. @param {Float32Array} profile */
function ends(profile) {
  const count = profile.length, inside = profile.findIndex((value) => value < 0);
  if (inside < 0) return [count / 2 - 0.5, count / 2 + 0.5];
  const first = Math.max(1, inside), last = Math.min(count - 2, profile.findLastIndex((value) => value < 0));
  const start = first - 1 + profile[first - 1] / Math.max(profile[first - 1] - profile[first], 1e-6);
  return [start, last + 1 - profile[last + 1] / Math.max(profile[last + 1] - profile[last], 1e-6)];
}

/** A signed distance field at a place -> the anti-aliased picture, in [0, 1]. @param {Grid} field @param {Place} place */
function render({ rows, columns, values }, { scale, row, column }) {
  return grid(SIDE, SIDE, (i, j) => {
    const y = (i - row) / scale, x = (j - column) / scale;
    if (y < 0 || x < 0 || y > rows - 1 || x > columns - 1) return 0;
    const top = Math.min(Math.floor(y), rows - 2), left = Math.min(Math.floor(x), columns - 2);
    const down = y - top, across = x - left, at = top * columns + left;
    const away = (1 - down) * ((1 - across) * values[at] + across * values[at + 1]) +
      down * ((1 - across) * values[at + columns] + across * values[at + columns + 1]);
    return Math.max(0, Math.min(1, 0.5 - away * (scale / EDGE)));
  });
}

/** Row and column of the centre of mass, in pixel indices; null where nothing is. @param {Grid} picture */
export function centreOfMass({ columns, values }) {
  let total = 0, row = 0, column = 0;
  values.forEach((value, at) => {
    total += value;
    row += value * Math.trunc(at / columns);
    column += value * (at % columns);
  });
  return total > 0 ? { row: row / total, column: column / total } : null;
}
