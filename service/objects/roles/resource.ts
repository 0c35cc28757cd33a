import type { Selectable } from "kysely";
import type { Schemas } from "roster-schema";
import type { Context } from "../../auth/operation.ts";
import { type BuiltInRole, builtInRoles, isBuiltInRole } from "../../auth/permissions.ts";
import { load, type Resource } from "../../managed/resource.ts";
import type { RoleGrant } from "../../managed/rules.ts";
import { Refusal } from "../../problems.ts";
import { createdColumns, type Tables } from "../../rows/tables.ts";

type Role = Schemas["Role"];

/** Roles: the built-in ones, whose identifier is their name, and the organizations' own. */
export const roles: Resource<Role> = {
  kind: "role",
  parameter: "roleId",
  noun: "role",
  settable: ["externalId", "name", "permissions"],
  audited: ["externalId", "name", "permissions"],
  naturalKey: ({ name }) => [name],
  reading: "roles:read",
  table: "roles",
  organizationColumn: "organization_id",
  findLive: async ({ db }, scope, externalId) =>
    await db
      .selectFrom("roles")
      .select(createdColumns)
      .where("organization_id", "=", scope)
      .where("external_id", "=", externalId)
      .executeTakeFirst(),
  nameOf: ({ name }) => name,
  isLive: () => true,
  organizationOf: ({ organization }) => organization,
  knownTo: ({ principal }, { organization }) =>
    organization === null || (principal.kind === "api_key" && principal.organization === organization),
  async loadAll({ db }, ids) {
    const builtIn = ids.filter(isBuiltInRole).map(presentBuiltInRole);
    if (builtIn.length === ids.length) return builtIn;
    const rows = await db.selectFrom("roles").selectAll().where("id", "in", ids).execute();
    return [...builtIn, ...rows.map(presentRole)];
  },
};

/** A built-in role as the contract has it. */
export function presentBuiltInRole(id: BuiltInRole): Role {
  return {
    id,
    externalId: null,
    adopted: false,
    organization: null,
    name: id,
    permissions: [...builtInRoles[id]],
    builtIn: true,
    createdAt: null,
    updatedAt: null,
  };
}

/** An own role's row as the contract has it. */
export function presentRole(row: Selectable<Tables["roles"]>): Role {
  return {
    id: row.id,
    externalId: row.external_id,
    adopted: row.adoption_depth > 0,
    organization: row.organization_id,
    name: row.name,
    permissions: row.permissions,
    builtIn: false,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

/**
 * The role that a membership names.
 *
 * @throws Refusal `role_not_found`, also for another organization's role; `unprocessable` for a system-wide one.
 */
export async function findMembershipRole(
  context: Pick<Context, "db" | "now">,
  organizationId: string,
  id: string,
): Promise<RoleGrant> {
  const errors = (detail: string) => ({ errors: [{ in: "body" as const, pointer: "/role", detail }] });
  if (id === "super_admin") {
    const detail = "super_admin is system-wide: it is a user's systemRole, and no role in an organization";
    throw new Refusal("unprocessable", `${detail}.`, errors(detail));
  }
  const role = await load(context, roles, id);
  if (role === undefined || (role.organization !== null && role.organization !== organizationId)) {
    const detail = "must be a built-in role, or the id of one of the organization's own roles";
    throw new Refusal("role_not_found", `The organization has no role ${id}.`, errors(detail));
  }
  return role;
}
