// Hard or soft: a threshold, a cost that changes the decision, and whether the probabilities can be believed.
const { el } = kit, root = element.querySelector(".instrument");
const notice = kit.notice();
let last = null, request = { dataset: kit.link.get("softmax_decide", "digits") === "fashion" ? "fashion" : "digits", network: "" };
const ask = kit.live((now) => server.decide(now), (answer) => { last = answer; show(); }, notice.say);
const send = () => ask({ ...request, threshold: threshold.value, temperature: Number((10 ** temperature.value).toFixed(4)), costly_true: Number(truth.value), costly_guess: Number(guess.value), cost: cost.value });

const dataset = kit.choice({ label: "Test set", options: [["digits", "digits"], ["fashion", "garments"]], value: request.dataset, onInput: (value) => { request = { dataset: value, network: "" }; kit.link.set({ softmax_decide: value }); fresh = true; if (value === "digits") { truth.value = 4; guess.value = 9; } else { truth.value = 4; guess.value = 6; } send(); } });
const network = kit.choice({ label: "Classifier", options: [], onInput: (value) => { request.network = value; send(); } });
const threshold = kit.slider({ label: "Answer only if the probability is at least", min: 0, max: 1, step: 0.01, value: kit.link.number("softmax_threshold", 0.5), onInput: send });
const temperature = kit.slider({ label: "Temperature", min: -0.7, max: 0.7, step: 0.01, value: 0, onInput: send });
const fit = kit.button("Fitted on held-out", () => { if (last) { temperature.value = Math.log10(last.fitted_temperature); send(); } });
const one = kit.button("T = 1", () => { temperature.value = 0; send(); });
const classes = Array.from({ length: 10 }, (_, k) => [k, String(k)]);
const truth = kit.choice({ label: "To call a", options: classes, value: 4, onInput: send }), guess = kit.choice({ label: "a", options: classes, value: request.dataset === "digits" ? 9 : 6, onInput: send });
const cost = kit.slider({ label: "costs, where other mistakes cost 1:", min: 0, max: 50, step: 0.5, value: 10, digits: 1, onInput: send });
let fresh = true;

const curve = kit.curves({ label: "Accuracy against coverage", height: 240, xLabel: "coverage: share of pictures answered" });
const diagram = kit.curves({ label: "Reliability diagram: accuracy against confidence", height: 240, xLabel: "confidence" });
const rejected = el("p", { class: "formula" }), calibrated = el("p", { class: "formula" }), decided = el("p", { class: "formula" }), gallery = el("div", { class: "gallery" });
root.append(notice.element, el("div", { class: "controls" }, dataset.element, network.element),
  el("div", { class: "pair" },
    el("section", { class: "panel", "aria-label": "Threshold" }, el("h3", {}, "May it say “I do not know”?"), threshold.element, rejected, curve.element),
    el("section", { class: "panel", "aria-label": "Calibration" }, el("h3", {}, "Is 80 % right eight times in ten?"), temperature.element, el("div", { class: "segment" }, fit, one), calibrated, diagram.element)),
  kit.predict("You divide all logits by T = 3. How many of the 10,000 decisions change? And the cross-entropy?", "Not one decision: the order of the logits stays. But every probability moves towards 1/10, so the calibration, the cross-entropy and what the threshold lets through all change."),
  el("section", { class: "panel", "aria-label": "Costs" }, el("h3", {}, "When one mistake costs more than another"), el("div", { class: "sentence" }, truth.element, guess.element, cost.element), decided, gallery));

function show() {
  const { classes: names } = last, css = getComputedStyle(root), colour = (name) => css.getPropertyValue(name);
  if (fresh) {
    fresh = false;
    network.input.replaceChildren(...last.networks.map((name) => el("option", { value: name }, name)));
    for (const choice of [truth, guess]) { const kept = choice.value; choice.input.replaceChildren(...names.map((name, k) => el("option", { value: k }, name))); choice.value = kept; }
  }
  network.value = last.network;
  const T = 10 ** temperature.value;
  temperature.element.querySelector("output").textContent = kit.show(T, 2);
  temperature.input.setAttribute("aria-valuetext", kit.show(T, 2));
  rejected.replaceChildren("It answers ", el("strong", {}, kit.percent(last.coverage)), ` of ${last.pictures.toLocaleString("en")} pictures`, last.accuracy_answered == null ? "." : el("span", {}, ", and of those ", el("strong", {}, kit.percent(last.accuracy_answered)), ` rightly (all of them: ${kit.percent(last.accuracy)}).`));
  const low = Math.floor(20 * Math.min(...last.curve.map((p) => p[1]))) / 20;
  curve.show({ x: [0, 1], y: [Math.min(low, 0.95), 1], series: [{ points: last.curve }], after: (g, X, Y) => { if (last.accuracy_answered == null) return; g.fillStyle = colour("--warm"); g.beginPath(); g.arc(X(last.coverage), Y(last.accuracy_answered), 7, 0, 7); g.fill(); } });
  diagram.show({ x: [0, 1], y: [0, 1], series: [{ points: [[0, 0], [1, 1]], colour: colour("--ink-soft"), dash: [6, 5] }],
    after: (g, X, Y) => last.bins.forEach(([confidence, accuracy, count]) => {
      const width = Math.max(3, (X(1 / 15) - X(0)) * 0.7 * Math.max(0.25, Math.sqrt(count / Math.max(...last.bins.map((b) => b[2])))));
      g.fillStyle = colour("--accent"); g.fillRect(X(confidence) - width / 2, Y(accuracy), width, Y(0) - Y(accuracy));
      g.fillStyle = colour("--warm"); g.fillRect(X(confidence) - width / 2, Math.min(Y(accuracy), Y(confidence)), width, Math.abs(Y(accuracy) - Y(confidence)));
    }) });
  calibrated.replaceChildren("Expected calibration error ", el("strong", {}, kit.percent(last.calibration_error)), `, cross-entropy ${kit.show(last.cross_entropy, 4)} nats at T = ${kit.show(T, 2)}. Fitted on held-out pictures: T = ${kit.show(last.fitted_temperature, 2)}. Blue: accuracy; orange: what is missing or too much; dashed: believable.`);
  decided.replaceChildren(`The probabilities stay; ${last.changed} decisions change. `, el("span", {}, `${names[truth.value]} called ${names[guess.value]}: ${last.mistakes_before} times before, ${last.mistakes_after} after. `), "Mean cost: ", el("strong", {}, `${kit.show(last.cost_before, 4)} → ${kit.show(last.cost_after, 4)}`), ".");
  gallery.replaceChildren(...last.examples.map((one) => {
    const canvas = el("canvas", { width: 28, height: 28, class: "picture", role: "img", "aria-label": `a ${names[one.label]}` });
    if (one.picture) kit.paint(canvas, kit.bytes(one.picture));
    return el("figure", { class: "figure" }, one.picture ? canvas : null, el("figcaption", {}, `${names[one.before]} ${kit.percent(one.probabilities[0])} → ${names[one.after]} ${kit.percent(one.probabilities[1])}`, el("br"), one.after === one.label ? el("span", { class: "good" }, "now right") : one.before === one.label ? el("span", { class: "bad" }, "now wrong") : `is ${names[one.label]}`));
  }));
}
kit.onTheme(() => last && show());
send();
