// Sharing: "Copy link" works where the clipboard is closed, too; "Link for class" adds what a lecture needs, with a preview.

import { button, el } from "./elements.js";

/** @typedef {() => { address: string, left: string[] }} Address */

/**
 * @param {Address} address
 * @param {URL} root
 */
export function shareDialog(address, root) {
  const field = el("input", { type: "text", readonly: true, class: "link-field", "aria-label": "The link" });
  const left = el("p", { class: "soft", role: "status" });
  const boxes = ["lecture", "embed"].map((mode) =>
    el("input", { type: "checkbox", value: mode, onchange: () => compose() })
  );
  const hide = el("input", {
    type: "text",
    placeholder: "seed, network",
    oninput: () => compose(),
    "aria-label": "Controls to hide, by name",
  });
  const qr = el("img", { class: "qr", alt: "QR code of the link", width: 220, height: 220 });
  const frame = el("textarea", { readonly: true, rows: 3, "aria-label": "Snippet for a course page" });
  const labelled = (/** @type {HTMLElement} */ box, /** @type {string} */ words) =>
    el("label", { class: "row" }, box, words);
  const dialog = el(
    "dialog",
    { class: "share", "aria-label": "Share this state" },
    el("h2", {}, "Share this state"),
    field,
    left,
    el(
      "details",
      {},
      el("summary", {}, "For a class or a course page"),
      labelled(boxes[0], "lecture mode: one step fills the screen, arrow keys turn the steps"),
      labelled(boxes[1], "embedded: the instrument alone"),
      el("label", { class: "row" }, "hide controls ", hide),
      el("div", { class: "row" }, qr, frame),
    ),
    el(
      "div",
      { class: "row" },
      button("Copy", () => copy(), { kind: "main", name: "Copy the link" }),
      button("Close", () => dialog.close()),
    ),
  );

  const compose = () => {
    const { address: plain, left: out } = address();
    const link = new URL(plain);
    for (const box of boxes) if (box.checked) link.searchParams.set(box.value, "");
    if (hide.value.trim()) link.searchParams.set("hide", hide.value.split(/[\s,]+/).filter(Boolean).join(","));
    const text = link.href.replace(/=(?=&|$)/g, "");
    field.value = text;
    left.textContent = out.length ? `Too long for a link, and left out: ${out.join(", ")}.` : "";
    qr.src = new URL(`qr?text=${encodeURIComponent(text)}`, root).href;
    frame.value =
      `<iframe src="${text}" width="100%" height="720" loading="lazy" title="Autoencoders to play with"></iframe>`;
    return text;
  };
  /** The clipboard is closed on plain http: then the field is selected, for the visitor's own copying. */
  const copy = async () => {
    const text = field.value;
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      field.select();
      return document.execCommand?.("copy") ?? false;
    }
  };
  const link = button("Copy link", async () => {
    const text = compose();
    try {
      await navigator.clipboard.writeText(text);
      link.textContent = "Copied";
      setTimeout(() => link.textContent = "Copy link", 2000);
    } catch {
      dialog.showModal();
      field.select();
    }
  }, { title: "The link opens this very state, anywhere" });
  const forClass = button("For class", () => {
    compose();
    dialog.showModal();
  }, { title: "A link for a lecture or a course page, with a QR code" });
  return { copy: link, forClass, dialog };
}
