/** What people do on their pages to users, memberships and assignments: all that the pages need of the rest of the service. */
import { audit } from "../audit.ts";
import { endLinks, issueLink, type Link } from "../links.ts";
import type { Context } from "../operation.ts";
import type { UserPrincipal } from "../principal.ts";
import { Refusal } from "../problems.ts";
import { load } from "../resource.ts";
import { apiKeyAssignments } from "../resources/api-key-assignments.ts";
import { apiKeys } from "../resources/api-keys.ts";
import { endMembership, memberships } from "../resources/memberships.ts";
import { organizations } from "../resources/organizations.ts";
import { roles } from "../resources/roles.ts";
import { findUserByEmail, users } from "../resources/users.ts";
import { insertUser } from "../routes/users.ts";
import { keepAnAdministrator } from "../rules.ts";

/** A person's act: done in the person's name. */
export type PersonalContext = Context & { readonly principal: UserPrincipal };

/** What a person is called. */
export interface Names {
  readonly givenName: string | null;
  readonly familyName: string | null;
}

/** A mail that a person asked for on a page. */
export type RequestedMail =
  | {
      readonly kind: "sign_up" | "password_reset";
      readonly email: string;
      /** What the link is made of, and nobody else may see. */
      readonly token: string;
      readonly expiresAt: Date;
    }
  /** Says that there is an account already. */
  | { readonly kind: "account_exists"; readonly email: string };

/** Takes a mail to be sent after the transaction. */
export type EnqueueMail = (context: Pick<Context, "db" | "now">, mail: RequestedMail) => Promise<void>;

/** What somebody is invited to by a link. */
export interface Invitation {
  /** The user who has the invited address; null while nobody has. */
  readonly userId: string | null;
  readonly organizationName: string;
  /** The role, or the API key, by its name. */
  readonly grant: string;
}

/** Asks for the mail that starts a sign-up, or says that there is an account. */
export async function requestSignUp(
  context: Pick<Context, "db" | "now">,
  email: string,
  enqueue: EnqueueMail,
): Promise<void> {
  const user = await findUserByEmail(context, email);
  const isIncomplete = user === undefined || (user.activated_at === null && user.state === "active");
  if (!isIncomplete) return await enqueue(context, { kind: "account_exists", email: user.email });
  const { token, expiresAt } = await issueLink(context, { purpose: "sign_up", subject: email, email });
  await enqueue(context, { kind: "sign_up", email, token, expiresAt });
}

/** Asks for the mail that resets a password, where somebody has the address who may log in. */
export async function requestPasswordReset(
  context: Pick<Context, "db" | "now">,
  email: string,
  enqueue: EnqueueMail,
): Promise<void> {
  const row = await findUserByEmail(context, email);
  const user = row && (await load(context, users, row.id));
  if (user?.kind !== "person" || user.status !== "active") return;
  const link = { purpose: "password_reset", subject: user.id, email: user.email } as const;
  const { token, expiresAt } = await issueLink(context, link);
  await enqueue(context, { kind: "password_reset", email: user.email, token, expiresAt });
}

/** Makes the acting person's account, of no organization, with a proven address. */
export async function signUp(context: PersonalContext, email: string, names: Names): Promise<void> {
  const { now, principal } = context;
  const at = now.toISOString();
  await insertUser(context, {
    id: principal.user,
    externalId: null,
    adopted: false,
    email,
    pendingEmail: null,
    ...names,
    kind: "person",
    homeOrganization: null,
    systemRole: "none",
    state: "active",
    status: "invited",
    inviteSentAt: null,
    inviteExpiresAt: null,
    createdAt: at,
    updatedAt: at,
  });
  await writeActivation(context, names);
  await audit(context, users, "sign_up", [{ before: undefined, after: await load(context, users, principal.user) }]);
}

/** Completes the acting person's account. */
export async function activateUser(context: PersonalContext, names: Names): Promise<void> {
  const { user } = context.principal;
  const before = await load(context, users, user);
  await writeActivation(context, names);
  await endLinks(context, { subject: user });
  await audit(context, users, "activate", [{ before, after: await load(context, users, user) }]);
}

async function writeActivation({ db, now, principal }: PersonalContext, names: Names): Promise<void> {
  await db
    .updateTable("users")
    .set({ activated_at: now, given_name: names.givenName, family_name: names.familyName, updated_at: now })
    .where("id", "=", principal.user)
    .execute();
}

/** What a link of an invitation invites to, while that stands. */
export async function findInvitation(
  context: Pick<Context, "db" | "now">,
  { purpose, subject }: Link,
): Promise<Invitation | undefined> {
  if (purpose === "membership") {
    const membership = await load(context, memberships, subject);
    if (membership?.status !== "pending") return undefined;
    const role = await load(context, roles, membership.role);
    return await present(context, membership, role?.name);
  }
  const assignment = await load(context, apiKeyAssignments, subject);
  if (assignment === undefined) return undefined;
  const key = await load(context, apiKeys, assignment.key);
  return await present(context, assignment, key?.displayName);
}

async function present(
  context: Pick<Context, "db" | "now">,
  { organization, user }: { readonly organization: string; readonly user: string | null },
  grant: string | undefined,
): Promise<Invitation | undefined> {
  const found = await load(context, organizations, organization);
  if (found?.status !== "open" || grant === undefined) return undefined;
  return { userId: user, organizationName: found.name, grant };
}

/** Accepts a membership for the acting person. */
export async function acceptMembership(context: PersonalContext, membershipId: string): Promise<void> {
  const { db, now } = context;
  const before = await load(context, memberships, membershipId);
  await db
    .updateTable("memberships")
    .set({ status: "active", updated_at: now })
    .where("id", "=", membershipId)
    .where("status", "=", "pending")
    .execute();
  await audit(context, memberships, "accept", [{ before, after: await load(context, memberships, membershipId) }]);
}

/** Accepts the assignment of an API key for the acting person. */
export async function acceptAssignment(context: PersonalContext, assignmentId: string): Promise<void> {
  const before = await load(context, apiKeyAssignments, assignmentId);
  await audit(context, apiKeyAssignments, "accept", [{ before, after: before }], { always: true });
}

/**
 * Makes a confirmed address the acting person's.
 *
 * @throws Refusal `email_taken`
 */
export async function confirmEmailChange(context: PersonalContext, email: string): Promise<void> {
  const { db, now, principal } = context;
  const holder = await findUserByEmail(context, email);
  if (holder !== undefined && holder.id !== principal.user) {
    throw new Refusal("email_taken", "Somebody else has this address by now.");
  }
  const before = await load(context, users, principal.user);
  await db
    .updateTable("users")
    .set({ email, email_normalized: email.toLowerCase(), updated_at: now })
    .where("id", "=", principal.user)
    .execute();
  // They went to the address before.
  await endLinks(context, { subject: principal.user });
  await audit(context, users, "confirm_email", [{ before, after: await load(context, users, principal.user) }]);
}

/**
 * Leaves an organization, with what the acting person has there.
 *
 * @throws Refusal `not_found` where it isn't the person's, `last_administrator`.
 */
export async function leave(context: PersonalContext, membershipId: string): Promise<void> {
  const { db, principal } = context;
  const before = await load(context, memberships, membershipId);
  if (before?.user !== principal.user || before.status !== "active") {
    throw new Refusal("not_found", "You are no member there.");
  }
  if (before.role === "administrator") await keepAnAdministrator(context, before.organization, principal.user);
  await endMembership(context, before);
  await db.updateTable("memberships").set({ status: "left" }).where("id", "=", membershipId).execute();
  await audit(context, memberships, "leave", [{ before, after: await load(context, memberships, membershipId) }]);
}
