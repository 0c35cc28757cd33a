/** Migration: mails for the administrators of an organization. */
import type { Kysely } from "kysely";

/** The organization whose administrators a mail is for: nobody else is sent it, whoever the recipient was. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable("mails").addColumn("administrators_of", "text").execute();
}
