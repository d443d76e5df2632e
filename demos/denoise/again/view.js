// Feed the output back, up to 20 times: the film is sent once and scrubbed here.
import * as kit from "../../kit/kit.js";

/** @typedef {import("../bench/view.js").BenchFields} Bench */
/**
 * @typedef {{ networks: [name: string, words: string][], times: number, examples: kit.Strokes[],
 *   drift: Record<string, [once: number, often: number]>, count: number, at: number }} Props
 */
/** @typedef {{ digit: number, probability: number }} Reading */
/**
 * @typedef {{ film: string, mse: number[], change: number[], first: Reading | null, last: Reading | null, error?: string }} Answer
 */
/** @typedef {{ picture: Uint8Array, kind: string, strength: number, seed: number, network: string }} Request */
/** @typedef {{ again_live: (request: Request) => Promise<Answer> }} Server */

const SIZE = 28 * 28, FRAME = 220; // bytes of a frame, and milliseconds for which it is shown

/** @param {Props} props */
export const fields = ({ times }) => ({
  times: kit.whole(0, times, { start: times }),
  guess: kit.whole(-1, 100), // -1: none yet
});

/** @param {kit.Mount<Props, ReturnType<typeof fields>, Server, Bench>} mount */
export default function mount({ element, props, server, state, bench, signal }) {
  if (!bench) throw new Error("this step obeys the bench");
  const large = kit.picture({ label: "After so many times", width: 250 });
  const frames = Array.from({ length: props.times + 1 }, (_, i) => frame(i, () => state.set({ times: i })));
  const numbers = kit.el("p", { class: "numbers soft" }, "\u00a0"),
    verdict = kit.el("p", { class: "verdict", role: "status" }, "\u00a0");
  const player = kit.player({
    signal,
    every: FRAME,
    begin: () => state.set({ times: 0 }, { drag: true }),
    step: () => {
      if (state.values.times >= props.times) return false;
      state.set({ times: state.values.times + 1 }, { drag: true });
      return true;
    },
  });
  const notice = kit.notice(), asked = kit.el("div", { class: "asked" });
  element.append(
    kit.el(
      "p",
      { class: "todo" },
      "Press Play, or drag the slider: each picture is the network's answer to the one before.",
    ),
    kit.el(
      "div",
      { class: "again" },
      large.figure,
      kit.el(
        "div",
        { class: "side" },
        kit.el("div", { class: "row" }, player, kit.slider({ label: "Times applied", state, field: "times" }).element),
        kit.el(
          "div",
          { class: "film", role: "group", "aria-label": "Every application, first to last" },
          frames.map((one) => one.button),
        ),
        verdict,
        numbers,
      ),
    ),
    notice.element,
    asked,
  );
  let about = "";
  bench.follow(({ network }) => {
    if (network === about) return;
    if (about) state.set({ guess: -1 }, { drag: true }); // it was of the network before
    about = network;
    const question = fate(props, network, state);
    asked.replaceChildren(...(question ? [question.element] : []));
  });

  /** @type {Answer | null} */
  let last = null;
  /** @type {Uint8Array} */
  let film = new Uint8Array(0);
  const draw = () => {
    if (!last) return;
    const i = state.values.times;
    large.show(film.subarray(i * SIZE, (i + 1) * SIZE));
    large.caption.textContent = i === 0 ? "The noisy picture" : `After ${i} ${i === 1 ? "time" : "times"}`;
    large.say(large.caption.textContent);
    frames.forEach(({ button }, k) => button.setAttribute("aria-pressed", String(k === i)));
    numbers.textContent = `MSE against the clean picture ${kit.show(last.mse[i], 4)}` +
      (i ? `; changed by ${kit.show(last.change[i], 3)} grey units (RMS) in the last step` : "");
  };
  /** @param {Answer} answer */
  const show = (answer) => {
    last = answer;
    film = kit.bytes(answer.film);
    frames.forEach(({ canvas }, i) => kit.paint(canvas, film.subarray(i * SIZE, (i + 1) * SIZE)));
    const words = (/** @type {Reading} */ one) =>
      kit.el(
        "b",
        { class: "result" },
        `${one.digit}`,
        kit.el("span", { class: "share" }, ` (${kit.percent(one.probability, 0)})`),
      );
    verdict.replaceChildren(
      ...(answer.first && answer.last
        ? [
          "A classifier reads ",
          words(answer.first),
          " after one time, ",
          words(answer.last),
          ` after ${props.times}.`,
        ]
        : []),
    );
    draw();
  };
  state.follow(draw);
  const ask = kit.rested(kit.live(server.again_live, show, notice.say)); // twenty passes: when the pen rests
  bench.follow(({ drawing, kind, noise, seed, network }) =>
    ask({ picture: kit.pixels(drawing, props.examples), kind, strength: noise, seed, network })
  );
}

/**
 * What becomes of test digits, asked before it is told.
 * @param {Props} props
 * @param {string} network
 * @param {import("../../kit/elements.js").AnyState} state
 */
function fate({ drift, networks, times, count, at }, network, state) {
  const shares = drift[network], words = networks.find(([name]) => name === network)?.[1];
  if (!shares) return null;
  const [once, often] = shares.map((share) => kit.percent(share, 0));
  return kit.predict({
    question:
      `Of ${count} test digits with noise ${at}: what share does a classifier still read right after ${times} times?`,
    number: { min: 0, max: 100, step: 1, unit: "%" },
    state,
    field: "guess",
    truth: () => Math.round(100 * shares[1]),
    words: () => `${words}: ${once} after one time, ${often} after ${times}.`,
  });
}

/** One small picture of the film, to press. @param {number} i @param {() => void} choose */
function frame(i, choose) {
  const canvas = kit.el("canvas", { class: "picture", width: 28, height: 28, "aria-hidden": "true" });
  const name = i ? `${i}: after ${i} ${i === 1 ? "time" : "times"}` : "in: the noisy picture";
  const button = kit.el(
    "button",
    { type: "button", class: "frame", "aria-label": name, onclick: choose },
    canvas,
    kit.el("span", {}, i ? String(i) : "in"),
  );
  return { canvas, button };
}
