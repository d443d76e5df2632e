// The ways of the keys: what an arrow, a page and an end mean along one axis and along two.
import { wayOf } from "../../demos/kit/draggable.js";

/** @param {unknown} found @param {unknown} wanted @param {string} of */
function same(found, wanted, of) {
  if (String(found) !== String(wanted)) throw new Error(`${of}: ${found}, not ${wanted}`);
}

Deno.test("in the plane each arrow has its own way, up is positive", () => {
  same(wayOf("ArrowLeft"), [-1, 0], "left");
  same(wayOf("ArrowUp", { step: 0.1 }), [0, 0.1], "up");
  same(wayOf("ArrowDown", { step: 0.1, page: 1, large: true }), [0, -1], "down by a page");
  same(wayOf("x"), null, "a letter");
});

Deno.test("on one axis all arrows, pages and ends move along it, as on a slider", () => {
  for (const key of ["ArrowRight", "ArrowUp"]) same(wayOf(key, { axis: "x" }), [1, 0], key);
  for (const key of ["ArrowLeft", "ArrowDown"]) same(wayOf(key, { axis: "y", step: 2 }), [0, -2], key);
  same(wayOf("PageUp", { axis: "x", page: 5 }), [5, 0], "Page Up");
  same(wayOf("Home", { axis: "y" }), [0, -Infinity], "Home");
  same(wayOf("End", { axis: "x" }), [Infinity, 0], "End");
});
