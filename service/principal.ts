import { createHash, timingSafeEqual } from "node:crypto";
import { type KeyResolver, refusalOf } from "./keys/resolver.ts";
import type { Permission } from "./permissions.ts";
import { Refusal } from "./problems.ts";
import type { Database } from "./tables.ts";

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

/** Who acts. */
export type Principal = Caller | UserPrincipal | ServicePrincipal;

/** Whether a caller has a permission, wherever it may act at all. */
export function holds(principal: Principal, permission: Permission): boolean {
  return principal.kind === "owner" || principal.permissions.has(permission);
}

/** Tells who presents a bearer token. */
export class Authenticator {
  readonly #ownerTokenHash: Buffer;
  readonly #resolver: KeyResolver;

  constructor(ownerToken: string, resolver: KeyResolver) {
    this.#ownerTokenHash = sha256(ownerToken);
    this.#resolver = resolver;
  }

  /**
   * The principal of an Authorization header.
   *
   * @param noteUse whether this counts as the key's use; false where the same request asks again.
   * @throws Refusal `unauthenticated`, in the same words whatever the reason.
   */
  async authenticate(db: Database, authorization: string | undefined, now: Date, noteUse: boolean): Promise<Caller> {
    const token = /^Bearer +([\x21-\x7e]+) *$/i.exec(authorization ?? "")?.[1];
    if (token === undefined) {
      throw new Refusal("unauthenticated", "Send `Authorization: Bearer …` with the owner token or an API key.");
    }
    // Digests are compared, because a comparison in constant time needs operands of one length.
    if (timingSafeEqual(sha256(token), this.#ownerTokenHash)) return { kind: "owner", id: "owner" };
    const found = await this.#resolver.resolve(db, token);
    // Managing Roster doesn't depend on external API access: that is about the organization's own services.
    if (found === undefined || refusalOf(found, now, { externalApiAccess: false }) !== null) {
      throw new Refusal(
        "unauthenticated",
        "The token authenticates nobody. Check that it is complete, and neither revoked nor expired.",
      );
    }
    if (noteUse) await this.#resolver.noteUse(found, now);
    return {
      kind: "api_key",
      id: found.keyId,
      organization: found.organizationId,
      user: found.ownerId,
      permissions: new Set(found.permissions),
    };
  }
}

function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
