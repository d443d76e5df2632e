// Two garments side by side: ten sigmoids, each a question of its own, against one softmax that must share.
const { el } = kit, root = element.querySelector(".instrument"), K = 10;
const notice = kit.notice(), state = { left: 2, right: 9 };
const pictures = ["left", "right"].map((side) => kit.picture({ label: side, width: 140 }));
const another = (side) => kit.button(`Another ${side} one`, () => { state[side] = Math.floor(9999 * Math.random()); send(); });
const rows = props.classes.map((name, k) => ({ truth: el("span", { class: "number" }), sigmoid: kit.bar({ label: `is there a ${name}?` }), s: el("span", { class: "number" }), soft: kit.bar({ label: `softmax of ${name}` }), p: el("span", { class: "number" }), name, k }));
const words = el("p", { class: "formula" });
let last = null;
const send = kit.live(() => server.two_garments(state), (answer) => { last = answer; show(); }, notice.say);
root.append(notice.element, el("section", { class: "panel" }, el("h3", {}, "Two garments in one picture: sigmoids instead of softmax"),
  el("div", { class: "side" }, el("div", { class: "figures" }, el("div", { class: "both" }, pictures.map((p) => p.figure)), another("left"), another("right")),
    el("div", { class: "rows", role: "table" }, el("div", { class: "line heads", role: "row" }, ["class", "true", "sigmoid of each logit", "", "softmax of the same logits", ""].map((w) => el("span", { role: "columnheader" }, w))),
      rows.map((row) => (row.element = el("div", { class: "line", role: "row" }, [row.name, row.truth, row.sigmoid.element, row.s, row.soft.element, row.p].map((cell) => el("span", { role: "cell" }, cell))))))), words));
function show() {
  const { labels, sigmoids, softmax, alone } = last, names = props.classes;
  last.pictures.forEach((p, i) => { pictures[i].show(p); pictures[i].caption.textContent = labels[i] == null ? ["left", "right"][i] : names[labels[i]]; });
  rows.forEach((row, k) => {
    const there = labels.includes(k);
    row.truth.textContent = labels.includes(null) ? "?" : there ? "1" : "0";
    row.sigmoid.set(sigmoids[k], 1, there ? "var(--good)" : "var(--accent)"); row.s.textContent = kit.percent(sigmoids[k]);
    row.soft.set(softmax[k], 1, there ? "var(--good)" : "var(--accent)"); row.p.textContent = kit.percent(softmax[k]);
    row.element.classList.toggle("there", there);
  });
  const sum = sigmoids.reduce((a, b) => a + b, 0), said = names.filter((_, k) => sigmoids[k] > 0.5);
  words.textContent = `Above one half: ${said.join(" and ") || "none"}. The sigmoids sum to ${kit.show(sum, 2)}, the softmax to 1: with two true classes it can give neither more than a half without wronging the other. Each alone, softmax regression says ${alone.map((p) => `${names[kit.argmax(p)]} (${kit.percent(Math.max(...p))})`).join(" and ")}.` + (props.accuracy ? ` On test pairs the two highest sigmoids are both right in ${kit.percent(props.accuracy)}.` : "");
}
kit.onTheme(() => last && show());
send();
