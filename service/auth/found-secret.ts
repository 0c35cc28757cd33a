/** The stored secret that matches a presented one. */
import type { Permission } from "./permissions.ts";

/** A stored secret that matches a presented one, with what decides whether it authenticates. */
export interface FoundSecret {
  readonly keyId: string;
  readonly generation: number;
  readonly hash: string;
  readonly usedAt: Date | null;
  /** The stored form under the newest pepper, where the present one is under an older. */
  readonly rehash: { readonly hash: string; readonly pepperVersion: string } | undefined;
  readonly organizationId: string;
  readonly organizationOpen: boolean;
  readonly externalApiAccess: boolean;
  readonly ownerId: string | null;
  readonly ownerUsable: boolean;
  readonly ownerIsMember: boolean;
  /** What the key may do at this moment: its own permissions, as far as its owner still has them. */
  readonly permissions: readonly Permission[];
  /** From where the key authenticates; null is from anywhere. */
  readonly allowedIps: readonly string[] | null;
  readonly revoked: boolean;
  /** When a rotation ends or ended this secret; null for the current one. */
  readonly replacedAt: Date | null;
  readonly expiresAt: Date | null;
}
