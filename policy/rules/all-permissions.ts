/** Roles that are administrators by another name. */
import { beyond, builtInRoles, permissionValues } from "roster-schema";
import { titleOf } from "../messages.ts";
import type { ResourceRule } from "../rule.ts";

interface Settings {
  readonly allowedRoles: readonly string[];
}

/** Reports own roles that allow everything that the built-in role `administrator` does. */
export const allPermissions: ResourceRule<Settings> = {
  name: "all-permissions",
  description: "A role of an organization's own doesn't have every permission.",
  enforcementLevel: "mandatory",
  settings: {
    allowedRoles: {
      type: "array",
      items: { type: "string" },
      default: [],
      description: "The names of roles that can have every permission.",
    },
  },
  sees:
    "It compares `permissions` with those of the built-in role `administrator`. A role in which one of these is missing, or can't be " +
    "seen, doesn't violate it.",
  kinds: ["Role"],
  check(resource, { allowedRoles }) {
    const { name, permissions } = resource.properties;
    if (!Array.isArray(permissions) || (typeof name !== "string" && allowedRoles.length > 0)) {
      return undefined;
    }
    const given = new Set(permissionValues.filter((permission) => permissions.includes(permission)));
    if (beyond(builtInRoles.administrator, given).length > 0 || allowedRoles.some((allowed) => allowed === name)) {
      return undefined;
    }
    return (
      `${titleOf(resource, "name")} has every permission, as administrator does. List only the permissions that the role requires, ` +
      "or give its members the built-in role administrator."
    );
  },
};
