/** Migration: the requester of each link. */
import { type Kysely, sql } from "kysely";

/**
 * Adds the requester of a link: "owner", the identifier of an API key, or null for a person's own request.
 *
 * Open links get the creator of their subject. The requester of a change of address or a new password is only in the audit,
 * so these links are withdrawn and must be requested again.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable("links").addColumn("requested_by", "text").execute();
  const made = { set_up: "users", membership: "memberships", assignment: "api_key_assignments" };
  for (const [purpose, table] of Object.entries(made)) {
    await sql`
      update links set requested_by = (select created_by from ${sql.table(table)} as made where made.id = links.subject)
      where purpose = ${purpose} and ended_at is null`.execute(db);
  }
  await sql`
    update users set pending_email = null
    where id in (select subject from links where purpose = 'email_change' and ended_at is null)`.execute(db);
  await sql`
    update links set ended_at = created_at
    where purpose in ('email_change', 'password_reset') and ended_at is null`.execute(db);
}
