// Training noise against test noise, measured on the test set: a heat map. Where the bench stands is marked; a click goes
// there.
import * as kit from "../../kit/kit.js";

/**
 * @typedef {{ labels: Record<string, string>, classical: string[], names: string[], yours: string[],
 *   unmeasured: string[], stale: string[],
 *   price: { at: number, specialist: string | null, blind: string | null } }} Props
 */
/** @typedef {{ psnr: number[], ssim: number[] }} Measured by strength */
/** @typedef {Measured & { network: string, trained_on: number | string | null, pictures: number,
 * psnr_spread?: number[] }} Row */
/** @typedef {{ strengths: number[], noisy: Measured, rows: Row[], error?: string }} Table */
/** @typedef {{ noise_grid: () => Promise<Table> }} Server */
/** @typedef {import("../bench/view.js").BenchFields} Bench */

export const fields = () => ({
  measure: kit.oneOf(["psnr", "gain", "ssim"]),
  guess: kit.number(-5.1, 5, { step: 0.1, start: -5.1 }), // -5.1: none yet
});

const MEASURES = /** @type {const} */ ([["psnr", "PSNR, dB"], ["gain", "gained, dB"], ["ssim", "SSIM"]]);
/** What is pale and what is full, by measure. @type {Record<string, [number, number]>} */
const RANGES = { psnr: [8, 28], gain: [-2, 9], ssim: [0.1, 1] };

/** @param {kit.Mount<Props, ReturnType<typeof fields>, Server, Bench>} mount */
export default async function mount({ element, props, server, state, bench, signal }) {
  if (!bench) throw new Error("this step obeys the bench");
  const frame = kit.el("div", {
    class: "frame",
    role: "region",
    tabindex: 0,
    "aria-label": "Training noise against test noise",
  });
  const here = kit.el("p", { class: "here", role: "status" }, "\u00a0");
  const scale = kit.el("div", { class: "scale", "aria-hidden": "true" });
  const measure = kit.segments({ label: "Measure", state, field: "measure", options: MEASURES });
  const asked = kit.el("div", {});
  element.append(
    kit.el("p", { class: "todo" }, "Find the best of a column, then of a row; press a cell, and the bench goes there."),
    kit.el("div", { class: "row head" }, here, measure.element),
    frame,
    kit.el("div", { class: "row below" }, scale, kit.el("span", { class: "soft small" }, missing(props))),
    asked,
  );

  const table = await server.noise_grid();
  if (table.error) return here.replaceChildren(table.error);

  /** @param {Measured} row @param {number} i */
  const value = (row, i) => {
    const name = state.values.measure;
    return name === "ssim" ? row.ssim[i] : row.psnr[i] - (name === "gain" ? table.noisy.psnr[i] : 0);
  };
  table.rows = byNoise(table.rows, props.classical);
  const nothing = { network: "nothing done", trained_on: null, pictures: 0, ...table.noisy };
  const label = (/** @type {string} */ network) =>
    network === "nothing done" ? "Nothing done" : props.labels[network] ?? network;
  const short = (/** @type {string} */ network) => label(network).replace("autoencoder", "AE");
  const cells = [nothing, ...table.rows].map((row) =>
    table.strengths.map((strength, i) => {
      const network = props.names.includes(row.network) ? { network: row.network } : {};
      const button = kit.el("button", {
        type: "button",
        class: "cell",
        onclick: () => bench.set({ kind: "gaussian", noise: strength, ...network }),
      });
      return { row, i, strength, button, mine: props.yours.includes(row.network) };
    })
  );
  frame.append(tableOf(cells, table, (row) => [label(row.network), trained(row, props)]));
  const prediction = priceOf(props, table, state);
  if (prediction) asked.append(prediction.element);

  const draw = () => {
    const { kind, noise, network } = bench.values;
    const column = nearest(table.strengths, noise);
    const best = table.strengths.map((_, i) => Math.max(...table.rows.map((row) => value(row, i))));
    for (const { row, i, strength, button } of cells.flat()) {
      const number = value(row, i), stands = row.network === network && i === column && kind === "gaussian";
      const [low, high] = RANGES[state.values.measure], words = text(number, state.values.measure);
      Object.assign(button.style, tint((number - low) / (high - low)));
      button.textContent = words;
      button.classList.toggle("stands", stands);
      button.classList.toggle("top", row !== nothing && number >= best[i] - 1e-9);
      button.setAttribute("aria-current", String(stands));
      button.setAttribute("aria-label", `${words}: ${label(row.network)} at noise ${strength}`);
    }
    scale.replaceChildren(...scaleOf(state.values.measure));
    const row = table.rows.find((one) => one.network === network);
    const top = table.rows.reduce((a, b) => (b.psnr[column] > a.psnr[column] ? b : a));
    here.replaceChildren(
      ...(kind !== "gaussian"
        ? ["The table is about Gaussian noise; the bench shows another kind now. Press a cell to go back."]
        : row
        ? [
          kit.el("b", { class: "result" }, text(row.psnr[column], "psnr", " dB")),
          spreadOf(row, column),
          ` for ${short(network)} at noise ${table.strengths[column].toFixed(1)}`,
          kit.el(
            "span",
            { class: "best" },
            `The best at this noise: ${short(top.network)}, ${text(top.psnr[column], "psnr", " dB")}.`,
          ),
        ]
        : [`${label(network)} has no row yet.`]),
    );
  };
  state.follow(draw);
  bench.follow(draw);
  kit.onTheme(draw, signal);
}

/** The table reads like a diagonal: by training noise, then blind, then told, the filters last.
 * @param {Row[]} rows @param {string[]} classical */
function byNoise(rows, classical) {
  const place = (/** @type {Row} */ { network, trained_on: noise }) =>
    classical.includes(network) ? 4 : noise === "told" ? 3 : noise === "blind" ? 2 : Number(noise);
  return [...rows].sort((a, b) => place(a) - place(b));
}

/** The strength measured that is nearest to `noise`: its column. @param {number[]} strengths @param {number} noise */
const nearest = (strengths, noise) =>
  strengths.reduce((best, s, i) => (Math.abs(s - noise) < Math.abs(strengths[best] - noise) ? i : best), 0);

/** A number of the table. @param {number} value @param {string} measure @param {string} [unit] */
const text = (value, measure, unit = "") =>
  measure === "ssim" ? value.toFixed(2) : Math.abs(value) > 60 // the same picture has no PSNR
    ? value > 0 ? "no error" : "−∞"
    : value.toFixed(1).replace("-", "−") + unit;

/** Half the width of the mean's interval of 95 %, where it was measured. @param {Row} row @param {number} column */
const spreadOf = ({ psnr_spread: spread }, column) => spread ? ` ± ${kit.show(spread[column], 2)}` : "";

/** What pale and full stand for. @param {string} measure */
function scaleOf(measure) {
  const [low, high] = RANGES[measure], unit = measure === "ssim" ? "" : " dB";
  const track = kit.el("span", { class: "track" });
  const colours = [0, 0.5, 1].map((share) => tint(share).background);
  track.style.background = `linear-gradient(to right, ${colours.join(", ")})`;
  return [kit.el("span", {}, `${low}${unit}`.replace("-", "−")), track, kit.el("span", {}, `${high}${unit}`)];
}

/** What the table lacks, and the command that adds it. @param {Props} props */
function missing({ unmeasured, stale, labels }) {
  const command = (/** @type {string[]} */ names) => `python -m training.analyse.denoising ${names.join(" ")}`;
  const name = (/** @type {string} */ one) => labels[one];
  return [
    unmeasured.length ? `No row yet: ${unmeasured.map(name).join(", ")}. Add it: ${command(unmeasured)}` : "",
    stale.length ? `Trained anew since it was measured: ${stale.map(name).join(", ")}. Measure: ${command(stale)}` : "",
    "Bold with a ring: the best of its column. Outlined: where the bench stands.",
  ].filter(Boolean).join(" · ");
}

/**
 * What not knowing the noise costs: asked before the table is read.
 * @param {Props} props
 * @param {Table} table
 * @param {import("../../kit/elements.js").AnyState} state
 */
function priceOf({ price, labels }, { strengths, rows }, state) {
  const column = strengths.indexOf(price.at);
  const [own, blind] = [price.specialist, price.blind].map((name) => rows.find((row) => row.network === name));
  if (!own || !blind || column < 0) return null;
  const loss = own.psnr[column] - blind.psnr[column];
  return kit.predict({
    question: `At noise ${price.at}: how much worse than the specialist is the autoencoder that was trained blind?`,
    number: { min: -5, max: 5, step: 0.1, unit: "dB", digits: 1 },
    state,
    field: "guess",
    truth: () => Number(loss.toFixed(1)),
    words: () =>
      `${labels[own.network]}: ${kit.show(own.psnr[column], 1)} dB. ${labels[blind.network]}: ` +
      `${kit.show(blind.psnr[column], 1)} dB, the means of ${kit.count(own.pictures)} test digits.`,
  });
}

/** One hue from paper to full: dark is high on a light page, bright is high on a dark one. @param {number} share */
function tint(share) {
  const [low, high] = kit.dark() ? [[20, 30, 46], [120, 190, 255]] : [[250, 252, 255], [8, 74, 150]];
  const background = kit.mix(low, high, Math.max(0, Math.min(1, share)));
  return { background: kit.rgbText(background), color: kit.textOn(background) };
}

/** What a denoiser was trained or tuned on. @param {Row} row @param {Props} props */
const trained = ({ network, trained_on: noise }, { classical }) =>
  noise === null
    ? "–"
    : classical.includes(network)
    ? "tuned on training pictures"
    : noise === 0
    ? "clean pictures"
    : noise === "told"
    ? "each strength, is told it"
    : noise === "blind"
    ? "any strength from 0 to 1"
    : `noise ${noise}`;

/**
 * @param {{ row: Row, button: HTMLElement, mine: boolean }[][]} cells
 * @param {Table} table
 * @param {(row: Row) => [string, string]} heads
 */
function tableOf(cells, { strengths }, heads) {
  const head = kit.el(
    "tr",
    {},
    kit.el("th", { scope: "col" }, "Denoiser"),
    kit.el("th", { scope: "col" }, "Trained on ", kit.el("span", { class: "to" }, "noise in the test →")),
    strengths.map((s) => kit.el("th", { scope: "col" }, s.toFixed(1))),
  );
  const body = cells.map((line) => {
    const [name, noise] = heads(line[0].row);
    const buttons = line.map(({ button }) => kit.el("td", {}, button));
    return kit.el(
      "tr",
      {},
      kit.el("th", { scope: "row", class: line[0].mine ? "yours" : null }, name),
      kit.el("td", { class: "soft" }, noise),
      buttons,
    );
  });
  return kit.el(
    "table",
    { class: "grid" },
    kit.el("caption", { class: "soft small" }, "PSNR or SSIM by training noise and test noise"),
    kit.el("thead", {}, head),
    kit.el("tbody", {}, body),
  );
}
