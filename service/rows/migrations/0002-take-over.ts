/** Migration: columns for the take-over of lost creates. */
import type { Kysely } from "kysely";

const managed = ["organizations", "users", "roles", "memberships", "api_keys", "api_key_assignments"];

/** What tells a lost create from somebody's object: which run of a provider made it, and since when it is known. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const table of managed) {
    await db.schema.alterTable(table).addColumn("created_run", "text").execute();
    await db.schema.alterTable(table).addColumn("known_at", "timestamptz").execute();
  }
}
