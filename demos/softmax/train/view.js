// Train softmax regression here: the training script's loop on the server, a little at a time. The page keeps W, b and
// the step, and sends them along: the server remembers nobody. The curves and the ten templates grow while one looks. Settings, seed and step make a training: a link that names a
// step trains to it.
import * as kit from "../../kit/kit.js";
import { limitOf, template } from "../formulas.js";
import { DATASETS, rounded, setting, signedPicture, todo } from "../parts.js";
import { nextLook, thinned } from "./pace.js";

/** @typedef {{ classes: Record<string, string[]> }} Props */
/** @typedef {{ source: string, accuracy?: number, cross_entropy?: number, error?: string }} Prepared */
/**
 * @typedef {{ done: boolean, broken: boolean, step: number, steps: number, source: string, losses: string,
 *   accuracy: number, cross_entropy: number | string, W: string, b: string, error?: string }} More
 */
/**
 * @typedef {{ dataset: string, learning_rate: number, batch_size: number, epochs: number, sigma: number, l2: number,
 *   seed: number }} Recipe
 */
/**
 * @typedef {{
 *   train_prepare: (request: { dataset: string }) => Promise<Prepared>,
 *   train_more: (request: Recipe & { taken: number, W: string, b: string, steps: number }) => Promise<More>,
 * }} Server
 */
/** @typedef {kit.Mount<Props, ReturnType<typeof fields>, Server>} Mount */
/** @typedef {Mount["state"]} State */
/** @typedef {{ step: number, loss: number, accuracy: number }} Test what it does on the test pictures after a step */

const BEAT = 150; // milliseconds from one update to the next, so that one can look
const MOST = 10_000; // steps that one call may be asked for
const BUSY = /busy/, PATIENCE = 20; // tries while the server is busy with others
const MOST_STEPS = 3_000_000; // 50 epochs of single pictures

export const fields = () => ({
  dataset: kit.oneOf(["digits", "fashion"], { was: "softmax_train_data" }),
  rate: rounded(kit.number(0.001, 100, { log: true, start: 0.1, was: "softmax_rate" })),
  batch: kit.oneOf(["1", "16", "64", "256", "1024", "8192", "60000"], { start: "256" }),
  epochs: kit.whole(1, 50, { start: 10 }),
  sigma: kit.oneOf(["0", "0.01", "0.1", "1"], { start: "0.01" }),
  l2: kit.oneOf(["0", "0.0001", "0.001", "0.01", "0.1"]),
  seed: kit.seed(),
  steps: kit.whole(0, MOST_STEPS), // how far it is trained
});

/** @param {Mount} mount */
export default function mount({ element, props, server, state, signal }) {
  const notice = kit.notice(), course = courseOf(server, state, signal), settings = settingsOf(state, course);
  const curves = curvesOf(signal), tiles = tilesOf(signal), buttons = buttonsOf(state, course);
  const result = kit.el("p", { class: "result" }), says = kit.el("p", { class: "says", role: "status" });
  element.append(
    todo("Press Train and watch noise become ten templates. Then try another learning rate."),
    notice.element,
    kit.el(
      "section",
      { class: "panel head", "aria-label": "Training" },
      buttons.element,
      kit.el("div", { class: "reading" }, result, says),
    ),
    tiles.element,
    curves.element,
    settings.element,
  );
  const show = () => {
    const { now } = course, last = now.last;
    notice.say(now.error);
    result.textContent = last ? `${kit.percent(last.accuracy)} right` : "Not trained yet";
    says.textContent = last
      ? `after step ${kit.count(now.step)} of ${kit.count(now.steps)}: test loss ${kit.short(last.loss, 3)} nats` +
        (now.broken ? "; the loss is no number any more: the learning rate was too large" : "")
      : now.source
      ? `on ${now.source}: W is still noise`
      : "reading the pictures …";
    buttons.show();
    curves.show(now, state.values.epochs);
    tiles.show(now.W ? kit.floats(now.W) : null, props.classes[state.values.dataset]);
    element.dataset.state = now.running ? "running" : now.done ? "done" : now.step ? "paused" : "ready";
  };
  course.onChange = show;
  let dataset = "", recipe = "";
  state.follow((values) => {
    const key = JSON.stringify(recipeOf(values));
    if (key !== recipe) course.forget();
    recipe = key;
    if (values.dataset !== dataset) course.prepare(values.dataset);
    dataset = values.dataset;
    if (values.steps > course.now.step && !course.now.running) course.play(values.steps);
    else if (values.steps < course.now.step && !course.now.running) {
      course.forget(), values.steps && course.play(values.steps);
    }
    show();
  });
  kit.onTheme(show, signal);
}

/** @param {State["values"]} values @returns {Recipe} */
const recipeOf = ({ dataset, rate, batch, epochs, sigma, l2, seed }) => ({
  dataset,
  learning_rate: rate,
  batch_size: Number(batch),
  epochs,
  sigma: Number(sigma),
  l2: Number(l2),
  seed,
});

/** A training before its first step. @param {string} [source] @param {Prepared | null} [best] */
const fresh = (source = "", best = null) => ({
  loop: 0, // counts the loops that move it on: only the last one does
  step: 0,
  steps: 0,
  running: false,
  done: false,
  broken: false,
  error: "",
  losses: thinned(3000),
  tests: /** @type {Test[]} */ ([]), // at the steps at which one looks
  last: /** @type {Test | null} */ (null), // where it stands
  W: "",
  b: "",
  source,
  best,
});
/** @typedef {ReturnType<typeof fresh>} Now */

/** One visitor's training: where it stands, and what moves it on. @param {Server} server @param {State} state @param {AbortSignal} signal */
function courseOf(server, state, signal) {
  const course = {
    now: { ...fresh(), source: "", best: /** @type {Prepared | null} */ (null) },
    onChange: () => {},
    prepare,
    play,
    pause: () => {
      course.now.running = false;
      course.onChange();
    },
    forget: () => {
      const { source, best } = course.now;
      course.now = fresh(source, best);
    },
  };
  /** @param {string} dataset */
  async function prepare(dataset) {
    Object.assign(course.now, { source: "", best: null });
    const answer = await server.train_prepare({ dataset }).catch(() => null);
    if (!answer || state.values.dataset !== dataset) return;
    Object.assign(course.now, {
      source: answer.source ?? "",
      best: answer.error ? null : answer,
      error: answer.error ?? "",
    });
    course.onChange();
  }
  /** Train on, to step `target` at most. @param {number} [target] */
  async function play(target = Infinity) {
    const { now } = course;
    if (now.running || now.done || signal.aborted) return;
    const mine = ++now.loop;
    now.running = true;
    course.onChange();
    try {
      while (
        now.loop === mine && now.running && !now.done && now.step < target && !signal.aborted && course.now === now
      ) {
        const beat = wait(kit.still() || target !== Infinity ? 0 : BEAT, signal);
        await more(now, Math.min(target, nextLook(now.step, now.steps)) - now.step);
        await beat;
      }
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") return;
      now.error = error instanceof Error && error.message !== "Failed to fetch"
        ? error.message
        : "The server does not answer; what was learned so far is shown.";
    }
    if (now.loop === mine) now.running = false;
    if (course.now === now) course.onChange();
  }
  /** @param {Now} now @param {number} steps */
  async function more(now, steps) {
    const { step: taken, W, b } = now, recipe = recipeOf(state.values);
    const answer = await patiently(
      () => server.train_more({ ...recipe, taken, W, b, steps: Math.min(steps, MOST) }),
      signal,
    );
    if (course.now !== now) return;
    advanced(now, answer);
    state.set({ steps: now.step }, { drag: true });
    course.onChange();
  }
  signal.addEventListener("abort", () => course.now.running = false);
  return course;
}

/** @typedef {ReturnType<typeof courseOf>} Course */

/** What an answer adds to a course. @param {Now} now @param {More} answer */
function advanced(now, answer) {
  const losses = kit.floats(answer.losses), before = now.step;
  now.losses.add(losses, answer.step - losses.length);
  now.last = { step: answer.step, loss: Number(answer.cross_entropy), accuracy: answer.accuracy };
  if (answer.done || answer.step === nextLook(before, answer.steps)) now.tests.push(now.last);
  const { W, b, step, steps, source, done, broken } = answer;
  Object.assign(now, { W, b, step, steps, source, done, broken, error: "" });
}

/** Ask again while the server is busy with other visitors. @template {{ error?: string }} A @param {() => Promise<A>} ask @param {AbortSignal} signal @returns {Promise<A>} */
async function patiently(ask, signal) {
  for (let tries = 0;; tries++) {
    const answer = await ask();
    if (!answer.error) return answer;
    if (!BUSY.test(answer.error) || tries >= PATIENCE) throw new Error(answer.error);
    await wait(300 + 500 * Math.random(), signal);
  }
}

/** @param {number} time milliseconds @param {AbortSignal} signal @returns {Promise<void>} */
const wait = (time, signal) =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, time);
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });

// ---- controls --------------------------------------------------------------------------------------------------------

/** @param {State} state @param {Course} course */
function buttonsOf(state, course) {
  const go = kit.button("Train", () => (course.now.running ? course.pause() : course.play()), { kind: "main" });
  const one = kit.button("One step", () => course.play(course.now.step + 1), { title: "One minibatch" });
  const anew = kit.button("Reset weights", () => {
    course.forget();
    state.set({ steps: 0 });
    course.onChange();
  });
  const bar = kit.el("progress", { max: 1, value: 0, "aria-label": "steps done" });
  return {
    element: kit.el("div", { class: "row" }, go, one, anew, bar),
    show: () => {
      const { running, done, step, steps } = course.now;
      go.textContent = running ? "Pause" : "Train";
      go.disabled = done;
      one.disabled = running || done;
      bar.value = steps ? step / steps : 0;
    },
  };
}

/** @param {State} state @param {Course} course */
function settingsOf(state, course) {
  const anew = setting(state, (changes, how) => {
    course.forget();
    state.set({ ...changes, steps: 0 }, how);
  });
  const choice = (/** @type {string} */ label, /** @type {string} */ field, /** @type {readonly string[]} */ values) =>
    kit.choice({ label, state: anew, field, options: values.map((value) => [value, value]) }).element;
  const element = kit.el(
    "details",
    { class: "panel settings", open: matchMedia("(min-width: 701px)").matches },
    kit.el("summary", {}, "Settings"),
    kit.el(
      "div",
      { class: "controls" },
      kit.choice({ label: "Pictures", state: anew, field: "dataset", options: DATASETS }).element,
      kit.slider({ label: "Learning rate", state: anew, field: "rate" }).element,
      kit.slider({ label: "Epochs", state: anew, field: "epochs" }).element,
      choice("Batch size", "batch", state.field("batch").options),
      choice("σ of the first W", "sigma", state.field("sigma").options),
      choice("L2 penalty λ", "l2", state.field("l2").options),
      kit.integer({ label: "Seed", state: anew, field: "seed" }).element,
    ),
  );
  return { element };
}

// ---- what is shown ---------------------------------------------------------------------------------------------------

/** @param {AbortSignal} signal */
function curvesOf(signal) {
  const x = { label: "epochs", low: 0 };
  const loss = kit.plot({
    label: "Cross-entropy while it trains",
    height: 210,
    signal,
    x,
    y: { label: "cross-entropy in nats" },
  });
  const accuracy = kit.plot({
    label: "Test accuracy while it trains",
    height: 210,
    signal,
    x,
    y: { label: "test accuracy", percent: true },
  });
  const element = kit.el("div", { class: "plots" }, loss.element, accuracy.element);
  /** @param {Now} now @param {number} epochs */
  const show = ({ losses, tests: looks, last, steps, best }, epochs) => {
    const [optimum, right] = [best?.cross_entropy, best?.accuracy], perEpoch = steps / epochs;
    const tests = (last && last !== looks.at(-1) ? [...looks, last] : looks).map((one) => ({
      ...one,
      at: one.step / perEpoch,
    }));
    const points = losses.kept.map(([index, value]) => /** @type {const} */ ([index / perEpoch, value]));
    const high = Math.min(1e4, Math.max(2.5, ...points.slice(5).map(([, v]) => v).filter(Number.isFinite)));
    loss.show([
      { name: "minibatch", colour: "line", width: 1.5, points },
      {
        name: "test pictures",
        colour: "ink",
        points: tests.map(({ at, loss }) => /** @type {const} */ ([at, Number.isFinite(loss) ? loss : null])),
      },
      ...level(optimum, kit.show(optimum ?? 0, 3), epochs),
    ], {
      x: [0, epochs],
      y: [0, high],
    });
    const low = Math.min(0.6, ...tests.slice(2).map((test) => test.accuracy));
    accuracy.show([
      {
        name: "test pictures",
        colour: "ink",
        points: tests.map(({ at, accuracy }) => /** @type {const} */ ([at, accuracy])),
      },
      ...level(right, kit.percent(right ?? 0), epochs),
    ], { x: [0, epochs], y: [Math.floor(10 * low) / 10, 1] });
  };
  return { element, show };
}

/** A dashed level over the whole plot, where it is known. @param {number | undefined} y @param {string} words @param {number} epochs @returns {kit.Series[]} */
const level = (y, words, epochs) =>
  y ? [{ name: `best linear one: ${words}`, colour: "ink-soft", dash: [6, 5], points: [[0, y], [epochs, y]] }] : [];

/** The ten templates, and what their colours are worth. @param {AbortSignal} signal */
function tilesOf(signal) {
  const tiles = Array.from({ length: 10 }, () => {
    const canvas = signedPicture("weights"), caption = kit.el("figcaption");
    return { canvas, caption, figure: kit.el("figure", { class: "figure" }, canvas, caption) };
  });
  const bar = kit.scaleBar({ label: "weight of a pixel, against to for the class", signal });
  const element = kit.el(
    "section",
    { class: "templates", "aria-label": "The ten columns of W" },
    kit.el("div", { class: "tiles" }, tiles.map((tile) => tile.figure)),
    bar.element,
  );
  const none = new Float32Array(7840);
  /** @param {Float32Array | null} W @param {readonly string[]} classes */
  const show = (W, classes) => {
    const limit = W ? limitOf(W, 0.99) : 1;
    bar.set(limit);
    element.classList.toggle("empty", !W);
    tiles.forEach(({ canvas, caption }, k) => {
      kit.paintSigned(canvas, template(W ?? none, k), limit);
      caption.textContent = classes[k];
      canvas.setAttribute("aria-label", `weights of ${classes[k]}`);
    });
  };
  return { element, show };
}
