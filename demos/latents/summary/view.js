// The lecture's table for one's own network, above the lesson that holds it for the lecture's; nothing where there is none.
import * as kit from "../../kit/kit.js";

/** @typedef {{ twins: [name: string, words: string, note: string][] }} Props note: what there is to say of one's own network */
/** @typedef {{ head: string[], rows: string[][], error?: string }} Compared */
/** @typedef {{ compare: (request: { twins: string }) => Promise<Compared> }} Server */

const OURS = "lecture"; // its table stands in the lesson

/** @param {Props} props */
export const fields = ({ twins }) => ({ twins: kit.oneOf(twins.map(([name]) => name)) });

/** @param {kit.Mount<Props, ReturnType<typeof fields>, Server>} mount */
export default function mount({ element, props, server, state }) {
  const notice = kit.notice(), note = kit.el("p", { class: "soft" });
  const table = kit.table({ caption: "Autoencoder against VAE, with your network", quiet: true, head: [], rows: [] });
  const place = kit.el("div"); // of the table, while it is this network's
  const options = props.twins.map(([name, words]) => /** @type {const} */ ([name, words]));
  element.hidden = options.length < 2;
  element.append(
    kit.choice({ label: "Networks", state, field: "twins", options }).element,
    notice.element,
    note,
    place,
  );
  const ask = kit.live(server.compare, (/** @type {Compared} */ { head, rows }, { twins }) => {
    if (!rows.length || twins !== state.values.twins) return; // not measured; another was chosen meanwhile
    table.show({ head, rows: rows.map((row) => row.map(stressed)) });
    place.replaceChildren(table.element);
  }, notice.say);
  state.follow(({ twins }) => {
    note.textContent = props.twins.find(([name]) => name === twins)?.[2] ?? "";
    note.hidden = !note.textContent;
    place.replaceChildren();
    if (twins !== OURS) ask({ twins });
  });
}

/** What the server tells in words, its *stressed* parts set so. @param {string} text */
const stressed = (text) => kit.el("span", {}, text.split("*").map((part, i) => i % 2 ? kit.el("em", {}, part) : part));
