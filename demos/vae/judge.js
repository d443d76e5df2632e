// Who says what a picture is: of digits the judge, which knows "no digit"; of garments the classifier, which can only be
// sure or not.

/** @param {string} dataset */
export const judge = (dataset) => dataset === "digits" ? "the judge" : "the classifier";

/** What a share of accepted pictures is a share of. @param {string} dataset */
export const accepted = (dataset) => dataset === "digits" ? "digits to the judge" : "sure, says the classifier";

/** One picture's verdict. @param {string} dataset @param {boolean} yes */
export const said = (dataset, yes) => dataset === "digits" ? `${yes ? "a" : "no"} digit` : `${yes ? "" : "not "}sure`;
