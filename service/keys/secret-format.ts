/** The format of the secrets that the service generates. */
import { randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";
import { accessTokenPattern, apiKeySecretPattern, type Schemas } from "roster-schema";

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const randomLength = 43;
const checksumLength = 6;

/** The prefix of every secret that the service generates. */
export const secretMark = "rst_";

/** What a secret is: an API key of a kind, an access token, or an owner token. */
export type SecretKind = Schemas["ApiKeyKind"] | "token" | "owner";

/**
 * Generates a secret with 256 random bits.
 *
 * @see schema/openapi.yaml, `ApiKeySecret`
 */
export function makeSecret(kind: SecretKind): string {
  const body = `${secretMark}${kind}_${base62(BigInt(`0x${randomBytes(32).toString("hex")}`), randomLength)}`;
  return body + checksumOf(body);
}

/** Whether a text is a complete API key or access token; the checksum detects every changed character. */
export function isSecret(text: string): boolean {
  return (
    (apiKeySecretPattern.test(text) || isAccessToken(text)) &&
    checksumOf(text.slice(0, -checksumLength)) === text.slice(-checksumLength)
  );
}

/** Whether a text has the form of an access token; see `isBroken` for its checksum. */
export function isAccessToken(text: string): boolean {
  return accessTokenPattern.test(text);
}

/** Whether a text has the service's prefix but is malformed, so that it can be refused without a look-up. */
export function isBroken(text: string): boolean {
  return text.startsWith(secretMark) && !isSecret(text);
}

/** The part of a secret that lists show: its kind and the next 4 characters. */
export function prefixOf(secret: string, kind: SecretKind): string {
  return secret.slice(0, `${secretMark}${kind}_`.length + 4);
}

function checksumOf(text: string): string {
  let digits = "";
  // Use numbers instead of bigints for speed: this runs for every presented key.
  for (let rest = crc32(text); digits.length < checksumLength; rest = Math.floor(rest / 62)) {
    digits = alphabet.charAt(rest % 62) + digits;
  }
  return digits;
}

function base62(value: bigint, length: number): string {
  let text = "";
  for (let rest = value; text.length < length; rest /= 62n) {
    text = alphabet.charAt(Number(rest % 62n)) + text;
  }
  return text;
}
