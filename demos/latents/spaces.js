// Several latent spaces over the same digits: linked maps, three in a row where each has its 480 px, else the autoencoder
// beside the VAE and PCA below; on a narrow screen a single map whose dots travel from space to space, so that the eye
// can follow where the others keep a digit.
import { bytes, floats } from "../kit/bytes.js";
import { button, el, fieldOf, onResize } from "../kit/elements.js";
import { legend } from "../kit/legend.js";
import { map } from "../kit/map.js";
import { unpackLines } from "../kit/sheet.js";
import { numbers, whole } from "../kit/state.js";

/** @import { Pair } from "../kit/geometry.js" */
/** @import { Extent } from "../kit/geometry.js" */
/** @import { LatentMap } from "../kit/map.js" */
/** @import { AnyState } from "../kit/elements.js" */
/**
 * @typedef {object} Space one network's
 * @property {string} name of the network
 * @property {string} title
 * @property {Method} method
 * @property {Float32Array} points z1 and z2 in turns, the same digits in every space
 * @property {Extent} extent
 * @property {number} spread of its codes, in its own units
 * @property {import("../kit/sprite.js").Sprite | null} sprite
 * @property {number | null} mse on the test set
 */
/**
 * @typedef {object} Atlas
 * @property {Uint8Array} classes
 * @property {string[]} names of the classes
 * @property {boolean} originals can the pictures themselves be asked for?
 * @property {Space[]} spaces
 */
/**
 * @typedef {object} Travelling a space as the server sends it
 * @property {string} name
 * @property {string} title
 * @property {Method} method
 * @property {string} points base64 of float32
 * @property {Extent} extent
 * @property {number} spread
 * @property {number} columns
 * @property {number} rows
 * @property {string} sprite a PNG, each line a picture
 * @property {number | null} mse
 */
/** @typedef {Omit<Atlas, "classes" | "spaces"> & { classes: string, spaces: Travelling[] }} Sent */
/** @typedef {{ atlas: (request: { twins: string }) => Promise<unknown> }} Server */

/** @type {Map<string, Promise<Atlas>>} */
const asked = new Map();

/**
 * The maps' data for a pair of twins, asked for once by all rooms of the page; a failure may be asked again.
 * @param {Server} server
 * @param {string} [twins]
 */
export function atlas(server, twins = "lecture") {
  const known = asked.get(twins);
  if (known) return known;
  const found = server.atlas({ twins }).then(read);
  asked.set(twins, found);
  found.catch(() => asked.delete(twins));
  return found;
}

/** @param {unknown} answer @returns {Promise<Atlas>} */
async function read(answer) {
  const given = /** @type {Sent & { error?: string }} */ (answer);
  if (given.error) throw new Error(given.error);
  const spaces = await Promise.all(given.spaces.map(async (space) => ({
    ...space,
    points: floats(space.points),
    sprite: {
      bytes: (await unpackLines(space.sprite)).bytes,
      columns: space.columns,
      rows: space.rows,
      cell: 28,
      extent: space.extent,
    },
  })));
  return { ...given, classes: bytes(given.classes), spaces };
}

/** @typedef {"pca" | "ae" | "vae"} Method what a network is, and whose colour it takes on all tabs */

/** A digit as it is spoken of: "a 3", "an 8". @param {string} name */
export const article = (name) => `${name === "8" ? "an" : "a"} ${name}`;

/**
 * What the server tells in words, with **bold** parts and empty lines between paragraphs, as nodes.
 * @param {string} text
 * @returns {(string | Node)[]}
 */
export const told = (text) =>
  text.split("\n\n").flatMap((paragraph, k) => [
    ...(k ? [el("br"), el("br")] : []),
    ...paragraph.split("**").map((part, i) => i % 2 ? el("b", {}, part) : part),
  ]);

/**
 * The state for a part that ends before the room does: it follows until `signal` ends.
 * @template {import("../kit/state.js").Fields} F
 * @param {import("../kit/state.js").State<F>} state
 * @param {AbortSignal} signal
 * @returns {import("../kit/state.js").State<F>}
 */
export const bound = (state, signal) => ({
  get values() {
    return state.values;
  },
  set: state.set,
  reset: state.reset,
  field: state.field,
  follow: (react) => state.follow((values) => signal.aborted || react(values)),
});

const SHORT = { pca: "PCA", ae: "AE", vae: "VAE" };
const NARROW = 620; // pixels of the instrument, below which there is one map

/** The space that a narrow screen shows: its place in the atlas, 2 is the VAE; beyond the last: the last. */
export const spaceField = () => whole(0, 3, { start: 2 });
/** The classes that a click on the legend has hidden. */
export const hiddenField = () => numbers({ start: [], min: 0, max: 9, digits: 0, most: 10 });
/** What is seen of each map where they can be zoomed, by its place in the atlas: [x0, x1, y0, y1], or [] for all. */
export const viewFields = () => ({ view0: viewField(), view1: viewField(), view2: viewField(), view3: viewField() });
const viewField = () => numbers({ start: [], digits: 4, most: 4 });

/**
 * @typedef {object} LinkedOptions
 * @property {Atlas} atlas
 * @property {AbortSignal} signal
 * @property {AnyState} state with the field space: spaceField(), where the legend is shown hidden: hiddenField(), and
 *   where the maps can be zoomed ...viewFields()
 * @property {number} [width] of one map, at most
 * @property {boolean} [zoom]
 * @property {number} [radius]
 * @property {{ sprite?: boolean, points?: boolean, names?: boolean }} [on] what is shown at first
 * @property {boolean} [hoverWhilePinned] as of kit.map; true where a pin in one space must not silence the others
 * @property {boolean} [marksPin] as of kit.map
 * @property {readonly [string, string]} [axes] as of kit.map
 * @property {(space: Space) => import("../kit/elements.js").Child | import("../kit/elements.js").Child[]} [beside] what stands
 *   beside the name of a space, above its map
 * @property {(space: Space) => import("../kit/elements.js").Child} [below] what stands under a map
 * @property {(index: number, space: Space, z: Pair | null) => void} [onHover] index -1: no digit there
 * @property {(z: Pair | null, index: number, space: Space, how: { drag: boolean }) => void} [onPin]
 * @property {(index: number) => ArrayLike<number> | null | undefined} [thumbnail]
 */

/** @param {LinkedOptions} options */
export const linkedMaps = (options) => new LinkedMaps(options);

export class LinkedMaps {
  /** @param {LinkedOptions} options */
  constructor(options) {
    this.options = options;
    const { atlas, signal, state, width = 520, beside = () => null, below = () => null } = options;
    const hidden = fieldOf(state, "hidden"), shown = fieldOf(state, "space");
    /** @type {Record<string, LatentMap>} */
    this.maps = {};
    /** @type {Record<string, HTMLElement>} */
    this.sections = {};
    for (const [i, space] of atlas.spaces.entries()) {
      const { method } = space, made = this.maps[space.name] = this.#map(space, i);
      this.sections[space.name] = el(
        "section",
        { class: `space space-${method}`, "data-space": space.name, "aria-label": space.title },
        el("div", { class: "space-head" }, el("h3", {}, space.title), beside(space)),
        made.element,
        below(space),
      );
    }
    this.switches = atlas.spaces.map(({ method, title }, i) => {
      const alone = atlas.spaces.filter((other) => other.method === method).length === 1;
      return button(alone ? SHORT[method] : title, () => shown.set(i), { kind: `space-${method}`, pressed: false });
    });
    this.switch = el("div", { class: "segments space-switch", role: "group", "aria-label": "Space" }, this.switches);
    this.legend = legend({
      names: atlas.names,
      signal,
      onInput: (shown) => hidden.set([...atlas.names.keys()].filter((k) => !shown.has(k))),
      onPoint: (k) => this.each((one) => one.emphasise(k)),
    });
    this.element = el("div", { class: "spaces" }, this.switch, Object.values(this.sections));
    this.element.style.setProperty("--columns", String(Math.min(3, atlas.spaces.length)));
    this.element.style.setProperty("--map", `${width}px`);
    onResize(this.element, () => this.#arrange(), signal);
    if (hidden.field) hidden.follow((gone) => this.#showClasses(/** @type {readonly number[]} */ (gone)));
    shown.follow((place) => this.#select(/** @type {number} */ (place)));
    atlas.spaces.forEach((space, i) => {
      const view = fieldOf(state, `view${i}`);
      if (view.field) view.follow(() => this.#see(space, i));
    });
  }

  narrow = false;
  lit = -1;
  selected = ""; // the space that a narrow screen shows

  /** @param {Space} space @param {number} i its place in the atlas */
  #map(space, i) {
    const { atlas, signal, width = 520, zoom = true, radius, on, axes, thumbnail, onHover, onPin } = this.options;
    const { hoverWhilePinned, marksPin } = this.options;
    return map({
      label: `${space.title}: codes of ${atlas.classes.length.toLocaleString("en")} test digits`,
      signal,
      width,
      zoom,
      radius,
      axes,
      on: { sprite: false, ...on },
      hoverWhilePinned,
      marksPin,
      thumbnail,
      points: space.points,
      classes: atlas.classes,
      names: atlas.names,
      extent: space.extent,
      sprite: space.sprite,
      onView: (_, { hand }) => hand ? this.#moved(space, i) : this.#see(space, i),
      onHover: (z, index) => {
        this.each((one) => one.highlight(index < 0 ? this.lit : index));
        onHover?.(index, space, z);
      },
      onPin: onPin && ((z, index, how) => onPin(z, index, space, how)),
    });
  }

  #settling = false; // state and map are being brought together: neither answers the other

  /** A hand has moved map i: the state follows. @param {Space} space @param {number} i */
  #moved({ name }, i) {
    const view = fieldOf(this.options.state, `view${i}`);
    this.#settling = true;
    if (view.field) view.set(this.maps[name].seen(), { drag: true });
    this.#settling = false;
  }

  /** Map i shows what the state says, also after it got another whole or another size. @param {Space} space @param {number} i */
  #see({ name }, i) {
    const view = /** @type {readonly number[] | undefined} */ (this.options.state.values[`view${i}`]);
    const one = this.maps[name]; // not there yet while it is made
    if (!one || !view || this.#settling || String(one.seen()) === String(view)) return;
    this.#settling = true;
    one.see(view);
    this.#settling = false;
  }

  /** Do something to every map. @param {(one: LatentMap, space: Space) => void} act */
  each(act) {
    for (const space of this.options.atlas.spaces) act(this.maps[space.name], space);
  }

  /**
   * The same digit in every map, until told otherwise; a hover lights another meanwhile; -1: none.
   * @param {number} index
   */
  light(index) {
    this.lit = index;
    this.each((one) => one.highlight(index));
  }

  /** Pin a digit's own code in every map; null: let go. @param {number | null} index */
  pin(index) {
    this.each((one) => one.pin(index === null || index < 0 ? null : one.code(index)));
  }

  /** Each map its own scale, or one for all, around the origin. @param {"own" | "same"} kind */
  setScale(kind) {
    const far = Math.max(...this.options.atlas.spaces.flatMap(({ extent }) => extent.map(Math.abs)));
    this.each((one, { extent }) => one.home(kind === "own" ? extent : [-far, far, -far, far]));
  }

  /** @param {boolean} on */
  showSprites(on) {
    this.each((one) => one.showSprite(on));
  }

  /** @param {boolean} on */
  showNames(on) {
    this.each((one) => one.showNames(on));
  }

  /** @param {boolean} on */
  showPoints(on) {
    this.each((one) => one.showPoints(on));
  }

  /** @param {readonly number[]} hidden */
  #showClasses(hidden) {
    const shown = hidden.length ? [...this.options.atlas.names.keys()].filter((k) => !hidden.includes(k)) : null;
    this.legend.set(shown);
    this.each((one) => one.classes(shown));
  }

  /** On a narrow screen: show this space; the dots travel there from the one shown before. @param {number} place */
  #select(place) {
    const { spaces } = this.options.atlas, before = this.maps[this.selected];
    this.selected = spaces[Math.min(place, spaces.length - 1)]?.name ?? "";
    this.#arrange();
    if (this.narrow && before) this.maps[this.selected].arriveFrom(before);
  }

  #arrange() {
    const width = this.element.clientWidth || innerWidth; // before it stands on the page: as wide as that
    this.narrow = width > 0 && width < NARROW && this.options.atlas.spaces.length > 1;
    this.element.classList.toggle("narrow", this.narrow);
    this.switch.hidden = !this.narrow;
    this.options.atlas.spaces.forEach(({ name }, i) => {
      this.sections[name].hidden = this.narrow && name !== this.selected;
      this.switches[i].setAttribute("aria-pressed", String(name === this.selected));
    });
  }
}
