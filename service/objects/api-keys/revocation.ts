/** Revokes keys and the access tokens of system users, and releases the names of expired ones. */
import type { ExpressionBuilder } from "kysely";
import type { Context } from "../../auth/operation.ts";
import { type AuditedContext, auditRequests } from "../../managed/audit.ts";
import { isActiveKey } from "../../rows/active-key.ts";
import type { Tables } from "../../rows/tables.ts";
import { accessTokens, toAccessToken } from "../access-tokens/resource.ts";
import { type MemberSelection, requestFor, selectedMembers } from "../member-selection.ts";
import { apiKeys, isExpired, type Row, selectStoredKeys, toApiKey } from "./resource.ts";

/** Permanently revokes a key; its name and externalId become free. */
export async function revokeKey({ db, now }: Pick<Context, "db" | "now">, id: string): Promise<void> {
  await db.updateTable("api_keys").set(revokedColumns(now)).where("id", "=", id).execute();
}

/** Ends an expired key: it stays expired, and its name and externalId become free. */
export async function endExpiredKey({ db }: Pick<Context, "db">, id: string): Promise<void> {
  await db.updateTable("api_keys").set(endedColumns).where("id", "=", id).execute();
}

/**
 * Revokes the active keys and access tokens of an organization, or those that some members own, with an audit entry for each.
 * Expired ones stay expired.
 */
export async function revokeKeys(
  context: Omit<AuditedContext, "requestId">,
  selection: MemberSelection,
): Promise<void> {
  const { db, now } = context;
  const { organizationId } = selection;
  let query = selectStoredKeys(db)
    .where("api_keys.organization_id", "=", organizationId)
    .where("api_keys.revoked_at", "is", null);
  let update = db.updateTable("api_keys").where("organization_id", "=", organizationId).where("revoked_at", "is", null);
  const owners = selectedMembers(selection);
  if (owners !== undefined) {
    query = query.where("api_keys.owner_id", "in", owners);
    update = update.where("owner_id", "in", owners);
  }
  const rows = await query.orderBy("api_keys.id").execute();
  const active = rows.filter((row) => !isExpired(row, now));
  if (active.length < rows.length) {
    await update.set(endedColumns).where("expires_at", "<=", now).execute();
  }
  await update.set(revokedColumns(now)).where(isActiveKey(now)).execute();
  const recordsOf = <T>(rows: readonly Row[], convert: (row: Row, at: Date) => T) =>
    rows.map((row) => ({
      before: convert(row, now),
      after: convert({ ...row, revoked_at: now }, now),
      requestId: requestFor(selection, row.owner_id),
    }));
  const keys = active.filter(({ kind }) => kind !== "token");
  const tokens = active.filter(({ kind }) => kind === "token");
  // Assignees have audit entries of their own.
  await auditRequests(context, apiKeys, "revoke", recordsOf(keys, toApiKey));
  await auditRequests(context, accessTokens, "revoke", recordsOf(tokens, toAccessToken));
}

/** Releases the names and externalIds of expired keys; nothing runs when a key expires, so the next change does this. */
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

/** The key ends when it was created, so that it can't authenticate again by any clock: another replica's, or one that is set back. */
function endedColumns({ ref }: ExpressionBuilder<Tables, "api_keys">) {
  return { expires_at: ref("created_at"), name_live: null, external_id_live: null };
}

function revokedColumns(now: Date) {
  return { revoked_at: now, name_live: null, external_id_live: null, updated_at: now };
}
