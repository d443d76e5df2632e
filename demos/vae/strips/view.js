// Traverse: a slider and a strip of pictures for each dimension of the code, sorted by what it carries; collapsed ones are grey.
const { el } = kit;
const root = element.querySelector(".instrument");
const notice = kit.notice();
const names = () => props.classes[network.value.includes("fashion") ? "fashion" : "digits"];
const network = kit.choice({ label: "Network", options: props.networks, value: kit.link.get("vae_traverse", "vae"), onInput: () => { chooser.rename(names()); ask(); } });
const chooser = kit.source({ label: "Start from", examples: props.examples, classes: names(), digit: kit.link.number("vae_digit", 2) % 10, width: 180, onInput: () => ask() });
const output = kit.picture({ label: "decoded from the sliders", width: 196 });
const home = kit.button("Back to the code", () => { z = [...last.z]; rows.forEach((row) => row.read()); decode(); }, { kind: "main" });
const list = el("div", { class: "dimensions", role: "group", "aria-label": "dimensions of the code" });
const more = kit.button("Show all dimensions", () => { all = !all; more.textContent = all ? "Show the strongest only" : "Show all dimensions"; arrange(); });
const summary = el("p", { class: "soft", role: "status" });
let last = null, z = [], rows = [], all = false;

const askPoint = kit.live(server.point, (answer) => output.show(answer.picture), notice.say);
const decode = () => { askPoint({ z, network: network.value }); root.dataset.z = JSON.stringify(z); };
const arrange = () => rows.forEach((row, i) => { row.element.hidden = !all && i >= 8 && !(last.collapsed[i] && i === rows.length - 1); });
const build = () => {
  const top = Math.max(...last.kl, 1e-6);
  rows = last.order.map((dimension, i) => {
    const slider = kit.slider({ label: `z${dimension + 1}`, min: -last.reach, max: last.reach, step: 0.01, value: z[dimension], onInput: (value) => { z[dimension] = value; strip.at(((value + last.reach) / (2 * last.reach)) * (last.frames - 1)); decode(); } });
    const strip = kit.film({ label: `dimension ${dimension + 1} from ${-last.reach} to ${last.reach}`, height: 46, onScrub: (frame) => { z[dimension] = -last.reach + (2 * last.reach * frame) / (last.frames - 1); slider.value = z[dimension]; decode(); } });
    const read = () => { slider.value = z[dimension]; strip.at(((Math.max(-last.reach, Math.min(last.reach, z[dimension])) + last.reach) / (2 * last.reach)) * (last.frames - 1)); };
    const weight = el("span", { class: "kl" }, el("span", { class: "kl-track" }, el("span", { class: "kl-fill", style: `width:${(100 * last.kl[i]) / top}%` })), el("span", { class: "number" }, `${kit.show(last.kl[i], 2)} nats`));
    const element = el("div", { class: `dimension ${last.collapsed[i] ? "collapsed" : ""}` }, el("div", {}, slider.element, weight), strip.element);
    return { element, strip, read };
  });
  list.replaceChildren(...rows.map((row) => row.element));
};
const show = async (answer) => {
  const fresh = !last || last.order.join() !== answer.order.join();
  last = answer;
  z = [...answer.z];
  if (fresh) build();
  const { bytes } = await kit.unpackLines(answer.strips);
  if (last !== answer) return;
  arrange();
  rows.forEach((row, i) => { row.strip.set(bytes.subarray(784 * answer.frames * i, 784 * answer.frames * (i + 1)), answer.frames); row.read(); });
  chooser.seen.show(answer.seen);
  output.show(answer.picture);
  const dead = answer.collapsed.filter(Boolean).length;
  summary.textContent = `${answer.kl.length - dead} of ${answer.kl.length} dimensions carry more than 0.01 nats${dead ? `; the ${dead} grey ones have collapsed onto the prior: move them and nothing happens` : ""}.`;
  root.dataset.network = network.value;
};
const askStrips = kit.live(server.strips, show, notice.say);
const ask = () => { kit.link.set({ vae_traverse: network.value }); askStrips({ source: chooser.source, network: network.value }); };
root.append(
  el("div", { class: "row controls" }, network.element, more), notice.element, summary,
  el("div", { class: "board" },
    el("div", { class: "panel side" }, output.figure, home, chooser.element),
    list),
);
kit.whenSeen(root, ask);
