// Where a picture comes from, chosen by the visitor: drawn, a test picture by its class, a class's mean, a sample.

import { another, firstOf } from "./drawing.js";
import { button, el } from "./elements.js";
import { bind, pad } from "./pad.js";

/** @import { Drawing, Examples, Kind, Source } from "./drawing.js" */
/** @import { AnyState } from "./elements.js" */

/** @type {Record<Kind, string>} */
const WORDS = { drawn: "drawn", picked: "a test picture", mean: "the mean of a class", sampled: "a sample" };

let serial = 0;

/**
 * The chooser of a source over a field of the state (kit.sourceField({...})). `seen` is shown beside "Another": a
 * picture of the view, say. `seed`: where its samples begin, so that two choosers do not show the same.
 * @param {{
 *   label: string,
 *   state: AnyState,
 *   field: string,
 *   examples: Examples,
 *   classes: readonly string[],
 *   kinds?: readonly Kind[],
 *   width?: number,
 *   seen?: Node | null,
 *   seed?: number,
 *   signal: AbortSignal,
 * }} options
 */
export function source({ label, state, field, examples, classes, kinds, width = 160, seen = null, seed = 0, signal }) {
  /** @type {ReturnType<typeof bind<Source>>} */
  const bound = bind(state, field);
  const find = /** @type {(name: string) => { kinds: readonly Kind[] }} */ (state.field);
  const offered = kinds ?? find(field).kinds;
  /** The last of each kind: who looks at a sample finds the drawing again. @type {Map<Kind, Source>} */
  const held = new Map();
  let names = classes;
  const digits = () => names.length === 10 && names.every((name, k) => name === String(k));

  const key = `kit-source-${++serial}`;
  const kind = el(
    "select",
    { id: `${key}-kind` },
    offered.map((one) => el("option", { value: one }, WORDS[one])),
  );
  const group = el("select", { id: `${key}-class` }, options(names));
  const groupControl = el(
    "div",
    { class: "control choice" },
    el("label", { for: `${key}-class` }, "of class"),
    group,
  );
  const more = button("Another", () => bound.set(another(bound.value)), {
    name: `Another, for ${label}`,
  });
  const count = el("span", { class: "soft number" });
  const drawnState = drawingOf(bound, state);
  const board = offered.includes("drawn")
    ? pad({ width, state: drawnState, field: "drawing", examples, signal })
    : null;

  /** @param {Kind} to @returns {Source} */
  const start = (to) => {
    const now = bound.value,
      digit = "class" in now ? now.class : "drawing" in now && "example" in now.drawing ? now.drawing.example : 3;
    const last = held.get(to);
    return last && !(("class" in last) && "class" in now) ? last : firstOf(to, Math.min(digit, names.length - 1), seed);
  };
  kind.addEventListener("change", () => {
    const to = offered.find((one) => one === kind.value);
    if (to) bound.set(start(to));
  });
  group.addEventListener("change", () => {
    const now = bound.value, chosen = Number(group.value);
    if (now.kind === "picked") {
      bound.set({ kind: "picked", class: chosen, index: 0 });
    } else if (now.kind === "mean") bound.set({ kind: "mean", class: chosen });
  });

  const element = el(
    "div",
    { class: "source-chooser", role: "group", "aria-label": label },
    el(
      "div",
      { class: "control choice" },
      el("label", { for: `${key}-kind` }, label),
      kind,
    ),
    board?.element,
    groupControl,
    el("div", { class: "source-seen" }, seen, more, count),
  );

  /** Nobody draws a pullover here: without digits, a drawing gives way to a test picture; an absent class to the first. */
  const settle = () => {
    for (const option of kind.options) {
      option.disabled = option.value === "drawn" && !digits() &&
        offered.length > 1;
    }
    const { value } = bound;
    if ("class" in value && value.class >= names.length) return bound.set({ ...value, class: 0 }, { drag: true });
    if (value.kind !== "drawn" || digits()) return;
    const other = offered.includes("picked") ? "picked" : offered.find((one) => one !== "drawn");
    if (other) bound.set(start(other), { drag: true });
  };
  bound.follow((now) => {
    held.set(now.kind, now);
    kind.value = now.kind;
    if ("class" in now) group.value = String(now.class);
    if (board) board.element.hidden = now.kind !== "drawn";
    groupControl.hidden = !("class" in now);
    more.hidden = now.kind !== "picked" && now.kind !== "sampled";
    count.textContent = now.kind === "picked" ? `no. ${now.index}` : now.kind === "sampled" ? `seed ${now.seed}` : "";
    element.dataset.kind = now.kind;
  });
  settle();

  return {
    element,
    pad: board,
    get value() {
      return bound.value;
    },
    /** The classes of another data set. @param {readonly string[]} now */
    rename: (now) => {
      if (now === names) return;
      names = now;
      const { value } = bound;
      group.replaceChildren(...options(names));
      if ("class" in value) group.value = String(value.class);
      settle();
    },
  };
}

/** @param {readonly string[]} names */
const options = (names) => names.map((name, k) => el("option", { value: k }, name));

/**
 * The drawing inside of a source as a state of its own, for the pad: while something else is chosen, the last drawing.
 * @param {ReturnType<typeof bind<Source>>} bound
 * @param {AnyState} state
 * @returns {AnyState}
 */
function drawingOf(bound, state) {
  /** @type {Drawing} */
  let last = { example: 3 };
  const now = () => {
    const { value } = bound;
    if (value.kind === "drawn") last = value.drawing;
    return { drawing: last };
  };
  return {
    get values() {
      return now();
    },
    set: (/** @type {{ drawing: Drawing }} */ { drawing }, how) => bound.set({ kind: "drawn", drawing }, how),
    follow: (react) => bound.follow(() => react(now())),
    field: state.field,
  };
}
