// Several latent spaces side by side over the same digits: linked maps, and a strip of pictures along a path.
(function (kit) {
  // The maps' data, asked for once by all instruments of the page, for each pair of twins: promise of {classes, names, judge, originals, spaces}.
  const asked = {};
  kit.atlas = (server, twins = "lecture") => (asked[twins] ||= server.atlas({ twins }).then(async (answer) => {
    if (answer.error) throw new Error(answer.error);
    for (const space of answer.spaces) {
      space.points = kit.floats(space.points);
      space.sprite = { bytes: (await kit.unpackLines(space.sprite)).bytes, columns: space.columns, rows: space.rows, cell: 28, extent: space.extent };
    }
    return { ...answer, classes: kit.bytes(answer.classes) };
  }).catch((error) => { delete asked[twins]; throw error; }));

  // kit.linkedMaps({atlas, label, width, below(space) -> element, onHover(index, space), onMove(z, space), onChoose(z, index, space)})
  // -> {element, maps: {name: map}, tools: element}. One digit lights up in all maps; classes, scale and background are shared.
  kit.linkedMaps = ({ atlas, label = "", width = 360, sprites = false, zoom = true, radius = 3, tools = true, below = () => null, onHover = () => {}, onMove = () => {}, onChoose = () => {} }) => {
    const maps = {};
    const columns = atlas.spaces.map((space) => {
      maps[space.name] = kit.map({
        label: `${space.title}: map of the test digits' codes. ${label}`,
        width, points: space.points, classes: atlas.classes, extent: space.extent, sprite: space.sprite, zoom, radius,
        onHover: (index) => { light(index); onHover(index, space); },
        onMove: (z, event) => onMove(z, space, event),
        onChoose: (z, index) => onChoose(z, index, space),
      });
      maps[space.name].showSprite(sprites);
      return kit.el("section", { class: "space", "data-space": space.name }, kit.el("header", {}, kit.el("h3", {}, space.title), maps[space.name].buttons), maps[space.name].element, below(space));
    });
    const all = Object.values(maps);
    const light = (index) => all.forEach((map) => map.highlight(index));

    const legend = kit.legend({ names: atlas.names, onInput: (set) => all.forEach((map) => map.classes(set)) });
    const far = Math.max(...atlas.spaces.flatMap((space) => space.extent.map(Math.abs)));
    const scale = kit.choice({
      label: "scale", options: [["own", "each its own"], ["same", "the same for all"]],
      onInput: (value) => atlas.spaces.forEach((space) => maps[space.name].home(value === "own" ? space.extent : [-far, far, -far, far])),
    });
    const background = kit.toggle({ label: "decoded pictures behind", value: sprites, onInput: (on) => all.forEach((map) => map.showSprite(on)) });
    return {
      maps, light, legend, scale, background,
      element: kit.el("div", { class: "spaces", style: `--columns: ${columns.length}; --map: ${width}px` }, columns),
      tools: tools ? kit.el("div", { class: "row tools" }, legend.element, scale.element, background.element) : null,
    };
  };

  // kit.pathStrip({label, onScrub(step)}) -> {element, set({pictures: Uint8Array, count, confidence, digits, worst}), at(step)}
  // Decoded pictures from left to right, under each a bar of how sure the judge is, green where it is a digit; the worst point is framed.
  kit.pathStrip = ({ label, onScrub = () => {} }) => {
    const canvas = kit.el("canvas", { class: "path-strip", tabindex: 0, role: "slider", "aria-label": label, "aria-valuemin": 1 });
    const element = kit.el("div", { class: "path-box" }, canvas);
    let data = null, sheet = null, step = 0;
    const BAR = 34;
    const every = () => Math.max(1, Math.ceil((data.count - 1) / Math.max(1, Math.floor((element.clientWidth || 600) / 30) - 1)));
    const frames = () => Array.from({ length: data.count }, (_, i) => i).filter((i) => i % every() === 0);
    const paint = () => {
      if (!data || !element.clientWidth) return;
      const list = frames(), width = element.clientWidth, cell = Math.min(60, width / list.length), height = cell + BAR + 6;
      const context = kit.sharp(canvas, width, height), style = getComputedStyle(document.body);
      const colour = (name) => style.getPropertyValue(name);
      list.forEach((i, k) => {
        const x = k * cell;
        context.drawImage(sheet, 0, 28 * i, 28, 28, x + 1, 1, cell - 2, cell - 2);
        context.fillStyle = colour("--line");
        context.fillRect(x + 3, cell + 4, cell - 6, BAR);
        context.fillStyle = data.digits[i] ? colour("--good") : colour("--warm");
        const high = BAR * data.confidence[i];
        context.fillRect(x + 3, cell + 4 + BAR - high, cell - 6, high);
      });
      const frame = (i, ink, dash) => {
        const k = Math.round(i / every());
        if (k >= list.length) return;
        context.strokeStyle = ink;
        context.lineWidth = 3;
        context.setLineDash(dash);
        context.strokeRect(k * cell + 1.5, 1.5, cell - 3, height - 3);
        context.setLineDash([]);
      };
      frame(data.worst, colour("--bad"), [5, 4]);
      frame(step, colour("--accent"), []);
    };
    const write = () => {
      canvas.setAttribute("aria-valuemax", data.count);
      canvas.setAttribute("aria-valuenow", step + 1);
      canvas.setAttribute("aria-valuetext", `step ${step + 1} of ${data.count}, ${Math.round(100 * data.confidence[step])} % sure${data.digits[step] ? "" : ", no digit"}`);
    };
    const at = (to) => { if (!data) return; step = Math.max(0, Math.min(data.count - 1, to)); write(); paint(); };
    const go = (to) => { at(to); onScrub(step); };
    canvas.addEventListener("pointermove", (event) => {
      if (!data) return;
      const list = frames(), cell = Math.min(60, element.clientWidth / list.length);
      go(list[Math.max(0, Math.min(list.length - 1, Math.floor((event.clientX - canvas.getBoundingClientRect().left) / cell)))]);
    });
    canvas.addEventListener("keydown", (event) => {
      const move = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, Home: -1e3, End: 1e3 }[event.key];
      if (move) { event.preventDefault(); go(step + move); }
    });
    new ResizeObserver(paint).observe(element);
    kit.onTheme(paint);
    return {
      element, at,
      set: (next) => {
        data = next;
        sheet = kit.el("canvas", { width: 28, height: 28 * next.count });
        kit.paint(sheet, next.pictures);
        step = Math.min(step, next.count - 1);
        write();
        paint();
      },
    };
  };
})(window.kit);
