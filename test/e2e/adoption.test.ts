/**
 * Objects that are there before a stack takes them over, of every kind, on the real engine. What the provider refuses to adopt,
 * or to change and end later: see test/protocol/adoption.test.ts.
 */
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
  stack.declare(surroundings);
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

/** Has the described resources adopted, some of them with other arguments besides. */
function adopt(more: Readonly<Record<string, object>> = {}): void {
  const adopting = kinds.map(({ declaration: { args, ...declaration } }): Declaration => {
    return { ...declaration, args: { ...args, adopt: true, ...more[declaration.name] } };
  });
  stack.declare([...surroundings, ...adopting]);
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

/** A step for each of the described resources, in the order of their names. */
const each = (op: string) => kinds.map(({ declaration: { kind, name } }) => `${op} ${kind} ${name}`).toSorted();

test("preview shows what adopting changes, hides it where an argument is secret, and writes nothing", async () => {
  adopt({ user: { givenName: { $secret: "Una" } } });
  const { output } = await stack.succeed("preview", "--diff");
  expect(output).toContain("Initrode => Initech");
  expect(output).toContain("operator => viewer");
  expect(output).toContain("none => 2040-01-01");
  expect(output).toMatch(/adopts *: \[secret\]/);
  expect(output).not.toContain("Una");
  await expectAsFound();
});

test("up adopts it, set as declared", async () => {
  adopt();
  expect((await stack.apply()).toSorted()).toEqual(each("create"));
  for (const kind of kinds) {
    const { name } = kind.declaration;
    expect(await stack.idOf(kind.declaration.kind, name)).toBe(ids.get(name));
    expect(await objectOf(kind)).toMatchObject({ adopted: true });
  }
  const key = (await stack.resource("ApiKey", "key")).outputs;
  expect(key).toMatchObject({ keyAvailable: false, adopted: true });
  expect(key?.key).toBeUndefined();
});

test("it is restored when the stack lets go of it, also after a refresh, and what is beside it stays", async () => {
  stack.declare(surroundings);
  expect((await stack.apply("--refresh")).toSorted()).toEqual(each("delete"));
  await expectAsFound();
});
