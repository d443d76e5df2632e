// The digit pad: draw with mouse, finger or pen; the value is ready during the stroke.
(function (kit) {
  const BRUSH = 0.085; // share of the side: about MNIST's stroke on a digit that fills the pad
  const SIDE = 112; // pixels of the picture that is sent: four times the networks' 28

  // Draw strokes (lists of [x, y] in [0, 1]) onto a context of `side` pixels: smooth curves through the points' midpoints.
  kit.drawStrokes = (context, strokes, side, ink = "#fff", brush = BRUSH) => {
    context.lineCap = context.lineJoin = "round";
    context.lineWidth = brush * side;
    context.strokeStyle = context.fillStyle = ink;
    for (const stroke of strokes) {
      const points = stroke.map(([x, y]) => [x * side, y * side]);
      if (!points.length) continue;
      context.beginPath();
      if (points.length === 1) {
        context.arc(points[0][0], points[0][1], (brush * side) / 2, 0, 2 * Math.PI);
        context.fill();
        continue;
      }
      context.moveTo(...points[0]);
      for (let i = 1; i < points.length - 1; i++)
        context.quadraticCurveTo(...points[i], (points[i][0] + points[i + 1][0]) / 2, (points[i][1] + points[i + 1][1]) / 2);
      context.lineTo(...points[points.length - 1]);
      context.stroke();
    }
  };

  // Strokes -> PNG data URL of 112 x 112, light ink on dark: what the server takes for a drawing.
  let small = null;
  kit.strokesToURL = (strokes, brush = BRUSH) => {
    small = small || kit.el("canvas", { width: SIDE, height: SIDE });
    const context = small.getContext("2d");
    context.fillStyle = "#000";
    context.fillRect(0, 0, SIDE, SIDE);
    kit.drawStrokes(context, strokes, SIDE, "#fff", brush);
    return small.toDataURL("image/png");
  };

  // pad({label, width, strokes, examples, onInput}) -> {element, canvas, value, strokes, digit, set, clear, undo, example, put}.
  // onInput(value, pad) runs while one draws, at most once a frame, and on undo, clear and examples; set() is silent.
  // The strokes it starts with are an example: the first stroke of one's own takes their place (undo brings them back).
  // put(image, url) lays a picture (an Image and its PNG data URL) on the pad in the same way; its strokes are then [].
  kit.pad = ({ label = "Draw a digit", width = 224, strokes = [], examples = null, onInput = () => {} } = {}) => {
    let lines = copy(strokes), sample = lines.length > 0, laid = null, current = null, pointer = null, value = null;
    let digit = null; // the example that stands on the pad, untouched
    const past = [];
    const canvas = kit.el("canvas", {
      class: "pad-canvas", tabindex: 0, role: "img",
      "aria-label": `${label}. Draw with mouse, finger or pen. Control Z undoes, Delete clears${examples ? "; the buttons 0 to 9 put an example here" : ""}.`,
    });
    canvas.style.width = `${width}px`;
    const undo = kit.button("Undo", () => step(pad.undo), { title: "Undo the last stroke (Ctrl+Z)" });
    const clear = kit.button("Clear", () => step(pad.clear), { title: "Clear the pad (Delete)" });
    const row = examples && kit.el("div", { class: "pad-examples", role: "group", "aria-label": "Example digits" },
      examples.map((example, digit) => kit.button(String(digit), () => pad.example(digit), { name: `Example digit ${digit}` })));
    const element = kit.el("div", { class: "pad", style: `width: ${width}px` },
      kit.el("span", { class: "pad-label" }, label), canvas, kit.el("div", { class: "pad-buttons" }, undo, clear), row);

    const paint = () => {
      const side = Math.max(1, canvas.clientWidth || width), ratio = Math.min(3, window.devicePixelRatio || 1);
      const pixels = Math.round(side * ratio);
      if (canvas.width !== pixels) canvas.width = canvas.height = pixels;
      const context = canvas.getContext("2d");
      context.clearRect(0, 0, pixels, pixels);
      if (laid) {
        const { width: w, height: h } = laid.image, scale = pixels / Math.max(w, h);
        context.imageSmoothingEnabled = scale < 1;
        context.drawImage(laid.image, (pixels - w * scale) / 2, (pixels - h * scale) / 2, w * scale, h * scale);
      }
      kit.drawStrokes(context, lines, pixels, sample ? "#c9d6e6" : "#fff");
    };

    // Tell at once, then at most once a frame: the newest drawing is never lost.
    let resting = false, waiting = false;
    const tell = () => {
      value = null;
      paint();
      if (resting) { waiting = true; return; }
      resting = true;
      onInput(pad.value, pad);
      requestAnimationFrame(() => { resting = false; if (waiting) { waiting = false; tell(); } });
    };
    const step = (change) => { change(); canvas.focus({ preventScroll: true }); };
    const remember = () => { past.push({ lines: copy(lines), sample, laid, digit }); if (past.length > 100) past.shift(); };
    const place = (event) => {
      const box = canvas.getBoundingClientRect();
      const within = (share) => Math.round(1e4 * Math.max(0, Math.min(1, share))) / 1e4;
      return [within((event.clientX - box.left) / box.width), within((event.clientY - box.top) / box.height)];
    };

    canvas.addEventListener("pointerdown", (event) => {
      if (pointer !== null || event.button !== 0) return; // one pen at a time; a second finger draws nothing
      event.preventDefault();
      canvas.focus({ preventScroll: true });
      canvas.setPointerCapture(event.pointerId);
      pointer = event.pointerId;
      remember();
      if (sample || laid) lines = [];
      sample = false;
      laid = digit = null;
      lines.push((current = [place(event)]));
      tell();
    });
    canvas.addEventListener("pointermove", (event) => {
      if (event.pointerId !== pointer) return;
      const events = event.getCoalescedEvents ? event.getCoalescedEvents() : [];
      for (const each of events.length ? events : [event]) {
        const point = place(each), last = current[current.length - 1];
        if (Math.hypot(point[0] - last[0], point[1] - last[1]) > 0.004) current.push(point);
      }
      tell();
    });
    const finish = (event) => {
      if (event.pointerId !== pointer) return;
      pointer = current = null;
      tell();
    };
    for (const name of ["pointerup", "pointercancel", "lostpointercapture"]) canvas.addEventListener(name, finish);
    element.addEventListener("keydown", (event) => {
      const back = (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "z";
      if (back) pad.undo();
      else if (event.target === canvas && (event.key === "Delete" || event.key === "Backspace")) pad.clear();
      else if (event.target === canvas && examples && /^[0-9]$/.test(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey)
        pad.example(Number(event.key));
      else return;
      event.preventDefault();
    });
    new ResizeObserver(paint).observe(canvas);

    const pad = {
      element, canvas,
      get value() { return (value = value || (laid ? laid.url : kit.strokesToURL(lines))); },
      get strokes() { return copy(lines); },
      get digit() { return digit; },
      set(strokes) { lines = copy(strokes); sample = lines.length > 0; digit = laid = current = pointer = value = null; past.length = 0; paint(); },
      clear() { if (!lines.length && !laid) return; remember(); lines = []; sample = false; laid = digit = null; tell(); },
      undo() { const before = past.pop(); if (before) { ({ lines, sample, laid, digit } = before); tell(); } },
      example(chosen) { remember(); lines = copy(examples[chosen]); sample = true; laid = null; digit = chosen; tell(); },
      put(image, url) { remember(); lines = []; sample = false; digit = null; laid = { image, url }; tell(); },
    };
    paint();
    return pad;
  };

  const copy = (strokes) => strokes.map((stroke) => stroke.map(([x, y]) => [x, y]));
})(window.kit);
