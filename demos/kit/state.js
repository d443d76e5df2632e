// The state of a page, typed: every field that a visitor can set, its start, and how it stands in the link.
// Pure: no document here. Controls write it, views follow it, the link is its image (link.js).

/**
 * One field: where it starts, and how it is read from the link and written into it. `parse` answers undefined for a text
 * that is no value of this field. `was`: a name that older links used.
 * @template T
 * @typedef {{
 *   start: T,
 *   was?: string,
 *   parse: (text: string) => T | undefined,
 *   write: (value: T) => string,
 *   same?: (a: T, b: T) => boolean,
 * }} Field
 */

/**
 * A field of numbers on a grid, as a slider shows it.
 * @typedef {Field<number> & { min: number, max: number, step: number, digits: number, log: boolean }} NumberField
 */
/** @typedef {Field<string> & { options: readonly string[] }} ChoiceField */
// A dictionary of fields of whatever type: `never` and `unknown` where a field of T takes and gives its T.
/**
 * @typedef {{ start: unknown, was?: string, parse: (text: string) => unknown, write: (value: never) => string,
 *   same?: (a: never, b: never) => boolean }} AnyField
 */
/** @typedef {Record<string, AnyField>} Fields */
/**
 * The values of a dictionary of fields.
 * @template {Fields} F
 * @typedef {{ [K in keyof F]: F[K] extends Field<infer T> ? T : F[K]["start"] }} Values
 */
/** @typedef {{ drag?: boolean, silent?: boolean }} How */
/**
 * What a view gets: its values, a way to set them, a way to follow them.
 * @template {Fields} F
 * @typedef {{
 *   readonly values: Values<F>,
 *   set: (changes: Partial<Values<F>>, how?: How) => void,
 *   reset: () => void,
 *   follow: (react: (values: Values<F>) => void) => void,
 *   field: <K extends keyof F>(name: K) => F[K],
 * }} State
 */

/** @param {number} value @param {number} step */
const decimals = (value, step) => {
  for (let digits = 0; digits < 8; digits++) {
    if (Math.abs(value * 10 ** digits - Math.round(value * 10 ** digits)) < 1e-6 * step) return digits;
  }
  return 8;
};

/**
 * A number from `min` to `max` in whole multiples of `step` (counted from zero, so that round values are hit exactly).
 * With `log` the slider is logarithmic; the value itself keeps `digits` significant digits.
 * @param {number} min
 * @param {number} max
 * @param {{ start?: number, step?: number, digits?: number, log?: boolean, was?: string }} [options]
 * @returns {NumberField}
 */
export function number(min, max, { start = min, step = 0.01, digits, log = false, was } = {}) {
  const shown = digits ?? (log ? 2 : decimals(step, step));
  /** @param {number} value */
  const snap = (value) => {
    const inside = Math.max(min, Math.min(max, value));
    return log ? Number(inside.toPrecision(shown + 1)) : Number((Math.round(inside / step) * step).toFixed(8));
  };
  return {
    min,
    max,
    step,
    digits: shown,
    log,
    start: snap(start),
    was,
    parse: (text) => {
      const value = text.trim() === "" ? NaN : Number(text);
      return Number.isFinite(value) && value >= min - 1e-9 && value <= max + 1e-9 ? snap(value) : undefined;
    },
    write: (value) => String(snap(value)),
  };
}

/**
 * A whole number from `min` to `max`.
 * @param {number} min
 * @param {number} max
 * @param {{ start?: number, was?: string }} [options]
 * @returns {NumberField}
 */
export function whole(min, max, { start = min, was } = {}) {
  const field = number(min, max, { start, step: 1, digits: 0, was });
  return {
    ...field,
    parse: (text) => /^-?\d+$/.test(text.trim()) ? field.parse(text) : undefined,
  };
}

/**
 * A seed of a random generator.
 * @param {{ start?: number, was?: string }} [options]
 */
export const seed = (options = {}) => whole(0, 2147483647, { start: 0, ...options });

/**
 * One of several words; it starts at the first unless another is named.
 * @param {readonly string[]} options
 * @param {{ start?: string, was?: string }} [more]
 * @returns {ChoiceField}
 */
export function oneOf(options, { start = options[0] ?? "", was } = {}) {
  return {
    options,
    start,
    was,
    parse: (text) => options.includes(text) ? text : undefined,
    write: (value) => value,
  };
}

/**
 * Yes or no.
 * @param {boolean} [start]
 * @param {{ was?: string }} [options]
 * @returns {Field<boolean>}
 */
export function flag(start = false, { was } = {}) {
  return {
    start,
    was,
    parse: (text) => text === "1" ? true : text === "0" ? false : undefined,
    write: (value) => value ? "1" : "0",
  };
}

/**
 * A list of numbers in [min, max], rounded to `digits`; of exactly `length` numbers where it is given.
 * @param {{ start: readonly number[], min?: number, max?: number, digits?: number, length?: number, most?: number, was?: string }} options
 * @returns {Field<readonly number[]>}
 */
export function numbers({ start, min = -1e6, max = 1e6, digits = 2, length, most = 64, was }) {
  return {
    start,
    was,
    parse: (text) => {
      const values = text === "" ? [] : text.split("_").map((part) => part.trim() === "" ? NaN : Number(part));
      const good = values.every((value) => Number.isFinite(value) && value >= min && value <= max);
      if (!good || values.length > most || (length != null && values.length !== length)) return undefined;
      return values.map((value) => Number(value.toFixed(digits)));
    },
    write: (values) => values.map((value) => String(Number(value.toFixed(digits)))).join("_"),
    same: (a, b) => a.length === b.length && a.every((value, i) => value === b[i]),
  };
}

/**
 * A point of a plane or nothing: a place that is pinned on a map.
 * @param {{ digits?: number, limit?: number, was?: string }} [options]
 * @returns {Field<readonly number[] | null>}
 */
export function point({ digits = 3, limit = 1e4, was } = {}) {
  const inner = numbers({ start: [0, 0], min: -limit, max: limit, digits, length: 2 });
  return {
    start: null,
    was,
    parse: (text) => text === "" ? null : inner.parse(text),
    write: (value) => value ? inner.write(value) : "",
    same: (a, b) => a === b || (!!a && !!b && a[0] === b[0] && a[1] === b[1]),
  };
}

/**
 * Free text of at most `most` characters that `accepts` (all of it matched) allows.
 * @param {string} start
 * @param {{ most?: number, accepts?: RegExp, was?: string }} [options]
 * @returns {Field<string>}
 */
export function text(start, { most = 200, accepts = /^[^\p{C}]*$/u, was } = {}) {
  return {
    start,
    was,
    parse: (value) => value.length <= most && accepts.test(value) ? value : undefined,
    write: (value) => value,
  };
}

/**
 * The store of one room's fields. `changed(how)` is called after every change; `read` sets what a link says.
 * @template {Fields} F
 * @param {F} fields
 * @param {(how: How) => void} [changed]
 */
export function createStore(fields, changed = () => {}) {
  /** @type {Set<(values: Values<F>) => void>} */
  const followers = new Set();
  const names = /** @type {(keyof F & string)[]} */ (Object.keys(fields));
  const starts = () => /** @type {Values<F>} */ (Object.fromEntries(names.map((name) => [name, fields[name].start])));
  let values = starts();
  /** @param {keyof F & string} name @param {unknown} a @param {unknown} b */
  const same = (name, a, b) => {
    const compare = /** @type {((a: unknown, b: unknown) => boolean) | undefined} */ (fields[name].same);
    return compare ? compare(a, b) : a === b;
  };
  const tell = () => followers.forEach((react) => react(values));

  /** @param {Partial<Values<F>>} changes @param {How} [how] */
  const set = (changes, how = {}) => {
    const moved = /** @type {(keyof F & string)[]} */ (Object.keys(changes)).filter((name) =>
      name in fields && !same(name, changes[name], values[name])
    );
    if (!moved.length && !how.silent) return;
    values = { ...values, ...Object.fromEntries(moved.map((name) => [name, changes[name]])) };
    if (!how.silent) changed(how);
    tell();
  };

  return {
    fields,
    get values() {
      return values;
    },
    set,
    reset: () => set(starts()),
    /** The part of the link: only what differs from the start. @param {(name: string) => string} named */
    query: (named) =>
      names.filter((name) => !same(name, values[name], fields[name].start)).map((name) => {
        const write = /** @type {(value: unknown) => string} */ (fields[name].write);
        return /** @type {[string, string]} */ ([named(name), write(values[name])]);
      }),
    /**
     * Set all fields from a link: what it does not name goes to its start. Answers the names that it could not use.
     * @param {URLSearchParams} query
     * @param {(name: string) => string} named
     */
    read: (query, named) => {
      /** @type {string[]} */
      const ignored = [];
      const next = /** @type {Record<string, unknown>} */ ({ ...starts() });
      for (const name of names) {
        const { was } = fields[name];
        const key = [named(name), was].find((one) => one && query.has(one));
        if (!key) continue;
        const value = fields[name].parse(query.get(key) ?? "");
        if (value === undefined) ignored.push(key);
        else next[name] = value;
      }
      set(/** @type {Partial<Values<F>>} */ (next), { silent: true });
      return ignored;
    },
    /**
     * The store as a view may use it: what follows it stops when `signal` ends.
     * @param {AbortSignal} signal
     * @returns {State<F>}
     */
    bound: (signal) => ({
      get values() {
        return values;
      },
      set,
      reset: () => set(starts()),
      field: (name) => fields[name],
      follow: (react) => {
        if (signal.aborted) return;
        followers.add(react);
        signal.addEventListener("abort", () => followers.delete(react));
        react(values);
      },
    }),
    /** How many follow it now: a test counts what is left behind. */
    get followers() {
      return followers.size;
    },
  };
}

/**
 * @template {Fields} F
 * @typedef {ReturnType<typeof createStore<F>>} Store
 */
