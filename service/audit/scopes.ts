/** Queries that select audit entries by organization. */
import type { SelectQueryBuilder } from "kysely";
import type { Database, Tables } from "../rows/tables.ts";

type Entries<Row> = SelectQueryBuilder<Tables, "audit_entries", Row>;

/** Selects the entries of one organization, or those that belong to none. */
export function ofOrganization<Row>(entries: Entries<Row>, organizationId: string | null): Entries<Row> {
  return organizationId === null
    ? entries.where("organization_id", "is", null)
    : entries.where("organization_id", "=", organizationId);
}

/**
 * Lists the organizations that have entries: null first, for entries of no organization, and then the ids in order.
 *
 * @param narrow selects the entries that count. Each step is one index look-up, regardless of the number of entries.
 */
export async function* organizationsOfEntries(
  db: Database,
  narrow: (entries: Entries<{ organization_id: string | null }>) => Entries<{ organization_id: string | null }>,
): AsyncGenerator<string | null> {
  const entries = narrow(db.selectFrom("audit_entries").select("organization_id")).limit(1);
  if ((await ofOrganization(entries, null).executeTakeFirst()) !== undefined) {
    yield null;
  }
  for (let after = ""; ; ) {
    const next = await entries.where("organization_id", ">", after).orderBy("organization_id").executeTakeFirst();
    const organizationId = next?.organization_id ?? null;
    if (organizationId === null) {
      return;
    }
    yield organizationId;
    after = organizationId;
  }
}
