/** The rules that hold whatever the operation. */
import type { Schemas } from "roster-schema";
import type { AuditedContext } from "./audit.ts";
import type { Context } from "./operation.ts";
import { beyond, builtInRoles, isBuiltInRole, type Permission } from "./permissions.ts";
import { holds, type Principal } from "./principal.ts";
import { Refusal } from "./problems.ts";
import { permissionDenied, requirePermission } from "./resource.ts";
import { alone } from "./together.ts";

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
 * An organization that has an administrator keeps one, unless the service owner acts.
 *
 * Asked before the change; the transaction's isolation keeps two such changes from passing each other.
 *
 * @param leaving the user who stops being an administrator.
 * @throws Refusal `last_administrator`
 */
export async function keepAnAdministrator(
  context: Pick<AuditedContext, "db" | "principal">,
  organizationId: string,
  leaving: string,
): Promise<void> {
  if (context.principal.kind === "owner") return;
  alone();
  const administrators = await context.db
    .selectFrom("memberships")
    .innerJoin("users", "users.id", "memberships.user_id")
    .select("memberships.user_id")
    .where("memberships.organization_id", "=", organizationId)
    .where("memberships.role", "=", "administrator")
    .where("memberships.status", "=", "active")
    .where("users.state", "=", "active")
    .limit(2)
    .execute();
  if (administrators.length === 1 && administrators[0]?.user_id === leaving) {
    throw new Refusal(
      "last_administrator",
      "This is the organization's last administrator. Make somebody else an administrator first.",
    );
  }
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
 * Who may change a user.
 *
 * @throws Refusal `permission_denied`
 */
export async function requireUserManagement(context: Context, user: Schemas["User"]): Promise<void> {
  if (context.principal.kind !== "owner") requirePermission(context, "users:manage");
  await refuseManaging(context, user);
}

/**
 * Whom nobody in an organization changes, whatever they may do there: a user of somebody else's, or who may do more.
 *
 * @throws Refusal `permission_denied`
 */
export async function refuseManaging(context: Context, user: Schemas["User"]): Promise<void> {
  const { db, principal } = context;
  if (principal.kind === "owner") return;
  const rule =
    "A user is changed by those who manage users in its home organization, while it has neither a system role nor " +
    "anything in another organization.";
  if (user.homeOrganization !== principal.organization || user.systemRole !== "none") throw permissionDenied(rule);
  const memberships = await db
    .selectFrom("memberships")
    .select(["organization_id", "role"])
    .where("user_id", "=", user.id)
    .where("status", "in", ["active", "pending"])
    .execute();
  const assignmentElsewhere = await db
    .selectFrom("api_key_assignments")
    .select("id")
    .where("user_id", "=", user.id)
    .where("organization_id", "!=", principal.organization)
    .executeTakeFirst();
  const elsewhere = memberships.some(({ organization_id }) => organization_id !== principal.organization);
  if (elsewhere || assignmentElsewhere !== undefined) throw permissionDenied(rule);
  for (const { role } of memberships) {
    refuseExceeding(principal, role, await permissionsOfRole(context, role), "This user");
  }
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
