// Feed the output back, 1 to 20 times: the film is sent once and scrubbed here.
const root = element.querySelector(".instrument");
const { el } = kit;
const store = kit.shared("denoise"), state = store.state;
const SIZE = 28 * 28;

let film = null, last = null;
const times = kit.slider({ label: "Times applied", min: 0, max: props.times, step: 1, value: props.times, digits: 0, onInput: () => draw() });
const choose = kit.choice({ label: "Network", options: props.networks, value: state.network, onInput: (network) => store.set({ network }) });
const play = kit.button("Play", () => run());
const large = kit.picture({ label: "After 20 times", width: 196 });
const strip = el("div", { class: "film", role: "group", "aria-label": "Every application, first to last" });
const frames = Array.from({ length: props.times + 1 }, (_, i) => {
  const canvas = el("canvas", { class: "picture", width: 28, height: 28 });
  const button = el("button", { type: "button", class: "frame", "aria-label": i ? `After ${i} times` : "The noisy picture", onclick: () => { times.value = i; draw(); } }, canvas, el("span", {}, i || "in"));
  strip.append(button);
  return { canvas, button };
});
const numbers = el("p", { class: "numbers" }), verdict = el("p", { class: "verdict" });
const notice = kit.notice();
root.append(
  el("div", { class: "again" }, large.figure,
    el("div", { class: "side" }, el("div", { class: "row" }, choose.element, play), times.element, strip, numbers, verdict)),
  notice.element);

const draw = () => {
  if (!film) return;
  const i = times.value;
  large.show(film.subarray(i * SIZE, (i + 1) * SIZE));
  large.caption.textContent = i === 0 ? "The noisy picture" : i === 1 ? "After 1 time" : `After ${i} times`;
  frames.forEach(({ button }, k) => button.setAttribute("aria-pressed", String(k === i)));
  numbers.textContent = `MSE against the clean picture: ${kit.show(last.mse[i], 4)}` + (i ? `; changed by ${kit.show(last.change[i], 3)} (RMS) in the last step` : "");
};
const show = (result) => {
  last = result;
  film = kit.bytes(result.film);
  frames.forEach(({ canvas }, i) => kit.paint(canvas, film.subarray(i * SIZE, (i + 1) * SIZE)));
  const say = (r) => `a ${r.digit} (${Math.round(100 * r.probability)} %)`;
  verdict.textContent = result.first ? `A classifier reads ${say(result.first)} after one time and ${say(result.last)} after ${props.times}.` : "";
  draw();
};
let timer = 0;
const run = () => {
  clearInterval(timer);
  times.value = 0;
  draw();
  timer = setInterval(() => { times.value = times.value + 1; draw(); if (times.value >= props.times) clearInterval(timer); }, 220);
};
const ask = kit.rested(kit.live(server.again_live, show, notice.say)); // twenty passes: when the pen rests, not at every move
store.follow(root, () => {
  choose.value = state.network;
  ask({ picture: state.picture, kind: state.kind, strength: state.strength, seed: state.seed, network: state.network });
});
