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

/** Whoever holds the owner token: may do everything everywhere. */
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
  /** The user who owns the key, if any: whom the rules about "oneself" mean. */
  readonly user: string | null;
  readonly permissions: ReadonlySet<Permission>;
}

/** A person on a page of the service: acts on what is theirs, and holds no permission there. */
export interface UserPrincipal {
  readonly kind: "user";
  /** The user's identifier. */
  readonly id: string;
  readonly user: string;
  readonly organization: null;
  readonly permissions: ReadonlySet<Permission>;
}

/** The service by itself, where a rule acts and nobody in particular. */
export interface ServicePrincipal {
  readonly kind: "service";
  readonly id: "service";
  readonly user: null;
  readonly organization: null;
  readonly permissions: ReadonlySet<Permission>;
}

/** The service where it acts by rule. */
export const byRule: ServicePrincipal = {
  kind: "service",
  id: "service",
  user: null,
  organization: null,
  permissions: new Set(),
};

/** Who makes a request of the API. */
export type Caller = ServiceOwner | KeyPrincipal;

const serviceOwner: ServiceOwner = { kind: "owner", id: "owner" };

/** Who acts. */
export type Principal = Caller | UserPrincipal | ServicePrincipal;

/** Whether a caller has a permission, wherever it may act at all. */
export function holds(principal: Principal, permission: Permission): boolean {
  return principal.kind === "owner" || principal.permissions.has(permission);
}

/** What a request authenticates with, and where it comes from. */
export interface Presented {
  /** The Authorization header. */
  readonly authorization: string | undefined;
  /** The caller's address, by what trusted proxies say of it. */
  readonly address: string;
}

/** What a request presents. */
export function presentedBy({ headers, ip }: FastifyRequest): Presented {
  return { authorization: headers.authorization, address: ip };
}

/** Tells who presents a bearer token. */
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
   * @param counts whether this is the key's use, or somebody's failure; false where the same request asks again.
   * @throws Refusal `unauthenticated`, in the same words whatever the reason; `rate_limited` in its place where that
   * happened too often.
   */
  async authenticate(db: Database, { authorization, address }: Presented, now: Date, counts: boolean): Promise<Caller> {
    const token = /^Bearer +([\x21-\x7e]+) *$/i.exec(authorization ?? "")?.[1];
    if (token === undefined) {
      throw new Refusal("unauthenticated", "Send `Authorization: Bearer …` with the owner token or an API key.");
    }
    // Digests are compared, because a comparison in constant time needs operands of one length.
    if (timingSafeEqual(sha256(token), this.#ownerTokenHash)) return serviceOwner;
    const found = await this.#resolver.resolve(db, token);
    // Managing Roster doesn't depend on external API access: that is about the organization's own services.
    if (found === undefined || refusalOf(found, now, { externalApiAccess: false, address }) !== null) {
      const failure = { kind: "token_from", subject: networkOf(address), presented: token } as const;
      if (counts) await this.#failures.count(failure, now);
      throw new Refusal(
        "unauthenticated",
        "The token authenticates nobody. Check that it is complete, neither revoked nor expired, and may be used from here.",
      );
    }
    if (counts) await this.#resolver.noteUse(found, now);
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

/** How it is kept who asked for something: null where nobody but a person did, for themselves. */
export function requesterOf(principal: Principal): string | null {
  return principal.kind === "owner" || principal.kind === "api_key" ? principal.id : null;
}

/**
 * Who asked for something, with what they may do at this moment.
 *
 * What a person asked for themselves took no permission, so nobody stands against it: it is judged like the service
 * owner's.
 *
 * @param requester as `requesterOf` gives it.
 * @returns undefined where a request of the same key would authenticate nobody by now, wherever it came from.
 */
export async function requesterNow(db: Database, requester: string | null, now: Date): Promise<Caller | undefined> {
  if (requester === null || requester === serviceOwner.id) return serviceOwner;
  const found = await findCurrentSecret(db, requester);
  if (found === undefined) return undefined;
  const anywhere = { ...found, allowedIps: null };
  if (refusalOf(anywhere, now, { externalApiAccess: false, address: undefined }) !== null) return undefined;
  return principalOf(found);
}

function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
