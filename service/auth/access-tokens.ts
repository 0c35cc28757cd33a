/** People's access tokens: which one is presented, whether it authenticates, and what its user may do with it. */
import type { Selectable } from "kysely";
import { isBuiltInRole, permissionValues } from "roster-schema";
import { isAmong, keyedHashes, type Peppers, rehashOf } from "../keys/peppers.ts";
import { isAccessToken, isBroken } from "../keys/secret-format.ts";
import { plannedOnce, writeIfPossible } from "../rows/database.ts";
import type { Tables } from "../rows/tables.ts";
import { canBeActedFor } from "../rows/user-status.ts";
import type { Context } from "./operation.ts";
import { builtInRoles, common } from "./permissions.ts";
import type { Principal } from "./principal.ts";
import { Rights } from "./rights.ts";

type DatabaseAt = Pick<Context, "db" | "now">;
type TokenRow = Selectable<Tables["access_tokens"]>;
type UserRow = Pick<
  Selectable<Tables["users"]>,
  "state" | "activated_at" | "block_reason" | "system_role" | "system_role_since"
>;

/** What limits a token to less than its user may do. */
export type Narrowing = Pick<TokenRow, "organization_id" | "permissions">;

/** No limit. */
export const unlimited: Narrowing = { organization_id: null, permissions: null };

/** Leaves what a user may do as a member of organizations, and nothing that comes with a system role. */
export const asMember: Narrowing = { organization_id: null, permissions: [...permissionValues] };

/** The least time between two writes of a token's last use. */
const noteEveryMs = 60_000;

/** How long a token that has ended is listed. */
const keptForMs = 30 * 24 * 60 * 60 * 1000;

/**
 * Authenticates a presented access token of a person.
 *
 * @param counts whether to record the use.
 * @returns undefined if the token doesn't authenticate, for any reason.
 */
export async function authenticateToken(
  context: DatabaseAt,
  peppers: Peppers,
  presented: string,
  counts: boolean,
): Promise<Principal | undefined> {
  const token = await findPresentedToken(context, peppers, presented);
  if (token === undefined || !isActiveToken(token, context.now)) {
    return undefined;
  }
  const rights = await rightsOfUser(context, token.user_id, token, token.confirmed_at);
  if (rights === undefined) {
    return undefined;
  }
  if (counts) {
    await noteUse(context, peppers, token, presented);
  }
  return { kind: "user", id: token.user_id, user: token.user_id, accessToken: token.id, rights };
}

/** Finds a person's access token by its plaintext, in any state. */
export async function findPresentedToken(
  { db }: Pick<Context, "db">,
  peppers: Peppers,
  presented: string,
): Promise<TokenRow | undefined> {
  if (!isAccessToken(presented) || isBroken(presented)) {
    return undefined;
  }
  const hashes = keyedHashes(peppers, presented);
  const token = await db
    .selectFrom("access_tokens")
    .modifyFront(plannedOnce)
    .selectAll()
    .where("hash", "in", hashes)
    .executeTakeFirst();
  return token !== undefined && isAmong(hashes, token.hash) ? token : undefined;
}

/** Whether a person's access token has neither expired nor been ended. */
export function isActiveToken({ revoked_at, expires_at }: TokenRow, now: Date): boolean {
  return revoked_at === null && expires_at > now;
}

/**
 * What a user may do now: the permissions of the user's role in each open organization, and everything for somebody with the
 * system role super_admin.
 *
 * @param narrowing what limits the rights.
 * @param confirmedAt when the user decided to use these rights, which must be after a system role was given.
 * @returns undefined if the account can't be used; see `canBeActedFor`.
 */
export async function rightsOfUser(
  { db }: Pick<Context, "db">,
  userId: string,
  narrowing: Narrowing,
  confirmedAt: Date,
): Promise<Rights | undefined> {
  const user = await db
    .selectFrom("users")
    .modifyFront(plannedOnce)
    .select(["state", "activated_at", "block_reason", "system_role", "system_role_since"])
    .where("id", "=", userId)
    .executeTakeFirst();
  if (user === undefined || !canBeActedFor(user)) {
    return undefined;
  }
  if (givesServiceOwner(user, narrowing, confirmedAt)) {
    return Rights.ofServiceOwner;
  }
  let memberships = db
    .selectFrom("memberships")
    .innerJoin("organizations", "organizations.id", "memberships.organization_id")
    .leftJoin("roles", "roles.id", "memberships.role")
    .modifyFront(plannedOnce)
    .select(["memberships.organization_id", "memberships.role", "roles.permissions"])
    .where("memberships.user_id", "=", userId)
    .where("memberships.status", "=", "active")
    .where("organizations.status", "=", "open");
  if (narrowing.organization_id !== null) {
    memberships = memberships.where("memberships.organization_id", "=", narrowing.organization_id);
  }
  const limit = narrowing.permissions === null ? undefined : new Set(narrowing.permissions);
  return Rights.in(
    (await memberships.orderBy("memberships.id").execute()).map(({ organization_id, role, permissions }) => {
      const held = isBuiltInRole(role) ? builtInRoles[role] : (permissions ?? []);
      return [organization_id, limit === undefined ? held : common(held, limit)] as const;
    }),
  );
}

/** Whether a token acts as the service owner. */
export function givesServiceOwner(
  { system_role, system_role_since }: Pick<UserRow, "system_role" | "system_role_since">,
  { organization_id, permissions }: Narrowing,
  confirmedAt: Date,
): boolean {
  const isWhole = organization_id === null && permissions === null;
  return system_role === "super_admin" && isWhole && (system_role_since === null || confirmedAt >= system_role_since);
}

/** Ends every access token of a user. */
export async function endAccessTokens({ db, now }: DatabaseAt, userId: string): Promise<void> {
  await db
    .updateTable("access_tokens")
    .set({ revoked_at: now })
    .where("user_id", "=", userId)
    .where("revoked_at", "is", null)
    .execute();
}

/** Deletes tokens that ended long ago; the audit keeps the record. */
export async function sweepAccessTokens({ db, now }: DatabaseAt): Promise<void> {
  const since = new Date(now.getTime() - keptForMs);
  await db
    .deleteFrom("access_tokens")
    .where((where) => where.or([where("expires_at", "<=", since), where("revoked_at", "<=", since)]))
    .execute();
}

/** Records a use, and moves the hash to the newest pepper. */
async function noteUse({ db, now }: DatabaseAt, peppers: Peppers, token: TokenRow, presented: string): Promise<void> {
  const rehash = rehashOf(peppers, token.pepper_version, presented);
  const isRecent = token.used_at !== null && now.getTime() - token.used_at.getTime() < noteEveryMs;
  if (rehash === undefined && isRecent) {
    return;
  }
  // If the database accepts no changes at the moment, the token still works.
  await writeIfPossible(() =>
    db
      .updateTable("access_tokens")
      .set({ used_at: now, ...(rehash && { hash: rehash.hash, pepper_version: rehash.pepperVersion }) })
      .where("id", "=", token.id)
      .where((where) => where.or([where("used_at", "is", null), where("used_at", "<=", now)]))
      .execute(),
  );
}
