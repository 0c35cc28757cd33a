/** Migration: columns for the take-over of lost creates. */
import type { Kysely } from "kysely";

const managed = ["organizations", "users", "roles", "memberships", "api_keys", "api_key_assignments"];

/** Adds the run that created an object, and when the object became known, to detect lost creates. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const table of managed) {
    await db.schema.alterTable(table).addColumn("created_run", "text").execute();
    await db.schema.alterTable(table).addColumn("known_at", "timestamptz").execute();
  }
}
