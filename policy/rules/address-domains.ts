/** Addresses outside the domains of a company. */
import { foldEmail, isInDomain } from "roster-schema";
import { listed } from "../messages.ts";
import type { Resource } from "../resources.ts";
import type { ResourceRule } from "../rule.ts";

interface Settings {
  readonly domains: readonly string[];
  readonly allowedAddresses: readonly string[];
}

/** Reports addresses outside given domains. */
export const addressDomains: ResourceRule<Settings> = {
  name: "address-domains",
  description: "Addresses are in given domains.",
  enforcementLevel: "mandatory",
  settings: {
    domains: {
      type: "array",
      items: { type: "string", pattern: "^(\\*\\.)?[^@*\\s]+$" },
      default: [],
      description:
        "The domains, such as `acme.example`; `*.acme.example` stands for every domain below it. If there are none, the rule checks nothing.",
    },
    allowedAddresses: {
      type: "array",
      items: { type: "string" },
      default: [],
      description: "Single addresses that can be outside these domains.",
    },
  },
  sees:
    "It reads `email` of User, Membership and ApiKeyAssignment, and the addresses in OrganizationMembers and ApiKeyAssignees. It doesn't " +
    "see addresses that are secret, or whose resource names the person by `user` alone: the User is checked instead, if the stack declares it.",
  kinds: ["User", "Membership", "ApiKeyAssignment", "OrganizationMembers", "ApiKeyAssignees"],
  check(resource, { domains, allowedAddresses }) {
    if (domains.length === 0) {
      return undefined;
    }
    const allowed = new Set(allowedAddresses.map(foldEmail));
    const outside = addressesIn(resource).filter(
      (address) => !allowed.has(foldEmail(address)) && !domains.some((domain) => isInDomain(address, domain)),
    );
    if (outside.length === 0) {
      return undefined;
    }
    const verb = outside.length === 1 ? "is" : "are";
    return (
      `${listed(outside)} ${verb} outside the domains ${domains.join(", ")}. Use an address in one of them, or add the address to ` +
      "allowedAddresses of this rule."
    );
  },
};

function addressesIn({ properties: { email, members, assignees } }: Resource): string[] {
  const entries = members ?? assignees;
  const inSet = typeof entries === "object" && entries !== null ? Object.keys(entries) : [];
  return typeof email === "string" ? [email] : inSet;
}
