/** Principals: who makes a request, and how a token identifies them. */
import { createHash, timingSafeEqual } from "node:crypto";
import type { FastifyRequest } from "fastify";
import { Refusal } from "../problems.ts";
import type { Database } from "../rows/tables.ts";
import { networkOf } from "./attempts.ts";
import type { FailedVerifications } from "./failed-verifications.ts";
import type { FoundSecret } from "./found-secret.ts";
import type { Permission } from "./permissions.ts";
import { findCurrentSecret, type KeyResolver, refusalOf } from "./resolver.ts";
import { Rights } from "./rights.ts";

/** Somebody who makes changes: an identity, and the rights that come with it. */
export interface Principal {
  /** What the identity is, for the audit. */
  readonly kind: "owner" | "api_key" | "user" | "service";
  /** The identity: a key's or user's identifier, `owner` or `service`. Objects record it as their creator. */
  readonly id: string;
  /** The user whose identity this is, if any; rules about "yourself" refer to this user. */
  readonly user: string | null;
  readonly rights: Rights;
}

/** A person or system user. On a page of the service, people act on their own objects without any rights. */
export interface UserPrincipal extends Principal {
  readonly kind: "user";
  readonly user: string;
}

/** The principal of changes that a rule makes. */
export const byRule: Principal = { kind: "service", id: "service", user: null, rights: Rights.none };

/** The holder of the owner token. */
export const serviceOwner: Principal = { kind: "owner", id: "owner", user: null, rights: Rights.ofServiceOwner };

/** Whether a principal has a permission in an organization; null is outside of all organizations. */
export function holds({ rights }: Principal, permission: Permission, organization: string | null): boolean {
  return rights.include(permission, organization);
}

/** Whether a principal acts as the service owner. */
export function isServiceOwner({ rights }: Principal): boolean {
  return rights.areServiceOwners;
}

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
  readonly #resolver: KeyResolver;
  readonly #failures: FailedVerifications;

  constructor(ownerToken: string, resolver: KeyResolver, failures: FailedVerifications) {
    this.#ownerTokenHash = sha256(ownerToken);
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
      throw new Refusal("unauthenticated", "Send `Authorization: Bearer …` with the owner token or an API key.");
    }
    // Compare digests, because a constant-time comparison needs operands of the same length.
    if (timingSafeEqual(sha256(token), this.#ownerTokenHash)) {
      return serviceOwner;
    }
    const found = await this.#resolver.resolve(db, token);
    // External API access is for the organization's own services; managing Roster doesn't need it.
    if (found === undefined || refusalOf(found, now, { externalApiAccess: false, address }) !== null) {
      const failure = { kind: "token_from", subject: networkOf(address), presented: token } as const;
      if (counts) {
        await this.#failures.count(failure, now);
      }
      throw new Refusal(
        "unauthenticated",
        "The token is not valid. Check that it is complete, has not been revoked and has not expired, and is allowed from this address.",
      );
    }
    if (counts) {
      await this.#resolver.noteUse(found, now);
    }
    return principalOf(found);
  }
}

/** A key acts with its own permissions in its own organization. */
function principalOf({ keyId, organizationId, ownerId, permissions }: FoundSecret): Principal {
  return { kind: "api_key", id: keyId, user: ownerId, rights: Rights.in([[organizationId, permissions]]) };
}

/** The stored form of a requester: null if a person made the request for themselves. */
export function requesterOf(principal: Principal): string | null {
  return principal.kind === "owner" || principal.kind === "api_key" ? principal.id : null;
}

/**
 * A stored requester, with its current permissions.
 *
 * A request that a person made for themselves needs no permission, so it is treated like one of the service owner.
 *
 * @param requester the value that `requesterOf` returned.
 * @returns undefined if the requester's key no longer authenticates from any address.
 */
export async function requesterNow(db: Database, requester: string | null, now: Date): Promise<Principal | undefined> {
  if (requester === null || requester === serviceOwner.id) {
    return serviceOwner;
  }
  const found = await findCurrentSecret(db, requester);
  if (found === undefined) {
    return undefined;
  }
  const anywhere = { ...found, allowedIps: null };
  if (refusalOf(anywhere, now, { externalApiAccess: false, address: undefined }) !== null) {
    return undefined;
  }
  return principalOf(found);
}

function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
