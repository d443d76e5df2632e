// Where a picture comes from, chosen by the visitor: drawn on a pad, a test picture by its class, a class's mean, a sample.
// kit.source({label, examples, classes, kinds, kind, digit, width, onInput}) -> {element, seen, source, rename(classes), set(source)}
// `source` is what the server's functions take: {picture}, {class, index}, {mean} or {seed}.
(function (kit) {
  const WORDS = { drawn: "drawn", picked: "a test picture", mean: "the mean of a class", sampled: "a sample" };
  kit.source = ({ label, examples, classes, kinds = ["drawn", "picked", "sampled"], kind: first = kinds[0], digit = 3, seed = 0, width = 160, onInput = () => {} }) => {
    let another = 0, names = classes;
    const told = () => onInput(api.source);
    const kind = kit.choice({ label, options: kinds.map((k) => [k, WORDS[k]]), value: first, onInput: () => { arrange(); told(); } });
    const pad = kinds.includes("drawn") ? kit.pad({ label: "Draw a digit", width, strokes: examples[digit], examples, onInput: () => { if (kind.value === "drawn") told(); } }) : null;
    const klass = kit.choice({ label: "of class", options: names.map((name, k) => [k, name]), value: digit, onInput: () => { another = 0; told(); } });
    const more = kit.button("Another", () => { another += 1; told(); }, { name: `${label}: another picture` });
    const seen = kit.picture({ label: "", width: 84 });
    seen.canvas.setAttribute("aria-label", `${label}, as the network sees it`);
    const arrange = () => {
      if (kind.value === "drawn" && names[0] !== "0" && kinds.includes("picked")) kind.value = "picked"; // nobody draws a pullover here
      if (pad) pad.element.hidden = kind.value !== "drawn";
      klass.element.hidden = !["picked", "mean"].includes(kind.value);
      more.hidden = !["picked", "sampled"].includes(kind.value);
      element.dataset.kind = kind.value;
    };
    const element = kit.el("div", { class: "source-chooser" }, kind.element, pad && pad.element, klass.element, kit.el("div", { class: "row source-seen" }, seen.figure, more));
    const api = {
      element, seen, pad,
      get kind() { return kind.value; },
      get source() {
        if (kind.value === "drawn") return { picture: pad.value };
        if (kind.value === "mean") return { mean: Number(klass.value) };
        return kind.value === "sampled" ? { seed: seed + another } : { class: Number(klass.value), index: another };
      },
      rename: (now) => { // another data set: its classes
        if (now === names) return;
        names = now;
        const held = klass.value;
        klass.input.replaceChildren(...names.map((name, k) => kit.el("option", { value: k }, name)));
        klass.value = held;
        arrange();
      },
      set: (to, number, index = 0) => { kind.value = to; klass.value = number; another = index; arrange(); },
    };
    arrange();
    return api;
  };
})(window.kit);
