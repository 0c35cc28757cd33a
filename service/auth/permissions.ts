/** Sets of permissions. */
import { inOrder, permissionValues, type Schemas } from "roster-schema";

export { beyond, builtInRoles, inOrder } from "roster-schema";

/** A permission. */
export type Permission = Schemas["Permission"];

/** The permissions about the objects that a stack manages. */
export const aboutObjects: readonly Permission[] = permissionValues.filter(
  (permission) => /^(organization|members|users|roles|keys):/.test(permission) && permission !== "keys:verify",
);

/** The permissions that are in both sets. */
export function common(permissions: Iterable<Permission>, others: ReadonlySet<Permission>): Permission[] {
  return inOrder(permissions).filter((permission) => others.has(permission));
}
