/** Invitations to memberships: the permission to invite, and the mail. */
import type { Schemas } from "roster-schema";
import type { CallerContext, Context } from "../../auth/operation.ts";
import { type MailContext, mailLink } from "../../mail/queue.ts";
import { audit } from "../../managed/audit.ts";
import { load, refuseTakenExternalId, requirePermission } from "../../managed/resource.ts";
import { refuseHandingOut } from "../../managed/rules.ts";
import { Refusal, unprocessable } from "../../problems.ts";
import { liveName } from "../../rows/tables.ts";
import { refuseMemberBeyondPlan } from "../organizations/plans.ts";
import { findOpenOrganization } from "../organizations/resource.ts";
import { findMembershipRole } from "../roles/rules.ts";
import { inviteUser, requireInviting } from "../users/invitations.ts";
import { findUserByEmail, normalizeEmail, toUser, users } from "../users/resource.ts";
import { alreadyMember, findLiveMember, memberships } from "./resource.ts";

type Membership = Schemas["Membership"];
type Organization = Schemas["Organization"];
type User = Schemas["User"];

/** Mails the link for accepting a membership; the previous link stops working. */
export async function inviteMember(context: MailContext, { id, organization, email }: Membership): Promise<void> {
  const { db } = context;
  const { name } = await db
    .selectFrom("organizations")
    .select("name")
    .where("id", "=", organization)
    .executeTakeFirstOrThrow();
  const link = { purpose: "membership", subject: id, email } as const;
  // Count by organization, because a cancelled membership can be created again.
  const { expiresAt } = await mailLink(context, link, { organization, about: organization }, { organization: name });
  await db.updateTable("memberships").set({ invite_expires_at: expiresAt }).where("id", "=", id).execute();
}

/**
 * Mails an invitation again, also to a person who has left. A member whose account the organization created, and who hasn't
 * set it up, is mailed the link to do so.
 *
 * @throws Refusal `unprocessable` if the membership has another status; `already_member` if the person has another
 * membership; see `requireInviting` for the link to set up an account.
 */
export async function resendInvite(context: Context, membership: Membership): Promise<void> {
  const { id, externalId, organization, status, user, email } = membership;
  requirePermission(context, organization, "members:manage");
  const created = await findCreated(context, membership);
  if (created !== undefined) {
    await requireInviting(context, created);
    await inviteUser(context, created);
    await audit(context, users, "resend_invite", [{ before: created, after: created }], { always: true });
    return;
  }
  if (status !== "pending" && status !== "expired" && status !== "left") {
    throw unprocessable(
      "/resendInvite",
      `You can resend an invitation only if it is pending or expired, if the person has left, or if the organization created the person's account and it is not set up. This membership is ${status}.`,
      [{ kind: "membership", id }],
    );
  }
  const open = await requireInvitation(context, membership);
  if (status === "left" && user !== null) {
    const existing = await findLiveMember(context.db, organization, [user, normalizeEmail(email)], id);
    if (existing !== undefined) {
      throw await alreadyMember(context, existing);
    }
    await refuseMemberBeyondPlan(context, open);
    await refuseTakenExternalId(context, memberships, organization, membership);
    await context.db
      .updateTable("memberships")
      .set({
        status: "pending",
        member_live: liveName(organization, user),
        external_id_live: externalId === null ? null : liveName(organization, externalId),
        ended_at: null,
        updated_at: context.now,
      })
      .where("id", "=", id)
      .execute();
  }
  await inviteMember(context, membership);
}

/** The person of an active membership whose account the organization created, and who hasn't set it up. */
async function findCreated(
  context: Context,
  { status, user: id, organization }: Membership,
): Promise<User | undefined> {
  const user = status === "active" && id !== null ? await load(context, users, id) : undefined;
  return user?.status === "invited" && user.homeOrganization === organization ? user : undefined;
}

/**
 * Requires that a caller can invite somebody to a membership. This is checked for the request, and again for its caller when
 * the link is used.
 *
 * @throws Refusal `permission_denied`, `organization_closed`, `role_not_found`; `unprocessable` if the
 * organization doesn't allow this way of joining.
 */
export async function requireInvitation(asking: CallerContext, membership: Membership): Promise<Organization> {
  const organization = await findOpenOrganization(asking, membership.organization, "members:manage");
  refuseHandingOut(
    asking.principal,
    organization.id,
    await findMembershipRole(asking, organization.id, membership.role),
  );
  if (organization.joinPolicies.includes("invite")) {
    return organization;
  }
  const row = await findUserByEmail(asking, membership.email);
  if (row !== undefined) {
    refuseUninvited(organization, toUser(row));
    return organization;
  }
  throw new Refusal("unprocessable", "The organization's joinPolicies don't allow invitations. Add `invite`.", {
    dependsOn: [{ kind: "organization", id: organization.id }],
  });
}

/**
 * Refuses an existing account from another organization if the organization doesn't allow existing accounts to join.
 *
 * @throws Refusal `unprocessable`
 */
export function refuseUninvited(organization: Organization, user: User): void {
  if (organization.joinPolicies.includes("existing") || user.homeOrganization === organization.id) {
    return;
  }
  throw new Refusal(
    "unprocessable",
    "The organization's joinPolicies don't allow existing accounts to join. Add `existing`.",
    { dependsOn: [{ kind: "organization", id: organization.id }] },
  );
}
