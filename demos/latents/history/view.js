// Watch it being learned: both twins' maps and manifolds by epoch, and every network's curves.
const root = element.querySelector(".instrument");
const { el } = kit;
const notice = kit.notice();
notice.say("");
root.append(notice.element);

if (props.epochs.length) {
  const moments = new Map(), maps = {}, columns = el("div", { class: "spaces" }), reading = el("p", { class: "share", "aria-live": "polite" });
  let behind = true;
  const slider = kit.slider({ label: "after epoch", min: 0, max: props.epochs.length - 1, step: 1, value: props.epochs.length - 1, digits: 0, onInput: (k) => go(k) });
  const output = slider.element.querySelector("output");
  const unpack = async (epoch) => {
    if (moments.has(epoch)) return moments.get(epoch);
    const answer = await server.moment({ epoch });
    if (answer.error) { notice.say(answer.error); return null; }
    for (const space of Object.values(answer)) {
      space.points = kit.floats(space.points);
      space.classes = kit.bytes(space.classes);
      space.sprite = { bytes: (await kit.unpackLines(space.sprite)).bytes, columns: space.side, rows: space.side, cell: 28, extent: space.extent };
    }
    moments.set(epoch, answer);
    return answer;
  };
  let wanted = null;
  const go = async (k) => {
    const epoch = props.epochs[k];
    wanted = epoch;
    output.textContent = String(epoch);
    slider.input.setAttribute("aria-valuetext", `epoch ${epoch}`);
    const found = await unpack(epoch);
    if (!found || wanted !== epoch) return;
    for (const [name, space] of Object.entries(found)) {
      if (!maps[name]) {
        maps[name] = kit.map({ label: `${space.title}: codes and decoded pictures as training goes on`, width: 420, points: space.points, classes: space.classes, extent: space.extent, sprite: space.sprite });
        maps[name].showPoints(!behind);
        columns.append(el("section", { class: "space" }, el("h3", {}, space.title), maps[name].element));
        columns.style.setProperty("--columns", Object.keys(maps).length);
      } else maps[name].data(space);
    }
    reading.textContent = epoch === 0 ? "Epoch 0: no step of training yet." : `After ${epoch} epoch${epoch > 1 ? "s" : ""}.`;
  };
  const what = kit.choice({ label: "shown", options: [["manifold", "what is decoded where"], ["codes", "where the test digits lie"]], value: "manifold", onInput: (value) => {
    behind = value === "manifold";
    for (const map of Object.values(maps)) { map.showPoints(!behind); map.showSprite(behind); }
  } });
  let timer = null;
  const play = kit.button("play", () => {
    clearInterval(timer);
    let k = 0;
    slider.value = 0;
    go(0);
    timer = setInterval(() => { k++; if (k >= props.epochs.length) return clearInterval(timer); slider.value = k; go(k); }, 1100);
  }, { kind: "main" });
  root.append(el("div", { class: "row tools" }, slider.element, play, what.element), reading, columns);
  go(props.epochs.length - 1);
} else root.append(el("p", { class: "soft" }, "No history of the twins is stored yet: python -m training.train_vae keeps one."));

const names = Object.keys(props.curves);
if (names.length) {
  const plot = kit.lines({ label: "training and held-out loss by epoch", height: 280, x: { label: "epoch" }, y: { label: "loss" } });
  const words = el("p", { class: "share" });
  const choose = kit.choice({ label: "curves of", options: names, value: names.find((name) => name.startsWith("overfitted")) || names[0], onInput: () => show() });
  const show = () => {
    const { train, held_out: held, every = 1 } = props.curves[choose.value], points = (list) => list.map((value, i) => [every * (i + 1), typeof value === "number" ? value : value[1]]);
    plot.show([{ name: "training digits", kind: "pca", dash: [7, 5], points: points(train) }, { name: "held-out digits", kind: "vae", mark: held.length < 40 ? 0 : null, points: points(held) }].filter((line) => line.points.length));
    if (held.length) {
      const gap = held[held.length - 1] - train[train.length - 1], best = every * (held.indexOf(Math.min(...held)) + 1);
      words.textContent = `Last epoch: training ${train[train.length - 1].toPrecision(4)}, held-out ${held[held.length - 1].toPrecision(4)} (difference ${gap.toPrecision(2)}); best held-out after epoch ${best} of ${every * held.length}.`;
    } else words.textContent = "";
  };
  root.append(el("h3", {}, "Training and held-out loss"), el("div", { class: "row tools" }, choose.element), plot.element, words);
  show();
}

if (props.seeds && props.seeds.rows) {
  const { rows, settings } = props.seeds;
  const mean = (list) => list.reduce((a, b) => a + b, 0) / list.length;
  const spread = (list) => Math.sqrt(list.reduce((a, b) => a + (b - mean(list)) ** 2, 0) / (list.length - 1));
  root.append(el("h3", {}, "The same training from other seeds"), el("div", { class: "scroll" }, el("table", {},
    el("thead", {}, el("tr", {}, ["", "held-out loss, nats", "± over the seeds", "held-out MSE", "± over the seeds", "maps differ by (0 alike, 1 not at all)"].map((words) => el("th", { scope: "col" }, words)))),
    el("tbody", {}, Object.values(rows).map((row) => el("tr", {}, el("th", { scope: "row" }, row.title),
      [[row.loss, 2], [row.mse, 4]].flatMap(([list, digits]) => [mean(list), spread(list)].map((value) => el("td", {}, value.toFixed(digits)))),
      el("td", {}, `${mean(row.difference).toFixed(2)} (${Math.min(...row.difference).toFixed(2)} to ${Math.max(...row.difference).toFixed(2)})`)))))),
  el("p", { class: "soft" }, `${settings.seeds} seeds each, whole trainings: ${settings.epochs} epochs of ${settings.pictures.toLocaleString("en")} digits. Maps are compared after the best shift, turn and scale (Procrustes).`));
}
