/** What revoking API keys, or their end, does to their rows. */
import type { Context } from "../../auth/operation.ts";
import { type AuditedContext, auditRequests } from "../../managed/audit.ts";
import { type MemberSelection, requestFor, selectedMembers } from "../member-selection.ts";
import { apiKeys, selectKeys, toApiKey } from "./resource.ts";

/** Revokes one key for good; its name and externalId are free again. */
export async function revokeKey({ db, now }: Pick<Context, "db" | "now">, id: string): Promise<void> {
  await db.updateTable("api_keys").set(revokedColumns(now)).where("id", "=", id).execute();
}

/** Revokes an organization's keys, or those that some members own there, with an audit entry for each. */
export async function revokeKeys(
  context: Omit<AuditedContext, "requestId">,
  selection: MemberSelection,
): Promise<void> {
  const { db, now } = context;
  const { organizationId } = selection;
  let query = selectKeys(db)
    .where("api_keys.organization_id", "=", organizationId)
    .where("api_keys.revoked_at", "is", null);
  let update = db
    .updateTable("api_keys")
    .set(revokedColumns(now))
    .where("organization_id", "=", organizationId)
    .where("revoked_at", "is", null);
  const owners = selectedMembers(selection);
  if (owners !== undefined) {
    query = query.where("api_keys.owner_id", "in", owners);
    update = update.where("owner_id", "in", owners);
  }
  const rows = await query.orderBy("api_keys.id").execute();
  await update.execute();
  // The audit says nothing of assignees, whose own entries do.
  const records = rows.map((row) => {
    const requestId = requestFor(selection, row.owner_id);
    return { before: toApiKey(row, now), after: toApiKey({ ...row, revoked_at: now }, now), requestId };
  });
  await auditRequests(context, apiKeys, "revoke", records);
}

/** Frees the names and externalIds of keys whose end date has passed: nobody acts at that moment, so the next one does. */
export async function releaseExpiredKeys(
  { db, now }: Pick<Context, "db" | "now">,
  organizationId: string,
): Promise<void> {
  await db
    .updateTable("api_keys")
    .set({ name_live: null, external_id_live: null })
    .where("organization_id", "=", organizationId)
    .where("expires_at", "<=", now)
    .where("name_live", "is not", null)
    .execute();
}

function revokedColumns(now: Date) {
  return { revoked_at: now, name_live: null, external_id_live: null, updated_at: now };
}
