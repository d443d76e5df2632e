// The colours of the page as it stands now, light or dark: the CSS variables by name, and the classes.
import { classColourOn, rgb } from "./colour.js";
import { css, dark } from "./elements.js";

/**
 * A colour by its name: ink("vae") is the page's --vae, ink("class 3") that of class 3; "#123456" is itself.
 * @param {string} name
 */
export function ink(name) {
  if (/^class \d$/.test(name)) return classColour(Number(name.slice(6)));
  return /^[a-z][a-z-]*$/.test(name) ? css(`--${name}`) || name : name;
}

/** The colour of class k. @param {number} k */
export const classColour = (k) => classColourOn(k, dark());

/** The scale around zero on the page's paper. */
export const zeroScale = () => ({ below: rgb(ink("below")), zero: rgb(ink("zero")), above: rgb(ink("above")) });
