// Noise on the code: the same epsilon in every space, growing; the measured curves beside it.
import * as kit from "../../kit/kit.js";

/** @typedef {{ index: number, units: [name: string, words: string][], truth: string | null, answer: string }} Props */
/**
 * @typedef {{ title: string, method: import("../spaces.js").Method, yours: boolean, size: number, pictures: string, class: number[], curve: { noise: number, kept: number }[] }} Space
 */
/** @typedef {{ spaces: Record<string, Space>, class: number, index: number, measured: number, error?: string }} Answer */
/** @typedef {{ index: number, noise: number, unit: string, width: number, seed: number }} Request */
/** @typedef {{ disturb: (request: Request) => Promise<Answer> }} Server */

const LAST = 4999; // the last test digit with a stored code
const MARKS = { pca: 4, ae: 1, vae: 0 };

/** @param {Props} props */
export const fields = ({ index, units }) => ({
  noise: kit.number(0, 2, { step: 0.05, start: 0.3, was: "latents_noise" }),
  unit: kit.oneOf(units.map(([name]) => name), { was: "latents_unit" }),
  width: kit.oneOf(["2", "32"]),
  digit: kit.whole(0, LAST, { start: index, was: "latents_digit" }),
  seed: kit.seed(),
  guess: kit.oneOf(["", "ae", "vae", "same"]),
});

/** @param {kit.Mount<Props, ReturnType<typeof fields>, Server>} mount */
export default function mount({ element, props, server, state, signal }) {
  const notice = kit.notice(), columns = kit.el("div", { class: "columns" }), note = kit.el("p", { class: "soft" });
  const plot = kit.plot({
    label: "Share of test digits whose class is kept, against the noise on their code",
    signal,
    height: 260,
    x: { label: "noise on z", low: 0, high: 2 },
    y: { label: "class kept", low: 0, high: 1, percent: true },
    onCursor: (noise) => state.set({ noise }, { drag: true }),
  });
  const other = kit.button("Another digit", () => state.set({ digit: (state.values.digit + 1) % (LAST + 1) }));
  element.append(
    kit.el(
      "p",
      { class: "todo" },
      "Drag the noise: eight disturbed copies of one digit's code are decoded in every space.",
    ),
    kit.el(
      "div",
      { class: "row tools" },
      kit.slider({ label: "Noise on z", state, field: "noise" }).element,
      other,
      kit.folded(
        "Settings",
        signal,
        kit.el(
          "div",
          { class: "row tools" },
          kit.choice({ label: "in units of", state, field: "unit", options: props.units }).element,
          kit.choice({ label: "dimensions", state, field: "width", options: [["2", "2"], ["32", "32"]] }).element,
          kit.integer({ label: "Seed", state, field: "seed" }).element,
        ),
      ),
    ),
    notice.element,
    columns,
    note,
    plot.element,
    question(props, state) ?? "",
  );

  /** @type {Record<string, ReturnType<typeof card>>} */
  let cards = {};
  const show = (/** @type {Answer} */ answer) => {
    if (Object.keys(answer.spaces).join() !== Object.keys(cards).join()) {
      cards = Object.fromEntries(Object.entries(answer.spaces).map(([name, space]) => [name, card(space)]));
      columns.replaceChildren(...Object.values(cards).map((one) => one.element));
    }
    for (const [name, space] of Object.entries(answer.spaces)) cards[name].show(space, answer.class);
    note.textContent =
      `A solid frame: the judge still reads the digit's own class. The same ε in all spaces. The curves are ` +
      `shares of ${kit.count(answer.measured)} test digits, drawn at random.`;
    plot.show(
      Object.values(answer.spaces).map((space) => ({
        name: space.title,
        colour: space.method,
        mark: MARKS[space.method],
        dash: space.yours ? [6, 4] : [],
        points: space.curve.map((row) => /** @type {[number, number]} */ ([row.noise, row.kept])),
      })),
      { cursor: state.values.noise },
    );
  };
  const ask = kit.live(server.disturb, show, notice.say);
  state.follow(({ noise, unit, width, digit, seed }) => {
    plot.cursor(noise);
    ask({ index: digit, noise, unit, width: Number(width), seed });
  });
}

/** Which is the sturdier, scale left aside? @param {Props} props @param {import("../../kit/elements.js").AnyState} state */
function question({ truth, answer }, state) {
  if (!truth) return null;
  return kit.predict({
    question:
      "In plain units of z the autoencoder looks the sturdier of the two. And in units of each cloud's own spread?",
    options: [["ae", "Autoencoder"], ["vae", "VAE"], ["same", "No clear difference"]],
    state,
    field: "guess",
    truth: () => truth,
    onReveal: () => state.set(/** @type {never} */ ({ unit: "spread", noise: 1 })),
    words: () => answer,
  }).element;
}

/** One space: eight decoded copies, and how many are still what they were. @param {Space} space */
function card({ title, method }) {
  const sheet = kit.sheet({ label: `${title}: eight disturbed copies, decoded`, cell: 72, columns: 4 });
  const kept = kit.el("b", { class: "result" }), words = kit.el("span", { class: "soft" });
  const head = kit.el("h3", { style: `color: var(--${method})` }, title);
  /** @param {Space} space @param {number} digit its class */
  const show = (space, digit) => {
    const count = space.class.filter((which) => which === digit).length;
    sheet.show(kit.bytes(space.pictures), {
      frames: space.class.map((which) => which === digit ? "right" : "wrong"),
      words: (i) => `read as a ${space.class[i]}`,
    });
    kept.textContent = `${count} of ${space.class.length}`;
    words.textContent = ` still a ${digit}; σ of the noise here: ${space.size.toPrecision(2)}`;
  };
  return { element: kit.el("section", { class: "space" }, head, sheet.element, kit.el("p", {}, kept, words)), show };
}
