// Every space sampled the same way: where the drawn codes fall, what is decoded there, and how much of it is a digit.
import * as kit from "../../kit/kit.js";
import { atlas } from "../spaces.js";

/** @typedef {{ samplers: [name: string, words: string][] }} Props */
/** @typedef {{ title: string, method: import("../spaces.js").Method, points: string, pictures: string, digits: boolean[], shares: Record<string, number>, rebuilt: number, kept: number }} Space */
/**
 * @typedef {{ spaces: Record<string, Space>, count: number, measured: number, real: number, error?: string }} Answer
 */
/** @typedef {{ kind: string, count: number, seed: number, width: number }} Request */
/** @typedef {{ draw: (request: Request) => Promise<Answer>, atlas: (request: { twins: string }) => Promise<unknown> }} Server */
/** @typedef {import("../spaces.js").Atlas} Atlas */

const COUNT = 24; // pictures of one space

/** @param {Props} props */
export const fields = ({ samplers }) => ({
  sampler: kit.oneOf(samplers.map(([name]) => name), { was: "latents_sampler" }),
  width: kit.oneOf(["2", "32"], { was: "latents_width" }),
  seed: kit.seed({ was: "latents_seed" }),
});

/** @param {kit.Mount<Props, ReturnType<typeof fields>, Server>} mount */
export default async function mount({ element, props, server, state, signal }) {
  const notice = kit.notice(), columns = kit.el("div", { class: "columns" }), note = kit.el("p", { class: "soft" });
  const table = kit.table({
    caption: "Share of digits among samples, measured at large",
    head: ["", "digits"],
    rows: [],
  });
  const next = kit.button("Next seed", () => state.set({ seed: state.values.seed + 1 }), { kind: "main" });
  element.append(
    kit.el(
      "p",
      { class: "todo" },
      "Choose where z is drawn from: rings are the drawn codes, below them what each network makes of them.",
    ),
    kit.el(
      "div",
      { class: "row tools" },
      kit.choice({ label: "Draw z from", state, field: "sampler", options: props.samplers }).element,
      kit.choice({ label: "dimensions", state, field: "width", options: [["2", "2"], ["32", "32"]] }).element,
      kit.integer({ label: "Seed", state, field: "seed" }).element,
      next,
    ),
    notice.element,
    columns,
    kit.el("div", { class: "scrolls" }, table.element),
    note,
  );
  /** @type {Atlas} */
  let found;
  try {
    found = await atlas(server);
  } catch (error) {
    return notice.say(error instanceof Error ? error.message : String(error));
  }
  /** @type {Record<string, ReturnType<typeof card>>} */
  const cards = {};
  const ask = kit.live(server.draw, (/** @type {Answer} */ answer, /** @type {Request} */ request) => {
    for (const [name, space] of Object.entries(answer.spaces)) {
      cards[name] ??= card(name, space, found, signal);
      cards[name].show(space, request.width === 2);
    }
    columns.replaceChildren(...Object.keys(answer.spaces).map((name) => cards[name].element));
    table.show({
      head: ["", ...props.samplers.map(([, words]) => words), "rebuilt test digits", "class kept by these"],
      rows: Object.values(answer.spaces).map((space) => [
        space.title,
        ...props.samplers.map(([kind]) =>
          kit.el(kind === request.kind ? "b" : "span", {}, kit.percent(space.shares[kind]))
        ),
        kit.percent(space.rebuilt),
        kit.percent(space.kept),
      ]),
    });
    note.textContent =
      `Measured on ${kit.count(answer.measured)} draws each. The judge takes ${kit.percent(answer.real)} of ` +
      "real test digits for digits.";
  }, notice.say);
  state.follow(({ sampler, width, seed }) => ask({ kind: sampler, count: COUNT, seed, width: Number(width) }));
}

/** One space: its map with the drawn codes, the decoded samples. @param {string} name @param {Space} answer @param {Atlas} found @param {AbortSignal} signal */
function card(name, { title, method }, found, signal) {
  const space = found.spaces.find((one) => one.name === name), words = kit.el("span", { class: "soft" });
  const share = kit.el("b", { class: "result" });
  const sheet = kit.sheet({
    label: `${title}: decoded samples`,
    cell: 48,
    columns: 6,
    legend: { right: "the judge sees a digit", wrong: "it sees none" },
  });
  const map = space && kit.map({
    label: `${title}: where the drawn codes fall among those of test digits`,
    signal,
    width: 400,
    points: space.points,
    classes: found.classes,
    names: found.names,
    extent: space.extent,
    radius: 2.2,
    on: { names: false },
  });
  const head = kit.el("h3", { style: `color: var(--${method})` }, title);
  /** @type {Float32Array} */
  let drawn = new Float32Array(0);
  map?.overlay((context, toPixel) => {
    context.lineWidth = 3;
    context.fillStyle = kit.ink("paper");
    context.strokeStyle = kit.ink("ink");
    for (let i = 0; i < drawn.length; i += 2) {
      const [x, y] = toPixel([drawn[i], drawn[i + 1]]);
      context.beginPath();
      context.arc(x, y, 5, 0, 2 * Math.PI);
      context.fill();
      context.stroke();
    }
  });
  /** @param {Space} answer @param {boolean} flat */
  const show = (answer, flat) => {
    drawn = flat ? kit.floats(answer.points) : new Float32Array(0);
    if (map && space) {
      map.element.hidden = !flat;
      map.home(holding(space.extent, drawn));
    }
    sheet.show(kit.bytes(answer.pictures), {
      frames: answer.digits.map((digit) => digit ? "right" : "wrong"),
      words: (i) => answer.digits[i] ? "a digit" : "no digit",
    });
    const good = answer.digits.filter(Boolean).length;
    share.textContent = `${good} of ${answer.digits.length}`;
    words.textContent = " are digits to the judge";
  };
  const element = kit.el(
    "section",
    { class: "space" },
    head,
    map?.element,
    sheet.element,
    kit.el("p", {}, share, words),
  );
  return { element, show };
}

/**
 * An extent that holds the codes and the drawn points.
 * @param {readonly [number, number, number, number]} extent
 * @param {Float32Array} points
 * @returns {[number, number, number, number]}
 */
function holding([x0, x1, y0, y1], points) {
  const xs = points.filter((_, i) => i % 2 === 0), ys = points.filter((_, i) => i % 2 === 1);
  return [Math.min(x0, ...xs), Math.max(x1, ...xs), Math.min(y0, ...ys), Math.max(y1, ...ys)];
}
