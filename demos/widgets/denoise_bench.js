// The bench: drawing -> what the network sees -> noise -> encoder, code, decoder -> reconstruction -> difference.
const root = element.querySelector(".instrument");
const { el } = kit;
const store = kit.shared("denoise", {
  picture: null,
  kind: kit.link.get("denoise_kind", "gaussian"),
  strength: kit.link.number("denoise_noise", 0.3),
  seed: kit.link.number("denoise_seed", 0),
  network: kit.link.get("denoise_network", props.networks[0][0]),
});
const state = store.state;
if (!props.kinds.some(([kind]) => kind === state.kind)) state.kind = "gaussian";
if (!props.networks.some(([name]) => name === state.network)) state.network = props.networks[0][0];
state.strength = Math.max(0, Math.min(1, state.strength));
state.seed = Math.max(0, Math.min(2147483647, Math.round(state.seed)));
const digit = Math.max(0, Math.min(9, Math.round(kit.link.number("denoise_digit", 3))));

// ---- the line from left to right -----------------------------------------------------------------------------------
const pad = kit.pad({
  label: "Draw a digit", width: 208, strokes: props.examples[digit], examples: props.examples,
  onInput: (value) => store.set({ picture: value, strokes: pad.strokes }),
});
state.picture = pad.value;
state.strokes = pad.strokes;
const seen = kit.picture({ label: "What the network sees", width: 128 });
const noisy = kit.picture({ label: "With noise", width: 128 });
const output = kit.picture({ label: "Reconstruction", width: 128 });
const wrong = kit.picture({ label: "Error: too bright, too dark", width: 128 });
const arrow = (words) => el("div", { class: "arrow", "aria-hidden": "true" }, words ? el("span", {}, words) : null, "→");

const cells = el("canvas", { class: "code", role: "img", width: 8, height: 8, "aria-label": "The code" });
const codeWords = el("figcaption", {}, "code");
const network = el("figure", { class: "network" },
  el("div", { class: "shape encoder" }, el("span", {}, "encoder")),
  el("div", { class: "bottleneck" }, cells, codeWords),
  el("div", { class: "shape decoder" }, el("span", {}, "decoder")));
const direct = el("div", { class: "direct" }, "no code: pixels to pixels");
network.append(direct);

// ---- controls ------------------------------------------------------------------------------------------------------
const words = {
  gaussian: (s) => `noisy = clamp(x + ${s.toFixed(2)} · N(0, 1), 0, 1)`,
  "salt-and-pepper": (s) => `${Math.round(100 * s)} % of the pixels become black or white`,
  "missing-pixels": (s) => `${Math.round(100 * s)} % of the pixels are missing`,
  "missing-patch": (s) => `a square with ${Math.round(100 * s)} % of the area is missing`,
  blur: (s) => `blurred with σ = ${(3 * s).toFixed(1)} pixels`,
  poisson: (s) => (s > 0 ? `dose: ${(1 / (s * s)).toFixed(s > 0.3 ? 1 : 0)} electrons per white pixel` : "endless dose: no noise"),
};
const kinds = kit.choice({ label: "Noise", options: props.kinds, value: state.kind, onInput: (kind) => store.set({ kind }) });
const strength = kit.slider({ label: "Strength", min: 0, max: 1, step: 0.01, value: state.strength, onInput: (value) => store.set({ strength: value }) });
const seed = kit.whole({ label: "Seed", value: state.seed, onInput: (value) => store.set({ seed: value }) });
const renew = kit.button("New noise", () => store.set({ seed: (state.seed + 1) % 2147483648 }));
const choose = kit.choice({ label: "Network", options: props.networks, value: state.network, onInput: (value) => store.set({ network: value }) });
const reset = kit.button("Reset", () => {
  pad.set(props.examples[digit]);
  store.set({ picture: pad.value, strokes: pad.strokes, kind: "gaussian", strength: 0.3, seed: 0, network: props.networks[0][0] });
});
const formula = el("p", { class: "formula" });
const notice = kit.notice();

// ---- numbers -------------------------------------------------------------------------------------------------------
const tile = (title) => {
  const value = el("span", { class: "number" }), detail = el("span", { class: "soft" });
  return { element: el("div", { class: "tile" }, el("span", { class: "title" }, title), value, detail), value, detail };
};
const before = tile("Noisy against clean"), after = tile("Reconstruction against clean"), gain = tile("Gained");
const write = (to, errors) => {
  to.value.textContent = `${kit.show(errors.psnr, 1)} dB`;
  to.detail.textContent = `MSE ${kit.show(errors.mse, 4)}`;
};

root.append(
  el("div", { class: "line" },
    pad.element,
    el("div", { class: "rest" },
      el("div", { class: "pictures" },
        arrow(), seen.figure, arrow("noise"), noisy.figure, arrow(), network, arrow(), output.figure,
        el("div", { class: "arrow minus", "aria-hidden": "true" }, "−"), wrong.figure),
      el("div", { class: "panel controls" }, kinds.element, strength.element, seed.element, renew, choose.element, reset),
      formula, el("div", { class: "tiles" }, before.element, after.element, gain.element), notice.element)));

// ---- live ----------------------------------------------------------------------------------------------------------
let last = null;
const paintCode = () => {
  const code = last && last.code;
  network.classList.toggle("without-code", !code);
  if (!code) return;
  const side = Math.ceil(Math.sqrt(code.length)), rows = Math.ceil(code.length / side);
  if (cells.width !== side || cells.height !== rows) { cells.width = side; cells.height = rows; }
  kit.paintSigned(cells, Float32Array.from({ length: side * rows }, (_, i) => code[i] || 0));
  codeWords.textContent = `code: ${code.length} numbers`;
  cells.setAttribute("aria-label", `The code, ${code.length} numbers: blue below zero, orange above`);
};
const paint = () => {
  if (!last) return;
  const clean = kit.bytes(last.seen), made = kit.bytes(last.reconstruction);
  seen.show(clean);
  noisy.show(last.noisy);
  output.show(made);
  kit.paintSigned(wrong.canvas, Float32Array.from(made, (value, i) => value - clean[i]), 255);
  paintCode();
};
const show = (result) => {
  last = result;
  paint();
  write(before, result.before);
  write(after, result.after);
  const [a, b] = [Number(result.after.psnr), Number(result.before.psnr)];
  gain.value.textContent = Number.isFinite(a - b) ? `${a >= b ? "+" : ""}${kit.show(a - b, 1)} dB` : "–";
  gain.value.className = `number ${a >= b ? "better" : "worse"}`;
  gain.detail.textContent = Number.isFinite(a - b) ? (a >= b ? "closer to the clean picture" : "farther: the network did harm") : "";
};
const ask = kit.live(server.bench, show, notice.say);
store.follow(root, () => {
  kinds.value = state.kind;
  strength.value = state.strength;
  if (document.activeElement !== seed.input) seed.value = state.seed;
  choose.value = state.network;
  formula.textContent = words[state.kind](state.strength);
  ask({ picture: state.picture, kind: state.kind, strength: state.strength, seed: state.seed, network: state.network });
  remember();
});
let timer = 0;
const remember = () => {
  clearTimeout(timer);
  timer = setTimeout(() => kit.link.set({
    denoise_kind: state.kind, denoise_noise: state.strength, denoise_seed: state.seed, denoise_network: state.network,
  }), 400);
};
kit.onTheme(paint);
store.set({});
