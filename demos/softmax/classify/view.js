// A picture x -> x W + b -> ten logits -> exp -> softmax -> cross-entropy, one row for each class. W lies in the browser:
// the server sends x and the network's own logits, and the page shows that the products x W sum to them.
import * as kit from "../../kit/kit.js";
import { argmax, crossEntropy, limitOf, ranked, softmax, template } from "../formulas.js";
import { setting, signedPicture, todo } from "../parts.js";
import { photoOf } from "./photo.js";

/**
 * Of each data set, "digits", "fashion" or pictures of one's own, the networks, the classes, and of the first two where
 * their pictures come from. Own pictures are drawn or photographed.
 * @typedef {{ examples: kit.Strokes[], networks: Record<string, string[]>, labels: Record<string, string>,
 *   classes: Record<string, string[]>, sources: Record<string, string> }} Props
 */
/** @typedef {{ x: string, logits: number[], label?: number | null, origin?: string, error?: string }} Seen */
/** @typedef {{ W: string, b: string, error?: string }} Packed */
/** @typedef {{ W: Float32Array, b: Float32Array }} Model */
/**
 * @typedef {{
 *   look: (request: { picture: Uint8Array, network: string }) => Promise<Seen>,
 *   pick: (request: { dataset: string, index: number, network: string }) => Promise<Seen>,
 *   weights: (request: { network: string }) => Promise<Packed>,
 * }} Server
 */
/** @typedef {kit.Mount<Props, ReturnType<typeof fields>, Server>} Mount */
/** @typedef {{ x: Float32Array, logits: number[], label: number | null, origin: string, network: string }} Picture */
/** What is shown: the picture, its network, its classes, and what follows from them.
 * @typedef {Picture & Model & { classes: string[], p: number[], best: number, chosen: number, other: number | null,
 *   truth: number | null }} Shown */

/** @typedef {{ network: string, label: number | null } & ({ picture: Uint8Array } | { dataset: string, index: number })} Asked */

const PIXELS = 784;

/** @param {Props} props */
export const fields = ({ networks }) => ({
  dataset: kit.oneOf(Object.keys(networks), { was: "softmax_data" }),
  network: kit.oneOf(Object.values(networks).flat()),
  source: kit.oneOf(["drawing", "test", "photo"]), // a garment that is not a photo is a test picture
  drawing: kit.drawing({ start: { example: 3 } }),
  photo: kit.text("", { most: 2400, accepts: /^[\w-]*$/ }), // of a garment; that of a digit lies on the pad
  item: kit.whole(0, 9999, { start: 7 }),
  truth: kit.whole(-1, 99, { start: -1, was: "softmax_true" }), // -1: what the picture's own label says
  chosen: kit.whole(-1, 99, { start: -1, was: "softmax_class" }), // -1: the class with the largest logit
  against: kit.whole(-1, 99, { start: -1 }), // -1: no other class
});

/** @param {Mount} mount */
export default function mount(mount) {
  const { element, props, server, state, signal } = mount;
  const notice = kit.notice(), models = modelsOf(server);
  const input = inputPanel(mount, notice.say), chain = chainPanel(state), result = resultPanel(), map = mapPanel(mount);
  element.append(
    todo("Draw a digit and watch the ten rows while you draw: each class adds up its own weights where your ink is."),
    notice.element,
    kit.el("div", { class: "stage" }, input.element, chain.element, result.element, map.element),
  );

  /** @type {Picture | null} */
  let picture = null;
  /** @type {Model | null} */
  let model = null;
  const show = () => {
    const { dataset, chosen, against, truth } = state.values;
    if (!picture || !model || picture.network !== networkOf(state.values, props)) return;
    const p = softmax(picture.logits), best = argmax(p);
    const there = (/** @type {number} */ k) => k >= 0 && k < p.length, own = there(chosen) ? chosen : best;
    /** @type {Shown} */
    const now = {
      ...picture,
      ...model,
      classes: props.classes[dataset],
      p,
      best,
      chosen: own,
      other: !there(against) || against === own ? null : against,
      truth: there(truth) ? truth : picture.label,
    };
    for (const part of [input, chain, result, map]) part.show(now);
  };
  const ask = kit.live(asking(server, models), ({ seen, found, label }, { network }) => {
    if (!seen || !found) return;
    const known = label ?? seen.label ?? null;
    picture = { x: kit.floats(seen.x), logits: seen.logits, label: known, origin: seen.origin ?? "", network };
    model = found;
    show();
  }, notice.say);

  let asked = "";
  state.follow((values) => {
    const { dataset, network, source, drawing, photo, item } = values;
    const key = JSON.stringify([dataset, network, source, drawing, photo, item]);
    if (key !== asked) ask(requestOf(values, props));
    asked = key;
    show();
  });
  kit.onTheme(show, signal);
}

/**
 * One request: the picture read by the network, and the network's weights.
 * @param {Server} server
 * @param {ReturnType<typeof modelsOf>} models
 */
const asking = (server, models) =>
/**
 * @param {Asked} request
 * @returns {Promise<{ seen?: Seen, found?: Model, label?: number | null, error?: string }>}
 */
async (request) => {
  const { network, label } = request;
  const [seen, found] = await Promise.all([
    "picture" in request
      ? server.look({ picture: request.picture, network })
      : server.pick({ dataset: request.dataset, index: request.index, network }),
    models(network),
  ]);
  return { seen, found, label, error: seen.error ?? found.error };
};

/**
 * The network that reads the pictures: the one chosen, or the data set's first where a link names a data set alone.
 * @param {Mount["state"]["values"]} values
 * @param {Props} props
 */
function networkOf({ dataset, network }, { networks }) {
  const own = networks[dataset];
  return own.includes(network) ? network : own[0];
}

/**
 * What the server is asked for.
 * @param {Mount["state"]["values"]} values
 * @param {Props} props
 * @returns {Asked}
 */
function requestOf(values, props) {
  const { dataset, source, drawing, photo, item } = values, network = networkOf(values, props);
  const pixels = source === "photo" && kit.decodePhoto(photo), own = !(dataset in props.sources);
  if (dataset === "digits" ? source === "drawing" : own && !pixels) {
    const label = "example" in drawing && !own ? drawing.example : null;
    const picture = own ? averaged(kit.raw(drawing, props.examples)) : kit.pixels(drawing, props.examples);
    return { picture, network, label };
  }
  return pixels ? { picture: pixels, network, label: null } : { dataset, index: item, network, label: null };
}

/** A drawing as pictures of one's own are read: each of the 28 x 28 pixels the mean of what it covers. @param {Uint8Array} raw */
function averaged(raw) {
  const times = kit.RAW / kit.SIDE, sums = new Float64Array(PIXELS);
  raw.forEach((v, at) => {
    const row = Math.floor(at / kit.RAW / times), column = Math.floor((at % kit.RAW) / times);
    sums[kit.SIDE * row + column] += v / times ** 2;
  });
  return Uint8Array.from(sums, Math.round);
}

/** W and b of each network, asked for once. @param {Server} server */
function modelsOf(server) {
  /** @type {Map<string, Promise<Model & { error?: string }>>} */
  const found = new Map();
  return (/** @type {string} */ network) => {
    const known = found.get(network) ?? server.weights({ network }).then((answer) => {
      if (answer.error) found.delete(network);
      return { W: kit.floats(answer.W ?? ""), b: kit.floats(answer.b ?? ""), error: answer.error };
    });
    found.set(network, known);
    return known;
  };
}

/** What is drawn, by data set. @type {Record<string, string>} */
const KINDS = { digits: "Digit", fashion: "Garment" };

// ---- the picture -----------------------------------------------------------------------------------------------------

/** @param {Mount} mount @param {(sentence: string) => void} say */
function inputPanel({ props, state, signal }, say) {
  const dataset = kit.segments({
    label: "What is drawn",
    field: "dataset",
    options: Object.keys(props.networks).map((name) => [name, KINDS[name] ?? `${name} (yours)`]),
    state: setting(state, ({ dataset }) => {
      const next = /** @type {string} */ (dataset);
      state.set({
        dataset: next,
        network: props.networks[next][0],
        source: "drawing",
        truth: -1,
        chosen: -1,
        against: -1,
      });
    }),
  });
  const onPad = setting(state, (changes, how) => {
    const { drawing } = /** @type {{ drawing: kit.Drawing }} */ (changes);
    const { source, drawing: before, truth } = state.values;
    const goesOn = source === "drawing" && "strokes" in before && "strokes" in drawing && before.strokes.length > 0;
    state.set({ drawing, source: "drawing", truth: goesOn ? truth : -1 }, how);
  });
  const pad = kit.pad({
    label: "Draw",
    width: 204,
    state: onPad,
    field: "drawing",
    examples: props.examples,
    signal,
  });
  const seen = kit.picture({ label: "x: 28 × 28 pixels", words: "x: 28 × 28 pixels", width: 84 });
  const another = kit.button("Another", () => {
    const { item, source, dataset } = state.values, first = dataset === "digits" && source !== "test";
    state.set({ source: "test", truth: -1, item: first ? item : (item + 7919) % 10000 }); // prime to 10,000: all have their turn
  }, { title: "Another picture" });
  const file = kit.el("input", { type: "file", accept: "image/png,image/jpeg", class: "file", "aria-label": "Photo" });
  file.addEventListener("change", async () => {
    const [chosen] = file.files ?? [], { dataset } = state.values;
    if (!chosen) return;
    const answer = await photoOf(chosen, dataset === "digits" ? dataset : "fashion");
    file.value = "";
    say("error" in answer ? answer.error : "");
    if (!("photo" in answer)) return;
    if (dataset === "digits") pad.put({ photo: answer.photo });
    else state.set({ photo: answer.photo, source: "photo", truth: -1 });
  });
  const origin = kit.el("p", { class: "origin soft" });
  const network = kit.choice({ label: "Network", state, field: "network", options: [] });
  const settings = kit.el(
    "details",
    { class: "settings" },
    kit.el("summary", {}, "Settings"),
    network.element,
    kit.integer({ label: "Picture number", state, field: "item" }).element,
  );
  const buttons = kit.folded(
    "Other pictures, settings",
    signal,
    kit.el("div", { class: "buttons" }, another, kit.el("label", { class: "button" }, "Photo", file)),
  );
  const element = kit.el(
    "section",
    { class: "panel input", "aria-label": "The picture" },
    dataset.element,
    pad.element,
    kit.el("div", { class: "seen" }, seen.figure, buttons),
    origin,
    settings,
  );
  let offered = "";
  state.follow(({ dataset }) => {
    if (dataset === offered) return;
    offered = dataset;
    const garment = dataset === "fashion";
    pad.element.hidden = garment;
    another.hidden = !(dataset in props.sources);
    element.classList.toggle("garment", garment);
    element.classList.toggle("own", !(dataset in props.sources));
    another.textContent = !garment && props.sources.digits === "test" ? "Test digit" : "Another";
    network.rename(props.networks[dataset].map((name) => [name, props.labels[name] ?? name]));
  });
  return {
    element,
    /** @param {Shown} now */
    show: ({ x, origin: from, network: name, label, classes }) => {
      seen.show(Uint8Array.from(x, (v) => Math.round(255 * v)));
      seen.say(label === null ? "" : classes[label]);
      network.input.value = name;
      origin.textContent = from || (state.values.source === "photo" ? "Your photo. It is stored nowhere." : "");
    },
  };
}

// ---- one row a class -------------------------------------------------------------------------------------------------

const HEADS = ["class", "W", "x·W", "logit o", "exp(o)", "softmax p", "true y"];
let serial = 0;

/** @param {Mount["state"]} state @param {number} k @param {string} group */
function rowOf(state, k, group) {
  const choose = () => state.set({ chosen: k });
  const name = kit.button("", choose, { kind: "name" });
  const weights = signedPicture("weights"), products = signedPicture("products");
  for (const picture of [weights, products]) picture.addEventListener("click", choose);
  const radio = kit.el("input", { type: "radio", name: group, value: k });
  radio.addEventListener("change", () => state.set({ truth: k }));
  const bit = kit.el("span", { class: "bit", "aria-hidden": "true" });
  const row = {
    name,
    weights,
    products,
    radio,
    bit,
    logit: kit.bar({ signed: true, label: "logit" }),
    o: kit.el("span", { class: "number" }),
    e: kit.el("span", { class: "number exp" }),
    probability: kit.bar({ label: "probability", words: kit.percent }),
    p: kit.el("span", { class: "number" }),
  };
  const pair = (/** @type {Node} */ bar, /** @type {Node} */ value) => kit.el("span", { class: "pair" }, bar, value);
  const cells = [
    name,
    weights,
    products,
    pair(row.logit.element, row.o),
    row.e,
    pair(row.probability.element, row.p),
    kit.el("label", { class: "y" }, radio, bit),
  ];
  const element = kit.el(
    "div",
    { class: "line", role: "row" },
    cells.map((cell, i) => kit.el("span", { role: i ? "cell" : "rowheader", class: "cell" }, cell)),
  );
  return { ...row, element };
}

/** @param {Mount["state"]} state */
function chainPanel(state) {
  const group = `truth-${++serial}`;
  /** @type {ReturnType<typeof rowOf>[]} */
  let rows = [];
  const share = kit.el("p", { class: "formula" }), loss = kit.el("p", { class: "formula" });
  const head = HEADS.map((words) => kit.el("span", { role: "columnheader", class: "cell" }, words));
  const table = kit.el(
    "div",
    { class: "table", role: "table", "aria-label": "From pixels to probabilities, class by class" },
  );
  const heads = kit.el("div", { class: "line heads", role: "row" }, head);
  let painted = "";
  /** @param {Shown} now */
  const show = (now) => {
    const { classes, logits, p, best, chosen, truth, W, network } = now;
    if (rows.length !== classes.length) {
      rows = classes.map((_, k) => rowOf(state, k, group));
      table.replaceChildren(heads, ...rows.map((row) => row.element));
    }
    const key = `${network} ${kit.dark()}`; // the templates change with the network alone
    if (key !== painted) {
      rows.forEach((row, k) => kit.paintSigned(row.weights, template(W, k, rows.length), limitOf(W)));
    }
    painted = key;
    const { parts, limit } = products(now), widest = Math.max(5, ...logits.map(Math.abs));
    rows.forEach((row, k) => {
      row.name.textContent = classes[k];
      row.name.setAttribute("aria-label", `${classes[k]}: show its pixels`);
      row.name.setAttribute("aria-pressed", String(k === chosen));
      row.weights.setAttribute("aria-label", `weights of ${classes[k]}`);
      row.products.setAttribute("aria-label", `pixels times weights of ${classes[k]}`);
      row.radio.setAttribute("aria-label", `${classes[k]} is true`);
      kit.paintSigned(row.products, parts[k], limit);
      row.logit.set(logits[k], widest);
      row.o.textContent = kit.show(logits[k], 2);
      row.e.textContent = kit.short(Math.exp(logits[k]), 2);
      row.probability.set(p[k], 1, k === best ? "ink" : "ink-soft");
      row.p.textContent = kit.percent(p[k]);
      row.radio.checked = k === truth;
      row.bit.textContent = truth === null ? "?" : k === truth ? "1" : "0";
      row.element.classList.toggle("best", k === best);
    });
    table.classList.toggle("short", classes[0].length === 1);
    const e = logits.map(Math.exp), all = e.reduce((a, b) => a + b, 0);
    share.textContent = `p(${classes[chosen]}) = exp(${kit.show(logits[chosen], 2)}) / Σ exp(o) = ` +
      `${kit.short(e[chosen], 2)} / ${kit.short(all, 2)} = ${kit.probability(p[chosen], 4)}`;
    loss.replaceChildren(...lossOf(now));
  };
  return {
    element: kit.el("section", { class: "panel chain", "aria-label": "The classes" }, table, share, loss),
    show,
  };
}

/** What every pixel says for every class, x_i W_ik, and the largest of it. @param {Shown} now */
function products({ x, W, b }) {
  const K = b.length, parts = Array.from(b, () => new Float64Array(PIXELS));
  let limit = 1e-6;
  for (let i = 0; i < PIXELS; i++) {
    if (x[i] === 0) continue;
    for (let k = 0; k < K; k++) limit = Math.max(limit, Math.abs(parts[k][i] = x[i] * W[i * K + k]));
  }
  return { parts, limit };
}

/** @param {Shown} now */
function lossOf({ truth, classes, logits, p }) {
  if (truth === null) return ["Loss: mark in the last column what it truly is."];
  return [
    `Loss for the true class ${classes[truth]}: −ln ${kit.probability(p[truth], 4)} = `,
    kit.el("b", {}, `${kit.short(crossEntropy(logits, truth), 3)} nats`),
    kit.el(
      "span",
      { class: "soft" },
      ` (a guess among ${p.length}: ${kit.show(Math.log(p.length), 2)})`,
    ),
  ];
}

// ---- the answer, and which pixels made it ----------------------------------------------------------------------------

function resultPanel() {
  const answer = kit.el("p", { class: "result" }), verdict = kit.el("p", { class: "verdict" });
  const element = kit.el(
    "section",
    { class: "panel answer", "aria-label": "The answer", "aria-live": "polite" },
    answer,
    verdict,
  );
  /** @param {Shown} now */
  const show = ({ classes, p, best, truth, label }) => {
    const second = ranked(p)[1];
    answer.textContent = `${classes[best]}: ${kit.percent(p[best])}`;
    const wrong = label === null ? `✗ you say it is ${classes[truth ?? 0]}` : `✗ it is ${classes[truth ?? 0]}`;
    const right = truth === null ? "" : best === truth ? "✓ right" : wrong;
    verdict.replaceChildren(
      kit.el("span", { class: best === truth ? "right" : "wrong" }, right),
      `${right ? "; second" : "Second"} is ${classes[second]}, ${kit.percent(p[second])}`,
    );
  };
  return { element, show };
}

/** @param {Mount} mount */
function mapPanel({ state, props, signal }) {
  const canvas = signedPicture("Which pixels spoke"), title = kit.el("h3"), sum = kit.el("p", { class: "sum" });
  const check = kit.el("p", { class: "check soft" });
  const scale = kit.scaleBar({ label: "x times W by pixel", signal, ends: ["against", "for"] });
  const against = kit.choice({ label: "Compare with", state, field: "against", options: [] });
  let offered = "";
  state.follow(({ dataset }) => {
    if (dataset === offered) return;
    offered = dataset;
    const names = props.classes[dataset];
    against.rename([["-1", "no other"], ...names.map((name, k) => /** @type {const} */ ([String(k), name]))]);
  });
  const element = kit.el(
    "section",
    { class: "panel meaning", "aria-label": "Which pixels spoke" },
    title,
    canvas,
    scale.element,
    sum,
    kit.folded("Compare with another class", signal, check, against.element),
  );
  /** @param {Shown} now */
  const show = (now) => {
    const { classes, b, logits, chosen, other } = now, { parts } = products(now);
    const part = other === null ? parts[chosen] : parts[chosen].map((v, i) => v - parts[other][i]);
    const limit = Math.max(1e-6, ...part.map(Math.abs));
    kit.paintSigned(canvas, part, limit);
    scale.set(limit);
    const plus = part.reduce((s, v) => s + Math.max(0, v), 0), minus = part.reduce((s, v) => s + Math.min(0, v), 0);
    const bias = other === null ? b[chosen] : b[chosen] - b[other], total = plus + minus + bias;
    const logit = other === null ? logits[chosen] : logits[chosen] - logits[other];
    title.textContent = other === null
      ? `Which pixels say ${classes[chosen]}`
      : `${classes[chosen]} rather than ${classes[other]}`;
    canvas.setAttribute(
      "aria-label",
      `${title.textContent}: ${kit.show(plus, 2)} for it, ${kit.show(minus, 2)} against it`,
    );
    sum.replaceChildren(
      kit.el("span", { class: "for" }, kit.signed(plus)),
      " ",
      kit.el("span", { class: "against" }, kit.signed(minus)),
      ` ${kit.signed(bias)} (b) = `,
      kit.el("b", {}, kit.show(total, 2)),
    );
    const same = Math.abs(logit - total) < 1e-3;
    check.textContent = `The network's own ${other === null ? "logit" : "difference"}: ${kit.show(logit, 2)}${
      same ? ", the same sum" : ""
    }.`;
  };
  return { element, show };
}
