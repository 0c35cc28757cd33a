/** JSON Web Tokens made by hand, right and wrong, without the library that the service reads them with. */
import { createHmac, createPrivateKey, sign } from "node:crypto";

/** A private key as `ROSTER_SIGNING_KEYS` lists it. */
export type PrivateJwk = ReturnType<typeof import("./service.ts").makeSigningKey>;

/** What a token says before and in its content. */
export interface Token {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
}

/** The parts of a token. */
export function read(token: string): Token {
  const [header, claims] = token.split(".").map((part) => Buffer.from(part, "base64url").toString());
  return { header: JSON.parse(header ?? ""), claims: JSON.parse(claims ?? "") };
}

/** A part of a token, as text in base64url. */
export function encode(value: unknown): string {
  return Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");
}

/** A token that is signed with a private key, whatever its header says. */
export function signed(header: unknown, claims: unknown, jwk: PrivateJwk): string {
  const content = `${encode(header)}.${encode(claims)}`;
  const key = createPrivateKey({ key: jwk as import("node:crypto").webcrypto.JsonWebKey, format: "jwk" });
  const signature =
    key.asymmetricKeyType === "ed25519"
      ? sign(null, Buffer.from(content), key)
      : sign("sha256", Buffer.from(content), { key, dsaEncoding: "ieee-p1363" });
  return `${content}.${signature.toString("base64url")}`;
}

/** A token that is authenticated with a secret that both sides know. */
export function keyed(header: unknown, claims: unknown, secret: string | Buffer): string {
  const content = `${encode(header)}.${encode(claims)}`;
  return `${content}.${createHmac("sha256", secret).update(content).digest("base64url")}`;
}
