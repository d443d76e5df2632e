// Where a decoder knows what it draws: the stored fields of confidence and return, painted under the codes.
const root = element.querySelector(".instrument");
const { el } = kit;
const notice = kit.notice();
notice.say("");
root.append(notice.element);

Promise.all([kit.atlas(server), server.holes()]).then(([atlas, found]) => {
  if (found.error) throw new Error(found.error);
  const spaces = atlas.spaces.filter((space) => found.fields[space.name]);
  const fields = {}, readouts = {}, pictures = {};
  for (const space of spaces) {
    const field = found.fields[space.name];
    fields[space.name] = { ...field, confidence: kit.bytes(field.confidence), classes: kit.bytes(field.classes), strange: kit.bytes(field.strange), back: kit.bytes(field.return), inside: kit.bytes(field.inside) };
  }
  // What each view says of a cell: its shade from 0 (no ink) to 1 (full ink).
  // Cells outside the convex hull of the codes are shown paler.
  const views = {
    holes: ["holes: no digit, or re-encoded elsewhere", (f, i) => (f.confidence[i] < 255 * found.threshold || f.strange[i] > 100 || f.back[i] > 255 * found.returned ? 1 : 0)],
    unsure: ["how unsure the judge is", (f, i) => 1 - f.confidence[i] / 255],
    strange: ["how far from real digits it looks", (f, i) => Math.min(1, Math.max(0, f.strange[i] / 100 - 0.5))],
    back: ["how far the re-encoding lands", (f, i) => f.back[i] / 255],
  };
  const below = (space) => {
    pictures[space.name] = kit.picture({ label: "decoded here ≈", width: 84 });
    readouts[space.name] = el("p", { class: "reading" }, "Point at a place on the map.");
    return el("div", { class: "made" }, pictures[space.name].figure, readouts[space.name]);
  };
  const linked = kit.linkedMaps({
    atlas: { ...atlas, spaces }, below, tools: false, zoom: false, radius: 1.6,
    label: "Holes of its decoder. Arrow keys move the cross.",
    onMove: (z, space) => read(z, space),
  });
  const read = (z, space) => {
      const f = fields[space.name], [x0, x1, y0, y1] = f.extent, map = linked.maps[space.name];
      map.marker(z);
      const c = Math.min(f.side - 1, Math.floor(((z[0] - x0) / (x1 - x0)) * f.side)), r = Math.min(f.side - 1, Math.floor(((y1 - z[1]) / (y1 - y0)) * f.side));
      const i = r * f.side + c, cell = map.cell(z);
      if (cell) pictures[space.name].show(cell);
      readouts[space.name].textContent = `${Math.round(f.confidence[i] / 2.55)} % sure it is a ${atlas.names[f.classes[i]]}${f.strange[i] > 100 ? ", but it looks like no real one" : ""}; ` +
        `re-encoded ${f.back[i] === 255 ? "1 or more" : kit.show(f.back[i] / 255, 2)} spreads away${f.inside[i] ? "" : "; outside the codes' hull"}.`;
  };
  const paint = (kind) => {
    for (const space of spaces) {
      const f = fields[space.name], sheet = el("canvas", { width: f.side, height: f.side }), g = sheet.getContext("2d"), image = g.createImageData(f.side, f.side);
      const ink = kit.dark() ? [255, 120, 110] : [200, 30, 20];
      for (let i = 0; i < f.side * f.side; i++) {
        image.data.set(ink, 4 * i);
        image.data[4 * i + 3] = 255 * views[kind][1](f, i) * (f.inside[i] ? 0.75 : 0.25);
      }
      g.putImageData(image, 0, 0);
      linked.maps[space.name].underlay((context, toPixel) => {
        const [left, top] = toPixel([f.extent[0], f.extent[3]]), [right, bottom] = toPixel([f.extent[1], f.extent[2]]);
        context.imageSmoothingEnabled = kind !== "holes";
        context.drawImage(sheet, left, top, right - left, bottom - top);
      });
    }
  };
  const choice = kit.choice({ label: "marked in red", options: Object.entries(views).map(([key, [words]]) => [key, words]), value: kit.link.get("latents_field", "holes"), onInput: (kind) => { paint(kind); kit.link.set({ latents_field: kind }); } });
  if (!views[choice.value]) choice.value = "holes";
  const dots = kit.toggle({ label: "the codes", value: true, onInput: (on) => spaces.forEach((space) => linked.maps[space.name].showPoints(on)) });
  const behind = kit.toggle({ label: "decoded pictures", value: false, onInput: (on) => spaces.forEach((space) => linked.maps[space.name].showSprite(on)) });
  const percent = (share) => `${(100 * share).toFixed(1)} %`;
  const table = el("table", {},
    el("thead", {}, el("tr", {}, ["Inside the hull of the codes", "no digit", "re-encoded elsewhere", "hole (either)"].map((words) => el("th", { scope: "col" }, words)))),
    el("tbody", {}, spaces.map((space) => {
      const f = fields[space.name];
      return el("tr", {}, el("th", { scope: "row" }, space.title), [f.unrecognised, f.astray, f.holes].map((share) => el("td", {}, percent(share))));
    })));
  root.append(el("div", { class: "row tools" }, choice.element, dots.element, behind.element), linked.element, el("div", { class: "scroll" }, table),
    el("p", { class: "soft" }, `No digit: ${found.judge} gives its best class less than ${percent(found.threshold)}, or the picture does not lie among real digits in its features. Re-encoded elsewhere: |encode(decode(z)) − z| is more than ${found.returned} of the codes' spread. Paler red: outside the convex hull of the codes.`));
  paint(choice.value);
  for (const space of spaces) read([(space.extent[0] + space.extent[1]) / 2, (space.extent[2] + space.extent[3]) / 2], space);
  kit.onTheme(() => paint(choice.value));
}).catch((error) => notice.say(error.message));
