/** Migration: runs. */
import type { Kysely } from "kysely";

/** Adds the runs of programs. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("runs")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("principal", "text", (column) => column.notNull())
    .addColumn("status", "text", (column) => column.notNull())
    .addColumn("heard_at", "timestamptz", (column) => column.notNull())
    .addColumn("unanswered", "jsonb")
    .execute();
  await db.schema.createIndex("runs_by_heard_at").on("runs").column("heard_at").execute();
}
