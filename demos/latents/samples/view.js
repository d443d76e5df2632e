// Every space sampled the same way: where the drawn codes fall, what is decoded there, and how much of it is a digit.
import * as kit from "../../kit/kit.js";
import { atlas, bound, linkedMaps, spaceField, told, viewFields } from "../spaces.js";

/**
 * @typedef {{ samplers: [name: string, words: string][], twins: [name: string, words: string, note: string][],
 *   truth: string | null, answer: string }} Props note: what there is to say of one's own network
 */
/**
 * @typedef {{ title: string, heading: string, method: import("../spaces.js").Method, points: string, pictures: string,
 *   digits: boolean[], shares: Record<string, number>, rebuilt: number, kept: number }} Space
 */
/**
 * @typedef {{ spaces: Record<string, Space>, count: number, width: number, measured: number, real: number,
 *   error?: string }} Answer
 */
/** @typedef {{ kind: string, count: number, seed: number, width: number, twins: string }} Request */
/** @typedef {{ draw: (request: Request) => Promise<Answer>, atlas: (request: { twins: string }) => Promise<unknown> }} Server */
/** @typedef {import("../spaces.js").Atlas} Atlas */
/** @typedef {Answer & { maps: Atlas }} Drawn */

const GUESSES = /** @type {const} */ ([["fewer", "Fewer"], ["same", "No clear difference"], ["more", "More"]]);
const COUNT = 24; // pictures of one space

/** @param {Props} props */
export const fields = ({ samplers, twins }) => ({
  twins: kit.oneOf(twins.map(([name]) => name)),
  sampler: kit.oneOf(samplers.map(([name]) => name), { was: "latents_sampler" }),
  width: kit.oneOf(["2", "32"], { was: "latents_width" }),
  seed: kit.seed({ was: "latents_seed" }),
  guess: kit.oneOf(["", ...GUESSES.map(([name]) => name)]),
  space: spaceField(),
  ...viewFields(),
});

/** @param {kit.Mount<Props, ReturnType<typeof fields>, Server>} mount */
export default async function mount({ element, props, server, state, signal }) {
  const notice = kit.notice(), columns = kit.el("div", { class: "columns" });
  const note = kit.el("p", { class: "soft" }), about = kit.el("p", { class: "soft" });
  const table = kit.table({
    caption: "Share of digits among samples, measured at large",
    head: ["", "digits"],
    rows: [],
  });
  const next = kit.button("Next seed", () => state.set({ seed: state.values.seed + 1 }), { kind: "main" });
  const twins = kit.choice({
    label: "Networks",
    state,
    field: "twins",
    options: props.twins.map(([name, words]) => [name, words]),
  });
  const alone = twins.element.hidden = props.twins.length < 2;
  const width = kit.choice({ label: "dimensions", state, field: "width", options: [["2", "2"], ["32", "32"]] });
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
          alone ? "Dimensions and seed" : "Networks, dimensions and seed",
          signal,
          kit.el(
            "div",
            { class: "row tools" },
            twins.element,
            width.element,
            kit.integer({ label: "Seed", state, field: "seed" }).element,
          ),
        ),
        next,
      ),
      notice.element,
      about,
      columns,
    ),
  );
  try {
    await atlas(server);
  } catch (error) {
    return notice.say(error instanceof Error ? error.message : String(error));
  }
  const asked = question(props, state); // about the lecture's networks
  const measured = [asked ?? "", kit.el("div", { class: "scrolls" }, table.element), note];
  /** @type {ReturnType<typeof linkedCards> | undefined} */
  let cards;
  let shown = "", old = new AbortController();
  const show = (/** @type {Drawn} */ drawn, /** @type {Request} */ request) => {
    if (signal.aborted) return; // the room was left while the maps came
    const names = [drawn.width, ...Object.keys(drawn.spaces)].join();
    if (names !== shown) {
      old.abort(); // other networks: other cards; what the old ones started ends
      old = new AbortController();
      const both = AbortSignal.any([signal, old.signal]);
      cards = linkedCards(drawn, measured, bound(state, both), both);
      columns.replaceChildren(cards.element);
      shown = names;
    }
    cards?.show(drawn.spaces);
    table.show({
      head: ["", ...props.samplers.map(([, words]) => words), "rebuilt test digits", "class kept by these"],
      rows: Object.values(drawn.spaces).map((space) => [
        space.title,
        ...props.samplers.map(([kind]) =>
          kit.el(kind === request.kind ? "b" : "span", {}, kit.percent(space.shares[kind]))
        ),
        kit.percent(space.rebuilt),
        kit.percent(space.kept),
      ]),
    });
    note.textContent =
      `Measured on ${kit.count(drawn.measured)} draws each. The judge takes ${kit.percent(drawn.real)} of ` +
      "real test digits for digits.";
  };
  const ask = kit.live((/** @type {Request} */ request) => drawnOnMaps(server, request), show, notice.say);
  state.follow(({ sampler, width: wanted, seed, twins: name }) => {
    width.element.hidden = name !== "lecture"; // one's own network has its own width
    if (asked) asked.hidden = name !== "lecture";
    about.textContent = props.twins.find(([one]) => one === name)?.[2] ?? "";
    about.hidden = !about.textContent;
    ask({ kind: sampler, count: COUNT, seed, width: Number(wanted), twins: name });
  });
}

/**
 * What was drawn, and the maps of two numbers on which it falls.
 * @param {Server} server @param {Request} request
 * @returns {Promise<Drawn>}
 */
async function drawnOnMaps(server, request) {
  const answer = await server.draw(request);
  try {
    return { ...answer, maps: await atlas(server, answer.width === 2 ? request.twins : "lecture") };
  } catch (error) {
    return /** @type {Drawn} */ ({ error: error instanceof Error ? error.message : String(error) });
  }
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

/**
 * Of each space the decoded samples, and its map with the drawn codes where they are of two numbers.
 * @param {Drawn} drawn what the first pictures are @param {(Node | string)[]} measured what stands beside the cards
 * @param {import("../../kit/elements.js").AnyState} state @param {AbortSignal} signal
 */
function linkedCards({ maps, spaces, width }, measured, state, signal) {
  /** @type {Record<string, { sheet: ReturnType<typeof kit.sheet>, share: HTMLElement, drawn: Float32Array }>} */
  const cards = {}; // by network
  const flat = width === 2;
  const linked = linkedMaps({
    atlas: {
      ...maps,
      spaces: flat
        ? maps.spaces.filter(({ name }) => spaces[name])
        : Object.entries(spaces).map(([name, { heading: title, method }]) => ({
          ...maps.spaces[0],
          name,
          title,
          method,
        })),
    },
    signal,
    state,
    width: 620,
    radius: 2.2,
    beside: ({ name, title }) => {
      const share = kit.el("b", { class: "result" });
      const sheet = kit.sheet({
        label: `${title}: decoded samples`,
        cell: 40,
        columns: 8,
        legend: { right: "the judge sees a digit", wrong: "it sees none" },
      });
      cards[name] = { sheet, share, drawn: new Float32Array(0) };
      return [kit.el("p", { class: "count" }, share, kit.el("span", { class: "soft" }, " are digits")), sheet.element];
    },
  });
  linked.each((map, { name }) => {
    map.element.hidden = !flat; // more numbers are no place on a map
    map.overlay((context, toPixel) => {
      const { drawn } = cards[name];
      for (let i = 0; i < drawn.length; i += 2) ring(context, toPixel([drawn[i], drawn[i + 1]]));
    });
  });
  const [first] = flat ? Object.values(linked.maps) : [];
  const marks = first?.legendMarks({ pinned: "", more: [["a drawn code", (context) => ring(context, [14, 14])]] });
  linked.element.append(kit.el("div", { class: "aside" }, marks ?? "", measured));
  return {
    element: linked.element,
    /** @param {Record<string, Space>} answers */
    show: (answers) =>
      linked.each((map, { name, extent }) => {
        const { points, pictures, digits } = answers[name], card = cards[name];
        if (flat) card.drawn = kit.floats(points);
        map.home(holding(extent, card.drawn));
        card.sheet.show(kit.bytes(pictures), {
          frames: digits.map((digit) => digit ? "right" : "wrong"),
          words: (i) => digits[i] ? "a digit" : "no digit",
        });
        card.share.textContent = `${digits.filter(Boolean).length} of ${digits.length}`;
      }),
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
