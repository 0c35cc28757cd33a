/** Migration: normalized addresses and latest times. */
import { type Kysely, sql } from "kysely";
import { foldEmail } from "roster-schema";

interface Invited {
  readonly id: string;
  readonly email: string;
  readonly email_normalized: string;
}

interface Tables {
  users: Invited;
  memberships: Invited & { readonly organization_id: string; readonly member_live: string | null };
  api_key_assignments: Invited & { readonly key_id: string; readonly invited_live: string | null };
  api_keys: { readonly expires_at: string };
  api_key_secrets: { readonly expires_at: string };
}

const lastTime = "9999-12-31T23:59:59.999Z";

/**
 * Normalizes addresses again: letters such as U+212A, which becomes k in lower case, now stay as they are. End dates after the
 * year 9999 become the latest time that answers can contain.
 */
export async function up(database: Kysely<unknown>): Promise<void> {
  const db = database as Kysely<Tables>;
  // Only letters outside ASCII are affected.
  const hasOtherLetters = sql<boolean>`octet_length(email) <> char_length(email)`;
  for (const row of await db.selectFrom("users").select(["id", "email"]).where(hasOtherLetters).execute()) {
    const set = { email_normalized: foldEmail(row.email) };
    await db.updateTable("users").set(set).where("id", "=", row.id).execute();
  }
  const members = db.selectFrom("memberships").select(["id", "email", "organization_id", "member_live"]);
  for (const row of await members.where(hasOtherLetters).execute()) {
    const folded = foldEmail(row.email);
    const live = row.member_live === null ? null : `${row.organization_id} ${folded}`;
    const set = { email_normalized: folded, member_live: live };
    await db.updateTable("memberships").set(set).where("id", "=", row.id).execute();
  }
  const assignees = db.selectFrom("api_key_assignments").select(["id", "email", "key_id", "invited_live"]);
  for (const row of await assignees.where(hasOtherLetters).execute()) {
    const folded = foldEmail(row.email);
    const live = row.invited_live === null ? null : `${row.key_id} ${folded}`;
    const set = { email_normalized: folded, invited_live: live };
    await db.updateTable("api_key_assignments").set(set).where("id", "=", row.id).execute();
  }
  for (const table of ["api_keys", "api_key_secrets"] as const) {
    await db.updateTable(table).set({ expires_at: lastTime }).where("expires_at", ">", lastTime).execute();
  }
}
