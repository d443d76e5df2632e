// The map of a two-dimensional latent space: thousands of codes by class, the decoded pictures behind them, and a point
// that pointer, finger or keys move. Hover shows, click pins, Escape lets go. Made once; `data` gives it another space.
import { el, onResize, onTheme, paint, sharp, still } from "./elements.js";
import { around, clamped, extentOf, fitted, insideBox, panned, toPixel, toPoint, zoomed } from "./geometry.js";
import { buckets, nearest } from "./hits.js";
import { classColour } from "./ink.js";
import * as draw from "./mapdraw.js";
import { handle } from "./maphands.js";
import { cellAt } from "./sprite.js";

export { legend } from "./legend.js";
export * from "./sprite.js";

/** @import { Pair } from "./geometry.js" */
/** @import { Extent } from "./geometry.js" */
/** @import { Sprite } from "./sprite.js" */
/** @import { Draw } from "./mapdraw.js" */
/**
 * @typedef {object} Space what is shown; whatever is left out stays as it is
 * @property {ArrayLike<number>} [points] z1 and z2 in turns
 * @property {ArrayLike<number>} [classes] of the points
 * @property {readonly string[]} [names] of the classes
 * @property {Extent | null} [extent] the whole of the view; null: around the points
 * @property {Sprite | null} [sprite]
 * @property {string} [label]
 */
/**
 * @typedef {object} MapOptions
 * @property {string} label what the map shows, short: for screen readers
 * @property {AbortSignal} signal ends its observers and listeners
 * @property {number} [width] it fills its container up to so many CSS pixels
 * @property {number} [aspect] height of the plot per width
 * @property {readonly [string, string]} [axes] their names; "" for an axis without numbers
 * @property {boolean} [zoom]
 * @property {number} [radius] of a dot
 * @property {boolean} [trail] the way of z, fading
 * @property {readonly number[]} [rings] radii of circles of N(0, I)
 * @property {{ sprite?: boolean, points?: boolean, names?: boolean }} [on] what is shown at first
 * @property {boolean} [hoverWhilePinned] onHover goes on while a point is pinned
 * @property {(z: Pair | null, index: number) => void} [onHover] null: the pointer left; index: the dot there, or -1
 * @property {(z: Pair | null, index: number, how: { drag: boolean }) => void} [onPin] null: let go
 * @property {boolean} [marksPin] false: the view marks what is pinned by itself, and is asked at every Escape to let go
 * @property {(extent: Extent, how: { hand: boolean }) => void} [onView] hand: the visitor moved it
 * @property {(index: number) => ArrayLike<number> | null | undefined} [thumbnail] 784 grey bytes of a dot
 */

const WIDTH = 520;
const MARGINS = { left: 36, right: 4, top: 4, bottom: 26 };
const PAUSE = 700; // milliseconds between two sentences for a screen reader

/** @param {MapOptions & Space} options */
export const map = (options) => new LatentMap(options);

export class LatentMap {
  /** @param {MapOptions & Space} options */
  constructor(options) {
    this.options = options;
    const { label, width = WIDTH, signal, zoom = true, axes = ["z₁", "z₂"], radius = 2.9, rings = [] } = options;
    this.base = el("canvas", { class: "map-base", "aria-hidden": "true" });
    this.canvas = el("canvas", { class: "map-top", tabindex: 0, role: "img", "aria-label": label });
    this.thumb = thumbnail();
    this.spoken = el("p", { class: "map-spoken", role: "status" });
    this.buttons = zoom ? this.#zoomButtons() : el("div", { hidden: true });
    this.stage = el("div", { class: "map-stage" }, this.base, this.canvas, this.thumb.element, this.buttons);
    this.stage.style.aspectRatio = `1 / ${options.aspect ?? 1}`; // its room, until it is measured
    this.element = el("div", { class: "map" }, this.stage, this.spoken);
    this.element.style.maxWidth = `${width}px`;
    /** @type {import("./mapdraw.js").Scene} */
    this.scene = {
      points: [],
      classes: [],
      names: [],
      axes,
      sprite: null,
      background: null,
      home: [-1, 1, -1, 1],
      view: { x: 0, y: 0, scale: 1 },
      whole: { x: 0, y: 0, scale: 1 },
      box: { x: 0, y: 0, w: 1, h: 1 },
      size: { width: 0, height: 0 },
      radius,
      shown: null,
      emphasised: null,
      on: { sprite: true, points: true, names: true, ...options.on, rings },
      lit: -1,
      pinned: null,
      hover: null,
      trail: [],
      over: null,
      under: null,
      travel: null,
    };
    this.data(options);
    handle(this.canvas, { signal, zoom, deeds: this.#deeds() });
    onResize(this.element, () => this.#fit(), signal);
    onTheme(() => {
      this.#paintSprite();
      this.redraw();
    }, signal);
    signal.addEventListener("abort", () => clearTimeout(this.#speaking));
  }

  // ---- what a view asks and sets ------------------------------------------------------------------------------------

  /**
   * Another space, or another state of it. The view stays where it was if the extent is the same.
   * @param {Space} space
   */
  data({ points, classes, names, extent, sprite, label }) {
    const { scene } = this;
    if (points) scene.points = points;
    if (classes) scene.classes = classes;
    if (names) scene.names = names;
    if (label) this.canvas.setAttribute("aria-label", label);
    if (sprite !== undefined) {
      scene.sprite = sprite;
      this.#paintSprite();
    }
    this.#index = null;
    scene.trail = [];
    scene.travel = null;
    if (extent === null || (points && extent === undefined && !this.#homed)) this.home(around(scene.points));
    else if (extent) this.home(extent);
    else this.redraw();
  }

  /** The whole of the map from now on. @param {Extent} extent */
  home(extent) {
    const { scene } = this, same = this.#homed && extent.every((value, i) => value === scene.home[i]);
    this.#homed = true;
    scene.home = [...extent];
    scene.whole = fitted(scene.home, scene.box);
    if (same) this.redraw();
    else this.#setView(scene.whole);
  }

  /**
   * What is seen now; with an extent: see that, with null: see all.
   * @param {Extent | null} [extent]
   * @returns {Extent}
   */
  view(extent) {
    if (extent !== undefined) this.#setView(extent ? fitted(extent, this.scene.box) : this.scene.whole);
    return extentOf(this.scene.view, this.scene.box);
  }

  /** What is seen, as a field of the state keeps it: [x0, x1, y0, y1], or [] for all. @returns {readonly number[]} */
  seen() {
    return draw.nearness(this.scene) < 1.01 ? [] : this.view().map((value) => Number(value.toFixed(4)));
  }

  /** See what `seen` said. @param {readonly number[]} seen */
  see(seen) {
    const [x0, x1, y0, y1] = seen;
    this.view(seen.length === 4 ? [x0, x1, y0, y1] : null);
  }

  /** The pinned point as the state has it; calls nobody. @param {ArrayLike<number> | null} z */
  pin(z) {
    this.scene.pinned = z && [z[0], z[1]];
    if (this.options.trail && z) this.#leave([z[0], z[1]]);
    this.#later();
  }

  /**
   * Put the ring of what is pointed at: for a point that a slider or a film moves.
   * @param {ArrayLike<number> | null} z
   */
  marker(z) {
    this.scene.hover = z && [z[0], z[1]];
    if (this.options.trail && z) this.#leave([z[0], z[1]]);
    this.#later();
  }

  /** Light one point up, here as in its neighbours; -1: none. @param {number} index */
  highlight(index) {
    this.scene.lit = index;
    this.#later();
  }

  /** One class in full colour, the others pale; null: all alike. @param {number | null} k */
  emphasise(k) {
    if (k === this.scene.emphasised) return;
    this.scene.emphasised = k;
    this.#paintBase();
  }

  /** Show these classes only; null: all. @param {Iterable<number> | null} set */
  classes(set) {
    this.scene.shown = set && new Set(set);
    this.redraw();
  }

  /** Drawn above the dots. @param {Draw | null} over */
  overlay(over) {
    this.scene.over = over;
    this.#later();
  }

  /** Drawn below the dots. @param {Draw | null} under */
  underlay(under) {
    this.scene.under = under;
    this.#paintBase();
  }

  /** @param {boolean} on */
  showSprite(on) {
    this.#show({ sprite: on });
  }

  /** @param {boolean} on */
  showPoints(on) {
    this.#show({ points: on });
  }

  /** @param {boolean} on */
  showNames(on) {
    this.#show({ names: on });
  }

  /** Circles of N(0, I): true is 1, 2 and 3. @param {boolean | readonly number[]} rings */
  showRings(rings) {
    this.#show({ rings: rings === true ? [1, 2, 3] : rings || [] });
  }

  /** The code of point i. @param {number} i @returns {Pair} */
  code(i) {
    return [this.scene.points[2 * i], this.scene.points[2 * i + 1]];
  }

  /** The 784 bytes decoded nearest to z, or null outside the sprite. @param {ArrayLike<number>} z */
  cell(z) {
    return this.scene.sprite && cellAt(this.scene.sprite, z);
  }

  /**
   * The point nearest to z among those shown, within `reach` pixels; or -1.
   * @param {ArrayLike<number>} z
   * @param {number} [reach]
   */
  nearest(z, reach = 14) {
    const { scene } = this;
    if (!scene.on.points || scene.travel) return -1;
    this.#index ??= buckets(scene.points);
    return nearest(this.#index, z, reach / scene.view.scale, (i) => draw.isShown(scene, scene.classes[i]));
  }

  /** @param {ArrayLike<number>} z */
  toPixel(z) {
    return toPixel(this.scene.view, this.scene.box, z);
  }

  /** The code at a pixel, no farther than the edge. @param {ArrayLike<number>} pixel */
  toZ(pixel) {
    return toPoint(this.scene.view, this.scene.box, insideBox(this.scene.box, pixel));
  }

  /** Pixels per unit, on both axes. */
  get scale() {
    return this.scene.view.scale;
  }

  clearTrail() {
    this.scene.trail = [];
    this.#later();
  }

  /** Ask for the thumbnail again: its picture has come. */
  refreshThumbnail() {
    if (this.#under >= 0) this.#showThumbnail(this.#under);
  }

  // ---- travels ------------------------------------------------------------------------------------------------------

  /**
   * The same dots move to other places: from one network's space to another's.
   * @param {ArrayLike<number>} points
   * @param {{ duration?: number } & Omit<Space, "points" | "classes">} [options] the extent is around them if not given
   */
  moveTo(points, { duration, extent = null, ...space } = {}) {
    const from = draw.placesOf(this.scene);
    this.data({ sprite: null, ...space, points, extent });
    return this.#travel(from, duration);
  }

  /**
   * The dots of another map come over to their places here.
   * @param {LatentMap} other
   * @param {{ duration?: number }} [options]
   */
  arriveFrom(other, { duration } = {}) {
    if (other.scene.classes.length !== this.scene.classes.length) return Promise.resolve();
    const from = draw.placesOf(other.scene);
    this.#fit();
    return this.#travel(from, duration);
  }

  /** @param {Float32Array} from @param {number} [duration] milliseconds @returns {Promise<void>} */
  #travel(from, duration = 1100) {
    const { scene } = this, { signal } = this.options;
    if (still() || duration <= 0 || scene.size.width === 0) return Promise.resolve(this.redraw());
    const begun = performance.now(), travel = scene.travel = { from, time: 0 };
    return new Promise((arrived) => {
      const step = () => {
        if (signal.aborted || scene.travel !== travel) return arrived();
        travel.time = (performance.now() - begun) / duration;
        if (travel.time >= 1) scene.travel = null;
        this.redraw();
        if (scene.travel) requestAnimationFrame(step);
        else arrived();
      };
      step();
    });
  }

  // ---- words --------------------------------------------------------------------------------------------------------

  /**
   * Spoken by screen readers, the newest sentence and not too often: "z = (0.4, −1.1), looks like a 9".
   * @param {string} text
   */
  say(text) {
    this.#sentence = text;
    if (this.#speaking) return;
    this.#speaking = setTimeout(() => {
      this.#speaking = 0;
      this.spoken.textContent = this.#sentence;
    }, PAUSE);
  }

  /**
   * What the marks mean, as a line of small pictures and words; "" leaves one out. `more`: marks of the view's own, drawn
   * about (14, 14).
   * @param {{ pinned?: string, hover?: string, lit?: string, rings?: boolean,
   *   more?: readonly (readonly [words: string, mark: (context: CanvasRenderingContext2D) => void])[] }} [words]
   */
  legendMarks(
    { pinned = "pinned", hover = "pointed at", lit = "", rings = this.scene.on.rings.length > 0, more = [] } = {},
  ) {
    const { signal } = this.options;
    const marks = [
      markItem(pinned, (context) => draw.markPinned(context, [14, 14], { reach: 11 }), signal),
      markItem(hover, (context) => draw.markHover(context, [14, 14]), signal),
      markItem(
        lit,
        (context) => draw.markLit(context, [14, 14], Math.max(0, this.scene.classes[this.scene.lit] ?? 0), 6),
        signal,
      ),
      ...more.map(([one, mark]) => markItem(one, mark, signal)),
      rings ? el("li", { class: "map-rings" }, draw.ringWords([1, 2, 3])) : null,
    ];
    return el("ul", { class: "map-marks", "aria-label": "Marks on the map" }, marks);
  }

  // ---- what the hands do --------------------------------------------------------------------------------------------

  /** @returns {import("./maphands.js").Deeds} */
  #deeds() {
    return {
      look: (pixel) => this.#look(pixel),
      tap: (pixel, reach) => this.#tap(pixel, reach),
      drag: (pixel) => this.#drag(this.toZ(pixel), true),
      drop: (pixel) => this.#drag(this.toZ(pixel), false),
      pans: (pixel) => draw.nearness(this.scene) > 1.01 && !this.#onPin(pixel),
      pan: (dx, dy) => this.#setView(clamped(panned(this.scene.view, dx, dy), this.scene.whole, this.scene.box), true),
      zoom: (pixel, factor) => this.#zoom(pixel, factor),
      reset: () => this.#setView(this.scene.whole, true),
      step: (way) => this.#step(way),
      enter: () => {
        if (this.scene.hover && !this.scene.pinned) this.#drag(this.scene.hover, false);
      },
      escape: () => this.#escape(),
    };
  }

  /** Is the pinned point under this pixel? @param {Pair} pixel */
  #onPin(pixel) {
    const { pinned } = this.scene, at = pinned && this.toPixel(pinned);
    return !!at && Math.hypot(at[0] - pixel[0], at[1] - pixel[1]) < 14;
  }

  /** @param {Pair | null} pixel */
  #look(pixel) {
    if (!pixel && !this.scene.hover) return;
    const z = pixel && this.toZ(pixel), index = z ? this.nearest(z) : -1;
    this.#hover(z, index);
    this.#showThumbnail(index);
  }

  /** @param {Pair | null} z @param {number} index */
  #hover(z, index) {
    const { scene, options } = this;
    scene.hover = z;
    if (options.trail && z && !scene.pinned) this.#leave(z);
    if (!scene.pinned || options.hoverWhilePinned) options.onHover?.(z, index);
    this.#later();
  }

  /** @param {Pair} pixel @param {number} reach */
  #tap(pixel, reach) {
    const z = this.toZ(pixel), { onPin } = this.options;
    if (!onPin) return this.#hover(z, this.nearest(z, reach));
    if (this.#onPin(pixel)) return void this.#escape(); // a finger has no Escape
    this.#hold(z);
    onPin(z, this.nearest(z, reach), { drag: false });
  }

  /** @param {Pair} z @param {boolean} drag still on the way */
  #drag(z, drag) {
    const { onPin } = this.options, index = this.nearest(z);
    if (!onPin) return this.#hover(z, index);
    this.#hold(z);
    onPin(z, index, { drag });
  }

  /** @param {Pair} z */
  #hold(z) {
    if (this.options.marksPin !== false) this.pin(z);
  }

  #escape() {
    const { scene, options } = this;
    if (scene.pinned || options.marksPin === false) {
      scene.pinned = null;
      options.onPin?.(null, -1, { drag: false });
    } else if (scene.hover) this.#look(null);
    else return false;
    this.#later();
    return true;
  }

  /** @param {Pair} way */
  #step(way) {
    const { scene } = this, middle = /** @type {Pair} */ ([scene.view.x, scene.view.y]);
    const from = this.toPixel(scene.pinned ?? scene.hover ?? middle), pixels = scene.box.w / 60;
    const z = this.toZ([from[0] + way[0] * pixels, from[1] - way[1] * pixels]), index = this.nearest(z);
    this.say(this.#describe(z, index));
    if (scene.pinned && this.options.onPin) this.#drag(z, true);
    else this.#hover(z, index);
  }

  /** @param {Pair} z @param {number} index */
  #describe([z1, z2], index) {
    const number = (/** @type {number} */ value) => value.toFixed(2).replace("-", "−");
    const name = this.scene.names[this.scene.classes[index]];
    return `z = (${number(z1)}, ${number(z2)})${name ? `, at a ${name}` : ""}`;
  }

  /** @param {Pair | null} pixel @param {number} factor */
  #zoom(pixel, factor) {
    const { scene } = this, middle = /** @type {Pair} */ ([scene.view.x, scene.view.y]);
    const about = pixel ?? this.toPixel(scene.pinned ?? middle);
    this.#setView(clamped(zoomed(scene.view, scene.box, about, factor), scene.whole, scene.box), true);
  }

  #zoomButtons() {
    /** @param {string} name @param {string} sign @param {() => void} press */
    const one = (name, sign, press) =>
      el("button", { type: "button", class: "map-button", "aria-label": name, title: name, onclick: press }, sign);
    this.resetButton = one("Reset view", "Reset", () => this.#setView(this.scene.whole, true));
    this.resetButton.hidden = true;
    return el("div", { class: "map-buttons" }, [
      this.resetButton,
      one("Zoom in", "+", () => this.#zoom(null, 1.5)),
      one("Zoom out", "−", () => this.#zoom(null, 1 / 1.5)),
    ]);
  }

  /** The trail goes on. @param {Pair} z */
  #leave(z) {
    const { trail } = this.scene, last = trail[trail.length - 1];
    if (last && last[0] === z[0] && last[1] === z[1]) return;
    trail.push(z);
    if (trail.length > draw.TRAIL) trail.shift();
  }

  // ---- painting -----------------------------------------------------------------------------------------------------

  /** @type {import("./hits.js").Buckets | null} */
  #index = null;
  #homed = false;
  #due = false;
  #under = -1; // the dot whose thumbnail is shown
  #speaking = 0;
  #sentence = "";

  /** @param {Partial<import("./mapdraw.js").Scene["on"]>} what */
  #show(what) {
    Object.assign(this.scene.on, what);
    this.redraw();
  }

  /** @param {import("./geometry.js").View} view @param {boolean} [hand] the visitor's */
  #setView(view, hand = false) {
    this.scene.view = view;
    if (this.resetButton) this.resetButton.hidden = draw.nearness(this.scene) < 1.01;
    this.redraw();
    this.options.onView?.(this.view(), { hand });
  }

  #paintSprite() {
    this.scene.background = this.scene.sprite && draw.paintSprite(this.scene.sprite);
  }

  #paintBase() {
    const { size } = this.scene;
    if (!size.width) return;
    const begun = performance.now();
    draw.drawBase(sharp(this.base, size.width, size.height), this.scene);
    this.element.dataset.paint = (performance.now() - begun).toFixed(1); // milliseconds, for whoever measures
  }

  #paintTop() {
    const { size } = this.scene;
    if (size.width) draw.drawTop(sharp(this.canvas, size.width, size.height), this.scene);
  }

  /** The top layer, at most once a frame. */
  #later() {
    if (this.#due) return;
    this.#due = true;
    requestAnimationFrame(() => {
      this.#due = false;
      this.#paintTop();
    });
  }

  redraw() {
    this.#paintBase();
    this.#paintTop();
  }

  #fit() {
    const { scene, options } = this, { aspect = 1, width: most = WIDTH } = options;
    const width = Math.min(most, this.element.clientWidth);
    if (width < 60 || width === scene.size.width) return;
    const { left, right, top, bottom } = MARGINS, before = scene.box.w, away = draw.nearness(scene) > 1.01;
    scene.box = { x: left, y: top, w: width - left - right, h: Math.round((width - left - right) * aspect) };
    scene.size = { width, height: scene.box.h + top + bottom };
    scene.whole = fitted(scene.home, scene.box);
    this.stage.style.aspectRatio = "";
    scene.view = away ? { ...scene.view, scale: scene.view.scale * scene.box.w / before } : scene.whole;
    this.redraw();
    options.onView?.(this.view(), { hand: false });
  }

  /** @param {number} index */
  #showThumbnail(index) {
    const picture = index >= 0 ? this.options.thumbnail?.(index) : null, { scene } = this;
    this.#under = index;
    this.thumb.element.hidden = !picture;
    if (!picture) return;
    paint(this.thumb.canvas, picture);
    const k = scene.classes[index], [x, y] = draw.placeOf(scene, index), { box } = scene;
    this.thumb.name.textContent = scene.names[k] ?? "";
    this.thumb.element.style.setProperty("--class", classColour(k));
    const left = x + 92 > box.x + box.w ? x - 82 : x + 18, top = y - 96 < 0 ? y + 18 : y - 92;
    this.thumb.element.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
  }
}

/** A small picture beside the pointer, in its class's colour. */
function thumbnail() {
  const canvas = el("canvas", { width: 28, height: 28 }), name = el("span");
  return {
    canvas,
    name,
    element: el("div", { class: "map-thumb", "aria-hidden": "true", hidden: true }, canvas, name),
  };
}

/** @param {string} words @param {(context: CanvasRenderingContext2D) => void} mark @param {AbortSignal} signal */
function markItem(words, mark, signal) {
  if (!words) return null;
  const canvas = el("canvas", { "aria-hidden": "true" });
  const repaint = () => mark(sharp(canvas, 28, 28));
  repaint();
  onTheme(repaint, signal);
  return el("li", {}, canvas, words);
}
