// The formulas of tab 4 in the browser's float64, and the bars, curves and small tables that its instruments share.
(function (kit) {
  // ---- formulas --------------------------------------------------------------------------------------------------
  // softmax(o / T) with the largest logit subtracted first: it changes nothing, and exp never overflows.
  kit.softmax = (logits, temperature = 1) => {
    const scaled = Array.from(logits, (o) => o / temperature), top = Math.max(...scaled);
    const e = scaled.map((o) => Math.exp(o - top)), sum = e.reduce((a, b) => a + b, 0);
    return e.map((v) => v / sum);
  };
  kit.logSumExp = (logits) => {
    const top = Math.max(...logits);
    return top + Math.log(Array.from(logits).reduce((sum, o) => sum + Math.exp(o - top), 0));
  };
  kit.crossEntropy = (logits, label) => kit.logSumExp(logits) - logits[label];
  kit.entropy = (p) => -p.reduce((sum, v) => sum + (v > 0 ? v * Math.log(v) : 0), 0);
  kit.argmax = (values) => values.reduce((best, v, k) => (v > values[best] ? k : best), 0);

  // A seeded generator of uniform numbers in [0, 1) (mulberry32), and standard normal numbers from it.
  kit.random = (seed) => {
    let state = seed >>> 0;
    const uniform = () => {
      state = (state + 0x6d2b79f5) >>> 0;
      let t = Math.imul(state ^ (state >>> 15), 1 | state);
      t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
      return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
    };
    return { uniform, normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()) };
  };

  // Large and small numbers for the page: 12.3, 0.0042, 1.2·10⁷; probabilities never round to a false 0 or 1.
  const raised = (n) => String(n).replace(/[-0-9]/g, (c) => (c === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[c]));
  kit.short = (value, digits = 3) => {
    if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "∞" : "−∞";
    const size = Math.abs(value);
    if (size === 0) return "0";
    if (size >= 1e5 || size < 1e-3) {
      let power = Math.floor(Math.log10(size)), front = value / 10 ** power;
      if (!Number.isFinite(front)) front = (value * 1e20) / 10 ** (power + 20);
      if (Math.abs(Number(front.toFixed(1))) >= 10) { front /= 10; power += 1; }
      return `${front.toFixed(1)}·10${raised(power)}`.replace("-", "−");
    }
    return kit.show(value, size >= 100 ? 1 : digits);
  };
  kit.percent = (p) => {
    const text = (100 * p).toFixed(1);
    if (text === "100.0" && p < 1) return "> 99.9 %";
    if (text === "0.0" && p > 0) return "< 0.1 %";
    return `${text} %`;
  };
  kit.signed = (value, digits = 2) => (value >= 0 ? "+" : "") + kit.show(value, digits);

  // ---- a bar in a track, from zero to the right or (signed) from the middle ---------------------------------------
  kit.bar = ({ signed = false, label = "" } = {}) => {
    const fill = kit.el("span", { class: "fill" });
    const element = kit.el("span", { class: `track${signed ? " signed" : ""}`, role: "img", "aria-label": label }, fill);
    return {
      element,
      set: (value, limit, colour) => {
        const share = Math.max(-1, Math.min(1, Number.isFinite(value) ? value / limit : Math.sign(value) || 0));
        fill.style.left = signed ? `${share < 0 ? 50 + 50 * share : 50}%` : "0";
        fill.style.width = `${Math.abs(share) * (signed ? 50 : 100)}%`;
        if (colour) fill.style.background = colour;
      },
    };
  };

  // ---- curves: several series over one x axis, drawn anew on every theme and size change ----------------------------
  // show({series: [{name, points: [[x, y], ...], colour, dash, marks}], x: [low, high], y: [low, high], lines: [{y, name, below}]})
  kit.curves = ({ label, height = 220, xLabel = "", yLabel = "" }) => {
    const canvas = kit.el("canvas", { role: "img", "aria-label": label });
    const element = kit.el("div", { class: "curves" }, canvas);
    let state = { series: [] };
    const ticks = (low, high, count) => {
      const raw = (high - low) / count, power = 10 ** Math.floor(Math.log10(raw));
      const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= raw) || raw;
      const found = [];
      for (let v = Math.ceil(low / step - 1e-9) * step; v <= high + 1e-9 * step; v += step) found.push(Math.abs(v) < step / 1e6 ? 0 : v);
      return found;
    };
    const draw = () => {
      const width = element.clientWidth;
      if (!width) return;
      const g = kit.sharp(canvas, width, height), css = getComputedStyle(element), css_ = (n) => css.getPropertyValue(n).trim();
      const every = state.series.flatMap((s) => s.points).filter(([, y]) => Number.isFinite(y));
      const [x0, x1] = state.x || (every.length ? [Math.min(...every.map((p) => p[0])), Math.max(...every.map((p) => p[0]))] : [0, 1]);
      let [y0, y1] = state.y || (every.length ? [Math.min(0, ...every.map((p) => p[1])), Math.max(...every.map((p) => p[1]))] : [0, 1]);
      if (y1 <= y0) y1 = y0 + 1;
      const left = 52, right = width - 12, top = 12, bottom = height - 40;
      const X = (x) => left + ((x - x0) / (x1 - x0 || 1)) * (right - left), Y = (y) => bottom - ((y - y0) / (y1 - y0)) * (bottom - top);
      g.font = "15px system-ui, sans-serif"; g.lineWidth = 1;
      g.fillStyle = css_("--ink-soft"); g.strokeStyle = css_("--line");
      for (const y of ticks(y0, y1, 4)) {
        g.beginPath(); g.moveTo(left, Y(y)); g.lineTo(right, Y(y)); g.stroke();
        g.textAlign = "right"; g.textBaseline = "middle"; g.fillText(String(+y.toPrecision(3)).replace("-", "−"), left - 6, Y(y));
      }
      g.textAlign = "center"; g.textBaseline = "top";
      for (const x of ticks(x0, x1, Math.max(2, Math.floor((right - left) / 90)))) {
        const text = String(+x.toPrecision(4)), half = g.measureText(text).width / 2;
        g.fillText(text, Math.min(X(x), width - half), bottom + 4);
      }
      g.textAlign = "right"; g.fillText(xLabel, right, bottom + 21);
      g.textAlign = "left"; g.fillText(yLabel, left, bottom + 21);
      g.save(); g.beginPath(); g.rect(left, top - 2, right - left, bottom - top + 4); g.clip();
      for (const line of state.lines || []) {
        g.strokeStyle = line.colour || css_("--ink-soft"); g.setLineDash([6, 5]); g.lineWidth = 1.5;
        g.beginPath(); g.moveTo(left, Y(line.y)); g.lineTo(right, Y(line.y)); g.stroke();
        g.fillStyle = css_("--ink-soft"); g.textAlign = "right"; const under = line.below || Y(line.y) < top + 22;
        g.textBaseline = under ? "top" : "bottom";
        g.fillText(line.name, right - 4, Y(line.y) + (under ? 4 : -3));
      }
      for (const { points, colour, dash, marks } of state.series) {
        g.strokeStyle = g.fillStyle = colour || css_("--accent"); g.setLineDash(dash || []); g.lineWidth = 2.5;
        g.beginPath();
        let pen = false;
        for (const [x, y] of points) {
          if (!Number.isFinite(y)) { pen = false; continue; }
          pen ? g.lineTo(X(x), Y(y)) : g.moveTo(X(x), Y(y));
          pen = true;
        }
        g.stroke(); g.setLineDash([]);
        if (marks) for (const [x, y] of points) { g.beginPath(); g.arc(X(x), Y(y), 4, 0, 7); g.fill(); }
      }
      g.restore();
      state.after && state.after(g, X, Y);
    };
    kit.onTheme(draw);
    new ResizeObserver(draw).observe(element);
    return { element, canvas, show: (next) => { state = next; draw(); } };
  };

  // A question to think about before the answer is shown: predict, then reveal.
  kit.predict = (question, answer) => kit.el("details", { class: "predict" }, kit.el("summary", {}, question), kit.el("p", {}, answer));

  // A table from rows of cells; the first row is the head. Cells are words or elements.
  kit.table = (rows, caption) => {
    const [head, ...body] = rows;
    return kit.el("table", {}, caption ? kit.el("caption", {}, caption) : null,
      kit.el("thead", {}, kit.el("tr", {}, head.map((cell) => kit.el("th", { scope: "col" }, cell)))),
      kit.el("tbody", {}, body.map((row) => kit.el("tr", {}, row.map((cell, k) => (k ? kit.el("td", {}, cell) : kit.el("th", { scope: "row" }, cell)))))));
  };
})(window.kit);
