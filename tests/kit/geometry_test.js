// One scale on both axes, transforms that undo each other, walks on the sphere by their closed form, frames to be seen.
import * as geometry from "../../demos/kit/geometry.js";
import { random } from "../../demos/kit/random.js";

/** @typedef {import("../../demos/kit/geometry.js").Extent} Extent */

/** @param {boolean} holds @param {string} claim */
function claim(holds, claim) {
  if (!holds) throw new Error(claim);
}

/** @param {ArrayLike<number>} found @param {ArrayLike<number>} wanted @param {string} of @param {number} [within] */
function near(found, wanted, of, within = 1e-9) {
  const apart = Math.max(...Array.from(found, (value, i) => Math.abs(value - wanted[i])));
  claim(found.length === wanted.length && apart <= within, `${of}: ${Array.from(found)}, not ${Array.from(wanted)}`);
}

const BOX = { x: 34, y: 8, w: 480, h: 310 };
/** @type {Extent} */
const EXTENT = [-9, 5.5, -5, 9.4];

Deno.test("a circle of codes is a circle of pixels, whatever the shape of extent and box", () => {
  for (const box of [BOX, { ...BOX, h: 900 }]) {
    const view = geometry.fitted(EXTENT, box), centre = geometry.toPixel(view, box, [1, 2]);
    for (let turn = 0; turn < 6.3; turn += 0.1) {
      const at = geometry.toPixel(view, box, [1 + 3 * Math.cos(turn), 2 + 3 * Math.sin(turn)]);
      near([Math.hypot(at[0] - centre[0], at[1] - centre[1])], [3 * view.scale], `at ${turn} rad`, 1e-9);
    }
  }
});

Deno.test("a fitted view shows all of its extent, and one side of it exactly", () => {
  const view = geometry.fitted(EXTENT, BOX), [x0, x1, y0, y1] = geometry.extentOf(view, BOX);
  claim(x0 <= EXTENT[0] && x1 >= EXTENT[1], "all of the first axis");
  near([y0, y1], [EXTENT[2], EXTENT[3]], "the second axis fills the box");
});

Deno.test("pixel and code undo each other, at every zoom", () => {
  const { uniform, normal } = random(5);
  for (let trial = 0; trial < 200; trial++) {
    const view = { x: normal(), y: normal(), scale: 1 + 500 * uniform() }, z = [normal(), normal()];
    near(geometry.toPoint(view, BOX, geometry.toPixel(view, BOX, z)), z, "code -> pixel -> code");
  }
});

Deno.test("zooming holds what lies under the pointer; panning moves it with the pointer", () => {
  const view = geometry.fitted(EXTENT, BOX), pixel = [100, 77], under = geometry.toPoint(view, BOX, pixel);
  const nearer = geometry.zoomed(view, BOX, pixel, 3.7);
  near(geometry.toPixel(nearer, BOX, under), pixel, "under the pointer");
  near(Object.values(geometry.zoomed(nearer, BOX, pixel, 1 / 3.7)), Object.values(view), "there and back");
  near(geometry.toPixel(geometry.panned(nearer, 12, -30), BOX, under), [112, 47], "after a pan");
});

Deno.test("a clamped view lies within the whole, and the whole is itself", () => {
  const home = geometry.fitted(EXTENT, BOX), whole = geometry.extentOf(home, BOX), { uniform } = random(6);
  near(Object.values(geometry.clamped(home, home, BOX)), Object.values(home), "home");
  for (let trial = 0; trial < 100; trial++) {
    const wild = { x: 100 * uniform() - 50, y: 100 * uniform() - 50, scale: home.scale * 10 ** (4 * uniform() - 1) };
    const view = geometry.clamped(wild, home, BOX), [x0, x1, y0, y1] = geometry.extentOf(view, BOX), e = 1e-9;
    claim(x0 >= whole[0] - e && x1 <= whole[1] + e && y0 >= whole[2] - e && y1 <= whole[3] + e, "inside the whole");
    claim(view.scale >= home.scale - e && view.scale <= 60 * home.scale + e, "neither too far nor too near");
  }
});

Deno.test("a pixel outside the box is moved to its edge", () => {
  near(geometry.insideBox(BOX, [0, 1000]), [34, 318], "below on the left");
  near(geometry.insideBox(BOX, [100, 100]), [100, 100], "inside");
});

Deno.test("the middle of a class is the median of its points; a class without points has none", () => {
  const points = [1, 10, 3, 30, 100, 20, 0, 0], classes = [2, 2, 2, 0];
  const found = geometry.middles(points, classes, 4);
  near(found[2] ?? [], [3, 20], "class 2");
  near(found[0] ?? [], [0, 0], "class 0");
  claim(found[1] === null && found[3] === null, "empty classes");
  near(geometry.middles([1, 1, 2, 4], [0, 0], 1)[0] ?? [], [1.5, 2.5], "an even count");
});

Deno.test("the extent around points holds them with its margin", () => {
  near(geometry.around([0, 5, 10, 7], 0.1), [-1, 11, 4, 8], "two points");
  near(geometry.around([]), [-1, 1, -1, 1], "no points");
});

Deno.test("labels are pushed apart as far as they need, and no label that has room is moved", () => {
  const { uniform } = random(9);
  for (let trial = 0; trial < 50; trial++) {
    const places = Array.from({ length: 10 }, () => /** @type {[number, number]} */ ([90 * uniform(), 90 * uniform()]));
    const found = geometry.spaced([...places, [500, 500]], 20);
    for (const [i, a] of found.entries()) {
      for (const b of found.slice(0, i)) claim(Math.hypot(a[0] - b[0], a[1] - b[1]) > 19.5, `trial ${trial}`);
    }
    near(found[10], [500, 500], "far from all");
  }
  claim(geometry.spaced([[1, 1], [1, 1]], 4)[0][0] < 1, "two at one place part");
});

Deno.test("the share of the prior within a radius is what 100,000 draws give", () => {
  const { normal } = random(7), radii = Array.from({ length: 100000 }, () => Math.hypot(normal(), normal()));
  for (const r of [1, 2, 3]) {
    const share = radii.filter((found) => found < r).length / radii.length, p = geometry.priorWithin(r);
    near([share], [p], `radius ${r}`, 5 * Math.sqrt(p * (1 - p) / radii.length)); // five standard errors
  }
});

Deno.test("easing begins at 0, ends at 1, is even in the middle and never goes back", () => {
  near([0, 0.5, 1].map(geometry.eased), [0, 0.5, 1], "ends and middle");
  for (let t = 0; t < 1; t += 0.01) claim(geometry.eased(t + 0.01) > geometry.eased(t), `rises at ${t}`);
});

Deno.test("slerp between codes of one length keeps the length and turns evenly", () => {
  const { normal } = random(8);
  for (let trial = 0; trial < 50; trial++) {
    const raw = [0, 1].map(() => Array.from({ length: 8 }, normal));
    const [a, b] = raw.map((z) => z.map((value) => 3 * value / geometry.norm(z))), whole = geometry.angle(a, b);
    for (const t of [0.1, 0.37, 0.8]) {
      const z = geometry.slerp(a, b, t);
      near([geometry.norm(z), geometry.angle(a, z)], [3, t * whole], `t = ${t}`);
    }
  }
});

Deno.test("slerp in the plane is a turn by the closed form; its ends are exact", () => {
  for (const t of [0, 0.25, 0.5, 1]) {
    near(geometry.slerp([2, 0], [0, 2], t), [2 * Math.cos(t * Math.PI / 2), 2 * Math.sin(t * Math.PI / 2)], `t = ${t}`);
  }
  const [a, b] = [[0.1, 0.7], [-1.3, 0.2]];
  claim(geometry.slerp(a, b, 0).every((v, i) => v === a[i]), "begins at a");
  claim(geometry.slerp(a, b, 1).every((v, i) => v === b[i]), "ends at b");
});

Deno.test("codes without a plane: parallel ones walk the line, opposite ones half a turn, the origin the line", () => {
  near(geometry.slerp([1, 2], [2, 4], 0.5), [1.5, 3], "parallel");
  near(geometry.slerp([0, 0], [2, 4], 0.5), [1, 2], "from the origin");
  near(geometry.slerp([2, 0], [-2, 0], 0.5), [0, 2], "opposite");
  near([geometry.norm(geometry.slerp([2, 0, 1], [-4, 0, -2], 0.5))], [1.5 * Math.sqrt(5)], "the length moves evenly");
});

Deno.test("a great circle has its steps, both ends among them", () => {
  const walk = geometry.greatCircle([1, 0], [0, 1], 5);
  claim(walk.length === 5, "five codes");
  near(walk[2], [Math.SQRT1_2, Math.SQRT1_2], "the middle");
  near(walk[4], [0, 1], "the end");
});

Deno.test("the frames shown are in order, fit, and hold what must be seen, for every strip and every room", () => {
  for (const count of [1, 2, 5, 17, 41, 64]) {
    for (let room = 1; room <= count + 3; room++) {
      for (let worst = 0; worst < count; worst++) {
        const current = (7 * worst + room) % count, list = geometry.shownFrames(count, room, [current, worst]);
        const of = `${count} frames, room for ${room}, current ${current}, worst ${worst}: ${list}`;
        claim(list.length === Math.min(count, room), of);
        claim(list.every((frame, k) => k === 0 || frame > list[k - 1]), of);
        claim(list.includes(current) && (room === 1 || list.includes(worst)), of);
      }
    }
  }
});

Deno.test("where all frames fit, all are shown; no frames, none", () => {
  near(geometry.shownFrames(5, 9, [2]), [0, 1, 2, 3, 4], "all");
  claim(geometry.shownFrames(0, 5).length === 0, "none");
});
