// What every instrument needs: elements, pictures, live calls, controls, colours, the link's state.
window.kit = window.kit || {};

(function (kit) {
  // ---- elements --------------------------------------------------------------------------------------------------
  // el("div", {class: "row", onclick: f}, child, "text") -> a DOM element. Text is never parsed as HTML.
  kit.el = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else if (value === true) element.setAttribute(name, "");
      else if (value !== false && value != null) element.setAttribute(name, value);
    }
    element.append(...children.flat().filter((child) => child != null));
    return element;
  };

  // ---- bytes and pictures ----------------------------------------------------------------------------------------
  kit.bytes = (base64) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  kit.floats = (base64) => new Float32Array(kit.bytes(base64).buffer);

  // A picture of the page: a canvas with a caption, drawn from size x size grey bytes (light ink on dark).
  kit.picture = ({ label, size = 28, width = 140 }) => {
    const canvas = kit.el("canvas", { width: size, height: size, class: "picture", role: "img", "aria-label": label });
    canvas.style.width = `${width}px`;
    const caption = kit.el("figcaption", {}, label);
    const figure = kit.el("figure", { class: "figure" }, canvas, caption);
    return {
      figure, canvas, caption,
      show: (pixels) => kit.paint(canvas, typeof pixels === "string" ? kit.bytes(pixels) : pixels),
    };
  };

  // Paint grey bytes (0 ... 255) onto a canvas of exactly that many pixels.
  kit.paint = (canvas, grey) => {
    const context = canvas.getContext("2d");
    const image = context.createImageData(canvas.width, canvas.height);
    for (let i = 0; i < grey.length; i++) {
      image.data[4 * i] = image.data[4 * i + 1] = image.data[4 * i + 2] = grey[i];
      image.data[4 * i + 3] = 255;
    }
    context.putImageData(image, 0, 0);
  };

  // Paint signed numbers in a diverging scale, blue below zero, orange above, page colour at zero; |value| = limit is full.
  kit.paintSigned = (canvas, values, limit) => {
    const context = canvas.getContext("2d");
    const image = context.createImageData(canvas.width, canvas.height);
    const zero = kit.dark() ? [24, 28, 36] : [247, 247, 247];
    const top = limit || Math.max(1e-12, ...Array.from(values, Math.abs));
    for (let i = 0; i < values.length; i++) {
      const share = Math.max(-1, Math.min(1, values[i] / top));
      const full = share < 0 ? [33, 102, 200] : [230, 110, 10];
      for (let c = 0; c < 3; c++) image.data[4 * i + c] = zero[c] + Math.abs(share) * (full[c] - zero[c]);
      image.data[4 * i + 3] = 255;
    }
    context.putImageData(image, 0, 0);
  };

  kit.dark = () => document.body.classList.contains("dark");

  // Run `redraw` whenever the page changes between light and dark.
  kit.onTheme = (redraw) => new MutationObserver(redraw).observe(document.body, { attributeFilter: ["class"] });

  // A canvas for plots, sharp on high-density screens: draw in CSS pixels with the context it returns.
  kit.sharp = (canvas, width, height) => {
    const ratio = Math.min(3, window.devicePixelRatio || 1);
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
    const context = canvas.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    return context;
  };

  // ---- live calls ------------------------------------------------------------------------------------------------
  // live(server.f, show, fail) -> ask(request): one call in flight, only the newest request waits, answers stay in order.
  // A slow answer never overtakes a newer one, and the last state asked for is always the one shown in the end.
  kit.live = (call, show, fail = () => {}) => {
    let busy = false, next = null;
    const ask = async (request) => {
      next = { request };
      if (busy) return;
      busy = true;
      while (next) {
        const { request: current } = next;
        next = null;
        try {
          const result = await call(current);
          if (result && result.error) fail(result.error);
          else { fail(""); show(result, current); }
        } catch (error) {
          fail("The server does not answer. The picture shows the last state; it will try again with your next move.");
        }
      }
      busy = false;
    };
    return ask;
  };

  // rested(ask) -> ask(request): the first at once, then the newest when none has come for `pause` ms; for heavy work.
  kit.rested = (ask, pause = 90) => {
    let timer = 0, next = null;
    return (request) => {
      if (timer) next = { request };
      else ask(request);
      clearTimeout(timer);
      timer = setTimeout(() => { timer = 0; if (next) ask(next.request); next = null; }, pause);
    };
  };

  // A line for what went wrong, read out by screen readers; empty when all is well.
  kit.notice = () => {
    const line = kit.el("p", { class: "notice", role: "status", "aria-live": "polite" });
    return { element: line, say: (text) => { line.textContent = text; line.hidden = !text; } };
  };

  // ---- controls --------------------------------------------------------------------------------------------------
  let serial = 0;
  const id = (name) => `kit-${name}-${++serial}`;

  // A labelled slider with its number beside it; onInput(value) during the drag and on arrow keys.
  kit.slider = ({ label, min, max, step, value, digits = 2, unit = "", onInput = () => {} }) => {
    const key = id("slider");
    const range = kit.el("input", { type: "range", id: key, min, max, step });
    range.value = value;
    const output = kit.el("output", { for: key });
    const write = () => {
      const text = Number(range.value).toFixed(digits) + (unit ? ` ${unit}` : "");
      output.textContent = text;
      range.setAttribute("aria-valuetext", text);
    };
    range.addEventListener("input", () => { write(); onInput(Number(range.value)); });
    write();
    const element = kit.el("div", { class: "control slider" }, kit.el("label", { for: key }, label), range, output);
    return { element, input: range, get value() { return Number(range.value); }, set value(v) { range.value = v; write(); } };
  };

  // A labelled choice; options are strings or [value, words]. onInput(value).
  kit.choice = ({ label, options, value, onInput = () => {} }) => {
    const key = id("choice");
    const select = kit.el("select", { id: key });
    for (const option of options) {
      const [code, words] = Array.isArray(option) ? option : [option, option];
      select.append(kit.el("option", { value: code }, words));
    }
    if (value != null) select.value = value;
    select.addEventListener("change", () => onInput(select.value));
    const element = kit.el("div", { class: "control choice" }, kit.el("label", { for: key }, label), select);
    return { element, input: select, get value() { return select.value; }, set value(v) { select.value = v; } };
  };

  // A labelled whole number (a seed, a count). onInput(value) for valid values only.
  kit.whole = ({ label, min = 0, max = 2147483647, value = 0, onInput = () => {} }) => {
    const key = id("whole");
    const field = kit.el("input", { type: "number", id: key, min, max, step: 1, inputmode: "numeric" });
    field.value = value;
    field.addEventListener("input", () => { if (field.value !== "" && field.checkValidity()) onInput(Number(field.value)); });
    const element = kit.el("div", { class: "control whole" }, kit.el("label", { for: key }, label), field);
    return { element, input: field, get value() { return Number(field.value); }, set value(v) { field.value = v; } };
  };

  kit.button = (words, onClick, options = {}) =>
    kit.el("button", { type: "button", class: `button ${options.kind || ""}`, title: options.title, "aria-label": options.name, onclick: onClick }, words);

  kit.toggle = ({ label, value = false, onInput = () => {} }) => {
    const key = id("toggle");
    const box = kit.el("input", { type: "checkbox", id: key });
    box.checked = value;
    box.addEventListener("change", () => onInput(box.checked));
    const element = kit.el("div", { class: "control toggle" }, box, kit.el("label", { for: key }, label));
    return { element, input: box, get value() { return box.checked; }, set value(v) { box.checked = v; } };
  };

  // ---- classes: ten colours told apart by the colour-blind (after Okabe and Ito, and Tol), each with its own shape ----
  const light = ["#0072b2", "#d55e00", "#007a5e", "#b04a86", "#8a6d00", "#2a8fc7", "#6b3fa0", "#a3401f", "#4d7a1f", "#555f6b"];
  const darks = ["#5cb8f0", "#ff9d5c", "#3fd4a8", "#f09ac8", "#f0d24a", "#9adcff", "#c3a3f5", "#ff8a70", "#b5e07a", "#c3ccd6"];
  kit.classColour = (k) => (kit.dark() ? darks : light)[k % 10];

  // The outline of class k's mark, centred at (x, y) with radius r, as a path in `context` (fill or stroke it yourself).
  kit.classMark = (context, k, x, y, r) => {
    const sides = [0, 3, 4, -3, 5, 6, -4, 1, -5, 2][k % 10]; // 0 a disc, n a polygon, -n the polygon turned, 1 a star, 2 a cross
    context.beginPath();
    if (sides === 0) { context.arc(x, y, r, 0, 2 * Math.PI); return; }
    if (sides === 2) {
      const w = r / 3;
      for (const [dx, dy] of [[-w, -r], [w, -r], [w, -w], [r, -w], [r, w], [w, w], [w, r], [-w, r], [-w, w], [-r, w], [-r, -w], [-w, -w]])
        context.lineTo(x + dx, y + dy);
      context.closePath();
      return;
    }
    if (sides === 1) {
      for (let i = 0; i < 10; i++) {
        const angle = -Math.PI / 2 + (Math.PI * i) / 5, reach = (i % 2 ? 0.55 : 1.35) * r;
        context.lineTo(x + reach * Math.cos(angle), y + reach * Math.sin(angle));
      }
      context.closePath();
      return;
    }
    const n = Math.abs(sides), turn = sides < 0 ? Math.PI / n : 0;
    for (let i = 0; i < n; i++) {
      const angle = -Math.PI / 2 + turn + (2 * Math.PI * i) / n;
      context.lineTo(x + 1.15 * r * Math.cos(angle), y + 1.15 * r * Math.sin(angle));
    }
    context.closePath();
  };

  // ---- the link: ?name=value opens a tab in a known state ----------------------------------------------------------
  kit.link = {
    get: (name, otherwise) => new URLSearchParams(location.search).get(name) ?? otherwise,
    number: (name, otherwise) => {
      const value = Number(new URLSearchParams(location.search).get(name) ?? NaN);
      return Number.isFinite(value) ? value : otherwise;
    },
    set: (values) => {
      const query = new URLSearchParams(location.search);
      for (const [name, value] of Object.entries(values)) query.set(name, value);
      history.replaceState(null, "", `${location.pathname}?${query}${location.hash}`);
    },
  };

  // Run `work` when `element` is first seen (a closed step costs nothing until it is opened).
  kit.whenSeen = (element, work) => {
    const watcher = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) { watcher.disconnect(); work(); }
    });
    watcher.observe(element);
  };

  // Numbers for the page: a true minus sign, a fixed count of digits, and words for what is no number.
  kit.show = (value, digits = 3) =>
    value == null ? "–" : Number.isFinite(Number(value)) ? Number(value).toFixed(digits).replace("-", "−") : String(value);
})(window.kit);
