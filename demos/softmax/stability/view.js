// The stability bench: the same logits in four number formats, line by line, until inf and NaN appear. The numbers are
// torch's own, computed on the server.
const { el } = kit, root = element.querySelector(".instrument");
const DTYPES = ["float16", "bfloat16", "float32", "float64"];
const PRESETS = [["ordinary: 2, 1, −1", "2, 1, -1"], ["one is 100", "100, 0, 1"], ["one is 1,000", "1000, 1, 0"], ["all below −100", "-101, -110, -120"], ["all near −1,000", "-1000, -1001, -1002"]];
const notice = kit.notice();
const field = el("input", { type: "text", id: `logits-${Math.random()}`, value: kit.link.get("softmax_bench", PRESETS[1][1]), inputmode: "text", autocomplete: "off", oninput: () => ask() });
const label = kit.choice({ label: "true class", options: ["0", "1", "2"], value: "1", onInput: () => ask() });
const presets = PRESETS.map(([words, text]) => kit.button(words, () => { field.value = text; ask(); }));
const shownDtype = kit.choice({ label: "Format shown", options: DTYPES, value: "float32", onInput: () => draw() });
shownDtype.element.classList.add("narrow");
const words = { "o": "o, as stored", "exp(o)": "exp(o)", "sum": "their sum Σ", "p": "p = exp / Σ", "log-sum-exp": "log-sum-exp", "max": "m = largest o", "o - max": "o − m", "exp(o - max)": "exp(o − m)" };
const ways = { "-log(naive softmax)": "−ln(softmax), naive", "-log(shifted softmax)": "−ln(softmax), shifted", "log-softmax (ours)": "log-softmax, ours", "torch's cross_entropy": "the library's" };
const table = el("div", { class: "wide" }), losses = el("div", { class: "wide" }), say = el("p", { class: "formula" }), clock = el("p", { class: "formula soft" });
let last = null;

const number = (v) => (typeof v === "string" ? { inf: "∞", "-inf": "−∞", nan: "NaN" }[v] : Number.isInteger(v) && Math.abs(v) < 1e5 ? String(v).replace("-", "−") : kit.short(v, 4));
const cell = (values, kind) => el("span", { class: `cell ${kind}`, title: { lost: "inf or NaN: the value is lost", off: "finite, and wrong", zero: "underflow: an exponential is exactly 0" }[kind] || "" },
  values.slice(0, 4).map(number).join("  ") + (values.length > 4 ? " …" : "") + ({ lost: " ✗", off: " ✗ wrong" }[kind] || ""));

const live = kit.live((request) => server.bench(request), (answer) => { last = answer; draw(); }, notice.say);
function ask() {
  const parts = field.value.split(/[,;\s]+/).filter(Boolean), logits = parts.map((part) => Number(part.replace("−", "-")));
  if (!parts.length || logits.some((v) => !Number.isFinite(v))) return notice.say(`Logits are numbers between commas, as in 100, 0, 1; not “${field.value.slice(0, 40)}”.`);
  const chosen = Math.min(Number(label.value), logits.length - 1);
  label.input.replaceChildren(...logits.slice(0, 10).map((_, k) => el("option", { value: k }, String(k))));
  label.value = chosen;
  live({ logits, label: chosen });
}

function draw() {
  if (!last) return;
  const narrow = root.clientWidth < 760, names = narrow ? [shownDtype.value] : DTYPES;
  const block = (kind, title) => {
    const lines = last.dtypes[names[0]][kind].map(([what], i) => [words[what] || what, ...names.map((name) => cell(last.dtypes[name][kind][i][1], last.dtypes[name][kind][i][2]))]);
    return kit.table([[title, ...names], ...lines]);
  };
  table.replaceChildren(block("naive", "The formula as it stands"), block("shifted", "The largest logit subtracted first"));
  const loss = ([value, lost]) => el("span", { class: `cell ${typeof value === "string" ? "lost" : Math.abs(lost) > 0.01 ? "off" : ""}` }, number(value), " ",
    el("span", { class: "soft" }, typeof value === "string" ? "all lost" : Math.abs(lost) < 1e-15 ? "exact" : `lost ${kit.short(Math.abs(lost), 2)}`));
  losses.replaceChildren(kit.table([["Cross-entropy", ...names], ...Object.keys(ways).map((way) => [ways[way], ...names.map((name) => loss(last.dtypes[name].losses[way]))])]));
  const bad = DTYPES.filter((name) => last.dtypes[name].naive.some(([what, , kind]) => what === "p" && kind));
  const off = DTYPES.filter((name) => last.dtypes[name].naive.some(([what, , kind]) => what === "p" && kind === "off"));
  say.textContent = (bad.length ? `The naive formula fails in ${bad.join(", ")}` + (off.length ? `; in ${off.join(", ")} it is finite and wrong, which nobody notices.` : ".") : "The naive formula survives in all four formats.") +
    ` The true loss is ${kit.short(last.exact, 6)} nats. Largest number: float16 ${number(last.dtypes.float16.largest)}, float32 ${number(last.dtypes.float32.largest)}; smallest above 0: ${number(last.dtypes.float16.smallest)} and ${number(last.dtypes.float32.smallest)}.`;
}

const inputs = el("div", { class: "controls" }, el("div", { class: "control" }, el("label", { for: field.id }, "Logits o"), field), label.element, shownDtype.element);
root.append(el("section", { class: "panel" }, el("div", { class: "segment" }, presets), inputs, notice.element, say, table),
  kit.predict("All three logits lie below −100. What goes wrong first in float32: an infinity, a NaN, or neither?", "Neither at first. At −101 and −110 the exponentials are so small that one is stored with a single bit and the others are exactly 0: the probabilities come out as 1, 0, 0, finite and wrong. At −1,000 all are 0, and 0 / 0 is NaN."),
  el("section", { class: "panel" }, el("h3", {}, "Three ways to the same loss"), losses, clock));
if (props.double) root.append(double());
new ResizeObserver(draw).observe(root);
ask();
server.timings({}).then((answer) => {
  if (answer.error) return;
  const of = (name) => Object.entries(answer.microseconds[name]).map(([way, t]) => `${ways[way]} ${t} µs`).join(", ");
  clock.textContent = `Time on this server for a minibatch of ${answer.pictures.toLocaleString("en")} in float32: ${of("float32")}.`;
});

// Softmax in the network and again in the loss: trained next to the right one.
function double() {
  const { right, twice, floor } = props.double, curve = kit.curves({ label: "Loss by epoch, softmax once and softmax twice", height: 220, xLabel: "epochs" });
  const points = (values) => values.map((v, i) => [i + 1, v]);
  const draw = () => curve.show({ y: [0, 2.4], lines: [{ y: floor, name: `floor ${kit.show(floor, 2)}`, below: true }], series: [
    { points: points(right.loss), colour: getComputedStyle(root).getPropertyValue("--accent"), marks: true }, { points: points(twice.loss), colour: getComputedStyle(root).getPropertyValue("--warm"), marks: true, dash: [8, 5] }] });
  kit.onTheme(draw);
  requestAnimationFrame(draw);
  return el("section", { class: "panel" }, el("h3", {}, "Softmax twice: the mistake that trains"), curve.element,
    el("p", { class: "formula" }, `Once (solid): test accuracy ${kit.percent(right.accuracy)}. Twice (dashed), in the network and again in the loss: ${kit.percent(twice.accuracy)}. The second softmax sees numbers from 0 to 1 only, so its largest probability is e/(e + 9) = ${kit.show(Math.E / (Math.E + 9), 3)} and the loss cannot fall below ln(e + 9) − 1 = ${kit.show(floor, 3)}. It learns all the same, which is why one overlooks it.`));
}
