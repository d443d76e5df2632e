// Every denoiser on the same noisy picture, as cards that sort themselves; beside each, its place on the test set.
import * as kit from "../../kit/kit.js";
import { decibels, noError } from "../bench/errors.js";
import { ordinal, places, testValues } from "./places.js";

/** @typedef {import("../bench/view.js").BenchFields} Bench */
/** @typedef {import("./places.js").Measured} Measured */
/**
 * @typedef {{ labels: Record<string, string>, classical: string[], examples: kit.Strokes[], measured: Measured,
 *   kinds: Record<string, string> }} Props
 */
/** @typedef {{ network: string, picture: string, psnr: number, ssim: number, mse: number, milliseconds: number }} Result */
/** @typedef {{ picture: string, psnr: number, ssim: number, mse: number }} Noisy */
/** @typedef {{ seen: string, noisy: Noisy, results: Result[], error?: string }} Answer */
/** @typedef {{ picture: Uint8Array, kind: string, strength: number, seed: number, learned: boolean }} Request */
/** @typedef {{ compare_live: (request: Request) => Promise<Answer> }} Server */
/** @typedef {ReturnType<typeof cardOf>} Card */
/** @typedef {kit.Mount<Props, ReturnType<typeof fields>, Server, Bench>} Mounted */

const NOTHING = "nothing"; // the card of the noisy picture itself
const TRAVEL = 260; // milliseconds of a card's way to its new place

/** What the cards are sorted by: words, what comes first, and how it reads.
 * @type {Record<string, [words: string, first: (one: Result) => number, reads: (one: Result) => string]>} */
const SORTS = {
  psnr: ["PSNR", (one) => (noError(one) ? -Infinity : -one.psnr), decibels],
  ssim: ["SSIM", (one) => -one.ssim, (one) => `SSIM ${kit.show(one.ssim, 3)}`],
  mse: ["MSE", (one) => one.mse, (one) => `MSE ${kit.show(one.mse, 4)}`],
  milliseconds: ["time", (one) => one.milliseconds, (one) => `${kit.show(one.milliseconds, 1)} ms`],
};

/** @param {Props} props */
export const fields = ({ kinds }) => ({
  sort: kit.oneOf([...Object.keys(SORTS), "order"]),
  guess: kit.oneOf(["", ...Object.keys(kinds)]),
});

/** @param {Mounted} mount */
export default function mount({ element, props, server, state, bench }) {
  if (!bench) throw new Error("this step obeys the bench");
  const notice = kit.notice(), winners = winnersOf(props);
  /** @type {[string, string][]} */
  const options = [...Object.entries(SORTS).map(([key, [words]]) => /** @type {[string, string]} */ ([key, words]))];
  const sort = kit.segments({ label: "Sort by", state, field: "sort", options: [...options, ["order", "kind"]] });
  const cards = kit.el("div", { class: "cards", role: "list", "aria-label": "Denoisers" });
  element.append(
    kit.el(
      "p",
      { class: "todo" },
      "Drag the noise above: all get the same noisy picture, and the cards sort themselves.",
    ),
    kit.el(
      "div",
      { class: "top" },
      winners.element,
      kit.el("div", { class: "row" }, kit.el("span", { class: "soft" }, "Sort by"), sort.element),
    ),
    cards,
    kit.el(
      "p",
      { class: "soft note" },
      "Dashed: nothing learned from digits. The filters and the linear denoiser are told which noise it is and how " +
        "strong; the networks are told nothing.",
    ),
    notice.element,
    question(props, state).element,
  );

  const names = [NOTHING, ...Object.keys(props.labels)];
  /** @type {Map<string, Card>} */
  const made = new Map(names.map((name) => [name, cardOf(name, props)]));
  cards.append(...[...made.values()].map(({ box }) => box));
  for (const { box } of made.values()) box.style.order = String(names.length); // until it has its answer
  /** The learned denoisers and the classical ones arrive apart. @type {Map<string, Result>} */
  const results = new Map();

  const arrange = () => {
    const { sort } = state.values, { kind, noise } = bench.values, test = testValues(props.measured, kind, noise);
    const first = SORTS[sort]?.[1] ?? ((/** @type {Result} */ one) => names.indexOf(one.network));
    const ranked = [...results.values()].sort((a, b) => first(a) - first(b)), place = test ? places(test.values) : {};
    const by = SORTS[sort] ? sort : "psnr";
    travel([...made.values()].map(({ box }) => box), () =>
      ranked.forEach((one, i) => {
        const card = made.get(one.network), best = by === "milliseconds" ? i === 1 : i === 0; // doing nothing takes none
        card?.box.style.setProperty("order", String(i));
        card?.box.classList.toggle("best", best && sort !== "order");
        card?.tell(one, SORTS[by][2](one), place[one.network] ?? null, results.get(NOTHING));
      }));
    winners.show([...results.values()].filter(({ network }) => network !== NOTHING), test);
  };
  /** @param {Answer} answer */
  const show = (answer) => {
    for (const one of [{ ...answer.noisy, network: NOTHING, milliseconds: 0 }, ...answer.results]) {
      results.set(one.network, one);
      made.get(one.network)?.picture.show(kit.bytes(one.picture));
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

/**
 * Let boxes travel to where `change` puts them.
 * @param {HTMLElement[]} boxes
 * @param {() => void} change
 */
function travel(boxes, change) {
  const before = kit.still() ? [] : boxes.map((box) => box.getBoundingClientRect());
  change();
  boxes.forEach((box, i) => {
    if (!before[i]?.width) return;
    const now = box.getBoundingClientRect(), x = before[i].left - now.left, y = before[i].top - now.top;
    if (!x && !y) return;
    box.getAnimations().forEach((one) => one.cancel());
    box.animate([{ transform: `translate(${x}px, ${y}px)` }, { transform: "none" }], {
      duration: TRAVEL,
      easing: "ease-out",
    });
  });
}

/** The best on this drawing beside the best on the test set. @param {Props} props */
function winnersOf({ labels, measured }) {
  const [here, there] = ["On this drawing, one seed", "On the test set"].map((title) => {
    const value = kit.el("span", {}, "–"), who = kit.el("span", {}, "\u00a0"), head = kit.el("span", {}, title);
    head.className = "soft small";
    return { value, who, head, element: kit.el("div", { class: "winner" }, head, kit.el("div", {}, value, " ", who)) };
  });
  here.value.className = "result";
  there.value.className = "second";
  /** @param {Result[]} results @param {ReturnType<typeof testValues>} test */
  const show = (results, test) => {
    const best = [...results].sort((a, b) => SORTS.psnr[1](a) - SORTS.psnr[1](b))[0];
    if (best) [here.value.textContent, here.who.textContent] = [decibels(best), labels[best.network]];
    const [name, psnr] = Object.entries(test?.values ?? {}).sort((a, b) => b[1] - a[1])[0] ?? [null, 0];
    there.value.textContent = name === null ? "not measured" : psnr >= 100 ? "no error" : `${kit.show(psnr, 1)} dB`;
    there.who.textContent = name === null ? "at this strength" : labels[name];
    there.head.textContent = name === null
      ? "On the test set"
      : `On the test set, ${test?.words}: the mean of ${kit.count(measured.pictures[name])} digits`;
  };
  return { element: kit.el("div", { class: "winners", role: "status" }, here.element, there.element), show };
}

/** A denoiser's card. @param {string} name @param {Props} props */
function cardOf(name, { labels, classical, measured }) {
  const label = labels[name] ?? "Nothing done", most = Object.keys(measured.rows).length;
  const picture = kit.picture({
    label,
    words: label.replace("autoencoder", "AE"),
    width: 76,
  });
  const number = kit.el("span", { class: "number" }, "–"), place = kit.el("span", { class: "soft place" }, "\u00a0");
  const kind = name === NOTHING ? "nothing" : classical.includes(name) ? "classical" : "learned";
  const box = kit.el("div", { class: `card ${kind}`, role: "listitem" }, picture.figure, number, place);
  /** @param {Result} one @param {string} words @param {number | null} rank on the test set @param {Result} [nothing] */
  const tell = (one, words, rank, nothing) => {
    const worse = kind !== "nothing" && !!nothing && one.mse > nothing.mse;
    number.textContent = words;
    number.classList.toggle("worse", worse);
    place.textContent = worse ? "worse than nothing" : rank ? `test set: ${ordinal(rank)}` : "\u00a0";
    picture.say(`${decibels(one)}${worse ? ", worse than nothing done" : ""}`);
    box.title = `${label}: ${decibels(one)}, SSIM ${kit.show(one.ssim, 3)}, MSE ${kit.show(one.mse, 4)}` +
      (kind === "nothing" ? "" : `, ${kit.show(one.milliseconds, 1)} ms`) +
      (rank ? `; ${ordinal(rank)} of ${most} on the test set` : "");
  };
  return { box, picture, tell };
}

/**
 * The networks learned Gaussian noise alone: what else do they take off?
 * @param {Props} props
 * @param {import("../../kit/elements.js").AnyState} state
 */
function question({ measured, kinds, classical, labels }, state) {
  const others = Object.keys(kinds).filter((kind) => kind !== "gaussian");
  const networks = Object.keys(measured.rows).filter((name) => !classical.includes(name));
  /** What the best network gains on a kind. @param {string} kind */
  const gain = (kind) => Math.max(...networks.map((name) => measured.rows[name].kinds[kind])) - measured.noisy[kind];
  return kit.predict({
    question: "The networks learned from Gaussian noise alone. Which of the other kinds do they take off best?",
    options: others.map((kind) => [kind, kinds[kind]]),
    state,
    field: "guess",
    truth: () => others.reduce((best, kind) => (gain(kind) > gain(best) ? kind : best)),
    words: () =>
      `Gained by the best of them over doing nothing, all at strength ${measured.kinds_strength}: ` +
      others.map((kind) => {
        const best = networks.reduce((a, b) => (measured.rows[b].kinds[kind] > measured.rows[a].kinds[kind] ? b : a));
        return `${kinds[kind].toLowerCase()} ${kit.signed(gain(kind), 1)} dB (${labels[best]})`;
      }).join("; ") + ".",
  });
}
