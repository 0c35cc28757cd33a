/** Objects that are there before a stack takes them over, of every kind; the tests share one stack and its steps. */
import { beforeAll, expect, test } from "vitest";
import { ExistingObjects } from "../e2e/existing.ts";
import { useService } from "../e2e/fixtures.ts";
import { type Declaration, kinds as described, type KindDescription, surroundings } from "../e2e/kinds.ts";
import { useProtocolStack } from "./fixtures.ts";

const service = useService();
const stack = useProtocolStack(service, "stack-of-adoptions");
const existing = new ExistingObjects(service);
/** The kinds as a program in the checkout would have them, which is where the provider looks for a logo here. */
const kinds = JSON.parse(
  JSON.stringify(described).replaceAll("logo.png", "test/e2e/programs/kinds/logo.png"),
) as readonly KindDescription[];
/** What adopts, as the resource's class passes it on: with a place for what that changes. */
const adopted = { adopt: true, adopts: {} };
const forced = { adopt: "force", adopts: {} };
beforeAll(async () => {
  await stack.up(surroundings);
  for (const { name } of surroundings) {
    existing.ids.set(name, stack.stored(name).id);
  }
  await existing.make();
});

/** The described resources, or some of them, with these arguments besides. */
function declared(more: Readonly<Record<string, unknown>>, some = kinds): Declaration[] {
  const adopting = some.map(({ declaration }) => ({ ...declaration, args: { ...declaration.args, ...more } }));
  return [...surroundings, ...adopting];
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
  await existing.expectAsFound();
});

test("up adopts it, set as declared, and the inputs show what that changes", async () => {
  await stack.up(declared(adopted));
  for (const kind of kinds) {
    const { name } = kind.declaration;
    const { id, inputs } = stack.stored(name);
    expect(id).toBe(existing.ids.get(name));
    expect(inputs.adopts, name).toEqual(kind.existing.adopts);
    expect(await existing.objectOf(kind)).toMatchObject({ adopted: true });
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
  await existing.expectAsFound();
  expect(await stack.preview(surroundings)).toEqual([]);
});

test("what another stack manages is refused before anything is done, and taken over with force", async () => {
  for (const kind of kinds) {
    const externalId = `another/${kind.declaration.name}`;
    expect((await service.ask("PATCH", existing.pathOf(kind), { externalId })).status).toBe(200);
  }
  await expect(stack.up(declared(adopted))).rejects.toThrow(
    /: adopt: another stack manages org_\S+ as another\/organization: release it there/,
  );
  await stack.up(declared(forced));
  for (const kind of kinds) {
    expect(await existing.objectOf(kind)).toMatchObject({ id: existing.ids.get(kind.declaration.name), adopted: true });
  }
  expect(await stack.preview(declared(forced))).toEqual([]);
});

test("taken over by another stack meanwhile, it is left alone by update and destroy", async () => {
  const all = declared(forced);
  const at = `/v1/roles/${existing.ids.get("role")}`;
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
    const { status, body } = await service.ask("GET", existing.pathOf(kind));
    expect(kind.destroyed === 404 ? status : body.status, kind.path).toBe(kind.destroyed);
  }
});
