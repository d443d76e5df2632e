// The tab's main instrument, the network in one line: drawing -> encoder -> mu, sigma on the latent map -> z -> decoder -> digit.
const { el } = kit;
const root = element.querySelector(".instrument");
const RESTS = 70; // milliseconds without movement before the exact picture is asked for
let sprite = null, posterior = null, epsilon = [0, 0], z = [0, 0], draws = [], drawn = 0, rests = null;
const shown = new Uint8ClampedArray(784);

// ---- the parts ------------------------------------------------------------------------------------------------------
const notice = kit.notice();
const from = kit.choice({ label: "Picture", options: [["drawn", "drawn"], ["picked", "a test picture"]], value: kit.link.get("vae_picture", "drawn"), onInput: () => { kit.link.set({ vae_picture: from.value }); arrange(); encode(); } });
let another = 0;
const klass = kit.choice({ label: "of class", options: props.classes.digits.map((name, k) => [k, name]), value: kit.link.number("vae_digit", 3) % 10, onInput: () => { another = 0; encode(); } });
const more = kit.button("Another", () => { another += 1; encode(); }, { name: "another test picture" });
const pad = kit.pad({ label: "Draw a digit", width: 206, strokes: props.examples[kit.link.number("vae_digit", 3) % 10], examples: props.examples, onInput: () => encode() });
const picked = el("div", { class: "picked panel" }, klass.element, more, el("p", { class: "soft" }, "The test picture itself is not stored, only its code: μ and σ."));
const seen = kit.picture({ label: "what the network sees", width: 84 });
const muSigma = el("div", { class: "code-numbers" });
const block = (words, detail, way) => el("div", { class: `block ${way}` }, el("span", { class: "shape", "aria-hidden": "true" }), el("b", {}, words), el("span", { class: "soft" }, detail));
const map = kit.map({ label: "Latent map of two dimensions: move with the pointer or the arrow keys, the decoded picture follows", width: 384,
  points: new Float32Array(0), classes: new Uint8Array(0), extent: [-4, 4, -4, 4], sprite: null, radius: 2.4, onMove: (to) => moved(to) });
const output = kit.picture({ label: "decoded from z", width: 196 });
const source = el("p", { class: "soft source", role: "status" });
const zLine = el("p", { class: "number z-line" });

const network = kit.choice({ label: "Network", options: props.networks, value: kit.link.get("vae_network", props.networks[0][0]), onInput: (name) => { kit.link.set({ vae_network: name }); load(name); } });
const manifold = kit.toggle({ label: "Decoded pictures", value: kit.link.get("vae_manifold") === "1", onInput: (on) => { kit.link.set({ vae_manifold: Number(on) }); map.showSprite(on); } });
const dots = kit.toggle({ label: "Test pictures", value: true, onInput: (on) => map.showPoints(on) });
const legend = el("div", { class: "legend-place" });

const sliders = [0, 1].map((j) => kit.slider({ label: `ε${"₁₂"[j]}`, min: -3, max: 3, step: 0.01, value: 0, onInput: (value) => { epsilon[j] = value; fromEpsilon(); } }));
const formula = el("div", { class: "formula-numbers", role: "status" });
const lens = el("canvas", { class: "lens", tabindex: 0, role: "img", "aria-label": "The posterior magnified: drag the point, or use the arrow keys, to choose epsilon by hand" });
const lensWords = el("p", { class: "soft lens-words" }, "the posterior, magnified");
const draw = kit.button("Draw ε ~ N(0, I)", () => drawEpsilon(), { kind: "main", title: "z = mu + sigma * eps with a new eps" });
const mean = kit.button("ε = 0", () => { epsilon = [0, 0]; draws = []; fromEpsilon(); }, { name: "set epsilon to zero: z = mu" });

root.append(
  el("div", { class: "row controls" }, network.element, from.element, dots.element, manifold.element),
  notice.element,
  el("div", { class: "pipeline" },
    el("div", { class: "place-draw" }, pad.element, picked),
    el("div", { class: "place-encoder" }, seen.figure, block("encoder", "784 → μ and log σ²", "narrows"), muSigma),
    el("div", { class: "place-map" }, map.element),
    el("div", { class: "place-decoder" }, zLine, block("decoder", "2 → 784", "widens")),
    el("div", { class: "place-output" }, output.figure, source)),
  el("div", { class: "panel reparameterise" },
    el("div", { class: "formula-side" }, el("p", { class: "formula" }, "z = μ + σ · ε,  ε ~ N(0, I)"), formula),
    el("div", { class: "lens-side" }, lens, lensWords),
    el("div", { class: "epsilon-side" }, sliders.map((slider) => slider.element), el("div", { class: "row buttons" }, draw, mean))),
  legend,
);

// ---- from the drawing to the map ------------------------------------------------------------------------------------
const askPosterior = kit.live(server.posterior, (answer, request) => {
  seen.show(answer.seen);
  posterior = answer;
  draws = [];
  if (request.epsilon.some((e, j) => e !== epsilon[j])) return fromEpsilon(); // epsilon was moved meanwhile
  z = answer.z;
  show(answer.picture, "decoded exactly by the network");
}, notice.say);
const picture = () => (from.value === "drawn" ? { picture: pad.value } : { class: Number(klass.value), index: another });
const arrange = () => {
  pad.element.hidden = from.value !== "drawn";
  picked.hidden = from.value === "drawn";
  seen.caption.textContent = from.value === "drawn" ? "what the network sees" : "its reconstruction at μ";
};
const encode = () => {
  if (epsilon.some((e) => Math.abs(e) > 3)) epsilon = [0, 0]; // the pointer had carried z out of this posterior
  askPosterior({ source: picture(), network: network.value, epsilon });
};

// ---- from the code to the picture: the sprite at once, the network when the pointer rests ----------------------------
const askPoint = kit.live(server.point, (answer) => {
  if (answer.z[0] === z[0] && answer.z[1] === z[1]) show(answer.picture, "decoded exactly by the network");
}, notice.say);
const show = (picture, words) => {
  if (typeof picture === "string") shown.set(kit.bytes(picture));
  output.show(shown);
  if (source.textContent !== words) source.textContent = words;
  numbers();
};
const follow = () => {
  const start = performance.now();
  if (sprite) {
    kit.blend(sprite, z, shown);
    show(shown, `between ${sprite.columns * sprite.rows} stored pictures`);
    root.dataset.frame = (performance.now() - start).toFixed(2); // milliseconds, for whoever measures
  }
  clearTimeout(rests);
  rests = setTimeout(() => { askPoint({ z: [...z], network: network.value }); kit.link.set({ vae_z1: z[0].toFixed(3), vae_z2: z[1].toFixed(3) }); }, RESTS);
};
const moved = (to) => {
  z = to;
  if (posterior) epsilon = z.map((value, j) => (value - posterior.mu[j]) / posterior.sigma[j]);
  follow();
};
const fromEpsilon = () => {
  if (!posterior) return;
  z = posterior.mu.map((mu, j) => mu + posterior.sigma[j] * epsilon[j]);
  follow();
};
const drawEpsilon = async () => {
  const answer = await server.draw_epsilon({ seed: 0, count: 1000 });
  if (answer.error) return notice.say(answer.error);
  epsilon = answer.epsilon[drawn++ % 1000]; // the first press gives the same epsilon on every visit
  draws = [...draws, epsilon].slice(-200);
  fromEpsilon();
};

// ---- numbers and overlay --------------------------------------------------------------------------------------------
const numbers = () => {
  const n = kit.show;
  zLine.textContent = `z = (${n(z[0], 2)}, ${n(z[1], 2)})`;
  map.marker(z);
  if (!posterior) return;
  const { mu, sigma, kl } = posterior;
  muSigma.replaceChildren(...[["μ", mu], ["σ", sigma]].map(([name, pair]) => el("span", { class: "number" }, `${name} = (${n(pair[0], 2)}, ${n(pair[1], 2)})`)));
  formula.replaceChildren(...[0, 1].map((j) => el("p", { class: "number" },
    el("span", { class: "part" }, `z${"₁₂"[j]} = ${n(mu[j], 3)} + ${n(sigma[j], 3)} · ${epsilon[j] < 0 ? `(${n(epsilon[j], 2)})` : n(epsilon[j], 2)} = ${n(z[j], 3)}`),
    el("span", { class: "soft part" }, `KL${"₁₂"[j]} = ${n(kl[j], 2)} nats`))));
  drawLens();
  sliders.forEach((slider, j) => { slider.value = Math.max(-3, Math.min(3, epsilon[j])); });
};
map.overlay((context, toPixel) => {
  const style = getComputedStyle(document.body), warm = style.getPropertyValue("--warm"), soft = style.getPropertyValue("--ink-soft");
  const [ox, oy] = toPixel([0, 0]), [ux] = toPixel([1, 0]), scale = ux - ox;
  context.setLineDash([5, 5]);
  context.lineWidth = 1.5;
  context.strokeStyle = soft;
  for (const r of [1, 2]) { context.beginPath(); context.arc(ox, oy, r * scale, 0, 2 * Math.PI); context.stroke(); } // the prior
  context.setLineDash([]);
  if (!posterior) return;
  const { mu, sigma } = posterior, [mx, my] = toPixel(mu);
  const halo = kit.dark() ? "rgba(5,8,12,.8)" : "rgba(255,255,255,.9)";
  for (const [colour, width] of [[halo, 5], [warm, 2.5]]) {
    context.strokeStyle = colour;
    context.lineWidth = width;
    for (const r of [1, 2]) { context.beginPath(); context.ellipse(mx, my, Math.max(2, r * sigma[0] * scale), Math.max(2, r * sigma[1] * scale), 0, 0, 2 * Math.PI); context.stroke(); }
    context.beginPath();
    context.moveTo(mx, my);
    context.lineTo(...toPixel(z));
    context.stroke();
  }
  context.fillStyle = warm;
  for (const e of draws) { context.beginPath(); context.arc(...toPixel([mu[0] + sigma[0] * e[0], mu[1] + sigma[1] * e[1]]), 2.5, 0, 2 * Math.PI); context.fill(); }
  context.beginPath();
  context.arc(mx, my, 4, 0, 2 * Math.PI);
  context.fill();
});

// ---- the lens: the posterior is often smaller than a fingertip on the map ----------------------------------------------
const LENS = 112, WIDE = 3.2; // pixels; standard deviations from the middle to the edge
const drawLens = () => {
  if (!posterior) return;
  const style = getComputedStyle(document.body), ink = (name) => style.getPropertyValue(name), context = kit.sharp(lens, LENS, LENS), { sigma } = posterior;
  const scale = LENS / 2 / (WIDE * Math.max(...sigma)), middle = LENS / 2;
  const at = (e) => [middle + e[0] * sigma[0] * scale, middle - e[1] * sigma[1] * scale];
  context.fillStyle = ink("--paper");
  context.fillRect(0, 0, LENS, LENS);
  context.strokeStyle = context.fillStyle = ink("--warm");
  context.lineWidth = 2;
  for (const r of [1, 2]) { context.beginPath(); context.ellipse(middle, middle, r * sigma[0] * scale, r * sigma[1] * scale, 0, 0, 2 * Math.PI); context.stroke(); }
  for (const e of draws) { context.globalAlpha = 0.6; context.beginPath(); context.arc(...at(e), 2.5, 0, 2 * Math.PI); context.fill(); }
  context.globalAlpha = 1;
  const [x, y] = at(epsilon).map((v) => Math.max(4, Math.min(LENS - 4, v)));
  context.beginPath();
  context.moveTo(middle, middle);
  context.lineTo(x, y);
  context.stroke();
  context.fillStyle = ink("--accent");
  context.beginPath();
  context.arc(x, y, 7, 0, 2 * Math.PI);
  context.fill();
  const [left] = map.toPixel([0, 0]), [right] = map.toPixel([1, 0]);
  lensWords.textContent = `posterior, ${Math.round(scale / (right - left))} × larger`;
};
const byHand = (to) => { epsilon = to.map((e) => Math.max(-3, Math.min(3, e))); fromEpsilon(); };
const fromLens = (event) => {
  if (!posterior) return;
  const box = lens.getBoundingClientRect(), { sigma } = posterior, scale = box.width / 2 / (WIDE * Math.max(...sigma));
  byHand([(event.clientX - box.left - box.width / 2) / (sigma[0] * scale), (box.height / 2 - event.clientY + box.top) / (sigma[1] * scale)]);
};
lens.addEventListener("pointerdown", (event) => { try { lens.setPointerCapture(event.pointerId); } catch { /* made by a script */ } lens.focus({ preventScroll: true }); fromLens(event); });
lens.addEventListener("pointermove", (event) => { if (event.buttons) fromLens(event); });
lens.addEventListener("keydown", (event) => {
  const step = { ArrowLeft: [-0.1, 0], ArrowRight: [0.1, 0], ArrowUp: [0, 0.1], ArrowDown: [0, -0.1] }[event.key];
  if (!step) return;
  event.preventDefault();
  byHand(epsilon.map((e, j) => e + step[j]));
});
kit.onTheme(drawLens);

// ---- another network ------------------------------------------------------------------------------------------------
const load = async (name) => {
  const fashion = name.includes("fashion"), names = props.classes[fashion ? "fashion" : "digits"], held = klass.value;
  klass.input.replaceChildren(...names.map((word, k) => el("option", { value: k }, word)));
  klass.value = held;
  if (fashion && from.value === "drawn") from.value = "picked"; // nobody draws a pullover here
  arrange();
  sprite = null;
  const opened = !root.dataset.network && kit.link.get("vae_z1") != null;
  const first = opened ? server.posterior({ source: picture(), network: name, epsilon }) : encode(); // alive before the map is
  const answer = await server.atlas({ network: name });
  if (answer.error) return notice.say(answer.error);
  const { bytes } = await kit.unpackLines(answer.sprite);
  sprite = { bytes, columns: answer.columns, rows: answer.rows, cell: 28, extent: answer.extent };
  map.data({ points: kit.floats(answer.points), classes: kit.bytes(answer.classes), extent: answer.extent, sprite });
  map.showSprite(manifold.value);
  map.showPoints(dots.value);
  map.classes(null);
  legend.replaceChildren(kit.legend({ names, onInput: (set) => map.classes(set) }).element);
  root.dataset.network = name;
  if (!opened) return;
  const there = await first; // a link opened the map at a point of its own
  if (there.error) return notice.say(there.error);
  posterior = there;
  seen.show(there.seen);
  moved([kit.link.number("vae_z1", 0), kit.link.number("vae_z2", 0)]);
};
load(network.value);
