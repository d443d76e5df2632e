// How a drawing becomes data: draw it small, thin or in a corner, leave a step out, and see every network get worse.
const root = element.querySelector(".instrument");
const { el } = kit;
const store = kit.shared("denoise"), state = store.state;

const size = kit.slider({
  label: "Drawn how large",
  min: 0.25,
  max: 1,
  step: 0.01,
  value: 0.45,
  onInput: () => update(),
});
const pen = kit.slider({
  label: "Pen, share of the pad",
  min: 0.02,
  max: 0.12,
  step: 0.005,
  value: 0.05,
  digits: 3,
  onInput: () => update(),
});
const right = kit.slider({
  label: "Moved to the right",
  min: 0,
  max: 1,
  step: 0.01,
  value: 0.1,
  onInput: () => update(),
});
const down = kit.slider({ label: "Moved down", min: 0, max: 1, step: 0.01, value: 0.1, onInput: () => update() });
const steps = [
  ["box", "Fit it into 20 × 20 pixels"],
  ["stroke", "Give it MNIST's stroke width"],
  ["centre", "Centre of mass to the middle"],
].map(([key, label]) => [key, kit.toggle({ label, value: true, onInput: () => update() })]);

const source = el("canvas", {
  class: "picture",
  width: 112,
  height: 112,
  role: "img",
  "aria-label": "The drawing, moved and resized",
});
source.style.width = "120px";
const pictures = ["Merely shrunk to 28 × 28", "In the box", "With MNIST's stroke", "Centred: what the network sees"]
  .map((label) => kit.picture({ label, width: 120 }));
const arrow = () => el("div", { class: "arrow", "aria-hidden": "true" }, "→");
const read = el("p", { class: "reading" });
const table = el("div", { class: "bars", role: "list" });
const note = el("p", { class: "soft" });
const notice = kit.notice();
root.append(
  el(
    "div",
    { class: "strip" },
    el("figure", { class: "figure" }, source, el("figcaption", {}, "The drawing")),
    pictures.flatMap(({ figure }) => [arrow(), figure]),
  ),
  el(
    "div",
    { class: "columns" },
    el("div", { class: "panel" }, size.element, pen.element, right.element, down.element),
    el("div", { class: "panel" }, steps.map(([, toggle]) => toggle.element), read),
    el("div", {}, el("p", { class: "head" }, "Ink that each network gets wrong, of all the ink it sees"), table, note),
  ),
  notice.element,
);

const bars = new Map();
const bar = (name) => {
  if (!bars.has(name)) {
    const fill = el("div", { class: "fill" }),
      mark = el("div", { class: "mark" }),
      words = el("span", { class: "value" });
    table.append(
      el(
        "div",
        { class: "bar", role: "listitem" },
        el("span", { class: "name" }, props.labels[name]),
        el("div", { class: "rail" }, fill, mark),
        words,
      ),
    );
    bars.set(name, { fill, mark, words });
  }
  return bars.get(name);
};
const show = (result) => {
  pictures.forEach((picture, i) => picture.show(result.steps[i]));
  for (const [name, wrong] of Object.entries(result.wrong || {})) {
    const { fill, mark, words } = bar(name), whole = result.whole[name];
    fill.style.width = `${100 * Math.min(1, wrong ?? 0)}%`;
    fill.classList.toggle("worse", wrong > 1.15 * whole);
    mark.style.left = `${100 * Math.min(1, whole ?? 0)}%`;
    words.textContent = wrong == null ? "–" : wrong > 9.99 ? "> 999 %" : `${Math.round(100 * wrong)} %`;
  }
  const reading = result.reading;
  read.textContent = reading
    ? `A classifier reads a ${reading.digit} (${Math.round(100 * reading.probability)} %)`
    : "";
  note.textContent = steps.every(([, toggle]) => toggle.value)
    ? "All steps on: the sliders on the left hardly change anything. The line on each bar marks this state."
    : "The line on each bar marks where the network is with all steps on.";
};
const ask = kit.live(server.normalise_live, show, notice.say), judge = kit.rested(ask);
const update = () => {
  const strokes = state.strokes || [];
  const still = !strokes.length; // a photo or a test digit has no strokes to move
  for (const slider of [size, pen, right, down]) slider.input.disabled = still;
  const share = size.value, left = right.value * (1 - share), top = down.value * (1 - share);
  const moved = strokes.map((stroke) => stroke.map(([x, y]) => [left + share * x, top + share * y]));
  const context = source.getContext("2d");
  context.fillStyle = "#000";
  context.fillRect(0, 0, 112, 112);
  kit.drawStrokes(context, moved, 112, "#fff", pen.value);
  const request = {
    picture: still ? state.picture : kit.strokesToURL(moved, pen.value),
    strength: state.kind === "gaussian" ? state.strength : 0.3,
    seed: state.seed,
  };
  for (const [key, toggle] of steps) request[key] = toggle.value;
  ask({ ...request, judged: false }); // the steps follow every move ...
  judge(request); // ... all networks are asked when it rests
};
store.follow(root, update);
