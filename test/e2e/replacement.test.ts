/** What makes another object of a resource, and what leaves the same: for every kind, as the API and the audit tell it. */
import { isDeepStrictEqual } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import { useService, useStack } from "./fixtures.ts";
import { type Declaration, kinds, surroundings, the } from "./kinds.ts";
import { frontUnderTest, kindOf, nameOf } from "./stack.ts";

type Inputs = Readonly<Record<string, unknown>>;

const isNative = frontUnderTest() === "native";
/** The engine doesn't ask a plugin what to do first, where a command replaces a resource. The package says it whatever an option says. */
const whereReplacedByCommand = { deleteBeforeReplace: isNative };

interface AuditEntry {
  readonly action: string;
  readonly object: { readonly id: string };
}

/** Two of one name, each under a parent of its own. */
const twins: readonly Declaration[] = ["one", "another"].map((parent) => ({
  kind: "Role",
  name: "twin",
  under: parent,
  args: { organization: the("home"), name: `Twin under ${parent}`, permissions: ["flows:read"] },
}));

/** A key, and an assignment that is of this key for good. */
const shared: readonly Declaration[] = [
  {
    kind: "ApiKey",
    name: "shared",
    args: { organization: the("home"), name: "Shared", kind: "server" },
    options: whereReplacedByCommand,
  },
  {
    kind: "ApiKeyAssignment",
    name: "shared-assignment",
    args: { key: the("shared"), user: the("robot") },
    after: ["robot-in"],
  },
];

/** The sets, each with an entry of its own. */
const sets: readonly Declaration[] = [
  {
    kind: "OrganizationMembers",
    name: "staff",
    args: { organization: the("elsewhere"), members: { "other@kinds.example": "viewer" } },
    // The plugin doesn't know which users a program declares.
    after: isNative ? ["other"] : [],
  },
  { kind: "ApiKeyAssignees", name: "holders", args: { key: the("shared"), assignees: {} } },
];

/** What is declared beside the described resources. */
const beside: readonly Declaration[] = [...surroundings, ...twins, ...shared, ...sets];

describe("every kind of resource", () => {
  const service = useService();
  const stack = useStack("test/e2e/programs/kinds", service);

  beforeAll(async () => {
    declare(described());
    await stack.up();
  });

  function declare(declarations: readonly Declaration[]): void {
    stack.declare([...beside, ...declarations]);
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
  /** The inputs of everything in the stack, by id. */
  async function inputs(): Promise<Map<string, Inputs>> {
    const { resources } = await stack.exported();
    const ours = resources.filter(({ type }) => kindOf(type) !== undefined);
    return new Map(ours.map(({ id = "", inputs = {} }) => [id, inputs]));
  }

  test("comes after the users whom the program has declared before with the addresses of its entries", async () => {
    const { resources } = await stack.exported();
    const [staff, other] = ["staff", "other"].map((name) => resources.find((resource) => nameOf(resource) === name));
    expect(staff?.dependencies).toContain(other?.urn);
  });

  test("has another name in the service under each parent", async () => {
    const roles = await service.list(`/v1/organizations/${await stack.idOf("Organization", "home")}/roles`);
    const both = roles.filter(({ name }) => String(name).startsWith("Twin"));
    expect(new Set(both.map(({ externalId }) => externalId)).size).toBe(2);
  });

  test("T4 is left alone, and what depends on it, where its replacement would be refused", async () => {
    const key = await stack.plaintextOf("ApiKey", "shared", "key");
    const home = `/v1/organizations/${await stack.idOf("Organization", "home")}`;
    const assignment = `/v1/api-key-assignments/${await stack.idOf("ApiKeyAssignment", "shared-assignment")}`;
    const switched = (externalApiAccess: boolean) => service.ask("PATCH", home, { features: { externalApiAccess } });
    await switched(false);
    const [sharedKey] = shared;
    const args = { ...sharedKey?.args, name: "Common" };
    const renamed = { kind: "ApiKey", name: "shared", args, options: { replaceOnChanges: ["name"] } };
    stack.declare([...beside.map((one) => (one === sharedKey ? renamed : one)), ...described()]);
    const reason = "ApiKey Shared can't be replaced, so nothing was deleted: api_access_disabled: ";
    expect(await stack.fail("up", "--yes", "--skip-preview")).toContain(reason);
    // The provider hears of this one when the first of those that depend on it is to be deleted.
    declare(described());
    const target = ["--target-replace", "**:ApiKey::shared", "--target-dependents"];
    expect(await stack.fail("up", "--yes", "--skip-preview", ...target)).toContain(reason);
    await switched(true);
    expect((await service.verify(key)).outcome).toBe("accepted");
    expect((await service.ask("GET", assignment)).status).toBe(200);
  });

  test("stays the same object when it is renamed with an alias: only its name in the service changes", async () => {
    const [before, inputsBefore] = [await ids(), await inputs()];
    const objectsBefore = await objects(before);
    // Nobody has changed the name in the service: it is no property that `replaceOnChanges` is about.
    const renamed = described("-renamed", ({ name }) => ({ aliases: [{ name }], replaceOnChanges: ["*"] }));
    declare(renamed);
    expect((await stack.apply()).toSorted()).toEqual(stepsOf("update", renamed));
    const after = await ids("-renamed");
    expect(after).toEqual(before);
    const changed = changedInputs(inputsBefore, await inputs());
    for (const [collection, id] of after) {
      expect(changed.get(id), collection).toEqual(["externalId"]);
    }
    const named = (object: Record<string, unknown>) => ({ ...object, externalId: undefined, updatedAt: undefined });
    const objectsAfter = await objects(after);
    expect(objectsAfter.map(named)).toEqual(objectsBefore.map(named));
    for (const [at, { externalId }] of objectsAfter.entries()) {
      expect(externalId).not.toBe(objectsBefore[at]?.externalId);
    }
  });

  test("is replaced when a property changes that replaceOnChanges names, or any with *, and updated when another does", async () => {
    const byName = kinds.map(({ declaration, changes }, at): Declaration => {
      const [argument = "", change] = Object.entries(changes).find(([, { is }]) => is === "update") ?? [];
      const args = { ...declaration.args, [argument]: change?.to };
      return {
        ...declaration,
        name: `${declaration.name}-renamed`,
        args,
        options: { replaceOnChanges: [at % 2 === 0 ? argument : "*"] },
      };
    });
    const [staff, holders] = sets;
    const replacedSets = [
      {
        ...staff,
        args: { ...staff?.args, members: { "other@kinds.example": "operator" } },
        options: { replaceOnChanges: ['members["other@kinds.example"]'] },
      },
      { ...holders, args: { ...holders?.args, ignore: ["*@else.example"] }, options: { replaceOnChanges: ["*"] } },
    ] as Declaration[];
    const updated = twins.map((twin) => ({
      ...twin,
      args: { ...twin.args, permissions: ["flows:run"] },
      options: { replaceOnChanges: ["name"] },
    }));
    stack.declare([...surroundings, ...shared, ...byName, ...replacedSets, ...updated]);
    expect((await stack.preview()).toSorted()).toEqual(
      [...stepsOf("replace", [...byName, ...replacedSets]), ...stepsOf("update", updated)].toSorted(),
    );
  });

  test("is ended before its replacement is made, as is what refers to it for good; needs no used alias", async () => {
    const before = await ids("-renamed");
    // Nothing else would do: two can't share a name.
    const renamed = described("-renamed", () => whereReplacedByCommand);
    declare(renamed);
    const urns = [...renamed.map(({ kind, name }) => `**:${kind}::${name}`), "**:ApiKey::shared"];
    const steps = await stack.apply(...urns.flatMap((urn) => ["--replace", urn]));
    // What is of the key for good, its set of assignees among it.
    const ofShared = sets.filter(({ kind }) => kind === "ApiKeyAssignees");
    expect(steps.toSorted()).toEqual(stepsOf("replace", [...renamed, ...shared, ...ofShared]));
    const after = await ids("-renamed");
    const entries = (await service.list("/v1/audit-entries")) as unknown as AuditEntry[];
    for (const { path: collection, declaration, destroyed } of kinds) {
      const [old = "", renewed = ""] = [before.get(collection), after.get(collection)];
      const told = entries.filter(({ object }) => object.id === old || object.id === renewed).slice(-2);
      expect(
        told.map(({ object }) => object.id),
        declaration.kind,
      ).toEqual([old, renewed]);
      // An organization keeps its profile, which is let go and adopted; a user is brought back: there is one for an address.
      const isProfile = declaration.kind === "OrganizationProfile";
      expect(told[0]?.action).toMatch(isProfile ? /\.release$/ : /\.(close|deactivate|delete|end|revoke)$/);
      const made = { User: /\.update$/, OrganizationProfile: /\.adopt$/ }[declaration.kind] ?? /\.create$/;
      expect(told[1]?.action).toMatch(made);
      expect(renewed === old).toBe(isProfile || declaration.kind === "User");
      if (renewed !== old) {
        const { status, body } = await service.ask("GET", `${collection}/${old}`);
        expect(destroyed === 404 ? status : body.status, declaration.kind).toBe(destroyed);
      }
    }
  });

  test("stays the same object when the stack calls itself otherwise", async () => {
    await stack.succeed("config", "set", "roster:stackId", "elsewhere");
    // For what comes next; to be retained is a change of nothing.
    const retained = described("-renamed", () => ({ retainOnDelete: true }));
    declare(retained);
    const before = await inputs();
    expect((await stack.apply()).toSorted()).toEqual(stepsOf("update", [...beside, ...retained]));
    const changed = changedInputs(before, await inputs());
    expect(changed).toEqual(new Map([...before.keys()].map((id) => [id, ["externalId"]])));
  });

  test("is left as it is, when its options say that it is to be retained", async () => {
    const retained = await ids("-renamed");
    const before = await objects(retained);
    declare([]);
    expect((await stack.apply()).toSorted()).toEqual(stepsOf("delete", described("-renamed")));
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

/** The same step for all of them. */
function stepsOf(op: string, declarations: readonly Declaration[]): string[] {
  return declarations.map(({ kind, name }) => `${op} ${kind} ${name}`).toSorted();
}

/** The names of the inputs that have changed, by the resource's id. */
function changedInputs(before: ReadonlyMap<string, Inputs>, after: ReadonlyMap<string, Inputs>): Map<string, string[]> {
  const changed = [...after].map(([id, now]): [string, string[]] => {
    const old = before.get(id) ?? {};
    return [id, Object.keys({ ...old, ...now }).filter((name) => !isDeepStrictEqual(old[name], now[name]))];
  });
  return new Map(changed);
}
