/** What the native plugin imports of an organization: the names of resources, what is left out, and how a program writes texts. */
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { Estate } from "../../provider/estate/estate.ts";
import { importedResources } from "../../provider/export/resources.ts";
import type { ExportOptions } from "../../provider/export/selection.ts";
import { exportProgram } from "../../provider/export/stack-files.ts";
import { isRecord, type PropertyMap } from "../../provider/values/property-map.ts";

/** Objects are numbered by their age. */
const id = (prefix: string, age: number) => `${prefix}_${String(age).padStart(32, "0")}`;
const owner: ExportOptions = {
  rights: { isServiceOwner: true, updatesProfile: true },
  ...{ asExisting: false, includesManaged: undefined, deletesRemoved: false },
};

interface Parts {
  readonly organization?: object;
  readonly profile?: object;
  readonly roles?: readonly (readonly [age: number, name: string])[];
  readonly people?: readonly (readonly [age: number, email: string])[];
}

function estateOf({ organization, profile, roles = [], people = [] }: Parts): Estate {
  const free = { externalId: null, adopted: false };
  return {
    organization: {
      ...{ id: id("org", 1), ...free, slug: "acme", name: "Acme", websiteUrl: null, logo: null },
      ...{ joinPolicies: ["invite"], allowedJoinPolicies: ["invite"], features: { externalApiAccess: false } },
      ...{
        settings: { keysPerOwner: null, allowExpiringJwt: false },
        subscription: { plan: "basic", billing: "custom" },
      },
      ...organization,
    },
    profile: { id: id("opr", 2), ...free, name: "Acme", ...profile },
    roles: roles.map(([age, name]) => ({ id: id("rol", age), ...free, name, permissions: [] })),
    users: people.map(([age, email]) => ({
      ...{
        id: id("usr", age),
        ...free,
        email,
        pendingEmail: null,
        kind: "person",
        systemRole: "none",
        state: "active",
      },
      ...{ givenName: null, familyName: null, createdAt: String(age) },
    })),
    members: people.map(([age, email]) => ({
      ...{ id: id("mbr", age + 1), ...free, user: id("usr", age), email, role: "viewer", createdAt: String(age) },
    })),
    ...{ apiKeys: [], assignments: [], accessTokens: [] },
  } as unknown as Estate;
}

function namesIn(parts: Parts): Record<string, string> {
  const { resources } = importedResources(estateOf(parts), owner);
  expect(new Set(resources.map(({ name }) => name)).size).toBe(resources.length);
  return Object.fromEntries(resources.map(({ id, name }) => [id.replace(/_0+/, ""), name]));
}

describe("the name of a resource", () => {
  test("is unique in the whole program, and what is added later changes none", () => {
    const before = namesIn({
      roles: [
        [10, "Acme"],
        [12, "ada"],
      ],
      people: [[20, "ada@acme.example"]],
    });
    expect(before).toEqual({ org1: "acme", rol10: "acme-role", rol12: "ada", usr20: "ada-user", mbr21: "ada-member" });
    const more: Parts = {
      roles: [
        [10, "Acme"],
        [12, "ada"],
        [40, "Ada-User"],
        [42, "ada"],
      ],
      people: [
        [20, "ada@acme.example"],
        [30, "ada@a.example"],
      ],
    };
    expect(namesIn(more)).toEqual({
      ...before,
      ...{ usr30: "ada-a-example", mbr31: "ada-a-example-member", rol40: "ada-user-role", rol42: "ada-role" },
    });
  });

  test.each([
    ["Release.Manager", "release-manager"],
    ["24/7", "role-24-7"],
    ["_x", "x"],
    ["日本", "role"],
    ["pulumi", "pulumi-role"],
  ])("of the role %j is %j", (name, expected) => {
    expect(namesIn({ roles: [[10, name]] }).rol10).toBe(expected);
  });
});

interface Choice extends Parts {
  readonly what: string;
  readonly options?: Partial<ExportOptions>;
  readonly kinds: readonly string[];
  readonly leftOut?: readonly string[];
}

test.each<Choice>([
  { what: "it with its profile", kinds: ["Organization"] },
  { what: "its profile, with --existing", options: { asExisting: true }, kinds: ["OrganizationProfile"] },
  { what: "nothing, without rights", options: { rights: { isServiceOwner: false, updatesProfile: false } }, kinds: [] },
  {
    what: "its profile, if another stack manages it",
    organization: { externalId: "x" },
    kinds: ["OrganizationProfile"],
    leftOut: ["organization: another stack manages it"],
  },
  {
    what: "nothing, if another stack manages its profile",
    profile: { externalId: "x" },
    kinds: [],
    leftOut: ["organization: another stack manages its profile", "profile: another stack manages it"],
  },
  {
    what: "its profile, if its plan was reduced",
    organization: { websiteUrl: "https://acme.example" },
    kinds: ["OrganizationProfile"],
    leftOut: ["organization: it has what its plan no longer allows"],
  },
])("of the organization itself, an export imports $what", ({ options, kinds, leftOut = [], ...parts }) => {
  const found = importedResources(estateOf(parts), { ...owner, ...options });
  expect(found.resources.map(({ kind }) => kind)).toEqual(kinds);
  expect(found.lookedUp).toBe(kinds.includes("Organization") ? undefined : "acme");
  expect(found.leftOut.map(({ kind, reason }) => `${kind}: ${reason}`)).toEqual(leftOut);
});

test.each([
  "$",
  "$$",
  "${",
  `$\${x}`,
  "$$$$",
  `a\${x.y}b`,
  "yes",
  "1_000",
  "0o7",
  "2090-12-31",
  "12:30:45",
  "~",
  "a\nb",
  "=",
  "# x",
])("the text %j is read as it was written", (name) => {
  const text = exportProgram(estateOf({ roles: [[10, name]] }), owner).files.get("Pulumi.yaml") ?? "";
  for (const version of ["1.1", "1.2"] as const) {
    const { resources } = parse(text, { version }) as { readonly resources: Readonly<Record<string, PropertyMap>> };
    const role = Object.values(resources).find(({ type }) => type === "roster:Role");
    const given = isRecord(role?.properties) ? role.properties.name : undefined;
    // As Pulumi YAML reads it: `$$` is a dollar sign, and `${` begins a reference.
    expect(given, version).toBeTypeOf("string");
    expect(String(given).replaceAll("$$", "")).not.toContain("${");
    expect(String(given).replaceAll("$$", () => "$")).toBe(name);
  }
});
