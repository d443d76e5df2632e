// The frame of the page: title, tabs, the path of the open tab, and the link that is the image of what is set.
// Nothing here knows an instrument: rooms are fetched when they are opened (rooms.js).

import { button, dark, el, notice, onTheme } from "./elements.js";
import { namer, placeOf, queryOf, samePlace, shareable } from "./link.js";
import { contents, foot, rail, words } from "./path.js";
import { createRooms } from "./rooms.js";
import { shareDialog } from "./share.js";
import { testPictures } from "./testpictures.js";

/** @typedef {import("./link.js").Tab} Tab */
/** @typedef {import("./link.js").Place} Place */
/** @typedef {import("./rooms.js").Room} Room */
/** @typedef {{ title: string, tabs: Tab[], space: string | null, fetch: boolean, views: string[], styles: string[] }} Props */

const DRAG = 250; // milliseconds between two changes of the link during a drag

/**
 * @param {{ element: HTMLElement, props: Props, root: URL, files: URL }} options
 *   root: the app's address, files: the versioned address of the modules
 */
export default function mountPage({ element, props, root, files }) {
  const { tabs } = props;
  /** @type {Place} */
  let place = placeOf(new URLSearchParams(location.search), tabs);
  /** @type {{ bench: Room | null, room: Room | null }} */
  let shown = { bench: null, room: null };
  let leave = new AbortController(); // ends what the open step has started
  let leaveTab = new AbortController(); // ends what the tab's first instrument has started
  const forever = new AbortController().signal;

  // ---- the link ------------------------------------------------------------------------------------------------------
  let timer = 0;
  const current = () => {
    const open = [...new Set([shown.bench, shown.room])].filter((room) => room !== null);
    const fields = open.flatMap((room) => room.store.query(namer(room.tab, room.name)));
    return queryOf(place, fields, new URLSearchParams(location.search), root.href.length);
  };
  const write = (/** @type {boolean} */ push) => {
    clearTimeout(timer);
    timer = 0;
    const address = `?${current().query}${location.hash}`;
    if (address === location.search + location.hash) return;
    if (push) history.pushState(null, "", address);
    else history.replaceState(null, "", address);
  };
  /** @param {import("./state.js").How} how */
  const changed = (how) => {
    if (!how.drag) queueMicrotask(() => write(true));
    else if (!timer) timer = setTimeout(() => write(false), DRAG);
  };
  const again = () => {
    shown = { bench: null, room: null };
    read(new URLSearchParams(location.search));
  };
  const rooms = createRooms({ root, files, views: props.views, styles: props.styles, changed, again });

  // ---- the parts -----------------------------------------------------------------------------------------------------
  const trouble = notice();
  const panel = el("div", { class: "panel-of-tab", role: "tabpanel", id: "tab-panel", tabindex: -1 });
  const tabButtons = tabs.map((tab) =>
    el("button", {
      type: "button",
      role: "tab",
      id: `${tab.key}-button`,
      "aria-controls": "tab-panel",
      onclick: () => go({ tab, step: 0 }),
    }, tab.title)
  );
  const bar = el("div", { class: "tabs", role: "tablist", "aria-label": "Ideas" }, tabButtons);
  bar.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    const next = (tabs.indexOf(place.tab) + by + tabs.length) % tabs.length;
    go({ tab: tabs[next], step: 0 });
    tabButtons[next].focus();
  });

  // ---- showing a place -----------------------------------------------------------------------------------------------
  /** Open what `query` says. @param {URLSearchParams} query */
  const read = async (query) => {
    const { ignored, ...next } = placeOf(query, tabs);
    const names = await show(next, query);
    const all = [...ignored, ...names];
    trouble.say(
      all.length ? `This link sets ${all.join(", ")} to what this page does not know; left at the start.` : "",
    );
  };

  /** Go to a place as a visitor does. @param {Place} next */
  const go = async (next) => {
    if (samePlace(next, place) && shown.room) return;
    trouble.say("");
    await show(next, null);
    write(true);
  };

  /**
   * @param {Place} next
   * @param {URLSearchParams | null} query what the fields are set to; null leaves them
   * @returns {Promise<string[]>} the names in the query that could not be used
   */
  const show = async (next, query) => {
    const otherTab = next.tab !== place.tab || !shown.bench;
    place = next;
    leave.abort();
    leave = new AbortController();
    if (otherTab) leaveTab.abort(), leaveTab = new AbortController();
    const { signal } = leave, mine = leave;
    tabButtons.forEach((one, i) => {
      one.setAttribute("aria-selected", String(tabs[i] === next.tab));
      one.tabIndex = tabs[i] === next.tab ? 0 : -1;
    });
    panel.setAttribute("aria-labelledby", `${next.tab.key}-button`);
    document.title = next.step ? `${next.tab.steps[next.step - 1].question} · ${props.title}` : props.title;
    const name = next.step ? next.tab.steps[next.step - 1].room : next.tab.start;
    const frame = stepFrame(next);
    panel.replaceChildren(rail(next, (step) => go({ tab: next.tab, step })), frame.element);
    frame.element.ariaBusy = "true";
    keepInView(frame.element);
    try {
      const [bench, room] = await Promise.all([rooms.open(next.tab, next.tab.start), rooms.open(next.tab, name)]);
      if (mine !== leave) return [];
      shown = { bench, room };
      const ignored = query
        ? [...new Set([bench, room])].flatMap((one) => one.store.read(query, namer(one.tab, one.name)))
        : [];
      await frame.fill(bench, room, signal);
      return ignored;
    } catch (error) {
      if (mine !== leave) return [];
      console.error(error);
      frame.fail();
      return [];
    } finally {
      frame.element.ariaBusy = null;
      if (mine === leave) keepInView(frame.element);
    }
  };

  /** The frame of one step, filled when its rooms are there. @param {Place} at */
  const stepFrame = (at) => {
    const { tab, step } = at, info = step ? tab.steps[step - 1] : null, name = info ? info.room : tab.start;
    const head = el("h2", { class: step ? "question" : "lead" }, info ? info.question : tab.lead);
    const body = el("div", { class: "step-body" });
    const below = el("div", { class: "step-below" });
    const article = el(
      "article",
      { class: `step ${step ? "" : "start"}`, "data-step": `${tab.key}/${name}` },
      head,
      body,
      below,
    );
    const goTo = (/** @type {number} */ to) => go({ tab, step: to });
    /** @param {Room} bench @param {Room} room @param {AbortSignal} signal */
    const fill = async (bench, room, signal) => {
      const main = rooms.mount(room, bench === room ? null : bench, signal);
      const small = info?.bench ? rooms.mount(bench, null, signal) : null;
      const { lesson, code } = words(room, !step);
      if (small?.element) {
        article.before(el("aside", { class: "bench", "aria-label": "The bench that this step obeys" }, small.element));
      }
      small?.element?.classList.add("compact");
      body.replaceChildren(...[main.element, lesson].filter((one) => one !== null));
      body.classList.toggle("words-alone", !main.element);
      below.replaceChildren(
        ...[code, foot(at, goTo, () => room.store.reset()), step ? null : contents(tab, goTo)].filter((one) =>
          one !== null
        ),
      );
      await Promise.all([small?.start(), main.start()]);
    };
    const fail = () =>
      body.replaceChildren(
        el(
          "p",
          { class: "notice", role: "alert" },
          "This part could not be fetched from the server. ",
          button("Try again", () => location.reload()),
        ),
      );
    return { element: article, fill, fail };
  };

  // ---- head ----------------------------------------------------------------------------------------------------------
  const theme = button("", () => {
    document.body.classList.toggle("dark");
    const query = new URLSearchParams(location.search);
    query.set("__theme", dark() ? "dark" : "light");
    history.replaceState(null, "", `?${query}`);
  });
  const nameTheme = () => {
    theme.textContent = dark() ? "Light" : "Dark";
    theme.title = `Switch to ${dark() ? "light" : "dark"}`;
  };
  const address = () => {
    write(false);
    const { query, left } = current();
    return { address: shareable(root.href, query, props.space), left };
  };
  const share = shareDialog(address, root);
  const reset = button("Reset", async () => {
    for (const room of await rooms.all()) if (room.tab === place.tab) room.store.reset();
    go({ tab: place.tab, step: place.step });
    write(true);
  }, { name: "Reset this tab", title: "Everything on this tab back to where everyone starts" });

  element.replaceChildren(
    el("a", { class: "skip", href: "#rail", onclick: toRail }, "Skip to the steps"),
    el(
      "header",
      { class: "masthead" },
      el("h1", {}, props.title),
      el("div", { class: "tools" }, theme, share.copy, share.forClass, reset),
    ),
    bar,
    trouble.element,
    panel, // Gradio's own <main> is around the page
    props.fetch ? testPictures(root) : "",
    share.dialog,
  );
  nameTheme();
  onTheme(nameTheme, forever);
  inner(panel, (query) => {
    history.pushState(null, "", `?${query}`);
    read(query);
  });
  modes(element, (by) => {
    const step = place.step + by;
    if (step >= 0 && step <= place.tab.steps.length) go({ tab: place.tab, step });
  });
  addEventListener("popstate", () => read(new URLSearchParams(location.search)));
  Object.assign(element, { rooms }); // for whoever looks at the page from its console, and for the tests
  read(new URLSearchParams(location.search));
}

/** The skip link: the focus goes to the rail, and the address stays as it is. @param {Event} event */
function toRail(event) {
  event.preventDefault();
  document.querySelector(".rail button")?.closest("nav")?.focus();
}

/** The head of a step stays in view when another is opened. @param {HTMLElement} article */
function keepInView(article) {
  const rail = document.getElementById("rail");
  const top = (rail ?? article).getBoundingClientRect().top;
  if (top < 0) scrollTo({ top: scrollY + top - 8, behavior: "instant" });
}

/** A link ?tab=... inside a lesson opens its place without loading the page anew.
 * @param {HTMLElement} panel @param {(query: URLSearchParams) => void} open */
function inner(panel, open) {
  panel.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest('a[href^="?"]') : null;
    if (!(link instanceof HTMLAnchorElement) || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    open(new URLSearchParams(link.search));
  });
}

/**
 * What the link asks of the frame: &lecture (one step fills the screen, arrow keys turn the steps), &embed (the
 * instrument alone), &hide=seed,network (controls that a class shall not see).
 * @param {HTMLElement} element
 * @param {(by: number) => void} turn
 */
function modes(element, turn) {
  const query = new URLSearchParams(location.search);
  for (const mode of ["lecture", "embed"]) element.classList.toggle(mode, query.has(mode));
  const hidden = (query.get("hide") ?? "").split(",").filter((name) => /^[a-z]\w*$/i.test(name));
  if (hidden.length) {
    const rules = hidden.map((name) => `.page [data-field="${name}"] { display: none !important; }`);
    element.append(el("style", {}, rules.join("\n")));
  }
  if (!query.has("lecture")) return;
  addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, PageDown: 1, ArrowLeft: -1, PageUp: -1 }[event.key];
    const busy = event.target instanceof Element &&
      event.target.closest("input, select, canvas, [role=slider], textarea");
    if (!by || busy) return;
    event.preventDefault();
    turn(by);
  });
}
