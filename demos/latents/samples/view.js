// Every space sampled the same way: where the drawn codes fall, what is decoded there, and how much of it is a digit.
import * as kit from "../../kit/kit.js";
import { atlas, linkedMaps, spaceField, told, viewFields } from "../spaces.js";

/** @typedef {{ samplers: [name: string, words: string][], truth: string | null, answer: string }} Props */
/** @typedef {{ title: string, method: import("../spaces.js").Method, points: string, pictures: string, digits: boolean[], shares: Record<string, number>, rebuilt: number, kept: number }} Space */
/**
 * @typedef {{ spaces: Record<string, Space>, count: number, measured: number, real: number, error?: string }} Answer
 */
/** @typedef {{ kind: string, count: number, seed: number, width: number }} Request */
/** @typedef {{ draw: (request: Request) => Promise<Answer>, atlas: (request: { twins: string }) => Promise<unknown> }} Server */
/** @typedef {import("../spaces.js").Atlas} Atlas */

const GUESSES = /** @type {const} */ ([["fewer", "Fewer"], ["same", "No clear difference"], ["more", "More"]]);
const COUNT = 24; // pictures of one space

/** @param {Props} props */
export const fields = ({ samplers }) => ({
  sampler: kit.oneOf(samplers.map(([name]) => name), { was: "latents_sampler" }),
  width: kit.oneOf(["2", "32"], { was: "latents_width" }),
  seed: kit.seed({ was: "latents_seed" }),
  guess: kit.oneOf(["", ...GUESSES.map(([name]) => name)]),
  space: spaceField(),
  ...viewFields(),
});

/** @param {kit.Mount<Props, ReturnType<typeof fields>, Server>} mount */
export default async function mount({ element, props, server, state, signal }) {
  const notice = kit.notice(), columns = kit.el("div", { class: "columns" }), note = kit.el("p", { class: "soft" });
  const table = kit.table({
    caption: "Share of digits among samples, measured at large",
    head: ["", "digits"],
    rows: [],
  });
  const next = kit.button("Next seed", () => state.set({ seed: state.values.seed + 1 }), { kind: "main" });
  element.append(
    kit.el(
      "div",
      { class: "across" },
      kit.el(
        "p",
        { class: "todo" },
        "Choose where z is drawn from: what does each network make of it, and where among the codes did it fall?",
      ),
      kit.el(
        "div",
        { class: "row tools" },
        kit.choice({ label: "Draw z from", state, field: "sampler", options: props.samplers }).element,
        kit.folded(
          "Dimensions and seed",
          signal,
          kit.el(
            "div",
            { class: "row tools" },
            kit.choice({ label: "dimensions", state, field: "width", options: [["2", "2"], ["32", "32"]] }).element,
            kit.integer({ label: "Seed", state, field: "seed" }).element,
          ),
        ),
        next,
      ),
      notice.element,
      columns,
    ),
  );
  /** @type {Atlas} */
  let found;
  try {
    found = await atlas(server);
  } catch (error) {
    return notice.say(error instanceof Error ? error.message : String(error));
  }
  const cards = linkedCards(found, state, signal);
  cards.append(
    kit.el(
      "div",
      { class: "aside" },
      question(props, state) ?? "",
      kit.el("div", { class: "scrolls" }, table.element),
      note,
    ),
  );
  columns.replaceChildren(cards.element);
  const ask = kit.live(server.draw, (/** @type {Answer} */ answer, /** @type {Request} */ request) => {
    cards.show(Object.values(answer.spaces), request.width === 2);
    table.show({
      head: ["", ...props.samplers.map(([, words]) => words), "rebuilt test digits", "class kept by these"],
      rows: Object.values(answer.spaces).map((space) => [
        space.title,
        ...props.samplers.map(([kind]) =>
          kit.el(kind === request.kind ? "b" : "span", {}, kit.percent(space.shares[kind]))
        ),
        kit.percent(space.rebuilt),
        kit.percent(space.kept),
      ]),
    });
    note.textContent =
      `Measured on ${kit.count(answer.measured)} draws each. The judge takes ${kit.percent(answer.real)} of ` +
      "real test digits for digits.";
  }, notice.say);
  state.follow(({ sampler, width, seed }) => ask({ kind: sampler, count: COUNT, seed, width: Number(width) }));
}

/** Does a density fitted afterwards make a generator of the autoencoder? @param {Props} props @param {import("../../kit/elements.js").AnyState} state */
function question({ truth, answer }, state) {
  if (!truth) return null;
  return kit.predict({
    question:
      "Draw from a mixture fitted to the autoencoder's codes: how many digits, beside the VAE under its own N(0, I)?",
    options: GUESSES,
    state,
    field: "guess",
    truth: () => truth,
    words: () => [
      ...told(answer),
      kit.el("br"),
      kit.el("br"),
      "Where a fitted density makes more digits than N(0, I), prior and aggregate posterior differ: the prior has weight " +
      "where no picture sends its code. What no density repairs are the decoder's own weak places: compare with the " +
      "rebuilt test digits in the last columns, and with the real ones below the table.",
    ],
  }).element;
}

/** Of each space the decoded samples, and its map with the drawn codes.
 * @param {Atlas} found @param {import("../../kit/elements.js").AnyState} state @param {AbortSignal} signal */
function linkedCards(found, state, signal) {
  /** @type {Partial<Record<string, { sheet: ReturnType<typeof kit.sheet>, share: HTMLElement, drawn: Float32Array }>>} */
  const cards = {}; // by method: the networks of 32 numbers are others
  const linked = linkedMaps({
    atlas: found,
    signal,
    state,
    width: 620,
    radius: 2.2,
    beside: ({ title, method }) => {
      const share = kit.el("b", { class: "result" });
      const sheet = kit.sheet({
        label: `${title}: decoded samples`,
        cell: 40,
        columns: 8,
        legend: { right: "the judge sees a digit", wrong: "it sees none" },
      });
      cards[method] = { sheet, share, drawn: new Float32Array(0) };
      return [kit.el("p", { class: "count" }, share, kit.el("span", { class: "soft" }, " are digits")), sheet.element];
    },
  });
  linked.each((map, { method }) =>
    map.overlay((context, toPixel) => {
      const drawn = cards[method]?.drawn ?? [];
      for (let i = 0; i < drawn.length; i += 2) ring(context, toPixel([drawn[i], drawn[i + 1]]));
    })
  );
  const [first] = Object.values(linked.maps);
  const marks = first?.legendMarks({ pinned: "", more: [["a drawn code", (context) => ring(context, [14, 14])]] });
  return {
    element: linked.element,
    /** @param {HTMLElement} measured */
    append: (measured) => {
      if (marks) measured.prepend(marks);
      linked.element.append(measured);
    },
    /** @param {Space[]} answers @param {boolean} flat the codes are places on the maps */
    show: (answers, flat) => {
      if (marks) marks.hidden = !flat;
      linked.each((map, { method, extent }) => {
        const answer = answers.find((one) => one.method === method), card = cards[method];
        map.element.hidden = !flat;
        if (!answer || !card) return;
        card.drawn = flat ? kit.floats(answer.points) : new Float32Array(0);
        map.home(holding(extent, card.drawn));
        card.sheet.show(kit.bytes(answer.pictures), {
          frames: answer.digits.map((digit) => digit ? "right" : "wrong"),
          words: (i) => answer.digits[i] ? "a digit" : "no digit",
        });
        card.share.textContent = `${answer.digits.filter(Boolean).length} of ${answer.digits.length}`;
      });
    },
  };
}

/** A drawn code. @param {CanvasRenderingContext2D} context @param {readonly [number, number]} at */
function ring(context, [x, y]) {
  context.lineWidth = 3;
  context.fillStyle = kit.ink("paper");
  context.strokeStyle = kit.ink("ink");
  context.beginPath();
  context.arc(x, y, 5, 0, 2 * Math.PI);
  context.fill();
  context.stroke();
}

/**
 * An extent that holds the codes and the drawn points.
 * @param {readonly [number, number, number, number]} extent
 * @param {Float32Array} points
 * @returns {[number, number, number, number]}
 */
function holding([x0, x1, y0, y1], points) {
  const xs = points.filter((_, i) => i % 2 === 0), ys = points.filter((_, i) => i % 2 === 1);
  return [Math.min(x0, ...xs), Math.max(x1, ...xs), Math.min(y0, ...ys), Math.max(y1, ...ys)];
}
