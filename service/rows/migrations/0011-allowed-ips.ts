/** Migration: the addresses from which a key authenticates. */
import type { Kysely } from "kysely";

/** From where a key authenticates; and counted attempts by their time, as they are swept. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable("api_keys").addColumn("allowed_ips", "jsonb").execute();
  await db.schema.createIndex("attempts_by_time").on("attempts").column("at").execute();
}
