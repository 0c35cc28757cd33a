/**
 * The whole life of every kind of resource, on the real engine. All kinds share one stack and its steps; what is
 * expected of each is in kinds.ts.
 */
import { describe, expect, test } from "vitest";
import { objectLifecycles } from "../../provider/resources/registry.ts";
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
  /** What a preview plans for the described resources, by name. */
  async function plan(): Promise<Record<string, string>> {
    const described = kinds.map(({ declaration }) => declaration.name);
    const steps = (await stack.preview()).map((step) => step.split(" "));
    const planned = steps.filter(([, , name = ""]) => described.includes(name));
    return Object.fromEntries(planned.map(([op = "", , name]) => [name, op]));
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

  test("is created by up, and the second preview is empty", async () => {
    declare();
    expect(new Set(Object.values(await plan()))).toEqual(new Set(["create"]));
    await stack.up();
    await readIds();
    for (const kind of kinds) {
      expect((await objectOf(kind)).status, kind.path).toBe(200);
    }
    expect(await stack.preview()).toEqual([]);
  });

  test("whose state an earlier version of the package has written, is as it was", async () => {
    const versions = async () =>
      new Set((await described()).flatMap(({ inputs, outputs }) => [inputs?.__stateVersion, outputs?.__stateVersion]));
    // Version 1 knew of no versions, and of no adoption.
    await stack.imported((resource) => {
      const { __stateVersion: _inputs, ...inputs } = resource.inputs ?? {};
      const { __stateVersion: _outputs, adopted: _adopted, ...outputs } = resource.outputs ?? {};
      return { ...resource, inputs, outputs };
    });
    expect(await versions()).toEqual(new Set([undefined]));
    expect(await stack.preview()).toEqual([]);
    await stack.refresh();
    expect(await stack.preview()).toEqual([]);
    expect(await versions()).toEqual(new Set([2, 3]));
    expect(new Set((await described()).map(({ outputs }) => outputs?.adopted))).toEqual(new Set([false]));
  });

  test("whose state a later version of the package has written, is left alone, and the message says so", async () => {
    const setVersion = (version: number) =>
      stack.imported((resource) =>
        nameOf(resource) === "role"
          ? { ...resource, outputs: { ...resource.outputs, __stateVersion: version } }
          : resource,
      );
    await setVersion(99);
    expect(await stack.fail("preview")).toContain(
      "this Role was written by a later version of pulumi-roster (state version 99, and this one",
    );
    await setVersion(2);
    expect(await stack.preview()).toEqual([]);
  });

  test("changes each argument as described: in place, by replacement, or refused at preview", async () => {
    const rounds = Math.max(...kinds.map(({ changes }) => Object.keys(changes).length));
    const seen: string[] = [];
    const wanted: string[] = [];
    for (let round = 0; round < rounds; round++) {
      const changing = new Map<string, { argument: string; is: string }>();
      // What is refused stops the whole preview, and so is asked for by itself below.
      declare((declaration) => {
        const [argument, change] = plannedChange(declaration, round) ?? [];
        if (argument === undefined || change === undefined) {
          return declaration;
        }
        changing.set(declaration.name, { argument, is: change.is });
        return { ...declaration, args: { ...declaration.args, [argument]: change.to } };
      });
      const planned = await plan();
      for (const [name, { argument, is }] of changing) {
        wanted.push(`${name}.${argument}: ${is}`);
        seen.push(`${name}.${argument}: ${planned[name]}`);
      }
    }
    expect(seen).toEqual(wanted);
  });

  test("refuses what can't change, naming the argument", async () => {
    // One at a time: the first refusal ends the program.
    for (const { declaration, changes } of kinds) {
      for (const [argument, { to }] of Object.entries(changes).filter(([, change]) => change.is === "refused")) {
        declare((other) =>
          other === declaration ? { ...declaration, args: { ...declaration.args, [argument]: to } } : other,
        );
        expect(await stack.fail("preview")).toContain(`'${declaration.name}' has a problem: ${argument}: `);
      }
    }
  });

  test("changed by somebody else, is seen by refresh and repaired by up", async () => {
    declare();
    const before = new Map<string, unknown>();
    for (const kind of kinds.filter(({ drift }) => drift !== undefined)) {
      before.set(kind.declaration.name, settable(kind, (await objectOf(kind)).body));
      const { status } = await service.ask("PATCH", `${kind.path}/${ids.get(kind.declaration.name)}`, kind.drift);
      expect(status, kind.path).toBe(200);
    }
    await stack.refresh();
    expect(await plan()).toEqual(Object.fromEntries([...before.keys()].map((name) => [name, "update"])));
    await stack.up();
    for (const kind of kinds.filter(({ drift }) => drift !== undefined)) {
      expect(settable(kind, (await objectOf(kind)).body), kind.path).toEqual(before.get(kind.declaration.name));
    }
    expect(await stack.preview()).toEqual([]);
  });

  test("ended by somebody else, is made again", async () => {
    for (const { path: collection, declaration } of kinds) {
      const { status } = await service.ask("DELETE", `${collection}/${ids.get(declaration.name)}`);
      expect(status, collection).toBe(204);
    }
    await stack.refresh();
    expect(await plan()).toEqual(Object.fromEntries(kinds.map(({ declaration, ended }) => [declaration.name, ended])));
    await stack.up();
    await readIds();
    for (const kind of kinds) {
      expect((await objectOf(kind)).status, kind.path).toBe(200);
    }
    expect(await stack.preview()).toEqual([]);
  });

  test("renamed with an alias, or moved under a component, stays the same object", async () => {
    const before = new Map(ids);
    declare((declaration) => ({
      ...declaration,
      under: "group",
      options: {
        aliases: [{ parent: "urn:pulumi:test::stack-under-test::pulumi:pulumi:Stack::stack-under-test-test" }],
      },
    }));
    const planned = await plan();
    expect(new Set(Object.values(planned))).toEqual(new Set(["update"]));
    await stack.up();
    await readIds();
    for (const { declaration } of kinds) {
      expect(ids.get(declaration.name)).toBe(before.get(declaration.name));
    }
    expect(await stack.preview()).toEqual([]);
  });

  test("is protected, left alone and targeted as its options say", async () => {
    declare((declaration) => ({ ...declaration, under: "group", options: { protect: true } }));
    await stack.up();
    expect(await stack.fail("destroy", "--yes", "--skip-preview")).toContain("protect");

    const changed = kinds.map(({ declaration, changes }) => {
      const [argument, change] = Object.entries(changes).find(([, { is }]) => is === "update") ?? ["", undefined];
      return { name: declaration.name, argument, to: change?.to };
    });
    const withChange = (declaration: Declaration, options: Readonly<Record<string, unknown>>): Declaration => {
      const { argument = "", to } = changed.find(({ name }) => name === declaration.name) ?? {};
      const args = argument === "" ? declaration.args : { ...declaration.args, [argument]: to };
      return { ...declaration, args, under: "group", options };
    };
    declare((declaration) => {
      const { argument = "" } = changed.find(({ name }) => name === declaration.name) ?? {};
      return withChange(declaration, argument === "" ? {} : { ignoreChanges: [argument] });
    });
    expect(await plan()).toEqual({});

    declare((declaration) => withChange(declaration, {}));
    const steps = await stack.previewed("--target", "**::role");
    expect(steps.filter(({ op }) => op === "update").map(nameOf)).toEqual(["role"]);
  });

  test("is ended by destroy, as the API says", async () => {
    declare((declaration) => ({ ...declaration, under: "group" }));
    await stack.up();
    await stack.destroy();
    for (const kind of kinds) {
      const { status, body } = await objectOf(kind);
      expect(kind.destroyed === 404 ? status : body.status, kind.path).toBe(kind.destroyed);
    }
  });
});

/** The round's change of a declared resource, among those that aren't refused. */
function plannedChange({ name }: Declaration, round: number) {
  const { changes = {} } = kinds.find(({ declaration }) => declaration.name === name) ?? {};
  return Object.entries(changes).filter(([, { is }]) => is !== "refused")[round];
}

/** The members of an object that somebody else changes. */
function settable({ drift = {} }: KindDescription, body: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.keys(drift).map((member) => [member, body[member]]));
}
