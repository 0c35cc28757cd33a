/** The link by which an invited person sets up the account: what mailing it takes, and the mail. */
import type { Schemas } from "roster-schema";
import type { CallerContext, Context } from "../../auth/operation.ts";
import { type MailContext, mailLink } from "../../mail/queue.ts";
import { load, permissionDenied, requirePermission } from "../../managed/resource.ts";
import { unprocessable } from "../../problems.ts";
import { organizations, refuseClosed } from "../organizations/resource.ts";

type User = Schemas["User"];

/**
 * What mailing a person the link that sets up the account takes: when it is asked for, and of whoever asked for it when
 * the link is followed.
 *
 * @throws Refusal `permission_denied`, `organization_closed`.
 */
export async function requireInviting(asking: CallerContext, user: User): Promise<void> {
  const { principal } = asking;
  const home = user.homeOrganization === null ? undefined : await load(asking, organizations, user.homeOrganization);
  if (principal.kind !== "owner") {
    requirePermission(asking, "users:create");
    if (user.homeOrganization !== principal.organization) {
      throw permissionDenied("A user is invited by those who create users in its home organization.");
    }
  }
  if (home !== undefined) refuseClosed(home);
}

/** Mails a person the link that sets up the account; the link before it stops working. */
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
 * Mails an invited person the link again.
 *
 * @throws Refusal `unprocessable` where nobody waits to set up the account; see `requireInviting`.
 */
export async function resendInvite(context: Context, user: User): Promise<void> {
  if (user.kind === "system" || user.status !== "invited") {
    throw unprocessable("/resendInvite", `Only an invited person is invited again; this user is ${user.status}.`);
  }
  await requireInviting(context, user);
  await inviteUser(context, user);
}
