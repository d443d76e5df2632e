// The main instrument of tab 4: picture -> x * W -> logits -> exp -> softmax -> cross-entropy, one row for each class.
// W lies in the browser, so that the server sends only x and its ten logits; the page shows that x * W sums to them.
const { el } = kit, root = element.querySelector(".instrument"), K = 10, PIXELS = 784;
const state = {
  dataset: kit.link.get("softmax_data", "digits") === "fashion" ? "fashion" : "digits",
  truth: Math.max(0, Math.min(9, Math.round(kit.link.number("softmax_true", 3)))),
  chosen: null, against: -1, item: Math.max(0, Math.min(9999, Math.round(kit.link.number("softmax_item", 7)))),
  network: null, x: null, logits: null, W: null, b: null, classes: [], request: null,
};
const notice = kit.notice(), models = {};

// ---- left: the picture -----------------------------------------------------------------------------------------------
const datasets = [["digits", "A digit"], ["fashion", "A garment"]].map(([code, words]) =>
  kit.button(words, () => useDataset(code), { name: `${words}: choose the data set ${code}` }));
const seen = kit.picture({ label: "x: 28 × 28 pixels", width: 104 });
const samples = props.examples.map((strokes) => JSON.stringify(strokes));
const drawing = kit.pad && kit.pad({
  label: "Draw a digit", width: 212, strokes: props.examples[state.truth], examples: props.examples,
  onInput: (value) => {
    const example = samples.indexOf(JSON.stringify(pad.strokes)); // an example says itself what it is
    if (example >= 0) declare(example);
    send({ look: value });
  },
});
const pad = drawing || null;
const next = kit.button("Another", () => pick(state.item + 1 + Math.floor(97 * Math.random())));
const number = kit.whole({ label: "Picture number", max: 9999, value: state.item, onInput: (value) => pick(value) });
const file = el("input", { type: "file", accept: "image/*", class: "file", "aria-label": "Take the picture from a photo", onchange: () => file.files[0] && photo(file.files[0]) });
const chooser = el("label", { class: "button upload" }, "Photo …", file);
const origin = el("p", { class: "soft origin" });
const network = kit.choice({ label: "Network", options: [], onInput: (name) => useNetwork(name).then(resend) });
const left = el("section", { class: "panel input", "aria-label": "The picture" },
  el("div", { class: "segment" }, datasets), pad ? pad.element : null,
  el("div", { class: "source" }, seen.figure, el("div", { class: "buttons" }, next, chooser)), number.element, origin);

// ---- middle: one row a class -----------------------------------------------------------------------------------------
const rows = Array.from({ length: K }, (_, k) => {
  const canvas = (label) => el("canvas", { width: 28, height: 28, class: "picture tile", role: "img", "aria-label": label });
  const row = {
    name: kit.button("", () => choose(k), { kind: "name" }), W: canvas("weights"), spoke: canvas("contributions"),
    logit: kit.bar({ signed: true, label: "logit" }), o: el("span", { class: "number" }), e: el("span", { class: "number exp" }),
    probability: kit.bar({ label: "probability" }), p: el("span", { class: "number" }),
    truth: el("input", { type: "radio", name: `truth-${Math.random()}`, value: k, onchange: () => declare(k) }),
  };
  row.W.addEventListener("click", () => choose(k));
  row.spoke.addEventListener("click", () => choose(k));
  row.element = el("div", { class: "line", role: "row" }, [row.name, row.W, row.spoke, el("span", { class: "pair" }, row.logit.element, row.o), row.e,
    el("span", { class: "pair" }, row.probability.element, row.p), el("label", { class: "y" }, row.truth, el("span", { class: "bit" }, "0"))]
    .map((cell) => el("span", { role: "cell", class: "cell" }, cell)));
  row.bit = row.element.querySelector(".bit");
  return row;
});
rows.forEach((row) => (row.truth.name = rows[0].truth.name));
const head = ["class", "W", "x·W", "logit o = Σ x W + b", "exp(o)", "softmax p", "true y"].map((words, k) =>
  el("span", { role: "columnheader", class: `cell head h${k}` }, words));
const chain = el("section", { class: "panel chain", role: "table", "aria-label": "From pixels to probabilities, class by class" },
  el("div", { class: "line heads", role: "row" }, head), rows.map((row) => row.element));

// ---- right: which pixels spoke, and the loss ---------------------------------------------------------------------------
const map = el("canvas", { width: 28, height: 28, class: "picture map", role: "img", "aria-label": "Which pixels spoke" });
const mapTitle = el("h3"), sum = el("p", { class: "formula" }), check = el("p", { class: "soft check" });
const against = kit.choice({ label: "Compare with", options: [["-1", "no other class"]], onInput: (value) => { state.against = Number(value); show(); kit.link.set({ softmax_against: value }); } });
const share = el("p", { class: "formula" }), loss = el("p", { class: "formula" }), verdict = el("p", { class: "verdict" });
const right = el("section", { class: "panel meaning", "aria-label": "Which pixels spoke, and the loss" }, mapTitle, map,
  el("p", { class: "scale" }, el("span", { class: "against" }, "■ against"), " ", el("span", { class: "for" }, "■ for")), sum, check, against.element, network.element);
const result = el("section", { class: "panel result", "aria-label": "The answer and its loss", "aria-live": "polite" }, verdict, share, loss);
root.append(notice.element, el("div", { class: "stage" }, left, el("div", { class: "middle" }, chain, result), right));

// ---- what happens ----------------------------------------------------------------------------------------------------
const live = kit.live(
  (request) => request.look != null ? server.look({ picture: request.look, network: request.network }) : server.pick({ dataset: request.dataset, index: request.index, network: request.network }),
  (answer, request) => {
    if (request.network !== state.network) return; // the visitor has chosen another network meanwhile
    state.x = kit.floats(answer.x);
    state.logits = answer.logits;
    if (answer.label != null && request.fresh) declare(answer.label, false);
    if (answer.origin) origin.textContent = answer.origin;
    show();
  }, notice.say);
const send = (request) => { state.request = request; live({ ...request, network: state.network, fresh: true }); if (request.look != null) origin.textContent = ""; };
const resend = () => state.request && live({ ...state.request, network: state.network });

function pick(index) {
  state.item = ((index % 10000) + 10000) % 10000;
  number.value = state.item;
  kit.link.set({ softmax_item: state.item });
  send({ dataset: state.dataset, index: state.item });
}

async function useNetwork(name) {
  if (!models[name]) {
    const answer = await server.weights({ network: name });
    if (answer.error) return notice.say(answer.error);
    models[name] = { ...answer, W: kit.floats(answer.W), b: kit.floats(answer.b) };
  }
  Object.assign(state, { network: name, ...models[name] });
  state.logits = null;
  rows.forEach((row, k) => {
    row.name.textContent = state.classes[k];
    row.name.setAttribute("aria-label", `show the pixels for class ${state.classes[k]}`);
    row.truth.setAttribute("aria-label", `the true class is ${state.classes[k]}`);
  });
  against.input.replaceChildren(...[["-1", "no other class"], ...state.classes.map((words, k) => [k, words])].map(([code, words]) => el("option", { value: code }, words)));
  against.value = state.against;
  paintTemplates();
}

async function useDataset(dataset) {
  state.dataset = dataset;
  datasets.forEach((button, k) => button.setAttribute("aria-pressed", String(k === (dataset === "digits" ? 0 : 1))));
  network.input.replaceChildren(...props.networks[dataset].map((name) => el("option", { value: name }, name.endsWith("-best") ? "the best linear one" : "the lecture's recipe")));
  if (pad) pad.element.hidden = dataset !== "digits";
  next.textContent = dataset === "digits" ? (props.sources.digits === "test" ? "Test digit" : "Another") : "Another";
  seen.canvas.style.width = dataset === "digits" ? "104px" : "212px";
  chain.classList.toggle("digits", dataset === "digits");
  number.element.hidden = dataset === "digits";
  left.classList.toggle("garment", dataset === "fashion");
  Object.assign(state, { chosen: null, against: -1 });
  kit.link.set({ softmax_data: dataset });
  await useNetwork(props.networks[dataset][0]);
  if (dataset === "digits" && pad) send({ look: pad.value });
  else pick(state.item);
}

// A photo becomes 112 x 112 grey, light on dark; a digit then goes through MNIST's steps, a garment is averaged to 28 x 28.
async function photo(blob) {
  let bitmap;
  try { bitmap = await createImageBitmap(blob); } catch { return notice.say(`${blob.name || "This file"} is not a picture that the browser can read; take a JPEG or PNG.`); }
  const side = state.dataset === "digits" ? 112 : 28, big = document.createElement("canvas");
  big.width = big.height = side * 4;
  const g = big.getContext("2d"), scale = Math.min(big.width / bitmap.width, big.height / bitmap.height);
  g.fillStyle = "#fff"; g.fillRect(0, 0, big.width, big.height);
  const w = bitmap.width * scale, h = bitmap.height * scale;
  g.drawImage(bitmap, (big.width - w) / 2, (big.height - h) / 2, w, h);
  const data = g.getImageData(0, 0, big.width, big.height).data, grey = new Float32Array(side * side);
  for (let y = 0; y < big.height; y++) for (let x = 0; x < big.width; x++) {
    const at = 4 * (y * big.width + x);
    grey[(y >> 2) * side + (x >> 2)] += (0.299 * data[at] + 0.587 * data[at + 1] + 0.114 * data[at + 2]) / 255 / 16;
  }
  const border = [...grey].filter((_, i) => i < side || i >= side * (side - 1) || i % side === 0 || i % side === side - 1).sort((a, b) => a - b);
  const page = border[border.length >> 1], sorted = [...grey].sort((a, b) => a - b);
  const dark = page > 0.5, ink = dark ? sorted[Math.floor(0.02 * sorted.length)] : sorted[Math.floor(0.98 * sorted.length)];
  const out = Array.from(grey, (v) => Math.max(0, Math.min(1, (Math.abs(v - page) > 0.12 ? v - page : 0) / (ink - page || 1))));
  send({ look: Array.from({ length: side }, (_, y) => out.slice(y * side, (y + 1) * side)) });
  origin.textContent = `Your photo${dark ? ", turned to light on dark" : ""}. It is stored nowhere.`;
  file.value = "";
}

function choose(k) { state.chosen = k; kit.link.set({ softmax_class: k }); show(); }
function declare(k, redraw = true) {
  state.truth = k;
  kit.link.set({ softmax_true: k });
  if (redraw) show();
}

// ---- what is shown ---------------------------------------------------------------------------------------------------
const column = (k) => Float32Array.from({ length: PIXELS }, (_, i) => state.W[i * K + k]);
function paintTemplates() {
  if (!state.W) return;
  const sizes = Array.from(state.W, Math.abs).sort((a, b) => a - b), limit = sizes[Math.floor(0.995 * sizes.length)];
  rows.forEach((row, k) => { kit.paintSigned(row.W, column(k), limit); row.W.setAttribute("aria-label", `the weights of class ${state.classes[k]}`); });
}

function show() {
  const { x, W, b, logits: o, classes } = state;
  if (!x || !W || !o) return;
  seen.show(Uint8Array.from(x, (v) => Math.round(255 * v)));
  const p = kit.softmax(o), best = kit.argmax(o), chosen = state.chosen ?? best, order = [...o.keys()].sort((i, j) => o[j] - o[i]);
  const parts = Array.from({ length: K }, () => new Float64Array(PIXELS)); // x_i W_ik
  let limit = 1e-6;
  for (let i = 0; i < PIXELS; i++) {
    if (x[i] === 0) continue;
    for (let k = 0; k < K; k++) limit = Math.max(limit, Math.abs(parts[k][i] = x[i] * W[i * K + k]));
  }
  const widest = Math.max(5, ...o.map(Math.abs));
  rows.forEach((row, k) => {
    kit.paintSigned(row.spoke, parts[k], limit);
    row.spoke.setAttribute("aria-label", `x times the weights of class ${classes[k]}`);
    row.logit.set(o[k], widest, o[k] < 0 ? "var(--against)" : "var(--for)");
    row.o.textContent = kit.show(o[k], 2);
    row.e.textContent = kit.short(Math.exp(o[k]), 2);
    row.probability.set(p[k], 1, k === best ? "var(--accent)" : "color-mix(in srgb, var(--accent) 60%, transparent)");
    row.p.textContent = kit.percent(p[k]).replace(" %", "%");
    row.truth.checked = k === state.truth;
    row.bit.textContent = k === state.truth ? "1" : "0";
    row.element.classList.toggle("best", k === best);
    row.element.classList.toggle("chosen", k === chosen);
    row.name.setAttribute("aria-pressed", String(k === chosen));
  });
  const other = state.against >= 0 && state.against !== chosen ? state.against : null;
  const part = other == null ? parts[chosen] : parts[chosen].map((v, i) => v - parts[other][i]);
  kit.paintSigned(map, part);
  const plus = part.reduce((s, v) => s + Math.max(0, v), 0), minus = part.reduce((s, v) => s + Math.min(0, v), 0);
  const bias = other == null ? b[chosen] : b[chosen] - b[other], total = plus + minus + bias;
  const name = classes[chosen], pair = other == null ? name : `${name} − ${classes[other]}`;
  mapTitle.textContent = other == null ? `Which pixels spoke for ${name}` : `For ${name} rather than ${classes[other]}`;
  map.setAttribute("aria-label", `${mapTitle.textContent}: pixels for it sum to ${kit.show(plus, 2)}, against it to ${kit.show(minus, 2)}`);
  sum.replaceChildren(el("span", { class: "for" }, kit.signed(plus)), " ", el("span", { class: "against" }, kit.signed(minus)), ` ${kit.signed(bias)} (b) = `, el("strong", {}, kit.show(total, 2)));
  const logit = other == null ? o[chosen] : o[chosen] - o[other];
  check.textContent = `The network says o(${pair}) = ${kit.show(logit, 2)}` + (Math.abs(logit - total) < 1e-3 ? ": the same sum." : ".");
  const y = state.truth, l = kit.crossEntropy(o, y);
  verdict.replaceChildren("It says ", el("strong", {}, classes[best]), ` with ${kit.percent(p[best])}, then ${classes[order[1]]} with ${kit.percent(p[order[1]])}. `,
    best === y ? "You say the same." : `You say it is ${classes[y]}.`);
  const exps = o.map(Math.exp), all = exps.reduce((a, b) => a + b, 0);
  share.textContent = `p(${classes[chosen]}) = exp(${kit.show(o[chosen], 2)}) / Σ exp(o) = ${kit.short(exps[chosen], 2)} / ${kit.short(all, 2)} = ${kit.short(p[chosen], 4)}`;
  loss.replaceChildren(`Loss, true class ${classes[y]}: ℓ = −ln ${kit.short(p[y], 4)} = `, el("strong", {}, `${kit.short(l, 3)} nats`),
    el("span", { class: "soft" }, `  (guessing: ln 10 = ${kit.show(Math.log(10), 2)})`));
}

kit.onTheme(() => { paintTemplates(); show(); });
const start = kit.link.get("softmax_class", null), other = kit.link.number("softmax_against", -1), truth = state.truth;
useDataset(state.dataset).then(() => {
  if (start != null && start >= 0 && start <= 9) state.chosen = Number(start);
  state.against = Math.round(other);
  against.value = state.against;
  if (state.dataset === "digits") declare(truth);
});
