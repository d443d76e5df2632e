// The steps of a tab open one at a time, so that a page never becomes a wall of controls.
document.addEventListener("click", (event) => {
  const header = event.target.closest && event.target.closest(".step > button, .step > .label-wrap");
  if (!header) return;
  const step = header.closest(".step");
  const siblings = step.parentElement ? step.parentElement.querySelectorAll(":scope > .step") : [];
  for (const other of siblings) {
    if (other === step) continue;
    const opened = other.querySelector(":scope > .label-wrap.open, :scope > button.open");
    if (opened) opened.click();
  }
}, true);

// The open tab stands in the link, so that a reload or a shared link opens it again (app.py reads ?tab=...).
document.addEventListener("click", (event) => {
  const tab = event.target.closest && event.target.closest('[role="tab"]');
  const key = tab && tab.id && tab.id.replace(/-button$/, "");
  if (key && window.kit && key in { denoise: 1, vae: 1, latents: 1, softmax: 1 }) window.kit.link.set({ tab: key });
});
