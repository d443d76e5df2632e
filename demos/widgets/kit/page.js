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
