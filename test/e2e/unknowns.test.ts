/** What isn't known before an update: as an input, and as an output that others take. */
import { existsSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { lifecycles } from "../../provider/resources/registry.ts";
import { useRelay, useService, useStack } from "./fixtures.ts";
import { type Declaration, kinds, surroundings } from "./kinds.ts";
import { nameOf } from "./stack.ts";

const later = { kind: "Organization", name: "later", args: { slug: "later", name: "Later" } };

/** The value, known only once `later` exists. */
function unknown(value: unknown) {
  return { $: "later", gives: value };
}

/** The value, with all that is in its arrays and objects unknown. */
function withUnknownParts(value: unknown): unknown {
  if (typeof value !== "object" || value === null || "$" in value) {
    return value;
  }
  if (Array.isArray(value)) {
    return value.map(unknown);
  }
  return Object.fromEntries(Object.entries(value).map(([member, inner]) => [member, unknown(inner)]));
}

describe("what isn't known yet", () => {
  const service = useService();
  const relay = useRelay(service);
  const stack = useStack("test/e2e/programs/kinds", relay);

  function declare(...declarations: readonly Declaration[]): void {
    stack.declare([later, ...surroundings, ...declarations]);
  }
  function described(change: (args: Declaration["args"], kind: (typeof kinds)[number]) => Declaration["args"]) {
    return kinds.map((kind) => ({ ...kind.declaration, args: change(kind.declaration.args, kind) }));
  }
  /** The properties whose values the program has come to know, of one resource after another. */
  async function known(run: () => Promise<unknown>): Promise<Map<string, string[]>> {
    const file = path.join(stack.folder, "known");
    rmSync(file, { force: true });
    await run();
    const names = existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
    const split = names.map((name) => name.split("."));
    return new Map(
      kinds.map(({ declaration: { name } }) => [
        name,
        split.filter(([resource]) => resource === name).map(([, property = ""]) => property),
      ]),
    );
  }
  test("is admitted at preview as any argument of any kind, and the service is asked nothing", async () => {
    // Of an argument that the description doesn't give, the other value; what can't be together is not known to be.
    declare(
      ...described((args, { changes }) =>
        Object.fromEntries(
          Object.entries(changes).map(([name, { to }]) => [name, unknown(args[name] ?? to ?? "none")]),
        ),
      ),
    );
    const steps = await stack.preview();
    expect(steps).toEqual(expect.arrayContaining(kinds.map(({ declaration: d }) => `create ${d.kind} ${d.name}`)));
    expect(relay.requests).toEqual([]);
  });

  test("is admitted inside arrays and objects, and doesn't keep what is known from being checked", async () => {
    const parted = described((args, { changes }) => ({
      ...args,
      ...Object.fromEntries(
        Object.entries(changes)
          .map(([name, { to, is }]) => [name, args[name] ?? (is === "refused" ? undefined : to)])
          .map(([name, value]) => [name, withUnknownParts(value)])
          .filter(([, value]) => typeof value === "object"),
      ),
    }));
    expect(JSON.stringify(parted).match(/"gives":/g)?.length).toBeGreaterThan(5);
    declare(...parted);
    const steps = await stack.preview();
    expect(steps).toEqual(expect.arrayContaining(kinds.map(({ declaration: d }) => `create ${d.kind} ${d.name}`)));
    const beside = [unknown("flows:read"), "flows:walk"];
    declare(
      ...parted
        .filter(({ name }) => name === "role")
        .map((role) => ({ ...role, args: { ...role.args, permissions: beside } })),
    );
    expect((await stack.run("preview")).output).toContain("'role' has a problem: permissions[1]: ");
  });

  test("is refused at up if it turns out to be wrong, on its property", async () => {
    const wrongly = (wrong: readonly (typeof kinds)[number][]) =>
      kinds.map(({ declaration, wrong: { argument, value } }, at) =>
        wrong.includes(kinds[at] as (typeof kinds)[number])
          ? { ...declaration, args: { ...declaration.args, [argument]: unknown(value) } }
          : declaration,
      );
    declare(...wrongly(kinds));
    await stack.succeed("preview");
    for (const kind of kinds) {
      // One at a time: the first refusal ends the program.
      declare(...wrongly([kind]).filter(({ name }) => name === kind.declaration.name));
      expect(await stack.fail("up", "--yes", "--skip-preview")).toContain(
        `'${kind.declaration.name}' has a problem: ${kind.wrong.place}: `,
      );
    }
  });

  test("is what the service makes, and not what was declared, before there is an object", async () => {
    declare(...kinds.map(({ declaration }) => watched(declaration)));
    const seen = await known(() => stack.preview());
    for (const { declaration } of kinds) {
      const properties = seen.get(declaration.name) ?? [];
      expect(properties).toEqual(expect.arrayContaining(["externalId", ...knownArguments(declaration)]));
      expect(properties.filter((property) => property === "id" || isMade(declaration, property))).toEqual([]);
      expect(properties.includes("generation")).toBe(declaration.kind === "ApiKey");
    }
    // While it is made, all becomes known, also that something is not there.
    const made = await known(() => stack.up());
    for (const declaration of kinds.map((kind) => watched(kind.declaration))) {
      expect(made.get(declaration.name)?.toSorted()).toEqual(declaration.watched?.toSorted());
    }
  });

  test("is what isn't there, in the preview of an object that stays the same", async () => {
    const seen = await known(() => stack.preview());
    const { resources } = await stack.exported();
    for (const declaration of kinds.map((kind) => watched(kind.declaration))) {
      const { outputs = {} } = resources.find((resource) => nameOf(resource) === declaration.name) ?? {};
      const there = declaration.watched?.filter((property) => property === "id" || property in outputs);
      expect(seen.get(declaration.name)?.toSorted()).toEqual(there?.toSorted());
    }
  });

  test("is what the service makes, once more, in the preview of any update of the object", async () => {
    declare(
      ...kinds.map(({ declaration, changes }) => {
        const [argument, change] = Object.entries(changes).find(([, { is }]) => is === "update") ?? [];
        const args = argument === undefined ? {} : { [argument]: change?.to };
        return watched({ ...declaration, args: { ...declaration.args, ...args } });
      }),
    );
    const seen = await known(() => stack.preview());
    for (const { declaration, changes } of kinds) {
      const properties = seen.get(declaration.name) ?? [];
      const isUpdated = Object.values(changes).some(({ is }) => is === "update");
      expect(properties).toContain("id");
      const made = properties.filter((property) => isMade(declaration, property));
      expect(made.length > 0, declaration.name).toBe(!isUpdated);
    }
  });
});

/** Whether it is the service that makes a property; the generation of a key is computed before. */
function isMade(declaration: Declaration, property: string): boolean {
  return property in lifecycleOf(declaration).outputs && property !== "generation";
}

function lifecycleOf({ kind }: Declaration) {
  const lifecycle = lifecycles.find((candidate) => candidate.kind === kind);
  if (lifecycle === undefined) {
    throw new Error(`there is no kind ${kind}`);
  }
  return lifecycle;
}

/** The arguments of a declaration whose values don't come from resources that aren't there yet. */
function knownArguments({ args }: Declaration): string[] {
  return Object.entries(args)
    .filter(([, value]) => !JSON.stringify(value).includes('"$"'))
    .map(([name]) => name);
}

function watched(declaration: Declaration): Declaration {
  const { args, outputs } = lifecycleOf(declaration);
  return { ...declaration, watched: ["id", "externalId", ...Object.keys({ ...args, ...outputs })] };
}
