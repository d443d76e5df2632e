// Rooms on the page: fetched when they are opened, mounted into an element, and ended without a trace.

import { el, notice } from "./elements.js";
import { connect } from "./live.js";
import { createStore } from "./state.js";

/** @typedef {import("./state.js").Fields} Fields */
/** @typedef {import("./link.js").Tab} Tab */
/** @typedef {ReturnType<typeof createStore<Fields>>} Store */
/** What the server says of a room. @typedef {{ props?: unknown, lesson?: string, code?: { name: string, html: string }[], error?: string }} Told */
/**
 * What a view is given: `P` its props, `F` its fields, `S` the server's functions, `B` the fields of the tab's first
 * instrument. What it starts (listeners elsewhere than on its own elements, observers, timers, workers) ends with `signal`.
 * @template P
 * @template {Fields} F
 * @template {Record<string, (request: never) => Promise<unknown>>} [S=Record<string, never>]
 * @template {Fields} [B=Fields]
 * @typedef {{
 *   element: HTMLElement,
 *   props: P,
 *   server: S,
 *   state: import("./state.js").State<F>,
 *   bench: import("./state.js").State<B> | null,
 *   signal: AbortSignal,
 * }} Mount
 */
/**
 * @typedef {{
 *   default: (mount: Mount<unknown, Fields, any, Fields>) => void | Promise<void>,
 *   fields?: (props: unknown) => Fields,
 * }} View
 */
/** @typedef {{ tab: Tab, name: string, told: Told, view: View | null, store: Store }} Room */

/** @type {Map<string, Promise<unknown>>} */
const styles = new Map();

/**
 * Load a style sheet once; the promise waits until it holds.
 * @param {URL} address
 */
function style(address) {
  const key = address.href;
  let loading = styles.get(key);
  if (!loading) {
    const link = el("link", { rel: "stylesheet", href: key });
    loading = new Promise((resolve) => {
      link.onload = link.onerror = resolve;
    });
    document.head.append(link);
    styles.set(key, loading);
  }
  return loading;
}

/**
 * The rooms of the page.
 * @param {{ root: URL, files: URL, views: string[], styles: string[], changed: (how: import("./state.js").How) => void }} options
 *   root: the app's address; files: where the modules lie (a versioned address); views, styles: the rooms that have one, as
 *   <tab>/<room>; changed: a visitor set something
 */
export function createRooms({ root, files, views, styles: sheets, changed }) {
  /** @type {Map<string, Promise<Room>>} */
  const opened = new Map();

  /** @param {Tab} tab @param {string} name @returns {Promise<Room>} */
  const open = async (tab, name) => {
    const key = `${tab.key}/${name}`, folder = new URL(`demos/${key}/`, files);
    const [answer, view] = await Promise.all([
      fetch(new URL(`room/${key}`, root)),
      views.includes(key) ? import(new URL("view.js", folder).href) : null, // a room of words alone has none
      sheets.includes(key) ? style(new URL("view.css", folder)) : null,
    ]);
    const told =
      /** @type {Told} */ (answer.ok ? await answer.json() : { error: `The server refused (${answer.status}).` });
    const fields = !told.error && view?.fields ? view.fields(told.props) : {};
    return { tab, name, told, view, store: createStore(fields, changed) };
  };

  return {
    /** The room, asked for once. @param {Tab} tab @param {string} name */
    open: (tab, name) => {
      const key = `${tab.key}/${name}`;
      const room = opened.get(key) ?? open(tab, name).catch((error) => {
        opened.delete(key); // a later visit tries again
        throw error;
      });
      opened.set(key, room);
      return room;
    },
    /** The rooms that were opened so far. */
    all: () => Promise.all(opened.values()),
    /** Show a room in a new element, until `signal` ends. @param {Room} room @param {Room | null} bench @param {AbortSignal} signal */
    mount: (room, bench, signal) => mount(room, bench, signal, root),
  };
}

/** @param {Room} room @param {Room | null} bench @param {AbortSignal} signal @param {URL} root */
function mount({ tab, name, told, view, store }, bench, signal, root) {
  const element = el("div", { class: `instrument ${tab.key}-${name}` });
  const trouble = notice();
  /** Once the element is on the page, so that a view may measure it. */
  const start = async () => {
    if (told.error) return trouble.say(told.error), element.append(trouble.element);
    await view?.default({
      element,
      props: told.props,
      server: connect(new URL(`live/${tab.key}/${name}`, root), signal),
      state: store.bound(signal),
      bench: bench ? bench.store.bound(signal) : null,
      signal,
    });
  };
  return { element: view || told.error ? element : null, start };
}
