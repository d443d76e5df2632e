// Arithmetic on codes: a - b + c, thicker, leaning; and the bench of twenty equations with its failures.
const { el } = kit;
const root = element.querySelector(".instrument");
const notice = kit.notice();
const n = (value, digits = 1) => kit.show(value, digits);
const names = props.classes.digits;
const network = kit.choice({ label: "Network", options: props.networks, value: kit.link.get("vae_algebra", props.networks[0][0]), onInput: () => { fillBench(); ask(); } });
const term = (label, kind, digit, kinds) => kit.source({ label, kind, digit, kinds, examples: props.examples, classes: names, width: 160, onInput: () => ask() });
const terms = [
  term("a", "drawn", 5, ["drawn", "picked", "mean", "sampled"]),
  term("b", "mean", 5, ["mean", "picked", "drawn", "sampled"]),
  term("c", "mean", 3, ["mean", "picked", "drawn", "sampled"]),
];
const decoded = ["a", "b", "c", "a − b + c"].map((label, i) => kit.picture({ label, width: i === 3 ? 196 : 168 }));
const thicker = kit.slider({ label: "Thicker by", min: -2, max: 2, step: 0.05, value: 0, unit: "pixels", onInput: () => ask() });
const leaning = kit.slider({ label: "Leaning by", min: -45, max: 45, step: 1, digits: 0, value: 0, unit: "degrees", onInput: () => ask() });
const words = el("p", { role: "status", class: "verdict" });
const bars = el("div", { class: "bars", role: "img" });

const show = (answer) => {
  answer.pictures.forEach((bytes, i) => decoded[i].show(bytes));
  const p = answer.probabilities;
  words.replaceChildren(...(p ? ["The classifier says ", el("b", { class: "number" }, names[p.indexOf(Math.max(...p))]), ` (${(100 * Math.max(...p)).toFixed(0)}%). `] : []),
    "Measured on the picture: stroke ", el("b", { class: "number" }, `${n(answer.thickness, 2)} pixels`), ", slant ", el("b", { class: "number" }, `${n(answer.slant, 0)}°`), `; |z| = ${n(answer.length, 2)}.`);
  if (p) {
    bars.setAttribute("aria-label", p.map((v, k) => `${names[k]} ${(100 * v).toFixed(0)}%`).join(", "));
    bars.replaceChildren(...p.map((v, k) => el("div", { class: "column" }, el("div", { class: "stick", style: `height:${56 * v + 1}px;background:${kit.classColour(k)}` }), el("span", {}, names[k]))));
  }
  root.dataset.length = answer.length;
};
const askEquation = kit.live(server.equation, show, notice.say);
const ask = () => {
  const measured = (props.directed || []).includes(network.value);
  for (const slider of [thicker, leaning]) { slider.input.disabled = !measured; if (!measured) slider.value = 0; }
  kit.link.set({ vae_algebra: network.value });
  askEquation({ a: terms[0].source, b: terms[1].source, c: terms[2].source, network: network.value, thicker: thicker.value, leaning: leaning.value });
};

// ---- the bench ----------------------------------------------------------------------------------------------------------
const bench = el("div", { class: "bench" });
const wording = (row) => row.kind === "class" ? `a ${row.from} − mean ${row.from} + mean ${row.to}` : `a ${row.from}, ${row.kind === "thickness" ? `${props.asked.thicker} pixel thicker` : `leaning ${props.asked.leaning}° more`}`;
const load = (row) => {
  terms[0].set("picked", row.from, 0);
  terms[1].set("mean", row.from);
  terms[2].set("mean", row.to);
  thicker.value = row.kind === "thickness" ? props.asked.thicker : 0;
  leaning.value = row.kind === "slant" ? props.asked.leaning : 0;
  ask();
  root.scrollIntoView({ block: "start", behavior: "smooth" });
};
const fillBench = () => {
  const rows = props.bench[network.value] || [];
  if (!rows.length) { bench.replaceChildren(el("p", { class: "soft" }, "The bench was not measured for this network.")); return; }
  const mean = rows.reduce((sum, row) => sum + row.success, 0) / rows.length;
  bench.replaceChildren(
    el("p", {}, `Twenty equations, drawn by a seed and not by hand, each tried on ${rows[0].tried} test pictures: `, el("b", { class: "number" }, `${(100 * mean).toFixed(0)}% succeed`), `; the worst ${(100 * Math.min(...rows.map((r) => r.success))).toFixed(0)}%.`),
    el("div", { class: "bench-table" }, el("table", {},
      el("thead", {}, el("tr", {}, ["equation", "succeeds", "the first twelve", "slant kept (r)", ""].map((t) => el("th", { scope: "col" }, t)))),
      el("tbody", {}, [...rows].sort((a, b) => a.success - b.success).map((row) => el("tr", {},
        el("td", {}, wording(row)),
        el("td", {}, `${(100 * row.success).toFixed(0)}%`),
        el("td", { class: "outcomes", "aria-label": `${row.first.filter(Boolean).length} of ${row.first.length} succeed` }, row.first.map((ok) => el("span", { class: ok ? "ok" : "fail" }, ok ? "✓" : "✗"))),
        el("td", {}, n(row.style, 2)),
        el("td", {}, kit.button("Show", () => load(row), { name: `show ${wording(row)}` }))))))));
};
root.append(
  el("div", { class: "row controls" }, network.element), notice.element,
  el("div", { class: "equation" },
    el("div", { class: "term" }, decoded[0].figure), el("span", { class: "sign", "aria-label": "minus" }, "−"),
    el("div", { class: "term" }, decoded[1].figure), el("span", { class: "sign", "aria-label": "plus" }, "+"),
    el("div", { class: "term" }, decoded[2].figure), el("span", { class: "sign", "aria-label": "equals" }, "="),
    el("div", { class: "result" }, decoded[3].figure, bars)),
  words,
  el("div", { class: "choosers" }, terms.map((t) => el("div", { class: "panel" }, t.element))),
  el("div", { class: "row" }, thicker.element, leaning.element),
  el("details", {}, el("summary", {}, "The bench: how often does it work?"), bench),
);
terms.forEach((t) => { t.seen.figure.hidden = true; });
kit.whenSeen(root, () => { fillBench(); ask(); });
