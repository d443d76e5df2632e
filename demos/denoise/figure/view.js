// The lecture's own figure: eight digits, original, noisy and reconstructed, as a PNG to keep.
const root = element.querySelector(".instrument");
const { el } = kit;
const store = kit.shared("denoise"), state = store.state;

let start = 0;
const image = el("img", { class: "sheet", hidden: true, alt: "Eight digits: original, noisy, reconstructed" });
const words = el("p", { class: "soft" }, "The figure is being drawn …");
const save = el("a", { class: "button main save", download: "denoising.png" }, "Save as PNG");
const more = kit.button("Other digits", () => { start = (start + 8) % 9992; update(); });
const notice = kit.notice();
root.append(el("p", {}, "Kind, strength, seed and network are those of the bench above."), image, words, el("div", { class: "row" }, save, more), notice.element);

const show = (result) => {
  image.src = save.href = result.url;
  image.hidden = false;
  words.textContent = `${result.source[0].toUpperCase()}${result.source.slice(1)}. Mean PSNR ${kit.show(result.before, 1)} dB before, ${kit.show(result.after, 1)} dB after.`;
};
const ask = kit.live(server.figure, show, notice.say);
let timer = 0;
const update = () => {
  clearTimeout(timer); // a figure is heavy: it follows when the sliders rest
  timer = setTimeout(() => ask({ kind: state.kind, strength: state.strength, seed: state.seed, network: state.network, start }), 150);
};
let shown = "";
store.follow(root, () => { // the drawing is not in it
  const now = JSON.stringify([state.kind, state.strength, state.seed, state.network]);
  if (now !== shown) { shown = now; update(); }
});
