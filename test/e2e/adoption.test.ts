/** Objects that are there before a stack takes them over, of every kind, on the real engine. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, expect, test } from "vitest";
import { useService, useStack } from "./fixtures.ts";
import { type Declaration, type KindDescription, kinds, surroundings } from "./kinds.ts";

const service = useService();
const stack = useStack("test/e2e/programs/kinds", service);
/** The id of each surrounding resource, and of each existing object by the name of the resource that adopts it. */
const ids = new Map<string, string>();
/** The existing objects as the API has them before anybody adopts them. */
const found = new Map<string, Record<string, unknown>>();

beforeAll(async () => {
  declare(undefined);
  await stack.up();
  for (const { name, kind } of surroundings) {
    ids.set(name, await stack.idOf(kind, name));
  }
  for (const kind of kinds) {
    await make(kind);
    if (kind.declaration.kind === "Membership") {
      // The record of a membership that has ended stays listed, before the one that has followed it.
      await service.ask("DELETE", `${kind.path}/${ids.get(kind.declaration.name)}`);
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

/** Declares the described resources with these arguments besides; with undefined, none of them. */
function declare(more: Readonly<Record<string, unknown>> | undefined): void {
  const described = kinds.map(({ declaration }): Declaration => {
    return { ...declaration, args: { ...declaration.args, ...more } };
  });
  stack.declare([...surroundings, ...(more === undefined ? [] : described)]);
}

async function objectOf(kind: KindDescription): Promise<Record<string, unknown>> {
  const { body } = await service.ask("GET", `${kind.path}/${ids.get(kind.declaration.name)}`);
  // What nobody sets: when it was changed, and how many active keys a member has.
  const { updatedAt: _, apiKeyCount: _count, operational: _operational, ...object } = body;
  return object;
}

async function expectAsFound(): Promise<void> {
  for (const kind of kinds) {
    expect(await objectOf(kind), kind.path).toEqual(found.get(kind.declaration.name));
  }
}

test("without `adopt`, up makes nothing of what is there, and says what to do", async () => {
  declare({});
  const output = await stack.fail("up", "--yes", "--skip-preview", "--continue-on-error");
  for (const code of ["slug_taken", "name_taken", "email_taken", "already_member", "already_assigned"]) {
    expect(output).toContain(code);
  }
  expect(output.match(/Declare that one with `adopt`/g)?.length).toBeGreaterThanOrEqual(kinds.length);
  await expectAsFound();
});

test("preview shows what adopting changes, and writes nothing", async () => {
  declare({ adopt: true });
  const inputs = await stack.previewedInputs();
  const shown = kinds.map(({ declaration: { name } }) => [name, inputs[name]?.adopts]);
  expect(Object.fromEntries(shown)).toEqual(
    Object.fromEntries(kinds.map(({ declaration: { name }, existing }) => [name, existing.adopts])),
  );
  await expectAsFound();
});

test("preview hides what adopting changes where an argument is secret", async () => {
  declare({ adopt: true });
  const file = path.join(stack.folder, "resources.json");
  const declarations: Declaration[] = JSON.parse(readFileSync(file, "utf8"));
  stack.declare(
    declarations.map((declaration) =>
      declaration.name === "user"
        ? { ...declaration, args: { ...declaration.args, givenName: { $secret: "Una" } } }
        : declaration,
    ),
  );
  const { output } = await stack.succeed("preview", "--diff");
  expect(output).toMatch(/adopts *: \[secret\]/);
  expect(output).toContain("operator => viewer");
  expect(output).not.toContain("Una");
});

test("up adopts it, set as declared, and the second preview is empty", async () => {
  await stack.up();
  for (const kind of kinds) {
    const { name } = kind.declaration;
    expect(await stack.idOf(kind.declaration.kind, name)).toBe(ids.get(name));
    expect(await objectOf(kind)).toMatchObject({ adopted: true });
  }
  expect(await stack.preview()).toEqual([]);
  await stack.refresh();
  expect(await stack.preview()).toEqual([]);
  const key = (await stack.resource("ApiKey", "key")).outputs;
  expect(key).toMatchObject({ keyAvailable: false, adopted: true });
  expect(key?.key).toBeUndefined();
});

test("changed later as well, it is restored when the stack lets go of it", async () => {
  declare({ adopt: true });
  stack.edit("resources.json", '"viewer"', '"editor"');
  stack.edit("resources.json", "2040-01-01", "2041-01-01");
  await stack.up();
  declare(undefined);
  await stack.up();
  await expectAsFound();
  expect(await stack.preview()).toEqual([]);
});

test("what another stack manages is refused at preview, and taken over with force", async () => {
  for (const kind of kinds) {
    const at = `${kind.path}/${ids.get(kind.declaration.name)}`;
    expect((await service.ask("PATCH", at, { externalId: `another/${kind.declaration.name}` })).status).toBe(200);
  }
  declare({ adopt: true });
  expect(await stack.fail("preview")).toMatch(
    /adopt: another stack manages org_\S+, as another\/organization: let go of it there/,
  );
  declare({ adopt: "force" });
  await stack.up();
  for (const kind of kinds) {
    expect(await objectOf(kind)).toMatchObject({ id: ids.get(kind.declaration.name), adopted: true });
  }
  expect(await stack.preview()).toEqual([]);
});

test("taken over by another stack meanwhile, it is left alone by update and destroy", async () => {
  const role = kinds.find(({ declaration }) => declaration.kind === "Role");
  const at = `/v1/roles/${ids.get("role")}`;
  const { externalId } = (await service.ask("GET", at)).body;
  await service.ask("PATCH", at, { externalId: "a-third/role", permissions: ["data:edit"] });
  await stack.refresh();
  expect(await stack.preview()).toEqual(["update Role role"]);
  for (const command of [["up"], ["destroy", "--target", "**::role"]]) {
    const output = await stack.fail(...command, "--yes", "--skip-preview");
    expect(output).toContain("managed_elsewhere: Somebody else manages the role");
    expect(output).toContain("a-third/role");
  }
  expect(role && (await objectOf(role))).toMatchObject({ externalId: "a-third/role", permissions: ["data:edit"] });
  await service.ask("PATCH", at, { externalId });
});

test("with onDestroy: delete, destroying ends it", async () => {
  declare({ adopt: "force", onDestroy: "delete" });
  await stack.refresh();
  await stack.up();
  await stack.destroy();
  for (const kind of kinds) {
    const { status, body } = await service.ask("GET", `${kind.path}/${ids.get(kind.declaration.name)}`);
    expect(kind.destroyed === 404 ? status : body.status, kind.path).toBe(kind.destroyed);
  }
});
