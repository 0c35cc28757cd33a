/** Migration: the addresses from which a key authenticates. */
import type { Kysely } from "kysely";

/** Adds the addresses from which a key authenticates, and an index of attempts by time for sweeping. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable("api_keys").addColumn("allowed_ips", "jsonb").execute();
  await db.schema.createIndex("attempts_by_time").on("attempts").column("at").execute();
}
