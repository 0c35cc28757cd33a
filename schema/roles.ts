/** The built-in roles. */
import { builtInRoleValues, type components } from "./generated/openapi.ts";

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
