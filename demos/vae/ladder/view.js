// The beta ladder: one slider over networks really trained at each beta; samples, reconstructions, code and loss move together.
const { el } = kit;
const root = element.querySelector(".instrument");
const notice = kit.notice();
const n = (value, digits = 1) => kit.show(value, digits);
const families = Object.fromEntries(props.families); // base -> [{network, beta}]
const known = {};
let rung = null;

const base = kit.choice({ label: "Ladder of", options: props.families.map(([name]) => [name, props.words[name]]), value: kit.link.get("vae_ladder", props.families[0][0]), onInput: () => climb() });
const rungs = () => families[base.value];
const slider = kit.slider({ label: "β", min: 0, max: 1, step: 1, value: 0, digits: 0, onInput: () => ask() });
const marks = el("div", { class: "betas", "aria-hidden": "true" });
const beta = el("output", { class: "beta number" });

// ---- pictures -----------------------------------------------------------------------------------------------------------
const sheet = (label, columns, rows) => {
  const canvas = el("canvas", { width: columns * 28, height: rows * 28, class: "picture sheet", role: "img", "aria-label": label });
  return { canvas, show: (bytes) => {
    const context = canvas.getContext("2d"), image = context.createImageData(28, 28);
    for (let i = 0; i < columns * rows; i++) {
      for (let p = 0; p < 784; p++) { image.data[4 * p] = image.data[4 * p + 1] = image.data[4 * p + 2] = bytes[784 * i + p]; image.data[4 * p + 3] = 255; }
      context.putImageData(image, (i % columns) * 28, Math.floor(i / columns) * 28);
    }
  } };
};
const samples = sheet("36 samples of the prior", 6, 6), inputs = sheet("ten drawn digits", 10, 1), outputs = sheet("their reconstructions", 10, 1);
const numbers = el("div", { class: "numbers", role: "status" });
const code = el("canvas", { role: "img" });
const codeTitle = el("h4", {});
const map = kit.map({ label: "Codes of 5,000 test digits", width: 300, radius: 2, points: new Float32Array(0), classes: new Uint8Array(0), extent: [-4, 4, -4, 4] });

// ---- the rate-distortion plot: every network a point, the current one marked -------------------------------------------
const plot = el("canvas", { role: "img" });
const paintPlot = () => {
  const points = props.curve, width = Math.min(400, plot.parentElement.clientWidth - 4), height = 240, style = getComputedStyle(document.body), ink = (name) => style.getPropertyValue(name);
  if (width < 60) return;
  const context = kit.sharp(plot, width, height);
  context.font = "15px system-ui, sans-serif";
  if (!points.length) { context.fillStyle = ink("--ink-soft"); context.fillText("No test numbers beside these networks yet.", 10, 40); return; }
  const logarithm = (v) => Math.log10(1 + v); // beta = 0 pays hundreds of nats of KL, beta = 32 almost none
  const right = logarithm(Math.max(...points.map((p) => p.rate ?? 0))) * (points.some((p) => p.rate == null) ? 1.16 : 1.04), low = Math.min(...points.map((p) => p.distortion)) * 0.9, high = Math.max(...points.map((p) => p.distortion)) * 1.03;
  const x = (rate) => (rate == null ? width - 14 : 46 + (logarithm(rate) / right) * (width - 60)), y = (distortion) => 12 + ((high - distortion) / (high - low)) * (height - 58);
  context.strokeStyle = ink("--line");
  context.fillStyle = ink("--ink-soft");
  context.lineWidth = 1;
  context.textAlign = "center";
  for (const rate of [0, 1, 5, 10, 30, 100, 300, 1000, 3000]) if (logarithm(rate) <= right) { context.fillText(rate, x(rate), height - 26); context.strokeRect(x(rate), 12, 0, height - 58); }
  context.fillText("rate: KL, nats", (46 + width) / 2, height - 6);
  if (points.some((p) => p.rate == null)) context.fillText("∞", width - 14, height - 26);
  context.textAlign = "right";
  const step = [10, 20, 25, 50].find((s) => (high - low) / s < 7) || 100;
  for (let d = Math.ceil(low / step) * step; d <= high; d += step) { context.fillText(d, 40, y(d) + 5); context.strokeRect(46, y(d), width - 60, 0); }
  for (const name of Object.keys(families)) { // a line through each ladder
    context.strokeStyle = ink("--ink-soft");
    context.lineWidth = 1.5;
    context.beginPath();
    families[name].forEach(({ network }) => { const p = points.find((q) => q.network === network); if (p) context.lineTo(x(p.rate), y(p.distortion)); });
    context.stroke();
  }
  const one = points.find((p) => p.network === base.value); // beta = 1 minimises rate + distortion: the tangent of slope -1
  if (one) {
    context.setLineDash([5, 4]);
    context.strokeStyle = ink("--good");
    context.beginPath();
    for (let rate = 0; rate <= 10 ** right - 1; rate += Math.max(0.2, rate / 20)) { const d = one.rate + one.distortion - rate; if (d >= low && d <= high) context.lineTo(x(rate), y(d)); }
    context.stroke();
    context.setLineDash([]);
  }
  for (const p of points) {
    const here = rung && p.network === rung.network;
    context.beginPath();
    if (p.deep) { const [cx, cy] = [x(p.rate), y(p.distortion)]; for (const [dx, dy] of [[0, -8], [8, 0], [0, 8], [-8, 0]]) context.lineTo(cx + dx, cy + dy); } else context.arc(x(p.rate), y(p.distortion), here ? 9 : 5, 0, 2 * Math.PI);
    context.fillStyle = ink(here ? "--warm" : p.dimensions === 2 ? "--good" : "--accent");
    context.fill();
    if (here) { context.fillStyle = ink("--ink"); context.textAlign = x(p.rate) > width - 90 ? "right" : "left"; context.fillText(`β = ${p.beta}`, x(p.rate) + (context.textAlign === "left" ? 13 : -13), y(p.distortion) + (y(p.distortion) < 30 ? 18 : -10)); }
  }
  plot.setAttribute("aria-label", `Rate and distortion on the test set: ${points.map((p) => `${p.network}: KL ${p.rate == null ? "infinite" : n(p.rate)}, reconstruction ${n(p.distortion)} nats`).join("; ")}`);
};
const paintCode = () => {
  const flat = rung && rung.map;
  code.hidden = !!flat || !!(rung && !rung.kl_per_dimension.length);
  map.element.hidden = !flat;
  if (!rung) return;
  if (flat) {
    codeTitle.textContent = `The codes of 5,000 test digits (axes to ±${n(rung.map.reach, 0)})`;
    map.data({ points: kit.floats(rung.map.points), classes: kit.bytes(rung.map.classes), extent: [-rung.map.reach, rung.map.reach, -rung.map.reach, rung.map.reach] });
    return;
  }
  codeTitle.textContent = rung.kl_per_dimension.length ? "KL of each dimension on the test set, nats" : "z = μ: no noise, so no KL to measure";
  const kl = rung.kl_per_dimension, width = Math.min(400, code.parentElement.clientWidth - 4), height = 150, style = getComputedStyle(document.body);
  if (width < 60) return;
  const context = kit.sharp(code, width, height), step = (width - 46) / Math.max(1, kl.length), top = Math.max(1, ...kl);
  context.font = "15px system-ui, sans-serif";
  context.fillStyle = style.getPropertyValue("--ink-soft");
  context.textAlign = "right";
  context.fillText(n(top), 40, 16);
  context.fillText("0", 40, height - 6);
  kl.forEach((value, i) => {
    const tall = ((height - 14) * value) / top;
    context.fillStyle = style.getPropertyValue(value > 0.01 ? "--accent" : "--bad");
    context.fillRect(46 + i * step, height - 4 - Math.max(3, tall), Math.max(2, step - 2), Math.max(3, tall));
  });
  code.setAttribute("aria-label", `KL of each dimension: ${kl.map((v) => v.toFixed(2)).join(", ")} nats`);
};

// ---- climbing ---------------------------------------------------------------------------------------------------------
const show = (answer) => {
  rung = answer;
  beta.textContent = `β = ${answer.beta}`;
  samples.show(kit.bytes(answer.samples));
  inputs.show(kit.bytes(answer.inputs));
  outputs.show(kit.bytes(answer.reconstructions));
  const dimensions = answer.kl_per_dimension.length || "?";
  const sure = answer.kl == null && answer.reconstruction != null, loss = answer.kl == null ? null : answer.reconstruction + answer.beta * answer.kl;
  numbers.replaceChildren(...[
    ["reconstruction", `${n(answer.reconstruction)} nats`], ["KL", sure ? "∞: z = μ, a code without noise" : `${n(answer.kl)} nats`],
    ["loss = reconstruction + β KL", sure ? `${n(answer.reconstruction)}, no KL` : loss == null ? "–" : `${n(answer.reconstruction)} + ${answer.beta} · ${n(answer.kl)} = ${n(loss)}`],
    ["−ELBO = reconstruction + KL", sure ? "∞" : loss == null ? "–" : `${n(answer.reconstruction + answer.kl)} nats`],
    ["trained for", `${answer.epochs ?? "?"} epochs`],
    ["active dimensions", answer.active == null ? "–" : `${answer.active} of ${dimensions}`],
  ].map(([name, value]) => el("div", { class: "fact" }, el("span", { class: "soft" }, name), el("b", { class: "number" }, value))));
  [...marks.children].forEach((mark, i) => mark.classList.toggle("here", i === Number(slider.value)));
  root.dataset.network = answer.network;
  paintPlot();
  paintCode();
};
const fetchRung = async ({ network }) => known[network] || (known[network] = await server.rung({ network }));
const live = kit.live(fetchRung, show, notice.say);
const ask = () => {
  const here = rungs()[slider.value];
  slider.input.setAttribute("aria-valuetext", `beta ${here.beta}`);
  kit.link.set({ vae_ladder: base.value, vae_beta: here.beta });
  live(here);
};
const climb = (wanted = 1) => {
  const list = rungs();
  slider.input.max = Math.max(0, list.length - 1);
  slider.input.disabled = list.length < 2;
  slider.value = Math.max(0, list.findIndex((r) => r.beta === wanted));
  marks.replaceChildren(...list.map((r) => el("span", {}, String(r.beta))));
  notice.say(list.length < 2 ? "Only β = 1 was trained here: python -m training.train_vae --beta makes the other rungs." : "");
  ask();
  setTimeout(async () => { for (const r of list) await fetchRung(r); }, 400); // the whole ladder, so that the slider is instant
};
root.append(
  el("div", { class: "row controls" }, base.element, el("div", { class: "climb" }, slider.element, marks), beta),
  notice.element,
  el("div", { class: "columns" },
    el("div", {}, el("h4", {}, "36 samples of N(0, I), always the same codes"), samples.canvas),
    el("div", { class: "stack" }, el("h4", {}, "Ten drawn digits and their reconstructions"), inputs.canvas, outputs.canvas, numbers),
    el("div", {}, el("h4", {}, "Rate and distortion of every VAE, on the test set"), plot, el("p", { class: "key" }, el("span", { class: "dot many" }), "8 to 32 dimensions ", el("span", { class: "dot two" }), "2 dimensions ", el("span", { class: "dash" }), "as good as β = 1"), codeTitle, el("div", {}, code, map.element))),
);
slider.element.querySelector("output").hidden = true;
new ResizeObserver(() => { paintPlot(); if (rung && !rung.map) paintCode(); }).observe(root);
kit.onTheme(() => { paintPlot(); paintCode(); });
kit.whenSeen(root, () => climb(kit.link.number("vae_beta", 1)));
