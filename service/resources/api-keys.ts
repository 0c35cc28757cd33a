import { sql } from "kysely";
import type { Schemas } from "roster-schema";
import { type AuditedContext, audit } from "../audit.ts";
import type { Context } from "../operation.ts";
import type { Resource } from "../resource.ts";
import { createdColumns, type Database, liveName } from "../tables.ts";

type ApiKey = Schemas["ApiKey"];

/** API keys; the secret is none of their members. */
export const apiKeys: Resource<ApiKey> = {
  kind: "api_key",
  parameter: "apiKeyId",
  noun: "API key",
  settable: ["externalId", "name", "endDate", "state"],
  audited: [
    "externalId",
    "name",
    "endDate",
    "state",
    "owner",
    "kind",
    "format",
    "permissions",
    "generation",
    "fingerprint",
    "revokedAt",
  ],
  naturalKey: ({ name, kind, format, owner }) => [name, kind, format, owner],
  reading: "keys:read",
  table: "api_keys",
  organizationColumn: "organization_id",
  findLive: async ({ db, now }, scope, externalId) =>
    await db
      .selectFrom("api_keys")
      .select(createdColumns)
      .where("external_id_live", "=", liveName(scope ?? "", externalId))
      .where(isActiveKey(now))
      .executeTakeFirst(),
  nameOf: ({ name }) => name,
  isLive: ({ status }) => status === "active",
  isEnded: ({ status }) => status !== "active",
  isUsed: ({ lastUsedAt }) => lastUsedAt !== null,
  organizationOf: ({ organization }) => organization,
  async loadAll({ db, now }, ids) {
    const rows = await selectKeys(db).where("api_keys.id", "in", ids).execute();
    return rows.map((row) => presentKey(row, now));
  },
};

/** A query for keys with what their current secret shows, and the last use of any of their secrets. */
export function selectKeys(db: Database) {
  return db
    .selectFrom("api_keys")
    .innerJoin("api_key_secrets", (join) =>
      join
        .onRef("api_key_secrets.key_id", "=", "api_keys.id")
        .onRef("api_key_secrets.generation", "=", "api_keys.generation"),
    )
    .selectAll("api_keys")
    .select(["api_key_secrets.prefix", "api_key_secrets.fingerprint"])
    .select(({ selectFrom }) =>
      selectFrom("api_key_secrets as any_secret")
        .select(({ fn }) => fn.max("any_secret.used_at").as("used_at"))
        .whereRef("any_secret.key_id", "=", "api_keys.id")
        .as("last_used_at"),
    );
}

type Row = Awaited<ReturnType<ReturnType<typeof selectKeys>["executeTakeFirstOrThrow"]>>;

/** A key's row as the contract has it, at a moment: an end date in the past makes it expired. */
export function presentKey(row: Row, now: Date): ApiKey {
  const revoked = row.revoked_at !== null;
  const expired = row.expires_at !== null && row.expires_at <= now;
  return {
    id: row.id,
    externalId: row.external_id,
    adopted: row.adoption_depth > 0,
    organization: row.organization_id,
    owner: row.owner_id,
    name: row.name,
    displayName: row.name,
    kind: row.kind,
    format: row.format,
    permissions: row.permissions,
    prefix: row.prefix,
    fingerprint: row.fingerprint,
    generation: row.generation,
    endDate: row.end_date,
    legacy: false,
    state: revoked ? "revoked" : "active",
    status: revoked ? "revoked" : expired ? "expired" : "active",
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
    revokedAt: row.revoked_at?.toISOString() ?? null,
  };
}

/** The condition that a key is neither revoked nor expired. */
export function isActiveKey(now: Date) {
  return sql<boolean>`api_keys.revoked_at is null and (api_keys.expires_at is null or api_keys.expires_at > ${now})`;
}

/** Revokes one key for good; its name and externalId are free again. */
export async function revokeKey({ db, now }: Pick<Context, "db" | "now">, id: string): Promise<void> {
  await db.updateTable("api_keys").set(revokedColumns(now)).where("id", "=", id).execute();
}

/** Revokes an organization's keys, or those that one user owns there, with an audit entry for each. */
export async function revokeKeys(
  context: AuditedContext,
  of: { readonly organizationId: string; readonly ownerId?: string },
): Promise<void> {
  const { db, now } = context;
  let query = selectKeys(db)
    .where("api_keys.organization_id", "=", of.organizationId)
    .where("api_keys.revoked_at", "is", null);
  let update = db
    .updateTable("api_keys")
    .set(revokedColumns(now))
    .where("organization_id", "=", of.organizationId)
    .where("revoked_at", "is", null);
  if (of.ownerId !== undefined) {
    query = query.where("api_keys.owner_id", "=", of.ownerId);
    update = update.where("owner_id", "=", of.ownerId);
  }
  const rows = await query.orderBy("api_keys.id").execute();
  await update.execute();
  const records = rows.map((row) => {
    return { before: presentKey(row, now), after: presentKey({ ...row, revoked_at: now }, now) };
  });
  await audit(context, apiKeys, "revoke", records);
}

/** Frees the names and externalIds of keys whose end date has passed: nobody acts at that moment, so the next one does. */
export async function releaseExpiredKeys(
  { db, now }: Pick<Context, "db" | "now">,
  organizationId: string,
): Promise<void> {
  await db
    .updateTable("api_keys")
    .set({ name_live: null, external_id_live: null })
    .where("organization_id", "=", organizationId)
    .where("expires_at", "<=", now)
    .where("name_live", "is not", null)
    .execute();
}

function revokedColumns(now: Date) {
  return { revoked_at: now, name_live: null, external_id_live: null, updated_at: now };
}
