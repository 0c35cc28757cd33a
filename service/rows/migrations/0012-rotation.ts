/** Migration: secrets that stay valid while they are used. */
import type { Kysely } from "kysely";

/** How long a use puts off the end of a secret that was rotated away. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable("api_key_secrets").addColumn("hold_while_used_seconds", "integer").execute();
}
