/** Objects that are there before a stack takes them over, of every kind; the tests share one stack and its steps. */
import { beforeAll, expect, test } from "vitest";
import { useService } from "../e2e/fixtures.ts";
import { type Declaration, kinds as described, type KindDescription, surroundings } from "../e2e/kinds.ts";
import { useProtocolStack } from "./fixtures.ts";

const service = useService();
const stack = useProtocolStack(service, "stack-of-adoptions");
/** The kinds as a program in the checkout would have them, which is where the provider looks for a logo here. */
const kinds = JSON.parse(
  JSON.stringify(described).replaceAll("logo.png", "test/e2e/programs/kinds/logo.png"),
) as readonly KindDescription[];
/** What adopts, as the resource's class passes it on: with a place for what that changes. */
const adopted = { adopt: true, adopts: {} };
const forced = { adopt: "force", adopts: {} };
/** The id of each surrounding resource, and of each existing object by the name of the resource that adopts it. */
const ids = new Map<string, string>();
/** The existing objects as the API has them before anybody adopts them. */
const found = new Map<string, Record<string, unknown>>();

beforeAll(async () => {
  await stack.up(surroundings);
  for (const { name } of surroundings) ids.set(name, stack.stored(name).id);
  for (const kind of kinds) {
    await make(kind);
    if (kind.declaration.kind === "Membership") {
      // The record of a membership that has ended stays listed, before the one that has followed it.
      await service.ask("DELETE", pathOf(kind));
      await make(kind);
    }
    found.set(kind.declaration.name, await objectOf(kind));
  }
});

async function make({ declaration, existing: { collection, body } }: KindDescription): Promise<void> {
  const made = await service.ask("POST", filled(collection), JSON.parse(filled(JSON.stringify(body))));
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  ids.set(declaration.name, String(made.body.id));
}

function filled(template: string): string {
  return template.replace(/\{(\w+)\}/g, (_, name) => ids.get(name) ?? "");
}

function pathOf({ path, declaration }: KindDescription): string {
  return `${path}/${ids.get(declaration.name)}`;
}

/** The described resources, or some of them, with these arguments besides. */
function declared(more: Readonly<Record<string, unknown>>, some = kinds): Declaration[] {
  const adopting = some.map(({ declaration }) => ({ ...declaration, args: { ...declaration.args, ...more } }));
  return [...surroundings, ...adopting];
}

async function objectOf(kind: KindDescription): Promise<Record<string, unknown>> {
  const { body } = await service.ask("GET", pathOf(kind));
  // What nobody sets: when it was changed, and how many active keys a member has.
  const { updatedAt: _, apiKeyCount: _count, operational: _operational, ...object } = body;
  return object;
}

async function expectAsFound(): Promise<void> {
  for (const kind of kinds) {
    expect(await objectOf(kind), kind.path).toEqual(found.get(kind.declaration.name));
  }
}

test.each([
  ["Organization", "slug_taken"],
  ["Role", "name_taken"],
  ["User", "email_taken"],
  ["Membership", "already_member"],
  ["ApiKey", "name_taken"],
  ["ApiKeyAssignment", "already_assigned"],
])("without `adopt`, up makes nothing of the %s that is there, and says what to do", async (kind, code) => {
  const one = kinds.filter(({ declaration }) => declaration.kind === kind);
  const refusal = new RegExp(`^${code}: .*Declare that one with \`adopt\``, "s");
  await expect(stack.up(declared({}, one))).rejects.toThrow(refusal);
  expect(stack.state.size).toBe(surroundings.length);
  await expectAsFound();
});

test("up adopts it, set as declared, and the inputs show what that changes", async () => {
  await stack.up(declared(adopted));
  for (const kind of kinds) {
    const { name } = kind.declaration;
    const { id, inputs } = stack.stored(name);
    expect(id).toBe(ids.get(name));
    expect(inputs.adopts, name).toEqual(kind.existing.adopts);
    expect(await objectOf(kind)).toMatchObject({ adopted: true });
  }
  expect(await stack.preview(declared(adopted))).toEqual([]);
  await stack.refresh();
  expect(await stack.preview(declared(adopted))).toEqual([]);
  const { outputs } = stack.stored("key");
  expect(outputs).toMatchObject({ keyAvailable: false, adopted: true });
  expect(outputs.key).toBeUndefined();
});

test("changed later as well, it is restored when the stack lets go of it", async () => {
  const changes = new Map(Object.entries({ membership: { role: "editor" }, key: { endDate: "2041-01-01" } }));
  const later = declared(adopted).map((declaration) => {
    return { ...declaration, args: { ...declaration.args, ...changes.get(declaration.name) } };
  });
  expect(await stack.up(later)).toEqual(["update membership", "update key"]);
  await stack.up(surroundings);
  await expectAsFound();
  expect(await stack.preview(surroundings)).toEqual([]);
});

test("what another stack manages is refused before anything is done, and taken over with force", async () => {
  for (const kind of kinds) {
    const externalId = `another/${kind.declaration.name}`;
    expect((await service.ask("PATCH", pathOf(kind), { externalId })).status).toBe(200);
  }
  await expect(stack.up(declared(adopted))).rejects.toThrow(
    /: adopt: another stack manages org_\S+, as another\/organization: let go of it there/,
  );
  await stack.up(declared(forced));
  for (const kind of kinds) {
    expect(await objectOf(kind)).toMatchObject({ id: ids.get(kind.declaration.name), adopted: true });
  }
  expect(await stack.preview(declared(forced))).toEqual([]);
});

test("taken over by another stack meanwhile, it is left alone by update and destroy", async () => {
  const all = declared(forced);
  const at = `/v1/roles/${ids.get("role")}`;
  const { externalId } = (await service.ask("GET", at)).body;
  await service.ask("PATCH", at, { externalId: "a-third/role", permissions: ["data:edit"] });
  await stack.refresh();
  expect(await stack.preview(all)).toEqual(["update role"]);
  for (const declarations of [all, all.filter(({ name }) => name !== "role")]) {
    await expect(stack.up(declarations)).rejects.toThrow(
      /managed_elsewhere: Somebody else manages the role.*a-third\/role/s,
    );
  }
  expect((await service.ask("GET", at)).body).toMatchObject({
    externalId: "a-third/role",
    permissions: ["data:edit"],
  });
  await service.ask("PATCH", at, { externalId });
});

test("with onDestroy: delete, destroying ends it", async () => {
  await stack.refresh();
  await stack.up(declared({ ...forced, onDestroy: "delete" }));
  await stack.destroy();
  for (const kind of kinds) {
    const { status, body } = await service.ask("GET", pathOf(kind));
    expect(kind.destroyed === 404 ? status : body.status, kind.path).toBe(kind.destroyed);
  }
});
