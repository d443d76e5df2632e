// Traversals: a strip of pictures for each dimension of the code with its slider, sorted by what the dimension carries.
import * as kit from "../../kit/kit.js";
import { applied, moved, movesField } from "./moves.js";

/**
 * @typedef {object} Props
 * @property {[name: string, words: string][]} networks
 * @property {import("../../kit/strokes.js").Strokes[]} examples
 * @property {Record<string, string[]>} classes of each data set
 * @property {Record<string, string>} datasets of each network
 * @property {number} frames of a strip
 * @property {number} reach of a strip to either side
 * @property {Named | null} named
 */
/** @typedef {{ network: string, pictures: number, measures: NamedMeasure[] }} Named */
/** @typedef {{ what: string, dimension: number, alone: number, together: number }} NamedMeasure shares of the variance */
/**
 * @typedef {object} Answer
 * @property {number[]} z
 * @property {number[]} order of the dimensions
 * @property {number[]} kl in that order, nats on the test set
 * @property {boolean[]} collapsed in that order
 * @property {string} seen base64 of 28 x 28 greys
 * @property {string} picture
 * @property {string} strips base64 of a PNG
 * @property {string} [error]
 */
/** @typedef {{ z: number[], picture: string, error?: string }} Decoded */
/**
 * @typedef {{
 *   strips: (request: { source: object, network: string }) => Promise<Answer>,
 *   point: (request: { z: number[], network: string }) => Promise<Decoded>,
 * }} Server
 */
/** @typedef {{ answer: Answer, pictures: Uint8Array }} Shown */

const FEW = 12; // dimensions that are shown at first

const GUESSES = /** @type {const} */ ([["one", "Yes, one for each"], ["several", "No, several share each"]]);

/** @param {Props} props */
export const fields = ({ networks, examples, reach }) => ({
  network: kit.oneOf(networks.map(([name]) => name), { start: startOf(networks), was: "vae_traverse" }),
  source: kit.sourceField({
    start: { kind: "drawn", drawing: { example: 2 } },
    examples: examples.length,
    was: "vae_digit",
  }),
  moves: movesField(reach),
  all: kit.flag(),
  guess: kit.oneOf(["", ...GUESSES.map(([name]) => name)]),
});

/** @param {Props["networks"]} networks */
const startOf = (networks) => (networks.find(([name]) => name === "vae") ?? networks[0])?.[0] ?? "";

/** @typedef {kit.Mount<Props, ReturnType<typeof fields>, Server>} Mounted */
/** @typedef {Mounted["state"]} State */

/** @param {Mounted} mount */
export default async function mount({ element, props, server, state, signal }) {
  const notice = kit.notice(), output = kit.picture({ label: "decoded from the sliders", width: 196 });
  const list = dimensions(state, props), summary = kit.el("p", { class: "soft", role: "status" });
  const more = kit.button("", () => state.set({ all: !state.values.all }));
  const choosers = settings(state, props, signal);
  const reset = kit.button("Reset", () => state.set({ moves: [] }), {
    name: "Reset the sliders to the picture's code",
  });
  element.append(
    kit.el("p", { class: "todo" }, "Move a slider: one number of the code changes, the picture follows."),
    notice.element,
    kit.el(
      "div",
      { class: "board" },
      kit.el("div", { class: "output" }, output.figure, reset),
      kit.el("div", { class: "side" }, choosers.element),
      kit.el(
        "div",
        { class: "main" },
        list.element,
        kit.el("div", { class: "row" }, summary, more),
        names(props, state),
      ),
    ),
  );

  /** @type {Shown | null} */
  let shown = null;
  const askPoint = kit.live(server.point, ({ picture }) => output.show(kit.bytes(picture)), notice.say);
  const write = () => {
    if (!shown) return;
    const { answer } = shown, { moves, all, network } = state.values, z = applied(answer.z, moves);
    list.show(shown, z, all);
    more.textContent = all ? "Show the strongest only" : `Show all ${z.length} dimensions`;
    more.hidden = z.length <= FEW;
    summary.textContent = carried(answer);
    if (moves.length) askPoint({ z, network });
    else output.show(kit.bytes(answer.picture));
    const set = moves.map(([d, value]) => `z${d + 1} at ${kit.show(value, 2)}`).join(", ");
    output.say(set || "the picture's own code");
  };
  const show = async (/** @type {Answer} */ answer) => {
    const { bytes } = await kit.unpackLines(answer.strips);
    shown = { answer, pictures: bytes };
    choosers.seen.show(kit.bytes(answer.seen));
    write();
  };
  const asked = () => ({
    source: kit.asSource(state.values.source, props.examples),
    network: state.values.network,
  });
  const ask = kit.live(server.strips, show, notice.say);
  let last = state.values;
  const first = await server.strips(asked());
  if (first.error) notice.say(first.error);
  else await show(first);
  state.follow((values) => {
    const other = values.network !== last.network || values.source !== last.source, before = last;
    last = values;
    if (other) ask(asked());
    // Another picture has a code of its own: what was set in the code before it goes.
    if (other && values.moves.length && values.moves === before.moves) state.set({ moves: [] }, { drag: true });
    else if (!other) write();
  });
}

/** How many dimensions carry something. @param {Answer} answer */
function carried({ kl, collapsed }) {
  const dead = collapsed.filter(Boolean).length,
    words = `${kl.length - dead} of ${kl.length} dimensions carry more ` +
      "than 0.01 nats";
  return dead ? `${words}; ${dead} collapsed onto the prior: move them and nothing happens.` : `${words}.`;
}

/**
 * Network and picture, folded on a phone.
 * @param {State} state
 * @param {Props} props
 * @param {AbortSignal} signal
 */
function settings(state, props, signal) {
  const seen = kit.picture({ label: "what the network sees", words: "", width: 44 });
  const classes = () => props.classes[props.datasets[state.values.network]];
  const network = kit.choice({ label: "Network", state, field: "network", options: props.networks });
  const source = kit.source({
    label: "Start from",
    state,
    field: "source",
    examples: props.examples,
    classes: classes(),
    width: 180,
    seen: seen.figure,
    signal,
  });
  state.follow(() => source.rename(classes()));
  const element = kit.folded("Picture and network", signal, source.element, network.element);
  return { element, seen };
}

/**
 * The list of dimensions.
 * @param {State} state
 * @param {Props} props
 */
function dimensions(state, { frames, reach }) {
  const element = kit.el("div", { class: "dimensions", role: "group", "aria-label": "Dimensions of the code" });
  /** @type {ReturnType<typeof dimension>[]} */
  let rows = [];
  let order = "", strips = new Uint8Array(0);
  /** @param {Shown} shown @param {readonly number[]} z @param {boolean} all */
  const show = ({ answer, pictures }, z, all) => {
    if (order !== answer.order.join()) {
      order = answer.order.join();
      const top = Math.max(...answer.kl, 1e-6);
      rows = answer.order.map((d, i) => dimension(state, d, answer.kl[i], top, answer.collapsed[i], frames, reach));
      element.replaceChildren(...rows.map((row) => row.element));
    }
    const size = 784 * frames;
    rows.forEach((row, i) => {
      row.element.hidden = !all && i >= FEW;
      if (pictures !== strips) row.paint(pictures.subarray(size * i, size * (i + 1)));
      row.at(z[answer.order[i]]);
    });
    strips = /** @type {Uint8Array<ArrayBuffer>} */ (pictures);
  };
  return { element, show };
}

/**
 * One dimension: its name and value, its strip over its slider, what it carries.
 * @param {State} state
 * @param {number} d counted from 0
 * @param {number} kl
 * @param {number} top
 * @param {boolean} collapsed
 * @param {number} frames
 * @param {number} reach
 */
function dimension(state, d, kl, top, collapsed, frames, reach) {
  const name = `z${d + 1}`, value = kit.el("output", { class: "number" });
  const canvas = kit.el("canvas", { width: 28 * frames, height: 28, class: "strip", "aria-hidden": "true" });
  const input = kit.el("input", { type: "range", min: -reach, max: reach, step: 0.01, "aria-label": name });
  const set = (/** @type {number} */ to, drag = true) =>
    state.set({ moves: moved(state.values.moves, d, to) }, { drag });
  input.addEventListener("input", () => set(Number(input.value)));
  canvas.addEventListener("click", (event) => { // the middles of the first and the last frame are the slider's ends
    const box = canvas.getBoundingClientRect(), frame = (event.clientX - box.left) / box.width * frames - 0.5;
    const share = Math.max(0, Math.min(1, frame / (frames - 1)));
    set(Number(((2 * share - 1) * reach).toFixed(2)), false);
  });
  const bar = kit.bar({ label: `${name} carries`, words: (nats) => `${kit.show(nats, 2)} nats` });
  bar.set(kl, top, "vae");
  const carries = collapsed
    ? [kit.el("span", { class: "kl-words" }, "collapsed")]
    : [bar.element, kit.el("span", { class: "kl-words" }, `${kit.show(kl, 2)} nats`)];
  const track = kit.el("div", { class: "track" }, canvas, input);
  track.style.setProperty("--frames", String(frames));
  const element = kit.el(
    "div",
    { class: `dimension ${collapsed ? "collapsed" : ""}`.trim() },
    kit.el("div", { class: "dimension-name" }, kit.el("span", { class: "name" }, name), value),
    track,
    kit.el("div", { class: "kl" }, carries),
  );
  return {
    element,
    /** @param {Uint8Array} pictures */
    paint: (pictures) => kit.paint(canvas, rowOf(pictures, frames)),
    /** @param {number} now */
    at: (now) => {
      const text = kit.show(now, 2);
      if (Number(input.value) !== now) input.value = String(now);
      input.setAttribute("aria-valuetext", text);
      value.textContent = text;
      element.classList.toggle("moved", state.values.moves.some(([dimension]) => dimension === d));
    },
  };
}

/** Pictures one after the other -> side by side. @param {Uint8Array} pictures @param {number} count */
function rowOf(pictures, count) {
  const row = new Uint8Array(784 * count);
  for (let i = 0; i < count; i++) {
    for (let y = 0; y < 28; y++) {
      row.set(pictures.subarray(784 * i + 28 * y, 784 * i + 28 * y + 28), 28 * (count * y + i));
    }
  }
  return row;
}

/** The prediction: do dimensions have names? @param {Props} props @param {State} state */
function names({ named, networks }, state) {
  if (!named) return null;
  const words = networks.find(([name]) => name === named.network)?.[1] ?? named.network;
  const one = named.measures.every(({ alone, together }) => alone > 0.8 * together);
  const share = (/** @type {number} */ r2) => `${Math.round(100 * r2)} %`;
  return kit.predict({
    question: "Does one dimension stand for the slant, another for the stroke's thickness?",
    options: GUESSES,
    state,
    field: "guess",
    truth: () => one ? "one" : "several",
    words: () =>
      `In the ${words}, of ${kit.count(named.pictures)} decoded test codes: ` +
      named.measures.map(({ what, dimension, alone, together }) =>
        `the dimension that follows the ${what} best, z${dimension + 1}, explains ${share(alone)} of its variance, ` +
        `all of them together ${share(together)}`
      ).join("; ") + ".",
  }).element;
}
