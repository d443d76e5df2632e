// The ELBO's ledger: what each pixel and each dimension of one picture costs, in nats, and what simpler answers would cost.
const { el } = kit;
const root = element.querySelector(".instrument");
const notice = kit.notice();
const n = (value, digits = 1) => kit.show(value, digits);
const names = () => props.classes[network.value.includes("fashion") ? "fashion" : "digits"];
const network = kit.choice({ label: "Network", options: props.networks, value: kit.link.get("vae_ledger", "vae"), onInput: () => { chooser.rename(names()); ask(); } });
const seed = kit.whole({ label: "Seed of ε", value: 0, onInput: () => ask() });
const chooser = kit.source({ label: "Picture", examples: props.examples, classes: names(), digit: kit.link.number("vae_digit", 7) % 10, width: 180, onInput: () => ask() });
const made = kit.picture({ label: "decoded from z", width: 196 });
const heat = el("canvas", { width: 28, height: 28, class: "picture heat", tabindex: 0, role: "img", "aria-label": "nats of each pixel; arrow keys read one out" });
const heatWords = el("figcaption", { role: "status" }, "nats per pixel");
const sum = el("div", { class: "sum", role: "status" });
const bars = el("canvas", { role: "img", "aria-label": "KL of each dimension" });
const baselines = el("div", { class: "baselines" });
const spread = el("canvas", { role: "img", "aria-label": "the test set's distribution" });
const spreadWords = el("p", { class: "soft" });
const place = el("div", { class: "panel kl-place" }, el("h4", {}, "KL of each dimension, largest first"), bars);
let last = null, at = [14, 14];

const ramp = (share) => { // dark to light through the warm colour, on the screen's black
  const stops = [[8, 10, 18], [120, 40, 20], [235, 120, 30], [255, 240, 190]], x = Math.min(0.9999, Math.max(0, share)) * 3, i = Math.floor(x), t = x - i;
  return stops[i].map((c, k) => c + t * (stops[i + 1][k] - c));
};
const paintHeat = () => {
  const context = heat.getContext("2d"), image = context.createImageData(28, 28);
  const top = Math.max(0.7, ...last.nats);
  last.nats.forEach((value, i) => { const [r, g, b] = ramp(value / top); image.data.set([r, g, b, 255], 4 * i); });
  context.putImageData(image, 0, 0);
  heatWords.textContent = `nats per pixel, up to ${n(Math.max(...last.nats), 2)}`;
};
const readPixel = () => {
  const i = 28 * at[1] + at[0];
  heatWords.textContent = `pixel (${at[0]}, ${at[1]}): grey ${(last.grey[i] / 255).toFixed(2)}, decoded ${(last.out[i] / 255).toFixed(2)}, ${n(last.nats[i], 2)} nats`;
};
heat.addEventListener("pointermove", (event) => {
  if (!last) return;
  const box = heat.getBoundingClientRect(), inside = (v) => Math.max(0, Math.min(27, Math.floor(28 * v)));
  at = [inside((event.clientX - box.left) / box.width), inside((event.clientY - box.top) / box.height)];
  readPixel();
});
heat.addEventListener("pointerleave", () => last && paintHeat());
heat.addEventListener("keydown", (event) => {
  const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
  if (!step || !last) return;
  event.preventDefault();
  at = at.map((v, j) => Math.max(0, Math.min(27, v + step[j])));
  readPixel();
});

const paintBars = () => {
  if (!last) return;
  const sorted = [...last.kl].sort((a, b) => b - a), width = Math.max(240, place.clientWidth - 30), height = 150, top = Math.max(...sorted, 0.1);
  const context = kit.sharp(bars, width, height), style = getComputedStyle(document.body), step = (width - 40) / sorted.length;
  context.font = "15px system-ui, sans-serif";
  context.fillStyle = style.getPropertyValue("--ink-soft");
  context.textAlign = "right";
  context.fillText(n(top, 1), 34, 16);
  context.fillText("0", 34, height - 6);
  sorted.forEach((value, i) => {
    context.fillStyle = style.getPropertyValue(value > 0.01 ? "--accent" : "--line");
    const tall = Math.max(1.5, ((height - 14) * value) / top);
    context.fillRect(40 + i * step, height - tall - 4, Math.max(2, step - 2), tall);
  });
  bars.setAttribute("aria-label", `KL of each dimension, largest first: ${sorted.map((v) => v.toFixed(2)).join(", ")} nats`);
};
const paintBaselines = () => {
  const rows = [
    ["this network: reconstruction + KL", last.total, "--accent"],
    ["the mean training picture, no code at all", last.mean_picture, "--ink-soft"],
    ["the best constant grey for this picture", last.constant, "--ink-soft"],
    ["floor: the grey pixels' own entropy", last.floor, "--good"],
  ].filter(([, value]) => value != null);
  const top = Math.max(...rows.map(([, value]) => value));
  baselines.replaceChildren(...rows.map(([words, value, colour]) => el("div", { class: "baseline" },
    el("span", {}, words), el("span", { class: "number" }, `${n(value)} nats`),
    el("span", { class: "track" }, el("span", { class: "fill", style: `width:${(100 * value) / top}%;background:var(${colour})` })))));
};
const paintSpread = () => {
  const test = last && last.test && last.test.total;
  spread.hidden = !test;
  if (!test) { spreadWords.textContent = "The test set's distribution was not measured for this network."; return; }
  const width = Math.max(240, spread.parentElement.clientWidth - 30), height = 130, most = Math.max(...test.counts), style = getComputedStyle(document.body);
  const context = kit.sharp(spread, width, height), x = (nats) => ((nats - test.from) / (test.to - test.from)) * (width - 10) + 5, step = (width - 10) / test.counts.length;
  context.fillStyle = style.getPropertyValue("--ink-soft");
  context.globalAlpha = 0.55;
  test.counts.forEach((count, i) => { const tall = ((height - 28) * count) / most; context.fillRect(5 + i * step, height - 22 - tall, step - 1, tall); });
  context.globalAlpha = 1;
  const here = Math.min(width - 5, x(last.total));
  context.fillStyle = style.getPropertyValue("--warm");
  context.fillRect(here - 1.5, 0, 3, height - 20);
  context.fillStyle = style.getPropertyValue("--ink-soft");
  context.font = "15px system-ui, sans-serif";
  context.fillText("0", 2, height - 4);
  context.textAlign = "right";
  context.fillText(`${n(test.to, 0)} nats`, width - 4, height - 4);
  let below = 0, all = 0;
  test.counts.forEach((count, i) => { all += count; if (test.from + ((i + 0.5) / test.counts.length) * (test.to - test.from) < last.total) below += count; });
  spreadWords.textContent = `This picture costs more than ${((100 * below) / all).toFixed(0)}% of the test set, whose mean is ${n(test.mean)} nats.`;
};
const show = (answer) => {
  last = { ...answer, nats: kit.floats(answer.nats), grey: kit.bytes(answer.seen), out: kit.bytes(answer.picture) };
  chooser.seen.show(last.grey);
  made.show(last.out);
  paintHeat();
  const kl = answer.kl.reduce((a, b) => a + b, 0);
  sum.replaceChildren(
    el("p", { class: "formula" }, "−ELBO = −Σ [x log x̂ + (1 − x) log(1 − x̂)] + Σ ½ (μ² + σ² − log σ² − 1)"),
    el("p", { class: "number formula" }, `${n(answer.total)} = ${n(answer.reconstruction)} + ${n(kl)} nats`),
    el("p", { class: "soft" }, `reconstruction over 784 pixels: ${n(answer.reconstruction / 784, 3)} each; KL over ${answer.kl.length} dimensions, ${answer.kl.filter((v) => v > 0.01).length} of them above 0.01`));
  paintBars();
  paintBaselines();
  paintSpread();
  root.dataset.total = answer.total;
};
const askLedger = kit.live(server.ledger, show, notice.say);
const ask = () => { kit.link.set({ vae_ledger: network.value }); askLedger({ source: chooser.source, network: network.value, seed: seed.value }); };

root.append(
  el("div", { class: "row controls" }, network.element, seed.element), notice.element,
  el("div", { class: "top" }, el("div", { class: "panel" }, chooser.element),
    el("div", { class: "middle" },
      el("div", { class: "row pictures" }, made.figure, el("figure", { class: "figure" }, heat, heatWords)),
      sum,
      el("div", { class: "panel" }, el("h4", {}, "What other answers would cost"), baselines)),
    el("div", { class: "right" }, place,
      el("div", { class: "panel" }, el("h4", {}, "Among the test set's pictures"), spread, spreadWords))),
);
kit.onTheme(() => { paintBars(); paintSpread(); });
new ResizeObserver(() => { paintBars(); if (last) paintSpread(); }).observe(place);
kit.whenSeen(root, ask);
