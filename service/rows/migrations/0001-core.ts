/** Migration: the core tables. */
import { type CreateTableBuilder, type Kysely, sql } from "kysely";

/** The tables of organizations, users, roles, memberships, API keys, assignments, audit and idempotency. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await createPrincipalTables(db);
  await createKeyTables(db);
  await createRecordTables(db);
}

function stamped<T extends string, C extends string>(table: CreateTableBuilder<T, C>) {
  return table
    .addColumn("created_by", "text", (column) => column.notNull())
    .addColumn("created_at", "timestamptz", (column) => column.notNull())
    .addColumn("updated_at", "timestamptz", (column) => column.notNull());
}

async function createIndexes(db: Kysely<unknown>, table: string, indexes: Record<string, string[]>): Promise<void> {
  for (const [name, columns] of Object.entries(indexes)) {
    await db.schema.createIndex(`${table}_${name}`).on(table).columns(columns).execute();
  }
}

async function createPrincipalTables(db: Kysely<unknown>): Promise<void> {
  await stamped(
    db.schema
      .createTable("organizations")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("external_id", "text")
      .addColumn("external_id_live", "text", (column) => column.unique())
      .addColumn("slug", "text", (column) => column.notNull())
      .addColumn("slug_live", "text", (column) => column.unique())
      .addColumn("name", "text", (column) => column.notNull())
      .addColumn("website_url", "text")
      .addColumn("join_policies", "jsonb", (column) => column.notNull())
      .addColumn("external_api_access", "boolean", (column) => column.notNull())
      .addColumn("keys_per_owner", "integer")
      .addColumn("allow_expiring_jwt", "boolean", (column) => column.notNull())
      .addColumn("plan", "text", (column) => column.notNull())
      .addColumn("billing", "text", (column) => column.notNull())
      .addColumn("status", "text", (column) => column.notNull()),
  ).execute();
  await stamped(
    db.schema
      .createTable("users")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("external_id", "text")
      .addColumn("external_id_live", "text", (column) => column.unique())
      .addColumn("email", "text", (column) => column.notNull())
      .addColumn("email_normalized", "text", (column) => column.notNull().unique())
      .addColumn("given_name", "text")
      .addColumn("family_name", "text")
      .addColumn("kind", "text", (column) => column.notNull())
      .addColumn("home_organization_id", "text", (column) => column.references("organizations.id"))
      .addColumn("system_role", "text", (column) => column.notNull())
      .addColumn("state", "text", (column) => column.notNull())
      .addColumn("activated_at", "timestamptz")
      .addColumn("block_reason", "text"),
  ).execute();
  await createIndexes(db, "users", { by_home: ["home_organization_id", "id"], by_external_id: ["external_id", "id"] });
  await stamped(
    db.schema
      .createTable("roles")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("organization_id", "text", (column) => column.notNull().references("organizations.id"))
      .addColumn("external_id", "text")
      .addColumn("name", "text", (column) => column.notNull())
      .addColumn("permissions", "jsonb", (column) => column.notNull()),
  )
    .addUniqueConstraint("roles_name", ["organization_id", "name"])
    .addUniqueConstraint("roles_external_id", ["organization_id", "external_id"])
    .execute();
  await createIndexes(db, "roles", { by_organization: ["organization_id", "id"] });
  await stamped(
    db.schema
      .createTable("memberships")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("organization_id", "text", (column) => column.notNull().references("organizations.id"))
      .addColumn("user_id", "text", (column) => column.notNull().references("users.id"))
      .addColumn("external_id", "text")
      .addColumn("external_id_live", "text", (column) => column.unique())
      .addColumn("member_live", "text", (column) => column.unique())
      .addColumn("role", "text", (column) => column.notNull())
      .addColumn("status", "text", (column) => column.notNull())
      .addColumn("ended_at", "timestamptz"),
  ).execute();
  await createIndexes(db, "memberships", {
    by_organization: ["organization_id", "id"],
    by_user: ["user_id", "id"],
    by_role: ["organization_id", "role"],
  });
}

async function createKeyTables(db: Kysely<unknown>): Promise<void> {
  await stamped(
    db.schema
      .createTable("api_keys")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("organization_id", "text", (column) => column.notNull().references("organizations.id"))
      .addColumn("owner_id", "text", (column) => column.references("users.id"))
      .addColumn("external_id", "text")
      .addColumn("external_id_live", "text", (column) => column.unique())
      .addColumn("name", "text", (column) => column.notNull())
      .addColumn("name_live", "text", (column) => column.unique())
      .addColumn("kind", "text", (column) => column.notNull())
      .addColumn("format", "text", (column) => column.notNull())
      .addColumn("permissions", "jsonb", (column) => column.notNull())
      .addColumn("generation", "integer", (column) => column.notNull())
      .addColumn("end_date", "text")
      .addColumn("expires_at", "timestamptz")
      .addColumn("revoked_at", "timestamptz"),
  ).execute();
  await createIndexes(db, "api_keys", { by_organization: ["organization_id", "id"], by_owner: ["owner_id", "id"] });
  await db.schema
    .createTable("api_key_secrets")
    .addColumn("key_id", "text", (column) => column.notNull().references("api_keys.id"))
    .addColumn("generation", "integer", (column) => column.notNull())
    .addColumn("hash", "text", (column) => column.notNull().unique())
    .addColumn("pepper_version", "text", (column) => column.notNull())
    .addColumn("signing_kid", "text")
    .addColumn("prefix", "text", (column) => column.notNull())
    .addColumn("fingerprint", "text", (column) => column.notNull())
    .addColumn("expires_at", "timestamptz")
    .addColumn("used_at", "timestamptz")
    .addColumn("created_at", "timestamptz", (column) => column.notNull())
    .addPrimaryKeyConstraint("api_key_secrets_key", ["key_id", "generation"])
    .execute();
  await stamped(
    db.schema
      .createTable("api_key_assignments")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("organization_id", "text", (column) => column.notNull().references("organizations.id"))
      .addColumn("key_id", "text", (column) => column.notNull().references("api_keys.id"))
      .addColumn("user_id", "text", (column) => column.notNull().references("users.id"))
      .addColumn("external_id", "text")
      .addColumn("external", "boolean", (column) => column.notNull()),
  )
    .addUniqueConstraint("api_key_assignments_once", ["key_id", "user_id"])
    .addUniqueConstraint("api_key_assignments_external_id", ["organization_id", "external_id"])
    .execute();
  await createIndexes(db, "api_key_assignments", { by_key: ["key_id", "id"], by_user: ["user_id", "organization_id"] });
}

async function createRecordTables(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("audit_entries")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("organization_id", "text")
    .addColumn("at", "timestamptz", (column) => column.notNull())
    .addColumn("actor_kind", "text", (column) => column.notNull())
    .addColumn("actor_id", "text")
    .addColumn("action", "text", (column) => column.notNull())
    .addColumn("object_kind", "text", (column) => column.notNull())
    .addColumn("object_id", "text", (column) => column.notNull())
    .addColumn("before", "jsonb")
    .addColumn("after", "jsonb")
    .addColumn("request_id", "text", (column) => column.notNull())
    .execute();
  await createIndexes(db, "audit_entries", {
    by_organization: ["organization_id", "id"],
    by_object: ["object_id", "id"],
  });
  await db.schema
    .createTable("idempotency_keys")
    .addColumn("principal", "text", (column) => column.notNull())
    .addColumn("key_hash", "text", (column) => column.notNull())
    .addColumn("request_hash", "text", (column) => column.notNull())
    .addColumn("status", "integer")
    .addColumn("headers", "jsonb")
    .addColumn("body", "text")
    .addColumn("pepper_version", "text")
    .addColumn("body_expires_at", "timestamptz", (column) => column.notNull())
    .addColumn("expires_at", "timestamptz", (column) => column.notNull())
    .addColumn("created_at", "timestamptz", (column) => column.notNull().defaultTo(sql`now()`))
    .addPrimaryKeyConstraint("idempotency_keys_key", ["principal", "key_hash"])
    .execute();
  await createIndexes(db, "idempotency_keys", { by_end: ["expires_at"], by_body_end: ["body_expires_at"] });
}
