/** Migration: the run that created a secret. */
import type { Kysely } from "kysely";

/** Adds the run that created a secret. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable("api_key_secrets").addColumn("created_run", "text").execute();
}
