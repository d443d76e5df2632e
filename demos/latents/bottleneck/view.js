// One's own digit through every layer of the lecture's autoencoder: 784 -> 14 x 14 -> 7 x 7 -> the code -> back to 784.
import * as kit from "../../kit/kit.js";
import { codeBars } from "../codebars.js";

/** @typedef {{ strokes: kit.Strokes, mse: number, nothing: number, digits: number }} House errors: of the house, of an empty picture in its place, of the examples */
/** @typedef {{ networks: [name: string, words: string][], examples: kit.Strokes[], start: number, house: House | Record<string, never> }} Props */
/** @typedef {{ picture: string, mse: number, bce: number }} Loss */
/**
 * @typedef {{
 *   seen: string, wide: string, narrow: string, code: number[], moved: number[], small: string, large: string,
 *   picture: string, mse: number, losses: Record<string, Loss>, error?: string,
 * }} Answer
 */
/** @typedef {{ picture: Uint8Array, network: string, changes: Record<number, number> }} Request */
/** @typedef {{ squeeze: (request: Request) => Promise<Answer> }} Server */
/** @typedef {kit.Mount<Props, ReturnType<typeof fields>, Server>} BottleneckMount */

const REACH = 100; // how far a number of the code may be moved
const MOST = 64; // numbers of the widest code here
const GUESSES = /** @type {const} */ ([["drawn", "what was drawn"], ["digit", "a digit"], ["neither", "neither"]]);
const LOSSES = { autoencoder: "trained under MSE", "autoencoder-bce": "trained under BCE" };

function movedField() {
  const inner = kit.numbers({ start: [], min: -REACH, max: REACH, digits: 1, most: 2 * MOST });
  const fits = (/** @type {number} */ v, /** @type {number} */ i) =>
    i % 2 || (Number.isInteger(v) && v >= 0 && v < MOST);
  return {
    ...inner,
    parse: (/** @type {string} */ text) => {
      const values = inner.parse(text);
      return values && values.length % 2 === 0 && values.every(fits) ? values : undefined;
    },
  };
}

/** `moved` lists changed numbers of the code as position, value, position, value ... @param {Props} props */
export const fields = ({ networks, start }) => ({
  drawing: kit.drawing({ start: { example: start } }),
  network: kit.oneOf(networks.map(([name]) => name)),
  number: kit.whole(1, MOST),
  guess: kit.oneOf(["", ...GUESSES.map(([name]) => name)]),
  moved: movedField(),
});

/** @param {BottleneckMount} mount */
export default function mount({ element, props, server, state, signal }) {
  const notice = kit.notice(),
    bars = codeBars({ label: "Numbers of the code", signal, onChoose: (i) => state.set({ number: i + 1 }) });
  const stages = line(), losses = twins(), words = kit.el("p", { role: "status" });
  const slider = mover(state);
  const pad = kit.pad({ label: "Your digit", width: 170, state, field: "drawing", examples: props.examples, signal });
  const arrow = () => kit.el("span", { class: "arrow", "aria-hidden": "true" }, "→");
  for (const [name, { figure }] of Object.entries(stages.pictures)) figure.classList.add(`stage-${name}`);
  const { seen, wide, narrow, small, large, made } = stages.pictures;
  element.append(
    kit.el(
      "p",
      { class: "todo" },
      "Draw, press a bar of the code, and drag its slider: what does that number do to the picture?",
    ),
    notice.element,
    kit.el(
      "div",
      { class: "desk" },
      kit.folded(
        "Your digit and the network",
        signal,
        kit.choice({ label: "Network", state, field: "network", options: props.networks }).element,
        pad.element,
      ),
      kit.el(
        "div",
        {},
        words,
        kit.el(
          "div",
          { class: "line" },
          seen.figure,
          arrow(),
          wide.figure,
          arrow(),
          narrow.figure,
          arrow(),
          kit.el(
            "div",
            { class: "code" },
            bars.element,
            kit.el("p", { class: "soft small" }, "the code"),
            slider.element,
          ),
          arrow(),
          small.figure,
          arrow(),
          large.figure,
          arrow(),
          made.figure,
        ),
        kit.el("h3", {}, "The loss is a choice: the same layers under MSE and under BCE"),
        losses.element,
      ),
    ),
    question(props.house, state) ?? "",
  );

  /** @type {Answer | null} */
  let last = null;
  const draw = () => {
    if (!last) return;
    const changes = changesOf(state.values.moved), chosen = Math.min(last.code.length, state.values.number) - 1;
    bars.show(last.moved, { chosen, marked: new Set(Object.keys(changes).map(Number)) });
    slider.show(chosen, last.moved[chosen], Math.max(...last.code.map(Math.abs)));
  };
  const ask = kit.live(server.squeeze, (/** @type {Answer} */ answer) => {
    last = answer;
    stages.show(answer);
    losses.show(answer.losses);
    const count = Object.keys(changesOf(state.values.moved)).length, size = answer.code.length;
    words.replaceChildren(
      `784 → ${size} → 784: ${kit.show(784 / size, 1)} times fewer numbers. MSE `,
      kit.el("b", { class: "result" }, answer.mse.toFixed(4)),
      count ? `, with ${kit.units(count, ["number", "numbers"])} changed` : "",
    );
    draw();
  }, notice.say);
  let asked = "";
  state.follow(({ drawing, network, moved }) => {
    draw();
    const picture = kit.pixels(drawing, props.examples), changes = changesOf(moved);
    const now = JSON.stringify([network, moved, kit.toBase64(picture)]);
    if (now !== asked) ask({ picture, network, changes });
    asked = now;
  });
}

/** [position, value, ...] -> {position: value} @param {readonly number[]} moved @returns {Record<number, number>} */
const changesOf = (moved) =>
  Object.fromEntries(Array.from({ length: moved.length >> 1 }, (_, i) => [moved[2 * i], moved[2 * i + 1]]));

/** The slider of the chosen number, and the way back. @param {BottleneckMount["state"]} state */
function mover(state) {
  const input = kit.el("input", { type: "range", step: 0.1, "aria-label": "The chosen number of the code" });
  const label = kit.el("span", { class: "soft" }), output = kit.el("output", {});
  input.addEventListener("input", () => {
    const at = state.values.number - 1, changes = { ...changesOf(state.values.moved), [at]: Number(input.value) };
    state.set({ moved: Object.entries(changes).flatMap(([place, value]) => [Number(place), value]) }, { drag: true });
  });
  const reset = kit.button("Reset", () => state.set({ moved: [] }), { name: "Reset the code" });
  return {
    element: kit.el("div", { class: "mover" }, label, input, output, reset),
    /** @param {number} at @param {number} value @param {number} limit */
    show: (at, value, limit) => {
      const range = Math.min(REACH, Math.max(1, Math.ceil(1.5 * limit), Math.ceil(Math.abs(value))));
      Object.assign(input, { min: String(-range), max: String(range) });
      input.value = String(value);
      label.textContent = `number ${at + 1}`;
      output.textContent = kit.show(value, 1);
      input.setAttribute("aria-valuetext", `number ${at + 1}: ${kit.show(value, 1)}`);
    },
  };
}

/** What becomes of something that is no digit? @param {Props["house"]} house @param {BottleneckMount["state"]} state */
function question(house, state) {
  const { strokes, mse, nothing, digits } = house;
  if (!strokes) return null;
  const onGrid = strokes.map((stroke) => stroke.map(([x, y]) => [kit.onGrid(x), kit.onGrid(y)]));
  return kit.predict({
    question: "Draw something that is no digit, such as a house. What comes out?",
    options: GUESSES,
    state,
    field: "guess",
    truth: () => mse < 0.2 * nothing ? "drawn" : null,
    onReveal: () => "example" in state.values.drawing && state.set({ drawing: { strokes: onGrid } }),
    words: () =>
      `A house comes back with an MSE of ${mse.toFixed(4)}, where an empty picture would have ${
        nothing.toFixed(4)
      }; the ` +
      `ten example digits have ${digits.toFixed(4)} on average. Sixty-four numbers leave room for strokes that no ` +
      "training picture showed. The narrower the code, the more the training pictures decide: draw the same house in " +
      "the step on wider codes, where 2 and 8 numbers make digits of it. Only such a narrow code is of use to notice " +
      "that a picture is unusual.",
  }).element;
}

/** The pictures of all stages. */
function line() {
  const seen = kit.picture({ label: "784 in", width: 84 }), made = kit.picture({ label: "784 out", width: 84 });
  const [wide, large] = [maps(14, 16, 104), maps(14, 16, 104)], [narrow, small] = [maps(7, 32, 56), maps(7, 32, 56)];
  /** @param {Answer} answer */
  const show = (answer) => {
    seen.show(kit.bytes(answer.seen));
    made.show(kit.bytes(answer.picture));
    made.say(`MSE ${answer.mse.toFixed(4)}`);
    wide.show(kit.bytes(answer.wide));
    narrow.show(kit.bytes(answer.narrow));
    small.show(kit.bytes(answer.small));
    large.show(kit.bytes(answer.large));
  };
  return { pictures: { seen, wide, narrow, small, large, made }, show };
}

/** Feature maps as one sheet, four in a row. @param {number} side of a map @param {number} count @param {number} width in pixels */
function maps(side, count, width) {
  const across = 4, pitch = side + 1, label = `${count} × ${side} × ${side}`;
  const canvas = kit.el("canvas", {
    width: across * pitch - 1,
    height: Math.ceil(count / across) * pitch - 1,
    class: "maps",
    role: "img",
    "aria-label": `${label} feature maps`,
  });
  canvas.style.width = `${width}px`;
  /** @param {Uint8Array} bytes map after map */
  const show = (bytes) => {
    const sheet = new Uint8ClampedArray(canvas.width * canvas.height);
    bytes.forEach((value, i) => {
      const map = Math.floor(i / (side * side)), inside = i % (side * side);
      const x = (map % across) * pitch + (inside % side),
        y = Math.floor(map / across) * pitch + Math.floor(inside / side);
      sheet[y * canvas.width + x] = value;
    });
    kit.paint(canvas, sheet);
  };
  return { figure: kit.el("figure", { class: "figure" }, canvas, kit.el("figcaption", {}, label)), show };
}

/** The same layers under two losses. */
function twins() {
  const both = Object.fromEntries(
    Object.entries(LOSSES).map(([name, words]) => {
      const picture = kit.picture({ label: words, width: 112 }), numbers = kit.el("p", { class: "number small" });
      return [name, { picture, numbers, element: kit.el("div", { class: "twin" }, picture.figure, numbers) }];
    }),
  );
  const element = kit.el("div", { class: "row losses" }, Object.values(both).map((one) => one.element));
  /** @param {Record<string, Loss>} losses */
  const show = (losses) => {
    for (const [name, loss] of Object.entries(losses)) {
      both[name]?.picture.show(kit.bytes(loss.picture));
      both[name]?.numbers.replaceChildren(`MSE ${loss.mse.toFixed(4)}, BCE ${loss.bce.toFixed(4)} nats a pixel`);
    }
    element.hidden = Object.keys(losses).length < 2;
  };
  return { element, show };
}
