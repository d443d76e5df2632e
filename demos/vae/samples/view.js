// Sample the prior: the same codes z ~ N(0, T² I) through two networks side by side, and what a classifier says of them.
const { el } = kit;
const root = element.querySelector(".instrument");
const notice = kit.notice();
const counts = [["16", "4 × 4"], ["64", "8 × 8"], ["256", "16 × 16"]];
const seed = kit.whole({ label: "Seed", min: 0, max: 2147483647, value: kit.link.number("vae_seed", 0), onInput: () => ask() });
const next = kit.button("Next seed", () => { seed.value = seed.value + 1; ask(); }, { kind: "main" });
const temperature = kit.slider({ label: "Temperature", min: 0, max: 2, step: 0.01, value: kit.link.number("vae_temperature", 1), onInput: () => ask() });
const count = kit.choice({ label: "Grid", options: counts, value: kit.link.get("vae_count", "64"), onInput: () => ask() });
const marks = kit.toggle({ label: "Mark what is not among real pictures", value: false, onInput: () => panes.forEach((pane) => pane.paint()) });

const datasetOf = (name) => (name.includes("fashion") ? "fashion" : "digits");
const percent = (share) => `${(100 * share).toFixed(0)}%`;
const pane = (side, start) => {
  const network = kit.choice({ label: side ? "The same seed through" : "Network", options: props.networks, value: start, onInput: () => ask() });
  const canvas = el("canvas", { class: "samples", role: "img", "aria-label": "decoded samples" });
  const share = el("p", { class: "share number", role: "status" }), classes = el("div", { class: "bars", role: "img" });
  const note = el("p", { class: "soft note" }), measured = el("p", { class: "soft note" });
  let last = null;
  const paint = () => {
    if (!last) return;
    const side = Math.round(Math.sqrt(last.count)), gap = 1, cell = 28 + gap;
    canvas.width = canvas.height = side * cell + gap;
    const context = canvas.getContext("2d"), image = context.createImageData(28, 28);
    context.fillStyle = getComputedStyle(document.body).getPropertyValue("--line");
    context.fillRect(0, 0, canvas.width, canvas.height);
    for (let i = 0; i < last.count; i++) {
      for (let p = 0; p < 784; p++) { image.data[4 * p] = image.data[4 * p + 1] = image.data[4 * p + 2] = last.bytes[784 * i + p]; image.data[4 * p + 3] = 255; }
      const x = gap + (i % side) * cell, y = gap + Math.floor(i / side) * cell;
      context.putImageData(image, x, y);
      if (marks.value && last.inside && !last.inside[i]) {
        context.strokeStyle = "#ff8a3d";
        context.lineWidth = 2;
        context.strokeRect(x + 1, y + 1, 26, 26);
      }
    }
  };
  const show = (answer) => {
    last = { count: answer.count, bytes: kit.bytes(answer.pictures), inside: answer.judge && kit.bytes(answer.judge.inside) };
    paint();
    canvas.setAttribute("aria-label", `${answer.count} samples of ${answer.network}`);
    if (answer.judge) verdict(answer.judge);
    else if (!answer.asked) { share.classList.remove("measured"); share.textContent = "No classifier beside this network: recognisability is not measured."; classes.replaceChildren(); }
    const table = props.quality[answer.network], real = props.real[datasetOf(answer.network)];
    measured.textContent = table ? `On ${table.samples.toLocaleString("en")} samples at temperature 1: ${percent(table.among)} among real pictures, ${percent(table.share)} recognised, Fréchet distance ${table.frechet.toPrecision(2)}.${real ? ` Real pictures themselves: ${percent(real.among)}, ${percent(real.share)}, ${real.frechet.toPrecision(2)}.` : ""}` : "";
  };
  const verdict = (judge) => {
    if (last) { last.inside = kit.bytes(judge.inside); paint(); }
    const n = last.inside.length;
    share.classList.add("measured");
    share.textContent = judge.among == null ? `${(100 * judge.share).toFixed(0)}% recognised` : `${(100 * judge.among).toFixed(0)}% among real pictures`;
    const favourite = judge.histogram.indexOf(Math.max(...judge.histogram)), one = judge.histogram[favourite] / n > 0.6 && judge.share > 0.5;
    note.textContent = `${Math.round(judge.share * n)} of ${n} recognised: the classifier ${judge.name} is more than 0.9 sure${one ? `, but of “${props.classes[judge.dataset][favourite]}” nearly every time; a softmax must answer something` : ""}. The classes it sees:`;
    const top = Math.max(...judge.histogram);
    classes.setAttribute("aria-label", `classes of the samples: ${judge.histogram.map((c, k) => `${props.classes[judge.dataset][k]} ${c}`).join(", ")}`);
    classes.replaceChildren(...judge.histogram.map((c, k) => {
      const column = el("div", { class: "column", title: `${props.classes[judge.dataset][k]}: ${c}` });
      const stick = el("div", { class: "stick", style: `height:${(44 * c) / top}px;background:${kit.classColour(k)}` });
      column.append(stick, el("span", {}, judge.dataset === "digits" ? String(k) : props.classes[judge.dataset][k].slice(0, 3)));
      return column;
    }));
  };
  return { element: el("div", { class: "panel pane" }, network.element, el("div", { class: "pane-body" }, canvas, el("div", { class: "pane-words" }, share, note, classes, measured))), network, show, paint };
};
const names = props.networks.map(([name]) => name);
const panes = [
  pane(0, names.includes(kit.link.get("vae_sampler")) ? kit.link.get("vae_sampler") : "vae"),
  pane(1, names.includes("vae-beta-0") ? "vae-beta-0" : "autoencoder"),
];

let rests = null;
const request = (judge) => ({ count: Number(count.value), seed: seed.value, networks_shown: panes.map((p) => p.network.value), temperature: temperature.value, judge });
const askAll = kit.live(server.grid, (answer) => answer.shown.forEach((shown, i) => panes[i].show({ ...shown, count: answer.count, asked: !answer.judged })), notice.say);
const ask = () => { // the pictures follow the slider; the classifier is asked when it rests
  askAll(request(false));
  clearTimeout(rests);
  rests = setTimeout(() => {
    askAll(request(true));
    kit.link.set({ vae_seed: seed.value, vae_temperature: temperature.value, vae_count: count.value, vae_sampler: panes[0].network.value });
  }, 150);
};
// ---- every network, as measured ---------------------------------------------------------------------------------------
const table = () => {
  const rows = ["digits", "fashion"].flatMap((dataset) => {
    const measured = props.networks.filter(([name]) => props.quality[name] && datasetOf(name) === dataset).map(([name, words]) => [words, props.quality[name]]);
    if (props.real[dataset]) measured.push([dataset === "digits" ? "real test digits" : "real test garments", props.real[dataset]]);
    return measured.sort((a, b) => b[1].among - a[1].among);
  });
  if (!rows.length) return null;
  return el("details", {}, el("summary", {}, `All networks, ${rows[0][1].samples.toLocaleString("en")} samples each`), el("div", { class: "scroll" }, el("table", {},
    el("thead", {}, el("tr", {}, ["network", "among real pictures", "recognised (> 0.9 sure)", "Fréchet distance", "classes seen: share of the most frequent"].map((t) => el("th", { scope: "col" }, t)))),
    el("tbody", {}, rows.map(([words, q]) => el("tr", {}, el("td", {}, words), el("td", {}, percent(q.among)), el("td", {}, percent(q.share)), el("td", {}, q.frechet.toPrecision(2)), el("td", {}, percent(Math.max(...q.histogram) / q.samples))))))));
};
root.append(el("div", { class: "row controls" }, seed.element, next, temperature.element, count.element, marks.element), notice.element,
  el("div", { class: "panes" }, panes.map((p) => p.element)), ...[table()].filter(Boolean));
kit.onTheme(() => panes.forEach((p) => p.paint()));
kit.whenSeen(root, ask);
