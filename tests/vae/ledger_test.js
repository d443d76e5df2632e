// Sums of the ledger, by hand.
import { costlier, parts } from "../../demos/vae/ledger/sums.js";

/** @param {unknown} found @param {unknown} expected */
function same(found, expected) {
  const [a, b] = [JSON.stringify(found), JSON.stringify(expected)];
  if (a !== b) throw new Error(`${a} is not ${b}`);
}

Deno.test("white, grey and black pixels pay their own part, and together all of it", () => {
  same(parts([0, 255, 128, 12, 243, 13], [1, 2, 3, 4, 5, 6]), {
    white: { pixels: 2, nats: 7 },
    edge: { pixels: 2, nats: 9 },
    black: { pixels: 2, nats: 5 },
  });
});

Deno.test("the share of costlier pictures goes by the middles of the bins", () => {
  const histogram = { counts: [1, 2, 3, 4], from: 0, to: 8 };
  same(costlier(histogram, 4), 0.7);
  same(costlier(histogram, -1), 1);
  same(costlier(histogram, 9), 0);
  same(costlier({ counts: [], from: 0, to: 1 }, 0), 0);
});
