import { placeOf, rungField, textOf } from "../../demos/vae/ladder/rungs.js";
import { equal } from "../kit/expect.js";

const rung = (/** @type {string} */ network, /** @type {number} */ beta, yours = false) => ({ network, beta, yours });
const tall = [rung("twin", 0), rung("vae", 1), rung("vae-4", 4), rung("mine", 4, true), rung("vae-32", 32)];
const flat = [rung("flat", 1), rung("flat-16", 16)];
const field = rungField([["vae", tall], ["flat", flat]]);

Deno.test("a rung is named by its beta, and one's own by its network", () => {
  equal(tall.map((_, i) => textOf(tall, i)), ["0", "1", "4", "mine", "32"]);
  tall.forEach((_, i) => equal(placeOf(tall, textOf(tall, i)), i));
});

Deno.test("what a ladder has not is its beta = 1", () => {
  equal(placeOf(flat, "32"), 0);
  equal(placeOf(flat, "mine"), 0);
  equal(placeOf(flat, "16"), 1);
});

Deno.test("a link may name a beta or a network that stands here, and nothing else", () => {
  equal(["1", "0", "16", "mine", "flat"].map(field.parse), ["1", "0", "16", "mine", "flat"]);
  equal(["2", "", "-1", "NaN", "theirs"].map(field.parse), [undefined, undefined, undefined, undefined, undefined]);
});
