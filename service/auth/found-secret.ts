/** The stored secret that matches a presented one. */
import type { StoredKeyKind } from "../rows/tables.ts";
import type { Permission } from "./permissions.ts";

/** A stored secret that matches a presented one, with what decides whether it authenticates. */
export interface FoundSecret {
  /** The key, or the access token of a system user. */
  readonly keyId: string;
  readonly kind: StoredKeyKind;
  readonly generation: number;
  readonly hash: string;
  readonly usedAt: Date | null;
  /** The hash with the newest pepper, if the stored hash uses an older one. */
  readonly rehash: { readonly hash: string; readonly pepperVersion: string } | undefined;
  readonly organizationId: string;
  readonly organizationOpen: boolean;
  readonly externalApiAccess: boolean;
  readonly ownerId: string | null;
  readonly ownerUsable: boolean;
  readonly ownerIsMember: boolean;
  /** The effective permissions: those of the key that its owner still has. */
  readonly permissions: readonly Permission[];
  /** The addresses from which the key authenticates; null means anywhere. */
  readonly allowedIps: readonly string[] | null;
  readonly revoked: boolean;
  /** When a rotation ends this secret; null for the current secret. */
  readonly replacedAt: Date | null;
  readonly expiresAt: Date | null;
}
