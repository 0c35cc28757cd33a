/** Migration: access tokens, and logging in from a command. */
import type { Kysely } from "kysely";

/**
 * Adds access tokens and device log-ins; when the password of a session was entered, and when a system role was given, which
 * decide what a person may do with them; where a session began; and the token in an audit entry.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("access_tokens")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("user_id", "text", (column) => column.notNull().references("users.id"))
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("client", "text")
    .addColumn("organization_id", "text", (column) => column.references("organizations.id"))
    .addColumn("permissions", "jsonb")
    .addColumn("hash", "text", (column) => column.notNull().unique())
    .addColumn("pepper_version", "text", (column) => column.notNull())
    .addColumn("prefix", "text", (column) => column.notNull())
    .addColumn("created_at", "timestamptz", (column) => column.notNull())
    .addColumn("confirmed_at", "timestamptz", (column) => column.notNull())
    .addColumn("expires_at", "timestamptz", (column) => column.notNull())
    .addColumn("used_at", "timestamptz")
    .addColumn("revoked_at", "timestamptz")
    .execute();
  await db.schema.createIndex("access_tokens_by_user").on("access_tokens").columns(["user_id", "id"]).execute();
  await db.schema
    .createTable("device_log_ins")
    .addColumn("device_code_hash", "text", (column) => column.primaryKey())
    .addColumn("user_code", "text", (column) => column.notNull().unique())
    .addColumn("client_id", "text", (column) => column.notNull())
    .addColumn("client", "text", (column) => column.notNull())
    .addColumn("network", "text", (column) => column.notNull())
    .addColumn("token_life_seconds", "integer", (column) => column.notNull())
    .addColumn("created_at", "timestamptz", (column) => column.notNull())
    .addColumn("expires_at", "timestamptz", (column) => column.notNull())
    .addColumn("interval_seconds", "integer", (column) => column.notNull())
    .addColumn("polled_at", "timestamptz")
    .addColumn("approved_by", "text")
    .addColumn("approved_at", "timestamptz")
    .addColumn("approved_token", "jsonb")
    .addColumn("denied_at", "timestamptz")
    .execute();
  await db.schema.createIndex("device_log_ins_by_end").on("device_log_ins").column("expires_at").execute();
  await db.schema.alterTable("sessions").addColumn("password_at", "timestamptz").execute();
  await db.schema.alterTable("sessions").addColumn("network", "text").execute();
  await db.schema.alterTable("users").addColumn("system_role_since", "timestamptz").execute();
  await db.schema.alterTable("audit_entries").addColumn("actor_token", "text").execute();
}
