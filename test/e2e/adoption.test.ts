/**
 * Objects that are there before a stack takes them over, of every kind, on the real engine. What the provider refuses to adopt,
 * or to change and end later: see test/protocol/adoption.test.ts.
 */
import { beforeAll, expect, test } from "vitest";
import { useProtocolStack } from "../protocol/fixtures.ts";
import { ExistingObjects } from "./existing.ts";
import { useService, useStack } from "./fixtures.ts";
import { type Declaration, kinds, surroundings } from "./kinds.ts";

const service = useService();
const stack = useStack("test/e2e/programs/kinds", service);
const existing = new ExistingObjects(service);

// What the objects need is another stack's, without the engine.
const beside = useProtocolStack(service, "beside");

beforeAll(async () => {
  await beside.up(surroundings);
  for (const { name } of surroundings) {
    existing.ids.set(name, beside.stored(name).id);
  }
  await existing.make();
});

/** The same with the ids of what is beside it. */
function placed(declaration: Declaration): Declaration {
  const text = JSON.stringify(declaration).replaceAll(/\{"\$":"([^"]+)"\}/g, (reference, name) =>
    beside.state.has(name) ? JSON.stringify(beside.stored(name).id) : reference,
  );
  const { after = [], ...rest } = JSON.parse(text) as Declaration;
  return { ...rest, after: after.filter((name) => !beside.state.has(name)) };
}

/** Has the described resources adopted, some of them with other arguments besides. */
function adopt(more: Readonly<Record<string, object>> = {}): void {
  const adopting = kinds.map(({ declaration: { args, ...declaration } }): Declaration => {
    return { ...declaration, args: { ...args, adopt: true, ...more[declaration.name] } };
  });
  stack.declare(adopting.map(placed));
}

/** A step for each of the described resources, in the order of their names. */
const each = (op: string) => kinds.map(({ declaration: { kind, name } }) => `${op} ${kind} ${name}`).toSorted();

// That a preview writes nothing is in trials.test.ts and unknowns.test.ts.
test("up shows before what adopting changes, hides it where an argument is secret, and adopts it, set as declared", async () => {
  adopt({ user: { givenName: { $secret: "Una" } } });
  const { output } = await stack.succeed("up", "--yes", "--diff");
  expect(output).toContain("Initrode => Initech");
  expect(output).toContain("operator => viewer");
  expect(output).toContain("none => 2040-01-01");
  expect(output).toMatch(/adopts *: \[secret\]/);
  expect(output).not.toContain("Una");
  // With the stack itself.
  expect(output).toMatch(new RegExp(`Resources:\n +\\+ ${kinds.length + 1} created\n`));
  for (const kind of kinds) {
    const { name } = kind.declaration;
    expect(await stack.idOf(kind.declaration.kind, name)).toBe(existing.ids.get(name));
    expect(await existing.objectOf(kind)).toMatchObject({ adopted: true });
  }
  const key = (await stack.resource("ApiKey", "key")).outputs;
  expect(key).toMatchObject({ keyAvailable: false, adopted: true });
  expect(key?.key).toBeUndefined();
});

test("it is restored when the stack lets go of it, also after a refresh", async () => {
  stack.declare([]);
  expect((await stack.apply("--refresh")).toSorted()).toEqual(each("delete"));
  await existing.expectAsFound();
});
