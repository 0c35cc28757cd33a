/** The rules for making, confirming and ending people's access tokens. */
import { characterCount, lineFault, type Schemas, tokenLifeSeconds } from "roster-schema";
import { givesServiceOwner } from "../../auth/access-tokens.ts";
import type { Context, PersonContext } from "../../auth/operation.ts";
import { inOrder } from "../../auth/permissions.ts";
import { keyedHash } from "../../keys/peppers.ts";
import { makeSecret, prefixOf } from "../../keys/secret-format.ts";
import { mailOwnerTokenNotice, mailTokenLeakNotice } from "../../mail/queue.ts";
import { audit } from "../../managed/audit.ts";
import { Refusal, unprocessable } from "../../problems.ts";
import { newId } from "../../rows/identifiers.ts";
import type { ApprovedToken } from "../../rows/people-tables.ts";
import { findPersonalToken, personalTokens } from "./personal-tokens.ts";

type PersonalToken = Schemas["PersonalAccessToken"];

const maxNameLength = 100;
const maxActive = 50;

/** What a person wants of a token. */
export interface WantedToken extends ApprovedToken {
  /** The client that logged in; null for a token that is made on the page. */
  readonly client: string | null;
  /** Within `tokenLifeSeconds`. */
  readonly lifeSeconds: number;
}

/**
 * What is wrong with a token's name, in a phrase such as `must not be empty`.
 */
export function tokenNameFault(name: string): string | undefined {
  if (name === "") {
    return "must not be empty";
  }
  return characterCount(name) > maxNameLength ? `must have at most ${maxNameLength} characters` : lineFault(name);
}

/**
 * Makes an access token for the person.
 *
 * @returns its identifier, and its plaintext, which can't be shown again.
 * @throws Refusal `unprocessable` for a value that can't be used, and if the person has too many tokens.
 */
export async function makeToken(
  context: PersonContext,
  wanted: WantedToken,
): Promise<{ readonly id: string; readonly plaintext: string }> {
  const { db, now, principal, facilities } = context;
  refuseUnusable(wanted);
  const { name, client, organization, permissions, lifeSeconds } = wanted;
  if (organization !== null) {
    await requireMember(context, organization);
  }
  await refuseTooMany(context);
  const id = newId("access_token");
  const plaintext = makeSecret("token");
  const { newest } = facilities.peppers;
  await db
    .insertInto("access_tokens")
    .values({
      id,
      user_id: principal.user,
      name,
      client,
      organization_id: organization,
      permissions: permissions === null ? null : JSON.stringify(inOrder(permissions)),
      hash: keyedHash(newest, plaintext),
      pepper_version: newest.version,
      prefix: prefixOf(plaintext, "token"),
      created_at: now,
      confirmed_at: now,
      expires_at: new Date(now.getTime() + lifeSeconds * 1000),
      used_at: null,
      revoked_at: null,
    })
    .execute();
  const token = await ownToken(context, id);
  await audit(context, personalTokens, "create", [{ before: undefined, after: token }]);
  await tellOfOwnersRights(context, token);
  return { id, plaintext };
}

/**
 * Lets a token have the person's system role, which was given after the token was made.
 *
 * @throws Refusal `not_found`; `unprocessable` if the token has ended.
 */
export async function confirmToken(context: PersonContext, id: string): Promise<void> {
  const token = await ownToken(context, id);
  if (token.status !== "active") {
    throw new Refusal("unprocessable", `The access token is ${token.status}. Make another one.`);
  }
  await context.db.updateTable("access_tokens").set({ confirmed_at: context.now }).where("id", "=", id).execute();
  await audit(context, personalTokens, "confirm", [{ before: token, after: token }], { always: true });
  await tellOfOwnersRights(context, token);
}

/**
 * Ends a token of the person; a token that has ended stays as it is.
 *
 * @throws Refusal `not_found`
 */
export async function endToken(context: PersonContext, id: string): Promise<void> {
  const before = await ownToken(context, id);
  if (before.status !== "active") {
    return;
  }
  await revoke(context, id);
  await audit(context, personalTokens, "end", [{ before, after: await ownToken(context, id) }]);
}

/** Ends a person's token that has leaked, and tells the person where it was found. */
export async function endLeakedToken(
  context: Context,
  { id, userId }: { readonly id: string; readonly userId: string },
  { url, source }: Schemas["SecretScanningReport"],
): Promise<void> {
  const before = await findPersonalToken(context, userId, id);
  await revoke(context, id);
  const after = await findPersonalToken(context, userId, id);
  await audit(context, personalTokens, "report_leak", [{ before, after }]);
  if (after !== undefined) {
    await mailTokenLeakNotice(context, after.email, { name: after.name, url, source });
  }
}

/**
 * Ends the token that the caller presents.
 *
 * @throws Refusal `unprocessable` if the caller presents another kind of token.
 */
export async function endOwnToken(context: Context): Promise<void> {
  const { kind, user, accessToken } = context.principal;
  const isOfPerson =
    user !== null && accessToken !== null && (await findPersonalToken(context, user, accessToken)) !== undefined;
  if (kind !== "user" || !isOfPerson) {
    throw new Refusal(
      "unprocessable",
      "The caller presents the owner token, an API key or the token of a system user, which can't log out.",
    );
  }
  await endToken({ ...context, principal: { ...context.principal, kind, user } }, accessToken);
}

async function revoke({ db, now }: Context, id: string): Promise<void> {
  await db.updateTable("access_tokens").set({ revoked_at: now }).where("id", "=", id).execute();
}

/** @throws Refusal `not_found` */
async function ownToken(context: PersonContext, id: string): Promise<PersonalToken> {
  const token = await findPersonalToken(context, context.principal.user, id);
  if (token === undefined) {
    throw new Refusal("not_found", `You have no access token ${id}.`);
  }
  return token;
}

function refuseUnusable({ name, lifeSeconds }: WantedToken): void {
  const fault = tokenNameFault(name);
  if (fault !== undefined) {
    throw unprocessable("/name", `The name ${fault}.`);
  }
  const { least, most } = tokenLifeSeconds;
  if (!Number.isInteger(lifeSeconds) || lifeSeconds < least || lifeSeconds > most) {
    throw unprocessable("/lifeSeconds", `A token can last from ${least} seconds to 365 days.`);
  }
}

async function requireMember({ db, principal }: PersonContext, organization: string): Promise<void> {
  const membership = await db
    .selectFrom("memberships")
    .select("id")
    .where("user_id", "=", principal.user)
    .where("organization_id", "=", organization)
    .where("status", "=", "active")
    .executeTakeFirst();
  if (membership === undefined) {
    throw unprocessable("/organization", "You are not a member of this organization.");
  }
}

async function refuseTooMany({ db, now, principal }: PersonContext): Promise<void> {
  const { active } = await db
    .selectFrom("access_tokens")
    .select(({ fn }) => fn.countAll().as("active"))
    .where("user_id", "=", principal.user)
    .where("revoked_at", "is", null)
    .where("expires_at", ">", now)
    .executeTakeFirstOrThrow();
  if (Number(active) >= maxActive) {
    throw new Refusal("unprocessable", `You have ${maxActive} access tokens, which is the limit. End one first.`);
  }
}

/** Mails the person that a token acts as the service owner, if it does. */
async function tellOfOwnersRights(context: Context, token: PersonalToken): Promise<void> {
  const user = await context.db
    .selectFrom("users")
    .select(["system_role", "system_role_since"])
    .where("id", "=", token.user)
    .executeTakeFirstOrThrow();
  const narrowing = { organization_id: token.organization, permissions: token.permissions && [...token.permissions] };
  if (givesServiceOwner(user, narrowing, context.now)) {
    await mailOwnerTokenNotice(context, token.email, { name: token.name, expiresAt: new Date(token.expiresAt) });
  }
}
