/** Migration: the outbox and invitations. */
import type { Kysely } from "kysely";

/** Adds the outbox, invitations of addresses without a user, and the last values of declared acts. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("mails")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("recipient", "text", (column) => column.notNull())
    .addColumn("body", "text")
    .addColumn("pepper_version", "text", (column) => column.notNull())
    .addColumn("link_id", "text")
    .addColumn("created_at", "timestamptz", (column) => column.notNull())
    .addColumn("attempts", "integer", (column) => column.notNull())
    .addColumn("due_at", "timestamptz")
    .addColumn("outcome", "text")
    .addColumn("ended_at", "timestamptz")
    .execute();
  await db.schema.createIndex("mails_by_due").on("mails").columns(["due_at"]).execute();
  await addColumns(db, "users", {
    pending_email: "text",
    invite_sent_at: "timestamptz",
    invite_expires_at: "timestamptz",
    resend_invite: "text",
    reset_password: "text",
  });
  const invited = {
    email: "text",
    email_normalized: "text",
    invite_expires_at: "timestamptz",
    resend_invite: "text",
  } as const;
  for (const table of ["memberships", "api_key_assignments"]) {
    await db.schema
      .alterTable(table)
      .alterColumn("user_id", (column) => column.dropNotNull())
      .execute();
    await addColumns(db, table, invited);
    await db.schema.createIndex(`${table}_by_email`).on(table).columns(["email_normalized", "id"]).execute();
  }
  await addColumns(db, "api_key_assignments", { invited_live: "text" });
  await db.schema
    .createIndex("api_key_assignments_invited_live")
    .on("api_key_assignments")
    .columns(["invited_live"])
    .unique()
    .execute();
  await db.schema
    .alterTable("api_key_assignments")
    .addColumn("status", "text", (column) => column.notNull().defaultTo("active"))
    .execute();
}

async function addColumns(
  db: Kysely<unknown>,
  table: string,
  columns: Readonly<Record<string, "text" | "timestamptz">>,
): Promise<void> {
  for (const [name, type] of Object.entries(columns)) {
    await db.schema.alterTable(table).addColumn(name, type).execute();
  }
}
