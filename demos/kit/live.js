// Asking the server: one function for each of a room's calls, pictures as bytes, and the newest request wins.

/** What a call answers: its keys, or a sentence; `loading`: a file that it needs is on its way.
 * @typedef {Record<string, unknown> & { error?: string, loading?: boolean }} Answer */

const PAUSE = 1_000; // ms between two questions for what a file from the Hub is needed
const SILENT = "The server does not answer. The picture shows the last state; it will try again with your next move.";

/**
 * One request as bytes: a line of JSON, then the pictures that stand in it as "@0", "@1" ..., each after its length.
 * @param {string} call
 * @param {Record<string, unknown>} request
 */
export function pack(call, request) {
  /** @type {Uint8Array[]} */
  const pictures = [];
  const line = JSON.stringify({ call, ...request }, (_, value) => {
    if (!(value instanceof Uint8Array)) return value;
    pictures.push(value);
    return `@${pictures.length - 1}`;
  });
  const head = new TextEncoder().encode(`${line}\n`);
  const body = new Uint8Array(pictures.reduce((size, picture) => size + 4 + picture.length, head.length));
  body.set(head);
  let at = head.length;
  for (const picture of pictures) {
    new DataView(body.buffer).setUint32(at, picture.length, true);
    body.set(picture, at + 4);
    at += 4 + picture.length;
  }
  return body;
}

let pending = 0;

/** Say on the page how many answers it waits for: whoever compares pictures waits until there are none. @param {number} by */
function busy(by) {
  pending += by;
  document.documentElement.dataset.busy = String(pending);
}

/**
 * The server's functions of one room: server.film({...}) -> promise of its answer; {error} when it refused.
 * @param {URL} address
 * @param {AbortSignal} signal
 * @param {(sentence: string) => void} [say] what the visitor reads while a network is on its way from the Hub
 * @returns {Record<string, (request?: Record<string, unknown>) => Promise<unknown>>}
 */
export function connect(address, signal, say = () => {}) {
  /** @param {Uint8Array<ArrayBuffer>} body @returns {Promise<Answer>} */
  const ask = async (body) => {
    const headers = { "Content-Type": "application/octet-stream" };
    const response = await fetch(address, { method: "POST", body, headers, signal });
    const answer = await response.json().catch((error) => {
      if (signal.aborted) throw error; // the room was left while the answer came
      return { error: `The server's answer could not be read (${response.status}).` };
    });
    return response.ok || answer.error ? answer : { error: `The server refused (${response.status}).` };
  };
  /** @param {string} call */
  const caller = (call) => async (/** @type {Record<string, unknown>} */ request = {}) => {
    busy(1);
    try {
      const body = pack(call, request);
      let answer = await ask(body), waited = false;
      while (answer.loading) { // the server gives up after half a minute
        say(answer.error ?? ""), waited = true;
        await new Promise((resolve) => setTimeout(resolve, PAUSE));
        answer = await ask(body);
      }
      if (waited) say(answer.error ?? "");
      return answer;
    } finally {
      busy(-1);
    }
  };
  return new Proxy({}, { get: (_, call) => caller(String(call)) });
}

/**
 * live(server.film, show, fail) -> ask(request): one call in flight, only the newest request waits, answers stay in order.
 * A slow answer never overtakes a newer one, and the last state asked for is always the one shown in the end.
 * @template {object} R
 * @template {{ error?: string }} A
 * @param {(request: R) => Promise<A>} call
 * @param {(answer: A, request: R) => void} show
 * @param {(sentence: string) => void} [fail] with "" when all is well
 */
export function live(call, show, fail = () => {}) {
  let busy = false;
  /** @type {{ request: R } | null} */
  let next = null;
  return async (/** @type {R} */ request) => {
    next = { request };
    if (busy) return;
    busy = true;
    while (next) {
      const { request: current } = /** @type {{ request: R }} */ (next);
      next = null;
      try {
        const answer = await call(current);
        fail(answer.error ?? "");
        if (!answer.error) show(answer, current);
      } catch (error) {
        if (error instanceof DOMException && error.name === "AbortError") break; // the room was left
        if (!(error instanceof TypeError)) console.error(error);
        fail(SILENT);
      }
    }
    busy = false;
  };
}

/**
 * rested(ask) -> ask(request): the first at once, then the newest when none has come for `pause` ms; for heavy work.
 * @template R
 * @param {(request: R) => void} ask
 * @param {number} [pause]
 */
export function rested(ask, pause = 90) {
  let timer = 0;
  /** @type {{ request: R } | null} */
  let next = null;
  return (/** @type {R} */ request) => {
    if (timer) next = { request };
    else ask(request);
    clearTimeout(timer);
    timer = setTimeout(() => {
      timer = 0;
      if (next) ask(next.request);
      next = null;
    }, pause);
  };
}
