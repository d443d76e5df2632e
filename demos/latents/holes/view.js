// Where a decoder knows what it draws: the stored fields of the judge's word and of the way back, under the codes.
import * as kit from "../../kit/kit.js";
import { article, atlas, bound, linkedMaps, spaceField, told } from "../spaces.js";

/** @typedef {import("../spaces.js").Atlas} Atlas */
/** @typedef {import("../spaces.js").Space} Space */
/** @typedef {{ share: number, interval: [number, number], pictures: number }} Share */
/** @typedef {{ none: Share, far: Share, kept?: Share }} Shares no digit to the judge; farther off than is usual at the codes; class kept */
/**
 * @typedef {{
 *   title: string, side: number, extent: [number, number, number, number], digit: string, classes: string,
 *   doubt: string, return: string, inside: string, usual: number, codes: Shares, between: Shares,
 *   excess: [number, number, number],
 * }} Sent
 */
/**
 * @typedef {Omit<Sent, "digit" | "classes" | "doubt" | "return" | "inside"> & {
 *   digit: Uint8Array, classes: Uint8Array, doubt: Uint8Array, back: Uint8Array, inside: Uint8Array,
 * }} Field bytes of each cell, row by row from the top
 */
/** @typedef {{ fields: Record<string, Sent>, real: number, error?: string }} Found */
/** @typedef {{ atlas: (request: { twins: string }) => Promise<unknown>, holes: () => Promise<Found> }} Server */
/**
 * @typedef {{ twins: [name: string, words: string, note: string][], truths: Record<string, string>,
 *   answers: Record<string, string> }} Props note: what there is to say of one's own network; truths, answers: by pair
 */
/** @typedef {kit.Mount<Props, ReturnType<typeof fields>, Server>} HolesMount */

const VIEWS = /** @type {const} */ ([
  ["holes", "comes back farther off than the codes do"],
  ["unsure", "how much the judge doubts that it is a digit"],
  ["strange", "no digit to the judge"],
  ["back", "how far the re-encoding lands"],
]);
const GUESSES = /** @type {const} */ ([
  ["fewer", "The VAE has fewer"],
  ["alike", "No clear difference"],
  ["more", "The VAE has more"],
  ["none", "Neither has any"],
]);
const FAR = 255; // a byte of `back`: one spread of the codes or more

/** @param {Props} props */
export const fields = ({ twins }) => ({
  twins: kit.oneOf(twins.map(([name]) => name)),
  field: kit.oneOf(VIEWS.map(([name]) => name), { was: "latents_field" }),
  codes: kit.flag(true),
  pictures: kit.flag(false),
  place: kit.point(),
  guess: kit.oneOf(["", ...GUESSES.map(([name]) => name)]),
  space: spaceField(),
});

/** @param {HolesMount} mount */
export default function mount({ element, props, server, state, signal }) {
  const notice = kit.notice(), note = kit.el("p", { class: "soft" });
  const twins = kit.choice({
    label: "Networks",
    state: askedAnew(state),
    field: "twins",
    options: props.twins.map(([name, words]) => [name, words]),
  });
  twins.element.hidden = props.twins.length < 2;
  const place = kit.el("div", { class: "place" }), below = kit.el("div", { class: "below" });
  element.append(
    kit.el(
      "div",
      { class: "across" },
      kit.el(
        "p",
        { class: "todo" },
        "Point at a place between the codes: what is decoded there, and does it come back to where it came from?",
      ),
      kit.folded(
        "Settings",
        signal,
        kit.el(
          "div",
          { class: "row tools" },
          twins.element,
          kit.choice({ label: "Marked in colour", state, field: "field", options: VIEWS }).element,
          kit.toggle({ label: "the codes", state, field: "codes" }).element,
          kit.toggle({ label: "decoded pictures", state, field: "pictures" }).element,
        ),
      ),
      notice.element,
      place,
      note,
    ),
    below,
  );
  const asked = server.holes();
  let shown = "";
  let old = new AbortController();
  /** @param {string} wanted */
  const open = async (wanted) => {
    shown = wanted;
    notice.say("");
    try {
      const [maps, { error, ...found }] = await Promise.all([atlas(server, wanted), asked]);
      if (error) throw new Error(error);
      if (shown !== wanted || signal.aborted) return;
      old.abort(); // other networks: other maps; what the old ones started ends
      old = new AbortController();
      const both = AbortSignal.any([signal, old.signal]);
      show({ props, place, below, maps, found, state: bound(state, both), signal: both });
    } catch (error) {
      notice.say(error instanceof Error ? error.message : String(error));
    }
  };
  state.follow(({ twins: wanted }) => {
    note.textContent = props.twins.find(([name]) => name === wanted)?.[2] ?? "";
    note.hidden = !note.textContent;
    if (wanted !== shown) open(wanted);
  });
}

/**
 * Another pair is another question: a guess on one is none on the other, nor is a place in its spaces.
 * @param {HolesMount["state"]} state
 * @returns {import("../../kit/elements.js").AnyState}
 */
const askedAnew = (state) => ({
  get values() {
    return state.values;
  },
  follow: /** @type {import("../../kit/elements.js").AnyState["follow"]} */ (state.follow),
  field: /** @type {import("../../kit/elements.js").AnyState["field"]} */ (state.field),
  set:
    /** @type {import("../../kit/elements.js").AnyState["set"]} */ ((/** @type {{ twins: string }} */ { twins }) =>
      state.set({ twins, guess: "", place: null })),
});

/** @param {Sent} sent @returns {Field} */
const read = ({ digit, classes, doubt, return: back, inside, ...rest }) => ({
  ...rest,
  digit: kit.bytes(digit),
  classes: kit.bytes(classes),
  doubt: kit.bytes(doubt),
  back: kit.bytes(back),
  inside: kit.bytes(inside),
});

/** How much of the colour a cell takes, 0 to 1. @param {string} view @param {Field} f @param {number} i */
function shade(view, f, i) {
  if (view === "unsure") return f.doubt[i] / 255;
  if (view === "strange") return f.digit[i] ? 0 : 1;
  if (view === "back") return f.back[i] / FAR;
  return f.back[i] > FAR * f.usual ? 1 : 0;
}

/** @param {{ props: Props, place: HTMLElement, below: HTMLElement, maps: Atlas, found: Found, state: HolesMount["state"], signal: AbortSignal }} options */
function show({ props, place, below, maps, found, state, signal }) {
  const spaces = maps.spaces.filter((space) => found.fields[space.name]);
  const all = Object.fromEntries(spaces.map((space) => [space.name, read(found.fields[space.name])]));
  /** @type {Record<string, { picture: ReturnType<typeof kit.picture>, words: HTMLElement }>} */
  const readings = {};
  const beside = (/** @type {Space} */ space) => {
    const picture = kit.picture({ label: "decoded here", width: 48 }),
      words = kit.el("p", { class: "soft point", role: "status" });
    readings[space.name] = { picture, words };
    return kit.el("div", { class: "made" }, picture.figure);
  };
  const tell = (/** @type {readonly [number, number]} */ z, /** @type {Space} */ space) => {
    const f = all[space.name], map = linked.maps[space.name], [x0, x1, y0, y1] = f.extent;
    const cell = (/** @type {number} */ share) => Math.max(0, Math.min(f.side - 1, Math.floor(share * f.side)));
    const i = cell((y1 - z[1]) / (y1 - y0)) * f.side + cell((z[0] - x0) / (x1 - x0));
    const decoded = map.cell([z[0], z[1]]), { picture, words } = readings[space.name];
    if (decoded) picture.show(decoded);
    const name = maps.names[f.classes[i]], word = `${f.digit[i] ? "a digit," : "no digit; nearest"} ${article(name)}`;
    const back = f.back[i] === FAR ? "1 or more" : kit.show(f.back[i] / FAR, 2);
    words.textContent = `The judge: ${word}. Re-encoded ` +
      `${back} spreads away${f.inside[i] ? "" : "; outside the codes' hull"}.`;
  };
  const linked = linkedMaps({
    atlas: { ...maps, spaces },
    signal,
    state,
    beside,
    below: ({ name }) => readings[name].words,
    width: 620,
    zoom: false,
    radius: 1.8,
    hoverWhilePinned: true,
    onHover: (_, space, z) => z && tell(z, space),
    onPin: (z, _, __, { drag }) => state.set({ place: z }, { drag }),
  });
  const [map] = Object.values(linked.maps);
  const marks = map?.legendMarks({ pinned: "pinned place" }) ?? "";
  linked.element.append(kit.el("div", { class: "aside" }, marks, question(props, state) ?? ""));
  place.replaceChildren(linked.element);
  below.replaceChildren(
    kit.el("div", { class: "scrolls" }, table(found, new Set(spaces.map(({ name }) => name))).element),
    explanation(found),
  );
  const paint = () => spaces.forEach((space) => underlay(linked.maps[space.name], all[space.name], state.values.field));
  let painted = "";
  state.follow(({ field, codes, pictures, place: pinned }) => {
    if (field !== painted) paint();
    painted = field;
    linked.showPoints(codes);
    linked.showSprites(pictures);
    for (const space of spaces) {
      const z = /** @type {[number, number] | null} */ (pinned);
      linked.maps[space.name].pin(z);
      const [x0, x1, y0, y1] = space.extent;
      tell(z ?? [(x0 + x1) / 2, (y0 + y1) / 2], space);
    }
  });
  kit.onTheme(paint, signal);
}

/** Paint a field under the dots; paler outside the codes' hull. @param {import("../../kit/map.js").LatentMap} latent @param {Field} f @param {string} view */
function underlay(latent, f, view) {
  const sheet = kit.el("canvas", { width: f.side, height: f.side }), g = kit.context2d(sheet);
  const image = g.createImageData(f.side, f.side), ink = kit.rgb(kit.ink("wrong"));
  for (let i = 0; i < f.side * f.side; i++) {
    image.data.set(ink, 4 * i);
    image.data[4 * i + 3] = 255 * shade(view, f, i) * (f.inside[i] ? 0.75 : 0.25);
  }
  g.putImageData(image, 0, 0);
  latent.underlay((context, toPixel) => {
    const [left, top] = toPixel([f.extent[0], f.extent[3]]), [right, bottom] = toPixel([f.extent[1], f.extent[2]]);
    context.imageSmoothingEnabled = view !== "holes";
    context.drawImage(sheet, left, top, right - left, bottom - top);
  });
}

/** Has the KL term filled holes, in the pair that is shown? @param {Props} props @param {HolesMount["state"]} state */
function question({ truths, answers }, state) {
  const { twins } = state.values, truth = truths[twins];
  if (!truth) return null;
  return kit.predict({
    question:
      "Holes: places between the codes that are no digit more often than the codes themselves. Does the KL term fill them " +
      "in the pair shown?",
    options: GUESSES,
    state,
    field: "guess",
    truth: () => truth,
    words: () => [
      "The argument: the VAE's encoder gives a region, N(μ, σ²), never a point, the decoder has to work in all of it, and " +
      "the KL term pushes the regions together; of what lies between an autoencoder's codes training asks nothing. The " +
      "measurement, with 95 % intervals:",
      kit.el("br"),
      kit.el("br"),
      ...told(answers[twins]),
    ],
  }).element;
}

/** All that was measured, both pairs of twins; the spaces on the maps in bold. @param {Found} found @param {Set<string>} shown */
const table = ({ fields }, shown) =>
  kit.table({
    caption: "What lies between the codes, beside the codes themselves",
    head: ["", "class kept at the codes", "no digit: codes", "between", "difference, points", "far off: between"],
    rows: Object.entries(fields).map(([name, { title, codes, between, excess: [apart, low, high] }]) => [
      kit.el(shown.has(name) ? "b" : "span", {}, title),
      codes.kept ? kit.percent(codes.kept.share, 0) : "",
      kit.percent(codes.none.share, 0),
      kit.percent(between.none.share, 0),
      kit.el("b", {}, `${kit.signed(100 * apart, 0)} (${kit.signed(100 * low, 0)} to ${kit.signed(100 * high, 0)})`),
      kit.percent(between.far.share, 0),
    ]),
  });

/** @param {Found} found */
const explanation = ({ fields, real }) =>
  kit.el(
    "p",
    { class: "soft" },
    `No digit: to the judge, which accepts ${kit.percent(real, 0)} of real test digits. Between: ${
      kit.count(Object.values(fields)[0]?.between.none.pictures ?? 0)
    } places at random in the convex hull of the codes; codes: as many codes of test digits at random; in brackets the ` +
      "95 % interval. Far off: |encode(decode(z)) − z| is more than at 95 % of this space's own codes. Paler: outside the hull.",
  );
