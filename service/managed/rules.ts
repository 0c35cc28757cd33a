/** The rules that hold whatever the operation. */
import { isBuiltInRole, type Schemas } from "roster-schema";
import type { CallerContext, Context } from "../auth/operation.ts";
import { beyond, builtInRoles, type Permission } from "../auth/permissions.ts";
import { holds, type Principal } from "../auth/principal.ts";
import { Refusal } from "../problems.ts";
import { isActiveKey } from "../rows/active-key.ts";
import { refuseGroup } from "../rows/shared-statements.ts";
import { canAct, isAdministrator } from "./administrators.ts";
import { permissionDenied, requirePermission } from "./resource.ts";

/** A role by its identifier, with what it permits. */
export interface RoleGrant {
  readonly id: string;
  readonly permissions: readonly Permission[];
}

/**
 * Nobody removes, demotes or deactivates themselves.
 *
 * @param act what nobody may do, in words.
 * @throws Refusal `cannot_remove_self`
 */
export function refuseSelf(principal: Principal, userId: string | null, act: string): void {
  if (principal.kind === "owner" || principal.user === null || principal.user !== userId) return;
  throw new Refusal(
    "cannot_remove_self",
    `The token is this user's own, and nobody may ${act}. Have another administrator do it.`,
  );
}

/**
 * The key in use can't revoke itself.
 *
 * @throws Refusal `cannot_remove_self`
 */
export function refuseKeyInUse(principal: Principal, keyId: string): void {
  if (principal.kind === "owner" || principal.id !== keyId) return;
  throw new Refusal("cannot_remove_self", "The key in use can't revoke itself. Use another one.");
}

/**
 * An organization that has an administrator keeps one who can act, unless the service owner acts.
 *
 * Asked before the change; the transaction's isolation keeps two such changes from passing each other.
 *
 * @param leaving the user who stops being an administrator. One who is inactive has stopped being one already.
 * @throws Refusal `last_administrator`
 */
export async function keepAnAdministrator(
  context: CallerContext,
  organizationId: string,
  leaving: string,
): Promise<void> {
  const { db, now, principal } = context;
  if (principal.kind === "owner") return;
  refuseGroup();
  const administrators = db
    .selectFrom("memberships")
    .innerJoin("users", "users.id", "memberships.user_id")
    .select("memberships.user_id")
    .where("memberships.organization_id", "=", organizationId)
    .where(isAdministrator)
    .where("users.state", "=", "active");
  const other = await administrators.where("users.id", "!=", leaving).where(canAct(now)).executeTakeFirst();
  if (other !== undefined) return;
  const last = await administrators.where("users.id", "=", leaving).executeTakeFirst();
  if (last === undefined) return;
  throw new Refusal(
    "last_administrator",
    "This is the organization's last administrator who can act: nobody else has an account that is active, set up " +
      "and not blocked. Make somebody else an administrator first, and have them set up their account; a system user " +
      "needs an API key of its own.",
  );
}

/**
 * Nobody grants, changes or ends what exceeds their own permissions.
 *
 * Exempt are `api_user` and its keys, for those who assign roles, and `viewer` and its keys, for those who manage
 * members without assigning roles.
 *
 * @param what the thing in words, for the message.
 * @throws Refusal `permission_denied`, naming what exceeds.
 */
export function refuseExceeding(
  principal: Principal,
  role: string | null,
  permissions: readonly Permission[],
  what: string,
): void {
  if (principal.kind === "owner") return;
  if (role === "api_user" && holds(principal, "roles:assign")) return;
  if (role === "viewer" && managesMembersOnly(principal)) return;
  const exceeding = beyond(permissions, principal.permissions);
  if (exceeding.length > 0) {
    throw permissionDenied(`${what} exceeds your own permissions by ${exceeding.join(", ")}.`);
  }
}

/**
 * Who may hand out a role: beside what `refuseExceeding` says, those who manage members without assigning roles
 * (`customer_admin`) hand out `member` and `viewer` only.
 *
 * @throws Refusal `permission_denied`
 */
export function refuseHandingOut(principal: Principal, role: RoleGrant): void {
  if (managesMembersOnly(principal) && role.id !== "member" && role.id !== "viewer") {
    throw permissionDenied("Without the permission roles:assign you hand out the roles member and viewer only.");
  }
  refuseExceeding(principal, role.id, role.permissions, `The role ${role.id}`);
}

/**
 * Who may deactivate a user: whoever manages users in its home organization, whatever it has in others. No other
 * organization's act takes that away, or gives it to anybody else.
 *
 * @throws Refusal `permission_denied`
 * @see docs/decisions/0029-who-governs-an-account.md
 */
export async function requireDeactivation(context: CallerContext, user: Schemas["User"]): Promise<void> {
  requirePermission(context, "users:manage");
  await refuseOthers(context, user);
}

/**
 * Who may do everything else to a user: change it, its address too, have a new password mailed, activate or adopt it.
 *
 * @throws Refusal `permission_denied`
 * @see docs/decisions/0029-who-governs-an-account.md
 */
export async function requireUserManagement(context: CallerContext, user: Schemas["User"]): Promise<void> {
  requirePermission(context, "users:manage");
  await refuseManaging(context, user);
}

/**
 * Whom nobody in an organization changes, whatever they may do there: other organizations' users, users with a system
 * role, and users that may do more than the caller.
 *
 * @throws Refusal `permission_denied`
 */
async function refuseOthers(context: CallerContext, user: Schemas["User"]): Promise<void> {
  const { db, principal } = context;
  if (principal.kind === "owner") return;
  if (user.homeOrganization !== principal.organization || user.systemRole !== "none") {
    throw permissionDenied(
      "Only users of your own organization, those whose homeOrganization it is, can be changed or deactivated, and " +
        "only while they have no system role.",
    );
  }
  const memberships = await db
    .selectFrom("memberships")
    .select("role")
    .where("user_id", "=", user.id)
    .where("organization_id", "=", principal.organization)
    .where("status", "in", ["active", "pending"])
    .execute();
  for (const { role } of memberships) {
    refuseExceeding(principal, role, await permissionsOfRole(context, role), "This user");
  }
}

/**
 * Those, and users that have anything in another organization: changing the account would lead into what they have there.
 *
 * @throws Refusal `permission_denied`
 */
export async function refuseManaging(context: CallerContext, user: Schemas["User"]): Promise<void> {
  const { db, now, principal } = context;
  if (principal.kind === "owner") return;
  await refuseOthers(context, user);
  const [membership, assignment] = [
    await db
      .selectFrom("memberships")
      .select("id")
      .where("user_id", "=", user.id)
      .where("organization_id", "!=", principal.organization)
      .where("status", "in", ["active", "pending"])
      .executeTakeFirst(),
    await db
      .selectFrom("api_key_assignments")
      .innerJoin("api_keys", "api_keys.id", "api_key_assignments.key_id")
      .select("api_key_assignments.id")
      .where("api_key_assignments.user_id", "=", user.id)
      .where("api_key_assignments.organization_id", "!=", principal.organization)
      // One that has ended gives nothing, and can't come back.
      .where(isActiveKey(now))
      .executeTakeFirst(),
  ];
  if (membership === undefined && assignment === undefined) return;
  throw permissionDenied(
    "This user also has a membership or an API key in another organization: its home organization can deactivate it, " +
      "but can't do anything else.",
    "Ask the service owner.",
  );
}

/** What a role permits now; nothing where it is gone. */
export async function permissionsOfRole({ db }: Pick<Context, "db">, role: string): Promise<readonly Permission[]> {
  if (isBuiltInRole(role)) return builtInRoles[role];
  const row = await db.selectFrom("roles").select("permissions").where("id", "=", role).executeTakeFirst();
  return row?.permissions ?? [];
}

/** Whether a caller manages members without assigning roles, as `customer_admin` does. */
function managesMembersOnly(principal: Principal): boolean {
  return holds(principal, "members:manage") && !holds(principal, "roles:assign");
}
