/** The rules for creating, updating and deleting roles, and for the role of a membership. */
import { isBuiltInRole, type Schemas } from "roster-schema";
import type { Call, Context } from "../../auth/operation.ts";
import type { Permission } from "../../auth/permissions.ts";
import type { CreateResult, CreateRules, EndRules } from "../../managed/lifecycle.ts";
import { conflict, find, load, refuseTakenExternalId, type Update, type UpdateRules } from "../../managed/resource.ts";
import { maxDependencies, type RoleGrant, refuseExceeding } from "../../managed/rules.ts";
import { type Identify, store } from "../../managed/take-over.ts";
import { Refusal, unprocessable } from "../../problems.ts";
import { findOpenOrganization } from "../organizations/resource.ts";
import { roles } from "./resource.ts";

type Role = Schemas["Role"];

/** The rules for creating roles. */
export const createRules: CreateRules<"createRole", Role> = {
  create: createRole,
  find: async ({ db, body, path }) =>
    (
      await db
        .selectFrom("roles")
        .select("id")
        .where("organization_id", "=", path.organizationId)
        .where("name", "=", body.name)
        .executeTakeFirst()
    )?.id,
  wanted: ({ body: { name, permissions } }) => ({ name, permissions }),
};

/** The rules for updating roles. */
export const updateRules: UpdateRules<Role> = { find: findOwnRole, apply: updateRole };

/** The rules for deleting roles. */
export const endRules: EndRules<Role> = {
  find: findOwnRole,
  async end(context, role) {
    refuseExceeding(context.principal, role.organization, role.id, role.permissions, "The role");
    await refuseInUse(context, role);
    await context.db.deleteFrom("roles").where("id", "=", role.id).execute();
  },
};

/**
 * Finds the role of a membership.
 *
 * @throws Refusal `role_not_found`, also for another organization's role; `unprocessable` for a system role.
 */
export async function findMembershipRole(
  context: Pick<Context, "db" | "now">,
  organizationId: string,
  id: string,
): Promise<RoleGrant> {
  const errors = (detail: string) => ({ errors: [{ in: "body" as const, pointer: "/role", detail }] });
  if (id === "super_admin") {
    const detail = "super_admin is a system role: set it as a user's systemRole, not as a role in an organization";
    throw new Refusal("unprocessable", `${detail}.`, errors(detail));
  }
  const role = await load(context, roles, id);
  if (role === undefined || (role.organization !== null && role.organization !== organizationId)) {
    const detail = "must be a built-in role, or the id of one of the organization's own roles";
    throw new Refusal("role_not_found", `The organization has no role ${id}.`, errors(detail));
  }
  return role;
}

async function createRole(call: Call<"createRole">, identify: Identify<Role>): Promise<CreateResult<Role>> {
  const { body, path } = call;
  const organization = await findOpenOrganization(call, path.organizationId, "roles:manage");
  const { id, lost } = await identify(organization.id);
  const role = { id, externalId: body.externalId ?? null, name: body.name };
  refusePermissions(call, { id, organization: organization.id }, body.permissions);
  if (lost !== undefined) {
    await refuseChange(call, lost, body.permissions);
  }
  await refuseTaken(call, organization.id, role);
  await store(call, "roles", id, {
    organization_id: organization.id,
    external_id: role.externalId,
    name: role.name,
    permissions: JSON.stringify(body.permissions),
  });
  return { id };
}

/** Finds a role that can be changed. */
async function findOwnRole(context: Context, id: string): Promise<Role> {
  const role = await find(context, roles, id, "roles:manage");
  if (role.builtIn) {
    throw new Refusal("unprocessable", "Built-in roles can't be changed. Create a role in the organization instead.");
  }
  return role;
}

async function updateRole(call: Context, { before, after }: Update<Role>): Promise<void> {
  await refuseChange(call, before, after.permissions);
  refusePermissions(call, after, after.permissions);
  if (before.organization !== null) {
    await refuseTaken(call, before.organization, after);
  }
  await call.db
    .updateTable("roles")
    .set({
      external_id: after.externalId,
      name: after.name,
      permissions: JSON.stringify(after.permissions),
      updated_at: call.now,
    })
    .where("id", "=", after.id)
    .execute();
}

/** Checks that the caller can change a role with its current permissions. */
async function refuseChange(call: Context, before: Role, permissions: readonly Permission[]): Promise<void> {
  refuseExceeding(call.principal, before.organization, before.id, before.permissions, "The role");
  await refuseOwnDemotion(call, before, permissions);
}

function refusePermissions(
  { principal }: Context,
  role: Pick<Role, "id" | "organization">,
  permissions: readonly Permission[],
): void {
  if (permissions.includes("api:call")) {
    throw unprocessable("/permissions", "Only the built-in role api_user can have api:call. Omit it.");
  }
  refuseExceeding(principal, role.organization, role.id, permissions, "The role");
}

/** Refuses that callers remove permissions from a role that they have. */
async function refuseOwnDemotion(
  { db, principal }: Context,
  before: Role,
  permissions: readonly Permission[],
): Promise<void> {
  if (principal.user === null) {
    return;
  }
  if (before.permissions.every((permission) => permissions.includes(permission))) {
    return;
  }
  const own = await db
    .selectFrom("memberships")
    .select("id")
    .where("user_id", "=", principal.user)
    .where("role", "=", before.id)
    .where("member_live", "is not", null)
    .executeTakeFirst();
  if (own !== undefined) {
    throw new Refusal(
      "cannot_remove_self",
      "You can't remove permissions from a role that you have. Ask another administrator.",
    );
  }
}

async function refuseTaken(
  call: Context,
  organizationId: string,
  { id, name, externalId }: Pick<Role, "id" | "name" | "externalId">,
): Promise<void> {
  if (isBuiltInRole(name.trim().toLowerCase())) {
    throw new Refusal("name_taken", `A built-in role has the name ${name.trim().toLowerCase()}. Choose another name.`);
  }
  const others = call.db
    .selectFrom("roles")
    .select("id")
    .where("organization_id", "=", organizationId)
    .where("id", "!=", id);
  const sameName = await others.where("name", "=", name).executeTakeFirst();
  if (sameName !== undefined) {
    throw await conflict(call, roles, sameName, "name_taken", "Another role has this name");
  }
  await refuseTakenExternalId(call, roles, organizationId, { id, externalId });
}

async function refuseInUse({ db }: Context, role: Role): Promise<void> {
  const holders = db
    .selectFrom("memberships")
    .where("organization_id", "=", role.organization)
    .where("role", "=", role.id)
    .where("member_live", "is not", null);
  const { members } = await holders.select(({ fn }) => fn.countAll().as("members")).executeTakeFirstOrThrow();
  const count = Number(members);
  if (count === 0) {
    return;
  }
  const given = count === 1 ? "1 member has" : `${count} members have`;
  const some = await holders.select("id").orderBy("id").limit(maxDependencies).execute();
  throw new Refusal("role_in_use", `${given} this role. Give them another role first.`, {
    dependsOn: some.map(({ id }) => ({ kind: "membership", id })),
  });
}
