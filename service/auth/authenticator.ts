/** Authenticates requests: the principal of a bearer token. */
import { createHash, timingSafeEqual } from "node:crypto";
import type { FastifyRequest } from "fastify";
import type { Peppers } from "../keys/peppers.ts";
import { Refusal } from "../problems.ts";
import type { Database } from "../rows/tables.ts";
import { authenticateToken } from "./access-tokens.ts";
import { networkOf } from "./attempts.ts";
import type { FailedVerifications } from "./failed-verifications.ts";
import { keyPrincipal, type Principal, serviceOwner } from "./principal.ts";
import { type KeyResolver, refusalOf } from "./resolver.ts";

/** The token that a request presents, and the address that it comes from. */
export interface Presented {
  /** The Authorization header. */
  readonly authorization: string | undefined;
  /** The caller's address, as trusted proxies report it. */
  readonly address: string;
}

/** The token and the address of a request. */
export function presentedBy({ headers, ip }: FastifyRequest): Presented {
  return { authorization: headers.authorization, address: ip };
}

/** Authenticates bearer tokens. */
export class Authenticator {
  readonly #ownerTokenHash: Buffer;
  readonly #peppers: Peppers;
  readonly #resolver: KeyResolver;
  readonly #failures: FailedVerifications;

  constructor(ownerToken: string, peppers: Peppers, resolver: KeyResolver, failures: FailedVerifications) {
    this.#ownerTokenHash = sha256(ownerToken);
    this.#peppers = peppers;
    this.#resolver = resolver;
    this.#failures = failures;
  }

  /**
   * The principal of an Authorization header.
   *
   * @param counts whether to record the use or the failure; false if the same request is authenticated again.
   * @throws Refusal `unauthenticated`, with the same message for every reason; `rate_limited` after too many failures.
   */
  async authenticate(
    db: Database,
    { authorization, address }: Presented,
    now: Date,
    counts: boolean,
  ): Promise<Principal> {
    const token = /^Bearer +([\x21-\x7e]+) *$/i.exec(authorization ?? "")?.[1];
    if (token === undefined) {
      throw new Refusal(
        "unauthenticated",
        "Send `Authorization: Bearer …` with the owner token, an API key or an access token.",
      );
    }
    // Compare digests, because a constant-time comparison needs operands of the same length.
    if (timingSafeEqual(sha256(token), this.#ownerTokenHash)) {
      return serviceOwner;
    }
    const principal =
      (await authenticateToken({ db, now }, this.#peppers, token, counts)) ??
      (await this.#authenticateKey(db, token, address, now, counts));
    if (principal === undefined) {
      const failure = { kind: "token_from", subject: networkOf(address), presented: token } as const;
      if (counts) {
        await this.#failures.count(failure, now);
      }
      throw new Refusal(
        "unauthenticated",
        "The token is not valid. Check that it is complete, has not been revoked and has not expired, and is allowed from this address.",
      );
    }
    return principal;
  }

  async #authenticateKey(
    db: Database,
    secret: string,
    address: string,
    now: Date,
    counts: boolean,
  ): Promise<Principal | undefined> {
    const found = await this.#resolver.resolve(db, secret);
    // External API access is for the organization's own services; managing Roster doesn't need it.
    if (found === undefined || refusalOf(found, now, { externalApiAccess: false, address }) !== null) {
      return undefined;
    }
    if (counts) {
      await this.#resolver.noteUse(found, now);
    }
    return keyPrincipal(found);
  }
}

function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
