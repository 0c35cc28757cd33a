/** Migration: secrets that stay valid while they are used. */
import type { Kysely } from "kysely";

/** Adds how long a use postpones the end of a rotated secret. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable("api_key_secrets").addColumn("hold_while_used_seconds", "integer").execute();
}
