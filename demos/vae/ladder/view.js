// The beta ladder: one slider over networks really trained at each beta; samples, reconstructions, code and loss move together.
import * as kit from "../../kit/kit.js";
import { words as wordsOn } from "../../kit/plotdraw.js";
import { placeOf, rungField, textOf } from "./rungs.js";

/** @typedef {import("./rungs.js").Rung} Rung */
/** @typedef {{ network: string, beta: number, dimensions: number, yours: boolean, deep: boolean, ladder: string | null, rate: number | null, distortion: number }} CurvePoint */
/** @typedef {{ value: number, low: number, high: number }} Measured with its 95 % interval */
/** @typedef {"digits" | "frechet"} Measure */
/** @typedef {{ network: string, beta: number, yours: boolean, samples: number, class: string, of_class: number } & Record<Measure, Measured>} QualityRow */
/** @typedef {{ rows: QualityRow[], best: Record<Measure, string[]>, words: string[] }} Quality */
/**
 * @typedef {object} Props
 * @property {[base: string, rungs: Rung[]][]} families
 * @property {Record<string, string>} words for each ladder
 * @property {string[]} classes
 * @property {CurvePoint[]} curve
 * @property {Record<string, Quality | null>} quality
 */
/**
 * @typedef {object} Answer
 * @property {string} network
 * @property {number} beta
 * @property {string} inputs base64 of ten pictures
 * @property {string} reconstructions
 * @property {string} samples
 * @property {number | null} reconstruction nats
 * @property {number | null} kl nats; null: z = μ, no noise in the code
 * @property {number | null} active
 * @property {number | null} epochs
 * @property {number[]} kl_per_dimension
 * @property {{ points: string, classes: string, reach: number } | null} map
 * @property {string} [error]
 */
/** @typedef {{ rung: (request: { network: string, seed: number }) => Promise<Answer> }} Server */

const RATES = [0, 1, 3, 10, 30, 100, 300, 1000];
const EASE = 300; // milliseconds of the ring's way along the curve

/** @param {Props} props */
export const fields = ({ families }) => ({
  ladder: kit.oneOf(families.map(([base]) => base), { was: "vae_ladder" }),
  rung: rungField(families),
  seed: kit.seed(),
  guess: kit.oneOf(["", ...families.flatMap(([, rungs]) => rungs.map(({ network }) => network))]),
});

/** @typedef {kit.Mount<Props, ReturnType<typeof fields>, Server>} Mounted */
/** @typedef {Mounted["state"]} State */

/** @param {Mounted} mount */
export default async function mount({ element, props, server, state, signal }) {
  const notice = kit.notice(), ladders = new Map(props.families);
  const rungs = () => ladders.get(state.values.ladder) ?? [];
  const ours = () => rungs().filter(({ yours }) => !yours); // one's own is loaded when it is asked for
  const here = () => rungs()[placeOf(rungs(), state.values.rung)];
  const climb = climber(state, rungs), pictures = sheets(state), nats = ledger(), plane = ratePlot(props, signal);
  const code = codePicture(props, signal), guess = kit.el("div", { class: "guess" });
  const columns = kit.el(
    "div",
    { class: "columns", hidden: true }, // until there is an answer to show
    pictures.samples,
    kit.el("div", { class: "stack" }, pictures.reconstructions, nats.element, code.element),
    plane.element,
  );
  const ladder = kit.choice({
    label: "Ladder of",
    state,
    field: "ladder",
    options: props.families.map(([base]) => [base, props.words[base]]),
  });
  element.append(
    kit.el("p", { class: "todo" }, "Move β: each stop is a network trained with that weight of the KL term."),
    kit.el("div", { class: "controls" }, climb.element, ladder.element),
    notice.element,
    columns,
    guess,
  );

  const show = (/** @type {Answer} */ answer) => {
    columns.hidden = false;
    pictures.show(answer);
    nats.show(answer);
    plane.show(answer);
    code.show(answer);
  };
  /** @type {Map<string, Promise<Answer>>} */
  const known = new Map();
  const fetchRung = (/** @type {{ network: string, seed: number }} */ request) => {
    const key = `${request.network} ${request.seed}`, answer = known.get(key) ?? server.rung(request);
    known.set(key, answer);
    answer.then(({ error }) => error && known.delete(key), () => known.delete(key));
    return answer;
  };
  const asked = () => ({ network: here().network, seed: state.values.seed });
  const first = await fetchRung(asked());
  if (first.error) notice.say(first.error);
  else show(first);
  const ask = kit.live(fetchRung, show, notice.say);
  let asking = "";
  state.follow(({ ladder, seed }) => {
    const list = rungs(), now = `${here().network} ${seed}`;
    climb.show();
    if (guess.dataset.ladder !== ladder) {
      guess.dataset.ladder = ladder;
      if (!list.some(({ network }) => network === state.values.guess)) state.set({ guess: "" }, { drag: true });
      guess.replaceChildren(question(list, props.quality[ladder], state) ?? "");
    }
    if (now !== asking) ask(asked());
    asking = now;
  });
  await fetchAll(() => ours().map(({ network }) => ({ network, seed: state.values.seed })), fetchRung, signal);
}

/**
 * The whole ladder, one rung after the other, so that the slider answers at once.
 * @param {() => { network: string, seed: number }[]} list
 * @param {(request: { network: string, seed: number }) => Promise<Answer>} fetchRung
 * @param {AbortSignal} signal
 */
function fetchAll(list, fetchRung, signal) {
  const run = async () => {
    for (const one of list()) {
      if (signal.aborted) return;
      await fetchRung(one).catch(() => null); // who climbs there asks again, and is told
    }
  };
  setTimeout(run, 0);
}

/**
 * The slider over the rungs, with their betas below it.
 * @param {State} state
 * @param {() => Rung[]} rungs
 */
function climber(state, rungs) {
  const input = kit.el("input", { type: "range", min: 0, step: 1, "aria-label": "β" });
  const marks = kit.el("div", { class: "betas", "aria-hidden": "true" });
  const value = kit.el("output", { class: "result" });
  input.addEventListener("input", () => state.set({ rung: textOf(rungs(), Number(input.value)) }, { drag: true }));
  input.addEventListener("change", () => state.set({ rung: textOf(rungs(), Number(input.value)) }));
  const words = (/** @type {Rung} */ { beta, yours, network }) => `β = ${beta}${yours ? ` (yours: ${network})` : ""}`;
  const track = kit.el("div", { class: "climb-track" }, input, marks);
  const element = kit.el("div", { class: "climb" }, track, value);
  let shown = "";
  const show = () => {
    const list = rungs(), place = placeOf(list, state.values.rung), names = list.map(({ network }) => network).join();
    if (names !== shown) {
      shown = names;
      input.max = String(list.length - 1);
      input.disabled = list.length < 2;
      marks.replaceChildren(...list.map(({ beta, yours }) => kit.el("span", {}, yours ? "yours" : String(beta))));
      track.style.setProperty("--rungs", String(list.length));
    }
    input.value = String(place);
    input.setAttribute("aria-valuetext", words(list[place]));
    value.textContent = words(list[place]);
    [...marks.children].forEach((mark, i) => mark.classList.toggle("here", i === place));
  };
  return { element, show };
}

/** Samples, and ten drawings with their reconstructions. @param {State} state */
function sheets(state) {
  const samples = kit.sheet({ label: "Samples of the prior", cell: 44, columns: 6 });
  const tens = kit.sheet({ label: "Ten drawings, and below each its reconstruction", cell: 40, columns: 10 });
  const next = kit.button("Next seed", () => state.set({ seed: (state.values.seed + 1) % 2 ** 31 }));
  const seed = kit.integer({ label: "Seed", state, field: "seed" });
  return {
    samples: kit.el(
      "div",
      { class: "samples" },
      kit.el("h3", {}, "36 samples of N(0, I)"),
      samples.element,
      kit.el("div", { class: "row" }, next, seed.element),
    ),
    reconstructions: kit.el(
      "div",
      { class: "tens" },
      kit.el("h3", {}, "Ten drawings, and what is left of them"),
      tens.element,
    ),
    /** @param {Answer} answer */
    show: (answer) => {
      const [inputs, outputs] = [kit.bytes(answer.inputs), kit.bytes(answer.reconstructions)];
      const both = new Uint8Array(inputs.length + outputs.length);
      both.set(inputs);
      both.set(outputs, inputs.length);
      samples.show(kit.bytes(answer.samples));
      tens.show(both);
    },
  };
}

/** The two terms in nats, on one bar. */
function ledger() {
  const result = kit.el("p", { class: "result", role: "status" });
  const parts = /** @type {const} */ (["reconstruction", "kl"]).map((name) =>
    kit.el("span", { class: `part ${name}` })
  );
  const bar = kit.el("div", { class: "sum", "aria-hidden": "true" }, parts);
  const key = kit.el("p", { class: "sum-key" }), own = kit.el("p", { class: "soft" });
  const element = kit.el("div", { class: "ledger" }, result, bar, key, own);
  const most = 210; // nats at the bar's right end: the average digit for every picture costs 206
  const show = (/** @type {Answer} */ { reconstruction: r, kl, beta, active, kl_per_dimension: all, epochs }) => {
    const noiseless = r != null && kl == null;
    result.textContent = r == null
      ? "not measured on the test set"
      : noiseless
      ? "−ELBO = ∞"
      : `−ELBO = ${kit.show(r + Number(kl), 1)} nats`;
    parts[0].style.width = `${100 * Math.min(1, (r ?? 0) / most)}%`;
    parts[1].style.width = noiseless ? "100%" : `${100 * Math.min(1, (kl ?? 0) / most)}%`;
    key.replaceChildren(
      kit.el("span", { class: "key reconstruction" }, `reconstruction ${kit.show(r, 1)}`),
      kit.el("span", { class: "key kl" }, noiseless ? "KL ∞: z = μ, a code without noise" : `KL ${kit.show(kl, 1)}`),
    );
    const loss = noiseless
      ? `trained on the reconstruction alone`
      : `its own loss, reconstruction + ${beta} · KL: ${kit.show(r == null ? null : r + beta * Number(kl), 1)} nats`;
    const used = active == null ? "" : `; ${active} of ${all.length} dimensions carry more than 0.01 nats`;
    own.textContent = `${loss}${used}${epochs ? `; ${epochs} epochs` : ""}.`;
  };
  return { element, show };
}

/** Where a network stands: rate to the right, distortion up; an infinite rate has a place beyond the last finite one.
 * @param {CurvePoint[]} curve */
function placesOf(curve) {
  const top = Math.max(1, ...curve.flatMap(({ rate }) => rate == null ? [] : [rate])), infinity = (1 + top) ** 1.18 - 1;
  /** @param {CurvePoint} point @returns {[number, number]} */
  const placeOn = ({ rate, distortion }) => [rate ?? infinity, distortion];
  return { top, infinity, placeOn };
}

/**
 * Rate and distortion of every network, the current one with a ring that travels along the curve.
 * @param {Props} props
 * @param {AbortSignal} signal
 */
function ratePlot({ curve, words }, signal) {
  const { top, infinity, placeOn } = placesOf(curve);
  const plot = kit.plot({
    label: "Rate and distortion on the test set",
    signal,
    height: 320,
    x: {
      label: "rate: KL, nats",
      scale: "log1p",
      low: 0,
      high: (1 + infinity) ** 1.03 - 1,
      ticks: [...RATES.filter((r) => r <= top), infinity],
      words: (r) => r === infinity ? "∞" : kit.tick(r),
    },
    y: { label: "distortion: reconstruction, nats", zero: true },
  });
  const series = Object.entries(words).map(([base, name], i) => ({
    name: name.replace(/^VAE, /, ""),
    colour: i ? "ink-soft" : "vae",
    mark: i ? 6 : 0,
    points: curve.filter(({ ladder }) => ladder === base).map(placeOn).sort((a, b) => a[0] - b[0]),
  }));
  const diamonds = { kind: /** @type {const} */ ("marks"), colour: "ink", mark: 2 };
  const deeper = { ...diamonds, name: "deeper", points: curve.filter((point) => point.deep).map(placeOn) };
  const draw = (/** @type {CurvePoint} */ point, /** @type {[number, number]} */ ring) => {
    const ladder = curve.filter((one) => one.ladder === point.ladder);
    plot.show([...series, deeper, ...level(ladder)], {
      after: (g, X, Y) => {
        const first = (/** @type {CurvePoint} */ one) => one === point ? 2 : one.yours || one.beta === 1 ? 1 : 0;
        const labels = [...ladder].sort((one, other) => first(other) - first(one)).map((one) => {
          const [x, y] = placeOn(one);
          return { text: one.yours ? `yours ${one.beta}` : String(one.beta), x: X(x), y: Y(y) };
        });
        label(g, labels);
        circle(g, X(ring[0]), Y(ring[1]));
      },
    });
  };
  const travel = traveller(signal);
  const show = (/** @type {Answer} */ { network }) => {
    const point = curve.find((one) => one.network === network);
    if (point) travel(placeOn(point), (ring) => draw(point, ring));
  };
  return {
    element: kit.el("div", {}, kit.el("h3", {}, "What the code may say, and what is lost"), plot.element),
    show,
  };
}

/** The curve on which −ELBO is that of the ladder's β = 1. @param {CurvePoint[]} ladder */
function level(ladder) {
  const one = ladder.find(({ beta, yours }) => beta === 1 && !yours), { rate, distortion } = one ?? {};
  if (rate == null || distortion == null) return [];
  const rates = Array.from({ length: 80 }, (_, i) => rate * i / 40);
  const points = rates.map((r) => /** @type {[number, number]} */ ([r, rate + distortion - r]));
  return [{ name: "−ELBO as at β = 1", colour: "right", dash: [5, 4], points }];
}

/**
 * Words above their points, or below where others stand already; without room they are left out.
 * @param {CanvasRenderingContext2D} g
 * @param {{ text: string, x: number, y: number }[]} labels the most important first
 */
function label(g, labels) {
  /** @type {Record<string, [number, number][]>} */
  const taken = { above: [], below: [] };
  for (const { text, x, y } of labels) {
    const half = g.measureText(text).width / 2 + 3;
    const side = ["above", "below"].find((name) => taken[name].every(([from, to]) => x + half < from || x - half > to));
    if (!side) continue;
    taken[side].push([x - half, x + half]);
    wordsOn(g, text, x, side === "above" ? y - 16 : y + 18, "center");
  }
}

/** @param {CanvasRenderingContext2D} g @param {number} x @param {number} y */
function circle(g, x, y) {
  g.beginPath();
  g.arc(x, y, 10, 0, 2 * Math.PI);
  g.strokeStyle = kit.ink("ink");
  g.lineWidth = 3;
  g.stroke();
}

/** travel(to, draw): draws at every place on the way from the last one, evenly on the logarithmic axis. @param {AbortSignal} signal */
function traveller(signal) {
  /** @type {[number, number] | null} */
  let at = null;
  let frame = 0;
  signal.addEventListener("abort", () => cancelAnimationFrame(frame));
  return (/** @type {[number, number]} */ to, /** @type {(at: [number, number]) => void} */ draw) => {
    const [x0, y0] = at ?? to, begun = performance.now(), moves = at && !kit.still();
    cancelAnimationFrame(frame);
    const step = () => {
      const time = moves ? Math.min(1, (performance.now() - begun) / EASE) : 1, done = 1 - (1 - time) ** 3;
      at = [Math.expm1(Math.log1p(x0) + done * (Math.log1p(to[0]) - Math.log1p(x0))), y0 + done * (to[1] - y0)];
      draw(at);
      if (time < 1) frame = requestAnimationFrame(step);
    };
    step();
  };
}

/**
 * The code: the KL of each dimension, or where there are two of them the codes themselves.
 * @param {Props} props
 * @param {AbortSignal} signal
 */
function codePicture({ classes }, signal) {
  const title = kit.el("h3", {});
  const bars = kit.plot({
    label: "KL of each dimension on the test set",
    signal,
    height: 150,
    x: { label: "dimensions, the strongest first", ticks: [] },
    y: { label: "KL, nats", low: 0 },
  });
  const map = kit.map({ label: "Codes of test digits", signal, width: 480, radius: 2.2, zoom: false, names: classes });
  const element = kit.el("div", { class: "code-of-rung" }, title, bars.element, map.element);
  const show = (/** @type {Answer} */ { map: flat, kl_per_dimension: kl }) => {
    map.element.hidden = !flat;
    bars.element.hidden = !!flat || !kl.length;
    if (flat) {
      const { points, classes: labels, reach } = flat, data = { classes: kit.bytes(labels), names: classes };
      title.textContent = `Codes of ${kit.count(data.classes.length)} test digits`;
      map.data({ ...data, points: kit.floats(points), extent: [-reach, reach, -reach, reach] });
      return;
    }
    title.textContent = kl.length ? "KL of each dimension" : "No noise in the code, so no KL to measure";
    bars.show([{
      kind: "bars",
      colour: "vae",
      colourOf: (i) => kl[i] < 0.01 ? "wrong" : undefined,
      points: kl.map((nats, i) => [i + 1, nats]),
    }]);
  };
  return { element, show };
}

/**
 * The prediction: which rung samples best, answered by what was measured.
 * @param {Rung[]} rungs
 * @param {Quality | null} quality
 * @param {State} state
 */
function question(rungs, quality, state) {
  if (!quality) return null;
  const { rows, best, words } = quality, own = rungs.filter((rung) => !rung.yours), first = best.digits[0];
  const agreed = best.frechet[0] === first ? first : null;
  const measures =
    /** @type {const} */ ([["digits", "digits to the judge"], ["frechet", "Fréchet distance (less is better)"]]);
  const cell = (/** @type {QualityRow} */ row, /** @type {Measure} */ name) => {
    const { value, low, high } = row[name], half = (high - low) / 2;
    const text = name === "frechet"
      ? `${kit.show(value, 4)}${half > 0 ? ` ± ${kit.show(half, 4)}` : ""}`
      : `${kit.percent(value, 0)} ± ${half < 0.001 ? "< 0.1" : kit.show(100 * half, 1)}`;
    return best[name].includes(row.network) ? kit.el("b", {}, text) : text;
  };
  const caption = `Measured on ${kit.count(rows[0].samples)} samples of one network each, ± half a 95 % interval; ` +
    "the best are bold.";
  const table = kit.table({
    caption,
    quiet: true,
    head: ["β", ...measures.map(([, name]) => name), "commonest class"],
    rows: rows.map((row) => [
      row.yours ? `${row.beta} (yours: ${row.network})` : String(row.beta),
      ...measures.map(([name]) => cell(row, name)),
      `${row.class}: ${kit.percent(row.of_class, 0)}`,
    ]),
  });
  return kit.predict({
    question: "Which β gives the best samples?",
    options: own.map(({ network, beta }) => [network, `β = ${beta}`]),
    state,
    field: "guess",
    truth: () => agreed,
    words: () => [kit.el("span", {}, `${words.join(" ")} ${caption}`), table.element],
  }).element;
}
