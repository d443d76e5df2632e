// The lecture's own figure: eight digits, original, noisy and reconstructed, as a PNG to keep.
import * as kit from "../../kit/kit.js";

/** @typedef {import("../bench/view.js").BenchFields} Bench */
/** @typedef {{ networks: [name: string, words: string][], start: string }} Props */
/** @typedef {{ url: string, source: string, before: number | null, after: number | null, error?: string }} Answer */
/** @typedef {{ kind: string, strength: number, seed: number, network: string, start: number }} Request */
/** @typedef {{ figure: (request: Request) => Promise<Answer> }} Server */

const COUNT = 8, LAST = 9992; // digits in the figure; the last test digit that it may begin with

/** The figure opens on the lecture's own network, whatever the bench shows. @param {Props} props */
export const fields = ({ networks, start }) => ({
  network: kit.oneOf(networks.map(([name]) => name), { start }),
  first: kit.whole(0, LAST),
});

/** @param {kit.Mount<Props, ReturnType<typeof fields>, Server, Bench>} mount */
export default function mount({ element, props, server, state, bench, signal }) {
  if (!bench) throw new Error("this step obeys the bench");
  const image = kit.el("img", {
    class: "sheet",
    alt: "Eight digits: original, noisy, reconstructed",
    width: 1100,
    height: 412,
  });
  const words = kit.el("p", { class: "words", role: "status" }, "The figure is being drawn …");
  const save = kit.el("a", { class: "button main save", download: "denoising.png" }, "Save as PNG");
  const notice = kit.notice();
  const more = kit.button("Another", () => state.set({ first: (state.values.first + COUNT) % LAST }), {
    name: "Another eight digits",
  });
  element.append(
    kit.el("p", { class: "todo" }, "Noise and seed are those of the bench; choose who takes the noise off."),
    kit.el(
      "div",
      { class: "row" },
      kit.choice({ label: "Network", state, field: "network", options: props.networks }).element,
      more,
      save,
      words,
    ),
    image,
    notice.element,
  );
  const ask = kit.live(server.figure, (/** @type {Answer} */ answer) => {
    image.src = save.href = answer.url;
    const source = answer.source[0].toUpperCase() + answer.source.slice(1);
    const psnr = (/** @type {number | null} */ value) => value === null ? "no error" : `${kit.show(value, 1)} dB`;
    words.replaceChildren(
      kit.el("span", { class: "soft" }, `${source}: mean PSNR`),
      `${psnr(answer.before)} → `,
      kit.el("b", { class: "result" }, psnr(answer.after)),
    );
  }, notice.say);
  let timer = 0, shown = "";
  const update = () => {
    const { kind, noise, seed } = bench.values, { network, first } = state.values;
    const request = { kind, strength: noise, seed, network, start: first }, now = JSON.stringify(request);
    if (now === shown) return; // the drawing is not in it
    shown = now;
    clearTimeout(timer); // a figure is heavy: it follows when the sliders rest
    timer = setTimeout(() => ask(request), 150);
  };
  signal.addEventListener("abort", () => clearTimeout(timer));
  state.follow(update);
  bench.follow(update);
}
