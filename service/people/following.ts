/** What following a link would do, and for whom: shown before, and checked again when it is done. */
import type { Schemas } from "roster-schema";
import type { Link } from "../links.ts";
import type { Context } from "../operation.ts";
import { load } from "../resource.ts";
import { findUserByEmail, type Names, normalizeEmail, users } from "../resources/users.ts";
import { findInvitation, type Invitation } from "./acts.ts";
import type { Visitor } from "./site.ts";

/** What a link asks of whoever follows it. */
export type Asks =
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
export interface Following {
  readonly asks: Asks;
  readonly title: string;
  readonly explanation: string;
  readonly button: string;
  /** Whose it is; null where the account isn't there yet. */
  readonly userId: string | null;
  readonly email: string;
  readonly names: Names;
}

/** Why a link can't be followed. */
export type Dead = "gone" | "has_account";

type User = Schemas["User"];

/** What following a link would do now. */
export async function following(
  context: Pick<Context, "db" | "now">,
  link: Link,
  visitor: Visitor,
): Promise<Following | Dead> {
  switch (link.purpose) {
    case "set_up":
    case "sign_up":
      return await followingToAccount(context, link);
    case "password_reset":
    case "email_change":
      return followingOfUser(link, await load(context, users, link.subject));
    default:
      return await followingInvitation(context, link, visitor);
  }
}

async function followingToAccount(
  context: Pick<Context, "db" | "now">,
  { purpose, subject, email }: Link,
): Promise<Following | Dead> {
  const id = purpose === "set_up" ? subject : (await findUserByEmail(context, email))?.id;
  const user = id === undefined ? undefined : await load(context, users, id);
  if (purpose === "set_up" && user === undefined) return "gone";
  if (user !== undefined && user.status !== "invited") return user.status === "active" ? "has_account" : "gone";
  return {
    asks: "account",
    title: purpose === "set_up" ? "Set up your account" : "Make your account",
    explanation: "Choose a password. Then you can log in with your address.",
    button: purpose === "set_up" ? "Set up the account" : "Make the account",
    userId: user?.id ?? null,
    ...personOf(email, user),
  };
}

function followingOfUser({ purpose, email }: Link, user: User | undefined): Following | Dead {
  if (user?.kind !== "person" || user.status !== "active") return "gone";
  // Another change, or none, has taken its place.
  if (purpose === "email_change" && user.pendingEmail !== email) return "gone";
  const common = { userId: user.id, ...personOf(user.email, user) };
  if (purpose === "password_reset") {
    return {
      ...common,
      asks: "new_password",
      title: "Choose a new password",
      explanation: "It takes the place of the one you have, and ends every session.",
      button: "Change the password",
    };
  }
  return {
    ...common,
    asks: "confirmation",
    title: "Confirm your new address",
    explanation: `Your account has the address ${user.email}. From now on it would be ${email}, and you would log in with that.`,
    button: "Confirm the new address",
  };
}

async function followingInvitation(
  context: Pick<Context, "db" | "now">,
  link: Link,
  visitor: Visitor,
): Promise<Following | Dead> {
  const invitation = await findInvitation(context, link);
  if (invitation === undefined) return "gone";
  const user = invitation.userId === null ? undefined : await load(context, users, invitation.userId);
  if (user !== undefined && (user.kind !== "person" || !["active", "invited"].includes(user.status))) return "gone";
  // Who completes an account chooses its password, which takes a link to the address that it has by now. An account that
  // is complete asks for its own password or session, wherever the link went.
  if (user?.status === "invited" && normalizeEmail(user.email) !== normalizeEmail(link.email)) return "gone";
  return {
    ...wordsOf(link, invitation),
    asks: askedOf(user, visitor),
    userId: user?.id ?? null,
    ...personOf(user?.email ?? link.email, user),
  };
}

function askedOf(user: User | undefined, visitor: Visitor): Asks {
  if (visitor.user !== undefined && visitor.user.id !== user?.id) return "other_person";
  if (user === undefined || user.status === "invited") return "account";
  return visitor.user === undefined ? "password" : "confirmation";
}

function wordsOf({ purpose }: Link, { organizationName, grant }: Invitation) {
  if (purpose === "membership") {
    return {
      title: `Join ${organizationName}`,
      explanation: `You are invited to join ${organizationName}. Your role there would be ${grant}.`,
      button: `Join ${organizationName}`,
    };
  }
  return {
    title: `Use an API key of ${organizationName}`,
    explanation:
      `${organizationName} invites you to use its API key “${grant}”. ` +
      "You become no member, and whoever manages the key hands it to you; it is neither here nor in any mail.",
    button: "Accept",
  };
}

function personOf(email: string, user: User | undefined) {
  return { email, names: { givenName: user?.givenName ?? null, familyName: user?.familyName ?? null } };
}
