// The title, and what a lecturer needs at hand: light or dark, a link to this very state, and back to the start.
const { el, button } = window.kit;
const root = element.querySelector(".instrument");

const theme = button("", () => {
  document.body.classList.toggle("dark");
  name();
  window.kit.link.set({ __theme: window.kit.dark() ? "dark" : "light" });
}, { name: "Switch between light and dark" });
const name = () => { theme.textContent = window.kit.dark() ? "☀ Light" : "☾ Dark"; };

const share = button("Copy link", async () => {
  try { await navigator.clipboard.writeText(location.href); share.textContent = "Copied"; }
  catch { share.textContent = "Copy it from the address bar"; }
  setTimeout(() => { share.textContent = "Copy link"; }, 2000);
}, { title: "The link opens this tab with these settings" });

const reset = button("Reset", () => {
  const tab = window.kit.link.get("tab", null);
  location.assign(location.pathname + (tab ? `?tab=${encodeURIComponent(tab)}` : ""));
}, { title: "Back to the state that everyone starts from" });

root.append(el("div", { class: "bar" }, el("h1", {}, props.title), el("div", { class: "tools" }, theme, share, reset)));
name();
window.kit.onTheme(name);
