import { applied, moved, movesField } from "../../demos/vae/strips/moves.js";
import { equal } from "../kit/expect.js";

const field = movesField(3);

Deno.test("moves survive the link", () => {
  for (const text of ["", "3:1.5", "0:-3_7:0.25_31:3"]) equal(field.write(field.parse(text) ?? []), text);
});

Deno.test("a link with moves that are none is refused", () => {
  for (const text of ["3", "3:", "a:1", "3:9", "3:1_3:2", "7:1_3:1", "3:1_", "1e3:1", "9999:1"]) {
    equal(field.parse(text), undefined, text);
  }
});

Deno.test("a number of the code is set, once, and all others stay", () => {
  const moves = moved(moved(moved([], 2, 1), 0, -1), 2, 0.5);
  equal(moves, [[0, -1], [2, 0.5]]);
  equal(applied([9, 8, 7, 6], moves), [-1, 8, 0.5, 6]);
  equal(applied([9], moves), [-1], "another network's code is shorter");
});
