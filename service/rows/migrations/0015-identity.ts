/** Migration: the identity of the service. */
import { type Kysely, sql } from "kysely";
import { uuidv7obj } from "uuidv7";

/** Adds the identity of the service, and its restores. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("service_identity")
    .addColumn("id", "text", (column) => column.primaryKey())
    .execute();
  await db.schema
    .createTable("service_restores")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("taken_at", "timestamptz", (column) => column.notNull())
    .addColumn("restored_at", "timestamptz", (column) => column.notNull())
    .execute();
  await sql`insert into service_identity (id) values (${`svc_${uuidv7obj().toHex()}`})`.execute(db);
}
