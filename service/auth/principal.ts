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

/** The holder of the owner token, who can do everything. */
export interface ServiceOwner {
  readonly kind: "owner";
  readonly id: "owner";
}

/** An API key, acting with its own permissions in its own organization. */
export interface KeyPrincipal {
  readonly kind: "api_key";
  /** The key's identifier. */
  readonly id: string;
  readonly organization: string;
  /** The user who owns the key, if any; rules about "yourself" refer to this user. */
  readonly user: string | null;
  readonly permissions: ReadonlySet<Permission>;
}

/** A person on a page of the service, who acts on their own objects without any permission. */
export interface UserPrincipal {
  readonly kind: "user";
  /** The user's identifier. */
  readonly id: string;
  readonly user: string;
  readonly organization: null;
  readonly permissions: ReadonlySet<Permission>;
}

/** The service itself, for changes that a rule makes. */
export interface ServicePrincipal {
  readonly kind: "service";
  readonly id: "service";
  readonly user: null;
  readonly organization: null;
  readonly permissions: ReadonlySet<Permission>;
}

/** The principal of changes that a rule makes. */
export const byRule: ServicePrincipal = {
  kind: "service",
  id: "service",
  user: null,
  organization: null,
  permissions: new Set(),
};

/** A principal that sends API requests. */
export type Caller = ServiceOwner | KeyPrincipal;

const serviceOwner: ServiceOwner = { kind: "owner", id: "owner" };

/** Anybody who can make a change. */
export type Principal = Caller | UserPrincipal | ServicePrincipal;

/** Whether a principal has a permission, within its organization. */
export function holds(principal: Principal, permission: Permission): boolean {
  return principal.kind === "owner" || principal.permissions.has(permission);
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
  async authenticate(db: Database, { authorization, address }: Presented, now: Date, counts: boolean): Promise<Caller> {
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

function principalOf(found: FoundSecret): KeyPrincipal {
  return {
    kind: "api_key",
    id: found.keyId,
    organization: found.organizationId,
    user: found.ownerId,
    permissions: new Set(found.permissions),
  };
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
export async function requesterNow(db: Database, requester: string | null, now: Date): Promise<Caller | undefined> {
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
