// A strip of frames that a pointer, a finger or the arrow keys scrub, and a sprite of decoded points that follows a code.
(function (kit) {
  // A grey PNG whose lines are pictures -> promise of {bytes, count}: the sprites of the latent maps travel this way.
  kit.unpackLines = async (base64) => {
    const image = await createImageBitmap(new Blob([kit.bytes(base64)], { type: "image/png" }), { colorSpaceConversion: "none" });
    const canvas = kit.el("canvas", { width: image.width, height: image.height });
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.drawImage(image, 0, 0);
    const rgba = context.getImageData(0, 0, image.width, image.height).data;
    const bytes = new Uint8Array(image.width * image.height);
    for (let i = 0; i < bytes.length; i++) bytes[i] = rgba[4 * i];
    return { bytes, count: image.height };
  };

  // The picture at z between the decoded points of a sprite: its four neighbours, blended. 784 bytes, in microseconds.
  kit.blend = (sprite, z, into = new Uint8ClampedArray(784)) => {
    const [x0, x1, y0, y1] = sprite.extent;
    const at = (share, n) => Math.max(0, Math.min(n - 1, share * n - 0.5)); // each cell is decoded at its middle
    const column = at((z[0] - x0) / (x1 - x0), sprite.columns), row = at((y1 - z[1]) / (y1 - y0), sprite.rows);
    const c = Math.min(sprite.columns - 2, Math.floor(column)), r = Math.min(sprite.rows - 2, Math.floor(row));
    const u = column - c, v = row - r, first = (r * sprite.columns + c) * 784, below = first + sprite.columns * 784;
    const b = sprite.bytes;
    for (let i = 0; i < 784; i++)
      into[i] = (1 - v) * ((1 - u) * b[first + i] + u * b[first + 784 + i]) + v * ((1 - u) * b[below + i] + u * b[below + 784 + i]);
    return into;
  };

  // kit.film({label, onScrub(index)}) -> {element, set(bytes, count), index, at(index), frame(index)}
  // All frames are in the browser: scrubbing asks the server nothing.
  kit.film = ({ label, height = 64, onScrub = () => {} }) => {
    const canvas = kit.el("canvas", { class: "film", tabindex: 0, role: "slider", "aria-label": label, "aria-valuemin": 1 });
    const element = kit.el("div", { class: "film-strip" }, canvas);
    let bytes = new Uint8Array(0), count = 0, index = 0, sheet = null;

    const shown = () => Math.max(1, Math.min(count, Math.floor((element.clientWidth || 600) / (height * 0.62)))); // frames that fit
    const paint = () => {
      const width = element.clientWidth;
      if (!count || !width) return;
      const n = shown(), cell = Math.min(height, width / n), context = kit.sharp(canvas, width, cell);
      context.imageSmoothingEnabled = cell > 56 ? false : true;
      const dark = getComputedStyle(document.body).getPropertyValue("--screen");
      context.fillStyle = dark;
      context.fillRect(0, 0, cell * n, cell);
      for (let i = 0; i < n; i++) {
        const frame = n === 1 ? index : Math.round((i * (count - 1)) / (n - 1));
        context.drawImage(sheet, 0, 28 * frame, 28, 28, i * cell + 1, 1, cell - 2, cell - 2);
      }
      const mark = n === 1 ? 0 : (index / Math.max(1, count - 1)) * (n - 1) * cell;
      context.strokeStyle = getComputedStyle(document.body).getPropertyValue("--warm");
      context.lineWidth = 3;
      context.strokeRect(mark + 1.5, 1.5, cell - 3, cell - 3);
    };
    const write = () => {
      canvas.setAttribute("aria-valuemax", count);
      canvas.setAttribute("aria-valuenow", index + 1);
      canvas.setAttribute("aria-valuetext", `frame ${index + 1} of ${count}`);
    };
    const go = (to, told = true) => {
      index = Math.max(0, Math.min(count - 1, Math.round(to)));
      write();
      paint();
      if (told) onScrub(index);
    };
    const fromPointer = (event) => {
      const n = shown(), cell = Math.min(height, element.clientWidth / n);
      const place = (event.clientX - canvas.getBoundingClientRect().left - cell / 2) / (cell * Math.max(1, n - 1));
      go(place * (count - 1));
    };
    canvas.addEventListener("pointerdown", (event) => {
      try { canvas.setPointerCapture(event.pointerId); } catch { /* made by a script */ }
      canvas.focus({ preventScroll: true });
      fromPointer(event);
    });
    canvas.addEventListener("pointermove", (event) => { if (event.buttons) fromPointer(event); });
    canvas.addEventListener("keydown", (event) => {
      const to = { ArrowLeft: index - 1, ArrowDown: index - 1, ArrowRight: index + 1, ArrowUp: index + 1, Home: 0, End: count - 1 }[event.key];
      if (to == null) return;
      event.preventDefault();
      go(to);
    });
    new ResizeObserver(paint).observe(element);
    kit.onTheme(paint);
    return {
      element, canvas,
      set: (pixels, frames) => { // frames x 28 x 28 bytes
        bytes = typeof pixels === "string" ? kit.bytes(pixels) : pixels;
        count = frames;
        sheet = kit.el("canvas", { width: 28, height: 28 * count });
        kit.paint(sheet, bytes);
        go(Math.min(index, count - 1), false);
      },
      at: (to) => go(to, false),
      frame: (i) => bytes.subarray(784 * i, 784 * (i + 1)),
      get index() { return index; },
      get count() { return count; },
    };
  };
})(window.kit);
