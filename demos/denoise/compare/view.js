// Every denoiser on the same noisy picture, as cards that sort themselves; the best is marked.
const root = element.querySelector(".instrument");
const { el } = kit;
const state = kit.shared("denoise").state;
const measures = {
  psnr: ["PSNR", (r) => -r.psnr], ssim: ["SSIM", (r) => -r.ssim], mse: ["MSE", (r) => r.mse],
  milliseconds: ["time", (r) => r.milliseconds], order: ["learned or not", (r) => r.index],
};
let sort = "psnr";
const results = new Map(); // by name; the learned denoisers and the classical ones arrive apart

const notice = kit.notice();
const buttons = Object.entries(measures).map(([key, [words]]) =>
  kit.button(words, () => { sort = key; arrange(); }, { name: `Sort by ${words}` }));
const given = kit.picture({ label: "Clean", width: 112 }), noisy = kit.picture({ label: "Noisy", width: 112 });
const noisyNumbers = el("span", { class: "soft" });
noisy.figure.append(noisyNumbers);
const cards = el("div", { class: "cards", role: "list" });
const waiting = el("p", { class: "soft" }, "The classical filters are being loaded …");
root.append(
  el("div", { class: "top" },
    el("div", { class: "row" }, given.figure, noisy.figure),
    el("div", { class: "words" },
      el("p", {}, "All of them get the same noisy picture: the drawing and the noise of the bench above. The classical filters and the best linear denoiser are told which noise it is and how strong; the networks are told nothing."),
      el("div", { class: "sort", role: "group", "aria-label": "Sort by" }, el("span", { class: "soft" }, "Sort by"), buttons))),
  cards, waiting, notice.element);

const made = new Map();
const card = (name) => {
  if (made.has(name)) return made.get(name);
  const picture = kit.picture({ label: props.labels[name], width: 104 });
  const badge = el("span", { class: "badge" }, "best"), psnr = el("span", { class: "number" }), rest = el("span", { class: "soft" });
  const learned = !props.classical.includes(name);
  const box = el("div", { class: `card ${learned ? "learned" : "classical"}`, role: "listitem" }, badge, picture.figure, psnr, rest);
  cards.append(box);
  made.set(name, { box, picture, psnr, rest });
  return made.get(name);
};
const arrange = () => {
  const ranked = [...results.values()].sort((a, b) => measures[sort][1](a) - measures[sort][1](b));
  ranked.forEach((result, place) => {
    const { box } = card(result.network);
    box.style.order = place;
    box.classList.toggle("best", place === 0 && sort !== "order");
  });
  buttons.forEach((button, i) => button.setAttribute("aria-pressed", String(Object.keys(measures)[i] === sort)));
};
const show = (result) => {
  given.show(result.seen);
  noisy.show(result.noisy.picture);
  noisyNumbers.textContent = `${kit.show(result.noisy.psnr, 1)} dB, SSIM ${kit.show(result.noisy.ssim, 2)}`;
  for (const one of result.results) {
    one.index = order.indexOf(one.network);
    results.set(one.network, one);
    const { picture, psnr, rest } = card(one.network);
    picture.show(one.picture);
    psnr.textContent = one.psnr >= 100 ? "no error" : `${kit.show(one.psnr, 1)} dB`;
    psnr.className = `number ${one.psnr < result.noisy.psnr - 0.05 ? "worse" : ""}`;
    rest.textContent = `SSIM ${kit.show(one.ssim, 2)} · MSE ${kit.show(one.mse, 4)} · ${kit.show(one.milliseconds, 1)} ms`;
  }
  if (props.classical.some((name) => results.has(name))) waiting.remove();
  arrange();
};
const order = Object.keys(props.labels);
const askLearned = kit.live(server.compare_live, show, notice.say), askClassical = kit.live(server.compare_live, show, notice.say);
kit.shared("denoise").follow(root, () => {
  const request = { picture: state.picture, kind: state.kind, strength: state.strength, seed: state.seed };
  askLearned({ ...request, learned: true });
  askClassical({ ...request, learned: false });
});
