// Other pictures for the bench: a digit of the test set, a photo of a digit on paper.
import * as kit from "../../kit/kit.js";

/** @typedef {import("./view.js").BenchMount} BenchMount */
/** @typedef {{ picture: string, error?: string }} Picture */
/**
 * @typedef {{
 *   test_digit: (request: { index: number }) => Promise<Picture>,
 *   photo: (request: { picture: Uint8Array }) => Promise<Picture>,
 * }} SourceServer
 */

/**
 * The row of buttons.
 * @param {{ props: BenchMount["props"], server: SourceServer, state: BenchMount["state"], say: (text: string) => void }} options
 */
export function sources({ props, server, state, say }) {
  let tries = 0;
  const testDigit = async () => {
    const answer = await server.test_digit({ index: (state.values.seed + 7919 * tries++) % 10000 });
    say(answer.error ?? "");
    if (!answer.error) state.set({ drawing: { photo: kit.encodePhoto(kit.bytes(answer.picture)) } });
  };
  return kit.el(
    "div",
    { class: "pad-buttons sources" },
    props.has_test_digits ? kit.button("Test digit", testDigit, { title: "A digit of MNIST's test set" }) : null,
    kit.photoButton({ server, say, onPhoto: (photo) => state.set({ drawing: { photo } }) }),
  );
}
