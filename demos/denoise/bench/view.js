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

// ---- other sources: a test digit, a photo --------------------------------------------------------------------------
const LARGEST = 6000; // pixels along a photo that a phone's browser can still unpack
let tries = 0;
const lay = (url) => new Promise((resolve, reject) => {
  const image = new Image();
  image.onload = () => { pad.put(image, url); resolve(); };
  image.onerror = reject;
  image.src = url;
});
const greyURL = (source, width, height) => { // any drawable -> grey PNG data URL
  const canvas = el("canvas", { width, height });
  const context = canvas.getContext("2d");
  context.filter = "grayscale(1)";
  context.fillStyle = "#fff";
  context.fillRect(0, 0, width, height);
  context.drawImage(source, 0, 0, width, height);
  return canvas.toDataURL("image/png");
};
const takeTestDigit = async () => {
  const index = (state.seed + 7919 * tries++) % 10000;
  const result = await server.test_digit({ index });
  if (result.error) { notice.say(result.error); return; }
  const canvas = el("canvas", { width: 28, height: 28 });
  kit.paint(canvas, kit.bytes(result.picture));
  await lay(canvas.toDataURL("image/png"));
};
const sides = (bytes) => { // width and height of a PNG or JPEG from its header: a bomb is never unpacked
  const view = new DataView(bytes.buffer);
  if (bytes.length > 24 && view.getUint32(0) === 0x89504e47) return [view.getUint32(16), view.getUint32(20)];
  if (bytes.length > 4 && view.getUint16(0) === 0xffd8) {
    for (let at = 2; at + 9 < bytes.length; at += 2 + view.getUint16(at + 2)) {
      const marker = view.getUint8(at + 1);
      if (view.getUint8(at) !== 0xff) return null;
      if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) return [view.getUint16(at + 7), view.getUint16(at + 5)];
    }
  }
  return null;
};
const takePhoto = async (file) => {
  if (!file) return;
  const refuse = (reason) => notice.say(`${file.name}: ${reason}`);
  if (file.size === 0) return refuse("the file is empty (0 bytes).");
  if (file.size > 30e6) return refuse(`the file has ${Math.round(file.size / 1e6)} MB; at most 30 MB, please.`);
  const size = sides(new Uint8Array(await file.arrayBuffer()));
  if (!size) return refuse("this is no PNG or JPEG picture.");
  if (Math.max(...size) > LARGEST || Math.min(...size) < 8) return refuse(`the picture has ${size[0]} × ${size[1]} pixels; its sides must be from 8 to ${LARGEST}.`);
  let bitmap;
  try { bitmap = await createImageBitmap(file); } catch { return refuse("the picture is damaged; this browser cannot unpack it."); }
  const scale = Math.min(1, 512 / Math.max(bitmap.width, bitmap.height));
  const url = greyURL(bitmap, Math.max(2, Math.round(bitmap.width * scale)), Math.max(2, Math.round(bitmap.height * scale)));
  bitmap.close();
  const result = await server.photo({ picture: url });
  if (result.error) return refuse(result.error);
  notice.say("");
  await lay(result.picture);
};
const file = el("input", { type: "file", accept: "image/png,image/jpeg", class: "file", "aria-label": "A photo of a digit on paper", tabindex: -1 });
file.addEventListener("change", () => { takePhoto(file.files[0]); file.value = ""; });
pad.element.append(el("div", { class: "pad-buttons sources" },
  props.has_test_digits ? kit.button("Test digit", takeTestDigit, { title: "A digit of MNIST's test set" }) : null,
  kit.button("Photo", () => file.click(), { title: "A photo of a digit on paper, PNG or JPEG" }), file));
const seen = kit.picture({ label: "What the network sees", width: 128 });
const noisy = kit.picture({ label: "With noise", width: 128 });
const output = kit.picture({ label: "Reconstruction", width: 128 });
const wrong = kit.picture({ label: "Error", width: 128 });
wrong.canvas.title = "Orange: too bright. Blue: too dark.";
wrong.caption.append(el("span", { class: "wide" }, ": too bright, too dark"));
const arrow = (words, kind = "") => el("div", { class: `arrow ${kind}`, "aria-hidden": "true" }, words ? el("span", {}, words) : null, "→");

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
        arrow(), seen.figure, arrow("noise"), noisy.figure, arrow("", "before-network"), network, arrow(), output.figure,
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
  codeWords.textContent = `code of ${code.length}`;
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
    ...(pad.digit === null ? {} : { denoise_digit: pad.digit }),
  }), 400);
};
kit.onTheme(paint);
store.set({});
