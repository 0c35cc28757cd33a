/** Roles as a resource: their rows, and their form in the contract. */
import type { Selectable } from "kysely";
import { type BuiltInRole, isBuiltInRole, type Schemas } from "roster-schema";
import { builtInRoles } from "../../auth/permissions.ts";
import type { Resource } from "../../managed/resource.ts";
import { creationColumns, type Tables } from "../../rows/tables.ts";

type Role = Schemas["Role"];

/** Roles: built-in roles, whose identifier is their name, and organizations' own roles. */
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
      .select(creationColumns)
      .where("organization_id", "=", scope)
      .where("external_id", "=", externalId)
      .executeTakeFirst(),
  nameOf: ({ name }) => name,
  isLive: () => true,
  organizationOf: ({ organization }) => organization,
  // Built-in roles are visible to everybody.
  visibleIn: (_context, organizations, { organization }) =>
    organizations.filter((id) => organization === null || organization === id),
  async loadAll({ db }, ids) {
    const builtIn = ids.filter(isBuiltInRole).map(toBuiltInRole);
    if (builtIn.length === ids.length) {
      return builtIn;
    }
    const rows = await db.selectFrom("roles").selectAll().where("id", "in", ids).execute();
    return [...builtIn, ...rows.map(toRole)];
  },
};

/** A built-in role in the contract's form. */
export function toBuiltInRole(id: BuiltInRole): Role {
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

/** Converts the row of an organization's own role to the contract's form. */
export function toRole(row: Selectable<Tables["roles"]>): Role {
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
