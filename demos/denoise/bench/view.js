// The bench: drawing -> what the network sees -> noise -> encoder, code, decoder -> reconstruction -> error.
// What is set here, the steps of the path obey; above them it stands as a strip.
import * as kit from "../../kit/kit.js";
import { decibels, gained, noError } from "./errors.js";
import { strip } from "./strip.js";

/** @typedef {[name: string, words: string]} Named */
/**
 * @typedef {{ examples: kit.Strokes[], networks: Named[], kinds: Named[], colours: Record<string, string>,
 *   has_test_digits: boolean }} Props
 */
/** @typedef {ReturnType<typeof fields>} BenchFields */
/** @typedef {import("./errors.js").Errors} Errors */
/**
 * @typedef {{ seen: string, noisy: string, reconstruction: string, code: number[] | null, before: Errors, after: Errors,
 *   error?: string }} Answer
 */
/** @typedef {{ picture: Uint8Array, kind: string, strength: number, seed: number, network: string }} Request */
/** @typedef {{ picture?: string, error?: string }} Picture */
/**
 * @typedef {{
 *   bench: (request: Request) => Promise<Answer>,
 *   test_digit: (request: { index: number }) => Promise<Picture>,
 *   photo: (request: { picture: Uint8Array }) => Promise<Picture>,
 * }} Server
 */
/** @typedef {kit.Mount<Props, BenchFields, Server>} BenchMount */

/** @param {Props} props */
export const fields = ({ networks, kinds }) => ({
  drawing: kit.drawing({ start: { example: 3 }, was: "denoise_digit" }),
  kind: kit.oneOf(kinds.map(([kind]) => kind)),
  noise: kit.number(0, 1, { start: 0.3 }),
  seed: kit.seed(),
  network: kit.oneOf(networks.map(([name]) => name)),
});

/** What each kind does at a strength, as a formula or in words. @type {Record<string, (s: number) => string>} */
const FORMULAS = {
  gaussian: (s) => `noisy = clamp(x + ${s.toFixed(2)} · N(0, 1), 0, 1)`,
  "salt-and-pepper": (s) => `${Math.round(100 * s)} % of the pixels become black or white`,
  "missing-pixels": (s) => `${Math.round(100 * s)} % of the pixels are missing`,
  "missing-patch": (s) => `a square with ${Math.round(100 * s)} % of the area is missing`,
  blur: (s) => `blurred with σ = ${(3 * s).toFixed(1)} pixels`,
  poisson: (s) =>
    s > 0 ? `dose: ${(1 / (s * s)).toFixed(s > 0.3 ? 1 : 0)} electrons per white pixel` : "endless dose: no noise",
};
const MOST = 40; // dB that fill the bars
const SLOW = 1, QUICK = 0.45; // pace of the film at the first answer, and when something else was chosen

/** @param {BenchMount} mount */
export default function mount(mount) {
  const { element, props, server, state, signal } = mount;
  if (element.classList.contains("compact")) return strip(mount);
  const notice = kit.notice();
  const pad = kit.pad({ label: "Draw a digit", width: 208, state, field: "drawing", examples: props.examples, signal });
  const testDigit = props.has_test_digits ? server.test_digit : null;
  pad.element.append(kit.photo({ pad, photo: server.photo, testDigit, first: state.values.seed, signal }).element);
  const line = pictures(signal), result = results();
  const formula = kit.el("p", { class: "formula soft" });
  element.append(
    kit.el("p", { class: "todo" }, "Draw in the dark square, then drag the strength of the noise."),
    kit.el(
      "div",
      { class: "line" },
      pad.element,
      kit.el("div", { class: "rest" }, line.element, result.element, controls(mount, formula), notice.element),
    ),
  );

  let chosen = ""; // what is not changed by dragging: when another is chosen, the film runs
  let film = 0;
  const ask = kit.live(server.bench, (answer, { network }) => {
    line.show(answer, props.colours[network]);
    result.show(answer, props.colours[network]);
    if (film) line.play(film);
    film = 0;
  }, notice.say);
  state.follow(({ drawing, kind, noise, seed, network }) => {
    formula.textContent = FORMULAS[kind](noise);
    const drawn = "strokes" in drawing ? chosen.split(" ")[0] : Object.values(drawing).join("");
    const now = `${drawn} ${kind} ${seed} ${network}`;
    if (now !== chosen) film = chosen ? QUICK : SLOW;
    chosen = now;
    ask({ picture: kit.pixels(drawing, props.examples), kind, strength: noise, seed, network });
  });
}

/** @param {BenchMount} mount @param {HTMLElement} formula */
function controls({ props, state, signal }, formula) {
  const renew = kit.button("Next seed", () => state.set({ seed: (state.values.seed + 1) % 2147483648 }), {
    title: "The same noise, drawn anew",
  });
  return kit.el(
    "div",
    { class: "panel controls" },
    kit.slider({ label: "Strength", state, field: "noise" }).element,
    kit.folded(
      "Network, kind of noise, seed",
      signal,
      kit.choice({ label: "Network", state, field: "network", options: props.networks }).element,
      kit.choice({ label: "Noise", state, field: "kind", options: props.kinds }).element,
      kit.el("div", { class: "row" }, kit.integer({ label: "Seed", state, field: "seed" }).element, renew),
      formula,
    ),
  );
}

/** The line of pictures from what the network sees to its error. @param {AbortSignal} signal */
function pictures(signal) {
  const seen = kit.picture({ label: "What the network sees", words: "What it sees", width: 128 });
  const noisy = kit.picture({ label: "With noise", width: 128 });
  const output = kit.picture({ label: "Reconstruction", width: 128 });
  const wrong = kit.picture({ label: "Error", words: "Output − clean", width: 128 });
  const scale = kit.scaleBar({ label: "error", signal, high: 1, ends: ["too dark", "too bright"] });
  wrong.figure.append(scale.element);
  const veils = [veil(noisy), veil(output)], network = shapes();
  const element = kit.el(
    "div",
    { class: "pictures" },
    seen.figure,
    arrow("noise"),
    noisy.figure,
    arrow("", "before-network"),
    network.element,
    arrow("", "after-network"),
    output.figure,
    wrong.figure,
  );
  /** @type {Answer | null} */
  let last = null;
  const paint = () => {
    if (!last) return;
    const clean = kit.bytes(last.seen), made = kit.bytes(last.reconstruction);
    seen.show(clean);
    noisy.show(kit.bytes(last.noisy));
    output.show(made);
    kit.paintSigned(wrong.canvas, Float32Array.from(made, (value, i) => value - clean[i]), 255);
    network.show(last.code);
  };
  kit.onTheme(paint, signal);
  /** @param {Answer} answer @param {string} colour of the network */
  const show = (answer, colour) => {
    last = answer;
    for (const one of element.getAnimations({ subtree: true })) if (!("animationName" in one)) one.cancel();
    element.style.setProperty("--network", `var(--${colour})`);
    paint();
    noisy.say(decibels(answer.before));
    output.say(decibels(answer.after));
    wrong.say(`root mean square ${kit.show(Math.sqrt(answer.after.mse), 3)}`);
  };
  /** Noise dissolves in, the code fills, the noise dissolves away: the pixels below are there from the start.
   * @param {number} pace */
  const play = (pace) => {
    if (!last || kit.still()) return;
    kit.paint(veils[0], kit.bytes(last.seen));
    kit.paint(veils[1], kit.bytes(last.noisy));
    fade(veils[0], 700 * pace, 0);
    network.play(pace);
    fade(veils[1], 800 * pace, 1300 * pace);
  };
  return { element, show, play };
}

/** @param {string} words @param {string} [kind] */
const arrow = (words, kind = "") =>
  kit.el("div", { class: `arrow ${kind}`, "aria-hidden": "true" }, words ? kit.el("span", {}, words) : null, "→");

/** A picture over another, seen only while it fades. @param {ReturnType<typeof kit.picture>} picture */
function veil({ canvas }) {
  const over = kit.el("canvas", { class: "veil", width: 28, height: 28, "aria-hidden": "true" });
  const stack = kit.el("div", { class: "stack" });
  canvas.replaceWith(stack);
  stack.append(canvas, over);
  return over;
}

/** @param {HTMLElement} element @param {number} duration @param {number} delay both in milliseconds */
const fade = (element, duration, delay) =>
  element.animate([{ opacity: 1 }, { opacity: 0 }], { duration, delay, fill: "backwards", easing: "ease-in-out" });

/** Encoder, code, decoder as shapes; a network without a code is one block. */
function shapes() {
  const cells = kit.el("canvas", { class: "code", role: "img", width: 8, height: 8, "aria-label": "The code" });
  const words = kit.el("figcaption", {}, "code");
  const encoder = kit.el("div", { class: "shape encoder" }, kit.el("span", {}, "encoder"));
  const decoder = kit.el("div", { class: "shape decoder" }, kit.el("span", {}, "decoder"));
  const element = kit.el(
    "figure",
    { class: "network" },
    encoder,
    kit.el("div", { class: "bottleneck" }, cells, words),
    decoder,
    kit.el("div", { class: "direct" }, kit.el("span", {}, "no code:"), kit.el("span", {}, "pixels to pixels")),
  );
  /** @param {number[] | null} code */
  const show = (code) => {
    element.classList.toggle("without-code", !code);
    if (!code) return;
    const side = Math.ceil(Math.sqrt(code.length)), rows = Math.ceil(code.length / side);
    if (cells.width !== side || cells.height !== rows) Object.assign(cells, { width: side, height: rows });
    kit.paintSigned(cells, Float32Array.from({ length: side * rows }, (_, i) => code[i] ?? 0));
    words.textContent = `code: ${kit.units(code.length, ["number", "numbers"])}`;
    cells.setAttribute("aria-label", `The code: ${code.length} numbers, in the colours of below and above zero`);
  };
  /** @param {number} pace */
  const play = (pace) => {
    const rows = cells.height, glow = [{ filter: "none" }, { filter: "brightness(1.35)" }, { filter: "none" }];
    encoder.animate(glow, { duration: 600 * pace, delay: 400 * pace });
    cells.animate([{ clipPath: "inset(0 0 100% 0)" }, { clipPath: "inset(0)" }], {
      duration: 600 * pace,
      delay: 700 * pace,
      easing: `steps(${rows})`,
      fill: "backwards",
    });
    decoder.animate(glow, { duration: 600 * pace, delay: 1100 * pace });
  };
  return { element, show, play };
}

/** What the noise costs and what the network brings back, as bars in dB, and the gain. */
function results() {
  const rows = [["With noise", "of the noisy picture"], ["Reconstructed", "of the reconstruction"]].map(
    ([name, words]) => {
      const bar = kit.bar({ label: `PSNR ${words}`, words: (value) => kit.units(value, "dB", 1) });
      const value = kit.el("b", {}, "–"), detail = kit.el("span", { class: "soft" }, "\u00a0");
      return { bar, value, detail, parts: [kit.el("span", { class: "name" }, name), bar.element, value, detail] };
    },
  );
  const gain = kit.el("span", { class: "result" }, "–"), words = kit.el("span", { class: "soft" }, "\u00a0");
  const element = kit.el(
    "div",
    { class: "outcome" },
    kit.el("div", { class: "bars" }, rows.flatMap(({ parts }) => parts)),
    kit.el("div", { class: "gain", role: "status" }, gain, words),
  );
  /** @param {Answer} answer @param {string} colour */
  const show = ({ before, after }, colour) => {
    for (const [i, errors] of [before, after].entries()) {
      const { bar, value, detail } = rows[i];
      bar.set(noError(errors) ? Infinity : errors.psnr, MOST, i ? colour : "ink-soft");
      value.textContent = decibels(errors);
      detail.textContent = `MSE ${noError(errors) ? "0" : kit.show(errors.mse, 4)}`;
    }
    const told = gained(before, after);
    gain.textContent = told.value;
    gain.className = `result ${told.good === null ? "" : told.good ? "better" : "worse"}`;
    words.textContent = told.words;
  };
  return { element, show };
}
