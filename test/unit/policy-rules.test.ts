/** The rules of the policy pack, as functions: what each of them reports, and what it doesn't. */
import { builtInRoles } from "roster-schema";
import { describe, expect, test } from "vitest";
import { hidden, type Kind, type Resource } from "../../policy/resources.ts";
import type { ResourceRule, StackRule } from "../../policy/rule.ts";
import { addressDomains } from "../../policy/rules/address-domains.ts";
import { administrators } from "../../policy/rules/administrators.ts";
import { allPermissions } from "../../policy/rules/all-permissions.ts";
import { keyLifetime } from "../../policy/rules/key-lifetime.ts";
import { keysOfPeople } from "../../policy/rules/keys-of-people.ts";
import { oneByOne } from "../../policy/rules/one-by-one.ts";

const now = new Date("2026-03-10T15:00:00Z");

type Values = Resource["properties"];

function resource(kind: Kind, properties: Values = {}, references: Resource["references"] = {}, name = "it"): Resource {
  return { kind, name, urn: `urn of ${kind} ${name}`, properties, references };
}

/** The settings of a rule as the engine fills them in. */
function settingsOf<Settings extends object>(
  { settings }: Pick<ResourceRule<Settings> | StackRule<Settings>, "settings">,
  given: Partial<Settings>,
): Settings {
  const defaults = Object.entries<{ default: unknown }>(settings).map(([name, setting]) => [name, setting.default]);
  return { ...Object.fromEntries(defaults), ...given };
}

function checked<Settings extends object>(
  rule: ResourceRule<Settings>,
  subject: Resource,
  given: Partial<Settings> = {},
): string | undefined {
  return rule.check(subject, settingsOf(rule, given), now);
}

function checkedStack<Settings extends object>(
  rule: StackRule<Settings>,
  resources: readonly Resource[],
  given: Partial<Settings> = {},
): string[] {
  return rule
    .checkStack(resources, settingsOf(rule, given))
    .map(({ at, message }) => `${at.kind} ${at.name}: ${message}`);
}

const organization = resource("Organization", { slug: "acme" }, {}, "acme");
const ada = resource("User", { email: "ada@acme.example", kind: "person" }, {}, "ada");
const robot = resource("User", { email: "robot@acme.example", kind: "system" }, {}, "robot");

describe("key-lifetime", () => {
  const key = (properties: Values) => resource("ApiKey", { name: "Playout", state: "active", ...properties });
  const advice = "Set endDate to 2027-03-10 or earlier, or rotation.every to at most 365d.";

  test.each<[string, Values]>([
    ["that ends on the last day", { endDate: "2027-03-10" }],
    ["that ends in the last second", { endDate: "2027-03-11T00:00:00Z" }],
    ["that has ended", { endDate: "2020-01-01" }],
    ["that is rotated at the greatest age", { rotation: { every: "365d" } }],
    ["that is rotated, whenever it ends", { rotation: { every: "90d" }, endDate: "9999-12-31" }],
    ["that is revoked", { state: "revoked" }],
    ["whose end can't be seen", { endDate: hidden }],
    ["whose rotation can't be seen", { rotation: hidden }],
    ["whose interval can't be seen", { rotation: { every: hidden, overlap: "1h" } }],
    ["of which it can't be seen whether its rotation is on hold", { rotation: { every: "90d" }, holdRotation: hidden }],
    ["whose state can't be seen", { state: hidden }],
  ])("accepts a key %s", (_, properties) => {
    expect(checked(keyLifetime, key(properties))).toBeUndefined();
  });

  test.each<[string, Values, string]>([
    ["without an end", {}, `has no end date, and the limit is 365 days. ${advice}`],
    ["that ends a day late", { endDate: "2027-03-11" }, `ends on 2027-03-11, and the limit is 365 days. ${advice}`],
    [
      "that ends a second late",
      { endDate: "2027-03-11T00:00:01Z" },
      `ends on 2027-03-11T00:00:01Z, and the limit is 365 days. ${advice}`,
    ],
    [
      "that is rotated too late",
      { rotation: { every: "366d" } },
      `has no end date, and the limit is 365 days. ${advice}`,
    ],
    [
      "that has an overlap only",
      { rotation: { overlap: "1h" } },
      `has no end date, and the limit is 365 days. ${advice}`,
    ],
    [
      "whose rotation is on hold",
      { rotation: { every: "90d" }, holdRotation: true },
      `has no end date, and the limit is 365 days. ${advice}`,
    ],
  ])("reports a key %s", (_, properties, message) => {
    expect(checked(keyLifetime, key(properties))).toBe(`ApiKey "Playout" ${message}`);
  });

  test("takes its limit from the settings, and rotation only if they accept it", () => {
    expect(checked(keyLifetime, key({ rotation: { every: "90d" } }), { maxDays: 30, acceptRotation: false })).toBe(
      'ApiKey "Playout" has no end date, and the limit is 30 days. Set endDate to 2026-04-09 or earlier.',
    );
    expect(checked(keyLifetime, key({ rotation: hidden }), { acceptRotation: false })).toContain("no end date");
  });

  test("checks access tokens, and doesn't print a name that can't be seen", () => {
    expect(keyLifetime.kinds).toEqual(["ApiKey", "AccessToken"]);
    expect(checked(keyLifetime, resource("AccessToken", { name: hidden, state: "active" }))).toMatch(
      /^AccessToken it has no/,
    );
  });
});

describe("keys-of-people", () => {
  const key = (properties: Values, owner?: Resource) =>
    resource(
      "ApiKey",
      { name: "Playout", kind: "server", state: "active", ...properties },
      owner && { owner: [owner] },
    );
  const delivered = { kind: "user", deliverTo: { file: "secrets/key" } };

  test.each<[string, Resource]>([
    ["a server's key of a system user", key({}, robot)],
    ["a server's key without an owner", key({})],
    ["a server's key whose owner the stack doesn't declare", key({ owner: "usr_1" })],
    ["a server's key of a user whose kind can't be seen", key({}, resource("User", { kind: hidden }))],
    ["a revoked key", key({ state: "revoked" }, ada)],
    ["a person's own key", key({ kind: "user" }, ada)],
    ["a system user's key in a file", key(delivered, robot)],
    ["a key whose kind can't be seen", key({ kind: hidden }, ada)],
    ["a person's key whose delivery can't be seen", key({ kind: "user", deliverTo: hidden }, ada)],
    ["a key whose owner comes from several resources", { ...key({}), references: { owner: [ada, robot] } }],
  ])("accepts %s", (_, subject) => {
    expect(checkedStack(keysOfPeople, [subject])).toEqual([]);
  });

  test.each<[string, Resource, string]>([
    ["a server's key", key({}, ada), "is of kind server"],
    ["a Web API's key", key({ kind: "webapi" }, ada), "is of kind webapi"],
    ["a key that is written to a file", key(delivered, ada), "is written to a file"],
  ])("reports %s of a person", (_, subject, use) => {
    expect(checkedStack(keysOfPeople, [ada, subject])).toEqual([
      `ApiKey it: ApiKey "Playout" ${use}, and its owner ada@acme.example is a person: it stops with that person's account. ` +
        'Machines\' keys belong to system users: set owner to a User of kind "system".',
    ]);
  });

  test("doesn't report delivered keys if the settings say so, or print what can't be seen", () => {
    expect(checkedStack(keysOfPeople, [key(delivered, ada)], { deliveredKeys: false })).toEqual([]);
    const secretive = resource("User", { email: hidden, kind: "person" }, {}, "secretive");
    expect(checkedStack(keysOfPeople, [key({}, secretive)])).toEqual([
      expect.stringContaining("owner User secretive is"),
    ]);
  });
});

describe("administrators", () => {
  const within = { organization: [organization] };
  const member = (name: string, properties: Values, references: Resource["references"] = {}) =>
    resource("Membership", properties, { ...within, ...references }, name);
  const set = (properties: Values) => resource("OrganizationMembers", properties, within, "staff");
  const one = member("one", { email: "one@acme.example", role: "administrator" });

  test.each<[string, readonly Resource[]]>([
    [
      "as many as the limit",
      [one, set({ members: { "a@acme.example": "administrator", "b@acme.example": "viewer" } })],
    ],
    ["members whose role can't be seen", [one, one, member("other", { email: "x@acme.example", role: hidden })]],
    ["a set that can't be seen", [one, one, set({ members: hidden })]],
    [
      "entries that can't be seen",
      [one, one, set({ members: { "x@acme.example": hidden, "y@acme.example": { role: hidden } } })],
    ],
    [
      "roles by a name that can't be seen",
      [one, one, set({ members: { "x@acme.example": "boss" }, roles: { boss: hidden } })],
    ],
    ["names of roles that can't be seen", [one, one, set({ members: { "x@acme.example": "boss" }, roles: hidden })]],
    [
      "members of an organization that can't be seen",
      ["a", "b", "c"].map((name) => resource("Membership", { organization: hidden, role: "administrator" }, {}, name)),
    ],
    [
      "administrators of several organizations",
      ["a", "b", "c"].map((id) => resource("Membership", { organization: `org_${id}`, role: "administrator" }, {}, id)),
    ],
  ])("accepts %s", (_, resources) => {
    expect(checkedStack(administrators, resources, { maxAdministrators: 2 })).toEqual([]);
  });

  test("reports all administrators of an organization together, by their addresses", () => {
    const resources = [
      organization,
      one,
      member("two", { user: hidden, role: "administrator" }, { user: [ada] }),
      member("three", { email: hidden, role: "administrator" }),
      set({
        members: { "a@acme.example": "boss", "b@acme.example": { role: "administrator" }, "c@acme.example": "viewer" },
        roles: { boss: "administrator" },
      }),
    ];
    expect(checkedStack(administrators, resources, { maxAdministrators: 4 })).toEqual([
      'Organization acme: Organization "acme" has 5 administrators in this stack, and the limit is 4: Membership three, ' +
        "a@acme.example, ada@acme.example, b@acme.example, one@acme.example. Give some of them another role.",
    ]);
  });

  test("reports an organization that the stack doesn't declare at one of its members, and names ten", () => {
    const addresses = Array.from({ length: 12 }, (_, at) => `m${10 + at}@acme.example`);
    const members = Object.fromEntries(addresses.map((address) => [address, "administrator"]));
    expect(checkedStack(administrators, [resource("OrganizationMembers", { organization: "org_1", members })])).toEqual(
      [
        "OrganizationMembers it: An organization has 12 administrators in this stack, and the limit is 5: " +
          `${addresses.slice(0, 10).join(", ")}, 2 more. Give some of them another role.`,
      ],
    );
  });
});

describe("all-permissions", () => {
  const every = builtInRoles.administrator;
  const role = (properties: Values) => resource("Role", { name: "Everything", permissions: every, ...properties });

  test.each<[string, Values]>([
    ["without one permission", { permissions: every.slice(1) }],
    ["of which one permission can't be seen", { permissions: [...every.slice(1), hidden] }],
    ["whose permissions can't be seen", { permissions: hidden }],
    ["that can have every permission", { name: "Owners" }],
    ["of which it can't be seen whether it is one of these", { name: hidden }],
  ])("accepts a role %s", (_, properties) => {
    expect(checked(allPermissions, role(properties), { allowedRoles: ["Owners"] })).toBeUndefined();
  });

  test("reports a role with every permission, in any order", () => {
    const message =
      "has every permission, as administrator does. List only the permissions that the role requires, or give its members the " +
      "built-in role administrator.";
    expect(checked(allPermissions, role({}))).toBe(`Role "Everything" ${message}`);
    expect(checked(allPermissions, role({ permissions: every.toReversed(), name: hidden }))).toBe(`Role it ${message}`);
  });
});

describe("address-domains", () => {
  const settings = { domains: ["acme.example", "*.globex.example"], allowedAddresses: ["Eve@elsewhere.example"] };
  const advice =
    "outside the domains acme.example, *.globex.example. Use an address in one of them, or add the address to allowedAddresses of this rule.";

  test.each<[string, Resource]>([
    ["an address in a domain, in any case", resource("User", { email: "Ada@ACME.example" })],
    ["an address below a domain", resource("Membership", { email: "ada@paris.globex.example" })],
    ["a single address, in any case", resource("ApiKeyAssignment", { email: "eve@ELSEWHERE.example" })],
    ["an address that can't be seen", resource("User", { email: hidden })],
    ["a person who is named by user", resource("Membership", { user: "usr_1" })],
    ["a set that can't be seen", resource("OrganizationMembers", { members: hidden })],
    ["a set of such addresses", resource("ApiKeyAssignees", { assignees: { "ada@acme.example": "member" } })],
  ])("accepts %s", (_, subject) => {
    expect(addressDomains.kinds).toContain(subject.kind);
    expect(checked(addressDomains, subject, settings)).toBeUndefined();
  });

  test.each<[string, Resource, string]>([
    ["another address", resource("User", { email: "bob@elsewhere.example" }), "bob@elsewhere.example is"],
    ["a domain below one", resource("Membership", { email: "bob@sub.acme.example" }), "bob@sub.acme.example is"],
    [
      "a domain itself of which only those below are given",
      resource("User", { email: "bob@globex.example" }),
      "bob@globex.example is",
    ],
    ["a domain that ends like one", resource("User", { email: "bob@notacme.example" }), "bob@notacme.example is"],
    [
      "a domain before the last @",
      resource("User", { email: '"a@acme.example"@b.example' }),
      '"a@acme.example"@b.example is',
    ],
    [
      "several in a set",
      resource("OrganizationMembers", {
        members: { "a@b.example": hidden, "ada@acme.example": "viewer", "c@b.example": "viewer" },
      }),
      "a@b.example, c@b.example are",
    ],
    [
      "one in a set of assignees",
      resource("ApiKeyAssignees", { assignees: { "a@b.example": "member" } }),
      "a@b.example is",
    ],
  ])("reports %s", (_, subject, start) => {
    expect(checked(addressDomains, subject, settings)).toBe(`${start} ${advice}`);
  });

  test("checks nothing without domains", () => {
    expect(checked(addressDomains, resource("User", { email: "bob@elsewhere.example" }))).toBeUndefined();
  });
});

describe("one-by-one", () => {
  const members = (count: number, properties: Values, references: Resource["references"] = {}) =>
    Array.from({ length: count }, (_, at) =>
      resource("Membership", properties, { organization: [organization], ...references }, `member-${at}`),
    );

  test.each<[string, readonly Resource[]]>([
    ["as many as the limit", members(3, { email: "a@acme.example" })],
    ["system users", members(5, { user: hidden }, { user: [robot] })],
    ["users whose kind can't be seen", members(5, { user: "usr_1" })],
    [
      "members of an organization that can't be seen",
      members(5, { email: hidden }).map((each) => ({ ...each, references: {} })),
    ],
    [
      "sets",
      [
        resource("OrganizationMembers", {
          organization: "org_1",
          members: { a: "viewer", b: "viewer", c: "viewer", d: "viewer" },
        }),
      ],
    ],
  ])("accepts %s", (_, resources) => {
    expect(checkedStack(oneByOne, resources, { maxResources: 3 })).toEqual([]);
  });

  test("reports people of one organization, whether they are named by user or address", () => {
    const resources = [...members(2, { email: hidden }), ...members(2, { user: hidden }, { user: [ada] })];
    expect(checkedStack(oneByOne, resources, { maxResources: 3 })).toEqual([
      'Organization acme: Organization "acme" has 4 Membership resources for people in this stack, and the limit is 3. Declare the ' +
        "people in one OrganizationMembers resource instead: nobody's access is interrupted.",
    ]);
  });

  test("reports people of one key, and not of several", () => {
    const assignment = (key: string) => resource("ApiKeyAssignment", { key, email: "a@acme.example" });
    expect(checkedStack(oneByOne, [assignment("key_1"), assignment("key_2")], { maxResources: 1 })).toEqual([]);
    expect(checkedStack(oneByOne, [assignment("key_1"), assignment("key_1")], { maxResources: 1 })).toEqual([
      "ApiKeyAssignment it: One ApiKey has 2 ApiKeyAssignment resources for people in this stack, and the limit is 1. Declare the people " +
        "in one ApiKeyAssignees resource instead: nobody's access is interrupted.",
    ]);
  });
});
