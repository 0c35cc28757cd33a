/**
 * Objects that are there before a stack takes them over, of every kind, on the real engine. What the provider refuses to adopt,
 * or to change and end later: see test/protocol/adoption.test.ts.
 */
import { beforeAll, expect, test } from "vitest";
import { ExistingObjects } from "./existing.ts";
import { useService, useStack } from "./fixtures.ts";
import { type Declaration, kinds, surroundings } from "./kinds.ts";

const service = useService();
const stack = useStack("test/e2e/programs/kinds", service);
const existing = new ExistingObjects(service);

beforeAll(async () => {
  stack.declare(surroundings);
  await stack.up();
  for (const { name, kind } of surroundings) {
    existing.ids.set(name, await stack.idOf(kind, name));
  }
  await existing.make();
});

/** Has the described resources adopted, some of them with other arguments besides. */
function adopt(more: Readonly<Record<string, object>> = {}): void {
  const adopting = kinds.map(({ declaration: { args, ...declaration } }): Declaration => {
    return { ...declaration, args: { ...args, adopt: true, ...more[declaration.name] } };
  });
  stack.declare([...surroundings, ...adopting]);
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
  await existing.expectAsFound();
});

test("up adopts it, set as declared", async () => {
  adopt();
  expect((await stack.apply()).toSorted()).toEqual(each("create"));
  for (const kind of kinds) {
    const { name } = kind.declaration;
    expect(await stack.idOf(kind.declaration.kind, name)).toBe(existing.ids.get(name));
    expect(await existing.objectOf(kind)).toMatchObject({ adopted: true });
  }
  const key = (await stack.resource("ApiKey", "key")).outputs;
  expect(key).toMatchObject({ keyAvailable: false, adopted: true });
  expect(key?.key).toBeUndefined();
});

test("it is restored when the stack lets go of it, also after a refresh, and what is beside it stays", async () => {
  stack.declare(surroundings);
  expect((await stack.apply("--refresh")).toSorted()).toEqual(each("delete"));
  await existing.expectAsFound();
});
