/** Random values of the shapes `@pulumi/random` makes. Every choice is unbiased: `randomInt` rejects what would tilt it. */
import { randomBytes, randomInt, randomUUID } from "node:crypto";

const lowerLetters = "abcdefghijklmnopqrstuvwxyz";
const upperLetters = lowerLetters.toUpperCase();
const digits = "0123456789";
const specialCharacters = "!@#$%&*()-_=+[]{}<>:?";

/**
 * @typedef {object} StringShape
 * @property {number} length
 * @property {boolean} lower
 * @property {boolean} upper
 * @property {boolean} numeric
 * @property {boolean} special
 * @property {number} minLower
 * @property {number} minUpper
 * @property {number} minNumeric
 * @property {number} minSpecial
 * @property {string | undefined} overrideSpecial used in place of the usual special characters
 */

/**
 * The least of each kind first, the rest from all kinds that are allowed, then shuffled, so that
 * the position says nothing.
 *
 * @param {StringShape} shape
 */
export function randomString(shape) {
  const special = shape.overrideSpecial || specialCharacters;
  const kinds = [
    { characters: [...lowerLetters], allowed: shape.lower, least: shape.minLower },
    { characters: [...upperLetters], allowed: shape.upper, least: shape.minUpper },
    { characters: [...digits], allowed: shape.numeric, least: shape.minNumeric },
    { characters: [...special], allowed: shape.special, least: shape.minSpecial },
  ];
  const drawn = kinds.flatMap(({ characters, least }) => draw(characters, least));
  const allowed = kinds.flatMap(({ characters, allowed }) => (allowed ? characters : []));
  drawn.push(...draw(allowed, shape.length - drawn.length));
  return shuffle(drawn).join("");
}

/**
 * @param {string[]} characters
 * @param {number} count
 */
function draw(characters, count) {
  return Array.from({ length: count }, () => characters[randomInt(characters.length)]);
}

/**
 * Fisher and Yates.
 *
 * @template Item
 * @param {Item[]} items
 */
function shuffle(items) {
  for (let last = items.length - 1; last > 0; last--) {
    const chosen = randomInt(last + 1);
    [items[last], items[chosen]] = [/** @type {Item} */ (items[chosen]), /** @type {Item} */ (items[last])];
  }
  return items;
}

/** @param {number} length */
export function randomByteStrings(length) {
  const bytes = randomBytes(length);
  return { base64: bytes.toString("base64"), hex: bytes.toString("hex") };
}

/**
 * @param {number} byteLength
 * @param {string} prefix
 */
export function randomId(byteLength, prefix) {
  const bytes = randomBytes(byteLength);
  const hex = bytes.toString("hex");
  return {
    id: bytes.toString("base64url"),
    b64Std: prefix + bytes.toString("base64"),
    b64Url: prefix + bytes.toString("base64url"),
    dec: prefix + BigInt(`0x${hex}`).toString(),
    hex: prefix + hex,
  };
}

export { randomUUID as randomUuid };
