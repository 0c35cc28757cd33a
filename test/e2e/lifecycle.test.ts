/**
 * The whole life of every kind of resource, on the real engine. All kinds share one stack and its steps; what is
 * expected of each is in kinds.ts.
 */
import { describe, expect, test } from "vitest";
import { objectLifecycles } from "../../provider/kinds/registry.ts";
import { useService, useStack } from "./fixtures.ts";
import { type Declaration, type KindDescription, kinds, surroundings } from "./kinds.ts";
import { nameOf } from "./stack.ts";

describe("every kind of resource", () => {
  const service = useService();
  const stack = useStack("test/e2e/programs/kinds", service);
  /** The id of each described resource. */
  let ids = new Map<string, string>();

  function declare(change: (declaration: Declaration) => Declaration = (declaration) => declaration): void {
    stack.declare([...surroundings, ...kinds.map(({ declaration }) => change(declaration))]);
  }
  async function objectOf({ path: collection, declaration }: KindDescription) {
    return service.ask("GET", `${collection}/${ids.get(declaration.name)}`);
  }
  async function readIds(): Promise<void> {
    const { resources } = await stack.exported();
    ids = new Map(resources.map((resource) => [nameOf(resource), resource.id ?? ""]));
  }
  /** The described resources as the state has them. */
  async function described() {
    const names = kinds.map(({ declaration }) => declaration.name);
    return (await stack.exported()).resources.filter((resource) => names.includes(nameOf(resource)));
  }

  test("is described, with each of its arguments", () => {
    expect(kinds.map(({ declaration }) => declaration.kind).toSorted()).toEqual(
      objectLifecycles.map(({ kind }) => kind).toSorted(),
    );
    for (const { declaration, changes } of kinds) {
      const lifecycle = objectLifecycles.find(({ kind }) => kind === declaration.kind);
      expect(Object.keys(changes).toSorted(), declaration.kind).toEqual(Object.keys(lifecycle?.args ?? {}).toSorted());
    }
  });

  // That this leaves nothing to be done is seen where each is made again.
  test("N1 is created by up", async () => {
    declare();
    const created = [...surroundings, ...kinds.map(({ declaration }) => declaration)];
    expect((await stack.apply()).toSorted()).toEqual(created.map((each) => stepOf("create", each)).toSorted());
    await readIds();
    for (const kind of kinds) {
      expect((await objectOf(kind)).status, kind.path).toBe(200);
    }
  });

  // What a preview says of such a state, and of that of a later version, is in test/protocol/changes.test.ts.
  test("changed by somebody else, is seen by refresh and repaired by up, also where an earlier version of the package has written the state", async () => {
    const changed = kinds.filter(({ drift }) => drift !== undefined);
    const before = new Map<string, unknown>();
    for (const kind of changed) {
      before.set(kind.path, settable(kind, (await objectOf(kind)).body));
      const { status } = await service.ask("PATCH", `${kind.path}/${ids.get(kind.declaration.name)}`, kind.drift);
      expect(status, kind.path).toBe(200);
    }
    const versions = async () =>
      new Set((await described()).flatMap(({ inputs, outputs }) => [inputs?.__stateVersion, outputs?.__stateVersion]));
    // Version 1 knew of no versions, and of no adoption: that of the later one is gone as well.
    await stack.imported((resource) => {
      const { __stateVersion: _inputs, ...inputs } = resource.inputs ?? {};
      // Nor did it know which service and which run an object is of.
      const { __stateVersion: _outputs, adopted: _adopted, __service, __run, ...outputs } = resource.outputs ?? {};
      return { ...resource, inputs, outputs };
    });
    expect(await versions()).toEqual(new Set([undefined]));
    const repaired = changed.map(({ declaration }) => stepOf("update", declaration));
    expect((await stack.apply("--refresh")).toSorted()).toEqual(repaired.toSorted());
    for (const kind of changed) {
      expect(settable(kind, (await objectOf(kind)).body), kind.path).toEqual(before.get(kind.path));
    }
    expect(await versions()).toEqual(new Set([3, 5]));
    expect((await described()).map(({ outputs }) => typeof outputs?.__service)).not.toContain("undefined");
    for (const resource of await described()) {
      expect(resource.outputs?.adopted, nameOf(resource)).toBe(nameOf(resource) === "profile");
    }
  });

  // What a change of each argument means is in test/protocol/changes.test.ts.
  test("ended by somebody else, is made again", async () => {
    declare();
    for (const { path: collection, declaration } of kinds) {
      const { status } = await service.ask("DELETE", `${collection}/${ids.get(declaration.name)}`);
      expect(status, collection).toBe(204);
    }
    const again = kinds.map(({ declaration, ended }) => stepOf(ended, declaration));
    expect((await stack.apply("--refresh")).toSorted()).toEqual(again.toSorted());
    await readIds();
    for (const kind of kinds) {
      expect((await objectOf(kind)).status, kind.path).toBe(200);
    }
  });

  test("renamed with an alias, or moved under a component, stays the same object, and is protected as its options say", async () => {
    const before = new Map(ids);
    const protect = { protect: true };
    const options = {
      aliases: [{ parent: "urn:pulumi:test::stack-under-test::pulumi:pulumi:Stack::stack-under-test-test" }],
      ...protect,
    };
    stack.declare([
      // The rest as well: a destroy that fails may have got to what isn't.
      ...surroundings.map((declaration) => ({ ...declaration, options: protect })),
      ...kinds.map(({ declaration }) => ({ ...declaration, under: "group", options })),
    ]);
    const moved = kinds.map(({ declaration }) => stepOf("update", declaration));
    expect((await stack.apply()).toSorted()).toEqual(["create group group", ...moved].toSorted());
    await readIds();
    for (const { declaration } of kinds) {
      expect(ids.get(declaration.name)).toBe(before.get(declaration.name));
    }
    expect(await stack.fail("destroy", "--yes", "--skip-preview")).toContain("protect");
  });

  // That only what is targeted changes is in trials.test.ts.
  test("is left alone as its options say", async () => {
    declare((declaration) => {
      const { changes } = kinds.find((kind) => kind.declaration === declaration) ?? {};
      const [argument, change] = Object.entries(changes ?? {}).find(([, { is }]) => is === "update") ?? [];
      const args = argument === undefined ? {} : { [argument]: change?.to };
      const options = argument === undefined ? {} : { ignoreChanges: [argument] };
      return { ...declaration, args: { ...declaration.args, ...args }, under: "group", options };
    });
    // Nor is anything left to be done of the move, or of what was made again before.
    expect(await stack.apply()).toEqual([]);
  });

  test("N1 is ended by destroy, as the API says", async () => {
    await stack.destroy();
    for (const kind of kinds) {
      const { status, body } = await objectOf(kind);
      expect(kind.destroyed === 404 ? status : body.status, kind.path).toBe(kind.destroyed);
    }
  });
});

/** As the engine tells a step. */
function stepOf(op: string, { kind, name }: Declaration): string {
  return `${op} ${kind} ${name}`;
}

/** The members of an object that somebody else changes. */
function settable({ drift = {} }: KindDescription, body: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.keys(drift).map((member) => [member, body[member]]));
}
