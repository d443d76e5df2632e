// All that a view may use, under one name: import * as kit from "../../kit/kit.js".

export * from "./bar.js";
export * from "./bytes.js";
export * from "./classes.js";
export * from "./colour.js";
export * from "./cues.js";
export * from "./draggable.js";
export * from "./drawing.js";
export * from "./elements.js";
export * from "./format.js";
export * from "./geometry.js";
export * from "./ink.js";
export * from "./live.js";
export * from "./map.js";
export * from "./pad.js";
export * from "./photo.js";
export * from "./player.js";
export * from "./plot.js";
export * from "./predict.js";
export * from "./random.js";
export * from "./scale.js";
export * from "./scalebar.js";
export * from "./sheet.js";
export * from "./source.js";
export * from "./state.js";
export * from "./strip.js";
export * from "./strokes.js";
export * from "./table.js";

/** @typedef {import("./state.js").Fields} AllFields */
/**
 * What a view is given: see rooms.js.
 * @template P
 * @template {AllFields} F
 * @template {Record<string, (request: never) => Promise<unknown>>} [S=Record<string, never>]
 * @template {AllFields} [B=AllFields]
 * @typedef {import("./rooms.js").Mount<P, F, S, B>} Mount
 */
