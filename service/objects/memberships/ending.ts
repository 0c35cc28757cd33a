/** Ends memberships, together with the member's assignments and keys in the organization. */
import type { Schemas } from "roster-schema";
import { endLinks } from "../../auth/links.ts";
import type { Context } from "../../auth/operation.ts";
import { type AuditedContext, audit } from "../../managed/audit.ts";
import { executeShared, sharedWrite } from "../../rows/shared-statements.ts";
import { revokeKeys } from "../api-keys/revocation.ts";
import { deleteAssignments } from "../assignments/rules.ts";
import { memberships, selectMemberships, toMembership } from "./resource.ts";

type Membership = Schemas["Membership"];

/** The status after the end: an active membership becomes removed, an invitation cancelled. */
function endedStatus({ status }: Pick<Membership, "status">): "removed" | "cancelled" {
  return status === "active" ? "removed" : "cancelled";
}

/**
 * Ends the assignments and keys of members in an organization.
 *
 * @param members the members, each with the request that ends the membership.
 */
export async function endWhatMembersHave(
  context: Omit<AuditedContext, "requestId">,
  organizationId: string,
  members: ReadonlyMap<string, string>,
): Promise<void> {
  await deleteAssignments(context, { organizationId, members });
  await revokeKeys(context, { organizationId, members });
}

type EndingMembers = Omit<AuditedContext, "requestId"> & { readonly organization: string };

const endedMembers = sharedWrite(
  "what members have",
  ({ organization, ...context }: EndingMembers, members: readonly (readonly [user: string, requestId: string])[]) =>
    endWhatMembersHave(context, organization, new Map(members)),
);

const endedAwaiting = sharedWrite(
  "what waits for memberships",
  ({ organization, ...context }: EndingMembers, memberships: readonly (readonly [id: string, requestId: string])[]) =>
    deleteAssignments(context, { organizationId: organization, awaited: new Map(memberships) }),
);

type EndingMemberships = Pick<Context, "db" | "now"> & { readonly status: ReturnType<typeof endedStatus> };

const endedMemberships = sharedWrite(
  "memberships that end",
  ({ db, now, status }: EndingMemberships, ids: readonly string[]) =>
    db
      .updateTable("memberships")
      .set({ ...endedColumns(now), status })
      .where("id", "in", ids)
      .execute(),
);

/** Ends a membership, the user's assignments and keys in the organization, and the assignments that wait for the membership. */
export async function endMembership(context: Context, membership: Membership): Promise<void> {
  const { db, now, principal, requestId } = context;
  const { id, organization, user } = membership;
  if (user !== null) {
    await executeShared(endedMembers, { db, now, principal, organization }, [user, requestId] as const);
  }
  if (membership.status !== "active") {
    await executeShared(endedAwaiting, { db, now, principal, organization }, [id, requestId] as const);
  }
  await executeShared(endedMemberships, { db, now, status: endedStatus(membership) }, id);
  await endLinks(context, { subject: id });
}

/** Ends every membership of an organization, with an audit entry for each. The caller ends keys and assignments. */
export async function endMemberships(context: Context, of: { readonly organizationId: string }): Promise<void> {
  const rows = await selectMemberships(context.db, context.now)
    .where("memberships.organization_id", "=", of.organizationId)
    .where("memberships.member_live", "is not", null)
    .orderBy("memberships.id")
    .execute();
  for (const status of ["active", "pending"] as const) {
    await context.db
      .updateTable("memberships")
      .set({ ...endedColumns(context.now), status: endedStatus({ status }) })
      .where("organization_id", "=", of.organizationId)
      .where("status", "=", status)
      .execute();
  }
  for (const { id } of rows.filter(({ status }) => status === "pending")) {
    await endLinks(context, { subject: id });
  }
  const records = rows.map((row) => {
    const before = toMembership(row, context.now);
    return { before, after: { ...before, status: endedStatus(before) } };
  });
  await audit(context, memberships, "end", records);
}

/** The values of the columns when a membership ends. */
export function endedColumns(now: Date) {
  return { member_live: null, external_id_live: null, ended_at: now, updated_at: now };
}
