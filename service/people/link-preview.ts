/** What following a link would do, and for whom: shown before, and checked again when it is done. */
import { emailFault, type Schemas } from "roster-schema";
import { findMailedLink, type Link } from "../auth/links.ts";
import type { Context } from "../auth/operation.ts";
import type { QueuedMail } from "../mail/sender.ts";
import { isAdministratorAddress } from "../managed/administrators.ts";
import { load } from "../managed/resource.ts";
import { organizations } from "../objects/organizations/resource.ts";
import { findUserByEmail, type Names, normalizeEmail, toUser, users } from "../objects/users/resource.ts";
import type { Database } from "../rows/tables.ts";
import { isUnclaimed } from "./account-claims.ts";
import { findInvitation, type Invitation } from "./invitations.ts";
import { endIfRefused, isRefused } from "./link-authorization.ts";
import type { Visitor } from "./site.ts";

/** What a link asks of whoever follows it. */
export type Prompt =
  /** Names, a password and the rule: there is no complete account yet. */
  | "account"
  /** A new password. */
  | "new_password"
  /** The password, as nobody is logged in. */
  | "password"
  /** No more than a click. */
  | "confirmation"
  /** To log out: it is for somebody else. */
  | "other_person";

/** A link that can be followed. */
export interface LinkPreview {
  readonly prompt: Prompt;
  readonly title: string;
  readonly explanation: string;
  readonly button: string;
  /** Whose it is; null where the account isn't there yet. */
  readonly userId: string | null;
  readonly email: string;
  readonly names: Names;
  /** The organization that manages the account once it is complete; null where none does. */
  readonly home: Home | null;
}

/** An organization that created an account for somebody. */
export interface Home {
  readonly name: string;
  /** Whether the person can have an account of their own instead, as they came by themselves. */
  readonly isOptional: boolean;
}

/** Why a link can't be followed; what was asked for is refused by now, where it is `refused`. */
export type DeadLinkReason = "gone" | "has_account" | "refused";

type User = Schemas["User"];

/** What following a link would do now. */
export async function previewLink(
  context: Pick<Context, "db" | "now">,
  link: Link,
  visitor: Visitor,
): Promise<LinkPreview | DeadLinkReason> {
  if (await isRefused(context, link)) return "refused";
  // One that was mailed before such addresses were refused proves nothing: the mailbox may be another's.
  if (emailFault(link.email) !== undefined) return "gone";
  switch (link.purpose) {
    case "set_up":
    case "sign_up":
      return await previewAccountLink(context, link);
    case "password_reset":
    case "email_change":
      return await previewUserLink(context, link);
    default:
      return await previewInvitationLink(context, link, visitor);
  }
}

/** Whoever reads a mail, of whom nothing is known before. */
const reader: Visitor = { formToken: "" };

/**
 * Whether a mail is still to be sent. One whose link no longer leads anywhere would mislead: the link has been used,
 * replaced, cancelled, refused or has expired, or the account at the address can't follow it, such as a system user's.
 * A notice to an administrator is for nobody who has ceased to be one.
 */
export async function isMailWanted(db: Database, mail: QueuedMail, now: Date): Promise<boolean> {
  if (mail.administrators_of !== null) return await isAdministratorAddress(db, mail.administrators_of, mail.recipient);
  if (mail.link_id === null) return true;
  const link = await findMailedLink({ db, now }, mail.link_id);
  if (link === undefined) return false;
  const found = await previewLink({ db, now }, link, reader);
  if (found === "refused") return !(await endIfRefused(db, link, { now, requestId: mail.id }));
  return typeof found !== "string";
}

async function previewAccountLink(
  context: Pick<Context, "db" | "now">,
  { purpose, subject, email }: Link,
): Promise<LinkPreview | DeadLinkReason> {
  const row = purpose === "set_up" ? undefined : await findUserByEmail(context, email);
  const id = purpose === "set_up" ? subject : row?.id;
  const user = id === undefined ? undefined : await load(context, users, id);
  const isFree = row !== undefined && isUnclaimed(row);
  if (purpose === "set_up" && (user === undefined || isReaddressed(user, email))) return "gone";
  if (user !== undefined && user.status !== "invited" && !isFree) {
    return user.kind === "person" && user.status === "active" ? "has_account" : "gone";
  }
  const home = await homeOf(context, user, { isOptional: purpose === "sign_up" });
  const made = home === null || home.isOptional ? "" : `${home.name} created this account for you. ${powersOf(home)} `;
  return {
    prompt: "account",
    title: purpose === "set_up" ? "Set up your account" : "Create your account",
    explanation: `${made}Choose a password. After that, you can log in with your address.`,
    button: purpose === "set_up" ? "Set up the account" : "Create the account",
    userId: user?.id ?? null,
    home,
    ...personOf(email, user),
  };
}

/** What the administrators of an account's home organization can do with it. */
export function powersOf({ name }: Pick<Home, "name">): string {
  return (
    `The administrators of ${name} manage it: they can change its name and its address, mail you a link to a new ` +
    "password, and deactivate it."
  );
}

/** The organization that would manage an account that somebody sets up now. */
async function homeOf(
  context: Pick<Context, "db" | "now">,
  user: User | undefined,
  { isOptional }: Pick<Home, "isOptional">,
): Promise<Home | null> {
  const home = user?.status === "invited" ? await openHomeOf(context, user) : undefined;
  return home === undefined ? null : { name: home.name, isOptional };
}

/** The organization that manages an account: none does that is closed. */
async function openHomeOf(context: Pick<Context, "db" | "now">, { homeOrganization }: User) {
  const home = homeOrganization === null ? undefined : await load(context, organizations, homeOrganization);
  return home?.status === "open" ? home : undefined;
}

async function previewUserLink(
  context: Pick<Context, "db" | "now">,
  { purpose, subject, email }: Link,
): Promise<LinkPreview | DeadLinkReason> {
  const user = await load(context, users, subject);
  if (user?.kind !== "person" || user.status !== "active") return "gone";
  // Another change, or none, has taken its place.
  if (purpose === "email_change" ? user.pendingEmail !== email : isReaddressed(user, email)) return "gone";
  const common = { userId: user.id, home: null, ...personOf(user.email, user) };
  if (purpose === "password_reset") {
    return {
      ...common,
      prompt: "new_password",
      title: "Choose a new password",
      explanation: "It replaces your current password and ends every session.",
      button: "Change the password",
    };
  }
  const home = await openHomeOf(context, user);
  // Whoever reads this mail need not be whose account it is until now.
  const managed = home === undefined ? "" : ` ${powersOf(home)}`;
  return {
    ...common,
    prompt: "confirmation",
    title: "Confirm your new address",
    explanation: `Your account has the address ${user.email}. If you confirm, its address becomes ${email}, and you log in with that one.${managed}`,
    button: "Confirm the new address",
  };
}

async function previewInvitationLink(
  context: Pick<Context, "db" | "now">,
  link: Link,
  visitor: Visitor,
): Promise<LinkPreview | DeadLinkReason> {
  const invitation = await findInvitation(context, link);
  if (invitation === undefined) return "gone";
  const { account } = invitation;
  const user = account && toUser(account);
  // Nor does an organization that has made an account, and deactivated it, stand in the way of another's invitation.
  const isFree = account !== undefined && isUnclaimed(account) && user?.homeOrganization !== invitation.organization;
  const isToBeSetUp = user === undefined || user.status === "invited" || isFree;
  if (user !== undefined && (user.kind !== "person" || (user.status !== "active" && !isToBeSetUp))) return "gone";
  // Who completes an account chooses its password, which takes a link to the address that it has by now. An account that
  // is complete asks for its own password or session, wherever the link went.
  if (user !== undefined && isToBeSetUp && isReaddressed(user, link.email)) return "gone";
  return {
    ...wordsOf(link, invitation),
    prompt: promptOf(user, isToBeSetUp, visitor),
    userId: user?.id ?? null,
    home: await homeOf(context, user, { isOptional: true }),
    ...personOf(user?.email ?? link.email, user),
  };
}

/** Whether a user has another address by now than the one that a link went to. */
function isReaddressed(user: User, email: string): boolean {
  return normalizeEmail(user.email) !== normalizeEmail(email);
}

function promptOf(user: User | undefined, isToBeSetUp: boolean, visitor: Visitor): Prompt {
  if (visitor.user !== undefined && visitor.user.id !== user?.id) return "other_person";
  if (isToBeSetUp) return "account";
  return visitor.user === undefined ? "password" : "confirmation";
}

function wordsOf({ purpose }: Link, { organizationName, grant }: Invitation) {
  if (purpose === "membership") {
    return {
      title: `Join ${organizationName}`,
      explanation: `You are invited to join ${organizationName} with the role ${grant}.`,
      button: `Join ${organizationName}`,
    };
  }
  return {
    title: `Use an API key of ${organizationName}`,
    explanation:
      `${organizationName} invites you to use its API key “${grant}”. ` +
      "This doesn't make you a member. Whoever manages the key hands it to you: it is neither on this page nor in any mail.",
    button: "Accept",
  };
}

function personOf(email: string, user: User | undefined) {
  return { email, names: { givenName: user?.givenName ?? null, familyName: user?.familyName ?? null } };
}
