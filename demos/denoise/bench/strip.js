// The bench as a strip above the steps that obey it: the drawing, the pictures, the noise and the network in one row.
import * as kit from "../../kit/kit.js";
import { decibels, gained } from "./errors.js";

/** @typedef {import("./view.js").BenchMount} BenchMount */

/** @param {BenchMount} mount */
export function strip({ element, props, server, state, signal }) {
  const notice = kit.notice();
  const pad = kit.pad({
    label: "Draw a digit",
    width: 72,
    state,
    field: "drawing",
    examples: props.examples,
    row: false,
    signal,
  });
  const seen = kit.picture({ label: "What the network sees", words: "", width: 72 });
  const noisy = kit.picture({ label: "With noise", words: "", width: 72 });
  const output = kit.picture({ label: "Reconstruction", words: "", width: 72 });
  const gain = kit.el("b", {}, "–"), psnr = kit.el("span", { class: "soft" }, "\u00a0");
  const arrow = (kind = "") => kit.el("span", { class: `arrow ${kind}`, "aria-hidden": "true" }, "→");
  const more = kit.button("More", () => open(!element.classList.contains("open")), { name: "More settings" });
  const open = (/** @type {boolean} */ now) => {
    element.classList.toggle("open", now);
    more.setAttribute("aria-expanded", String(now));
  };
  open(false);
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !element.classList.contains("open")) return;
    open(false);
    more.focus();
  });
  element.append(
    kit.el(
      "div",
      { class: "strip" },
      pad.element,
      arrow("to-seen"),
      kit.el("span", { class: "seen" }, seen.figure),
      arrow(),
      noisy.figure,
      arrow(),
      output.figure,
      kit.el("span", { class: "gain" }, gain, psnr),
      kit.el(
        "div",
        { class: "first" },
        kit.slider({ label: "Noise", state, field: "noise" }).element,
        kit.choice({ label: "Network", state, field: "network", options: props.networks }).element,
      ),
      more,
      further(props, state, pad),
    ),
    notice.element,
  );
  const ask = kit.live(server.bench, (answer) => {
    seen.show(kit.bytes(answer.seen));
    noisy.show(kit.bytes(answer.noisy));
    output.show(kit.bytes(answer.reconstruction));
    noisy.say(decibels(answer.before));
    output.say(decibels(answer.after));
    const told = gained(answer.before, answer.after);
    gain.textContent = told.value;
    gain.className = told.good === null ? "" : told.good ? "better" : "worse";
    psnr.textContent = decibels(answer.after);
  }, notice.say);
  state.follow(({ drawing, kind, noise, seed, network }) =>
    ask({ picture: kit.pixels(drawing, props.examples), kind, strength: noise, seed, network })
  );
}

/**
 * What is set less often: the kind of noise, its seed, an example or an empty pad.
 * @param {BenchMount["props"]} props
 * @param {BenchMount["state"]} state
 * @param {ReturnType<typeof kit.pad>} pad
 */
function further(props, state, pad) {
  const renew = kit.button("Next seed", () => state.set({ seed: (state.values.seed + 1) % 2147483648 }));
  const examples = props.examples.map((_, digit) =>
    kit.button(String(digit), () => pad.put({ example: digit }), { name: `${digit}: example` })
  );
  return kit.el(
    "div",
    { class: "further panel" },
    kit.choice({ label: "Kind", state, field: "kind", options: props.kinds }).element,
    kit.el("div", { class: "row" }, kit.integer({ label: "Seed", state, field: "seed" }).element, renew),
    kit.el(
      "div",
      { class: "examples", role: "group", "aria-label": "Examples" },
      examples,
      kit.button("Clear", () => pad.clear()),
    ),
  );
}
