/** Signs and verifies API keys in JWT format. */
import { type CryptoKey, compactVerify, importJWK, type JWK, SignJWT } from "jose";
import type { Schemas } from "roster-schema";

const issuer = "urn:roster";

type Algorithm = Schemas["SigningKey"]["alg"];

interface SigningKey {
  readonly kid: string;
  readonly alg: Algorithm;
  readonly publicJwk: Schemas["SigningKey"];
  readonly publicKey: CryptoKey;
  readonly privateKey: CryptoKey;
}

/** The claims of a JWT key; each use compares them with the stored key. */
export interface KeyClaims {
  readonly jti: string;
  readonly organizationId: string;
  readonly ownerId: string;
  readonly expiresAt: Date | null;
}

/** Signs JWT keys with the newest signing key, and verifies them; each signing key has a fixed algorithm. */
export class SigningKeys {
  readonly #all: readonly SigningKey[];
  readonly #newest: SigningKey;

  constructor(all: readonly SigningKey[]) {
    const newest = all.at(-1);
    if (newest === undefined) {
      throw new Error("there must be at least one signing key");
    }
    this.#all = all;
    this.#newest = newest;
  }

  /** The published key set (RFC 7517). */
  get published(): Schemas["SigningKeys"] {
    return { keys: this.#all.map(({ publicJwk }) => publicJwk) };
  }

  /** The identifiers of the listed keys. */
  get kids(): string[] {
    return this.#all.map(({ kid }) => kid);
  }

  /** The identifier of the key that signs. */
  get newestKid(): string {
    return this.#newest.kid;
  }

  /** Signs a token; it expires only if its key does. */
  async sign(claims: KeyClaims, now: Date): Promise<string> {
    const token = new SignJWT()
      .setProtectedHeader({ alg: this.#newest.alg, kid: this.#newest.kid, typ: "JWT" })
      .setIssuer(issuer)
      .setAudience(claims.organizationId)
      .setSubject(claims.ownerId)
      .setJti(claims.jti)
      .setIssuedAt(now);
    if (claims.expiresAt !== null) {
      token.setExpirationTime(claims.expiresAt);
    }
    return await token.sign(this.#newest.privateKey);
  }

  /** Returns the claims of a token; undefined if no listed key signed it, or it is malformed. */
  async verify(token: string): Promise<(KeyClaims & { readonly kid: string }) | undefined> {
    // Accept only the canonical encoding, so that each token is exactly one text.
    if (!token.split(".").every(isCanonical)) {
      return undefined;
    }
    try {
      const { payload, protectedHeader } = await compactVerify(token, (header) => {
        const key = this.#all.find(({ kid, alg }) => kid === header.kid && alg === header.alg);
        if (key === undefined) {
          throw new Error("no listed key has this kid and algorithm");
        }
        return key.publicKey;
      });
      const claims: unknown = JSON.parse(new TextDecoder().decode(payload));
      const read = readClaims(claims);
      return read === undefined || protectedHeader.kid === undefined
        ? undefined
        : { ...read, kid: protectedHeader.kid };
    } catch {
      // An invalid token identifies nobody.
      return undefined;
    }
  }
}

function isCanonical(part: string): boolean {
  return Buffer.from(part, "base64url").toString("base64url") === part;
}

function readClaims(claims: unknown): KeyClaims | undefined {
  if (typeof claims !== "object" || claims === null) {
    return undefined;
  }
  const { iss, aud, sub, jti, exp } = claims as Record<string, unknown>;
  if (iss !== issuer || typeof aud !== "string" || typeof sub !== "string" || typeof jti !== "string") {
    return undefined;
  }
  if (exp === undefined) {
    return { jti, organizationId: aud, ownerId: sub, expiresAt: null };
  }
  if (typeof exp !== "number") {
    return undefined;
  }
  const expiresAt = new Date(exp * 1000);
  // An invalid date would never count as expired.
  return Number.isNaN(expiresAt.getTime()) ? undefined : { jti, organizationId: aud, ownerId: sub, expiresAt };
}

/**
 * Parses a JSON array of private JWKs with `kid`, Ed25519 (EdDSA) or P-256 (ES256), the newest last.
 *
 * @throws Error that says what is wrong, without repeating the value.
 */
export async function parseSigningKeys(text: string): Promise<SigningKeys> {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    throw new Error("it is not JSON");
  }
  if (!Array.isArray(list)) {
    throw new Error("it is not a JSON array");
  }
  const all = await Promise.all(list.map(importSigningKey));
  if (new Set(all.map(({ kid }) => kid)).size !== all.length) {
    throw new Error("a kid is listed twice");
  }
  return new SigningKeys(all);
}

async function importSigningKey(jwk: JWK, index: number): Promise<SigningKey> {
  const place = `key ${index + 1}`;
  const { kid, d, kty, crv, x, y } = typeof jwk === "object" && jwk !== null ? jwk : {};
  if (typeof kid !== "string" || kid === "" || kid.length > 128) {
    throw new Error(`${place} has no kid`);
  }
  if (typeof d !== "string" || typeof x !== "string") {
    throw new Error(`${place} is not a private key`);
  }
  const alg: Algorithm | undefined =
    kty === "OKP" && crv === "Ed25519" ? "EdDSA" : kty === "EC" && crv === "P-256" ? "ES256" : undefined;
  if (alg === undefined || kty === undefined) {
    throw new Error(`${place} is neither Ed25519 nor P-256`);
  }
  const publicMembers: Record<string, string> = { crv: crv ?? "", x, ...(typeof y === "string" ? { y } : {}) };
  const publicJwk = { ...publicMembers, kty, kid, alg, use: "sig" } as Schemas["SigningKey"];
  try {
    const imported = { ...publicMembers, kty };
    return {
      kid,
      alg,
      publicJwk,
      publicKey: (await importJWK(imported, alg)) as CryptoKey,
      privateKey: (await importJWK({ ...imported, d }, alg)) as CryptoKey,
    };
  } catch {
    throw new Error(`${place} is not a valid private JWK`);
  }
}
