/** Migration: indexes for large organizations. */
import { type Kysely, sql } from "kysely";

/** Indexes for organizations of a hundred thousand members: test/portability/plans.test.ts says which statements they serve. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // Use byte order, so that the index also supports prefix searches.
  for (const table of ["users", "memberships", "api_keys", "api_key_assignments"]) {
    const columns = sql`external_id collate "C", id`;
    await db.schema.createIndex(`${table}_by_stack`).on(table).expression(columns).execute();
  }
  const indexes = [
    { table: "memberships", name: "by_status", columns: ["organization_id", "status", "id"] },
    { table: "memberships", name: "by_member", columns: ["organization_id", "user_id"] },
    { table: "api_keys", name: "by_end", columns: ["organization_id", "expires_at"] },
    { table: "api_keys", name: "by_name", columns: ["organization_id", "name", "id"] },
  ];
  for (const { table, name, columns } of indexes) {
    await db.schema.createIndex(`${table}_${name}`).on(table).columns(columns).execute();
  }
}
