/** Previews a link: what following it would do, and for whom. The page shows this, and checks it again on submission. */
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

/** The input that a link requires. */
export type Prompt =
  /** Names, a password, and accepting the rule, because the account isn't complete. */
  | "account"
  /** A new password. */
  | "new_password"
  /** The current password, because nobody is logged in. */
  | "password"
  /** Only a click. */
  | "confirmation"
  /** Logging out, because the link is for somebody else. */
  | "other_person";

/** What following a link would do. */
export interface LinkPreview {
  readonly prompt: Prompt;
  readonly title: string;
  readonly explanation: string;
  readonly button: string;
  /** The user; null if the account doesn't exist yet. */
  readonly userId: string | null;
  readonly email: string;
  readonly names: Names;
  /** The organization that will manage the complete account; null if there is none. */
  readonly home: Home | null;
}

/** An organization that has created an account for a person. */
export interface Home {
  readonly name: string;
  /** Whether the person can choose an account of their own instead, because they signed up themselves. */
  readonly isOptional: boolean;
}

/** Why a link can't be followed; `refused` means that its request would now be refused. */
export type DeadLinkReason = "gone" | "has_account" | "refused";

type User = Schemas["User"];

/** Previews a link. */
export async function previewLink(
  context: Pick<Context, "db" | "now">,
  link: Link,
  visitor: Visitor,
): Promise<LinkPreview | DeadLinkReason> {
  if (await isRefused(context, link)) {
    return "refused";
  }
  // The link was mailed before such addresses were refused; somebody else may have received it.
  if (emailFault(link.email) !== undefined) {
    return "gone";
  }
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

/** The reader of a mail, as a visitor without a session. */
const reader: Visitor = { formToken: "" };

/**
 * Whether a mail should still be sent. A mail whose link no longer works is not sent: the link may have been used, replaced,
 * cancelled or refused, may have expired, or can't be followed by the account. A notice is sent only to current
 * administrators.
 */
export async function isMailWanted(db: Database, mail: QueuedMail, now: Date): Promise<boolean> {
  if (mail.administrators_of !== null) {
    return await isAdministratorAddress(db, mail.administrators_of, mail.recipient);
  }
  if (mail.link_id === null) {
    return true;
  }
  const link = await findMailedLink({ db, now }, mail.link_id);
  if (link === undefined) {
    return false;
  }
  const found = await previewLink({ db, now }, link, reader);
  if (found === "refused") {
    return !(await endIfRefused(db, link, { now, requestId: mail.id }));
  }
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
  if (purpose === "set_up" && (user === undefined || isReaddressed(user, email))) {
    return "gone";
  }
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

/** Describes what the administrators of an account's home organization can do with the account. */
export function powersOf({ name }: Pick<Home, "name">): string {
  return (
    `The administrators of ${name} manage it. They can change its name and address, email you a link to choose a new ` +
    "password, and deactivate it."
  );
}

/** The organization that would manage the account after set-up. */
async function homeOf(
  context: Pick<Context, "db" | "now">,
  user: User | undefined,
  { isOptional }: Pick<Home, "isOptional">,
): Promise<Home | null> {
  const home = user?.status === "invited" ? await openHomeOf(context, user) : undefined;
  return home === undefined ? null : { name: home.name, isOptional };
}

/** The open organization that manages an account, if any. */
async function openHomeOf(context: Pick<Context, "db" | "now">, { homeOrganization }: User) {
  const home = homeOrganization === null ? undefined : await load(context, organizations, homeOrganization);
  return home?.status === "open" ? home : undefined;
}

async function previewUserLink(
  context: Pick<Context, "db" | "now">,
  { purpose, subject, email }: Link,
): Promise<LinkPreview | DeadLinkReason> {
  const user = await load(context, users, subject);
  if (user?.kind !== "person" || user.status !== "active") {
    return "gone";
  }
  // The change was replaced or withdrawn.
  if (purpose === "email_change" ? user.pendingEmail !== email : isReaddressed(user, email)) {
    return "gone";
  }
  const common = { userId: user.id, home: null, ...personOf(user.email, user) };
  if (purpose === "password_reset") {
    return {
      ...common,
      prompt: "new_password",
      title: "Choose a new password",
      explanation: "The new password replaces your current one and ends every session.",
      button: "Change the password",
    };
  }
  const home = await openHomeOf(context, user);
  // The reader of this mail may not be the current owner of the account.
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
  if (invitation === undefined) {
    return "gone";
  }
  const { account } = invitation;
  const user = account && toUser(account);
  // An account that another organization has created and deactivated can still accept an invitation.
  const isFree = account !== undefined && isUnclaimed(account) && user?.homeOrganization !== invitation.organization;
  const isToBeSetUp = user === undefined || user.status === "invited" || isFree;
  if (user !== undefined && (user.kind !== "person" || (user.status !== "active" && !isToBeSetUp))) {
    return "gone";
  }
  // Completing an account sets its password, so the link must have been sent to the current address. A complete account
  // requires its password or a session, so the address of the link doesn't matter.
  if (user !== undefined && isToBeSetUp && isReaddressed(user, link.email)) {
    return "gone";
  }
  return {
    ...wordsOf(link, invitation),
    prompt: promptOf(user, isToBeSetUp, visitor),
    userId: user?.id ?? null,
    home: await homeOf(context, user, { isOptional: true }),
    ...personOf(user?.email ?? link.email, user),
  };
}

/** Whether the user's address differs from the one that a link was sent to. */
function isReaddressed(user: User, email: string): boolean {
  return normalizeEmail(user.email) !== normalizeEmail(email);
}

function promptOf(user: User | undefined, isToBeSetUp: boolean, visitor: Visitor): Prompt {
  if (visitor.user !== undefined && visitor.user.id !== user?.id) {
    return "other_person";
  }
  if (isToBeSetUp) {
    return "account";
  }
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
      "This doesn't make you a member. The people who manage the key give it to you. It is not on this page or in any email.",
    button: "Accept",
  };
}

function personOf(email: string, user: User | undefined) {
  return { email, names: { givenName: user?.givenName ?? null, familyName: user?.familyName ?? null } };
}
