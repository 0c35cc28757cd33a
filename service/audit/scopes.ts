/** Queries that select audit entries by organization. */
import type { SelectQueryBuilder } from "kysely";
import type { Database, Tables } from "../rows/tables.ts";

type Entries<Row> = SelectQueryBuilder<Tables, "audit_entries", Row>;

/** Only the entries of one organization, or of none. */
export function ofOrganization<Row>(entries: Entries<Row>, organizationId: string | null): Entries<Row> {
  return organizationId === null
    ? entries.where("organization_id", "is", null)
    : entries.where("organization_id", "=", organizationId);
}

/**
 * Whose entries there are, each once: null for those of no organization, then the organizations' ids in order.
 *
 * @param narrow which entries count. Each step is one look into an index, however many entries an organization has.
 */
export async function* organizationsOfEntries(
  db: Database,
  narrow: (entries: Entries<{ organization_id: string | null }>) => Entries<{ organization_id: string | null }>,
): AsyncGenerator<string | null> {
  const entries = narrow(db.selectFrom("audit_entries").select("organization_id")).limit(1);
  if ((await ofOrganization(entries, null).executeTakeFirst()) !== undefined) yield null;
  for (let after = ""; ; ) {
    const next = await entries.where("organization_id", ">", after).orderBy("organization_id").executeTakeFirst();
    const organizationId = next?.organization_id ?? null;
    if (organizationId === null) return;
    yield organizationId;
    after = organizationId;
  }
}
