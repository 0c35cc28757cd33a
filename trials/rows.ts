/** What is in the service's database, read there: also what the API would not show. */
import type { Database } from "../service/rows/tables.ts";

const tables = ["organizations", "users", "roles", "memberships", "api_keys", "api_key_assignments", "mails"] as const;

/** Every object and mail, and every audit entry, as `users usr_…`. */
export async function identifiersOf(database: Database): Promise<string[]> {
  const lists = [...tables, "audit_entries" as const].map(async (table) => {
    const rows = await database.selectFrom(table).select("id").execute();
    return rows.map(({ id }) => `${table} ${id}`);
  });
  return (await Promise.all(lists)).flat();
}

/** Every audit entry. */
export async function entriesOf(database: Database) {
  return await database.selectFrom("audit_entries").select(["id", "action", "object_id", "request_id"]).execute();
}
