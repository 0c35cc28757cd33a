/** The policy pack on the real engine: a stack that keeps its rules, one that breaks them all, and a configuration in a file. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { builtInRoles } from "roster-schema";
import { describe, expect, test } from "vitest";
import { rules } from "../../policy/rules/registry.ts";
import { paths } from "../../scripts/environment.mjs";
import { useService, useStack } from "./fixtures.ts";
import { type Declaration, enterprise, the } from "./kinds.ts";
import type { Run } from "./stack.ts";

const organization = the("home");
const [firstPermission, ...otherPermissions] = builtInRoles.administrator;

/** A value that is known once the organization exists. */
function unknown(value: unknown) {
  return { $: "home", gives: value };
}

function secret(value: unknown) {
  return { $secret: value };
}

function user(name: string, args: Declaration["args"]): Declaration {
  return { kind: "User", name, args: { homeOrganization: organization, ...args } };
}

function member(name: string, role: unknown): Declaration {
  const args = { organization, email: `${name}@home.example`, role, onUnknownUser: "invite" };
  return { kind: "Membership", name, args };
}

function members(count: number, role: string): Declaration[] {
  return Array.from({ length: count }, (_, at) => member(`${role}-${at}`, role));
}

function key(name: string, args: Declaration["args"]): Declaration {
  return { kind: "ApiKey", name, args: { organization, name, kind: "server", ...args } };
}

function role(name: string, permissions: readonly unknown[]): Declaration {
  return { kind: "Role", name, args: { organization, name, permissions } };
}

const surroundings: readonly Declaration[] = [
  { kind: "Organization", name: "home", args: { slug: "home", ...enterprise } },
  user("robot", { email: "robot@home.example", kind: "system" }),
  user("ada", { email: "ada@home.example" }),
  { kind: "Membership", name: "robot-in", args: { organization, user: the("robot"), role: "api_user" } },
  { kind: "Membership", name: "ada-in", args: { organization, user: the("ada"), role: "administrator" } },
];

/** What keeps the rules. What is unknown or secret would break them if it were seen. */
const good: readonly Declaration[] = [
  ...surroundings,
  ...members(4, "administrator"),
  member("of-unknown-role", unknown("administrator")),
  user("secret", { email: secret("confidential@elsewhere.example") }),
  user("unknown", { email: unknown("later@elsewhere.example") }),
  {
    kind: "OrganizationMembers",
    name: "secret",
    args: { organization, members: secret({ "confidential@elsewhere.example": "administrator" }) },
  },
  key("rotated", { owner: the("robot"), rotation: { every: "90d" } }),
  key("ends-unknown", { endDate: unknown("2099-12-31") }),
  key("ends-secret", { endDate: secret("2099-12-31") }),
  key("of-a-person", { kind: "user", owner: the("ada"), rotation: { every: "90d" } }),
  role("narrow", ["flows:read"]),
  role("unknown", [...otherPermissions, unknown(firstPermission)]),
];

/** What breaks every rule. */
const bad: readonly Declaration[] = [
  ...surroundings,
  ...members(5, "administrator"),
  ...members(15, "viewer"),
  user("outsider", { email: "eve@elsewhere.example" }),
  key("endless", { owner: the("ada") }),
  key("nameless", { name: secret("Confidential project") }),
  role("everything", builtInRoles.administrator),
];

/** What the engine prints of a violation, below the pack's name. */
interface Shown {
  readonly level: string;
  readonly rule: string;
  readonly at: string;
  readonly message: string;
}

function violationsIn(output: string): Shown[] {
  const lines = output.matchAll(/^ +- \[(\w+)\] +(\S+) +\((\S+): (\S+)\)\n.*\n +(.*)$/gm);
  return [...lines].map(([, level = "", rule = "", type = "", name = "", message = ""]) => {
    return { level, rule, at: `${type.replace(/.*:/, "")} ${name}`, message };
  });
}

describe("the policy pack", () => {
  const service = useService();
  const stack = useStack("test/e2e/programs/kinds", service);

  function preview(declarations: readonly Declaration[], configuration: object): Promise<Run> {
    const file = path.join(stack.root, "policies.json");
    writeFileSync(file, JSON.stringify(configuration));
    stack.declare(declarations);
    const pack = path.join(paths.checkout, "policy/run");
    return stack.run("preview", "--policy-pack", pack, "--policy-pack-config", file);
  }

  test("G5 lets a stack pass that keeps its rules, as far as its values can be seen", async () => {
    const { status, output } = await preview(good, { "address-domains": { domains: ["home.example"] } });
    expect(status, output).toBe(0);
    expect(output).toContain("✅ roster@");
    expect(violationsIn(output)).toEqual([]);
  });

  test("G5 shows each violation of a stack at its resource, and fails the preview for mandatory rules", async () => {
    const { status, output } = await preview(bad, { "address-domains": { domains: ["home.example"] } });
    expect(status, output).not.toBe(0);
    const shown = violationsIn(output);
    expect(shown.map(({ rule, at, message }) => [rule, at, message.replace(/\d{4}-\d\d-\d\d/, "<day>")])).toEqual(
      expect.arrayContaining([
        [
          "key-lifetime",
          "ApiKey endless",
          'ApiKey "endless" has no end date, and the limit is 365 days. Set endDate to <day> or earlier, or rotation.every to at most 365d.',
        ],
        [
          "key-lifetime",
          "ApiKey nameless",
          "ApiKey nameless has no end date, and the limit is 365 days. Set endDate to <day> or earlier, or rotation.every to at most 365d.",
        ],
        [
          "keys-of-people",
          "ApiKey endless",
          'ApiKey "endless" is of kind server, and its owner ada@home.example is a person: it stops with that person\'s account. ' +
            'Machines\' keys belong to system users: set owner to a User of kind "system".',
        ],
        [
          "administrators",
          "Organization home",
          'Organization "home" has 6 administrators in this stack, and the limit is 5: ada@home.example, administrator-0@home.example, ' +
            "administrator-1@home.example, administrator-2@home.example, administrator-3@home.example, administrator-4@home.example. " +
            "Give some of them another role.",
        ],
        [
          "all-permissions",
          "Role everything",
          'Role "everything" has every permission, as administrator does. List only the permissions that the role requires, or give its ' +
            "members the built-in role administrator.",
        ],
        [
          "address-domains",
          "User outsider",
          "eve@elsewhere.example is outside the domains home.example. Use an address in one of them, or add the address to " +
            "allowedAddresses of this rule.",
        ],
        [
          "one-by-one",
          "Organization home",
          'Organization "home" has 21 Membership resources for people in this stack, and the limit is 20. Declare the people in one ' +
            "OrganizationMembers resource instead: nobody's access is interrupted.",
        ],
      ]),
    );
    expect(shown).toHaveLength(7);
    const levels = Object.fromEntries(shown.map(({ rule, level }) => [rule, level]));
    expect(levels).toEqual(Object.fromEntries(rules.map(({ name, enforcementLevel }) => [name, enforcementLevel])));
    expect(output).not.toContain("Confidential project");
  });

  test("G5 takes levels and limits from a file, and lets the same stack pass where its violations are advisory", async () => {
    const { status, output } = await preview(bad, {
      all: "advisory",
      "key-lifetime": { maxDays: 30, acceptRotation: false },
      administrators: { maxAdministrators: 1 },
      "address-domains": { domains: ["home.example"] },
      "keys-of-people": "disabled",
      "one-by-one": { maxResources: 50 },
    });
    expect(status, output).toBe(0);
    const shown = violationsIn(output);
    expect(shown.filter(({ level }) => level !== "advisory")).toEqual([]);
    expect(shown.map(({ rule, at }) => `${rule}: ${at}`).toSorted()).toEqual([
      "address-domains: User outsider",
      "administrators: Organization home",
      "all-permissions: Role everything",
      "key-lifetime: ApiKey endless",
      "key-lifetime: ApiKey nameless",
    ]);
    expect(output).toContain("the limit is 30 days");
    expect(output).toContain("the limit is 1:");
  });
});
