/** Objects that exist already are imported into a stack of the plugin, many at once, and are then the stack's like any others. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, expect, test } from "vitest";
import { useProtocolStack } from "../../protocol/fixtures.ts";
import { ExistingObjects } from "../existing.ts";
import { useService, useStack } from "../fixtures.ts";
import { type Declaration, type KindDescription, kinds, surroundings } from "../kinds.ts";
import { nameOf } from "../stack.ts";

const service = useService();
const stack = useStack("test/e2e/programs/kinds", service, undefined, { front: "native" });
const existing = new ExistingObjects(service);
const beside = useProtocolStack(service, "beside");

/** The readable id of each object, by the name of its resource. */
const readableIds: Readonly<Record<string, string>> = {
  organization: "initech",
  profile: "home/profile",
  role: "home/roles/Releaser",
  user: "user@kinds.example",
  membership: "home/members/other@kinds.example",
  key: "home/keys/Checkout",
  assignment: "home/keys/Spare/assignees/robot@kinds.example",
  token: "home/tokens/Pipeline",
  staff: "elsewhere/members",
  holders: "elsewhere/keys/Shared/assignees",
};
const sets = [
  { kind: "OrganizationMembers", name: "staff" },
  { kind: "ApiKeyAssignees", name: "holders" },
];
const objects = kinds.map(({ declaration: { kind, name } }) => ({ kind, name }));
const imported = [...objects, ...sets];
/** The entries that no stack manages, of which the sets consist after the import. */
const entries: string[] = [];

beforeAll(async () => {
  await beside.up(surroundings);
  for (const { name } of surroundings) {
    existing.ids.set(name, beside.stored(name).id);
  }
  await existing.make();
  const elsewhere = `/v1/organizations/${existing.ids.get("elsewhere")}`;
  const shared = await made(`${elsewhere}/api-keys`, { name: "Shared", kind: "server" });
  for (const [name, role] of [
    ["robot", "viewer"],
    ["other", "editor"],
  ]) {
    const user = existing.ids.get(String(name));
    entries.push(`/v1/members/${await made(`${elsewhere}/members`, { user, role })}`);
    entries.push(`/v1/api-key-assignments/${await made(`/v1/api-keys/${shared}/assignments`, { user })}`);
  }
  // Another stack has this one.
  await made(`${elsewhere}/members`, {
    user: existing.ids.get("steward"),
    role: "viewer",
    externalId: "beside/a/membership",
  });
  const assignments = `/v1/api-keys/${shared}/assignments`;
  entries.push(`/v1/api-key-assignments/${await made(assignments, { user: existing.ids.get("steward") })}`);
  stack.declare([]);
});

/** The same, with other arguments for some of it. */
async function changed(args: Readonly<Record<string, object>>): Promise<Declaration[]> {
  return (await asImported()).map((one) => ({ ...one, args: { ...one.args, ...args[one.name] } }));
}

function kindOf(name: string): KindDescription {
  const kind = kinds.find(({ declaration }) => declaration.name === name);
  if (kind === undefined) {
    throw new Error(`no kind is described by ${name}`);
  }
  return kind;
}

async function made(collection: string, body: object): Promise<string> {
  const reply = await service.ask("POST", collection, body);
  expect(reply.status, JSON.stringify(reply.body)).toBe(201);
  return String(reply.body.id);
}

/** Who manages the entries of the sets; null where nobody does. */
async function managers(): Promise<unknown[]> {
  return Promise.all(entries.map(async (entry) => (await service.ask("GET", entry)).body.externalId));
}

/** The program that declares what was imported as it is. */
async function asImported(): Promise<Declaration[]> {
  const declared = imported.map(async ({ kind, name }): Promise<Declaration> => {
    const { inputs = {} } = await stack.resource(kind, name);
    const made = (input: string) => input.startsWith("__") || ["externalId", "generation", "rotatedAt"].includes(input);
    return { kind, name, args: Object.fromEntries(Object.entries(inputs).filter(([input]) => !made(input))) };
  });
  return Promise.all(declared);
}

test("N3 one of every kind is imported by a readable id, and a preview with the right program is empty", async () => {
  const resources = imported.map(({ kind, name }) => ({ type: `roster:index:${kind}`, name, id: readableIds[name] }));
  const file = path.join(stack.folder, "import.json");
  writeFileSync(file, JSON.stringify({ resources }));
  await stack.succeed("import", "--file", file, "--yes", "--generate-code=false");
  for (const { declaration } of kinds) {
    expect(await stack.idOf(declaration.kind, declaration.name)).toBe(existing.ids.get(declaration.name));
  }
  expect((await stack.resource("ApiKey", "key")).outputs).toMatchObject({ keyAvailable: false });
  expect((await stack.resource("OrganizationMembers", "staff")).inputs?.members).toEqual({
    "robot@kinds.example": "viewer",
    "other@kinds.example": "editor",
  });
  expect((await stack.resource("ApiKeyAssignees", "holders")).inputs?.assignees).toEqual({
    "robot@kinds.example": "member",
    "other@kinds.example": "member",
    "steward@kinds.example": "member",
  });
  expect(new Set(await managers())).toEqual(new Set([null]));
  await existing.expectAsFound();
  const options = { protect: false };
  stack.declare((await asImported()).map((declaration) => ({ ...declaration, options })));
  expect(await stack.preview()).toEqual([]);
});

test("N3 what another stack manages is imported only to be refused: the stack neither changes nor deletes it", async () => {
  const refused =
    /another stack manages the imported object as beside\/\S+: remove it from this state with `pulumi state delete`/;
  const how = ["--yes", "--generate-code=false", "--protect=false"];
  const { output } = await stack.succeed("import", "roster:index:ApiKey", "spare", "home/keys/Spare", ...how);
  expect(output).toMatch(refused);
  // The program doesn't declare it, and a refresh forgets nothing.
  expect(await stack.fail("up", "--yes", "--skip-preview", "--refresh")).toMatch(refused);
  expect((await stack.resource("ApiKey", "spare")).inputs).toMatchObject({ __imported: true });
  const { body } = await service.ask("GET", `/v1/api-keys/${existing.ids.get("spare")}`);
  expect(body).toMatchObject({ status: "active", externalId: expect.stringMatching(/^beside\//) });
  await stack.succeed("state", "delete", "urn:pulumi:test::stack-under-test::roster:index:ApiKey::spare", "--yes");
});

test("N3 an update claims what it changes", async () => {
  const changes = {
    role: { name: "Deployer" },
    staff: { members: { "robot@kinds.example": "viewer", "other@kinds.example": "viewer" } },
  };
  stack.declare(await changed(changes));
  expect((await stack.apply()).toSorted()).toEqual(["update OrganizationMembers staff", "update Role role"]);
  const ours = expect.stringMatching(/^organization\/stack-under-test\/test\/\w+\/(robot|other)@kinds\.example$/);
  // The set of assignees has not been changed yet.
  expect(await managers()).toEqual([ours, null, ours, null, null]);
  expect(await existing.objectOf(kindOf("role"))).toMatchObject({
    name: "Deployer",
    externalId: expect.stringMatching(/^organization\/stack-under-test\/test\//),
    adopted: false,
  });
});

test("N3 destroy deletes what was imported, without what another stack has taken over since", async () => {
  const taken = [existing.pathOf(kindOf("token")), entries.pop() ?? ""];
  for (const object of taken) {
    expect((await service.ask("PATCH", object, { externalId: `beside${object}` })).status).toBe(200);
  }
  stack.declare(await changed({ token: { name: "Ours" } }));
  expect(await stack.fail("up", "--yes", "--skip-preview")).toContain("precondition_failed: ");
  expect(await stack.fail("destroy", "--yes", "--skip-preview", "--continue-on-error")).toMatch(
    /another stack manages the imported object as beside\S+: remove it from this state with `pulumi state delete`/,
  );
  for (const object of taken) {
    expect((await service.ask("GET", object)).body).toMatchObject({ status: "active", externalId: `beside${object}` });
  }
  const { resources } = await stack.exported();
  expect(resources.map(nameOf).filter((name) => imported.some((one) => one.name === name))).toEqual(["token"]);
  for (const kind of kinds.filter(({ declaration }) => declaration.name !== "token")) {
    const { status, body } = await service.ask("GET", existing.pathOf(kind));
    // The profile is there as long as its organization, which is another stack's.
    const destroyed = kind.declaration.name === "profile" ? "open" : kind.destroyed;
    expect(status === 404 ? status : body.status, kind.path).toBe(destroyed);
  }
  const left = await Promise.all(entries.map((entry) => service.ask("GET", entry)));
  expect(left.map(({ status, body }) => (status === 404 ? "gone" : body.status))).toEqual(
    Array.from({ length: entries.length }, () => expect.stringMatching(/^(gone|removed)$/)),
  );
});
