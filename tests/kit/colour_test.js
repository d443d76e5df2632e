import {
  CLASS_COLOURS,
  classColourOn,
  contrast,
  diverging,
  grey,
  luminance,
  mix,
  rgb,
  rgbText,
  textOn,
} from "../../demos/kit/colour.js";
import { equal, holds, near } from "./expect.js";

/** The page's own colours, as its style sheet has them. */
const SHEET = Deno.readTextFileSync(new URL("../../demos/kit/page.css", import.meta.url));
/** @param {":root" | ":root:has(body.dark)"} block @param {string} name */
function variable(block, name) {
  const text = SHEET.slice(SHEET.indexOf(`${block} {`)).split("}")[0];
  const found = new RegExp(`--${name}: (#[0-9a-f]{6})`).exec(text)?.[1];
  holds(found, `page.css has --${name} in ${block}`);
  return found;
}
const THEMES = /** @type {const} */ ([["light", ":root"], ["dark", ":root:has(body.dark)"]]);

Deno.test("every class colour has a contrast of 3 against paper and panel, light and dark", () => {
  for (const [theme, block] of THEMES) {
    for (const [k, colour] of CLASS_COLOURS[theme].entries()) {
      for (const paper of [variable(block, "paper"), variable(block, "panel")]) {
        const ratio = contrast(rgb(colour), rgb(paper));
        holds(ratio >= 3, `class ${k}, ${colour} on ${paper}: ${ratio}`);
      }
    }
  }
});

Deno.test("no two classes have the same colour, and the eleventh is called like the first", () => {
  for (const theme of /** @type {const} */ (["light", "dark"])) equal(new Set(CLASS_COLOURS[theme]).size, 10);
  equal(classColourOn(10, true), CLASS_COLOURS.dark[0]);
  equal(classColourOn(3, false), CLASS_COLOURS.light[3]);
});

/** @param {":root" | ":root:has(body.dark)"} block */
const zeroScale = (block) => ({
  below: rgb(variable(block, "below")),
  zero: rgb(variable(block, "zero")),
  above: rgb(variable(block, "above")),
});

Deno.test("the scale around zero is symmetric: equal values of either sign lie equally far on the way to their end", () => {
  for (const [, block] of THEMES) {
    const scale = zeroScale(block);
    equal(diverging(0, scale), scale.zero);
    equal(diverging(-1, scale), scale.below);
    equal(diverging(1, scale), scale.above);
    for (let share = 0; share <= 1; share += 1 / 64) {
      const [down, up] = [diverging(-share, scale), diverging(share, scale)];
      for (let c = 0; c < 3; c++) {
        near(down[c] - scale.zero[c], share * (scale.below[c] - scale.zero[c]), 1e-9);
        near(up[c] - scale.zero[c], share * (scale.above[c] - scale.zero[c]), 1e-9);
      }
    }
  }
});

Deno.test("both ends of the scale around zero stand out from it, and neither by a fifth more than the other", () => {
  for (const [, block] of THEMES) {
    const { below, zero, above } = zeroScale(block), ends = [contrast(below, zero), contrast(above, zero)];
    holds(Math.min(...ends) >= 3, `${block}: ${ends}`);
    holds(Math.max(...ends) / Math.min(...ends) < 1.2, `${block}: ${ends}`);
  }
});

Deno.test("beyond its limits the scale stays at its ends; what is no number is zero", () => {
  const scale = zeroScale(":root");
  equal(diverging(7, scale), scale.above);
  equal(diverging(-Infinity, scale), scale.below);
  equal(diverging(NaN, scale), scale.zero);
});

Deno.test("luminance and contrast are those of WCAG", () => {
  near(contrast([0, 0, 0], [255, 255, 255]), 21, 1e-9);
  near(contrast(rgb("#777"), rgb("#fff")), 4.48, 0.005); // the textbook grey that just fails 4.5
  near(luminance([255, 0, 0]), 0.2126, 1e-9);
  equal(contrast([9, 9, 9], [200, 1, 3]), contrast([200, 1, 3], [9, 9, 9]));
});

Deno.test("colours are read and written", () => {
  equal(rgb("#0b62c4"), [11, 98, 196]);
  equal(rgb(" #fff "), [255, 255, 255]);
  equal(rgb("rgb(1, 2, 3)"), [1, 2, 3]);
  equal(rgbText(rgb("#0b62c4")), "rgb(11, 98, 196)");
  equal(mix([0, 0, 0], [10, 20, 30], 0.5), [5, 10, 15]);
  let refused = false;
  try {
    rgb("blue");
  } catch {
    refused = true;
  }
  holds(refused, "a name is refused, not read as black");
});

Deno.test("greys rise from black to white, and text on a colour is readable", () => {
  equal(grey(0), [0, 0, 0]);
  equal(grey(1), [255, 255, 255]);
  for (let i = 0; i < 64; i++) holds(grey((i + 1) / 64)[0] > grey(i / 64)[0], "greys rise");
  for (let i = 0; i <= 255; i++) holds(contrast([i, i, i], rgb(textOn([i, i, i]))) >= 4.5, `text on grey ${i}`);
});
