// What more numbers in the code buy: one's own digit at every width, the measured curve, and 32 dimensions laid flat.
import * as kit from "../../kit/kit.js";
import { hiddenField, linkedMaps, spaceField, viewFields } from "../spaces.js";
import { square } from "./square.js";

/**
 * @typedef {{ titles: Record<string, string>, widths: number[], own: Record<string, Own>, unmeasured: string,
 *   examples: kit.Strokes[], start: number, width: number, active: number | string, answer: string }} Props own: the
 *   visitor's networks by name; width, active: numbers of the widest VAE's code, and those that carry something
 */
/** @typedef {{ title: string, method: import("../spaces.js").Method, width: number, mse: number | null }} Own */
/** @typedef {{ width: number, picture: string, mse: number }} Cell */
/** @typedef {{ rows: Record<string, Cell[]>, own: Record<string, Cell>, titles: Record<string, string>, error?: string }} Rebuilt */
/** @typedef {Record<string, { width: number, mse: number }[]> & { error?: string }} Curves */
/** @typedef {{ title: string, method: import("../spaces.js").Method, axes: string, tsne: string }} Flat */
/** @typedef {{ spaces: Record<string, Flat>, classes: string, error?: string }} Views */
/**
 * @typedef {{
 *   rebuild: (request: { picture: Uint8Array }) => Promise<Rebuilt>,
 *   curves: () => Promise<Curves>,
 *   views: () => Promise<Views>,
 * }} Server
 */
/** @typedef {kit.Mount<Props, ReturnType<typeof fields>, Server>} WidthsMount */

const STYLES = /** @type {const} */ ({ PCA: ["pca", 4], AE: ["ae", 1], VAE: ["vae", 0] });
const OWN_MARK = 5; // of the visitor's networks in the plot
const WARNINGS = {
  tsne:
    "Careful: t-SNE keeps neighbours together and nothing else. Distances between islands, their sizes and their order " +
    "mean nothing, its axes have no name, and another seed draws another map.",
  axes:
    "A straight projection: distances can only shrink, so what looks mixed here may be well apart in the other 30 dimensions.",
};

/** @param {Props} props */
export const fields = ({ start, widths, width }) => ({
  drawing: kit.drawing({ start: { example: start } }),
  width: kit.oneOf(widths.map(String), { start: "32", was: "latents_codes" }),
  view: kit.oneOf(["axes", "tsne"], { was: "latents_view" }),
  guess: kit.whole(-1, width), // -1: none yet
  hidden: hiddenField(),
  space: spaceField(),
  ...viewFields(),
});

/** @param {WidthsMount} mount */
export default function mount({ element, props, server, state, signal }) {
  const notice = kit.notice(), board = table(props, (width) => state.set({ width: String(width) }));
  const plot = kit.plot({
    label: "Reconstruction error on the test set against the width of the code",
    signal,
    height: 260,
    x: { label: "numbers in the code", scale: "log", ticks: props.widths },
    y: { label: "MSE on 10,000 test digits", scale: "log" },
    onCursor: (width) => state.set({ width: String(width) }, { drag: true }),
  });
  const pad = kit.pad({ label: "Your digit", width: 184, state, field: "drawing", examples: props.examples, signal });
  element.append(
    kit.el(
      "div",
      { class: "top" },
      kit.el("p", { class: "todo" }, "Draw, then compare a column: what does each method keep with so many numbers?"),
      notice.element,
      kit.el(
        "div",
        { class: "desk" },
        kit.folded("Your digit", signal, pad.element),
        kit.el("div", { class: "scroll" }, board.element),
      ),
      plot.element,
      question(props, state) ?? "",
    ),
    flatMaps({ props, server, state, say: notice.say, signal }),
  );
  server.curves().then(({ error, ...curves }) => {
    if (error) return notice.say(error);
    const ours = Object.entries(curves).filter(([, row]) => row.length).map(([method, row]) => {
      const [colour, mark] = STYLES[/** @type {keyof typeof STYLES} */ (method)];
      const points = row.map(({ width, mse }) => /** @type {[number, number]} */ ([width, mse]));
      return { name: props.titles[method], colour, mark, points };
    });
    const yours = Object.values(props.own).map(({ title, method, width, mse }) => {
      const points = /** @type {[number, number | null][]} */ ([[width, mse]]);
      return { name: title, colour: method, mark: OWN_MARK, kind: /** @type {const} */ ("marks"), size: 8, points };
    });
    plot.show([...ours, ...yours], { cursor: Number(state.values.width) });
  });
  const ask = kit.live(server.rebuild, (/** @type {Rebuilt} */ answer) => board.show(answer), notice.say);
  /** @type {unknown} */
  let drawn;
  state.follow(({ drawing, width }) => {
    board.choose(Number(width));
    plot.cursor(Number(width));
    if (drawing !== drawn) ask({ picture: kit.pixels(drawn = drawing, props.examples) });
  });
}

/** How much of a wide code does the VAE use? @param {Props} props @param {WidthsMount["state"]} state */
function question({ width, active, answer }, state) {
  if (typeof active === "string") return null; // not measured
  return kit.predict({
    question: `The widest VAE here has ${width} numbers in its code. How many of them carry anything?`,
    number: { min: 0, max: width },
    state,
    field: "guess",
    truth: () => active,
    words: () => answer,
  }).element;
}

/** The board of one digit by method and width. @param {Props} props @param {(width: number) => void} choose */
function table({ titles, widths, own }, choose) {
  const heads = widths.map((width) =>
    kit.button(String(width), () => choose(width), { name: `${width} numbers`, pressed: false })
  );
  const element = kit.el("div", { class: "board" }, kit.el("span", { class: "soft" }, "numbers"), heads);
  element.style.setProperty("--widths", String(widths.length));
  /** @type {Map<string, ReturnType<typeof kit.picture>>} */
  const pictures = new Map();
  for (const method of Object.keys(titles)) {
    const colour = STYLES[/** @type {keyof typeof STYLES} */ (method)][0];
    element.append(kit.el("h3", { style: `color: var(--${colour})` }, titles[method]));
    for (const width of widths) {
      const picture = kit.picture({ label: `${titles[method]}, ${width} numbers`, words: "–", width: 80 });
      pictures.set(`${method}/${width}`, picture);
      element.append(picture.figure);
    }
  }
  if (Object.keys(own).length) {
    element.append(kit.el("h3", {}, "Yours"));
    for (const width of widths) {
      const here = Object.entries(own).filter(([, one]) => one.width === width);
      element.append(kit.el(
        "div",
        { class: "yours" },
        here.map(([name, { title }]) => {
          const picture = kit.picture({ label: `${title}, ${width} numbers`, words: "–", width: 80 });
          pictures.set(`${name}/${width}`, picture);
          return picture.figure;
        }),
      ));
    }
  }
  return {
    element,
    /** @param {Rebuilt} answer */
    show: (answer) => {
      for (const [key, { canvas, caption }] of pictures) {
        const [method, width] = key.split("/");
        if (!titles[method]) continue;
        const there = answer.rows[method]?.some((cell) => String(cell.width) === width);
        canvas.style.visibility = there ? "" : "hidden"; // no black picture where there is no network
        if (!there) caption.textContent = "no network";
      }
      for (const [method, row] of Object.entries(answer.rows)) {
        for (const cell of row) {
          const picture = pictures.get(`${method}/${cell.width}`);
          picture?.show(kit.bytes(cell.picture));
          picture?.say(`MSE ${cell.mse.toFixed(4)}`);
          picture?.caption.replaceChildren(`MSE ${cell.mse.toFixed(4)}`);
        }
      }
      for (const [name, cell] of Object.entries(answer.own)) {
        const picture = pictures.get(`${name}/${cell.width}`);
        picture?.show(kit.bytes(cell.picture));
        picture?.say(`MSE ${cell.mse.toFixed(4)}`);
        picture?.caption.replaceChildren(`${own[name].title}: MSE ${cell.mse.toFixed(4)}`);
      }
    },
    /** @param {number} now */
    choose: (now) => {
      heads.forEach((head, i) => head.setAttribute("aria-pressed", String(widths[i] === now)));
      for (const [key, { figure }] of pictures) figure.classList.toggle("now", key.endsWith(`/${now}`));
    },
  };
}

/**
 * The spaces of 32 numbers laid flat: on their two widest directions, or by t-SNE; the dots travel from one to the other.
 * @param {{ props: Props, server: Server, state: WidthsMount["state"], say: (text: string) => void, signal: AbortSignal }} options
 */
function flatMaps({ props, server, state, say, signal }) {
  const maps = kit.el("div", { class: "flat" }), warning = kit.el("p", { class: "warning" });
  const look = kit.segments({
    label: "32 dimensions seen by",
    state,
    field: "view",
    options: [["axes", "PCA: the two widest directions"], ["tsne", "t-SNE: near ones stay near"]],
  });
  server.views().then((answer) => {
    if (answer.error) return say(answer.error);
    const classes = kit.bytes(answer.classes), names = Array.from({ length: 10 }, (_, k) => String(k));
    const flat = Object.entries(answer.spaces).map(([name, { title, method, axes, tsne }]) => ({
      ...{ name, title, method, spread: 1, mse: null, sprite: null },
      views: { axes: kit.floats(axes), tsne: kit.floats(tsne) },
    }));
    /** @type {string} */
    let shown = state.values.view;
    const spaces = flat.map(({ views, ...one }) => {
      const points = views[/** @type {keyof typeof views} */ (shown)];
      return { ...one, points, extent: square(points) };
    });
    const linked = linkedMaps({
      atlas: { classes, names, originals: false, spaces },
      signal,
      state,
      width: 620,
      axes: ["", ""],
    });
    maps.replaceChildren(linked.element, linked.legend.element);
    state.follow(({ view }) => {
      if (view === shown) return;
      shown = view;
      state.set({ view0: [], view1: [], view2: [], view3: [] }, { drag: true }); // other axes: no place is where it was
      for (const { name, views } of flat) {
        const to = views[/** @type {keyof typeof views} */ (view)];
        linked.maps[name].moveTo(to, { extent: square(to) });
      }
    });
  });
  state.follow(({ view }) => {
    warning.textContent = WARNINGS[/** @type {keyof typeof WARNINGS} */ (view)];
  });
  return kit.el(
    "section",
    { class: "flat-part across" },
    kit.el("h3", {}, "Thirty-two dimensions, laid flat"),
    look.element,
    maps,
    warning,
    props.unmeasured ? kit.el("p", { class: "soft" }, props.unmeasured) : "",
  );
}
