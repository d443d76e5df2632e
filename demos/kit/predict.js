// Predict, then reveal: a question, a guess (one of a few answers, or a number), and only then what is measured here,
// with the guess beside it.
import { button, el, fieldOf } from "./elements.js";
import { units } from "./format.js";

/** @typedef {string | Node | (string | Node)[]} PredictWords */
/**
 * @typedef {object} NumberGuess
 * @property {number} min
 * @property {number} max
 * @property {number} [step]
 * @property {string | [one: string, many: string]} [unit]
 * @property {number} [digits]
 */
/**
 * @typedef {object} PredictOptions
 * @property {string} question
 * @property {readonly (readonly [value: string, words: string])[]} [options] either these to choose from
 * @property {NumberGuess} [number] or a number to type
 * @property {() => string | number | null | Promise<string | number | null>} truth measured when it is asked for; null:
 *   the page has no single answer
 * @property {(guess: string | number, truth: string | number | null) => PredictWords} [words] why, with its numbers
 * @property {(guess: string | number) => void} [onReveal] the instrument shows it
 * @property {import("./elements.js").AnyState} [state] what holds the guess, so that a link carries it
 * @property {string} [field] of the state: its start is no guess yet
 */

let serial = 0;

/** @param {PredictOptions} options */
export const predict = (options) => new Prediction(options);

export class Prediction {
  /** @type {string | number | null} */
  guess = null;

  /** @param {PredictOptions} options */
  constructor(options) {
    this.options = options;
    const id = `predict-${++serial}`;
    this.answer = el("div", { class: "predict-answer", role: "status" });
    this.act = el("div", { class: "predict-act" });
    this.element = el(
      "section",
      { class: "predict", "aria-labelledby": id },
      el("p", { class: "predict-question", id }, options.question),
      this.act,
      this.answer,
    );
    this.#ask();
    if (options.state && options.field) this.#follow(options.state, options.field);
  }

  /** @type {((guess: string | number | null) => void) | null} */
  #keep = null;

  /** @param {import("./elements.js").AnyState} state @param {string} name */
  #follow(state, name) {
    const { field, set, follow } = fieldOf(state, name);
    const { start } = /** @type {import("./state.js").Field<string | number>} */ (field);
    this.#keep = (guess) => set(guess ?? start);
    follow((value) => {
      const guess = value === start ? null : /** @type {string | number} */ (value);
      if (guess === this.guess) return;
      if (guess === null) this.#ask();
      else this.#show(guess);
    });
  }

  /** Ask again. */
  reset() {
    this.#ask();
    this.#keep?.(null);
  }

  #ask() {
    const { options, number } = this.options;
    this.guess = null;
    this.element.classList.remove("revealed");
    this.answer.replaceChildren();
    if (number) this.act.replaceChildren(this.#numberForm(number));
    else {this.act.replaceChildren(...(options ?? []).map(([value, words]) =>
        button(words, () => this.reveal(value), { pressed: false })
      ));}
  }

  /** @param {NumberGuess} number */
  #numberForm({ min, max, step = 1, unit = "" }) {
    const field = el("input", { type: "number", min, max, step, required: true, "aria-label": "your guess" });
    const noun = typeof unit === "string" ? unit : unit[1];
    const form = el(
      "form",
      { class: "predict-form" },
      el("label", {}, "Your guess ", field),
      noun ? el("span", {}, noun) : null,
      el("button", { type: "submit", class: "button main" }, "Reveal"),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (field.checkValidity()) this.reveal(Number(field.value));
    });
    return form;
  }

  /** Show the answer to this guess. @param {string | number} guess */
  reveal(guess) {
    this.guess = guess;
    this.#keep?.(guess);
    this.options.onReveal?.(guess);
    return this.#show(guess);
  }

  /** @param {string | number} guess */
  async #show(guess) {
    this.guess = guess;
    const truth = await this.options.truth();
    if (this.guess !== guess) return; // asked again meanwhile
    this.element.classList.add("revealed");
    const shown = this.options.number
      ? this.#numbers(this.options.number, Number(guess), truth)
      : this.#choices(String(guess), truth);
    const words = this.options.words?.(guess, truth);
    const again = button("Ask me again", () => {
      this.reset();
      /** @type {HTMLElement | null} */ (this.act.querySelector("button, input"))?.focus();
    }, { kind: "quiet" });
    this.answer.replaceChildren(shown, words ? el("p", { class: "predict-words" }, words) : "", again);
  }

  /**
   * The answers again, with the guess and the truth marked.
   * @param {string} guess
   * @param {string | number | null} truth
   */
  #choices(guess, truth) {
    for (const [i, [value, words]] of (this.options.options ?? []).entries()) {
      const one = this.act.children[i], right = value === truth, chosen = value === guess;
      const marks = [chosen ? "your guess" : "", right ? "measured" : ""].filter(Boolean).join(", ");
      one.setAttribute("aria-pressed", String(chosen));
      one.className = `button${chosen && truth !== null ? (right ? " right" : " wrong") : ""}${right ? " truth" : ""}`;
      one.replaceChildren(words, marks ? el("span", { class: "predict-mark" }, marks) : "");
    }
    const verdict = truth === null ? "" : guess === truth ? "✓ As you said." : "✗ Not so.";
    return el("p", { class: `predict-verdict ${guess === truth ? "right" : "wrong"}` }, verdict);
  }

  /**
   * Guess and truth on one line from min to max.
   * @param {NumberGuess} number
   * @param {number} guess
   * @param {string | number | null} truth
   */
  #numbers({ min, max, unit = "", digits = 0 }, guess, truth) {
    const rows = /** @type {[string, number | null, string][]} */ ([
      ["your guess", guess, "guess"],
      ["measured here", truth === null ? null : Number(truth), "truth"],
    ]);
    return el(
      "div",
      { class: "predict-scale" },
      rows.map(([name, value, kind]) => {
        const fill = el("span", { class: "bar-fill" });
        fill.style.width = `${100 * Math.max(0, Math.min(1, (Number(value) - min) / (max - min)))}%`;
        const text = value === null ? "–" : units(value, unit, Number.isInteger(value) ? 0 : digits);
        return el(
          "div",
          { class: `predict-row ${kind}` },
          el("span", {}, name),
          el("span", { class: "bar", "aria-hidden": "true" }, fill),
          el("b", {}, text),
        );
      }),
    );
  }
}

/**
 * A question whose answer is words alone: think, then open it.
 * @param {string} question
 * @param {...(string | Node)} answer
 */
export const reveal = (question, ...answer) =>
  el("details", { class: "predict-details" }, el("summary", {}, question), el("p", {}, answer));
