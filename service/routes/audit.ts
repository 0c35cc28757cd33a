/** The operations on the audit. */
import type { Schemas } from "roster-schema";
import { toAuditEntry } from "../audit/chain.ts";
import { type AuditVerification, verifyChain } from "../audit/verify.ts";
import type { Call, Context } from "../auth/operation.ts";
import { type Page, selectPage } from "../http/paging.ts";
import { type Routes, read } from "../http/route.ts";
import { requireServiceOwner } from "../managed/resource.ts";
import { findOrganization } from "../objects/organizations/resource.ts";
import type { Database } from "../rows/tables.ts";

/** Verifications in progress. Concurrent requests share one verification of a chain, because it may take long. */
const verifications = new WeakMap<Database, Map<string | null, Promise<AuditVerification>>>();

/** The routes of the audit. */
export const auditRoutes: Routes<
  "listAuditEntries" | "listServiceAuditEntries" | "verifyAudit" | "verifyServiceAudit"
> = {
  listAuditEntries: read(async (call) => {
    const organization = await findOrganization(call, call.path.organizationId, "audit:read");
    return await listEntries(call, organization.id);
  }),
  listServiceAuditEntries: read(async (call) => {
    requireServiceOwner(call, "Reading the audit of the whole service");
    return await listEntries(call, undefined);
  }),
  verifyAudit: read(async (call) => {
    const organization = await findOrganization(call, call.path.organizationId, "audit:read");
    return await verify(call, organization.id);
  }),
  verifyServiceAudit: read(async (call) => {
    requireServiceOwner(call, "Verifying the audit of the whole service");
    return await verify(call, null);
  }),
};

async function listEntries(
  { db, query }: Call<"listAuditEntries"> | Call<"listServiceAuditEntries">,
  organizationId: string | undefined,
): Promise<Page<Schemas["AuditEntry"]>> {
  let rows = db.selectFrom("audit_entries").selectAll();
  if (organizationId !== undefined) {
    rows = rows.where("organization_id", "=", organizationId);
  }
  if (query.object !== undefined) {
    rows = rows.where("object_id", "=", query.object);
  }
  return await selectPage(rows, "id", "audit_entry", query, toAuditEntry);
}

async function verify({ db, facilities }: Context, organizationId: string | null): Promise<AuditVerification> {
  const underWay = verifications.get(db) ?? new Map<string | null, Promise<AuditVerification>>();
  verifications.set(db, underWay);
  const verification =
    underWay.get(organizationId) ??
    verifyChain(db, facilities.peppers, organizationId).finally(() => underWay.delete(organizationId));
  underWay.set(organizationId, verification);
  return await verification;
}
