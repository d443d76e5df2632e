// Training noise against test noise, measured on the test set: a heat map. Where the bench stands is marked; a click goes
// there.
import * as kit from "../../kit/kit.js";

/** @typedef {{ labels: Record<string, string>, classical: string[], names: string[] }} Props */
/** @typedef {{ psnr: number[], ssim: number[] }} Measured by strength */
/** @typedef {Measured & { network: string, trained_on: number | string | null }} Row */
/** @typedef {{ strengths: number[], noisy: Measured, rows: Row[], error?: string }} Table */
/** @typedef {{ noise_grid: () => Promise<Table> }} Server */
/** @typedef {import("../bench/view.js").BenchFields} Bench */

export const fields = () => ({ measure: kit.oneOf(["psnr", "gain", "ssim"]) });

const MEASURES =
  /** @type {const} */ ([["psnr", "PSNR in dB"], ["gain", "dB gained over doing nothing"], ["ssim", "SSIM"]]);
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
  const here = kit.el("p", { class: "here", role: "status" });
  const measure = kit.choice({ label: "Measure", state, field: "measure", options: MEASURES });
  element.append(measure.element, frame, here);

  const table = await server.noise_grid();
  if (table.error) return here.replaceChildren(table.error);

  /** @param {Measured} row @param {number} i */
  const value = (row, i) => {
    const name = state.values.measure;
    return name === "ssim" ? row.ssim[i] : row.psnr[i] - (name === "gain" ? table.noisy.psnr[i] : 0);
  };
  const nothing = { network: "nothing done", trained_on: null, ...table.noisy };
  const label = (/** @type {string} */ network) => props.labels[network] ?? "Nothing done";
  const cells = [nothing, ...table.rows].map((row) =>
    table.strengths.map((strength, i) => {
      const network = props.names.includes(row.network) ? { network: row.network } : {};
      const button = kit.el("button", {
        type: "button",
        class: "cell",
        onclick: () => bench.set({ kind: "gaussian", noise: strength, ...network }),
      });
      return { row, i, strength, button };
    })
  );
  frame.append(tableOf(cells, table, (row) => [label(row.network), trained(row, props)]));

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
    const row = table.rows.find((one) => one.network === network);
    here.textContent = kind !== "gaussian"
      ? "The table is about Gaussian noise; the bench shows another kind now. A click on a cell goes back."
      : row
      ? `You stand at noise ${noise.toFixed(2)} with ${label(network)}: about ${
        text(row.psnr[column], "psnr")
      } dB on the test set; ` +
        `best here: ${
          text(Math.max(...table.rows.map((one) => one.psnr[column])), "psnr")
        } dB. Each column's best is bold, with a ring.`
      : "";
  };
  state.follow(draw);
  bench.follow(draw);
  kit.onTheme(draw, signal);
}

/** The strength measured that is nearest to `noise`: its column. @param {number[]} strengths @param {number} noise */
const nearest = (strengths, noise) =>
  strengths.reduce((best, s, i) => (Math.abs(s - noise) < Math.abs(strengths[best] - noise) ? i : best), 0);

/** @param {number} value @param {string} measure */
const text = (value, measure) =>
  measure === "ssim"
    ? value.toFixed(2)
    : Math.abs(value) > 60
    ? value > 0 ? "∞" : "−∞"
    : value.toFixed(1).replace("-", "−");

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
 * @param {{ row: Row, button: HTMLElement }[][]} cells
 * @param {Table} table
 * @param {(row: Row) => [string, string]} heads
 */
function tableOf(cells, { strengths }, heads) {
  const head = kit.el(
    "tr",
    {},
    kit.el("th", { scope: "col" }, "Denoiser"),
    kit.el("th", { scope: "col" }, "trained on"),
    strengths.map((s) => kit.el("th", { scope: "col" }, s.toFixed(1))),
  );
  const body = cells.map((line) => {
    const [name, noise] = heads(line[0].row);
    const buttons = line.map(({ button }) => kit.el("td", {}, button));
    return kit.el("tr", {}, kit.el("th", { scope: "row" }, name), kit.el("td", { class: "soft" }, noise), buttons);
  });
  return kit.el(
    "table",
    { class: "grid" },
    kit.el("caption", { class: "soft" }, "Strength of the Gaussian noise in the test →"),
    kit.el("thead", {}, head),
    kit.el("tbody", {}, body),
  );
}
