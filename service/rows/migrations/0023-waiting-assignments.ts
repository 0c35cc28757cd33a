/** Migration: assignments that wait for a membership. */
import type { Kysely } from "kysely";

/** Adds the pending membership that an assignment waits for, and who attached the key. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable("api_key_assignments")
    .addColumn("membership_id", "text", (column) => column.references("memberships.id"))
    .execute();
  await db.schema.alterTable("api_key_assignments").addColumn("requested_by", "text").execute();
  await db.schema
    .createIndex("api_key_assignments_by_membership")
    .on("api_key_assignments")
    .columns(["membership_id", "id"])
    .execute();
}
