// The test pictures, where the server has none: a button that has them fetched, how far it is, why it failed.
import { button, el } from "./elements.js";

/** @typedef {{ state: "ready" | "loading" | "failed" | "absent", loaded: number, size: number, error: string | null }} Progress */

const PAUSE = 500; // milliseconds between two looks

const MB = (/** @type {number} */ bytes) => (bytes / 1e6).toFixed(1);

/** @param {URL} root the app's address @returns {HTMLElement} */
export function testPictures(root) {
  const words = el("span", { role: "status" }), bar = el("progress", { "aria-label": "Test pictures", hidden: true });
  const begin = button("", () => ask("start"));
  const again = button("Show them", () => location.reload()); // the address holds all that is set
  const element = el("p", { class: "test-pictures soft", hidden: true }, words, " ", bar, " ", begin, again);
  let waited = false; // for pictures that were not there when the page came

  /** @param {Progress} now */
  const show = ({ state, loaded, size, error }) => {
    element.hidden = state === "ready" && !waited;
    waited ||= state !== "ready";
    bar.hidden = state !== "loading";
    bar.max = size;
    bar.value = loaded;
    begin.hidden = state !== "absent" && state !== "failed";
    begin.textContent = state === "failed" ? "Try again" : `Fetch the test pictures, ${Math.round(size / 1e6)} MB`;
    again.hidden = state !== "ready";
    words.textContent = {
      absent: "The test pictures are not on this server.",
      loading: `Fetching the test pictures: ${MB(loaded)} of ${MB(size)} MB.`,
      failed: error ?? "",
      ready: "The test pictures are here.",
    }[state];
  };
  /** @param {string} body "start", or nothing for a look alone */
  const ask = async (body) => {
    try {
      const answer = await fetch(new URL("test-pictures", root), { method: "POST", body });
      if (!answer.ok) return;
      const now = await answer.json();
      show(now);
      if (now.state === "loading") setTimeout(ask, PAUSE, "");
    } catch { // the server does not answer: the rooms say so
      setTimeout(ask, 10 * PAUSE, "");
    }
  };
  ask("");
  return element;
}
