// Arrays of numbers as they travel: base64 of bytes and of little-endian float32. Pure: no document.

/** @param {string} base64 @returns {Uint8Array<ArrayBuffer>} */
export const bytes = (base64) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));

/** @param {string} base64 of float32 @returns {Float32Array<ArrayBuffer>} */
export const floats = (base64) => new Float32Array(bytes(base64).buffer);

/** @param {Uint8Array | Float32Array} array @returns {string} */
export function toBase64(array) {
  const raw = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  let text = "";
  for (let i = 0; i < raw.length; i += 0x8000) { // in parts: a call takes only so many arguments
    text += String.fromCharCode(...raw.subarray(i, i + 0x8000));
  }
  return btoa(text);
}
