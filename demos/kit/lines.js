// Curves with a logarithmic axis where one is wanted, a mark of its own for each series, and a legend in words; and
// sheets of small pictures.
(function (kit) {
  // The colours of the methods, the same in every plot of the page.
  const INK = { pca: "--ink-soft", ae: "--warm", vae: "--accent", good: "--good", bad: "--bad", ink: "--ink" };
  kit.methodColour = (kind) => getComputedStyle(document.body).getPropertyValue(INK[kind] || kind).trim();

  // lines({label, height, x: {label, log, ticks, words}, y: {label, log, low, high, percent}, onCursor(x)})
  // show([{name, kind, mark, points: [[x, y], ...], band: [[x, low, high], ...], dash}], {cursor, lines: [{y, name}]})
  kit.lines = ({ label, height = 280, x = {}, y = {}, onCursor = null }) => {
    const canvas = kit.el("canvas", { role: onCursor ? "slider" : "img", "aria-label": label, tabindex: onCursor ? 0 : null, class: "lines-canvas" });
    const legend = kit.el("div", { class: "lines-legend" });
    const element = kit.el("div", { class: "lines" }, canvas, legend);
    let series = [], extra = {}, place = null;
    const to = (axis, value) => (axis.log ? Math.log10(Math.max(value, 1e-12)) : value);
    const nice = (low, high, count) => {
      const rough = (high - low) / count, power = 10 ** Math.floor(Math.log10(rough)), step = [1, 2, 5, 10].find((m) => m * power >= rough) * power;
      return Array.from({ length: Math.floor(high / step + 1e-9) - Math.ceil(low / step - 1e-9) + 1 }, (_, i) => (Math.ceil(low / step - 1e-9) + i) * step);
    };
    const decades = (low, high) => [1, 2, 5].flatMap((m) => Array.from({ length: 14 }, (_, i) => m * 10 ** (i - 7))).filter((v) => v >= low * 0.999 && v <= high * 1.001);
    const words = (axis, v) => (axis.percent ? `${+(100 * v).toFixed(1)} %` : Math.abs(v) >= 10000 ? `${v / 1000}k` : String(+v.toPrecision(3)).replace("-", "−"));
    const paint = () => {
      const width = element.clientWidth;
      if (!width || !series.length) return;
      const g = kit.sharp(canvas, width, height), ink = (name) => kit.methodColour(name);
      const all = series.flatMap((s) => [...s.points, ...(s.band || []).flatMap(([a, b, c]) => [[a, b], [a, c]])]).filter(([, b]) => Number.isFinite(b));
      const xs = all.map((p) => p[0]), ys = all.map((p) => p[1]);
      const x0 = x.low ?? Math.min(...xs), x1 = x.high ?? Math.max(...xs), y0 = y.low ?? Math.min(...ys), y1 = y.high ?? Math.max(...ys);
      const left = 62, right = width - 14, top = 26, bottom = height - 42;
      const X = (v) => left + ((to(x, v) - to(x, x0)) / (to(x, x1) - to(x, x0) || 1)) * (right - left);
      const Y = (v) => bottom - ((to(y, v) - to(y, y0)) / (to(y, y1) - to(y, y0) || 1)) * (bottom - top);
      place = { X, left, right, x0, x1 };
      g.font = "15px system-ui, sans-serif";
      g.lineWidth = 1;
      let last = Infinity;
      for (const v of y.ticks || (y.log ? decades(y0, y1) : nice(y0, y1, height / 60))) {
        if (Math.abs(last - Y(v)) < 20) continue;
        last = Y(v);
        g.strokeStyle = ink("--line");
        g.beginPath(); g.moveTo(left, Y(v)); g.lineTo(right, Y(v)); g.stroke();
        g.fillStyle = ink("--ink-soft");
        g.textAlign = "right"; g.textBaseline = "middle";
        g.fillText(words(y, v), left - 7, Y(v));
      }
      g.fillStyle = ink("--ink-soft");
      g.textAlign = "center"; g.textBaseline = "top";
      let edge = -Infinity;
      for (const v of x.ticks || (x.log ? decades(x0, x1) : nice(x0, x1, width / 110))) {
        const text = words(x, v), half = g.measureText(text).width / 2;
        if (X(v) - half < edge + 8) continue;
        edge = X(v) + half;
        g.fillText(text, Math.min(X(v), width - half - 2), bottom + 5);
      }
      g.textAlign = "right"; g.fillText(x.label || "", right, bottom + 24);
      g.textAlign = "left"; g.textBaseline = "bottom"; g.fillText(y.label || "", 4, top - 7);
      for (const line of extra.lines || []) {
        g.strokeStyle = ink("--ink-soft"); g.setLineDash([6, 5]);
        g.beginPath(); g.moveTo(left, Y(line.y)); g.lineTo(right, Y(line.y)); g.stroke();
        g.setLineDash([]); g.fillStyle = ink("--ink-soft"); g.textAlign = "right"; g.textBaseline = "bottom";
        g.fillText(line.name, right - 4, Y(line.y) - 3);
      }
      for (const s of series) {
        const colour = ink(s.kind);
        if (s.band) {
          g.globalAlpha = 0.16; g.fillStyle = colour; g.beginPath();
          s.band.forEach(([a, b]) => g.lineTo(X(a), Y(b)));
          [...s.band].reverse().forEach(([a, , c]) => g.lineTo(X(a), Y(c)));
          g.fill(); g.globalAlpha = 1;
        }
        g.strokeStyle = g.fillStyle = colour; g.lineWidth = 2.5; g.setLineDash(s.dash || []);
        g.beginPath();
        s.points.forEach(([a, b]) => g.lineTo(X(a), Y(b)));
        g.stroke(); g.setLineDash([]);
        if (s.mark != null) for (const [a, b] of s.points) { kit.classMark(g, s.mark, X(a), Y(b), 5); g.fill(); }
      }
      if (extra.cursor != null) {
        g.strokeStyle = ink("--ink"); g.lineWidth = 2; g.setLineDash([3, 4]);
        g.beginPath(); g.moveTo(X(extra.cursor), top); g.lineTo(X(extra.cursor), bottom); g.stroke(); g.setLineDash([]);
      }
    };
    const write = () => legend.replaceChildren(...series.filter((s) => s.name).map((s) => {
      const key = kit.el("canvas", { "aria-hidden": "true" }), g = kit.sharp(key, 30, 18);
      g.strokeStyle = g.fillStyle = kit.methodColour(s.kind); g.lineWidth = 2.5; g.setLineDash(s.dash || []);
      g.beginPath(); g.moveTo(1, 9); g.lineTo(29, 9); g.stroke();
      if (s.mark != null) { g.setLineDash([]); kit.classMark(g, s.mark, 15, 9, 5); g.fill(); }
      return kit.el("span", { class: "lines-key" }, key, s.name);
    }));
    if (onCursor) {
      const steps = () => [...new Set(series.flatMap((s) => s.points.map((p) => p[0])))].sort((a, b) => a - b);
      canvas.addEventListener("pointermove", (event) => {
        if (!place) return;
        const px = event.clientX - canvas.getBoundingClientRect().left;
        onCursor(steps().reduce((a, b) => (Math.abs(place.X(b) - px) < Math.abs(place.X(a) - px) ? b : a)));
      });
      canvas.addEventListener("keydown", (event) => {
        const move = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
        if (!move) return;
        event.preventDefault();
        const list = steps(), at = Math.max(0, list.indexOf(extra.cursor));
        onCursor(list[Math.max(0, Math.min(list.length - 1, at + move))]);
      });
    }
    new ResizeObserver(paint).observe(element);
    kit.onTheme(() => { write(); paint(); });
    return {
      element, canvas,
      show: (next, options = {}) => { series = next; extra = options; write(); paint(); },
      cursor: (value) => {
        extra.cursor = value;
        if (onCursor) { canvas.setAttribute("aria-valuenow", value); canvas.setAttribute("aria-valuetext", `${x.label || "x"} ${value}`); }
        paint();
      },
    };
  };

  // sheet({label, cell, columns}) -> {element, set(bytes, {good: [true, false, ...]})}: many small pictures; the good ones have a solid green
  // frame, the others a dashed red one.
  kit.sheet = ({ label, cell = 44, most = 8 }) => {
    const canvas = kit.el("canvas", { role: "img", "aria-label": label });
    const element = kit.el("div", { class: "sheet" }, canvas);
    let bytes = new Uint8Array(0), told = {};
    const paint = () => {
      const count = bytes.length / 784, width = element.clientWidth;
      if (!count || !width) return;
      const columns = Math.max(1, Math.min(most, count, Math.floor(width / cell))), rows = Math.ceil(count / columns);
      const g = kit.sharp(canvas, columns * cell, rows * cell), strip = kit.el("canvas", { width: 28, height: 28 * count });
      kit.paint(strip, bytes);
      g.imageSmoothingEnabled = true;
      for (let i = 0; i < count; i++) {
        const px = (i % columns) * cell, py = Math.floor(i / columns) * cell;
        g.drawImage(strip, 0, 28 * i, 28, 28, px + 3, py + 3, cell - 6, cell - 6);
        if (!told.good) continue;
        const ok = told.good[i];
        g.strokeStyle = kit.methodColour(ok ? "good" : "bad");
        g.lineWidth = 2.5;
        g.setLineDash(ok ? [] : [4, 4]);
        g.strokeRect(px + 2, py + 2, cell - 4, cell - 4);
      }
    };
    new ResizeObserver(paint).observe(element);
    kit.onTheme(paint);
    return { element, canvas, set: (pictures, about = {}) => { bytes = typeof pictures === "string" ? kit.bytes(pictures) : pictures; told = about; paint(); } };
  };
})(window.kit);
