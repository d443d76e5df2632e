// Training noise against test noise, measured on the test set: a heat map; where one stands is marked; a click goes there.
const root = element.querySelector(".instrument");
const { el } = kit;
const store = kit.shared("denoise"), state = store.state;

let table = null, measure = "psnr";
const notice = kit.notice();
const choose = kit.choice({ label: "Measure", options: [["psnr", "PSNR in dB"], ["gain", "dB gained over doing nothing"], ["ssim", "SSIM"]], value: measure, onInput: (value) => { measure = value; draw(); } });
const frame = el("div", { class: "frame", role: "region", tabindex: 0, "aria-label": "Table of training noise against test noise" });
const here = el("p", { class: "here" });
root.append(choose.element, frame, here, notice.element);

// One hue from paper to accent: dark is high in light mode, bright is high in dark mode.
const tint = (share) => {
  const [low, high] = kit.dark() ? [[20, 30, 46], [120, 190, 255]] : [[250, 252, 255], [8, 74, 150]];
  const mix = low.map((value, i) => Math.round(value + Math.max(0, Math.min(1, share)) * (high[i] - value)));
  const luminance = (0.3 * mix[0] + 0.59 * mix[1] + 0.11 * mix[2]) / 255;
  return { background: `rgb(${mix})`, color: luminance > 0.5 ? "#0a1420" : "#ffffff" };
};
const trained = (row) => (props.classical.includes(row.network) ? "tuned on training pictures" : row.trained_on === 0 ? "clean pictures" : row.trained_on === "told" ? "each strength, is told it" : row.trained_on === "blind" ? "any strength from 0 to 1" : `noise ${row.trained_on}`);
const nearest = (strength) => table.strengths.reduce((best, s, i) => (Math.abs(s - strength) < Math.abs(table.strengths[best] - strength) ? i : best), 0);
const value = (row, i) => (measure === "gain" ? row.psnr[i] - table.noisy.psnr[i] : row[measure][i]);
const text = (number) => (measure === "ssim" ? number.toFixed(2) : number > 60 || number < -60 ? (number > 0 ? "∞" : "−∞") : number.toFixed(1).replace("-", "−"));

let cells = [];
const build = () => {
  frame.replaceChildren();
  cells = [];
  const head = el("tr", {}, el("th", { scope: "col" }, "Denoiser"), el("th", { scope: "col" }, "trained on"), table.strengths.map((s) => el("th", { scope: "col" }, s.toFixed(1))));
  const body = [];
  for (const row of [{ network: "nothing done", trained_on: null, ...table.noisy }, ...table.rows]) {
    const buttons = table.strengths.map((strength, i) => {
      const button = el("button", { type: "button", class: "cell", onclick: () => go(row, strength) });
      cells.push({ row, i, button, strength });
      return el("td", {}, button);
    });
    body.push(el("tr", {}, el("th", { scope: "row" }, props.labels[row.network] || "Nothing done"), el("td", { class: "soft" }, row.trained_on === null ? "–" : trained(row)), buttons));
  }
  frame.append(el("table", { class: "grid" }, el("caption", { class: "soft" }, "Strength of the Gaussian noise in the test →"), el("thead", {}, head), el("tbody", {}, body)));
  draw();
};
const go = (row, strength) => store.set({ kind: "gaussian", strength, ...(props.names.includes(row.network) ? { network: row.network } : {}) });
const draw = () => {
  if (!table) return;
  const limits = { psnr: [8, 28], gain: [-2, 9], ssim: [0.1, 1] }[measure];
  const best = table.strengths.map((_, i) => Math.max(...table.rows.map((row) => value(row, i))));
  const column = nearest(state.strength);
  for (const { row, i, button, strength } of cells) {
    const number = value(row, i), { background, color } = tint((number - limits[0]) / (limits[1] - limits[0]));
    const stands = row.network === state.network && i === column && state.kind === "gaussian";
    Object.assign(button.style, { background, color });
    button.textContent = text(number);
    button.classList.toggle("stands", stands);
    button.classList.toggle("top", row.trained_on !== null && number >= best[i] - 1e-9);
    button.setAttribute("aria-current", String(stands));
    button.setAttribute("aria-label", `${props.labels[row.network] || row.network} at noise ${strength}: ${text(number)}`);
  }
  const row = table.rows.find((one) => one.network === state.network);
  here.textContent = state.kind !== "gaussian" ? "The table is about Gaussian noise; the bench shows another kind now. A click on a cell goes back."
    : row ? `You stand at noise ${state.strength.toFixed(2)} with ${props.labels[state.network]}: about ${text(row.psnr[column])} dB on the test set; best here: ${text(Math.max(...table.rows.map((r) => r.psnr[column])))} dB. Each column's best is in bold with a ring.` : "";
};
const start = async () => {
  const result = await server.noise_grid();
  if (result.error) { notice.say(result.error); return; }
  table = result;
  build();
};
store.follow(root, draw);
kit.onTheme(draw);
start();
