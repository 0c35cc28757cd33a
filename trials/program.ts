/** What trials declare. */
import { type Declaration, enterprise, the } from "../test/e2e/kinds.ts";

/**
 * Every kind of resource, once or twice, each after those that it refers to.
 *
 * @param tag tells those of one service apart: lower-case letters and digits
 */
export function everyKind(tag: string): Declaration[] {
  const address = (who: string) => `${who}-${tag}@trials.example`;
  return [
    { kind: "Organization", name: "acme", args: { slug: `acme-${tag}`, name: "Acme", ...enterprise } },
    {
      kind: "Role",
      name: "releaser",
      args: { organization: the("acme"), name: "Releaser", permissions: ["flows:read"] },
    },
    robot("robot"),
    robot("other"),
    { kind: "User", name: "person", args: { email: address("person"), homeOrganization: the("acme") } },
    { kind: "Membership", name: "robot-in", args: { organization: the("acme"), user: the("robot"), role: "api_user" } },
    {
      kind: "Membership",
      name: "other-in",
      args: { organization: the("acme"), user: the("other"), role: the("releaser") },
    },
    {
      kind: "ApiKey",
      name: "server",
      args: { organization: the("acme"), name: "Server", kind: "server" },
      after: ["robot-in"],
    },
    {
      kind: "ApiKey",
      name: "token",
      args: { organization: the("acme"), name: "Token", kind: "user", format: "jwt", owner: the("robot") },
      after: ["robot-in"],
    },
    {
      kind: "ApiKeyAssignment",
      name: "assigned",
      args: { key: the("server"), user: the("other") },
      after: ["other-in"],
    },
    {
      kind: "OrganizationMembers",
      name: "members",
      args: {
        organization: the("acme"),
        members: { [address("ada")]: "administrator", [address("grace")]: "viewer" },
        onUnknownUser: "create",
      },
    },
    {
      kind: "ApiKeyAssignees",
      name: "assignees",
      args: { key: the("server"), assignees: { [address("robot")]: "member", [address("grace")]: "member" } },
      after: ["robot-in", "members"],
    },
  ];

  function robot(name: string): Declaration {
    return {
      kind: "User",
      name,
      args: { email: address(name), kind: "system", homeOrganization: the("acme") },
    };
  }
}

/**
 * So many requests a refresh of all these waits for: the list of the stack's objects, and those of its two sets. What comes after
 * them tells the service which objects the stack knows, and nobody waits for what is answered.
 */
export const refreshRequests = 6;

/** The same, with something to change in each kind that can be changed in place. */
export function changed(declared: readonly Declaration[]): Declaration[] {
  return withArgs(declared, {
    Organization: { name: "Acme Corporation" },
    Role: { permissions: ["flows:read", "flows:run"] },
    User: { givenName: "Robbie" },
    ApiKey: { rotate: 1, rotation: { overlap: "0s" } },
    OrganizationMembers: { minAdmins: 0, members: {} },
    ApiKeyAssignees: { assignees: {} },
  });
}

/** The same, with what can't be changed in place: both keys are made anew, with all that they are assigned to, and a membership. */
export function replaced(declared: readonly Declaration[]): Declaration[] {
  return withArgs(declared, {
    server: { format: "jwt", owner: the("robot"), kind: "user" },
    token: { format: "opaque" },
    "other-in": { user: the("person"), role: "viewer" },
    assigned: { user: the("person") },
  });
}

/** @param args what is different, by kind or by name */
function withArgs(declared: readonly Declaration[], args: Readonly<Record<string, object>>): Declaration[] {
  return declared.map((each) => ({ ...each, args: { ...each.args, ...args[each.kind], ...args[each.name] } }));
}

/**
 * A stack of 200: an organization, 60 robots, their memberships, as many keys, and 19 assignments of them.
 *
 * @param tag tells those of one service apart: lower-case letters and digits
 */
export function twoHundred(tag: string): Declaration[] {
  return manyRobots(tag, 60, 19);
}

/**
 * An organization, robots, their memberships, as many keys, and some assignments of them.
 *
 * @param tag tells those of one service apart: lower-case letters and digits
 */
export function manyRobots(tag: string, robots: number, assignments: number): Declaration[] {
  const numbers = Array.from({ length: robots }, (_, at) => at);
  return [
    { kind: "Organization", name: "acme", args: { slug: `acme-${tag}`, name: "Acme", ...enterprise } },
    ...numbers.map((at) => ({
      kind: "User",
      name: `robot-${at}`,
      args: { email: `robot-${at}-${tag}@trials.example`, kind: "system", homeOrganization: the("acme") },
    })),
    ...numbers.map((at) => ({
      kind: "Membership",
      name: `member-${at}`,
      args: { organization: the("acme"), user: the(`robot-${at}`), role: "viewer" },
    })),
    ...numbers.map((at) => ({
      kind: "ApiKey",
      name: `key-${at}`,
      args: { organization: the("acme"), name: `Key ${at}`, kind: "server" },
    })),
    ...numbers.slice(0, assignments).map((at) => ({
      kind: "ApiKeyAssignment",
      name: `assigned-${at}`,
      args: { key: the(`key-${at}`), user: the(`robot-${at}`) },
      after: [`member-${at}`],
    })),
  ];
}
