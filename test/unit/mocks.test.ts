/** Programs under test as Pulumi documents it: `setMocks` stands in for the engine, and nothing else is set up. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as newest from "@pulumi/pulumi/runtime/dependsOn.js";
import * as roster from "pulumi-roster";
import * as oldest from "pulumi-sdk-oldest/runtime/dependsOn.js";
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { DeclarationError } from "../../provider/errors.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { ScriptedServer } from "./scripted-server.ts";

const organization = "org_1";

/** Every look-up in its two forms, with what it is asked. */
const lookUps: readonly [name: string, query: Readonly<Record<string, string>>][] = [
  ["getOrganization", { slug: "acme" }],
  ["getUser", { email: "ada@acme.example" }],
  ["getRole", { organization, name: "Releaser" }],
  ["getMemberships", { organization, status: "active" }],
  ["getApiKeys", { organization, kind: "server", owner: "usr_1", status: "active" }],
  ["getMessages", { organization, key: "key_1", owner: "usr_1", outcome: "accepted" }],
  ["getAuditEntries", { organization, object: "usr_1" }],
];
const isList = (name: string) => name.endsWith("s") || name.endsWith("ies");

type Functions = Readonly<Record<string, (query: object, options?: object) => unknown>>;
const functions = roster as unknown as Functions;

let called: pulumi.runtime.MockCallArgs[] = [];
let made: pulumi.runtime.MockResourceArgs[] = [];

beforeEach(() => {
  called = [];
  made = [];
  vi.stubEnv("ROSTER_ENDPOINT", undefined);
  vi.stubEnv("ROSTER_TOKEN", undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

/** As in Pulumi's guide to unit tests: the mocks, and no more. */
function mock({ answer, id, preview }: { answer?: object; id?: string; preview?: boolean } = {}): void {
  pulumi.runtime.setMocks(
    {
      newResource: (args) => {
        made.push(args);
        return { id: id ?? `${args.name}_id`, state: args.inputs };
      },
      call: (args) => {
        called.push(args);
        return answer ?? args.inputs;
      },
    },
    "project",
    "stack",
    preview,
  );
}

function known<Value>(output: pulumi.Output<Value>): Promise<Value> {
  return new Promise((resolve) => output.apply(resolve));
}

function file(name: string, text: string): string {
  const folder = temporaryFolder();
  writeFileSync(path.join(folder, name), text);
  return path.join(folder, name);
}

test("a resource is made by the mocks, without an organization's name, an endpoint or a token", async () => {
  mock();
  const acme = new roster.Organization("acme", { slug: "acme", name: "Acme" });
  const ada = new roster.User("ada", { email: "ada@acme.example", homeOrganization: acme });
  expect(await known(ada.homeOrganization)).toBe("acme_id");
  expect(await known(acme.slug)).toBe("acme");
  expect(made.map(({ type, name }) => `${type} ${name}`)).toEqual([
    "pulumi-nodejs:dynamic/roster:Organization acme",
    "pulumi-nodejs:dynamic/roster:User ada",
  ]);
});

test("sets, CSV files and manifests are too", async () => {
  mock();
  const acme = new roster.Organization("acme", { slug: "acme", name: "Acme" });
  const members = roster.membersFromCsv(file("members.csv", "email\nada@acme.example\n"), { role: "viewer" });
  const staff = new roster.OrganizationMembers("staff", { organization: acme, members });
  expect(await known(staff.members)).toEqual({ "ada@acme.example": "viewer" });
  const text = "name: globex\norganization: { slug: globex, name: Globex }\napiKeys: { shop: { kind: server } }\n";
  const { organization, apiKeys } = roster.fromManifest(file("roster.yaml", text));
  expect(await known(organization.slug)).toBe("globex");
  expect(await known(pulumi.output(apiKeys.shop?.organization))).toBe("globex_id");
});

test("S2 a set says that its addresses may be secret where its map is an output as a whole, or can be changed", async () => {
  mock();
  const members = { "ada@acme.example": "viewer" };
  const sets = [
    new roster.OrganizationMembers("plain", { organization, members }),
    new roster.OrganizationMembers("secret", { organization, members: pulumi.secret(members) }),
    new roster.OrganizationMembers(
      "transformed",
      { organization, members },
      { transformations: [({ props, opts }) => ({ props, opts })] },
    ),
  ];
  await known(pulumi.all(sets.map(({ urn }) => urn)));
  const said = Object.fromEntries(made.map(({ name, inputs }) => [name, inputs.__secretEntries]));
  expect(said).toEqual({ plain: undefined, secret: true, transformed: true });
});

test("S3 a set says whom the program declares elsewhere in the same organization, before or after it", async () => {
  mock();
  const acme = new roster.Organization("acme", { slug: "acme", name: "Acme" });
  const other = new roster.Organization("other", { slug: "other", name: "Other" });
  const role = "viewer";
  new roster.Membership("a", { organization: acme, email: "A@acme.example", role });
  const staff = new roster.OrganizationMembers("staff", { organization: acme, members: { "s@acme.example": role } });
  new roster.Membership("b", { organization: acme, email: "b@acme.example", role });
  new roster.Membership("c", { organization: other, email: "c@acme.example", role });
  await known(staff.urn);
  const said = Object.fromEntries(made.map(({ name, inputs }) => [name, inputs.__declaredElsewhere]));
  expect(said).toMatchObject({ staff: ["a@acme.example", "b@acme.example"] });
});

test.each(lookUps)("%s asks the mocks' call, and never the service", async (name, query) => {
  const server = await ScriptedServer.start();
  onTestFinished(() => server.stop());
  vi.stubEnv("ROSTER_ENDPOINT", server.endpoint);
  vi.stubEnv("ROSTER_TOKEN", "the-token-of-a-test");
  const answer = isList(name) ? { items: [{ id: "found" }] } : { id: "found" };
  mock({ answer });
  const found = isList(name) ? [{ id: "found" }] : { id: "found" };
  expect(await functions[name]?.(query)).toEqual(found);
  const outputs = Object.fromEntries(Object.entries(query).map(([key, value]) => [key, pulumi.output(value)]));
  const output = functions[`${name}Output`]?.(outputs, { dependsOn: [] }) as pulumi.Output<unknown>;
  expect(await known(output)).toEqual(found);
  expect(called.map(({ token, inputs }) => ({ token, inputs }))).toEqual(
    [1, 2].map(() => ({ token: `roster:index:${name}`, inputs: query })),
  );
  expect(server.asked).toEqual([]);
});

test("an object of any kind that is only read is made by the mocks of its id, and nothing else", async () => {
  mock();
  const { ApiKey, ApiKeyAssignment, Membership, Organization, Role, User } = roster;
  const role: roster.Role = Role.get("releaser", "rol_1", { protect: true });
  expect(await known(role.id)).toBe("rol_1");
  const id = pulumi.output("id_1");
  const others = [ApiKey.get("r", id), ApiKeyAssignment.get("r", id), Membership.get("r", id), User.get("r", id)];
  expect(await known(Organization.get("r", id).id)).toBe("id_1");
  expect(await known(pulumi.all(others.map(({ urn }) => urn)))).toHaveLength(4);
  expect(made.map(({ id }) => id)).toEqual(["rol_1", ...Array<string>(5).fill("id_1")]);
  for (const { inputs } of made) {
    expect(Object.keys(inputs)).toEqual(["__provider"]);
  }
  expect(() => new roster.ApiKeyAssignees("set", { key: "key_1", assignees: [] }, { id: "any" })).toThrow(
    "ApiKeyAssignees set can't be read by an id",
  );
});

test("a list is what a mock returns in any one property, or by itself; none where it returns no list", async () => {
  const list = [{ id: "one" }, { id: "two" }];
  for (const answer of [{ items: list }, { memberships: list }, list]) {
    mock({ answer });
    expect(await roster.getMemberships({ organization })).toEqual(list);
  }
  mock();
  expect(await roster.getMemberships({ organization })).toEqual([]);
  mock({ answer: [] });
  expect(await roster.getMemberships({ organization })).toEqual([]);
});

test("in a test of a preview, a look-up of what isn't there yet is unknown", async () => {
  mock({ id: "", preview: true });
  const acme = new roster.Organization("acme", { slug: "acme", name: "Acme" });
  const releaser = new roster.Role("releaser", { organization: acme, name: "Releaser", permissions: ["flows:read"] });
  const found = pulumi.output([
    roster.getOrganizationOutput({ slug: acme.slug }),
    roster.getUserOutput({ email: "ada@acme.example" }, { dependsOn: releaser }),
  ]);
  let isKnown = false;
  found.apply(() => {
    isKnown = true;
  });
  await pulumi.runtime.disconnect();
  expect(isKnown).toBe(false);
  expect(called).toEqual([]);
});

test("the form for plain values refuses an output, and names the form that takes it", async () => {
  mock();
  const acme = new roster.Organization("acme", { slug: "acme", name: "Acme" });
  for (const organization of [acme, acme.id, Promise.resolve("org_1")]) {
    const asked = roster.getApiKeys({ organization } as unknown as roster.ApiKeysQuery);
    await expect(asked).rejects.toThrow("Use getApiKeysOutput, which waits for such values");
    await expect(asked).rejects.toMatchObject({ name: DeclarationError.name });
  }
  expect(called).toEqual([]);
});

test("what look-ups wait with is in the oldest SDK that is supported, and in the newest", () => {
  for (const sdk of [oldest, newest]) {
    expect(sdk).toMatchObject({
      gatherExplicitDependencies: expect.any(Function),
      getAllTransitivelyReferencedResources: expect.any(Function),
    });
  }
});
