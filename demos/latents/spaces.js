// Several latent spaces over the same digits: linked maps, side by side on a wide screen; on a narrow one a single map
// whose dots travel from space to space, so that the eye can follow where the others keep a digit.
import { bytes, floats } from "../kit/bytes.js";
import { button, el, onResize } from "../kit/elements.js";
import { legend } from "../kit/legend.js";
import { map } from "../kit/map.js";
import { unpackLines } from "../kit/sheet.js";

/** @import { Pair } from "../kit/geometry.js" */
/** @import { Extent } from "../kit/geometry.js" */
/** @import { LatentMap } from "../kit/map.js" */
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

/**
 * @typedef {object} LinkedOptions
 * @property {Atlas} atlas
 * @property {AbortSignal} signal
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
 * @property {(name: string) => void} [onSelect] on a narrow screen: another space
 * @property {(shown: Set<number>) => void} [onClasses]
 * @property {(index: number) => ArrayLike<number> | null | undefined} [thumbnail]
 */

/** @param {LinkedOptions} options */
export const linkedMaps = (options) => new LinkedMaps(options);

export class LinkedMaps {
  /** @param {LinkedOptions} options */
  constructor(options) {
    this.options = options;
    const { atlas, signal, width = 520, beside = () => null, below = () => null } = options;
    /** @type {Record<string, LatentMap>} */
    this.maps = {};
    /** @type {Record<string, HTMLElement>} */
    this.sections = {};
    for (const space of atlas.spaces) {
      const { method } = space, made = this.maps[space.name] = this.#map(space);
      this.sections[space.name] = el(
        "section",
        { class: `space space-${method}`, "data-space": space.name, "aria-label": space.title },
        el("div", { class: "space-head" }, el("h3", {}, space.title), beside(space)),
        made.element,
        below(space),
      );
    }
    this.switches = atlas.spaces.map((space) => {
      const { method } = space, all = atlas.spaces.filter((other) => other.method === method);
      const words = all.length > 1 ? space.title : SHORT[method];
      return button(words, () => this.select(space.name, true), { kind: `space-${method}`, pressed: false });
    });
    this.switch = el("div", { class: "segments space-switch", role: "group", "aria-label": "Space" }, this.switches);
    this.legend = legend({
      names: atlas.names,
      signal,
      onInput: (shown) => {
        this.showClasses(shown);
        options.onClasses?.(shown);
      },
      onPoint: (k) => this.each((one) => one.emphasise(k)),
    });
    this.element = el("div", { class: "spaces" }, this.switch, Object.values(this.sections));
    this.element.style.setProperty("--columns", String(atlas.spaces.length));
    this.element.style.setProperty("--map", `${width}px`);
    this.selected = atlas.spaces[atlas.spaces.length - 1]?.name ?? "";
    onResize(this.element, () => this.#arrange(), signal);
    this.#arrange();
  }

  narrow = false;
  lit = -1;

  /** @param {Space} space */
  #map(space) {
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
      onHover: (z, index) => {
        this.each((one) => one.highlight(index < 0 ? this.lit : index));
        onHover?.(index, space, z);
      },
      onPin: onPin && ((z, index, how) => onPin(z, index, space, how)),
    });
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

  /** @param {Iterable<number> | null} shown null: all */
  showClasses(shown) {
    this.legend.set(shown);
    this.each((one) => one.classes(shown));
  }

  /**
   * On a narrow screen: show this space; the dots travel there from the one shown before.
   * @param {string} name
   * @param {boolean} [told] by the visitor: onSelect is called
   */
  select(name, told = false) {
    const before = this.maps[this.selected];
    if (!this.maps[name] || name === this.selected) return;
    this.selected = name;
    this.#arrange();
    if (this.narrow) this.maps[name].arriveFrom(before);
    if (told) this.options.onSelect?.(name);
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
