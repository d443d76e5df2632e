// Where a decoder knows what it draws: the stored fields of the judge's word and of the way back, under the codes.
import * as kit from "../../kit/kit.js";
import { atlas, linkedMaps } from "../spaces.js";

/** @typedef {import("../spaces.js").Atlas} Atlas */
/** @typedef {import("../spaces.js").Space} Space */
/** @typedef {{ none: number, far: number }} Shares no digit to the judge; farther off than is usual at the codes */
/**
 * @typedef {{
 *   side: number, extent: [number, number, number, number], confidence: string, classes: string, strange: string,
 *   return: string, inside: string, usual: number, cells: number, codes: Shares, between: Shares,
 * }} Sent
 */
/**
 * @typedef {Omit<Sent, "confidence" | "classes" | "strange" | "return" | "inside"> & {
 *   confidence: Uint8Array, classes: Uint8Array, strange: Uint8Array, back: Uint8Array, inside: Uint8Array,
 * }} Field bytes of each cell, row by row from the top
 */
/** @typedef {{ fields: Record<string, Sent>, threshold: number, error?: string }} Found */
/** @typedef {{ atlas: (request: { twins: string }) => Promise<unknown>, holes: () => Promise<Found> }} Server */
/** @typedef {kit.Mount<Record<string, never>, ReturnType<typeof fields>, Server>} HolesMount */

const VIEWS = /** @type {const} */ ([
  ["holes", "comes back farther off than the codes do"],
  ["unsure", "how unsure the judge is"],
  ["strange", "how far from real digits it looks"],
  ["back", "how far the re-encoding lands"],
]);
const FAR = 255; // a byte of `back`: one spread of the codes or more

export const fields = () => ({
  field: kit.oneOf(VIEWS.map(([name]) => name), { was: "latents_field" }),
  codes: kit.flag(true),
  pictures: kit.flag(false),
  place: kit.point(),
});

/** @param {HolesMount} mount */
export default async function mount({ element, server, state, signal }) {
  const notice = kit.notice(), place = kit.el("div", { class: "place" });
  element.append(
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
        kit.choice({ label: "Marked in colour", state, field: "field", options: VIEWS }).element,
        kit.toggle({ label: "the codes", state, field: "codes" }).element,
        kit.toggle({ label: "decoded pictures", state, field: "pictures" }).element,
      ),
    ),
    notice.element,
    place,
  );
  try {
    const [maps, { error, ...found }] = await Promise.all([atlas(server), server.holes()]);
    if (error) throw new Error(error);
    show({ place, maps, found, state, signal });
  } catch (error) {
    notice.say(error instanceof Error ? error.message : String(error));
  }
}

/** @param {Sent} sent @returns {Field} */
const read = ({ confidence, classes, strange, return: back, inside, ...rest }) => ({
  ...rest,
  confidence: kit.bytes(confidence),
  classes: kit.bytes(classes),
  strange: kit.bytes(strange),
  back: kit.bytes(back),
  inside: kit.bytes(inside),
});

/** How much of the colour a cell takes, 0 to 1. @param {string} view @param {Field} f @param {number} i */
function shade(view, f, i) {
  if (view === "unsure") return 1 - f.confidence[i] / 255;
  if (view === "strange") return Math.min(1, Math.max(0, f.strange[i] / 100 - 0.5));
  if (view === "back") return f.back[i] / FAR;
  return f.back[i] > FAR * f.usual ? 1 : 0;
}

/** @param {{ place: HTMLElement, maps: Atlas, found: Found, state: HolesMount["state"], signal: AbortSignal }} options */
function show({ place, maps, found, state, signal }) {
  const spaces = maps.spaces.filter((space) => found.fields[space.name]);
  const all = Object.fromEntries(spaces.map((space) => [space.name, read(found.fields[space.name])]));
  /** @type {Record<string, { picture: ReturnType<typeof kit.picture>, words: HTMLElement }>} */
  const readings = {};
  const below = (/** @type {Space} */ space) => {
    const picture = kit.picture({ label: "decoded here", width: 84 }),
      words = kit.el("p", { class: "soft", role: "status" });
    readings[space.name] = { picture, words };
    return kit.el("div", { class: "made" }, picture.figure, words);
  };
  const tell = (/** @type {readonly [number, number]} */ z, /** @type {Space} */ space) => {
    const f = all[space.name], map = linked.maps[space.name], [x0, x1, y0, y1] = f.extent;
    const cell = (/** @type {number} */ share) => Math.max(0, Math.min(f.side - 1, Math.floor(share * f.side)));
    const i = cell((y1 - z[1]) / (y1 - y0)) * f.side + cell((z[0] - x0) / (x1 - x0));
    const decoded = map.cell([z[0], z[1]]), { picture, words } = readings[space.name];
    if (decoded) picture.show(decoded);
    const like = f.strange[i] > 100 ? ", but it looks like no real one" : "";
    const back = f.back[i] === FAR ? "1 or more" : kit.show(f.back[i] / FAR, 2);
    words.textContent =
      `${kit.percent(f.confidence[i] / 255, 0)} sure it is a ${maps.names[f.classes[i]]}${like}; re-encoded ` +
      `${back} spreads away${f.inside[i] ? "" : "; outside the codes' hull"}.`;
  };
  const linked = linkedMaps({
    atlas: { ...maps, spaces },
    signal,
    below,
    width: 460,
    zoom: false,
    radius: 1.8,
    hoverWhilePinned: true,
    on: { names: false },
    onHover: (_, space, z) => z && tell(z, space),
    onPin: (z, _, __, { drag }) => state.set({ place: z }, { drag }),
  });
  place.replaceChildren(
    linked.element,
    kit.el("div", { class: "scrolls" }, table(spaces, all).element),
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

/** @param {Space[]} spaces @param {Record<string, Field>} all */
const table = (spaces, all) =>
  kit.table({
    caption: "What lies between the codes, beside the codes themselves",
    head: ["", "no digit: codes", "between", "comes back far off: codes", "between"],
    rows: spaces.map(({ name, title }) => [
      title,
      kit.percent(all[name].codes.none, 0),
      kit.percent(all[name].between.none, 0),
      kit.percent(all[name].codes.far, 0),
      kit.el("b", {}, kit.percent(all[name].between.far, 0)),
    ]),
  });

/** @param {Found} found */
const explanation = (found) =>
  kit.el(
    "p",
    { class: "soft" },
    `No digit: the classifier gives its best class less than ${
      kit.percent(found.threshold, 0)
    }, or the picture does not lie among ` +
      "real digits in its features. Comes back far off: |encode(decode(z)) − z| is more than at 95 % of this space's own codes. " +
      "Between: cells inside the convex hull of 5,000 codes in which none lies. Paler: outside the convex hull of the codes.",
  );
