// A sheet of many small pictures: each may have a frame (right, wrong, neutral) and a caption, and one may be chosen.
import { bytes } from "./bytes.js";
import { context2d, el, paint } from "./elements.js";

/** @typedef {"right" | "wrong" | "neutral" | null} SheetFrame */
/**
 * @typedef {object} SheetOptions
 * @property {string} label what the pictures are
 * @property {number} [cell] width of a picture in CSS pixels
 * @property {number} [columns] at most so many beside each other
 * @property {number} [side] pixels of a picture, 28 unless given
 * @property {Partial<Record<"right" | "wrong" | "neutral", string>>} [legend] what a frame means
 * @property {(index: number | null) => void} [onChoose] by click, Enter or Space; null when it is let go
 * @property {(index: number | null) => void} [onHover] null when the pointer has left
 */
/**
 * @typedef {object} SheetContent
 * @property {readonly SheetFrame[]} [frames]
 * @property {readonly string[]} [captions] under each picture
 * @property {(index: number) => string} [words] what a screen reader says of a picture
 * @property {number | null} [chosen]
 */

const FRAME_WORDS = { right: "right", wrong: "wrong", neutral: "" };

/** @param {SheetOptions} options */
export const sheet = (options) => new Sheet(options);

export class Sheet {
  /** @type {HTMLElement[]} */
  #cells = [];
  /** @type {HTMLCanvasElement[]} */
  #canvases = [];
  /** @type {SheetContent} */
  #content = {};
  /** @type {number | null} */
  #chosen = null;

  /** @param {SheetOptions} options */
  constructor(options) {
    this.options = options;
    const { label, cell = 56, columns = 8, legend = {} } = options;
    const chooses = Boolean(options.onChoose);
    this.grid = el("div", { class: "sheet-grid", role: chooses ? "group" : "img", "aria-label": label });
    this.grid.style.setProperty("--cell", `${cell}px`);
    this.grid.style.setProperty("--columns", String(columns));
    const keys = Object.entries(legend).map(([frame, words]) =>
      el("span", { class: "sheet-key" }, el("span", { class: `sheet-swatch ${frame}`, "aria-hidden": "true" }), words)
    );
    this.element = el(
      "div",
      { class: "sheet" },
      this.grid,
      keys.length ? el("div", { class: "sheet-legend" }, keys) : null,
    );
    if (chooses) this.grid.addEventListener("keydown", (event) => this.#onKey(event));
    this.grid.addEventListener("pointerleave", () => options.onHover?.(null));
  }

  get count() {
    return this.#cells.length;
  }

  get #side() {
    return this.options.side ?? 28;
  }

  /**
   * Show these pictures: their grey bytes one after the other.
   * @param {Uint8Array | Uint8ClampedArray} pictures
   * @param {SheetContent} [content]
   */
  show(pictures, content = {}) {
    const size = this.#side ** 2, count = Math.floor(pictures.length / size);
    this.#content = content;
    if (count !== this.#cells.length) this.#build(count);
    this.#canvases.forEach((canvas, i) => paint(canvas, pictures.subarray(size * i, size * (i + 1))));
    if (content.chosen !== undefined) this.#chosen = content.chosen;
    if (this.#chosen !== null && this.#chosen >= count) this.#chosen = null;
    this.#write();
  }

  /** Mark a picture as the chosen one. @param {number | null} index */
  choose(index) {
    this.#chosen = index;
    this.#write();
  }

  /** @param {number} count */
  #build(count) {
    const { onChoose, onHover } = this.options, side = this.#side;
    this.#canvases = Array.from(
      { length: count },
      () => el("canvas", { width: side, height: side, "aria-hidden": "true" }),
    );
    this.#cells = this.#canvases.map((canvas, i) => {
      const caption = el("span", { class: "sheet-caption" });
      const cell = onChoose
        ? el("button", { type: "button", class: "sheet-cell" }, canvas, caption)
        : el("div", { class: "sheet-cell" }, canvas, caption);
      if (onChoose) cell.addEventListener("click", () => this.#toggle(i));
      if (onHover) cell.addEventListener("pointerenter", () => onHover(i));
      if (onHover) cell.addEventListener("focus", () => onHover(i));
      return cell;
    });
    this.grid.replaceChildren(...this.#cells);
  }

  #write() {
    const { frames = [], captions = [], words } = this.#content, focus = this.#chosen ?? 0;
    this.#cells.forEach((cell, i) => {
      const frame = frames[i] ?? null, text = captions[i] ?? "";
      cell.className = `sheet-cell ${frame ?? ""}`.trim();
      const caption = cell.querySelector(".sheet-caption");
      if (caption) caption.textContent = text;
      if (!this.options.onChoose) return;
      const meaning = frame && (this.options.legend?.[frame] ?? FRAME_WORDS[frame]);
      const said = words?.(i) ?? [text, meaning].filter(Boolean).join(", ");
      cell.setAttribute("aria-label", `picture ${i + 1} of ${this.count}${said ? `: ${said}` : ""}`);
      cell.setAttribute("aria-pressed", String(i === this.#chosen));
      cell.tabIndex = i === focus ? 0 : -1; // one stop for Tab, arrow keys within
    });
    if (!this.options.onChoose) this.grid.setAttribute("aria-label", this.#summary(frames, captions));
  }

  /**
   * What a sheet says as a whole: how many pictures, how many with which frame.
   * @param {readonly SheetFrame[]} frames
   * @param {readonly string[]} captions
   */
  #summary(frames, captions) {
    const parts = /** @type {const} */ (["right", "wrong", "neutral"]).flatMap((frame) => {
      const many = frames.filter((one) => one === frame).length,
        word = this.options.legend?.[frame] ?? FRAME_WORDS[frame];
      return many && word ? [`${many} ${word}`] : [];
    });
    const all = [...parts, captions.filter(Boolean).join(", ")].filter(Boolean).join("; ");
    return `${this.options.label}, ${this.count === 1 ? "1 picture" : `${this.count} pictures`}${
      all ? `: ${all}` : ""
    }`;
  }

  /** @param {number} index */
  #toggle(index) {
    this.choose(index === this.#chosen ? null : index);
    this.options.onChoose?.(this.#chosen);
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const now = this.#cells.findIndex((cell) => cell === document.activeElement), last = this.count - 1;
    if (now < 0) return;
    if (event.key === "Escape" && this.#chosen !== null) return this.#toggle(this.#chosen);
    const row = Math.max(1, this.#cells.filter((cell) => cell.offsetTop === this.#cells[0].offsetTop).length);
    const to = {
      ArrowRight: now + 1,
      ArrowLeft: now - 1,
      ArrowDown: now + row,
      ArrowUp: now - row,
      Home: 0,
      End: last,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    if (to < 0 || to > last) return;
    this.#cells[now].tabIndex = -1;
    this.#cells[to].tabIndex = 0;
    this.#cells[to].focus();
  }
}

/**
 * A grey PNG whose lines are pictures -> their bytes, one after the other, and how many they are.
 * @param {string} base64
 */
export async function unpackLines(base64) {
  const blob = new Blob([bytes(base64)], { type: "image/png" });
  const image = await createImageBitmap(blob, { colorSpaceConversion: "none" });
  const context = context2d(el("canvas", { width: image.width, height: image.height }), { willReadFrequently: true });
  context.drawImage(image, 0, 0);
  const rgba = context.getImageData(0, 0, image.width, image.height).data;
  return { bytes: Uint8Array.from({ length: image.width * image.height }, (_, i) => rgba[4 * i]), count: image.height };
}
