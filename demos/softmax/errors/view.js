// The error clinic: confusion matrix -> a cell -> its pictures -> one picture, its contribution maps and templates.
const { el } = kit, root = element.querySelector(".instrument"), K = 10;
const notice = kit.notice(), models = {};
const state = { dataset: kit.link.get("softmax_errors", "digits") === "fashion" ? "fashion" : "digits", network: "", kind: "cell", cell: null, clinic: null, row: null };

const dataset = kit.choice({ label: "Test set", options: [["digits", "digits"], ["fashion", "garments"]], value: state.dataset, onInput: (value) => { Object.assign(state, { dataset: value, network: "", cell: null, kind: "cell" }); kit.link.set({ softmax_errors: value }); open(); } });
const network = kit.choice({ label: "Classifier", options: [], onInput: (value) => { state.network = value; open(); } });
const kinds = [["confident", "Most confident mistakes"], ["uncertain", "Most uncertain"]].map(([kind, words]) => kit.button(words, () => { state.kind = kind; state.cell = null; list(); }));
const matrix = el("div", { class: "matrix", role: "group", "aria-label": "Confusion matrix: rows are true classes, columns what the classifier says" });
const summary = el("p", { class: "formula" }), title = el("h3"), thumbs = el("div", { class: "thumbs" }), absent = el("p", { class: "soft" });
const detail = el("section", { class: "panel detail", "aria-label": "One picture" });
root.append(notice.element, el("div", { class: "controls" }, dataset.element, network.element, el("div", { class: "segment" }, kinds)), summary,
  el("div", { class: "two-columns" }, el("section", { class: "panel", "aria-label": "Confusion matrix" }, el("p", { class: "soft" }, "Row: what it is. Column: what the classifier says. Choose a cell."), el("div", { class: "wide" }, matrix)),
    el("section", { class: "panel", "aria-label": "The pictures" }, title, absent, thumbs)), detail);

const NAMES = { "least-squares": "least squares", best: "softmax regression, best", cnn: "small CNN", softmax: "softmax regression" };
const called = (name) => (name.startsWith("least") ? NAMES["least-squares"] : name.endsWith("-best") ? NAMES.best : name.startsWith("cnn") ? NAMES.cnn : NAMES.softmax);

async function open() {
  const answer = await server.clinic({ dataset: state.dataset, network: state.network });
  if (answer.error) { notice.say(answer.error); return; }
  notice.say("");
  state.clinic = answer; state.network = answer.network;
  network.input.replaceChildren(...answer.networks.map(([name, accuracy]) => el("option", { value: name }, `${called(name)}: ${kit.percent(accuracy)}`)));
  network.value = answer.network;
  absent.textContent = answer.pictures ? "" : "The data set is not on this machine, so its pictures cannot be shown; the numbers are stored. Set DATA_DIR to the folder that holds it.";
  if (!state.cell) { // begin with the commonest mistake
    let most = -1;
    answer.confusion.forEach((row, i) => row.forEach((n, j) => { if (i !== j && n > most) { most = n; state.cell = [i, j]; } }));
  }
  draw();
  list();
}

function draw() {
  const { confusion, classes, precision, recall } = state.clinic, total = confusion.flat().reduce((a, b) => a + b, 0), right = confusion.reduce((s, row, i) => s + row[i], 0);
  const worst = Math.max(...confusion.flatMap((row, i) => row.filter((_, j) => j !== i)));
  const short = (name) => (name.length > 7 ? `${name.slice(0, 6)}.` : name);
  const cells = [el("span", { class: "corner" }), ...classes.map((name) => el("span", { class: "top", title: name }, short(name))), el("span", { class: "top" }, "recall")];
  confusion.forEach((row, i) => {
    cells.push(el("span", { class: "side", title: classes[i] }, classes[i]));
    row.forEach((n, j) => {
      const cell = el("button", { type: "button", class: `cell${i === j ? " diagonal" : ""}`, "aria-label": `${n} times a ${classes[i]} was called ${classes[j]}`, onclick: () => { state.kind = "cell"; state.cell = [i, j]; draw(); list(); } }, n || "·");
      const share = i === j ? 0 : Math.sqrt(n / worst);
      if (i !== j) cell.style.background = `color-mix(in srgb, var(--warm) ${Math.round(70 * share)}%, var(--paper))`;
      if (state.kind === "cell" && state.cell && state.cell[0] === i && state.cell[1] === j) cell.setAttribute("aria-current", "true");
      cells.push(cell);
    });
    cells.push(el("span", { class: "score" }, kit.show(100 * recall[i], 1)));
  });
  cells.push(el("span", { class: "side" }, "precision"), ...precision.map((p) => el("span", { class: "score" }, kit.show(100 * p, 1))), el("span"));
  const focus = [...matrix.children].indexOf(document.activeElement);
  matrix.replaceChildren(...cells);
  if (focus >= 0) matrix.children[focus].focus();
  const others = state.clinic.networks.filter(([name]) => name !== state.network).map(([name, accuracy]) => `${called(name)} ${Math.round(total * (1 - accuracy)).toLocaleString("en")}`).join(", ");
  summary.replaceChildren(el("strong", {}, `${(total - right).toLocaleString("en")} mistakes`), ` in ${total.toLocaleString("en")} pictures` + (others ? ` (${others}).` : "."));
}

const live = kit.live((request) => server.cases(request), (answer) => {
  const { classes } = state.clinic;
  title.textContent = state.kind === "cell" ? `${answer.count} × ${classes[state.cell[0]]} called ${classes[state.cell[1]]}` : state.kind === "confident" ? `${answer.count} mistakes, the surest first` : "The pictures it is least sure of";
  thumbs.replaceChildren(...answer.cases.map((one) => {
    const canvas = el("canvas", { width: 28, height: 28, class: "picture" });
    if (one.picture) kit.paint(canvas, kit.bytes(one.picture));
    const words = `${classes[one.label]} → ${classes[one.guess]}`;
    return el("button", { type: "button", class: "thumb", "aria-label": `${classes[one.label]}, called ${classes[one.guess]} with ${kit.percent(one.probability)}`, onclick: () => look(one.row) },
      one.picture ? canvas : el("span", { class: "blank" }, words), el("span", {}, kit.percent(one.probability)));
  }));
  if (answer.cases.length) look(answer.cases[0].row);
  else { thumbs.replaceChildren(el("p", {}, "Not one. Choose another cell.")); detail.hidden = true; }
}, notice.say);
function list() {
  kinds.forEach((button, k) => button.setAttribute("aria-pressed", String(state.kind === ["confident", "uncertain"][k])));
  if (state.kind !== "cell") draw();
  const [i, j] = state.cell || [0, 0];
  live({ dataset: state.dataset, network: state.network, kind: state.kind, true_class: i, predicted_class: j });
}

async function weights(name) {
  if (!models[name]) { const answer = await server.weights({ network: name }); if (answer.error) return null; models[name] = { W: kit.floats(answer.W), b: kit.floats(answer.b) }; }
  return models[name];
}

async function look(row) {
  state.row = row;
  const answer = await server.case({ dataset: state.dataset, network: state.network, row });
  if (answer.error || state.row !== row) return answer.error && notice.say(answer.error);
  const { classes } = state.clinic, { label, guess, logits } = answer, p = kit.softmax(logits), other = guess === label ? [...p.keys()].sort((a, b) => p[b] - p[a])[1] : guess;
  const linear = answer.linear && (await weights(answer.linear));
  const canvas = (name, values, limit) => {
    const c = el("canvas", { width: 28, height: 28, class: "picture signed", role: "img", "aria-label": name });
    kit.paintSigned(c, values, limit);
    return el("figure", { class: "figure" }, c, el("figcaption", {}, name));
  };
  const figures = [];
  if (answer.x) {
    const x = kit.floats(answer.x), picture = kit.picture({ label: `x: truly ${classes[label]}`, width: 120 });
    picture.show(Uint8Array.from(x, (v) => Math.round(255 * v)));
    figures.push(picture.figure);
    if (linear) {
      const parts = (k) => Float32Array.from(x, (v, i) => v * linear.W[i * K + k]), a = parts(label), b = parts(other);
      const limit = Math.max(...a.map(Math.abs), ...b.map(Math.abs)), difference = b.map((v, i) => v - a[i]);
      figures.push(canvas(`for ${classes[label]} (true): o = ${kit.show(logits[label], 2)}`, a, limit), canvas(`for ${classes[other]}: o = ${kit.show(logits[other], 2)}`, b, limit),
        canvas(`${classes[other]} minus ${classes[label]}: ${kit.signed(logits[other] - logits[label])}`, difference, Math.max(...difference.map(Math.abs))));
    }
  }
  if (linear) {
    const column = (k) => Float32Array.from({ length: 784 }, (_, i) => linear.W[i * K + k]), sizes = Array.from(linear.W, Math.abs).sort((a, b) => a - b), limit = sizes[Math.floor(0.995 * sizes.length)];
    figures.push(canvas(`template W of ${classes[label]}`, column(label), limit), canvas(`template W of ${classes[other]}`, column(other), limit));
  }
  const ranked = [...p.keys()].sort((a, b) => p[b] - p[a]).slice(0, 3).map((k) => `${classes[k]} (${kit.percent(p[k])})`).join(", ");
  const verdicts = answer.verdicts.map(([name, said, chance]) => [called(name), el("span", { class: said === label ? "good" : "bad" }, `${said === label ? "✓" : "✗"} ${classes[said]}`), name.startsWith("least") ? "" : kit.percent(chance)]);
  let nearest = "";
  if (linear) {
    const columns = classes.map((_, k) => { const w = Array.from({ length: 784 }, (_, i) => linear.W[i * K + k]), mean = w.reduce((s, v) => s + v, 0) / 784; return w.map((v) => v - mean); });
    const dot = (a, b) => a.reduce((s, v, i) => s + v * b[i], 0), like = columns.map((c, k) => [k, dot(c, columns[label]) / Math.sqrt(dot(c, c) * dot(columns[label], columns[label]))]).filter(([k]) => k !== label).sort((a, b) => b[1] - a[1]).slice(0, 3);
    nearest = `Templates most like that of ${classes[label]}: ${like.map(([k, r]) => `${classes[k]} (correlation ${kit.show(r, 2)})`).join(", ")}.`;
  }
  detail.hidden = false;
  detail.replaceChildren(el("h3", {}, `Why: truly ${classes[label]}, called ${classes[guess]}`), el("div", { class: "figures" }, figures),
    el("p", { class: "formula" }, `It gave ${ranked}; loss −ln p(${classes[label]}) = ${kit.short(kit.crossEntropy(logits, label), 2)} nats. ${nearest}` + (linear ? "" : " This classifier is not linear: no weight belongs to one pixel alone, so there is no map of x · W.")),
    kit.table([["What each classifier says of it", "class", "probability"], ...verdicts]));
}
kit.onTheme(() => { if (state.clinic) { draw(); if (state.row != null) look(state.row); } });
open();
