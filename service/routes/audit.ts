import type { Selectable } from "kysely";
import type { Schemas } from "roster-schema";
import type { Call } from "../operation.ts";
import { type Page, selectPage } from "../paging.ts";
import { requireServiceOwner } from "../resource.ts";
import { findOrganization } from "../resources/organizations.ts";
import { type Routes, read } from "../route.ts";
import type { Tables } from "../tables.ts";

type AuditEntry = Schemas["AuditEntry"];

/** The routes of the audit. */
export const auditRoutes: Routes<"listAuditEntries" | "listServiceAuditEntries"> = {
  listAuditEntries: read(async (call) => {
    const organization = await findOrganization(call, call.path.organizationId, "audit:read");
    return await listEntries(call, organization.id);
  }),
  listServiceAuditEntries: read(async (call) => {
    requireServiceOwner(call, "Reading the audit of the whole service");
    return await listEntries(call, undefined);
  }),
};

async function listEntries(
  { db, query }: Call<"listAuditEntries"> | Call<"listServiceAuditEntries">,
  organizationId: string | undefined,
): Promise<Page<AuditEntry>> {
  let rows = db.selectFrom("audit_entries").selectAll();
  if (organizationId !== undefined) rows = rows.where("organization_id", "=", organizationId);
  if (query.object !== undefined) rows = rows.where("object_id", "=", query.object);
  return await selectPage(rows, "id", "audit_entry", query, present);
}

function present(row: Selectable<Tables["audit_entries"]>): AuditEntry {
  return {
    id: row.id,
    organization: row.organization_id,
    at: row.at.toISOString(),
    actor: { kind: row.actor_kind, id: row.actor_id },
    action: row.action,
    object: { kind: row.object_kind, id: row.object_id },
    before: row.before,
    after: row.after,
    requestId: row.request_id,
  };
}
