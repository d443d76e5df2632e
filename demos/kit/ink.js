// The colours of the page as it stands now, light or dark: the CSS variables by name, and the classes.
import { classColourOn, DIVERGING } from "./colour.js";
import { dark } from "./elements.js";

/**
 * The value of a CSS variable of the page: ink("vae") is --vae. Anything else ("#123456", "rgb(...)") is itself.
 * @param {string} name
 * @param {Element} [element] where it is asked for; the page's own element knows every variable
 */
export function ink(name, element = document.querySelector(".page") ?? document.body) {
  if (/^class \d$/.test(name)) return classColour(Number(name.slice(6)));
  return /^[a-z][a-z-]*$/.test(name) ? getComputedStyle(element).getPropertyValue(`--${name}`).trim() || name : name;
}

/** The colour of class k. @param {number} k */
export const classColour = (k) => classColourOn(k, dark());

/** The scale around zero on the page's paper. */
export const zeroScale = () => (dark() ? DIVERGING.dark : DIVERGING.light);
