// The bench: drawing -> what the network sees -> noise -> encoder, code, decoder -> reconstruction -> error.
// What is set here, the steps of the path obey.
import * as kit from "../../kit/kit.js";

/** @typedef {[name: string, words: string]} Named */
/** @typedef {{ examples: kit.Strokes[], networks: Named[], kinds: Named[], has_test_digits: boolean }} Props */
/** @typedef {ReturnType<typeof fields>} BenchFields */
/** @typedef {{ mse: number, psnr: number | string }} Errors */
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

/** @param {BenchMount} mount */
export default function mount({ element, props, server, state, signal }) {
  const notice = kit.notice();
  const pad = kit.pad({ label: "Draw a digit", width: 208, state, field: "drawing", examples: props.examples, signal });
  const testDigit = props.has_test_digits ? server.test_digit : null;
  pad.element.append(kit.photo({ pad, photo: server.photo, testDigit, first: state.values.seed, signal }).element);
  const line = pictures(signal);
  const tiles = { before: tile("Noisy"), after: tile("Reconstruction"), gain: tile("Gained") };
  const formula = kit.el("p", { class: "formula" });
  element.append(
    kit.el("p", { class: "todo" }, "Draw in the dark square, then drag the strength of the noise."),
    kit.el(
      "div",
      { class: "line" },
      pad.element,
      kit.el(
        "div",
        { class: "rest" },
        line.element,
        controls(props, state),
        formula,
        kit.el("div", { class: "tiles" }, tiles.before.element, tiles.after.element, tiles.gain.element),
        notice.element,
      ),
    ),
  );

  const ask = kit.live(server.bench, (answer) => {
    line.show(answer);
    tell(tiles, answer);
  }, notice.say);
  state.follow(({ drawing, kind, noise, seed, network }) => {
    formula.textContent = FORMULAS[kind](noise);
    ask({ picture: kit.pixels(drawing, props.examples), kind, strength: noise, seed, network });
  });
}

/** @param {Props} props @param {BenchMount["state"]} state */
function controls(props, state) {
  const renew = kit.button(
    "New noise",
    () => state.set({ seed: (state.values.seed + 1) % 2147483648 }),
    { title: "The next seed" },
  );
  return kit.el(
    "div",
    { class: "panel controls" },
    kit.slider({ label: "Strength", state, field: "noise" }).element,
    kit.choice({ label: "Network", state, field: "network", options: props.networks }).element,
    kit.choice({ label: "Noise", state, field: "kind", options: props.kinds }).element,
    kit.el("div", { class: "row" }, kit.integer({ label: "Seed", state, field: "seed" }).element, renew),
  );
}

/** The line of pictures from what the network sees to its error. @param {AbortSignal} signal */
function pictures(signal) {
  const seen = kit.picture({ label: "What the network sees", width: 128 });
  const noisy = kit.picture({ label: "With noise", width: 128 });
  const output = kit.picture({ label: "Reconstruction", width: 128 });
  const wrong = kit.picture({ label: "Error", width: 128 });
  const scale = kit.scaleBar({ label: "error", signal, high: 1, ends: ["too dark", "too bright"], words: () => "" });
  wrong.figure.append(scale.element);
  const arrow = (words = "", kind = "") =>
    kit.el("div", { class: `arrow ${kind}`, "aria-hidden": "true" }, words ? kit.el("span", {}, words) : null, "→");
  const network = shapes();
  const element = kit.el(
    "div",
    { class: "pictures" },
    seen.figure,
    arrow("noise"),
    noisy.figure,
    arrow("", "before-network"),
    network.element,
    arrow(),
    output.figure,
    kit.el("div", { class: "arrow minus", "aria-hidden": "true" }, "−"),
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
  /** @param {Answer} answer */
  const show = (answer) => {
    last = answer;
    paint();
    output.say(`${kit.show(Number(answer.after.psnr), 1)} dB against the clean picture`);
  };
  return { element, show };
}

/** Encoder, code, decoder as shapes; a network without a code is one block. */
function shapes() {
  const cells = kit.el("canvas", { class: "code", role: "img", width: 8, height: 8, "aria-label": "The code" });
  const words = kit.el("figcaption", {}, "code");
  const element = kit.el(
    "figure",
    { class: "network" },
    kit.el("div", { class: "shape encoder" }, kit.el("span", {}, "encoder")),
    kit.el("div", { class: "bottleneck" }, cells, words),
    kit.el("div", { class: "shape decoder" }, kit.el("span", {}, "decoder")),
    kit.el("div", { class: "direct" }, "no code: pixels to pixels"),
  );
  /** @param {number[] | null} code */
  const show = (code) => {
    element.classList.toggle("without-code", !code);
    if (!code) return;
    const side = Math.ceil(Math.sqrt(code.length)), rows = Math.ceil(code.length / side);
    if (cells.width !== side || cells.height !== rows) Object.assign(cells, { width: side, height: rows });
    kit.paintSigned(cells, Float32Array.from({ length: side * rows }, (_, i) => code[i] ?? 0));
    words.textContent = `code of ${code.length}`;
    cells.setAttribute("aria-label", `The code: ${code.length} numbers, in the colours of below and above zero`);
  };
  return { element, show };
}

/** @param {string} title */
function tile(title) {
  const value = kit.el("span", { class: "number" }, "–"), detail = kit.el("span", { class: "soft" }, "\u00a0");
  return {
    element: kit.el("div", { class: "tile" }, kit.el("span", { class: "title" }, title), value, detail),
    value,
    detail,
  };
}

/** A PSNR in words: without an error it has no number. @param {Errors} errors */
const decibels = ({ mse, psnr }) => (mse < 1e-9 ? "no error" : `${kit.show(Number(psnr), 1)} dB`);

/** @param {Record<"before" | "after" | "gain", ReturnType<typeof tile>>} tiles @param {Answer} answer */
function tell({ before, after, gain }, answer) {
  for (const [to, errors] of /** @type {const} */ ([[before, answer.before], [after, answer.after]])) {
    to.value.textContent = decibels(errors);
    to.detail.textContent = `MSE ${kit.show(errors.mse, 4)} against the clean picture`;
  }
  const clean = answer.before.mse < 1e-9, won = answer.after.mse <= answer.before.mse;
  const difference = 10 * Math.log10(answer.before.mse / Math.max(answer.after.mse, 1e-9));
  gain.value.textContent = clean ? "nothing to gain" : `${kit.signed(difference, 1)} dB`;
  gain.value.className = `number result ${won ? "better" : "worse"}`;
  gain.detail.textContent = clean
    ? "the picture has no noise: whatever changes is harm"
    : won
    ? "closer to the clean picture"
    : "farther: the network did harm";
}
