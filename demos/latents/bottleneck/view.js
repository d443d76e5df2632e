// One's own digit through every layer of the lecture's autoencoder: 784 -> 14 x 14 -> 7 x 7 -> the code -> back to 784.
const root = element.querySelector(".instrument");
const { el } = kit;
const notice = kit.notice();
notice.say("");
let changes = {}, code = [], moved = [], chosen = 0, limit = 1;

const network = kit.choice({ label: "network", options: props.networks, value: props.networks[0][0], onInput: () => { changes = {}; ask(); } });
const pad = kit.pad({ label: "Your digit", width: 160, strokes: props.examples[props.start], examples: props.examples, onInput: () => { changes = {}; ask(); } });
const seen = kit.picture({ label: "784 in", width: 84 }), made = kit.picture({ label: "784 out", width: 84 });

// Feature maps as one sheet: `across` maps in a row, each side x side.
const maps = (label, side, count, across, width) => {
  const canvas = el("canvas", { width: across * (side + 1) - 1, height: Math.ceil(count / across) * (side + 1) - 1, class: "maps", role: "img", "aria-label": label });
  canvas.style.width = `${width}px`;
  return {
    figure: el("figure", { class: "figure" }, canvas, el("figcaption", {}, label)),
    show: (base64) => {
      const bytes = kit.bytes(base64), g = canvas.getContext("2d"), image = g.createImageData(canvas.width, canvas.height);
      for (let i = 0; i < bytes.length; i++) {
        const m = Math.floor(i / (side * side)), inside = i % (side * side);
        const x = (m % across) * (side + 1) + (inside % side), y = Math.floor(m / across) * (side + 1) + Math.floor(inside / side), to = 4 * (y * canvas.width + x);
        image.data[to] = image.data[to + 1] = image.data[to + 2] = bytes[i];
        image.data[to + 3] = 255;
      }
      g.putImageData(image, 0, 0);
    },
  };
};
const wide = maps("16 × 14 × 14", 14, 16, 4, 104), narrow = maps("32 × 7 × 7", 7, 32, 4, 56);
const small = maps("32 × 7 × 7", 7, 32, 4, 56), large = maps("16 × 14 × 14", 14, 16, 4, 104);

// The code as bars: click or arrow keys choose one, the slider moves it.
const bars = el("canvas", { class: "bars", tabindex: 0, role: "slider", "aria-label": "the numbers of the code; arrow keys choose one" });
const barBox = el("div", { class: "bar-box" }, bars);
const value = kit.slider({ label: "number 1", min: -10, max: 10, step: 0.1, value: 0, digits: 1, onInput: (v) => { changes[chosen] = v; ask(); } });
const undo = kit.button("as it was", () => { changes = {}; ask(); });
const paintBars = () => {
  const width = barBox.clientWidth;
  if (!width || !code.length) return;
  const height = 132, g = kit.sharp(bars, width, height), step = width / code.length;
  g.strokeStyle = kit.methodColour("--line");
  g.strokeRect(0, height / 2, width, 0);
  moved.forEach((v, i) => {
    const high = (v / limit) * (height / 2 - 4);
    g.fillStyle = kit.methodColour(i === chosen ? "--accent" : i in changes ? "--warm" : "--ink-soft");
    g.fillRect(i * step + 0.5, height / 2 - Math.max(0, high), Math.max(1, step - 1), Math.max(1, Math.abs(high)));
    if (i === chosen) { g.strokeStyle = kit.methodColour("--accent"); g.lineWidth = 2; g.strokeRect(i * step, 1, step, height - 2); }
  });
};
const select = (i) => {
  chosen = Math.max(0, Math.min(code.length - 1, i));
  value.element.querySelector("label").textContent = `number ${chosen + 1} of the code`;
  value.input.min = -Math.ceil(1.5 * limit);
  value.input.max = Math.ceil(1.5 * limit);
  value.value = moved[chosen] ?? 0;
  bars.setAttribute("aria-valuenow", chosen + 1);
  bars.setAttribute("aria-valuetext", `number ${chosen + 1}: ${kit.show(moved[chosen], 1)}`);
  paintBars();
};
bars.addEventListener("pointerdown", (event) => select(Math.floor(((event.clientX - bars.getBoundingClientRect().left) / bars.clientWidth) * code.length)));
bars.addEventListener("keydown", (event) => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (step) { event.preventDefault(); select(chosen + step); }
});
new ResizeObserver(paintBars).observe(barBox);
kit.onTheme(paintBars);

const error = el("p", { class: "share" });
const losses = el("div", { class: "row losses" });
const twins = {};
const call = kit.live(server.squeeze, (answer) => {
  seen.show(answer.seen);
  wide.show(answer.wide); narrow.show(answer.narrow); small.show(answer.small); large.show(answer.large);
  made.show(answer.picture);
  const first = !code.length || code.length !== answer.code.length;
  code = answer.code;
  moved = answer.moved;
  limit = Math.max(1e-3, ...code.map(Math.abs), ...moved.map(Math.abs));
  if (first || !(chosen in changes)) select(first ? code.indexOf(Math.max(...code)) : chosen); else paintBars();
  error.textContent = `784 → ${code.length} → 784: ${(784 / code.length).toFixed(1)} times fewer numbers. MSE ${answer.mse.toFixed(4)}${Object.keys(changes).length ? `, with ${Object.keys(changes).length} number${Object.keys(changes).length > 1 ? "s" : ""} of the code changed` : ""}.`;
  for (const [name, loss] of Object.entries(answer.losses)) {
    if (!twins[name]) {
      const picture = kit.picture({ label: name === "autoencoder-bce" ? "trained under BCE" : "trained under MSE", width: 112 });
      const words = el("p", { class: "number" });
      twins[name] = { picture, words };
      losses.append(el("div", { class: "twin" }, picture.figure, words));
    }
    twins[name].picture.show(loss.picture);
    twins[name].words.textContent = `MSE ${loss.mse.toFixed(4)}, BCE ${loss.bce.toFixed(4)} nats a pixel`;
  }
  losses.hidden = Object.keys(answer.losses).length < 2;
}, notice.say);
const ask = () => call({ picture: pad.value, network: network.value, changes });
const arrow = () => el("span", { class: "arrow", "aria-hidden": "true" }, "→");
root.append(notice.element, el("div", { class: "row tools" }, network.element),
  el("div", { class: "line" }, pad.element, arrow(), seen.figure, arrow(), wide.figure, arrow(), narrow.figure, arrow(),
    el("div", { class: "code" }, barBox, el("p", { class: "caption" }, "the code"), value.element, undo), arrow(), small.figure, arrow(), large.figure, arrow(), made.figure),
  error, el("h4", {}, "The loss is a choice: the same layers under MSE and under BCE"), losses);
ask();
