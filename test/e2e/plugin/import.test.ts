/** Objects that exist already are imported into a stack of the plugin, many at once, and are then the stack's like any others. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, expect, test } from "vitest";
import { useProtocolStack } from "../../protocol/fixtures.ts";
import { ExistingObjects } from "../existing.ts";
import { useService, useStack } from "../fixtures.ts";
import { type Declaration, kinds, surroundings } from "../kinds.ts";

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
};

beforeAll(async () => {
  await beside.up(surroundings);
  for (const { name } of surroundings) {
    existing.ids.set(name, beside.stored(name).id);
  }
  await existing.make();
  stack.declare([]);
});

/** The program that declares what was imported as it is. */
async function asImported(): Promise<Declaration[]> {
  const declared = kinds.map(async ({ declaration: { kind, name } }): Promise<Declaration> => {
    const { inputs = {} } = await stack.resource(kind, name);
    const made = (input: string) => input.startsWith("__") || ["externalId", "generation", "rotatedAt"].includes(input);
    return { kind, name, args: Object.fromEntries(Object.entries(inputs).filter(([input]) => !made(input))) };
  });
  return Promise.all(declared);
}

test("N3 one of every kind is imported by a readable id, and a preview with the right program is empty", async () => {
  const resources = kinds.map(({ declaration: { kind, name } }) => {
    return { type: `roster:index:${kind}`, name, id: readableIds[name] };
  });
  const file = path.join(stack.folder, "import.json");
  writeFileSync(file, JSON.stringify({ resources }));
  await stack.succeed("import", "--file", file, "--yes", "--generate-code=false");
  for (const { declaration } of kinds) {
    expect(await stack.idOf(declaration.kind, declaration.name)).toBe(existing.ids.get(declaration.name));
  }
  expect((await stack.resource("ApiKey", "key")).outputs).toMatchObject({ keyAvailable: false });
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

test("N3 an update claims what it changes, and destroy deletes what was imported", async () => {
  const renamed = (await asImported()).map((declaration) => {
    return declaration.kind === "Role"
      ? { ...declaration, args: { ...declaration.args, name: "Deployer" } }
      : declaration;
  });
  stack.declare(renamed);
  expect(await stack.apply()).toEqual(["update Role role"]);
  const role = kinds.find(({ declaration }) => declaration.name === "role");
  expect(role && (await existing.objectOf(role))).toMatchObject({
    name: "Deployer",
    externalId: expect.stringMatching(/^organization\/stack-under-test\/test\//),
    adopted: false,
  });
  await stack.destroy();
  for (const kind of kinds) {
    const { status, body } = await service.ask("GET", existing.pathOf(kind));
    // The profile is there as long as its organization, which is another stack's.
    const destroyed = kind.declaration.name === "profile" ? "open" : kind.destroyed;
    expect(status === 404 ? status : body.status, kind.path).toBe(destroyed);
  }
});
