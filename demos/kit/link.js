// The link of the page: ?tab=vae&step=film&film_t=0.3 opens it in that state, anywhere. Pure: no document, no history.

/** @typedef {{ key: string, title: string, lead: string, start: string, steps: Step[] }} Tab */
/** @typedef {{ room: string, question: string, bench: boolean }} Step */
/** @typedef {{ tab: Tab, step: number }} Place the open tab and its step; 0 is the instrument that the tab opens with */

export const LONGEST = 2000; // characters of a link that travels through mails and chats in one piece

/** Names in the query that are the page's own and of no room; what is not known is not carried on (a token, say). */
const FRAME = ["lecture", "embed", "hide", "__theme", "view", "lang"];

/**
 * The open tab and step of a link; what it names and does not exist is left out and listed in `ignored`.
 * @param {URLSearchParams} query
 * @param {readonly Tab[]} tabs
 * @returns {Place & { ignored: string[] }}
 */
export function placeOf(query, tabs) {
  /** @type {string[]} */
  const ignored = [];
  const key = query.get("tab");
  const found = tabs.find((tab) => tab.key === key);
  if (key != null && !found) ignored.push("tab");
  const tab = found ?? tabs[0], wanted = query.get("step") ?? "";
  const byName = tab.steps.findIndex((step) => step.room === wanted) + 1;
  const byNumber = /^\d{1,3}$/.test(wanted) ? Number(wanted) : -1;
  const step = wanted === "" || wanted === tab.start ? 0 : byName || byNumber;
  if (step < 0 || step > tab.steps.length) ignored.push("step");
  return { tab, step: step < 0 || step > tab.steps.length ? 0 : step, ignored };
}

/** The link's name of a field: of the tab's first instrument <tab>_<field>, of a step's room <room>_<field>.
 * @param {Tab} tab @param {string} room */
export const namer = (tab, room) => (/** @type {string} */ field) => `${room === tab.start ? tab.key : room}_${field}`;

/**
 * The query of a state: the place, the frame's own settings as they stand in `before`, then the fields that differ from
 * their starts. Where it would be longer than LONGEST, the longest fields are left out and named.
 * @param {Place} place
 * @param {readonly (readonly [string, string])[]} fields
 * @param {URLSearchParams} before
 * @param {number} [room] characters that the address before the "?" takes
 */
export function queryOf({ tab, step }, fields, before, room = 0) {
  const query = new URLSearchParams({ tab: tab.key });
  if (step) query.set("step", tab.steps[step - 1].room);
  for (const name of FRAME) if (before.has(name)) query.set(name, before.get(name) ?? "");
  for (const [name, value] of fields) query.set(name, value);
  /** @type {string[]} */
  const left = [];
  const longest = [...fields].sort((a, b) => b[1].length - a[1].length);
  while (query.toString().length + room + 1 > LONGEST && longest.length) {
    const [[name]] = longest.splice(0, 1);
    query.delete(name);
    left.push(name);
  }
  return { query, left };
}

/** The step as the link says it, for the history: two places are the same page or not. @param {Place} a @param {Place} b */
export const samePlace = (a, b) => a.tab.key === b.tab.key && a.step === b.step;

/**
 * The address to share. Inside a Space the page is a frame, and its own address is not the visitor's: there it is the
 * Space's page that is shared.
 * @param {string} here the page's own address without query
 * @param {URLSearchParams} query
 * @param {string | null} space the id of the Space (owner/name), or null
 */
export const shareable = (here, query, space) => `${space ? `https://huggingface.co/spaces/${space}` : here}?${query}`;
