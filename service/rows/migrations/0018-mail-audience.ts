/** Migration: mails for the administrators of an organization. */
import type { Kysely } from "kysely";

/** Adds the organization whose administrators a mail is for, so that it is sent only to current administrators. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable("mails").addColumn("administrators_of", "text").execute();
}
