// Are the codes useful: accuracy by number of labels; and the sparse code as bars, each with what it draws.
const root = element.querySelector(".instrument");
const { el } = kit;
const notice = kit.notice();
notice.say("");

const STYLE = { pca: ["pca", 4, null], autoencoder: ["ae", 1, null], "denoising-autoencoder": ["ae", 5, [8, 5]], "sparse-autoencoder": ["good", 2, null], vae: ["vae", 0, null], pixels: ["ink", 9, [3, 4]] };
let found = null, now = 100;
const method = kit.choice({ label: "classifier on the codes", options: [["knn", "nearest neighbours"], ["linear", "linear probe (softmax regression)"]], value: kit.link.get("latents_probe", "knn"), onInput: (value) => { kit.link.set({ latents_probe: value }); show(); } });
if (!method.value) method.value = "knn";
const plot = kit.lines({ label: "accuracy against the number of labelled digits", height: 320, x: { label: "labelled digits", log: true, ticks: [10, 100, 1000, 10000, 60000] }, y: { label: "accuracy on test digits", percent: true, high: 1 }, onCursor: (labels) => { now = labels; plot.cursor(labels); say(); } });
const reading = el("p", { class: "share", "aria-live": "polite" });
const say = () => {
  const ranked = Object.values(found.spaces).map((space) => [space.title, space[method.value].find((row) => row.labels === now)]).filter(([, row]) => row).sort((a, b) => b[1].accuracy - a[1].accuracy);
  reading.textContent = `${now.toLocaleString("en")} labels: ${ranked.map(([title, row]) => `${title}: ${(100 * row.accuracy).toFixed(1)} %`).join("; ")}.`;
};
const show = () => {
  if (!found) return;
  plot.show(Object.entries(found.spaces).map(([name, space]) => {
    const [kind, mark, dash] = STYLE[name] || ["ink", 0, null], rows = space[method.value];
    return { name: space.title, kind, mark, dash, points: rows.map((row) => [row.labels, row.accuracy]), band: rows.filter((row) => row.high > row.low).map((row) => [row.labels, row.low, row.high]) };
  }), { cursor: now });
  say();
};
server.probe().then((answer) => { if (answer.error) return notice.say(answer.error); found = answer; show(); });
root.append(notice.element, el("div", { class: "row tools" }, method.element), plot.element, reading);

// ---- the code as bars ----------------------------------------------------------------------------------------------
if (props.networks.length) {
  const network = kit.choice({ label: "network", options: props.networks, value: props.networks[0][0], onInput: () => ask() });
  const pad = kit.pad({ label: "Your digit", width: 184, strokes: props.examples[props.start], examples: props.examples, onInput: () => ask() });
  const bars = el("canvas", { role: "img", "aria-label": "the numbers of the code as bars" }), box = el("div", { class: "bar-box" }, bars);
  const out = kit.picture({ label: "rebuilt", width: 112 }), words = el("p", { class: "share" });
  const parts = Array.from({ length: 8 }, () => {
    const canvas = el("canvas", { width: 28, height: 28, class: "picture", role: "img" }), caption = el("figcaption");
    canvas.style.width = "76px";
    return { canvas, caption, figure: el("figure", { class: "figure" }, canvas, caption) };
  });
  let last = null;
  const paint = () => {
    const width = box.clientWidth;
    if (!last || !width) return;
    const height = 130, g = kit.sharp(bars, width, height), code = last.code, top = Math.max(1e-6, ...code.map(Math.abs)), signed = code.some((v) => v < 0), zero = signed ? height / 2 : height - 2, step = width / code.length;
    code.forEach((v, i) => {
      const high = (v / top) * (signed ? height / 2 - 3 : height - 6);
      g.fillStyle = kit.methodColour(last.units.includes(i) ? "--warm" : "--ink-soft");
      g.fillRect(i * step + 0.5, zero - Math.max(0, high), Math.max(1, step - 1), Math.max(1, Math.abs(high)));
    });
    g.strokeStyle = kit.methodColour("--line");
    g.strokeRect(0, zero, width, 0);
    const pictures = kit.floats(last.difference);
    parts.forEach((part, k) => {
      if (k >= last.units.length) return;
      kit.paintSigned(part.canvas, pictures.subarray(784 * k, 784 * (k + 1)), 1);
      part.caption.textContent = `number ${last.units[k] + 1}`;
      part.canvas.setAttribute("aria-label", `what number ${last.units[k] + 1} of the code adds to the picture`);
    });
  };
  const call = kit.live(server.strokes_of, (answer) => {
    last = answer;
    out.show(answer.picture);
    words.textContent = `${answer.active} of ${answer.code.length} numbers above 1 % of the largest. MSE ${answer.mse.toFixed(4)}.`;
    paint();
  }, notice.say);
  const ask = () => call({ picture: pad.value, network: network.value });
  new ResizeObserver(paint).observe(box);
  kit.onTheme(paint);
  root.append(el("h3", {}, "Few numbers, each a stroke: the sparse code"), el("div", { class: "row tools" }, network.element),
    el("div", { class: "desk" }, pad.element, el("div", { class: "code" }, box, words), out.figure),
    el("p", { class: "soft" }, "What each of the eight largest numbers draws: the picture with it, less the picture without it (orange adds ink, blue takes it away)."),
    el("div", { class: "row parts" }, parts.map((part) => part.figure)));
  ask();
}
