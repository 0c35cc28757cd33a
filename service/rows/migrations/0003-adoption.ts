/** Migration: adoptions. */
import type { Kysely } from "kysely";

const managed = ["organizations", "users", "roles", "memberships", "api_keys", "api_key_assignments"];

/** Adds the values of adopted objects before their adoption, so that a release restores them. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const table of managed) {
    await db.schema
      .alterTable(table)
      .addColumn("adoption_depth", "integer", (column) => column.notNull().defaultTo(0))
      .execute();
  }
  await db.schema
    .createTable("adoptions")
    .addColumn("object_id", "text", (column) => column.notNull())
    .addColumn("depth", "integer", (column) => column.notNull())
    .addColumn("before", "jsonb", (column) => column.notNull())
    .addColumn("ours", "jsonb", (column) => column.notNull())
    .addPrimaryKeyConstraint("adoptions_key", ["object_id", "depth"])
    .execute();
}
