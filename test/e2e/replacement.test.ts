/** What makes another object of a resource, and what leaves the same: for every kind, as the API and the audit tell it. */
import { isDeepStrictEqual } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import { useService, useStack } from "./fixtures.ts";
import { type Declaration, kinds, surroundings, the } from "./kinds.ts";
import { nameOf } from "./stack.ts";

interface AuditEntry {
  readonly action: string;
  readonly object: { readonly id: string };
}

describe("every kind of resource", () => {
  const service = useService();
  const stack = useStack("test/e2e/programs/kinds", service);

  beforeAll(async () => {
    declare(described());
    await stack.up();
  });

  function declare(declarations: readonly Declaration[]): void {
    stack.declare([...surroundings, ...declarations]);
  }
  /** The id of each kind's described resource, by where the API has it. */
  async function ids(suffix = ""): Promise<Map<string, string>> {
    const { resources } = await stack.exported();
    const idOf = (name: string) => resources.find((resource) => nameOf(resource) === name)?.id ?? "";
    return new Map(kinds.map(({ path: collection, declaration: { name } }) => [collection, idOf(`${name}${suffix}`)]));
  }
  async function objects(of: ReadonlyMap<string, string>): Promise<Record<string, unknown>[]> {
    const replies = [...of].map(([collection, id]) => service.ask("GET", `${collection}/${id}`));
    return (await Promise.all(replies)).map(({ status, body }) => ({ answered: status, ...body }));
  }

  /** What a preview plans, and the inputs that it says have changed, by the resource's name. */
  async function changedInputs(): Promise<Record<string, string[]>> {
    const planned = (await stack.previewed()).filter(({ urn }) => urn.includes("dynamic/roster:"));
    return Object.fromEntries(
      planned.map((step) => {
        const [before = {}, now = {}] = [step.oldState?.inputs, step.newState?.inputs];
        const names = Object.keys({ ...before, ...now });
        return [nameOf(step), [step.op, ...names.filter((name) => !isDeepStrictEqual(before[name], now[name]))]];
      }),
    );
  }

  test("has another name in the service under each parent", async () => {
    const under = (parent: string) => ({
      kind: "Role",
      name: "twin",
      under: parent,
      args: { organization: the("home"), name: `Twin under ${parent}`, permissions: ["flows:read"] },
    });
    declare([...described(), under("one"), under("another")]);
    await stack.up();
    const roles = await service.list(`/v1/organizations/${await stack.idOf("Organization", "home")}/roles`);
    const twins = roles.filter(({ name }) => String(name).startsWith("Twin"));
    expect(new Set(twins.map(({ externalId }) => externalId)).size).toBe(2);
  });

  test("stays the same object when it is renamed with an alias: only its name in the service changes", async () => {
    const before = await ids();
    const objectsBefore = await objects(before);
    declare(described("-renamed", ({ name }) => ({ aliases: [{ name }] })));
    const changes = await changedInputs();
    for (const { declaration } of kinds) {
      expect(changes[`${declaration.name}-renamed`], declaration.kind).toEqual(["update", "externalId"]);
    }
    await stack.up();
    const after = await ids("-renamed");
    expect(after).toEqual(before);
    const named = (object: Record<string, unknown>) => ({ ...object, externalId: undefined, updatedAt: undefined });
    const objectsAfter = await objects(after);
    expect(objectsAfter.map(named)).toEqual(objectsBefore.map(named));
    for (const [at, { externalId }] of objectsAfter.entries()) {
      expect(externalId).not.toBe(objectsBefore[at]?.externalId);
    }
    // The alias may go, once it has been used.
    declare(described("-renamed"));
    expect(await stack.preview()).toEqual([]);
  });

  test("stays the same object when the stack calls itself otherwise", async () => {
    await stack.succeed("config", "set", "roster:stackId", "elsewhere");
    const changes = Object.values(await changedInputs());
    expect(changes).toEqual([...surroundings, ...kinds].map(() => ["update", "externalId"]));
    await stack.succeed("config", "rm", "roster:stackId");
  });

  test("is ended before its replacement is made", async () => {
    const before = await ids("-renamed");
    const urns = kinds.map(({ declaration: { kind, name } }) => `**:${kind}::${name}-renamed`);
    await stack.up(...urns.flatMap((urn) => ["--target-replace", urn]));
    const after = await ids("-renamed");
    const entries = (await service.list("/v1/audit-entries")) as unknown as AuditEntry[];
    for (const { path: collection, declaration, destroyed } of kinds) {
      const [old = "", renewed = ""] = [before.get(collection), after.get(collection)];
      const told = entries.filter(({ object }) => object.id === old || object.id === renewed).slice(-2);
      expect(
        told.map(({ object }) => object.id),
        declaration.kind,
      ).toEqual([old, renewed]);
      expect(told[0]?.action).toMatch(/\.(close|deactivate|delete|end|revoke)$/);
      // A user is brought back: there is one for an address.
      expect(told[1]?.action).toMatch(declaration.kind === "User" ? /\.update$/ : /\.create$/);
      expect(renewed === old).toBe(declaration.kind === "User");
      if (renewed !== old) {
        const { status, body } = await service.ask("GET", `${collection}/${old}`);
        expect(destroyed === 404 ? status : body.status, declaration.kind).toBe(destroyed);
      }
    }
    expect(await stack.preview()).toEqual([]);
  });

  test("is replaced with what it refers to for good", async () => {
    const steps = await stack.previewed("--replace", "**:ApiKey::spare");
    expect(steps.filter(({ op }) => op === "replace").map(nameOf)).toEqual(["spare", "assignment-renamed"]);
  });

  test("is left as it is, when its options say that it is to be retained", async () => {
    const retained = await ids("-renamed");
    const before = await objects(retained);
    declare(described("-renamed", () => ({ retainOnDelete: true })));
    await stack.up();
    declare([]);
    await stack.up();
    expect(await objects(retained)).toEqual(before);
    expect([...(await ids("-renamed")).values()]).toEqual(kinds.map(() => ""));
  });
});

/** The described resources, with another ending of their names, and options. */
function described(suffix = "", options: (declaration: Declaration) => object = () => ({})): Declaration[] {
  return kinds.map(({ declaration }) => ({
    ...declaration,
    name: `${declaration.name}${suffix}`,
    options: { ...options(declaration) },
  }));
}
