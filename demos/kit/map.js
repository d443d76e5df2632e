// The map of a two-dimensional latent space: thousands of codes by class, the decoded manifold behind them, and a point
// that pointer, finger or arrow keys move. Two canvases: the scatter is painted once, only the top one follows the pointer.
//
// kit.map({
//   label,                       what the map shows, for screen readers
//   width = 420, height = width  in CSS pixels; it shrinks with its container and keeps its shape
//   points: Float32Array(2N), classes: Uint8Array(N), extent: [x0, x1, y0, y1]
//   sprite: {bytes: Uint8Array (rows, columns, cell, cell), columns, rows, cell, extent} | null
//                                decoded pictures; row 0 at the top (largest z2), each decoded at the middle of its cell
//   axes = ["z₁", "z₂"], zoom = false (wheel, pinch, drag, buttons), radius = 3
//   onMove(z, event), onHover(index; -1 is none), onChoose(z, index), onView(extent)
// })
(function (kit) {
  const MARGIN = { left: 44, right: 10, top: 8, bottom: 30 };
  const NEAR = 14; // pixels within which a point counts as under the pointer
  const FONT = "15px system-ui, sans-serif";

  kit.map = (options) => {
    const { label, width = 420, height = width, axes = ["z₁", "z₂"], zoom = false, radius = 3 } = options;
    let points = new Float32Array(0), classes = new Uint8Array(0), home = [-1, 1, -1, 1], view = home, index = null;
    let sprite = null, spriteCanvas = null, spriteOn = true, pointsOn = true, wanted = null;
    let marker = null, lit = -1, over = null, under = null, hovered = -1;
    let size = { width, height };

    const base = kit.el("canvas", { class: "map-base", "aria-hidden": "true" });
    const canvas = kit.el("canvas", { class: "map-top", tabindex: 0, role: "img", "aria-label": label });
    const stage = kit.el("div", { class: "map-stage" }, base, canvas);
    const element = kit.el("div", { class: "map" }, stage);
    element.style.maxWidth = `${width}px`;

    // ---- between codes and pixels ----------------------------------------------------------------------------------
    const plot = () => ({ x: MARGIN.left, y: MARGIN.top, w: size.width - MARGIN.left - MARGIN.right, h: size.height - MARGIN.top - MARGIN.bottom });
    const toPixel = ([z1, z2]) => {
      const { x, y, w, h } = plot(), [x0, x1, y0, y1] = view;
      return [x + ((z1 - x0) / (x1 - x0)) * w, y + ((y1 - z2) / (y1 - y0)) * h];
    };
    const toZ = (px, py) => {
      const { x, y, w, h } = plot(), [x0, x1, y0, y1] = view;
      const s = Math.min(1, Math.max(0, (px - x) / w)), t = Math.min(1, Math.max(0, (py - y) / h));
      return [x0 + s * (x1 - x0), y1 - t * (y1 - y0)];
    };

    // ---- the nearest point: a grid of buckets over the view --------------------------------------------------------
    const buildIndex = () => {
      const n = 48, buckets = Array.from({ length: n * n }, () => []), [x0, x1, y0, y1] = view;
      for (let i = 0; i < classes.length; i++) {
        if (wanted && !wanted.has(classes[i])) continue;
        const c = Math.floor(((points[2 * i] - x0) / (x1 - x0)) * n), r = Math.floor(((points[2 * i + 1] - y0) / (y1 - y0)) * n);
        if (c >= 0 && c < n && r >= 0 && r < n) buckets[r * n + c].push(i);
      }
      index = { n, buckets };
    };
    const nearest = (z, reach = NEAR) => {
      if (!pointsOn || !classes.length) return -1;
      if (!index) buildIndex();
      const { n, buckets } = index, { w, h } = plot(), [x0, x1, y0, y1] = view;
      const sx = w / (x1 - x0), sy = h / (y1 - y0);
      const c0 = Math.max(0, Math.floor((((z[0] - x0) * sx - reach) / w) * n)), c1 = Math.min(n - 1, Math.floor((((z[0] - x0) * sx + reach) / w) * n));
      const r0 = Math.max(0, Math.floor((((z[1] - y0) * sy - reach) / h) * n)), r1 = Math.min(n - 1, Math.floor((((z[1] - y0) * sy + reach) / h) * n));
      let best = -1, least = reach * reach;
      for (let r = r0; r <= r1; r++) for (let c = c0; c <= c1; c++) for (const i of buckets[r * n + c]) {
        const dx = (points[2 * i] - z[0]) * sx, dy = (points[2 * i + 1] - z[1]) * sy, d = dx * dx + dy * dy;
        if (d < least) { least = d; best = i; }
      }
      return best;
    };

    // ---- the decoded manifold --------------------------------------------------------------------------------------
    const cell = (z) => { // the 784 bytes decoded nearest to z, or null outside the sprite
      if (!sprite) return null;
      const [x0, x1, y0, y1] = sprite.extent, side = sprite.cell || 28;
      const c = Math.floor(((z[0] - x0) / (x1 - x0)) * sprite.columns), r = Math.floor(((y1 - z[1]) / (y1 - y0)) * sprite.rows);
      if (c < 0 || r < 0 || c >= sprite.columns || r >= sprite.rows) return null;
      return sprite.bytes.subarray((r * sprite.columns + c) * side * side, (r * sprite.columns + c + 1) * side * side);
    };
    const paintSprite = () => { // grey becomes the opacity of the page's ink: light on dark, dark on light
      if (!sprite) { spriteCanvas = null; return; }
      const side = sprite.cell || 28, W = sprite.columns * side, H = sprite.rows * side;
      spriteCanvas = kit.el("canvas", { width: W, height: H });
      const context = spriteCanvas.getContext("2d"), image = context.createImageData(W, H);
      const ink = kit.dark() ? [238, 243, 249] : [20, 32, 46], pixels = new Uint32Array(image.data.buffer);
      const colour = ink[0] | (ink[1] << 8) | (ink[2] << 16);
      let from = 0;
      for (let r = 0; r < sprite.rows; r++) for (let c = 0; c < sprite.columns; c++)
        for (let y = 0; y < side; y++) {
          let to = (r * side + y) * W + c * side;
          for (let x = 0; x < side; x++) pixels[to++] = colour | (sprite.bytes[from++] << 24);
        }
      context.putImageData(image, 0, 0);
    };

    // ---- painting --------------------------------------------------------------------------------------------------
    const stamps = () => { // each class's mark, drawn once, then copied 5,000 times
      const ratio = Math.min(3, window.devicePixelRatio || 1), box = 2 * (radius + 2);
      return Array.from({ length: 10 }, (_, k) => {
        const stamp = kit.el("canvas", { width: Math.ceil(box * ratio), height: Math.ceil(box * ratio) });
        const context = stamp.getContext("2d");
        context.scale(ratio, ratio);
        kit.classMark(context, k, box / 2, box / 2, radius);
        context.fillStyle = kit.classColour(k);
        context.fill();
        context.lineWidth = 0.6;
        context.strokeStyle = kit.dark() ? "rgba(5,8,12,.7)" : "rgba(255,255,255,.8)";
        context.stroke();
        return stamp;
      });
    };
    const ticks = (low, high, room) => {
      const rough = (high - low) / Math.max(2, room / 60), power = 10 ** Math.floor(Math.log10(rough));
      const step = [1, 2, 5, 10].find((m) => m * power >= rough) * power;
      const list = [];
      for (let t = Math.ceil(low / step); t * step <= high + 1e-9; t++) list.push(Number((t * step).toPrecision(6)));
      return list;
    };
    const paintBase = () => {
      const start = performance.now();
      const context = kit.sharp(base, size.width, size.height), { x, y, w, h } = plot(), [x0, x1, y0, y1] = view;
      const style = getComputedStyle(document.body), paper = style.getPropertyValue("--paper"), line = style.getPropertyValue("--line"), soft = style.getPropertyValue("--ink-soft");
      context.fillStyle = paper;
      context.fillRect(x, y, w, h);
      context.save();
      context.beginPath();
      context.rect(x, y, w, h);
      context.clip();
      if (spriteOn && spriteCanvas) {
        const [left, top] = toPixel([sprite.extent[0], sprite.extent[3]]), [right, bottom] = toPixel([sprite.extent[1], sprite.extent[2]]);
        context.globalAlpha = pointsOn ? 0.5 : 0.95;
        context.imageSmoothingQuality = "high";
        context.drawImage(spriteCanvas, left, top, right - left, bottom - top);
        context.globalAlpha = 1;
      }
      if (under) under(context, toPixel);
      context.strokeStyle = line;
      context.lineWidth = 1;
      if (x0 < 0 && x1 > 0) { const [px] = toPixel([0, 0]); context.strokeRect(px, y, 0, h); }
      if (y0 < 0 && y1 > 0) { const [, py] = toPixel([0, 0]); context.strokeRect(x, py, w, 0); }
      if (pointsOn) {
        const marks = stamps(), box = 2 * (radius + 2);
        for (let i = 0; i < classes.length; i++) {
          if (wanted && !wanted.has(classes[i])) continue;
          const z1 = points[2 * i], z2 = points[2 * i + 1];
          if (z1 < x0 || z1 > x1 || z2 < y0 || z2 > y1) continue;
          const px = x + ((z1 - x0) / (x1 - x0)) * w, py = y + ((y1 - z2) / (y1 - y0)) * h;
          context.drawImage(marks[classes[i] % 10], px - box / 2, py - box / 2, box, box);
        }
      }
      context.restore();
      context.strokeStyle = line;
      context.strokeRect(x + 0.5, y + 0.5, w - 1, h - 1);
      context.fillStyle = soft;
      context.font = FONT;
      context.textAlign = "center";
      context.textBaseline = "top";
      const minus = (t) => String(t).replace("-", "−");
      for (const t of ticks(x0, x1, w)) {
        const [px] = toPixel([t, 0]);
        if (px > x + 8 && px < x + w - 26) context.fillText(minus(t), px, y + h + 5);
      }
      context.textAlign = "right";
      context.fillText(axes[0], x + w, y + h + 5);
      context.textBaseline = "middle";
      for (const t of ticks(y0, y1, h)) {
        const [, py] = toPixel([0, t]);
        if (py > y + 26 && py < y + h - 6) context.fillText(minus(t), x - 6, py);
      }
      context.fillText(axes[1], x - 6, y + 10);
      element.dataset.paint = (performance.now() - start).toFixed(1); // milliseconds, for whoever measures
    };
    const ring = (context, [px, py], colour, r) => {
      context.lineWidth = 5;
      context.strokeStyle = kit.dark() ? "rgba(5,8,12,.85)" : "rgba(255,255,255,.9)";
      for (const pass of [0, 1]) {
        context.beginPath();
        context.arc(px, py, r, 0, 2 * Math.PI);
        context.stroke();
        context.lineWidth = 2.5;
        context.strokeStyle = colour;
      }
    };
    const paintTop = () => {
      const context = kit.sharp(canvas, size.width, size.height), { x, y, w, h } = plot();
      const accent = getComputedStyle(document.body).getPropertyValue("--accent");
      context.save();
      context.beginPath();
      context.rect(x, y, w, h);
      context.clip();
      if (lit >= 0 && lit < classes.length) {
        const at = toPixel([points[2 * lit], points[2 * lit + 1]]);
        kit.classMark(context, classes[lit], at[0], at[1], radius + 3);
        context.fillStyle = kit.classColour(classes[lit]);
        context.fill();
        ring(context, at, getComputedStyle(document.body).getPropertyValue("--ink"), radius + 7);
      }
      if (over) over(context, toPixel);
      if (marker) {
        const at = toPixel(marker);
        ring(context, at, accent, 8);
        context.beginPath();
        for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) { context.moveTo(at[0] + 4 * dx, at[1] + 4 * dy); context.lineTo(at[0] + 14 * dx, at[1] + 14 * dy); }
        context.stroke();
      }
      context.restore();
    };
    let due = false;
    const later = () => { // the top layer at most once a frame
      if (due) return;
      due = true;
      requestAnimationFrame(() => { due = false; paintTop(); });
    };
    const redraw = () => { if (size.width > 80) { paintBase(); paintTop(); } };

    // ---- moving ----------------------------------------------------------------------------------------------------
    const hover = (z) => {
      const found = nearest(z);
      if (found !== hovered) { hovered = found; if (options.onHover) options.onHover(found); }
      return found;
    };
    const move = (z, event) => {
      if (options.onHover) hover(z);
      if (options.onMove) options.onMove(z, event);
    };
    const choose = (z, reach) => { if (options.onChoose) options.onChoose(z, nearest(z, reach)); };
    const setView = (extent) => {
      view = extent ? Array.from(extent) : home;
      index = null;
      redraw();
      if (options.onView) options.onView(view);
    };
    const zoomAt = (z, factor) => {
      const [x0, x1, y0, y1] = view, widest = 8 * (home[1] - home[0]), wide = (x1 - x0) * factor;
      if (wide > widest || wide < widest / 1600) return;
      setView([z[0] - (z[0] - x0) * factor, z[0] + (x1 - z[0]) * factor, z[1] - (z[1] - y0) * factor, z[1] + (y1 - z[1]) * factor]);
    };
    const pan = (dx, dy) => { // in pixels
      const { w, h } = plot(), [x0, x1, y0, y1] = view, sx = ((x1 - x0) / w) * dx, sy = ((y1 - y0) / h) * dy;
      setView([x0 - sx, x1 - sx, y0 + sy, y1 + sy]);
    };
    const local = (event) => {
      const box = canvas.getBoundingClientRect();
      return [(event.clientX - box.left) * (size.width / box.width), (event.clientY - box.top) * (size.height / box.height)];
    };

    const fingers = new Map();
    let down = null, dragged = false, pinched = false;
    canvas.addEventListener("pointerdown", (event) => {
      const at = local(event);
      fingers.set(event.pointerId, at);
      try { canvas.setPointerCapture(event.pointerId); } catch { /* a pointer made by a script has no capture */ }
      canvas.focus({ preventScroll: true });
      down = at;
      dragged = false;
      if (fingers.size > 1) pinched = true;
      else { pinched = false; move(toZ(...at), event); }
    });
    canvas.addEventListener("pointermove", (event) => {
      const at = local(event), before = fingers.get(event.pointerId);
      if (before && fingers.size === 2 && zoom) {
        const [other] = [...fingers].filter(([key]) => key !== event.pointerId).map(([, place]) => place);
        const was = Math.hypot(before[0] - other[0], before[1] - other[1]), is = Math.hypot(at[0] - other[0], at[1] - other[1]);
        fingers.set(event.pointerId, at);
        pan((at[0] - before[0]) / 2, (at[1] - before[1]) / 2);
        if (is > 10 && was > 10) zoomAt(toZ((at[0] + other[0]) / 2, (at[1] + other[1]) / 2), was / is);
        return;
      }
      if (before) fingers.set(event.pointerId, at);
      if (down && Math.hypot(at[0] - down[0], at[1] - down[1]) > 5) dragged = true;
      if (before && zoom && dragged && event.pointerType === "mouse") { pan(at[0] - before[0], at[1] - before[1]); return; }
      if (!pinched) move(toZ(...at), event);
    });
    const up = (event) => {
      const at = fingers.get(event.pointerId);
      fingers.delete(event.pointerId);
      if (event.type === "pointerup" && at && !pinched && (!dragged || event.pointerType !== "mouse" || !zoom)) choose(toZ(...at), event.pointerType === "mouse" ? NEAR : 2 * NEAR);
      if (!fingers.size) { down = null; pinched = false; }
    };
    canvas.addEventListener("pointerup", up);
    canvas.addEventListener("pointercancel", up);
    canvas.addEventListener("pointerleave", () => { if (hovered >= 0) { hovered = -1; if (options.onHover) options.onHover(-1); } });
    canvas.addEventListener("wheel", (event) => { // a wheel turns the page until the map is chosen (or Ctrl is held: a pinch)
      if (!zoom || (!event.ctrlKey && document.activeElement !== canvas)) return;
      event.preventDefault();
      zoomAt(toZ(...local(event)), Math.exp(Math.max(-60, Math.min(60, event.deltaY)) / 240));
    }, { passive: false });
    canvas.addEventListener("keydown", (event) => {
      const arrow = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
      const middle = [(view[0] + view[1]) / 2, (view[2] + view[3]) / 2], at = marker || middle;
      if (arrow) {
        const part = event.shiftKey ? 0.1 : 0.02;
        marker = [at[0] + arrow[0] * part * (view[1] - view[0]), at[1] + arrow[1] * part * (view[3] - view[2])];
        marker = [Math.min(view[1], Math.max(view[0], marker[0])), Math.min(view[3], Math.max(view[2], marker[1]))];
        later();
        move(marker, event);
      } else if (event.key === "Enter" || event.key === " ") choose(at, 2 * NEAR);
      else if (zoom && (event.key === "+" || event.key === "=")) zoomAt(at, 1 / 1.5);
      else if (zoom && event.key === "-") zoomAt(at, 1.5);
      else if (zoom && event.key === "0") setView(null);
      else return;
      event.preventDefault();
    });
    let buttons = null;
    if (zoom) {
      const middle = () => marker || [(view[0] + view[1]) / 2, (view[2] + view[3]) / 2];
      buttons = kit.el("div", { class: "map-buttons" },
        kit.button("+", () => zoomAt(middle(), 1 / 1.5), { name: `zoom in: ${label}`, title: "zoom in (+)" }),
        kit.button("−", () => zoomAt(middle(), 1.5), { name: `zoom out: ${label}`, title: "zoom out (−)" }),
        kit.button("fit", () => setView(null), { name: `show the whole map: ${label}`, title: "whole map (0)" }));
      element.append(buttons);
    }

    // ---- its life --------------------------------------------------------------------------------------------------
    const fit = () => {
      const room = element.clientWidth || width;
      const wide = Math.max(120, Math.min(width, room));
      const fitted = { width: wide, height: Math.round((wide * height) / width) };
      stage.style.height = `${fitted.height}px`;
      if (fitted.width === size.width) return;
      size = fitted;
      index = null;
      redraw();
    };
    const data = ({ points: p, classes: c, extent, sprite: s }) => { // another network's space in the same map
      if (p) points = p;
      if (c) classes = c;
      if (extent) view = home = Array.from(extent);
      if (s !== undefined) { sprite = s; paintSprite(); }
      index = null;
      hovered = -1;
      redraw();
    };
    data({ points: options.points, classes: options.classes, extent: options.extent, sprite: options.sprite ?? null });
    new ResizeObserver(fit).observe(element);
    kit.onTheme(() => { paintSprite(); redraw(); });

    return {
      element, canvas, buttons, toPixel, toZ, redraw, data, nearest, cell,
      marker: (z) => { marker = z ? [z[0], z[1]] : null; later(); },
      highlight: (i) => { lit = i ?? -1; later(); }, // light up one point, in this map as in its neighbours
      overlay: (draw) => { over = draw; later(); }, // draw(context, toPixel), above the points
      underlay: (draw) => { under = draw; paintBase(); }, // the same, between the decoded pictures and the points
      showSprite: (on) => { spriteOn = on; paintBase(); },
      showPoints: (on) => { pointsOn = on; paintBase(); },
      view: (extent) => { if (extent !== undefined) setView(extent); return view; },
      home: (extent) => { home = Array.from(extent); setView(null); },
      classes: (set) => { wanted = set ? new Set(set) : null; index = null; paintBase(); },
      code: (i) => [points[2 * i], points[2 * i + 1]],
    };
  };

  // The ten classes with their marks, as buttons that choose which are shown. onInput(Set of class numbers).
  kit.legend = ({ names, onInput = () => {} }) => {
    const shown = new Set(names.map((_, k) => k));
    const buttons = names.map((name, k) => {
      const mark = kit.el("canvas", { "aria-hidden": "true" });
      const paint = () => {
        const context = kit.sharp(mark, 20, 20);
        kit.classMark(context, k, 10, 10, 6);
        context.fillStyle = kit.classColour(k);
        context.fill();
      };
      paint();
      kit.onTheme(paint);
      const button = kit.el("button", { type: "button", class: "legend-class", "aria-pressed": "true", title: "click: show or hide; double click: this one alone" }, mark, name);
      const write = () => button.setAttribute("aria-pressed", String(shown.has(k)));
      button.addEventListener("click", () => { if (!shown.delete(k)) shown.add(k); write(); onInput(new Set(shown)); });
      button.addEventListener("dblclick", () => {
        shown.clear();
        shown.add(k);
        buttons.forEach((other, j) => other.setAttribute("aria-pressed", String(j === k)));
        onInput(new Set(shown));
      });
      return button;
    });
    const all = kit.el("button", { type: "button", class: "legend-class", onclick: () => {
      names.forEach((_, k) => shown.add(k));
      buttons.forEach((button) => button.setAttribute("aria-pressed", "true"));
      onInput(new Set(shown));
    } }, "all");
    return { element: kit.el("div", { class: "legend", role: "group", "aria-label": "classes shown" }, buttons, all), shown };
  };
})(window.kit);
