import { createHash } from "node:crypto";
import type { Insertable } from "kysely";
import type { Schemas } from "roster-schema";
import { newId } from "../../../service/rows/identifiers.ts";
import type { Database, Tables } from "../../../service/rows/tables.ts";

/** Writes entries as changes would, without the changes. */
export async function addEntries(
  db: Database,
  organizationId: string | null,
  at: Date,
  entries: readonly Partial<Insertable<Tables["audit_entries"]>>[],
): Promise<void> {
  const rows = entries.map((entry) => ({
    id: newId("audit_entry"),
    organization_id: organizationId,
    at,
    actor_kind: "owner" as const,
    actor_id: null,
    action: "role.update",
    object_kind: "role" as const,
    object_id: "rol_1",
    before: null,
    after: null,
    request_id: "req_1",
    ...entry,
  }));
  for (let start = 0; start < rows.length; start += 500) {
    await db
      .insertInto("audit_entries")
      .values(rows.slice(start, start + 500))
      .execute();
  }
}

/** The hash of an entry, computed from what the API shows, as any reader can by the contract's words. */
export function hashByContract(previous: string | null, { hash: _, ...entry }: Schemas["AuditEntry"]): string {
  return createHash("sha256")
    .update(JSON.stringify([previous, sorted(entry)]))
    .digest("hex");
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(sorted);
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  const members = Object.entries(value).map(([name, member]) => [name, sorted(member)] as const);
  return Object.fromEntries(members.sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** The entries of a chain in their places, as the API shows them; for somebody who rewrites them. */
export function inChain(entries: readonly Schemas["AuditEntry"][]): readonly Schemas["AuditEntry"][] {
  return entries.toSorted((one, other) => (one.sequence ?? 0) - (other.sequence ?? 0));
}
