/** API keys as a resource: their rows, and their form in the contract. */
import type { Schemas } from "roster-schema";
import type { Context } from "../../auth/operation.ts";
import { inOrder } from "../../auth/permissions.ts";
import { secretEnd } from "../../keys/secret-end.ts";
import type { Resource } from "../../managed/resource.ts";
import { isActiveKey } from "../../rows/active-key.ts";
import { creationColumns, type Database, liveName } from "../../rows/tables.ts";
import { userStatusOf } from "../../rows/user-status.ts";
import { toAssignment } from "../assignments/resource.ts";
import type { KeyKind, KeyMembers } from "./key.ts";

/** An API key in the contract's form. */
export type ApiKey = Schemas["ApiKey"];

/** The assignees of a key that the contract shows. */
interface Attached {
  readonly assignees: ApiKey["assignees"][number][];
  readonly assigneeCount: number;
}

/** The maximum number of assignees that a key shows, because a page can have a thousand keys. */
const maxAssignees = 100;

const nobody: Attached = { assignees: [], assigneeCount: 0 };

/** API keys, without their secrets. */
export const apiKeys: Resource<ApiKey> = {
  kind: "api_key",
  parameter: "apiKeyId",
  noun: "API key",
  liveNoun: "active key",
  settable: ["externalId", "name", "permissions", "allowedIps", "endDate", "state"],
  audited: [
    "externalId",
    "name",
    "allowedIps",
    "endDate",
    "state",
    "owner",
    "kind",
    "format",
    "permissions",
    "generation",
    "fingerprint",
    "legacy",
    "revokedAt",
  ],
  naturalKey: ({ name, kind, format, owner }) => [name, kind, format, owner],
  reading: "keys:read",
  table: "api_keys",
  organizationColumn: "organization_id",
  findLive: async ({ db, now }, scope, externalId) =>
    await db
      .selectFrom("api_keys")
      .select(creationColumns)
      .where("external_id_live", "=", liveName(scope ?? "", externalId))
      .where(isActiveKey(now))
      .executeTakeFirst(),
  nameOf: ({ name }) => name,
  isLive: ({ status }) => status === "active",
  hasEnded: ({ status }) => status !== "active",
  isUsed: ({ lastUsedAt }) => lastUsedAt !== null,
  organizationOf: ({ organization }) => organization,
  async loadAll({ db, now }, ids) {
    return await toApiKeys(db, await selectKeys(db).where("api_keys.id", "in", ids).execute(), now);
  },
};

/** What distinguishes API keys from access tokens. */
export const apiKeyKind: KeyKind<ApiKey> = {
  resource: apiKeys,
  word: "key",
  holder: "owner",
  needsApiAccess: true,
  scopeOf: (organization) => organization,
  keyOf: (key) => key,
};

/** A query for API keys, as `selectStoredKeys` returns them. */
export function selectKeys(db: Database) {
  return selectStoredKeys(db).where("api_keys.kind", "!=", "token");
}

/**
 * A query for API keys and the access tokens of system users, with the visible data of their current secrets, and the last use of
 * any secret.
 */
export function selectStoredKeys(db: Database) {
  return db
    .selectFrom("api_keys")
    .innerJoin("api_key_secrets", (join) =>
      join
        .onRef("api_key_secrets.key_id", "=", "api_keys.id")
        .onRef("api_key_secrets.generation", "=", "api_keys.generation"),
    )
    .selectAll("api_keys")
    .leftJoin("users as owner", "owner.id", "api_keys.owner_id")
    .select(["owner.email as owner_email", "owner.state as owner_state", "owner.activated_at", "owner.block_reason"])
    .leftJoin("api_key_secrets as previous", (join) =>
      join
        .onRef("previous.key_id", "=", "api_keys.id")
        .on(({ eb }) => eb("previous.generation", "=", eb("api_keys.generation", "-", 1))),
    )
    .select([
      "api_key_secrets.prefix",
      "api_key_secrets.fingerprint",
      "api_key_secrets.created_at as rotated_at",
      "api_key_secrets.used_at as secret_used_at",
      "previous.fingerprint as previous_fingerprint",
      "previous.used_at as previous_used_at",
      "previous.expires_at as previous_expires_at",
      "previous.hold_while_used_seconds as previous_hold_while_used_seconds",
    ])
    .select(({ selectFrom }) =>
      selectFrom("api_key_secrets as any_secret")
        .select(({ fn }) => fn.max("any_secret.used_at").as("used_at"))
        .whereRef("any_secret.key_id", "=", "api_keys.id")
        .as("last_used_at"),
    );
}

/** The row of a key, with the visible data of its secrets. */
export type Row = Awaited<ReturnType<ReturnType<typeof selectStoredKeys>["executeTakeFirstOrThrow"]>>;

/** Converts rows of keys to the contract's form, with assignees. */
export async function toApiKeys(db: Database, rows: readonly Row[], now: Date): Promise<ApiKey[]> {
  const attached = await loadAttached(
    { db, now },
    rows.map(({ id }) => id),
  );
  return rows.map((row) => toApiKey(row, now, attached.get(row.id)));
}

async function loadAttached(
  { db, now }: Pick<Context, "db" | "now">,
  keyIds: readonly string[],
): Promise<ReadonlyMap<string, Attached>> {
  if (keyIds.length === 0) {
    return new Map();
  }
  const counts = await db
    .selectFrom("api_key_assignments")
    .select(({ fn }) => ["key_id", fn.countAll().as("assignees")])
    .where("key_id", "in", keyIds)
    .groupBy("key_id")
    .execute();
  const attached = new Map(
    counts.map((row): [string, Attached] => [row.key_id, { assignees: [], assigneeCount: Number(row.assignees) }]),
  );
  if (attached.size === 0) {
    return attached;
  }
  // The database limits the rows, because one key can have very many assignees.
  const rows = await db
    .selectFrom("api_keys")
    .innerJoinLateral(
      ({ selectFrom }) =>
        selectFrom("api_key_assignments")
          .selectAll()
          .whereRef("api_key_assignments.key_id", "=", "api_keys.id")
          .orderBy("api_key_assignments.id")
          .limit(maxAssignees)
          .as("first"),
      (join) => join.onTrue(),
    )
    .leftJoin("users", "users.id", "first.user_id")
    .leftJoin("memberships as awaited", "awaited.id", "first.membership_id")
    .selectAll("first")
    .select(["users.email as user_email", "awaited.invite_expires_at as membership_expires_at"])
    .where("api_keys.id", "in", keyIds)
    .orderBy("first.id")
    .execute();
  for (const row of rows) {
    const { key, user, email, status } = toAssignment(row, now);
    attached.get(key)?.assignees.push({ user, email, status });
  }
  return attached;
}

/**
 * Converts the row of a key to the contract's form. The key is expired if its end date is before `now`.
 *
 * @param attached the assignees; none by default.
 */
export function toApiKey(row: Row, now: Date, { assignees, assigneeCount }: Attached = nobody): ApiKey {
  if (row.kind === "token") {
    throw new Error(`${row.id} is an access token`);
  }
  return {
    ...toKeyMembers(row, now),
    owner: row.owner_id,
    ownerStatus: row.owner_state === null ? null : userStatusOf({ ...row, state: row.owner_state }),
    displayName: row.legacy ? `${row.name} (legacy)` : row.name,
    kind: row.kind,
    format: row.format,
    legacy: row.legacy,
    assignees,
    assigneeCount,
  };
}

/** Converts what the row of an API key and that of an access token have in common. */
export function toKeyMembers(row: Row, now: Date): KeyMembers {
  const revoked = row.revoked_at !== null;
  const expired = isExpired(row, now);
  return {
    id: row.id,
    externalId: row.external_id,
    adopted: row.adoption_depth > 0,
    organization: row.organization_id,
    name: row.name,
    permissions: inOrder(row.permissions),
    allowedIps: row.allowed_ips,
    prefix: row.prefix,
    fingerprint: row.fingerprint,
    generation: row.generation,
    rotatedAt: row.rotated_at.toISOString(),
    secretUsed: row.secret_used_at !== null,
    previousSecret: revoked || expired ? null : toPreviousSecret(row, now),
    endDate: row.end_date,
    state: revoked ? "revoked" : "active",
    status: revoked ? "revoked" : expired ? "expired" : "active",
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
    revokedAt: row.revoked_at?.toISOString() ?? null,
  };
}

/** Whether the end date of a key has passed. */
export function isExpired({ expires_at: end }: Pick<Row, "expires_at">, now: Date): boolean {
  return end !== null && end <= now;
}

/** The secret before the current one, while it is valid. */
function toPreviousSecret(row: Row, now: Date): ApiKey["previousSecret"] {
  const { previous_fingerprint: fingerprint, previous_used_at: usedAt } = row;
  const end = secretEnd({
    expires_at: row.previous_expires_at,
    used_at: usedAt,
    hold_while_used_seconds: row.previous_hold_while_used_seconds,
  });
  if (fingerprint === null || end === null || end <= now) {
    return null;
  }
  const endsAt = row.expires_at !== null && row.expires_at < end ? row.expires_at : end;
  return {
    fingerprint,
    expiresAt: endsAt.toISOString(),
    held: row.previous_expires_at !== null && row.previous_expires_at <= now,
    lastUsedAt: usedAt?.toISOString() ?? null,
  };
}
