/** Peppers, and the keyed hashes of secrets. */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";

const minPepperBytes = 32;

/** A secret of the service that keys the hashes of API keys, so that a stolen database reveals nothing about them. */
export interface Pepper {
  readonly version: string;
  readonly secret: Buffer;
}

/**
 * The listed peppers, oldest first. New hashes use the newest pepper; look-ups try every pepper.
 */
export class Peppers {
  readonly all: readonly Pepper[];
  readonly newest: Pepper;

  constructor(all: readonly Pepper[]) {
    const newest = all.at(-1);
    if (newest === undefined) {
      throw new Error("there must be at least one pepper");
    }
    this.all = all;
    this.newest = newest;
  }

  /** The pepper of a version, if it is listed. */
  find(version: string): Pepper | undefined {
    return this.all.find((pepper) => pepper.version === version);
  }
}

/**
 * Parses a list such as `v1:<base64url>,v2:<base64url>`, with at least 32 bytes each and the newest last.
 *
 * @throws Error that says what is wrong, without repeating the value.
 */
export function parsePeppers(text: string): Peppers {
  const all = text.split(",").map((item, index): Pepper => {
    const [, version, encoded] = /^\s*([A-Za-z0-9_.-]{1,32}):([A-Za-z0-9_-]+)=*\s*$/.exec(item) ?? [];
    if (version === undefined || encoded === undefined) {
      throw new Error(`item ${index + 1} does not have the form version:base64url`);
    }
    const secret = Buffer.from(encoded, "base64url");
    if (secret.length < minPepperBytes) {
      throw new Error(`pepper ${version} has ${secret.length} bytes, but needs at least ${minPepperBytes}`);
    }
    return { version, secret };
  });
  if (new Set(all.map(({ version }) => version)).size !== all.length) {
    throw new Error("a version is listed twice");
  }
  return new Peppers(all);
}

/** The stored hash of a secret: HMAC-SHA-256(pepper, SHA-256(secret)), in base64url. */
export function keyedHash(pepper: Pepper, secret: string): string {
  return keyedHashOfDigest(pepper, digestOf(secret));
}

/** The hashes under which a secret may be stored: one for each listed pepper. */
export function keyedHashes({ all }: Peppers, secret: string): string[] {
  return all.map((pepper) => keyedHash(pepper, secret));
}

/** Whether a stored hash is one of these. The index has found its row already; this comparison takes constant time. */
export function isAmong(hashes: readonly string[], stored: string): boolean {
  return hashes.some((hash) => timingSafeEqual(Buffer.from(hash), Buffer.from(stored)));
}

/** The hash with the newest pepper, if a secret is stored with an older one. */
export function rehashOf(
  { newest }: Peppers,
  storedVersion: string,
  secret: string,
): { readonly hash: string; readonly pepperVersion: string } | undefined {
  return storedVersion === newest.version
    ? undefined
    : { hash: keyedHash(newest, secret), pepperVersion: newest.version };
}

/** The stored hash of a secret of which only the SHA-256 is known. */
export function keyedHashOfDigest(pepper: Pepper, digest: Buffer): string {
  return createHmac("sha256", pepper.secret).update(digest).digest("base64url");
}

/** The SHA-256 of a secret. */
export function digestOf(secret: string): Buffer {
  return createHash("sha256").update(secret).digest();
}

/** 12 hexadecimal digits that tell secrets apart, and can't be compared with the stored hash. */
export function fingerprintOf(pepper: Pepper, digest: Buffer): string {
  return createHmac("sha256", pepper.secret).update("fingerprint").update(digest).digest("hex").slice(0, 12);
}
