/** The format of the secrets that the service generates. */
import { randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";
import { apiKeySecretPattern, type Schemas } from "roster-schema";

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const randomLength = 43;
const checksumLength = 6;

/** What a secret begins with that claims to be of the service's making. */
export const secretMark = "rst_";

/**
 * Makes a secret of 256 random bits.
 *
 * @param kind the API key's; an owner token has the same form, under a kind that no API key has.
 * @see schema/openapi.yaml, `ApiKeySecret`
 */
export function makeSecret(kind: Schemas["ApiKeyKind"] | "owner"): string {
  const body = `${secretMark}${kind}_${base62(BigInt(`0x${randomBytes(32).toString("hex")}`), randomLength)}`;
  return body + checksumOf(body);
}

/** Whether a text is a whole API key of the service's making; a changed character never passes. */
export function isSecret(text: string): boolean {
  return apiKeySecretPattern.test(text) && checksumOf(text.slice(0, -checksumLength)) === text.slice(-checksumLength);
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
  let digits = "";
  // Numbers and not big ones: this is asked of every key that is presented.
  for (let rest = crc32(text); digits.length < checksumLength; rest = Math.floor(rest / 62)) {
    digits = alphabet.charAt(rest % 62) + digits;
  }
  return digits;
}

function base62(value: bigint, length: number): string {
  let text = "";
  for (let rest = value; text.length < length; rest /= 62n) text = alphabet.charAt(Number(rest % 62n)) + text;
  return text;
}
