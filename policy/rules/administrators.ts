/** Organizations with too many administrators. */
import { listed, personOf, titleOf } from "../messages.ts";
import { groupedBy, type Resource } from "../resources.ts";
import type { StackRule } from "../rule.ts";

interface Settings {
  readonly maxAdministrators: number;
}

/** Reports organizations in which a stack declares more administrators than a number. */
export const administrators: StackRule<Settings> = {
  name: "administrators",
  description: "An organization has few administrators.",
  enforcementLevel: "advisory",
  settings: {
    maxAdministrators: {
      type: "integer",
      minimum: 1,
      default: 5,
      description: "The greatest number of administrators that the stack declares in one organization.",
    },
  },
  sees:
    "It counts the Membership resources with the role `administrator` and the entries of OrganizationMembers with that role, system users " +
    "included. It doesn't see administrators whom the stack doesn't declare, and doesn't count a member whose role it can't see.",
  checkStack(resources, { maxAdministrators }) {
    const members = resources.filter(({ kind }) => kind === "Membership" || kind === "OrganizationMembers");
    return groupedBy(members, "organization", "Organization").flatMap(({ target, resources: [first, ...others] }) => {
      const names = [first, ...others].flatMap(administratorsIn).toSorted();
      if (names.length <= maxAdministrators) {
        return [];
      }
      const organization = target === undefined ? "An organization" : titleOf(target, "slug");
      const message =
        `${organization} has ${names.length} administrators in this stack, and the limit is ${maxAdministrators}: ` +
        `${listed(names)}. Give some of them another role.`;
      return [{ message, at: target ?? first }];
    });
  },
};

/** Returns what a message calls each administrator that a resource declares. */
function administratorsIn(resource: Resource): string[] {
  const { kind, properties } = resource;
  if (kind === "Membership") {
    return properties.role === "administrator" ? [personOf(resource)] : [];
  }
  return Object.entries(properties.members ?? {}).flatMap(([address, member]) => {
    const role: unknown = typeof member === "object" && member !== null ? member.role : member;
    return roleNamed(role, properties.roles) === "administrator" ? [address] : [];
  });
}

/** Returns the role that a set's entry has; the set can have names of its own for roles. */
function roleNamed(role: unknown, roles: unknown): unknown {
  const isNamed = typeof role === "string" && typeof roles === "object" && roles !== null && Object.hasOwn(roles, role);
  return isNamed ? (roles as Readonly<Record<string, unknown>>)[role] : role;
}
