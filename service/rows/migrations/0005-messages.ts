/** Migration: messages, and legacy keys. */
import type { Kysely } from "kysely";

/** Adds messages, and marks legacy keys. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("messages")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("organization_id", "text", (column) => column.notNull())
    .addColumn("key_id", "text", (column) => column.notNull())
    .addColumn("owner_id", "text")
    .addColumn("api", "text", (column) => column.notNull())
    .addColumn("outcome", "text", (column) => column.notNull())
    .addColumn("reason", "text")
    .addColumn("at", "timestamptz", (column) => column.notNull())
    .execute();
  const indexes = { by_organization: "organization_id", by_key: "key_id", by_owner: "owner_id" };
  for (const [name, column] of Object.entries(indexes)) {
    await db.schema.createIndex(`messages_${name}`).on("messages").columns([column, "id"]).execute();
  }
  await db.schema
    .alterTable("api_keys")
    .addColumn("legacy", "boolean", (column) => column.notNull().defaultTo(false))
    .execute();
}
