/** Migration: the hash chains of the audit. */
import type { Kysely } from "kysely";

/** Adds the hash chains of the audit: the place and hash of sealed entries, and the heads. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable("audit_entries").addColumn("chain", "text").execute();
  await db.schema.alterTable("audit_entries").addColumn("sequence", "integer").execute();
  await db.schema.alterTable("audit_entries").addColumn("hash", "text").execute();
  await db.schema
    .createIndex("audit_entries_by_sequence")
    .on("audit_entries")
    .columns(["chain", "sequence"])
    .unique()
    .execute();
  await db.schema
    .createIndex("audit_entries_by_seal")
    .on("audit_entries")
    .columns(["chain", "organization_id", "id"])
    .execute();
  await db.schema
    .createTable("audit_chains")
    .addColumn("chain", "text", (column) => column.primaryKey())
    .addColumn("sequence", "integer", (column) => column.notNull())
    .addColumn("hash", "text")
    .addColumn("begun_at", "timestamptz", (column) => column.notNull())
    .addColumn("pepper_version", "text", (column) => column.notNull())
    .addColumn("mac", "text", (column) => column.notNull())
    .execute();
  await db.schema.createIndex("audit_chains_by_pepper").on("audit_chains").column("pepper_version").execute();
}
