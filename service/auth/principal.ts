/** Principals: who makes a change, and what they may do. */
import type { FoundSecret } from "./found-secret.ts";
import type { Permission } from "./permissions.ts";
import { Rights } from "./rights.ts";

/** Somebody who makes changes: an identity, and the rights that come with it. */
export interface Principal {
  /** What the identity is, for the audit. */
  readonly kind: "owner" | "api_key" | "user" | "service";
  /** The identity: a key's or user's identifier, `owner` or `service`. Objects record it as their creator. */
  readonly id: string;
  /** The user whose identity this is, or who owns the key; rules about "yourself" refer to this user. */
  readonly user: string | null;
  /** The access token that a user acts with, by its identifier. */
  readonly accessToken: string | null;
  /** For a principal with less than its identity has: what stands for it in stored requests. By default, `id` does. */
  readonly requester?: string;
  readonly rights: Rights;
}

/** A person or system user. On a page of the service, people act on their own objects without any rights. */
export interface UserPrincipal extends Principal {
  readonly kind: "user";
  readonly user: string;
}

/** The principal of changes that a rule makes. */
export const byRule: Principal = { kind: "service", id: "service", user: null, accessToken: null, rights: Rights.none };

/** The holder of the owner token. */
export const serviceOwner: Principal = {
  kind: "owner",
  id: "owner",
  user: null,
  accessToken: null,
  rights: Rights.ofServiceOwner,
};

/** Whether a principal has a permission in an organization; null is outside of all organizations. */
export function holds({ rights }: Principal, permission: Permission, organization: string | null): boolean {
  return rights.include(permission, organization);
}

/** Whether a principal acts as the service owner. */
export function isServiceOwner({ rights }: Principal): boolean {
  return rights.areServiceOwners;
}

/**
 * The principal of an API key, or of a system user that presents its access token. Both act with the permissions of their own in
 * their own organization.
 */
export function keyPrincipal({ keyId, kind, organizationId, ownerId, permissions }: FoundSecret): Principal {
  const rights = Rights.in([[organizationId, permissions]]);
  if (kind !== "token") {
    return { kind: "api_key", id: keyId, user: ownerId, accessToken: null, rights };
  }
  if (ownerId === null) {
    throw new Error(`the access token ${keyId} has no user`);
  }
  return { kind: "user", id: ownerId, user: ownerId, accessToken: keyId, requester: keyId, rights };
}

/** Whether a principal presents this API key or access token. */
export function presents({ id, accessToken }: Principal, key: string): boolean {
  return id === key || accessToken === key;
}
