// Rooms on the page: fetched when they are opened, mounted into an element, and ended without a trace.

import { button, el, notice } from "./elements.js";
import { connect } from "./live.js";
import { createStore } from "./state.js";

/** @typedef {import("./state.js").Fields} Fields */
/** @typedef {import("./link.js").Tab} Tab */
/** @typedef {ReturnType<typeof createStore<Fields>>} Store */
/**
 * What the server says of a room. `notes`: networks that it lacks; `loading`: some file is on its way from the Hub.
 * @typedef {{ props?: unknown, lesson?: string, code?: { name: string, html: string }[], error?: string,
 *   notes?: string[], loading?: boolean }} Told
 */
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
const PAUSE = 2_000; // ms between two looks at a file that is on its way

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
 * @param {{ root: URL, files: URL, views: string[], styles: string[], changed: (how: import("./state.js").How) => void,
 *   again: () => void }} options
 *   root: the app's address; files: where the modules lie (a versioned address); views, styles: the rooms that have one, as
 *   <tab>/<room>; changed: a visitor set something; again: show the place anew
 */
export function createRooms({ root, files, views, styles: sheets, changed, again }) {
  /** @type {Map<string, Promise<Room>>} */
  const opened = new Map();
  /** What the server says of a room. @param {string} key @param {string} [how] @returns {Promise<Told>} */
  const ask = async (key, how = "") => {
    const answer = await fetch(new URL(`room/${key}${how}`, root));
    return answer.ok ? await answer.json() : { error: `The server refused (${answer.status}).` };
  };
  /** Whose next opening asks the Hub anew. @type {Set<string>} */
  const retried = new Set();

  /** @param {Tab} tab @param {string} name @returns {Promise<Room>} */
  const open = async (tab, name) => {
    const key = `${tab.key}/${name}`, folder = new URL(`demos/${key}/`, files);
    const [told, view] = await Promise.all([
      ask(key, retried.delete(key) ? "?again" : ""),
      views.includes(key) ? import(new URL("view.js", folder).href) : null, // a room of words alone has none
      sheets.includes(key) ? style(new URL("view.css", folder)) : null,
    ]);
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
    mount: (room, bench, signal) => {
      const key = `${room.tab.key}/${room.name}`;
      const retry = () => {
        opened.delete(key);
        retried.add(key);
        again();
      };
      return mount(room, bench, signal, { root, retry, ask: () => ask(key) });
    },
  };
}

/**
 * @param {Room} room
 * @param {Room | null} bench
 * @param {AbortSignal} signal
 * @param {{ root: URL, retry: () => void, ask: () => Promise<Told> }} server retry: fetch the room anew and show it
 */
function mount({ tab, name, told, view, store }, bench, signal, { root, retry, ask }) {
  const element = el("div", { class: `instrument ${tab.key}-${name}` });
  const lack = lacking(element, retry), wait = lacking(element, retry);
  /** Once the element is on the page, so that a view may measure it. */
  const start = async () => {
    lack.say(sentences(told));
    if (told.loading) watch(told, { signal, ask, retry, say: lack.say });
    if (told.error) return;
    await view?.default({
      element,
      props: told.props,
      server: connect(new URL(`live/${tab.key}/${name}`, root), signal, wait.say),
      state: store.bound(signal),
      bench: bench ? bench.store.bound(signal) : null,
      signal,
    });
  };
  return { element: view || told.error || told.notes ? element : null, start };
}

/** What is wrong with a room, in sentences. @param {Told} told */
const sentences = ({ error, notes = [] }) => (error ? [error] : notes).join("\n");

/**
 * Where a room says what it lacks, above its instrument, with a button to try again; not there while all is well.
 * @param {HTMLElement} instrument
 * @param {() => void} retry
 */
function lacking(instrument, retry) {
  const words = notice();
  const element = el("div", { class: "lacking" }, words.element, button("Try again", retry));
  return {
    /** @param {string} text */
    say: (text) => {
      words.say(text);
      if (!text) element.remove();
      else if (!element.isConnected) instrument.before(element);
    },
  };
}

/**
 * While a file is on its way, ask every other second; the server gives up after half a minute. A room that could not be
 * opened opens by itself, one that is being played does not.
 * @param {Told} told
 * @param {{ signal: AbortSignal, ask: () => Promise<Told>, retry: () => void, say: (text: string) => void }} room
 */
async function watch(told, { signal, ask, retry, say }) {
  const closed = Boolean(told.error);
  while (told.loading) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
    if (signal.aborted) return;
    told = await ask().catch(() => told); // the server is silent: the last word stands
    if (closed && !told.error) return retry();
    say(sentences(told) || "All is here now: press the button to show it.");
  }
}
