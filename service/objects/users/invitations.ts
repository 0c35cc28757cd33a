/** Invitations to set up an account: the permission to invite, and the mail. */
import type { Schemas } from "roster-schema";
import type { CallerContext, Context } from "../../auth/operation.ts";
import { holds, isServiceOwner } from "../../auth/principal.ts";
import { type MailContext, mailLink } from "../../mail/queue.ts";
import { load, permissionDenied, requireSomewhere } from "../../managed/resource.ts";
import { passes, unprocessable } from "../../problems.ts";
import { organizations, refuseClosed } from "../organizations/resource.ts";
import { users } from "./resource.ts";

type User = Schemas["User"];

/**
 * Requires that a caller can invite a person to set up an account. This is checked for the request, and again for its caller
 * when the link is used.
 *
 * @throws Refusal `permission_denied`, `organization_closed`.
 */
export async function requireInviting(asking: CallerContext, user: User): Promise<void> {
  const { principal } = asking;
  const home = user.homeOrganization === null ? undefined : await load(asking, organizations, user.homeOrganization);
  requireSomewhere(asking, "users:create");
  if (!holds(principal, "users:create", user.homeOrganization)) {
    throw permissionDenied("Only callers who can create users in this user's home organization can invite the user.");
  }
  if (home !== undefined) {
    refuseClosed(home);
  }
}

/** Mails the link for setting up the account; the previous link stops working. */
export async function inviteUser(context: MailContext, { id, email, homeOrganization }: User): Promise<void> {
  const home =
    homeOrganization === null
      ? undefined
      : await context.db
          .selectFrom("organizations")
          .select("name")
          .where("id", "=", homeOrganization)
          .executeTakeFirstOrThrow();
  const link = { purpose: "set_up", subject: id, email } as const;
  const origin = { organization: homeOrganization, about: id };
  const { sentAt, expiresAt } = await mailLink(context, link, origin, { organization: home?.name });
  await context.db
    .updateTable("users")
    .set({ invite_sent_at: sentAt, invite_expires_at: expiresAt })
    .where("id", "=", id)
    .execute();
}

/**
 * Mails a person whose account is not set up a new link, if there was one before.
 *
 * @param isOptional whether a caller that can't invite the person leaves it without a link
 * @throws Refusal `permission_denied`, `organization_closed`, unless that is optional.
 */
export async function replaceInvite(
  context: Context,
  userId: string,
  { isOptional }: { readonly isOptional: boolean },
): Promise<void> {
  const user = await load(context, users, userId);
  if (user?.status !== "invited" || user.inviteSentAt === null) {
    return;
  }
  if (!isServiceOwner(context.principal)) {
    const inviting = requireInviting(context, user);
    if (!isOptional) {
      await inviting;
    } else if (!(await passes(inviting))) {
      return;
    }
  }
  await inviteUser(context, user);
}

/**
 * Mails an invited person the link again.
 *
 * @throws Refusal `unprocessable` if the user is not invited; see `requireInviting`.
 */
export async function resendInvite(context: Context, user: User): Promise<void> {
  if (user.kind === "system" || user.status !== "invited") {
    throw unprocessable(
      "/resendInvite",
      `You can resend an invitation only to an invited person. This user is ${user.status}.`,
      [{ kind: "user", id: user.id }],
    );
  }
  await requireInviting(context, user);
  await inviteUser(context, user);
}
