// One dimension by hand: two densities, the KL's four terms, and two ways to send a gradient through a random z.
const { el } = kit;
const root = element.querySelector(".instrument");
const n = (value, digits = 3) => kit.show(value, digits);
const mu = kit.slider({ label: "μ", min: -3, max: 3, step: 0.01, value: kit.link.number("vae_mu", 1.2), onInput: () => update() });
const logVar = kit.slider({ label: "log σ²", min: -5, max: 2, step: 0.01, value: kit.link.number("vae_log_var", -1.4), onInput: () => update() });
const draws = kit.slider({ label: "Draws per gradient", min: 0, max: 8, step: 1, value: 0, digits: 0, onInput: () => update() });
const densities = el("canvas", { class: "densities", tabindex: 0, role: "img" });
const ledger = el("div", { class: "terms", role: "status" });
const noise = el("canvas", { role: "img" });
const noiseWords = el("div", { role: "status" });

// ---- the densities: drag the top of the curve to move mu and sigma ----------------------------------------------------
const density = (x, m, s) => Math.exp(-0.5 * ((x - m) / s) ** 2) / (s * Math.sqrt(2 * Math.PI));
const WIDE = 5;
let frame = { w: 600, h: 260 };
const px = (x) => ((x + WIDE) / (2 * WIDE)) * frame.w, x = (p) => (p / frame.w) * 2 * WIDE - WIDE;
const paintDensities = () => {
  frame.w = Math.max(260, Math.min(640, densities.parentElement.clientWidth - 4));
  const context = kit.sharp(densities, frame.w, frame.h), style = getComputedStyle(document.body), ink = (name) => style.getPropertyValue(name), s = Math.exp(0.5 * logVar.value);
  const top = 1.1 * Math.max(0.42, density(0, 0, s)), y = (v) => frame.h - 28 - (v / top) * (frame.h - 50);
  context.strokeStyle = ink("--line");
  context.strokeRect(0, y(0), frame.w, 0);
  context.font = "15px system-ui, sans-serif";
  context.textAlign = "center";
  context.fillStyle = ink("--ink-soft");
  for (let t = -4; t <= 4; t += 2) context.fillText(String(t).replace("-", "−"), px(t), frame.h - 8);
  for (const [m, sd, colour] of [[0, 1, ink("--ink-soft")], [mu.value, s, ink("--warm")]]) {
    context.beginPath();
    for (let i = 0; i <= frame.w; i++) context.lineTo(i, y(density(x(i), m, sd)));
    context.strokeStyle = colour;
    context.lineWidth = 3;
    context.stroke();
    context.lineTo(frame.w, y(0));
    context.lineTo(0, y(0));
    context.globalAlpha = 0.14;
    context.fillStyle = colour;
    context.fill();
    context.globalAlpha = 1;
  }
  context.fillStyle = ink("--ink-soft");
  context.fillText("p(z) = N(0, 1)", px(0) - (mu.value >= 0 ? 92 : -92), y(0.36));
  const peak = [px(mu.value), y(density(0, 0, s))];
  context.fillStyle = ink("--warm");
  context.fillText("q(z | x)", peak[0], Math.max(14, peak[1] - 14));
  context.beginPath();
  context.arc(...peak, 8, 0, 2 * Math.PI);
  context.fill();
  densities.setAttribute("aria-label", `q of mean ${n(mu.value, 2)} and standard deviation ${n(s, 2)} over the standard normal; drag, or use the arrow keys: left and right move mu, up and down narrow and widen it`);
};
const drag = (event) => {
  const box = densities.getBoundingClientRect();
  mu.value = Math.max(-3, Math.min(3, x(((event.clientX - box.left) / box.width) * frame.w)));
  if (held) logVar.value = Math.max(-5, Math.min(2, held.logVar + (event.clientY - held.y) / 40)); // pulled down it widens
  update();
};
let held = null;
densities.addEventListener("pointerdown", (event) => { try { densities.setPointerCapture(event.pointerId); } catch { /* made by a script */ } densities.focus({ preventScroll: true }); held = { y: event.clientY, logVar: logVar.value }; drag(event); });
densities.addEventListener("pointermove", (event) => { if (held) drag(event); });
for (const end of ["pointerup", "pointercancel"]) densities.addEventListener(end, () => { held = null; });
densities.addEventListener("keydown", (event) => {
  const step = { ArrowLeft: [-0.05, 0], ArrowRight: [0.05, 0], ArrowUp: [0, -0.05], ArrowDown: [0, 0.05] }[event.key];
  if (!step) return;
  event.preventDefault();
  mu.value = mu.value + step[0];
  logVar.value = logVar.value + step[1];
  update();
});

// ---- the KL's four terms ----------------------------------------------------------------------------------------------
const terms = (m, v) => [["½ μ²", 0.5 * m * m], ["½ σ²", 0.5 * Math.exp(v)], ["−½ log σ²", -0.5 * v], ["−½", -0.5]];
const paintTerms = () => {
  const parts = terms(mu.value, logVar.value), kl = parts.reduce((sum, [, value]) => sum + value, 0), top = 4.5;
  ledger.replaceChildren(...[...parts, ["KL", kl]].map(([name, value]) => el("div", { class: `term ${name === "KL" ? "total" : ""}` },
    el("span", {}, name),
    el("span", { class: "track" }, el("span", { class: value < 0 ? "fill less" : "fill", style: `${value < 0 ? "right" : "left"}:50%;width:${Math.min(50, (50 * Math.abs(value)) / top)}%` })),
    el("span", { class: "number" }, n(value, 3)))),
    el("p", { class: "number" }, `KL = ½ (${n(mu.value ** 2, 2)} + ${n(Math.exp(logVar.value), 2)} − ${logVar.value < 0 ? `(${n(logVar.value, 2)})` : n(logVar.value, 2)} − 1) = ${n(kl, 3)} nats`));
  root.dataset.kl = kl;
};

// ---- the gradient of E[(z - 2)^2] with respect to mu, estimated in two ways ------------------------------------------------
// A loss that pulls z towards 2 stands in for the decoder's; its true gradient is 2 (mu - 2). Seeded: the same noise on every visit.
const normals = (() => { // Box and Muller on mulberry32
  let state = 1;
  const uniform = () => { state = (state + 0x6d2b79f5) | 0; let t = Math.imul(state ^ (state >>> 15), 1 | state); t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t; return ((t ^ (t >>> 14)) >>> 0) / 4294967296; };
  return Float64Array.from({ length: 256 * 400 }, () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()));
})();
const REPEATS = 400;
const estimates = () => {
  const m = mu.value, s = Math.exp(0.5 * logVar.value), count = 2 ** draws.value, through = [], score = [];
  for (let r = 0; r < REPEATS; r++) {
    let a = 0, b = 0;
    for (let k = 0; k < count; k++) {
      const e = normals[256 * r + k], z = m + s * e;
      a += 2 * (z - 2); // the gradient goes through z = mu + sigma eps
      b += (z - 2) ** 2 * (e / s); // the loss weighs the gradient of log q: no path through z is needed
    }
    through.push(a / count);
    score.push(b / count);
  }
  return [["with reparameterisation: 2 (z − 2)", through, "--accent"], ["without: (z − 2)² · ε / σ", score, "--warm"]];
};
const spread = (values) => { const mean = values.reduce((a, b) => a + b, 0) / values.length; return { mean, sd: Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / (values.length - 1)) }; };
const paintNoise = () => {
  const both = estimates(), truth = 2 * (mu.value - 2), width = Math.max(260, Math.min(640, noise.parentElement.clientWidth - 4)), height = 190;
  const context = kit.sharp(noise, width, height), style = getComputedStyle(document.body), ink = (name) => style.getPropertyValue(name);
  const reach = Math.max(4, ...both.map(([, values]) => 3 * spread(values).sd)), at = (g) => width / 2 + ((g - truth) / reach) * (width / 2 - 10);
  context.font = "15px system-ui, sans-serif";
  both.forEach(([words, values, colour], i) => {
    const y = 34 + 78 * i;
    context.fillStyle = ink(colour);
    context.fillText(words, 8, y - 10);
    context.globalAlpha = 0.45;
    values.forEach((g, k) => { if (Math.abs(g - truth) < reach) context.fillRect(at(g) - 1, y + 4 + ((k * 7919) % 40), 2.5, 2.5); });
    context.globalAlpha = 1;
  });
  context.strokeStyle = ink("--good");
  context.lineWidth = 2;
  context.strokeRect(width / 2, 24, 0, height - 50);
  context.fillStyle = ink("--ink-soft");
  context.textAlign = "center";
  context.fillText(`true gradient ${n(truth, 2)}`, width / 2, height - 6);
  const [a, b] = both.map(([, values]) => spread(values));
  noise.setAttribute("aria-label", `400 estimates each of a gradient of ${n(truth, 2)}: with reparameterisation their standard deviation is ${n(a.sd, 2)}, without ${n(b.sd, 2)}`);
  noiseWords.replaceChildren(el("p", {}, `400 gradients of ${2 ** draws.value} ${draws.value ? "draws" : "draw"} each scatter by `, el("b", { class: "number with" }, n(a.sd, 2)), " with the reparameterisation and by ", el("b", { class: "number without" }, n(b.sd, 2)), ` without: ${n(b.sd / a.sd, 1)} times the noise, ${n((b.sd / a.sd) ** 2, 0)} times the draws for the same precision.`));
  Object.assign(root.dataset, { with: a.sd, without: b.sd });
};
const update = () => {
  draws.element.querySelector("output").textContent = String(2 ** draws.value);
  draws.input.setAttribute("aria-valuetext", `${2 ** draws.value} draws`);
  paintDensities();
  paintTerms();
  paintNoise();
};
root.append(el("div", { class: "two" },
  el("div", {}, densities, el("div", {}, mu.element, logVar.element)),
  el("div", {}, ledger)),
  el("div", { class: "two" },
    el("div", {}, el("h4", {}, "Each dot is one estimate of ∂/∂μ of E[(z − 2)²]"), noise),
    el("div", {}, draws.element, noiseWords)));
for (const [slider, name] of [[mu, "vae_mu"], [logVar, "vae_log_var"]]) slider.input.addEventListener("change", () => kit.link.set({ [name]: slider.value }));
kit.onTheme(update);
new ResizeObserver(() => { if (root.clientWidth) update(); }).observe(root);
