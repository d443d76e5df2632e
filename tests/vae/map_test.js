// z = mu + sigma * epsilon and back.
import { epsilonOf, far, outside, placed } from "../../demos/vae/map/posterior.js";

/** @param {boolean} holds @param {string} words */
function check(holds, words) {
  if (!holds) throw new Error(words);
}

/** @type {import("../../demos/vae/map/posterior.js").Posterior} */
const posterior = { mu: [0.5, -1], sigma: [0.1, 2], kl: [0, 0] };

Deno.test("epsilon of a code is what carries the mean there", () => {
  for (const e of /** @type {[number, number][]} */ ([[0, 0], [1.5, -0.25], [-3, 3]])) {
    const back = epsilonOf(far(posterior, e), posterior);
    check(back.every((value, i) => Math.abs(value - e[i]) < 1e-9), `${back} is not ${e}`);
  }
});

Deno.test("a chosen code is shown before the posterior's own, and the origin where there is neither", () => {
  check(placed([2, 3], posterior, [1, 1]).join() === "2,3", "the chosen one");
  check(placed(null, posterior, [1, 1]).join() === far(posterior, [1, 1]).join(), "its own");
  check(placed(null, null, [1, 1]).join() === "0,0", "the origin");
});

Deno.test("what the sliders do not reach is outside", () => {
  check(!outside(3) && !outside(-3) && !outside(0), "inside");
  check(outside(3.1) && outside(-53.48), "outside");
});
