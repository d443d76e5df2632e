// Watch it being learned: both twins' dots travel from epoch to epoch on fixed axes; every network's curves; the seeds.
import * as kit from "../../kit/kit.js";
import { hiddenField, linkedMaps, spaceField, viewFields } from "../spaces.js";

/** @typedef {{ train: (number | number[])[], held_out: (number | number[])[], every?: number, yours?: boolean }} Curve */
/** @typedef {{ title: string, loss: number[], mse: number[], difference: number[] }} Seeds */
/**
 * @typedef {{ epochs: number[], extents: Record<string, [number, number, number, number]>, curves: Record<string, Curve>,
 *   seeds: { rows?: Record<string, Seeds>, settings?: { seeds: number, epochs: number, pictures: number } } }} Props
 */
/** @typedef {{ title: string, method: import("../spaces.js").Method, points: string, classes: string, extent: [number, number, number, number], side: number, sprite: string, cloud: Cloud }} Sent */
/** @typedef {{ middle: number, spread: number }} Cloud how far the middle of the codes lies from the origin, and their spread */
/** @typedef {Record<string, Sent> & { error?: string }} Moment */
/** @typedef {{ moment: (request: { epoch: number }) => Promise<Moment> }} Server */
/** @typedef {kit.Mount<Props, ReturnType<typeof fields>, Server>} HistoryMount */

const FRAME = 1300; // milliseconds for which an epoch is shown when it plays
const AXES = /** @type {const} */ ([["fixed", "the same at all epochs"], ["own", "fitted to the epoch"]]);
const SHOWN = /** @type {const} */ ([["codes", "where the test digits lie"], ["manifold", "what is decoded where"]]);

/** @param {Props} props */
export const fields = ({ epochs, curves }) => ({
  epoch: kit.oneOf(epochs.map(String), { start: String(epochs[epochs.length - 1] ?? ""), was: "latents_epoch" }),
  axes: kit.oneOf(AXES.map(([name]) => name)),
  shown: kit.oneOf(SHOWN.map(([name]) => name)),
  curve: kit.oneOf(Object.keys(curves), { start: Object.keys(curves).find((name) => name.startsWith("overfitted")) }),
  hidden: hiddenField(),
  space: spaceField(),
  ...viewFields(),
});

/** @param {HistoryMount} mount */
export default function mount({ element, props, server, state, signal }) {
  const notice = kit.notice();
  element.append(
    kit.el("p", { class: "todo" }, "Press Play: each dot is one test digit, and it travels from epoch to epoch."),
    notice.element,
  );
  if (props.epochs.length) element.append(twins({ props, server, state, signal, say: notice.say }));
  if (Object.keys(props.curves).length) element.append(curves({ props, state, signal }));
  if (props.seeds.rows && props.seeds.settings) element.append(seeds(props.seeds.rows, props.seeds.settings));
}

/** @param {Pick<HistoryMount, "props" | "server" | "state" | "signal"> & { say: (text: string) => void }} options */
function twins({ props, server, state, signal, say }) {
  /** @type {Record<string, HTMLElement>} beside each name: where its cloud is and how wide */
  const clouds = {};
  const columns = kit.el("div", { class: "columns" }), words = kit.el("p", { class: "number", role: "status" });
  /** @type {import("../spaces.js").LinkedMaps | null} */
  let linked = null;
  /** @type {Map<string, Promise<(import("../spaces.js").Space & { classes: Uint8Array, cloud: Cloud })[]>>} */
  const moments = new Map();
  const unpack = async (/** @type {string} */ epoch) => {
    const { error, ...answer } = await server.moment({ epoch: Number(epoch) });
    if (error) throw new Error(error);
    const read = Object.entries(answer).map(async ([name, one]) => {
      const { bytes } = await kit.unpackLines(one.sprite);
      const sprite = { bytes, columns: one.side, rows: one.side, cell: 28, extent: one.extent };
      return {
        name,
        title: one.title,
        method: one.method,
        points: kit.floats(one.points),
        classes: kit.bytes(one.classes),
        extent: one.extent,
        spread: 1,
        mse: null,
        sprite,
        cloud: one.cloud,
      };
    });
    return Promise.all(read);
  };
  const beside = (/** @type {import("../spaces.js").Space} */ { name }) =>
    clouds[name] = kit.el("p", { class: "cloud", role: "status" });
  const look = () => {
    const manifold = state.values.shown === "manifold";
    linked?.showSprites(manifold);
    linked?.showPoints(!manifold);
  };
  const go = async (/** @type {string} */ epoch) => {
    words.textContent = epoch === "0"
      ? "Epoch 0: no step of training yet."
      : `After ${kit.units(Number(epoch), ["epoch", "epochs"])}.`;
    const coming = moments.get(epoch) ?? unpack(epoch);
    moments.set(epoch, coming);
    const found = await coming;
    if (state.values.epoch !== epoch || signal.aborted) return;
    const fixed = state.values.axes === "fixed";
    const spaces = found.map((one) => ({ ...one, extent: fixed ? props.extents[one.name] ?? one.extent : one.extent }));
    if (linked) { for (const { name, points, ...space } of spaces) linked.maps[name].moveTo(points, space); }
    else {
      const names = Array.from({ length: 10 }, (_, k) => String(k));
      const atlas = { classes: found[0].classes, names, originals: false, spaces };
      linked = linkedMaps({ atlas, signal, state, width: 600, radius: 2.4, beside });
      columns.append(linked.element, linked.legend.element);
    }
    for (const { name, cloud } of found) clouds[name].replaceChildren(...where(cloud));
    look();
  };
  const epochs = props.epochs.map(String);
  let last = "";
  state.follow(({ epoch, axes }) => {
    look();
    const now = `${epoch}/${axes}`;
    if (now === last) return;
    last = now;
    go(epoch).catch((error) => say(error.message));
  });
  return kit.el(
    "section",
    {},
    kit.el(
      "div",
      { class: "row tools" },
      kit.player({
        signal,
        every: FRAME,
        begin: () => state.set({ epoch: epochs[0] }, { drag: true }),
        step: () => {
          const next = epochs.indexOf(state.values.epoch) + 1;
          if (next >= epochs.length) return false;
          state.set({ epoch: epochs[next] }, { drag: true });
          return true;
        },
      }),
      kit.segments({
        label: "After epoch",
        state,
        field: "epoch",
        options: epochs.map((one) => [one, one]),
      }).element,
      words,
      kit.folded(
        "Settings",
        signal,
        kit.el(
          "div",
          { class: "row tools" },
          kit.choice({ label: "Shown", state, field: "shown", options: SHOWN }).element,
          kit.choice({ label: "Axes", state, field: "axes", options: AXES }).element,
        ),
      ),
    ),
    columns,
  );
}

/** @param {Cloud} cloud */
const where = ({ middle, spread }) => [
  "middle ",
  kit.el("b", { class: "result" }, kit.show(middle, 1)),
  " from the origin, spread ",
  kit.el("b", {}, kit.show(spread, 1)),
];

/** @param {Pick<HistoryMount, "props" | "state" | "signal">} options */
function curves({ props, state, signal }) {
  const words = kit.el("p", { role: "status" });
  const plot = kit.plot({
    label: "Training and held-out loss by epoch",
    signal,
    height: 270,
    x: { label: "epoch" },
    y: { label: "loss" },
    cursor: true,
  });
  const names = Object.keys(props.curves);
  /** @param {number | number[]} value */
  const number = (value) => typeof value === "number" ? value : value[1];
  state.follow(({ curve }) => {
    const { train, held_out: held, every = 1 } = props.curves[curve];
    const points = (/** @type {(number | number[])[]} */ list) =>
      list.map((value, i) => /** @type {[number, number]} */ ([every * (i + 1), number(value)]));
    plot.show([
      { name: "training pictures", colour: "ink-soft", dash: [7, 5], points: points(train) },
      { name: "held-out pictures", colour: "accent", mark: held.length < 40 ? 0 : undefined, points: points(held) },
    ].filter((line) => line.points.length));
    if (!held.length) return words.replaceChildren("");
    const values = held.map(number), best = values.indexOf(Math.min(...values)), last = values[values.length - 1];
    words.replaceChildren(
      "Held-out loss: best ",
      kit.el("b", { class: "result" }, `after epoch ${every * (best + 1)}`),
      ` of ${every * values.length} (${values[best].toPrecision(4)}); at the end ${last.toPrecision(4)}.`,
    );
  });
  return kit.el(
    "section",
    { class: "curves" },
    kit.el("h3", {}, "Training and held-out loss"),
    kit.choice({
      label: "Curves of",
      state,
      field: "curve",
      options: names.map((name) => [name, props.curves[name].yours ? `yours: ${name}` : name.replaceAll("-", " ")]),
    }).element,
    plot.element,
    words,
  );
}

/** @param {Record<string, Seeds>} rows @param {{ seeds: number, epochs: number, pictures: number }} settings */
function seeds(rows, settings) {
  const mean = (/** @type {number[]} */ list) => list.reduce((a, b) => a + b, 0) / list.length;
  const spread = (/** @type {number[]} */ list) =>
    Math.sqrt(list.reduce((a, b) => a + (b - mean(list)) ** 2, 0) / (list.length - 1));
  const table = kit.table({
    caption: "The same training from other seeds",
    head: [
      "",
      "held-out loss, nats",
      "± over the seeds",
      "held-out MSE",
      "± over the seeds",
      "maps differ by (0 alike, 1 not at all)",
    ],
    rows: Object.values(rows).map((row) => [
      row.title,
      mean(row.loss).toFixed(2),
      spread(row.loss).toFixed(2),
      mean(row.mse).toFixed(4),
      spread(row.mse).toFixed(4),
      `${mean(row.difference).toFixed(2)} (${Math.min(...row.difference).toFixed(2)} to ${
        Math.max(...row.difference).toFixed(2)
      })`,
    ]),
  });
  return kit.el(
    "section",
    { class: "seeds" },
    kit.el("div", { class: "scrolls" }, table.element),
    kit.el(
      "p",
      { class: "soft" },
      `${settings.seeds} seeds each, whole trainings: ${settings.epochs} epochs of ${
        kit.count(settings.pictures)
      } digits. ` +
        "Maps are compared after the best shift, turn and scale (Procrustes).",
    ),
  );
}
