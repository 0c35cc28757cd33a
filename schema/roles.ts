/** The built-in roles. */
import { builtInRoleValues, type components, permissionValues } from "./generated/openapi.ts";

type Permission = components["schemas"]["Permission"];

/** A built-in role. */
export type BuiltInRole = components["schemas"]["BuiltInRole"];

/** A built-in role that can be given in an organization: every one but `super_admin`, which is system-wide. */
export type OrganizationRole = Exclude<BuiltInRole, "super_admin">;

/** The built-in roles that can be given in an organization. */
export const organizationRoles: readonly OrganizationRole[] = builtInRoleValues.filter(
  (role): role is OrganizationRole => role !== "super_admin",
);

/** Whether a text is the name of a built-in role. */
export function isBuiltInRole(text: string): text is BuiltInRole {
  return builtInRoleValues.some((role) => role === text);
}

/** Whether a text is the name of a built-in role that can be given in an organization. */
export function isOrganizationRole(text: string): text is OrganizationRole {
  return organizationRoles.some((role) => role === text);
}

const reading = ["organization:read", "members:read", "users:read", "roles:read", "keys:read"] as const;
const watching = ["organization:read", "flows:read"] as const;

/** The permissions of each built-in role, in the order of the contract's list of permissions. */
export const builtInRoles: Readonly<Record<BuiltInRole, readonly Permission[]>> = {
  super_admin: permissionValues,
  administrator: permissionValues.filter((permission) => permission !== "api:call"),
  customer_admin: inOrder([...reading, "members:manage", "users:create", "keys:create", "keys:assign"]),
  auditor: inOrder([...reading, "subscription:read", "audit:read", "changes:preview"]),
  editor: inOrder([...watching, "flows:run", "data:edit"]),
  operator: inOrder([...watching, "flows:run"]),
  viewer: inOrder(watching),
  member: ["organization:read"],
  api_user: inOrder(["messages:read_own", "api:call"]),
};

/** A set of permissions in the contract's order, so that equal sets look equal. */
export function inOrder(permissions: Iterable<Permission>): Permission[] {
  const wanted = new Set(permissions);
  return permissionValues.filter((permission) => wanted.has(permission));
}

/**
 * The permissions that exceed others. Keys and roles from before `changes:preview` existed don't have it and can still give what
 * they could give: it doesn't exceed the other permissions of `auditor`.
 */
export function beyond(permissions: Iterable<Permission>, allowed: ReadonlySet<Permission>): Permission[] {
  const hasAudited = builtInRoles.auditor.every((one) => one === "changes:preview" || allowed.has(one));
  return inOrder(permissions).filter(
    (permission) => !allowed.has(permission) && !(permission === "changes:preview" && hasAudited),
  );
}
