/**
 * Finds the API key that a presented secret belongs to, or the access token of a system user, and decides whether the secret
 * authenticates.
 */
import { randomBytes } from "node:crypto";
import { isBuiltInRole, type Schemas } from "roster-schema";
import { allows } from "../keys/allowed-ips.ts";
import { isAmong, keyedHashes, type Peppers, rehashOf } from "../keys/peppers.ts";
import { secretEnd } from "../keys/secret-end.ts";
import { isBroken } from "../keys/secret-format.ts";
import type { SigningKeys } from "../keys/signing-keys.ts";
import { plannedOnce } from "../rows/database.ts";
import type { Database } from "../rows/tables.ts";
import { canBeActedFor } from "../rows/user-status.ts";
import type { FoundSecret } from "./found-secret.ts";
import type { LastUse } from "./last-use.ts";
import { builtInRoles, common, type Permission } from "./permissions.ts";

/** Why a secret doesn't authenticate. */
export type VerificationRefusal = Schemas["VerificationRefusal"];

/** The text that is hashed for a JWT; a client-made secret can't have this form. */
export function jwtMaterial(jti: string): string {
  return `jwt ${jti}`;
}

/** Generates the `jti` of a JWT: 256 random bits. */
export function makeJti(): string {
  return randomBytes(32).toString("base64url");
}

/** Whether a text looks like a JWT, which a client-made secret must not. */
export function looksLikeJwt(text: string): boolean {
  return /^eyJ[\w-]*\.[\w-]*\.[\w-]*$/.test(text);
}

/** Finds the key of a presented secret, for requests and for verifications. */
export class KeyResolver {
  readonly #peppers: Peppers;
  readonly #signingKeys: SigningKeys;
  readonly #lastUse: LastUse;

  constructor(peppers: Peppers, signingKeys: SigningKeys, lastUse: LastUse) {
    this.#peppers = peppers;
    this.#signingKeys = signingKeys;
    this.#lastUse = lastUse;
  }

  /** Finds the stored secret, in any state. A wrong checksum or signature is detected without the database. */
  async resolve(db: Database, presented: string): Promise<FoundSecret | undefined> {
    if (!looksLikeJwt(presented)) {
      if (isBroken(presented)) {
        return undefined;
      }
      return await this.#find(db, presented, null);
    }
    const claims = await this.#signingKeys.verify(presented);
    if (claims === undefined) {
      return undefined;
    }
    const found = await this.#find(db, jwtMaterial(claims.jti), claims.kid);
    if (found === undefined) {
      return undefined;
    }
    if (found.organizationId !== claims.organizationId || found.ownerId !== claims.ownerId) {
      return undefined;
    }
    return { ...found, expiresAt: earlier(found.expiresAt, claims.expiresAt) };
  }

  /** Records that a secret authenticated: see `LastUse`. */
  async noteUse(found: FoundSecret, now: Date): Promise<void> {
    await this.#lastUse.note(found, now);
  }

  async #find(db: Database, material: string, signingKid: string | null): Promise<FoundSecret | undefined> {
    const hashes = keyedHashes(this.#peppers, material);
    const row = await selectSecret(db).where("api_key_secrets.hash", "in", hashes).executeTakeFirst();
    if (row === undefined || row.signing_kid !== signingKid || !isAmong(hashes, row.hash)) {
      return undefined;
    }
    const rehash = rehashOf(this.#peppers, row.pepper_version, material);
    return { ...(await toFoundSecret(db, row)), rehash };
  }
}

/** Finds the current secret of a key, in any state. */
export async function findCurrentSecret(db: Database, keyId: string): Promise<FoundSecret | undefined> {
  const row = await selectSecret(db)
    .where("api_keys.id", "=", keyId)
    .whereRef("api_key_secrets.generation", "=", "api_keys.generation")
    .executeTakeFirst();
  return row && { ...(await toFoundSecret(db, row)), rehash: undefined };
}

type Row = Awaited<ReturnType<ReturnType<typeof selectSecret>["executeTakeFirstOrThrow"]>>;

async function toFoundSecret(db: Database, row: Row): Promise<Omit<FoundSecret, "rehash">> {
  const { owner_id: ownerId, organization_id: organizationId } = row;
  const owner = ownerId === null ? undefined : await findOwner(db, ownerId, organizationId);
  return {
    keyId: row.key_id,
    kind: row.kind,
    generation: row.generation,
    hash: row.hash,
    usedAt: row.used_at,
    organizationId,
    organizationOpen: row.organization_status === "open",
    externalApiAccess: row.external_api_access,
    ownerId,
    ownerUsable: owner === undefined || owner.isUsable,
    ownerIsMember: owner === undefined || (owner.role !== null && (row.format !== "jwt" || owner.role === "api_user")),
    permissions: owner === undefined ? row.permissions : common(row.permissions, new Set(owner.permissions)),
    allowedIps: row.allowed_ips,
    revoked: row.revoked_at !== null,
    replacedAt: secretEnd(row),
    expiresAt: row.key_expires_at,
  };
}

/**
 * The reason why a stored secret doesn't authenticate now; null if it does.
 *
 * @param needs whether external API access is required, and the address from which the secret was presented, if known.
 */
export function refusalOf(
  found: FoundSecret,
  now: Date,
  needs: { readonly externalApiAccess: boolean; readonly address: string | undefined },
): VerificationRefusal | null {
  if (!found.organizationOpen) {
    return "organization_closed";
  }
  if (found.revoked || (found.replacedAt !== null && found.replacedAt <= now)) {
    return "revoked";
  }
  if (found.expiresAt !== null && found.expiresAt <= now) {
    return "expired";
  }
  if (needs.externalApiAccess && !found.externalApiAccess) {
    return "api_access_disabled";
  }
  if (!found.ownerUsable) {
    return "owner_inactive";
  }
  if (!found.ownerIsMember) {
    return "owner_not_member";
  }
  if (!allows(found.allowedIps, needs.address)) {
    return "address_not_allowed";
  }
  return null;
}

function selectSecret(db: Database) {
  return db
    .selectFrom("api_key_secrets")
    .innerJoin("api_keys", "api_keys.id", "api_key_secrets.key_id")
    .innerJoin("organizations", "organizations.id", "api_keys.organization_id")
    .modifyFront(plannedOnce)
    .select([
      "api_key_secrets.key_id",
      "api_key_secrets.generation",
      "api_key_secrets.hash",
      "api_key_secrets.pepper_version",
      "api_key_secrets.signing_kid",
      "api_key_secrets.used_at",
      "api_key_secrets.expires_at",
      "api_key_secrets.hold_while_used_seconds",
      "api_keys.organization_id",
      "api_keys.owner_id",
      "api_keys.kind",
      "api_keys.format",
      "api_keys.permissions",
      "api_keys.allowed_ips",
      "api_keys.expires_at as key_expires_at",
      "api_keys.revoked_at",
      "organizations.status as organization_status",
      "organizations.external_api_access",
    ]);
}

/** What the owner's account and membership mean for the key. */
interface Owner {
  /** Whether the account can be used. A block for failed log-ins doesn't stop keys, or anyone could stop a key. */
  readonly isUsable: boolean;
  /** The role in the key's organization; null if the owner isn't a member. */
  readonly role: string | null;
  /** What the role allows. */
  readonly permissions: readonly Permission[];
}

/** Uses separate statements, because planning one join of all six tables takes longer than running them. */
async function findOwner(db: Database, ownerId: string, organizationId: string): Promise<Owner> {
  const { role, ...user } = await db
    .selectFrom("users")
    .leftJoin("memberships", (join) =>
      join
        .onRef("memberships.user_id", "=", "users.id")
        .on("memberships.organization_id", "=", organizationId)
        .on("memberships.status", "=", "active"),
    )
    .modifyFront(plannedOnce)
    .select(["users.state", "users.activated_at", "users.block_reason", "memberships.role"])
    .where("users.id", "=", ownerId)
    .executeTakeFirstOrThrow();
  return {
    isUsable: canBeActedFor(user),
    role,
    permissions: role === null ? [] : await permissionsOf(db, role),
  };
}

async function permissionsOf(db: Database, role: string): Promise<readonly Permission[]> {
  if (isBuiltInRole(role)) {
    return builtInRoles[role];
  }
  const own = await db.selectFrom("roles").select("permissions").where("id", "=", role).executeTakeFirst();
  return own?.permissions ?? [];
}

function earlier(one: Date | null, other: Date | null): Date | null {
  if (one === null || other === null) {
    return one ?? other;
  }
  return one < other ? one : other;
}
