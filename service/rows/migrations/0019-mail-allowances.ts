/** Migration: mail allowances. */
import type { Kysely } from "kysely";

/** The allowances for unrequested mails. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("mail_allowances")
    .addColumn("subject", "text", (column) => column.primaryKey())
    .addColumn("whole_at", "timestamptz", (column) => column.notNull())
    .execute();
  await db.schema.createIndex("mail_allowances_by_time").on("mail_allowances").column("whole_at").execute();
}
