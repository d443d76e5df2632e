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
  if (key && window.kit && key in { denoise: 1, vae: 1, latents: 1, softmax: 1 }) window.kit.link.set({ tab: key, step: "" });
});

// ?step=3 opens the third step of the open tab, so that a lecturer's link leads straight to it.
document.addEventListener("click", (event) => {
  const header = event.target.closest && event.target.closest(".step > button, .step > .label-wrap");
  if (!header || !window.kit || !event.isTrusted) return;
  const steps = [...header.closest(".step").parentElement.querySelectorAll(":scope > .step")];
  window.kit.link.set({ step: header.classList.contains("open") ? "" : steps.indexOf(header.closest(".step")) + 1 });
}, true);
(() => {
  const wanted = Number(new URLSearchParams(location.search).get("step")), started = performance.now();
  const open = () => { // a tab mounts its steps after the page has loaded
    const tab = new URLSearchParams(location.search).get("tab"), chosen = document.querySelector('[role="tab"][aria-selected="true"]');
    const elsewhere = tab && chosen && chosen.id !== `${tab}-button`; // the first tab shows for a moment before the link's
    const header = !elsewhere && [...document.querySelectorAll(".step > button, .step > .label-wrap")].filter((one) => one.offsetParent)[wanted - 1];
    if (!header) return performance.now() - started < 60000 && setTimeout(open, 200);
    if (!header.classList.contains("open")) header.click();
    let stay = true; // what stands above still grows while it loads: keep the step in view until the visitor moves
    for (const kind of ["wheel", "touchstart", "pointerdown", "keydown"]) window.addEventListener(kind, () => { stay = false; }, { once: true });
    for (const after of [0, 600, 1500, 3000, 6000]) setTimeout(() => stay && header.scrollIntoView({ block: "start" }), after);
  };
  if (wanted >= 1) open();
})();
