/** Rules that several operations share. */
import { isBuiltInRole, type Schemas } from "roster-schema";
import type { CallerContext, Context } from "../auth/operation.ts";
import { beyond, builtInRoles, type Permission } from "../auth/permissions.ts";
import { holds, isServiceOwner, type Principal, presents } from "../auth/principal.ts";
import { Refusal } from "../problems.ts";
import { isActiveKey } from "../rows/active-key.ts";
import { refuseGroup } from "../rows/shared-statements.ts";
import { canAct, isAdministrator } from "./administrators.ts";
import { permissionDenied, requireSomewhere } from "./resource.ts";

/** How many objects a refusal names at most as what it depends on. */
export const maxDependencies = 100;

/** A role with its permissions. */
export interface RoleGrant {
  readonly id: string;
  readonly permissions: readonly Permission[];
}

/**
 * Refuses that users remove, demote or deactivate themselves.
 *
 * @param act the action in words.
 * @throws Refusal `cannot_remove_self`
 */
export function refuseSelf(principal: Principal, userId: string | null, act: string): void {
  if (principal.user === null || principal.user !== userId) {
    return;
  }
  throw new Refusal(
    "cannot_remove_self",
    `The token belongs to this user, and users can't ${act}. Ask another administrator.`,
  );
}

/**
 * Refuses that an API key or an access token revokes itself.
 *
 * @param noun what it is, such as `API key`.
 * @throws Refusal `cannot_remove_self`
 */
export function refuseKeyInUse(principal: Principal, keyId: string, noun: string): void {
  if (!presents(principal, keyId)) {
    return;
  }
  throw new Refusal("cannot_remove_self", `An ${noun} can't revoke itself. Use another one.`);
}

/**
 * Requires that an organization keeps an administrator who can act, unless the caller is the service owner.
 *
 * Call this before the change; the transaction's isolation handles concurrent changes.
 *
 * @param leaving the user who stops being an administrator; an inactive user doesn't count as one.
 * @throws Refusal `last_administrator`
 */
export async function keepAnAdministrator(
  context: CallerContext,
  organizationId: string,
  leaving: string,
): Promise<void> {
  const { db, now, principal } = context;
  if (isServiceOwner(principal)) {
    return;
  }
  refuseGroup();
  const administrators = db
    .selectFrom("memberships")
    .innerJoin("users", "users.id", "memberships.user_id")
    .select("memberships.user_id")
    .where("memberships.organization_id", "=", organizationId)
    .where(isAdministrator)
    .where("users.state", "=", "active");
  const other = await administrators.where("users.id", "!=", leaving).where(canAct(now)).executeTakeFirst();
  if (other !== undefined) {
    return;
  }
  const others = await administrators
    .select("memberships.id")
    .orderBy("memberships.id")
    .limit(maxDependencies)
    .execute();
  if (!others.some(({ user_id }) => user_id === leaving)) {
    return;
  }
  throw new Refusal(
    "last_administrator",
    "This is the organization's last administrator who can act: nobody else has an account that is active, set up " +
      "and not blocked. Make another user an administrator first. A person must set up their account; a system user " +
      "needs an API key or an access token of its own.",
    {
      // Another member could become an administrator, and one of these could become able to act.
      dependsOn: [
        { kind: "organization", id: organizationId },
        ...others.map(({ id }) => ({ kind: "membership" as const, id })),
      ],
    },
  );
}

/**
 * Refuses that a caller grants, changes or ends something with more permissions than the caller has.
 *
 * Exceptions: `api_user` and its keys, if the caller can assign roles; `viewer` and its keys, if the caller can manage
 * members but not assign roles.
 *
 * @param organization the organization that the permissions apply in.
 * @param what the object in words, for the message.
 * @throws Refusal `permission_denied` that names the exceeding permissions.
 */
export function refuseExceeding(
  principal: Principal,
  organization: string | null,
  role: string | null,
  permissions: readonly Permission[],
  what: string,
): void {
  if (isServiceOwner(principal)) {
    return;
  }
  if (role === "api_user" && holds(principal, "roles:assign", organization)) {
    return;
  }
  if (role === "viewer" && managesMembersOnly(principal, organization)) {
    return;
  }
  const exceeding = beyond(permissions, principal.rights.in(organization));
  if (exceeding.length > 0) {
    throw permissionDenied(`${what} exceeds your own permissions by ${exceeding.join(", ")}.`, undefined, {
      dependsOn: role === null || isBuiltInRole(role) ? [] : [{ kind: "role", id: role }],
    });
  }
}

/**
 * Refuses that a caller gives a role. In addition to `refuseExceeding`, callers who can manage members but not assign roles
 * (`customer_admin`) can give only `member` and `viewer`.
 *
 * @throws Refusal `permission_denied`
 */
export function refuseHandingOut(principal: Principal, organization: string, role: RoleGrant): void {
  if (managesMembersOnly(principal, organization) && role.id !== "member" && role.id !== "viewer") {
    throw permissionDenied("Without the permission roles:assign, you can give only the roles member and viewer.");
  }
  refuseExceeding(principal, organization, role.id, role.permissions, `The role ${role.id}`);
}

/**
 * Requires that the caller can deactivate a user: the caller must manage users in the user's home organization. What the
 * user has in other organizations doesn't matter.
 *
 * @throws Refusal `permission_denied`
 * @see docs/decisions/0029-who-governs-an-account.md
 */
export async function requireDeactivation(context: CallerContext, user: Schemas["User"]): Promise<void> {
  requireSomewhere(context, "users:manage");
  await refuseOthers(context, user);
}

/**
 * Requires that the caller can manage a user: change it and its address, reset its password, activate it, or adopt it.
 *
 * @throws Refusal `permission_denied`
 * @see docs/decisions/0029-who-governs-an-account.md
 */
export async function requireUserManagement(context: CallerContext, user: Schemas["User"]): Promise<void> {
  requireSomewhere(context, "users:manage");
  await refuseManaging(context, user);
}

/**
 * Refuses users that a caller in an organization can't change: users of other organizations, users with a system role, and
 * users with more permissions than the caller.
 *
 * @throws Refusal `permission_denied`
 */
async function refuseOthers(context: CallerContext, user: Schemas["User"]): Promise<void> {
  const { db, principal } = context;
  if (isServiceOwner(principal)) {
    return;
  }
  const home = user.homeOrganization;
  if (home === null || !holds(principal, "users:manage", home) || user.systemRole !== "none") {
    throw permissionDenied(
      "You can change or deactivate only users whose homeOrganization is your organization, and only if they have " +
        "no system role.",
      undefined,
      { dependsOn: [{ kind: "user", id: user.id }] },
    );
  }
  const memberships = await db
    .selectFrom("memberships")
    .select("role")
    .where("user_id", "=", user.id)
    .where("organization_id", "=", home)
    .where("status", "in", ["active", "pending"])
    .execute();
  for (const { role } of memberships) {
    refuseExceeding(principal, home, role, await permissionsOfRole(context, role), "This user");
  }
}

/**
 * Also refuses users that have a membership or a key in another organization, because the account gives access to it.
 *
 * @throws Refusal `permission_denied`
 */
export async function refuseManaging(context: CallerContext, user: Schemas["User"]): Promise<void> {
  if (isServiceOwner(context.principal)) {
    return;
  }
  await refuseOthers(context, user);
  const dependsOn = await findElsewhere(context, user);
  if (dependsOn.length === 0) {
    return;
  }
  throw permissionDenied(
    "This user also has a membership or an API key in another organization. Its home organization can only " +
      "deactivate it.",
    "Ask the service owner.",
    { dependsOn },
  );
}

/** What a user has in organizations other than its home: a membership that has not ended, or an assignment of an active API key. */
export async function findElsewhere(
  { db, now }: Pick<Context, "db" | "now">,
  user: Pick<Schemas["User"], "id" | "homeOrganization">,
): Promise<{ readonly kind: "membership" | "api_key_assignment"; readonly id: string }[]> {
  const [membership, assignment] = [
    await db
      .selectFrom("memberships")
      .select("id")
      .where("user_id", "=", user.id)
      .where("organization_id", "!=", user.homeOrganization)
      .where("status", "in", ["active", "pending"])
      .executeTakeFirst(),
    await db
      .selectFrom("api_key_assignments")
      .innerJoin("api_keys", "api_keys.id", "api_key_assignments.key_id")
      .select("api_key_assignments.id")
      .where("api_key_assignments.user_id", "=", user.id)
      .where("api_key_assignments.organization_id", "!=", user.homeOrganization)
      // A key that has ended grants nothing, and can't become active again.
      .where(isActiveKey(now))
      .executeTakeFirst(),
  ];
  return [
    ...(membership === undefined ? [] : [{ kind: "membership" as const, id: membership.id }]),
    ...(assignment === undefined ? [] : [{ kind: "api_key_assignment" as const, id: assignment.id }]),
  ];
}

/** The current permissions of a role; none if the role doesn't exist. */
export async function permissionsOfRole({ db }: Pick<Context, "db">, role: string): Promise<readonly Permission[]> {
  if (isBuiltInRole(role)) {
    return builtInRoles[role];
  }
  const row = await db.selectFrom("roles").select("permissions").where("id", "=", role).executeTakeFirst();
  return row?.permissions ?? [];
}

/** Whether a caller can manage members but not assign roles, such as `customer_admin`. */
function managesMembersOnly(principal: Principal, organization: string | null): boolean {
  return holds(principal, "members:manage", organization) && !holds(principal, "roles:assign", organization);
}
