/** The rules for creating, updating and deactivating users. */
import type { Schemas } from "roster-schema";
import { endAccessTokens } from "../../auth/access-tokens.ts";
import { endLinks } from "../../auth/links.ts";
import type { Call, Context } from "../../auth/operation.ts";
import { endSessions } from "../../auth/sessions.ts";
import { mailLink } from "../../mail/queue.ts";
import { forgetAdoptions } from "../../managed/adoption.ts";
import { isSame } from "../../managed/audit.ts";
import type { CreateResult, CreateRules, EndRules } from "../../managed/lifecycle.ts";
import {
  conflict,
  desiredOf,
  find,
  load,
  refuseTakenExternalId,
  reload,
  requirePermission,
  requireServiceOwner,
  requireSomewhere,
  type Update,
  type UpdateRules,
} from "../../managed/resource.ts";
import { refuseManaging, requireDeactivation, requireUserManagement } from "../../managed/rules.ts";
import { type Identify, store, takesOverLink } from "../../managed/take-over.ts";
import { passes, unprocessable } from "../../problems.ts";
import { liveName } from "../../rows/tables.ts";
import { organizations } from "../organizations/resource.ts";
import { addressesOf, askAgainToConfirm, changeAddress } from "./addresses.ts";
import { hasWhatOthersMade, refuseDeactivation, tellOtherOrganizations } from "./deactivation.ts";
import { refuseMoving, requireOpenHome } from "./home.ts";
import { inviteUser, replaceInvite, requireInviting, resendInvite } from "./invitations.ts";
import { keepsUser } from "./leavers.ts";
import { findUserByEmail, normalizeEmail, toUser, users } from "./resource.ts";

type User = Schemas["User"];
type UserRow = NonNullable<Awaited<ReturnType<typeof findUserByEmail>>>;
type UserScope = Pick<Schemas["UserCreate"], "externalId"> & { readonly homeOrganization?: string | null };

/** The rules for creating users. */
export const createRules: CreateRules<"createUser", User> = {
  create: createUser,
  async find(call) {
    const row = await findUserByEmail(call, call.body.email);
    if (row === undefined) {
      return undefined;
    }
    // A user that the stack has deactivated is reactivated, not adopted.
    return (await isOwnInactive(call, row, call.body)) ? undefined : row.id;
  },
  wanted: ({ body }) => wantedOf(body),
  // Adopting an inactive user activates it, as creating one's own inactive user does.
  wantedAnyway: ["state"],
};

/** The rules for updating users. */
export const updateRules: UpdateRules<User> = {
  find: findChangedUser,
  apply: updateUser,
  acts: { resendInvite, resetPassword },
};

/** The rules for deactivating users. */
export const endRules: EndRules<User> = {
  async find(context, id) {
    const user = await find(context, users, id);
    await requireDeactivation(context, user);
    return user;
  },
  takingBack: { permission: "users:create", isBuiltOn: hasWhatOthersMade },
  keeps: keepsUser,
  async end(context, user, managedAs) {
    const isReleased = managedAs !== undefined && user.externalId !== null;
    if (user.state === "inactive" && !isReleased) {
      return;
    }
    if (user.state === "active") {
      await refuseDeactivation(context, user);
    }
    await writeUser(context, { ...user, state: "inactive", externalId: isReleased ? null : user.externalId });
    if (user.state === "active") {
      await tellOtherOrganizations(context, user);
    }
    if (user.externalId === null) {
      return;
    }
    // The user has no manager now, but its last manager can reactivate it: see isOwnInactive.
    const letGo = { external_id_live: releasedName(user.id, user.externalId) };
    await context.db.updateTable("users").set(letGo).where("id", "=", user.id).execute();
  },
};

/** Finds a user, if the caller is allowed to make the requested change. */
async function findChangedUser(context: Context, id: string): Promise<User> {
  const user = await find(context, users, id);
  const body = (context as Partial<Call<"updateUser">>).body ?? {};
  const desired = desiredOf(users, user);
  const changed = Object.entries(body).filter(([member, value]) => !isSame(desired[member as keyof User], value));
  const changesOnly = (member: string) => changed.every(([name]) => name === member);
  if (body.resendInvite !== undefined && changesOnly("resendInvite")) {
    await requireInviting(context, user);
  } else if (body.state === "inactive" && changesOnly("state")) {
    await requireDeactivation(context, user);
  } else {
    await requireUserManagement(context, user);
  }
  return user;
}

/**
 * Mails a person a link to choose a new password.
 *
 * @throws Refusal `unprocessable` if the user has no password to reset; `rate_limited`.
 */
async function resetPassword(context: Context, user: User): Promise<void> {
  if (user.kind === "system") {
    throw unprocessable("/resetPassword", "A system user has no password.");
  }
  if (user.status !== "active") {
    throw unprocessable(
      "/resetPassword",
      `You can reset the password only of an active person. This user is ${user.status}.`,
      [{ kind: "user", id: user.id }],
    );
  }
  const link = { purpose: "password_reset", subject: user.id, email: user.email } as const;
  await mailLink(context, link, { organization: user.homeOrganization, about: user.id });
}

async function createUser(call: Call<"createUser">, identify: Identify<User>): Promise<CreateResult<User>> {
  const { body, now } = call;
  const wanted = wantedOf(body);
  const { kind } = wanted;
  await requireCreation(call, body.homeOrganization, wanted.systemRole);
  const { id, lost } = await identify(body.homeOrganization ?? call.principal.id);
  const user: User = {
    id,
    externalId: body.externalId ?? null,
    adopted: false,
    pendingEmail: null,
    ...wanted,
    status: wanted.state === "inactive" ? "inactive" : kind === "system" ? "active" : "invited",
    inviteSentAt: null,
    inviteExpiresAt: null,
    createdAt: now.toISOString(),
    updatedAt: now.toISOString(),
  };
  const earlier = await findUserByEmail(call, body.email);
  const before = earlier === undefined || earlier.id === id ? undefined : toUser(earlier);
  if (earlier !== undefined && before !== undefined && !(await isOwnInactive(call, earlier, body))) {
    throw await conflict(call, users, before, "email_taken", "Another user has this address");
  }
  if (kind === "system" && body.invite === true) {
    throw unprocessable("/invite", "A system user gets no mail. Omit invite, or set it to false.");
  }
  if (before === undefined) {
    if (lost !== undefined) {
      await refuseChangingLost(call, lost, wanted);
    }
    await insertUser(call, user);
    if (!(await takesOverLink(call, { id, lost }))) {
      await inviteIfAsked(call, user);
    }
    return { id };
  }
  await reactivate(call, before, { ...user, id: before.id });
  await inviteIfAsked(call, await reload(call, users, before.id));
  return { id: before.id, before };
}

/** A take-over that changes the user is subject to the same rules as an update. */
async function refuseChangingLost(call: Context, lost: User, wanted: ReturnType<typeof wantedOf>): Promise<void> {
  const members = Object.keys(wanted) as (keyof typeof wanted)[];
  if (members.every((member) => isSame(lost[member], wanted[member]))) {
    return;
  }
  await refuseManaging(call, lost);
  if (wanted.state === "inactive") {
    await refuseDeactivation(call, lost);
  }
}

async function inviteIfAsked(call: Call<"createUser">, user: User): Promise<void> {
  if (user.kind === "person" && user.status === "invited" && call.body.invite !== false) {
    await inviteUser(call, user);
  }
}

/** The values of a create, with defaults. */
function wantedOf(body: Schemas["UserCreate"]) {
  return {
    email: body.email,
    givenName: body.givenName ?? null,
    familyName: body.familyName ?? null,
    kind: body.kind ?? "person",
    homeOrganization: body.homeOrganization ?? null,
    systemRole: body.systemRole ?? "none",
    state: body.state ?? "active",
  } as const;
}

/** A person whose account is not set up yet. */
export function invitedPerson(
  person: Pick<User, "id" | "email" | "givenName" | "familyName" | "homeOrganization">,
  now: Date,
): User {
  const at = now.toISOString();
  return {
    ...person,
    externalId: null,
    adopted: false,
    pendingEmail: null,
    kind: "person",
    systemRole: "none",
    state: "active",
    status: "invited",
    inviteSentAt: null,
    inviteExpiresAt: null,
    createdAt: at,
    updatedAt: at,
  };
}

/**
 * Inserts a user.
 *
 * @throws Refusal `external_id_taken`
 */
export async function insertUser(call: Context, user: User): Promise<void> {
  await refuseTaken(call, user, call.principal.id);
  await store(call, "users", user.id, {
    ...columns(user, call.principal.id),
    system_role_since: user.systemRole === "none" ? null : call.now,
    kind: user.kind,
    activated_at: user.kind === "system" ? call.now : null,
    block_reason: null,
  });
}

async function requireCreation(call: Context, home: string | undefined, systemRole: User["systemRole"]): Promise<void> {
  if (systemRole !== "none") {
    requireServiceOwner(call, "Giving a system role");
  }
  requireSomewhere(call, "users:create");
  if (home === undefined) {
    requireServiceOwner(call, "Creating a user without a homeOrganization");
    return;
  }
  await requireOpenHome(call, home);
  requirePermission(call, home, "users:create");
}

/**
 * Whether a create reactivates a user that was deactivated with the same externalId. Users are never deleted, so this is how
 * a destroyed stack gets its users back, also in another organization if the first one was closed. A user that its manager
 * keeps inactive by `state` is not reactivated.
 */
async function isOwnInactive(
  call: Context,
  row: UserRow,
  { externalId, homeOrganization = null }: UserScope,
): Promise<boolean> {
  const before = toUser(row);
  if (before.state !== "inactive" || externalId === undefined) {
    return false;
  }
  if (row.external_id_live !== releasedName(row.id, externalId)) {
    return false;
  }
  if (before.homeOrganization !== homeOrganization && before.homeOrganization !== null) {
    const home = await load(call, organizations, before.homeOrganization);
    if (home?.status !== "closed") {
      return false;
    }
  }
  return await passes(requireUserManagement(call, before));
}

async function reactivate(call: Context, before: User, user: User): Promise<void> {
  await writeUser(call, user);
  await call.db.updateTable("users").set({ kind: user.kind }).where("id", "=", user.id).execute();
  // The user now belongs to the stack, regardless of earlier adoptions.
  await forgetAdoptions(call, users, user.id);
  if (user.kind === before.kind) {
    return;
  }
  // An account that was completed as another kind of user is not complete.
  const activated_at = user.kind === "system" ? call.now : null;
  await call.db.updateTable("users").set({ activated_at }).where("id", "=", user.id).execute();
  await call.db.deleteFrom("credentials").where("user_id", "=", user.id).execute();
}

async function updateUser(call: Context, { before, after, changed, acts }: Update<User>): Promise<void> {
  if (changed.has("systemRole")) {
    requireServiceOwner(call, "Changing a system role");
  }
  if (changed.has("homeOrganization")) {
    await refuseMoving(call, before, after.homeOrganization);
  }
  if (changed.has("state") && after.state === "inactive") {
    await refuseDeactivation(call, before);
  }
  const addresses = changed.has("email") ? await changeAddress(call, before, after.email) : addressesOf(before);
  await writeUser(call, { ...after, ...addresses });
  if (changed.has("state") && after.state === "active" && !changed.has("email")) {
    await askAgainToConfirm(call, before);
  }
  if (changed.has("state") && after.state === "inactive") {
    await tellOtherOrganizations(call, before);
  }
  const isBack = changed.has("state") && after.state === "active";
  // Deactivation has ended the link, and a link to the previous address is of no use.
  // The declared act mails a link itself.
  const isMailedAnyway = acts?.has("resendInvite") === true;
  if (!isMailedAnyway && (isBack || addresses.email !== before.email)) {
    await replaceInvite(call, before.id, { isOptional: isBack });
  }
}

async function writeUser(call: Context, user: User): Promise<void> {
  const { created_by } = await call.db
    .selectFrom("users")
    .select("created_by")
    .where("id", "=", user.id)
    .executeTakeFirstOrThrow();
  await refuseTaken(call, user, created_by);
  if (user.state === "inactive") {
    await endSessions(call, user.id);
    await endAccessTokens(call, user.id);
  }
  await call.db
    .updateTable("users")
    .set(({ fn, ref, val }) => ({
      ...columns(user, created_by),
      system_role_since: user.systemRole === "none" ? null : fn.coalesce(ref("system_role_since"), val(call.now)),
      updated_at: call.now,
    }))
    .where("id", "=", user.id)
    .execute();
  if (user.state === "active") {
    return;
  }
  for (const purpose of ["set_up", "password_reset"] as const) {
    await endLinks(call, { purpose, subject: user.id });
  }
}

/** The scope of a user's externalId: its home organization, or its creator if it has none. */
function scopeOf({ homeOrganization }: User, createdBy: string): string {
  return homeOrganization ?? createdBy;
}

/** The externalId that counts as taken; null for an inactive user. */
function liveExternalId({ externalId, state }: User): string | null {
  return state === "inactive" ? null : externalId;
}

/** @throws Refusal `external_id_taken` */
async function refuseTaken(call: Context, user: User, createdBy: string): Promise<void> {
  await refuseTakenExternalId(call, users, scopeOf(user, createdBy), { id: user.id, externalId: liveExternalId(user) });
}

/** The value of the live externalId column for a released user: unique, and never a live name. */
function releasedName(id: string, externalId: string): string {
  return `let go ${liveName(id, externalId)}`;
}

function columns(user: User, createdBy: string) {
  const live = liveExternalId(user);
  return {
    external_id: user.externalId,
    external_id_live: live === null ? null : liveName(scopeOf(user, createdBy), live),
    home_organization_id: user.homeOrganization,
    email: user.email,
    email_normalized: normalizeEmail(user.email),
    pending_email: user.pendingEmail,
    given_name: user.givenName,
    family_name: user.familyName,
    system_role: user.systemRole,
    state: user.state,
  };
}
