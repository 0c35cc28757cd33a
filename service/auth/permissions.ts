/** Sets of permissions, and the permissions of the built-in roles. */
import { type BuiltInRole, permissionValues, type Schemas } from "roster-schema";

/** A permission. */
export type Permission = Schemas["Permission"];

const reading = ["organization:read", "members:read", "users:read", "roles:read", "keys:read"] as const;
const watching = ["organization:read", "flows:read"] as const;

/** The permissions about the objects that a stack manages. */
export const aboutObjects: readonly Permission[] = permissionValues.filter(
  (permission) => /^(organization|members|users|roles|keys):/.test(permission) && permission !== "keys:verify",
);

/** The permissions of each built-in role, in the order of the contract's list of roles. */
export const builtInRoles: Readonly<Record<BuiltInRole, readonly Permission[]>> = {
  super_admin: permissionValues,
  administrator: permissionValues.filter((permission) => permission !== "api:call"),
  customer_admin: inOrder([...reading, "members:manage", "users:create", "keys:create", "keys:assign"]),
  auditor: inOrder([...reading, "subscription:read", "audit:read"]),
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

/** The permissions that are in one set and not in the other. */
export function beyond(permissions: Iterable<Permission>, allowed: ReadonlySet<Permission>): Permission[] {
  return inOrder(permissions).filter((permission) => !allowed.has(permission));
}

/** The permissions that are in both sets. */
export function common(permissions: Iterable<Permission>, others: ReadonlySet<Permission>): Permission[] {
  return inOrder(permissions).filter((permission) => others.has(permission));
}
