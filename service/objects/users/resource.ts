import type { Selectable, Updateable } from "kysely";
import { foldEmail, type Schemas } from "roster-schema";
import { endLinks, findRequester } from "../../auth/links.ts";
import type { Asking, Context, PersonContext } from "../../auth/operation.ts";
import { type MailContext, mailLink } from "../../mail/queue.ts";
import { type AuditedContext, changeAudited } from "../../managed/audit.ts";
import type { Resource } from "../../managed/resource.ts";
import { Refusal } from "../../problems.ts";
import { createdColumns, liveName, type Tables } from "../../rows/tables.ts";
import { gatheredRow } from "../../rows/together.ts";

type User = Schemas["User"];

/** Users: people and robots. */
export const users: Resource<User> = {
  kind: "user",
  parameter: "userId",
  noun: "user",
  settable: ["externalId", "email", "givenName", "familyName", "systemRole", "state"],
  movable: ["homeOrganization"],
  audited: [
    "externalId",
    "email",
    "pendingEmail",
    "givenName",
    "familyName",
    "kind",
    "homeOrganization",
    "systemRole",
    "state",
    "status",
  ],
  naturalKey: ({ email }) => [normalizeEmail(email)],
  reading: "users:read",
  table: "users",
  organizationColumn: "home_organization_id",
  findLive: async ({ db }, scope, externalId) =>
    await db
      .selectFrom("users")
      .select(createdColumns)
      .where("external_id_live", "=", liveName(scope ?? "", externalId))
      .executeTakeFirst(),
  // An address that waits for its confirmation is what was asked for all the same.
  asked: (user) => ({ ...user, email: user.pendingEmail ?? user.email }),
  nameOf: ({ email }) => email,
  whereTaken: ({ state, externalId }) => ({
    note:
      state === "active"
        ? ""
        : externalId === null
          ? " It is inactive, and no stack manages it any more."
          : " It is inactive.",
    advice: "give it another address, or choose another",
  }),
  isLive: ({ state }) => state === "active",
  // A person who completed the account, or somebody who was blocked, has been here.
  isUsed: ({ kind, status }) => status === "blocked" || (kind === "person" && status === "active"),
  organizationOf: ({ homeOrganization }) => homeOrganization,
  knownTo: isKnownUser,
  async loadAll({ db }, ids) {
    const rows = await db.selectFrom("users").selectAll().where("id", "in", ids).execute();
    return rows.map(presentUser);
  },
};

/** An address as addresses are compared: without regard to case. */
export function normalizeEmail(email: string): string {
  return foldEmail(email);
}

/** What a user is, of what was asked for and what happened. */
export function userStatusOf(
  row: Pick<Selectable<Tables["users"]>, "state" | "activated_at" | "block_reason">,
): User["status"] {
  if (row.state === "inactive") return "inactive";
  if (row.block_reason !== null) return "blocked";
  return row.activated_at === null ? "invited" : "active";
}

/** A user's row as the contract has it. */
export function presentUser(row: Selectable<Tables["users"]>): User {
  return {
    id: row.id,
    externalId: row.external_id,
    adopted: row.adoption_depth > 0,
    email: row.email,
    pendingEmail: row.pending_email,
    givenName: row.given_name,
    familyName: row.family_name,
    kind: row.kind,
    homeOrganization: row.home_organization_id,
    systemRole: row.system_role,
    state: row.state,
    status: userStatusOf(row),
    inviteSentAt: row.invite_sent_at?.toISOString() ?? null,
    inviteExpiresAt: row.invite_expires_at?.toISOString() ?? null,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

/** The user with an address, if there is one. */
export async function findUserByEmail({ db }: Pick<Context, "db">, email: string) {
  return await gatheredRow(
    "user by address",
    normalizeEmail(email),
    (addresses) => db.selectFrom("users").selectAll().where("email_normalized", "in", addresses).execute(),
    (row) => row.email_normalized,
  );
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
  const sender = { organization: homeOrganization, about: id };
  const { sentAt, expiresAt } = await mailLink(context, link, sender, { organization: home?.name });
  await context.db
    .updateTable("users")
    .set({ invite_sent_at: sentAt, invite_expires_at: expiresAt })
    .where("id", "=", id)
    .execute();
}

/** What a person is called. */
export type Names = Pick<User, "givenName" | "familyName">;

/**
 * Completes the acting person's account, which ends the links that were mailed about it.
 *
 * @throws Refusal `unprocessable` unless the user is invited.
 */
export async function activateUser(context: PersonContext, { givenName, familyName }: Names): Promise<void> {
  await changeUser(context, "activate", (user) => {
    if (user.status !== "invited") throw new Refusal("unprocessable", "The account is not waiting to be set up.");
    return { activated_at: context.now, given_name: givenName, family_name: familyName };
  });
}

/**
 * Makes the address that was asked for the acting person's own, once it is confirmed; links to the one before it end.
 *
 * @throws Refusal `unprocessable` where none is waiting; `email_taken` where it has become another user's.
 */
export async function confirmEmailChange(context: PersonContext): Promise<void> {
  await changeUser(context, "confirm_email", async ({ id, pendingEmail }) => {
    if (pendingEmail === null) throw new Refusal("unprocessable", "No new address is waiting to be confirmed.");
    const other = await findUserByEmail(context, pendingEmail);
    if (other !== undefined && other.id !== id) throw new Refusal("email_taken", "Another user has this address.");
    return { email: pendingEmail, email_normalized: normalizeEmail(pendingEmail), pending_email: null };
  });
}

/**
 * Mails about the address that waits for its confirmation, once the account can be used again: meanwhile nobody was, or could
 * confirm it. It stays for whoever asked for it to stand for.
 */
export async function askAgainToConfirm(context: MailContext, { id, homeOrganization, pendingEmail }: User) {
  if (pendingEmail === null || (await findUserByEmail(context, pendingEmail)) !== undefined) return;
  const link = { purpose: "email_change", subject: id, email: pendingEmail } as const;
  const principal = await findRequester(context, link);
  if (principal === undefined) return;
  await mailLink({ ...context, principal }, link, { organization: homeOrganization, about: id });
}

/** Ends a change of address that waits to be confirmed. */
export async function withdrawEmailChange(context: AuditedContext, userId: string): Promise<void> {
  await changeAudited(context, users, userId, "withdraw_email", async () => {
    const columns = { pending_email: null, updated_at: context.now };
    await context.db.updateTable("users").set(columns).where("id", "=", userId).execute();
  });
}

async function changeUser(
  context: PersonContext,
  verb: string,
  columns: (user: User) => Updateable<Tables["users"]> | Promise<Updateable<Tables["users"]>>,
): Promise<void> {
  const userId = context.principal.user;
  await changeAudited(context, users, userId, verb, async (before) => {
    const set = { ...(await columns(before)), updated_at: context.now };
    await context.db.updateTable("users").set(set).where("id", "=", userId).execute();
    await endLinks(context, { subject: userId });
  });
}

/** A caller knows the users at home in its organization, and those who are members there. */
async function isKnownUser({ db, principal }: Asking, user: User): Promise<boolean> {
  if (principal.kind === "owner" || user.homeOrganization === principal.organization) return true;
  const membership = await gatheredRow(
    "known user",
    user.id,
    (ids) =>
      db
        .selectFrom("memberships")
        .select("user_id")
        .where("user_id", "in", ids)
        .where("organization_id", "=", principal.organization)
        .where("member_live", "is not", null)
        .execute(),
    (row) => row.user_id,
  );
  return membership !== undefined;
}
