// Leave the data: what networks make of scribbles, letters, two digits, an empty page, pure noise.
const root = element.querySelector(".instrument");
const { el } = kit;
const store = kit.shared("denoise"), state = store.state;

let chosen = "smiley", picture = null;
const pad = kit.pad({
  label: "Draw anything",
  width: 196,
  strokes: props.strangers[chosen],
  onInput: (value) => {
    chosen = null;
    picture = value;
    update();
  },
});
const noiseURL = (seed) => { // pure noise, 28 x 28, the same for the same seed
  let s = seed >>> 0;
  const random = () => {
    s = (s + 0x6d2b79f5) | 0;
    let t = Math.imul(s ^ (s >>> 15), 1 | s);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const canvas = el("canvas", { width: 28, height: 28 });
  kit.paint(canvas, Uint8Array.from({ length: 784 }, () => Math.floor(256 * random())));
  return { canvas, url: canvas.toDataURL("image/png") };
};
const choose = (name) => {
  chosen = name;
  if (name === "pure noise") {
    const { canvas, url } = noiseURL(state.seed + 1);
    pad.put(canvas, url);
  } else {
    pad.set(name === "the drawing above" ? state.strokes || [] : props.strangers[name]);
    picture = name === "the drawing above" ? state.picture : pad.value;
  }
  chosen = name;
  update();
};
const buttons = [...Object.keys(props.strangers), "pure noise", "the drawing above"].map((name) =>
  kit.button(name, () => choose(name))
);
const seen = kit.picture({ label: "What they see (no noise)", width: 116 });
const outputs = el("div", { class: "outputs" });
const made = new Map();
const scale = el("canvas", { class: "meter", role: "img" });
const verdict = el("p", { class: "verdict" });
const notice = kit.notice();
root.append(
  el("div", { class: "row choices", role: "group", "aria-label": "Pictures that are no digits" }, buttons),
  el(
    "div",
    { class: "unlike" },
    pad.element,
    el(
      "div",
      { class: "side" },
      el("div", { class: "outputs" }, seen.figure, el("div", { class: "arrow", "aria-hidden": "true" }, "→"), outputs),
      verdict,
      scale,
    ),
  ),
  notice.element,
);

let last = null;
const drawMeter = () => {
  if (!last) return;
  const width = Math.max(240, scale.parentElement.clientWidth), height = 96, q = props.quantiles;
  const context = kit.sharp(scale, width, height), style = getComputedStyle(root);
  const ink = style.getPropertyValue("--ink"),
    soft = style.getPropertyValue("--ink-soft"),
    accent = style.getPropertyValue("--accent"),
    warm = style.getPropertyValue("--warm");
  const low = Math.log10(q[1] / 4), high = Math.log10(Math.max(0.4, q[100] * 4));
  const x = (error) =>
    10 + (width - 20) * Math.max(0, Math.min(1, (Math.log10(Math.max(error, 1e-9)) - low) / (high - low)));
  context.clearRect(0, 0, width, height);
  // the test digits: between two percentiles there are as many of them, so narrow means dense
  for (let i = 1; i < 100; i++) {
    const a = x(q[i]), b = x(q[i + 1]), tall = Math.min(34, 60 / Math.max(1, b - a));
    context.fillStyle = accent;
    context.globalAlpha = 0.75;
    context.fillRect(a, 58 - tall, Math.max(1, b - a - 0.5), tall);
  }
  context.globalAlpha = 1;
  context.strokeStyle = soft;
  context.beginPath();
  context.moveTo(10, 58);
  context.lineTo(width - 10, 58);
  context.stroke();
  const at = x(last.distance);
  context.fillStyle = last.percentile > 99 ? warm : ink;
  context.beginPath();
  context.moveTo(at, 57);
  context.lineTo(at - 9, 76);
  context.lineTo(at + 9, 76);
  context.fill();
  context.font = "15px system-ui, sans-serif";
  context.fillStyle = soft;
  context.textAlign = "left";
  context.fillText("small error", 10, 92);
  context.textAlign = "right";
  context.fillText("large error", width - 10, 92);
  context.textAlign = "center";
  context.fillText("10,000 test digits", Math.min(width - 80, Math.max(80, x(q[50]))), 16);
};
const show = (result) => {
  last = result;
  seen.show(result.seen);
  for (const [name, pixels, error] of result.made) {
    if (!made.has(name)) {
      const one = kit.picture({ label: props.labels[name], width: 104 });
      outputs.append(one.figure);
      made.set(name, one);
    }
    made.get(name).show(pixels);
  }
  const p = result.percentile;
  verdict.textContent = p > 99.5
    ? "Unlike the training data: rebuilt worse than 99.5 % of the test digits."
    : `Rebuilt worse than ${p.toFixed(0)} % of the test digits` + (p > 90
      ? ": unusual."
      : p < 1
      ? ": as easy as the easiest. The meter only sees the error: it is fooled by what is easy to copy."
      : ": by this measure, it might be a digit.");
  scale.setAttribute(
    "aria-label",
    `Reconstruction error ${result.distance.toFixed(4)}, larger than that of ${
      p.toFixed(1)
    } percent of the test digits`,
  );
  drawMeter();
  for (const button of buttons) button.setAttribute("aria-pressed", String(button.textContent === chosen));
};
const ask = kit.live(server.unlike_live, show, notice.say);
const update = () => ask({ picture: picture || pad.value });
store.follow(root, () => {
  if (chosen === "the drawing above") choose(chosen);
  else update();
});
kit.onTheme(drawMeter);
new ResizeObserver(drawMeter).observe(scale.parentElement);
