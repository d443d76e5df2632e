// An electron micrograph: simulate, count electrons, denoise patch by patch, count vacancies before and after.
import * as kit from "../../kit/kit.js";

/** @typedef {"clean" | "noisy" | "blur" | "network"} Name */
/** What is measured at a dose. @typedef {{ right: number, spread: number }} Share mean share of right verdicts, 95 % */
/**
 * @typedef {{ lattices: string[], size: number, network: boolean,
 *   asked: { dose: number, fields: number, shares: Record<"noisy" | "blur" | "network", Share>, best: string } | null
 * }} Props
 */
/** @typedef {[x: number, y: number][]} Places */
/** @typedef {{ picture: string, psnr: number | null, found: Places, missed: Places, false: Places }} View */
/**
 * @typedef {{ views: Partial<Record<Name, View>>, sigma: number, columns: number, vacant: number, electrons: number,
 *   error?: string }} Answer
 */
/**
 * @typedef {{ lattice: string, spacing: number, width: number, angle: number, vacancies: number, background: number,
 *   dose: number, seed: number }} Request
 */
/** @typedef {{ micrograph: (request: Request) => Promise<Answer> }} Server */

/** @param {Props} props */
export const fields = ({ lattices }) => ({
  dose: kit.number(0.1, 50, { start: 0.5, log: true, digits: 1 }),
  lattice: kit.oneOf(lattices, { start: "hexagonal" }),
  spacing: kit.number(7, 16, { start: 11, step: 0.1 }),
  width: kit.number(1.4, 3, { start: 2.2, step: 0.05 }),
  angle: kit.number(0, 90, { start: 15, step: 1 }),
  vacancies: kit.number(0, 0.3, { start: 0.06 }),
  background: kit.number(0, 0.25, { start: 0.08 }),
  seed: kit.seed({ was: "micrograph_seed" }),
  marks: kit.flag(true),
  guess: kit.oneOf(["", ...Object.keys(WORDS), "alike"]),
});

/** @type {Record<Name, string>} */
const TITLES = { clean: "Without noise", noisy: "Counted electrons", blur: "Best blur", network: "Network" };
/** On a picture, which is dark in light and dark. */
const INK = /** @type {const} */ ({ found: "#4fdcae", missed: "#ff8f85", false: "#ffc15c" });

/** @param {kit.Mount<Props, ReturnType<typeof fields>, Server>} mount */
export default function mount({ element, props, server, state, signal }) {
  const names = /** @type {Name[]} */ (Object.keys(TITLES)).filter((name) => name !== "network" || props.network);
  const views = names.map((name) => viewOf(name, props.size));
  const summary = kit.el("p", { class: "soft summary", role: "status" }, "\u00a0"), notice = kit.notice();
  element.append(
    kit.el("p", { class: "todo" }, "Lower the dose until the vacancies drown, and compare who still finds them."),
    kit.el(
      "div",
      { class: "row top" },
      kit.slider({ label: "Dose", state, field: "dose", words: (dose) => `${dose} e⁻ per white pixel` }).element,
      legend(),
      kit.toggle({ label: "Mark the vacancies", state, field: "marks" }).element,
    ),
    kit.el("div", { class: "views" }, views.map(({ figure }) => figure)),
    summary,
    settings(state, props, signal),
    notice.element,
    question(props, state)?.element ?? "",
  );

  /** @type {Answer | null} */
  let last = null;
  const draw = () => {
    const answer = last;
    if (!answer) return;
    const { marks } = state.values;
    views.forEach((view) => view.show(answer, marks));
    summary.textContent = `${answer.vacant} of ${answer.columns} columns are vacant; on average ${
      kit.show(answer.electrons, 2)
    } electrons arrive in a pixel. The blur's width (σ = ${answer.sigma} px) is chosen knowing the truth.`;
  };
  const ask = kit.live(server.micrograph, (answer) => {
    last = answer;
    draw();
  }, notice.say);
  let asked = "";
  state.follow(({ marks: _, guess: __, ...request }) => {
    const now = JSON.stringify(request);
    if (now === asked) return draw();
    asked = now;
    ask(request);
  });
  kit.onResize(views[0].canvas, draw, signal);
}

/**
 * @param {kit.Mount<Props, ReturnType<typeof fields>, Server>["state"]} state
 * @param {Props} props
 * @param {AbortSignal} signal
 */
function settings(state, { lattices }, signal) {
  const words = lattices.map((name) => /** @type {[string, string]} */ ([name, name]));
  return kit.folded(
    "The specimen",
    signal,
    kit.choice({ label: "Lattice", state, field: "lattice", options: words }).element,
    kit.slider({ label: "Column spacing", state, field: "spacing", unit: "px" }).element,
    kit.slider({ label: "Column width σ", state, field: "width", unit: "px" }).element,
    kit.slider({ label: "Angle", state, field: "angle", unit: "°" }).element,
    kit.slider({ label: "Vacancies", state, field: "vacancies", words: (share) => kit.percent(share, 0) }).element,
    kit.slider({ label: "Background", state, field: "background" }).element,
    kit.el(
      "div",
      { class: "row" },
      kit.integer({ label: "Seed", state, field: "seed" }).element,
      kit.button("Next seed", () => state.set({ seed: (state.values.seed + 1) % 2147483648 }), {
        title: "Another specimen",
      }),
    ),
  );
}

/** What the marks mean. */
const legend = () =>
  kit.el(
    "p",
    { class: "legend-of-marks" },
    Object.entries({ found: "found", missed: "missed", false: "false alarm" }).map(([kind, words]) =>
      kit.el("span", {}, swatch(/** @type {keyof typeof INK} */ (kind)), words)
    ),
  );

/** @param {keyof typeof INK} kind */
function swatch(kind) {
  const canvas = kit.el("canvas", { class: "swatch", "aria-hidden": "true" });
  mark(kit.sharp(canvas, 24, 24), kind, 12, 12);
  return canvas;
}

/** Ring, cross or box. @param {CanvasRenderingContext2D} g @param {keyof typeof INK} kind @param {number} x @param {number} y */
function mark(g, kind, x, y) {
  g.strokeStyle = INK[kind];
  g.lineWidth = 2.5;
  g.beginPath();
  if (kind === "found") g.arc(x, y, 8, 0, 2 * Math.PI);
  else if (kind === "missed") {
    for (const slope of [1, -1]) {
      g.moveTo(x - 6, y - 6 * slope);
      g.lineTo(x + 6, y + 6 * slope);
    }
  } else g.rect(x - 7, y - 7, 14, 14);
  g.stroke();
}

/** One picture with its marks and its numbers. @param {Name} name @param {number} size */
function viewOf(name, size) {
  const title = TITLES[name];
  const canvas = kit.el("canvas", { class: "picture", width: size, height: size, role: "img", "aria-label": title });
  const over = kit.el("canvas", { class: "over", "aria-hidden": "true" });
  const right = kit.el("b", {}, "\u00a0"), numbers = kit.el("span", { class: "soft small" }, "\u00a0");
  const figure = kit.el(
    "figure",
    { class: "figure view" },
    kit.el("div", { class: "stack" }, canvas, over),
    kit.el("figcaption", {}, title),
    right,
    numbers,
  );
  /** @param {Answer} answer @param {boolean} marks */
  const show = ({ views, columns, vacant }, marks) => {
    const view = views[name];
    figure.hidden = !view;
    if (!view) return;
    kit.paint(canvas, kit.bytes(view.picture));
    const side = canvas.clientWidth || 260, context = kit.sharp(over, side, side), scale = side / size;
    for (const kind of /** @type {const} */ (["found", "missed", "false"])) {
      if (marks) { for (const [x, y] of view[kind]) mark(context, kind, x * scale, y * scale); }
    }
    const wrong = view.missed.length + view.false.length;
    right.textContent = name === "clean"
      ? kit.units(vacant, ["vacancy", "vacancies"])
      : `${columns - wrong} of ${columns} judged right`;
    numbers.textContent = name === "clean"
      ? "what there is to find"
      : `${view.missed.length} missed, ${view.false.length} false · ${
        view.psnr === null ? "no error" : `${kit.show(view.psnr, 1)} dB`
      }`;
    canvas.setAttribute("aria-label", `${title}: ${right.textContent}, ${numbers.textContent}`);
  };
  return { canvas, figure, show };
}

const WORDS = { noisy: "the raw counts", blur: "the best blur", network: "the network" };

/**
 * Does the prettier picture count better?
 * @param {Props} props
 * @param {import("../../kit/elements.js").AnyState} state
 */
function question({ asked }, state) {
  if (!asked) return null;
  const { shares, dose, fields, best } = asked;
  return kit.predict({
    question: `At ${dose} electrons per white pixel, whose picture judges the sites best?`,
    options: [...Object.entries(WORDS), ["alike", "blur and network alike"]],
    state,
    field: "guess",
    truth: () => best,
    words: () =>
      `Right verdicts, the mean over vacancies and full columns, on ${fields} specimens: ` +
      Object.entries(WORDS).map(([name, who]) => {
        const { right, spread } = shares[/** @type {keyof typeof WORDS} */ (name)];
        return `${who} ${kit.show(100 * right, 1)} ± ${kit.show(100 * spread, 1)} %`;
      }).join(", ") + ".",
  });
}
