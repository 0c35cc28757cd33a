/** What a manifest declares, in the place of the engine: only what happens in the program is tested. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as newest from "@pulumi/pulumi/runtime/config.js";
import * as oldest from "pulumi-sdk-oldest/runtime/config.js";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { lifecycles } from "../../provider/kinds/registry.ts";
import { adoptionArgs } from "../../provider/lifecycle/adoption.ts";
import { fromManifest, type Manifest } from "../../provider/program/manifest/manifest.ts";
import { manifestSchema } from "../../provider/program/manifest/schema.ts";
import type { PropertyMap } from "../../provider/values/property-map.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { canonicalFile, manifestHead } from "./made-up-texts.ts";
import { configureNowhere, mockEngine } from "./mocked-engine.ts";

configureNowhere();

/** What a manifest declares, and what it asks. */
interface Declared {
  readonly manifest: Manifest;
  /** The inputs of each resource, by its kind and its name in the stack. */
  readonly resources: Readonly<Record<string, PropertyMap>>;
  /** The names of the resources in the order in which they were registered. */
  readonly order: readonly string[];
  readonly lookups: readonly string[];
}

async function declaredBy(
  text: string,
  config: Record<string, string> = {},
  secrets: string[] = [],
): Promise<Declared> {
  const folder = temporaryFolder();
  const file = path.join(folder, "roster.yaml");
  writeFileSync(file, text);
  const resources: Record<string, PropertyMap> = {};
  const order: string[] = [];
  const lookups: string[] = [];
  const newResource = ({ name, type, inputs }: pulumi.runtime.MockResourceArgs) => {
    const known = `${type.split(":").at(-1)} ${name}`;
    order.push(known);
    resources[known] = inputs;
    // What the provider makes, as far as the program passes it on.
    const made = type.endsWith(":AccessToken") ? { token: `secret of ${name}` } : {};
    return { id: name, state: { ...inputs, ...made } };
  };
  const call = ({ token, inputs }: pulumi.runtime.MockCallArgs) => {
    const [asked] = Object.values(inputs);
    lookups.push(`${token} ${asked}`);
    return { id: `found by ${asked}` };
  };
  await mockEngine({ newResource, call });
  pulumi.runtime.setAllConfig(config, secrets);
  const manifest = fromManifest(file);
  const { roles, users, memberships, people, apiKeys, assignments, assignees, accessTokens, profile } = manifest;
  const made = [
    Object.fromEntries(Object.entries({ profile, people }).filter(([, one]) => one !== undefined)),
    assignees,
    roles,
    users,
    memberships,
    apiKeys,
    accessTokens,
    ...Object.values(assignments),
  ].flatMap((section) => Object.values(section) as pulumi.Resource[]);
  await new Promise((resolve) => pulumi.all(made.map(({ urn }) => urn)).apply(resolve));
  return { manifest, resources, order, lookups };
}

function known<Value>(output: pulumi.Output<Value>): Promise<Value> {
  return new Promise((resolve) => output.apply(resolve));
}

test("who is adopted is so as a member too, and a key with those who have it", async () => {
  const { resources: declared } = await declaredBy(`${manifestHead}users:
  ada: { email: ada@x.example, role: viewer, adopt: true, onDestroy: delete }
members:
  bob: { email: bob@x.example, role: viewer }
apiKeys:
  shop: { kind: server, adopt: force, onDestroy: delete, assignedTo: [ada, bob] }
  desk: { kind: server, assignedTo: [ada] }
`);
  for (const name of ["User acme-ada", "Membership acme-ada"]) {
    expect(declared[name], name).toMatchObject({ adopt: true, onDestroy: "delete" });
  }
  for (const name of ["ApiKey acme-shop", "ApiKeyAssignment acme-shop-ada", "ApiKeyAssignment acme-shop-bob"]) {
    expect(declared[name], name).toMatchObject({ adopt: "force", onDestroy: "delete" });
  }
  for (const name of ["Membership acme-bob", "ApiKey acme-desk", "ApiKeyAssignment acme-desk-ada"]) {
    expect(declared[name], name).toBeDefined();
    expect(declared[name]?.adopt, name).toBeUndefined();
  }
});

describe("C11 a key for a person outside the organization", () => {
  const keyed = (...assignees: string[]) =>
    `${manifestHead}members: { bob: { email: bob@x.example, role: viewer } }\napiKeys:\n  shop: { kind: server, assignedTo: [${assignees.join(", ")}] }\n`;
  const [dev, ops] = [
    "{ email: Dev@partner.example, external: true }",
    "{ email: ops@partner.example, external: true }",
  ];

  test("is offered by address, with a name in the stack that neither its place in the list nor its case changes", async () => {
    const { resources, manifest } = await declaredBy(keyed(dev, "bob", ops));
    const names = ["acme-shop-bob", "acme-shop-dev@partner.example", "acme-shop-ops@partner.example"];
    expect(
      Object.keys(resources)
        .filter((name) => name.startsWith("ApiKeyAssignment "))
        .toSorted(),
    ).toEqual(names.map((name) => `ApiKeyAssignment ${name}`));
    expect(resources["ApiKeyAssignment acme-shop-dev@partner.example"]).toMatchObject({
      key: "acme-shop",
      email: "Dev@partner.example",
      external: true,
    });
    expect(resources["ApiKeyAssignment acme-shop-bob"]).not.toHaveProperty("external");
    expect(Object.keys(manifest.assignments.shop ?? {}).toSorted()).toEqual([
      "bob",
      "dev@partner.example",
      "ops@partner.example",
    ]);
    const { resources: moved } = await declaredBy(keyed(ops, dev.toLowerCase(), "bob"));
    expect(Object.keys(moved).toSorted()).toEqual(Object.keys(resources).toSorted());
  });

  test("is offered again by resendInvite", async () => {
    const { resources } = await declaredBy(keyed("{ email: dev@partner.example, external: true, resendInvite: 2 }"));
    expect(resources["ApiKeyAssignment acme-shop-dev@partner.example"]).toMatchObject({ resendInvite: 2 });
  });
});

describe("C18 the secret of a Web API from the stack's configuration", () => {
  const text = `${manifestHead}apiKeys:\n  shop: { kind: webapi, secret: { config: checkoutSecret } }\n  desk: { kind: webapi, secret: { config: "other:deskSecret" } }\n`;
  const config = { "project:checkoutSecret": "made-by-the-client", "other:deskSecret": "made-elsewhere" };

  test("is passed as a secret", async () => {
    const { manifest, resources } = await declaredBy(text, config);
    expect(await pulumi.isSecret(pulumi.output(manifest.apiKeys.shop?.secret))).toBe(true);
    for (const [name, value] of [
      ["shop", "made-by-the-client"],
      ["desk", "made-elsewhere"],
    ]) {
      expect(JSON.stringify(resources[`ApiKey acme-${name}`]?.secret)).toContain(value);
    }
    expect(Object.keys(resources).filter((name) => name.startsWith("RandomBytes"))).toEqual([]);
  });

  test("is missed at its line", async () => {
    await expect(declaredBy(text, {})).rejects.toThrow(
      /roster\.yaml:4:\d+: apiKeys\.shop\.secret\.config: .* has no such value: .*roster\.yaml:5:\d+: apiKeys\.desk\.secret/s,
    );
  });

  test("is known as secret by the oldest SDK that is supported, and by the newest", () => {
    for (const sdk of [oldest, newest]) {
      expect(sdk).toMatchObject({ isConfigSecret: expect.any(Function) });
    }
  });
});

describe("S4 values from the stack's configuration", () => {
  const text = `name: acme
organization:
  slug: \${config.slug:-acme}
  name: \${config.title}
roles:
  deployer:
    name: \${config.title}
    permissions: [flows:run]
users:
  ada:
    email: ada@\${config.slug:-acme}.example
    role: deployer
    givenName: \${config.given}
    invite: \${config.other:invite}
apiKeys:
  shop: { kind: server, allowedIps: [203.0.113.7, "\${config.range}"], assignedTo: [ada] }
`;
  const config = {
    "project:title": "Acme",
    "project:given": "Augusta",
    "project:range": "203.0.113.8",
    "other:invite": "false",
  };

  test("are passed as what they are, and secret ones as secrets, each argument as a whole", async () => {
    const secrets = ["project:title", "project:given", "project:range"];
    const { manifest, resources } = await declaredBy(text, config, secrets);
    const isSecret = async (value: unknown) => await pulumi.isSecret(pulumi.output(value));
    const { roles, users, apiKeys, organization } = manifest;
    expect(await isSecret(organization.name)).toBe(true);
    expect(await isSecret(roles.deployer?.name)).toBe(true);
    expect(await isSecret(users.ada?.givenName)).toBe(true);
    expect(await isSecret(apiKeys.shop?.allowedIps)).toBe(true);
    for (const value of [organization.slug, users.ada?.email, users.ada?.invite, roles.deployer?.permissions]) {
      expect(await isSecret(value)).toBe(false);
    }
    expect(await known(pulumi.output(apiKeys.shop?.allowedIps))).toEqual(["203.0.113.7", "203.0.113.8"]);
    expect(resources["User acme-ada"]).toMatchObject({ email: "ada@acme.example", invite: false });
    expect(JSON.stringify(resources["User acme-ada"]?.givenName)).toContain("Augusta");
    expect(JSON.stringify(resources["Role acme-deployer"]?.name)).toContain("Acme");
  });

  test("are not secret in a test that doesn't say so", async () => {
    const { resources } = await declaredBy(text, { ...config, "project:slug": "other" });
    expect(resources["Organization acme"]).toMatchObject({ slug: "other", name: "Acme" });
    expect(resources["User acme-ada"]).toMatchObject({ email: "ada@other.example", givenName: "Augusta" });
  });
});

test("a key that a member owns is the member's account's, and comes after the membership", async () => {
  const { resources, order, lookups } = await declaredBy(`${manifestHead}members:
  bob: { email: bob@x.example, role: viewer }
users:
  ada: { email: ada@x.example, role: viewer }
apiKeys:
  bobs: { kind: user, owner: bob }
  adas: { kind: user, owner: ada }
`);
  expect(resources["ApiKey acme-bobs"]).toMatchObject({ owner: "found by bob@x.example" });
  expect(resources["ApiKey acme-adas"]).toMatchObject({ owner: "acme-ada" });
  expect(lookups).toEqual(["roster:index:getUser bob@x.example"]);
  expect(order.indexOf("ApiKey acme-bobs")).toBeGreaterThan(order.indexOf("Membership acme-bob"));
});

describe("A3 the access token of a system user", () => {
  const text = `${manifestHead}users:
  robot: { email: robot@x.example, kind: system, role: administrator }
accessTokens:
  pipeline: { user: robot, permissions: [members:read] }
  nightly: { user: robot, name: Nightly run, permissions: [members:read], adopt: true, onDestroy: delete }
`;

  test("acts as the user, is named after its entry, and comes after the membership", async () => {
    const { resources, order } = await declaredBy(text);
    expect(resources["AccessToken acme-pipeline"]).toMatchObject({
      organization: "acme",
      user: "acme-robot",
      name: "pipeline",
      permissions: ["members:read"],
    });
    expect(resources["AccessToken acme-pipeline"]?.adopt).toBeUndefined();
    expect(resources["AccessToken acme-nightly"]).toMatchObject({
      name: "Nightly run",
      adopt: true,
      onDestroy: "delete",
    });
    expect(order.indexOf("AccessToken acme-pipeline")).toBeGreaterThan(order.indexOf("Membership acme-robot"));
  });

  test("is returned by its name, its plaintext as a secret", async () => {
    const { manifest } = await declaredBy(text);
    expect(Object.keys(manifest.accessTokens)).toEqual(["pipeline", "nightly"]);
    expect(await pulumi.isSecret(manifest.tokens)).toBe(true);
    expect(await known(manifest.tokens)).toEqual({
      pipeline: "secret of acme-pipeline",
      nightly: "secret of acme-nightly",
    });
  });
});

describe("A5 an organization that exists already", () => {
  test("is looked up by its slug, declared by nothing, and has all that the manifest declares", async () => {
    const sections = `roles: { releaser: { permissions: [flows:run] } }
users: { ada: { email: ada@x.example, role: releaser } }
members: { bob: { email: bob@x.example, role: viewer } }
apiKeys: { shop: { kind: server, owner: bob, assignedTo: [ada, bob] } }
`;
    const { manifest, resources, lookups } = await declaredBy(
      `name: staff\norganization: { existing: acme }\n${sections}`,
    );
    expect(lookups).toContain("roster:index:getOrganization acme");
    expect(Object.keys(resources).filter((name) => name.startsWith("Organization "))).toEqual([]);
    for (const name of ["Role staff-releaser", "Membership staff-ada", "Membership staff-bob", "ApiKey staff-shop"]) {
      expect(resources[name], name).toMatchObject({ organization: "found by acme" });
    }
    expect(resources["User staff-ada"]).toMatchObject({ homeOrganization: "found by acme" });
    expect(await known(manifest.organizationId)).toBe("found by acme");
    expect(() => manifest.organization).toThrow(/names an organization that exists already, .*: use `organizationId`/);
    // A program may still export or copy what the manifest made.
    expect(Object.keys({ ...manifest })).not.toContain("organization");
  });

  test("is not what a declared one is", async () => {
    const { manifest, lookups } = await declaredBy(manifestHead);
    expect(await known(manifest.organizationId)).toBe("acme");
    expect(await known(manifest.organization.id)).toBe("acme");
    expect(lookups).toEqual([]);
  });
});

/** A manifest with every argument that one can have. */
const complete = `name: acme
organization:
  slug: acme
  name: Acme
  websiteUrl: https://acme.example
  logo: ${path.join(path.dirname(canonicalFile), "logo.png")}
  joinPolicies: [existing, create]
  allowedJoinPolicies: [existing, create]
  features: { externalApiAccess: true }
  settings: { keysPerOwner: 3 }
  subscription: { plan: enterprise }
  adopt: true
  onDestroy: restore
roles:
  releaser: { name: Releaser, permissions: [flows:run], adopt: true, onDestroy: restore }
users:
  ada:
    email: ada@x.example
    givenName: Ada
    familyName: Lovelace
    kind: person
    systemRole: super_admin
    invite: false
    state: active
    resendInvite: 1
    resetPassword: 1
    adopt: true
    onDestroy: restore
    role: releaser
  robot: { email: robot@x.example, kind: system, role: administrator }
members:
  bob:
    email: bob@x.example
    role: viewer
    onUnknownUser: create
    givenName: Bob
    familyName: Builder
    resendInvite: 1
    adopt: true
    onDestroy: restore
people:
  mode: authoritative
  ignore: ["*@robots.example"]
  maxRemovalFraction: 0.5
  onUnknownUser: create
  minAdmins: 0
  accounts: manage
  resendInvite: 1
  adopt: true
  onDestroy: restore
  entries: { eve@x.example: { role: releaser, givenName: Eve, familyName: Adams, was: eva@x.example } }
apiKeys:
  shop:
    name: Shop
    kind: webapi
    format: opaque
    owner: bob
    permissions: [organization:read]
    allowedIps: [203.0.113.7]
    endDate: 2090-01-01
    secret: { config: shopSecret }
    rotate: 1
    rotation: { overlap: 1h }
    holdWhileUsed: 1h
    deliverTo: { file: shop.key }
    state: active
    adopt: true
    onDestroy: restore
    assignedTo: [{ email: dev@partner.example, external: true, resendInvite: 1 }, ada]
    assignees:
      resendInvite: 1
      mode: authoritative
      ignore: ["*@x.example"]
      maxRemovalFraction: 0.5
      adopt: true
      onDestroy: restore
      entries: { ops@partner.example: external }
  desk: { kind: server, holdRotation: true, storeSecret: false, deliverTo: { file: desk.key } }
accessTokens:
  pipeline:
    name: Pipeline
    user: robot
    permissions: [members:read, members:manage]
    allowedIps: [203.0.113.7]
    endDate: 2090-01-01
    rotate: 1
    rotation: { every: 90d, overlap: 1h }
    holdRotation: true
    holdWhileUsed: 1h
    deliverTo: { file: pipeline.token }
    storeSecret: false
    state: active
    adopt: true
    onDestroy: restore
`;

/** The same of an organization that exists already. */
const completeProfile = `
name: acme
organization:
  existing: acme
  profile:
    name: Acme
    websiteUrl: https://acme.example
    logo: ${path.join(path.dirname(canonicalFile), "logo.png")}
    joinPolicies: [existing]
    adopt: true
    onDestroy: restore
`;

const [declaredOrganization] = manifestSchema.shape.organization.options;
const sections = {
  roles: manifestSchema.shape.roles.unwrap().valueType,
  users: manifestSchema.shape.users.unwrap().valueType,
  members: manifestSchema.shape.members.unwrap().valueType,
  apiKeys: manifestSchema.shape.apiKeys.unwrap().valueType,
  accessTokens: manifestSchema.shape.accessTokens.unwrap().valueType,
};

/** The members of an argument that is an object. */
function membersOf(schema: z.core.$ZodType): string[] {
  const isWrapped =
    schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault;
  if (isWrapped) {
    return membersOf(schema.unwrap());
  }
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

describe("A9 the manifest expresses what the resources do", () => {
  /** Arguments that a manifest doesn't have in any form, and why. */
  const exceptions: Readonly<Record<string, string>> = {};

  test.each(lifecycles)("every argument of $kind is set by a manifest, or an exception", async ({ kind, args }) => {
    const isProfile = kind === "OrganizationProfile";
    const manifest = isProfile ? completeProfile : complete;
    const { resources } = await declaredBy(manifest, { "project:shopSecret": "made-by-the-client" });
    const ofKind = Object.entries(resources).filter(([name]) => name.startsWith(`${kind} `));
    const set = new Set(ofKind.flatMap(([, inputs]) => Object.keys(inputs)));
    for (const argument of Object.keys({ ...args, ...adoptionArgs })) {
      const isException = exceptions[`${kind}.${argument}`] !== undefined;
      expect(set.has(argument), `${kind}.${argument}`).toBe(!isException);
    }
  });

  test.each([
    ["Organization", declaredOrganization],
    ["Role", sections.roles],
    ["User", sections.users],
    ["Membership", sections.members],
    ["ApiKey", sections.apiKeys],
    ["AccessToken", sections.accessTokens],
  ] as const)("an argument of %s that is an object has all of its members in a manifest", (kind, section) => {
    const { args = {} } = lifecycles.find((lifecycle) => lifecycle.kind === kind) ?? {};
    const objects = Object.entries(args).filter(([, schema]) => membersOf(schema).length > 0);
    expect(objects.length > 0).toBe(["Organization", "ApiKey", "AccessToken"].includes(kind));
    for (const [argument, schema] of objects) {
      expect(membersOf(section.shape[argument as never]), `${kind}.${argument}`).toEqual(membersOf(schema));
    }
  });

  test("no exception is of an argument that there isn't", () => {
    const args = lifecycles.flatMap(({ kind, args }) =>
      Object.keys({ ...args, ...adoptionArgs }).map((a) => `${kind}.${a}`),
    );
    expect(Object.keys(exceptions).filter((name) => !args.includes(name))).toEqual([]);
  });
});
