import { randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const randomLength = 43;
const checksumLength = 6;

/**
 * The form of a secret that the service makes: `rst_<kind>_`, 256 random bits in Base62 (43 characters) and the CRC-32
 * of everything before it in Base62 (6 characters). For secret scanners.
 */
export const secretPattern = /^rst_([a-z]+)_([0-9A-Za-z]{43})([0-9A-Za-z]{6})$/;

/** What a secret begins with that claims to be of the service's making. */
export const secretMark = "rst_";

/** Makes a secret of 256 random bits; see `secretPattern`. */
export function makeSecret(kind: string): string {
  const body = `${secretMark}${kind}_${base62(BigInt(`0x${randomBytes(32).toString("hex")}`), randomLength)}`;
  return body + checksumOf(body);
}

/** Whether a text is a whole secret of the service's making; a changed character never passes. */
export function isSecret(text: string): boolean {
  return secretPattern.test(text) && checksumOf(text.slice(0, -checksumLength)) === text.slice(-checksumLength);
}

/** Whether a text claims to be a secret of the service's making, and isn't: nothing needs to be looked up to refuse it. */
export function isBroken(text: string): boolean {
  return text.startsWith(secretMark) && !isSecret(text);
}

/** What lists show of a secret: its kind and the 4 characters that follow. */
export function prefixOf(secret: string, kind: string): string {
  return secret.slice(0, `${secretMark}${kind}_`.length + 4);
}

function checksumOf(text: string): string {
  return base62(BigInt(crc32(text)), checksumLength);
}

function base62(value: bigint, length: number): string {
  let text = "";
  for (let rest = value; text.length < length; rest /= 62n) text = alphabet.charAt(Number(rest % 62n)) + text;
  return text;
}
