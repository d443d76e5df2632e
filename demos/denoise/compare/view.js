// Every denoiser on the same noisy picture, as cards that sort themselves; the best is marked.
import * as kit from "../../kit/kit.js";

/** @typedef {import("../bench/view.js").BenchFields} Bench */
/** @typedef {{ labels: Record<string, string>, classical: string[], examples: kit.Strokes[], order: Record<string, number> }} Props */
/** @typedef {{ network: string, picture: string, psnr: number, ssim: number, mse: number, milliseconds: number }} Result */
/**
 * @typedef {{ seen: string, noisy: { picture: string, psnr: number, ssim: number }, results: Result[], error?: string }} Answer
 */
/** @typedef {{ picture: Uint8Array, kind: string, strength: number, seed: number, learned: boolean }} Request */
/** @typedef {{ compare_live: (request: Request) => Promise<Answer> }} Server */
/** @typedef {ReturnType<typeof cardOf>} Card */

/** What the cards are sorted by: words, and what comes first. @type {Record<string, [string, (one: Result) => number]>} */
const SORTS = {
  psnr: ["PSNR", (one) => -one.psnr],
  ssim: ["SSIM", (one) => -one.ssim],
  mse: ["MSE", (one) => one.mse],
  milliseconds: ["time", (one) => one.milliseconds],
};

export const fields = () => ({ sort: kit.oneOf([...Object.keys(SORTS), "order"]) });

/** @param {kit.Mount<Props, ReturnType<typeof fields>, Server, Bench>} mount */
export default function mount({ element, props, server, state, bench }) {
  if (!bench) throw new Error("this step obeys the bench");
  const notice = kit.notice(), given = kit.picture({ label: "Clean", width: 104 });
  const noisy = kit.picture({ label: "Noisy", width: 104 }), noisyNumbers = kit.el("span", { class: "soft" });
  noisy.figure.append(noisyNumbers);
  const cards = kit.el("div", { class: "cards", role: "list" }), winner = kit.el("p", { role: "status" });
  const options = [...Object.entries(SORTS).map(([key, [words]]) => [key, words]), ["order", "learned or not"]];
  const sort = kit.segments({
    label: "Sort by",
    state,
    field: "sort",
    options: /** @type {[string, string][]} */ (options),
  });
  element.append(
    kit.el(
      "p",
      { class: "todo" },
      "Drag the noise on the bench above: all denoisers get the same noisy picture, and the cards sort themselves.",
    ),
    kit.el(
      "div",
      { class: "top" },
      kit.el("div", { class: "row" }, given.figure, noisy.figure),
      kit.el(
        "div",
        { class: "words" },
        winner,
        kit.el(
          "p",
          { class: "soft" },
          "One drawing and one seed; the test set's own order stands in the next step. The classical filters and the " +
            "best linear denoiser are told which noise it is and how strong; the networks are told nothing.",
        ),
        kit.el("div", { class: "row" }, kit.el("span", { class: "soft" }, "Sort by"), sort.element),
      ),
    ),
    cards,
    notice.element,
  );

  const names = Object.keys(props.labels);
  /** @type {Map<string, Card>} */
  const made = new Map(names.map((name) => [name, cardOf(props.labels[name], !props.classical.includes(name))]));
  cards.append(...[...made.values()].map(({ box }) => box));
  /** The learned denoisers and the classical ones arrive apart. @type {Map<string, Result>} */
  const results = new Map();

  const arrange = () => {
    const { sort } = state.values;
    const first = SORTS[sort]?.[1] ?? ((/** @type {Result} */ one) => names.indexOf(one.network));
    const ranked = [...results.values()].sort((a, b) => first(a) - first(b));
    for (const card of made.values()) card.box.hidden = true;
    ranked.forEach((one, place) => {
      const box = made.get(one.network)?.box;
      if (!box) return;
      box.hidden = false;
      box.style.order = String(place);
      box.classList.toggle("best", place === 0 && sort !== "order");
    });
    const best = [...results.values()].sort((a, b) => b.psnr - a.psnr)[0];
    if (best) {
      winner.replaceChildren(
        "Best on this drawing: ",
        kit.el("b", { class: "result" }, props.labels[best.network]),
        `, ${decibels(best)}`,
      );
    }
  };
  /** @param {Answer} answer */
  const show = (answer) => {
    given.show(kit.bytes(answer.seen));
    noisy.show(kit.bytes(answer.noisy.picture));
    noisyNumbers.textContent = `${decibels(answer.noisy)}, SSIM ${kit.show(answer.noisy.ssim, 2)}`;
    for (const one of answer.results) {
      results.set(one.network, one);
      made.get(one.network)?.show(one, one.psnr < answer.noisy.psnr - 0.05);
    }
    arrange();
  };
  state.follow(arrange);
  const asks = [true, false].map((learned) => ({ learned, ask: kit.live(server.compare_live, show, notice.say) }));
  bench.follow(({ drawing, kind, noise, seed }) => {
    const request = { picture: kit.pixels(drawing, props.examples), kind, strength: noise, seed };
    for (const { learned, ask } of asks) ask({ ...request, learned });
  });
}

/** @param {{ psnr: number }} one */
const decibels = ({ psnr }) => (psnr >= 100 ? "no error" : `${kit.show(psnr, 1)} dB`);

/** A denoiser's card. @param {string} label @param {boolean} learned */
function cardOf(label, learned) {
  const picture = kit.picture({ label, width: 104 });
  const psnr = kit.el("span", { class: "number" }), rest = kit.el("span", { class: "soft small" });
  const box = kit.el(
    "div",
    { class: `card ${learned ? "learned" : "classical"}`, role: "listitem", hidden: true },
    kit.el("span", { class: "badge" }, "best"),
    picture.figure,
    psnr,
    rest,
  );
  /** @param {Result} one @param {boolean} worse than nothing done */
  const show = (one, worse) => {
    picture.show(kit.bytes(one.picture));
    psnr.textContent = decibels(one);
    psnr.className = `number ${worse ? "worse" : ""}`;
    picture.say(`${decibels(one)}${worse ? ", worse than nothing done" : ""}`);
    rest.textContent = `SSIM ${kit.show(one.ssim, 2)} · MSE ${kit.show(one.mse, 4)} · ${
      kit.show(one.milliseconds, 1)
    } ms`;
  };
  return { box, show };
}
