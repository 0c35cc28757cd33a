/** What isn't known before an update: as an input, and as an output that others take. */
import { existsSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { lifecycles } from "../../provider/kinds/registry.ts";
import { useProtocolStack } from "../protocol/fixtures.ts";
import { useRelay, useService, useStack } from "./fixtures.ts";
import { type Declaration, type KindDescription, kinds, surroundings, the } from "./kinds.ts";
import { frontUnderTest, nameOf, type Step } from "./stack.ts";

const later = { kind: "Organization", name: "later", args: { slug: "later", name: "Later" } };

/** Of the kinds that the surroundings have none of: so there is one of each that no step changes. */
const more: readonly Declaration[] = [
  { kind: "Role", name: "reader", args: { organization: the("home"), name: "Reader", permissions: ["flows:read"] } },
  {
    kind: "ApiKeyAssignment",
    name: "other-spare",
    args: { key: the("spare"), user: the("other") },
    after: ["membership"],
  },
];
const described = kinds.map(({ declaration }) => declaration);

/** What no two resources of a program can declare. */
const ofItsOwn: Readonly<Record<string, Declaration["args"]>> = {
  Organization: { slug: "of-unknown-parts" },
  User: { email: "of-unknown-parts@kinds.example" },
  Role: { name: "Of unknown parts" },
  ApiKey: { name: "Of unknown parts" },
  AccessToken: { name: "Of unknown parts" },
  ApiKeyAssignment: { user: the("substitute") },
};

/** A look-up of each kind whose arguments are known at once, and come from resources in one way or another. */
const lookUps: readonly Declaration[] = [
  lookUp("getOrganizationOutput", { slug: of("home", "slug") }),
  lookUp("getUserOutput", { email: of("robot", "email") }),
  lookUp("getRoleOutput", { organization: the("home"), name: of("reader", "name") }),
  lookUp("getMembershipsOutput", { organization: the("home") }),
  lookUp("getApiKeysOutput", { organization: the("home"), kind: of("spare", "kind") }),
  lookUp("getMessagesOutput", { organization: the("home"), key: the("spare") }),
  lookUp("getAuditEntriesOutput", { organization: the("home") }),
  { ...lookUp("getUserOutput", { email: "other@kinds.example" }, "named"), after: ["other"] },
  { ...lookUp("getOrganizationOutput", { slug: "home" }, "in-a-component"), after: ["team"] },
  lookUp("getOrganizationOutput", { slug: { $all: ["home", of("spare", "name")] } }, "together"),
];
/** In a component, by which the look-up after it is to wait. */
const inComponent: Declaration = {
  kind: "Role",
  name: "in-team",
  under: "team",
  args: { organization: the("home"), name: "Of the team", permissions: ["flows:read"] },
};

function lookUp(kind: string, args: Declaration["args"], name = kind): Declaration {
  return { kind, name, args };
}

/** The value that an argument has, by way of the resource's output. */
function of(resource: string, output: string) {
  return { $: resource, output };
}

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

/** A resource of each kind beside the described one, with arguments made of those that it is described by. */
function beside(name: string, argsOf: (kind: KindDescription) => Declaration["args"]): Declaration[] {
  return kinds.map((kind) => ({
    ...kind.declaration,
    name: `${kind.declaration.name}-${name}`,
    args: argsOf(kind),
  }));
}

describe("what isn't known yet", () => {
  const service = useService();
  const relay = useRelay(service);
  const stack = useStack("test/e2e/programs/kinds", relay);
  const protocol = useProtocolStack(relay, "unknowns");

  /** The properties whose values the program has come to know, of one resource after another. */
  async function known(run: () => Promise<unknown>): Promise<(declaration: Declaration) => string[]> {
    const file = path.join(stack.folder, "known");
    rmSync(file, { force: true });
    await run();
    const names = existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
    const split = names.map((name) => name.split("."));
    return ({ name }) => split.filter(([resource]) => resource === name).map(([, property = ""]) => property);
  }

  describe("in the preview of a new stack", () => {
    // Of an argument that the description doesn't give, the other value; what can't be together is not known to be.
    const wholly = beside("of-unknowns", ({ declaration: { args }, changes }) =>
      Object.fromEntries(Object.entries(changes).map(([name, { to }]) => [name, unknown(args[name] ?? to ?? "none")])),
    );
    const partly = beside("of-unknown-parts", ({ declaration: { kind, args }, changes }) => ({
      ...args,
      ...Object.fromEntries(
        Object.entries(changes)
          .map(([name, { to, is }]) => [name, args[name] ?? (is === "refused" ? undefined : to)])
          .map(([name, value]) => [name, withUnknownParts(value)])
          .filter(([, value]) => typeof value === "object"),
      ),
      ...ofItsOwn[kind],
      // An organization has one profile, and a person one membership of it, so these are of another organization.
      ...(["OrganizationProfile", "Membership"].includes(kind) && { organization: changes.organization?.to }),
    }));
    let steps: Step[] = [];
    let seen: (declaration: Declaration) => string[];

    beforeAll(async () => {
      stack.declare([
        later,
        ...surroundings,
        ...described.map(watched),
        ...more,
        inComponent,
        ...lookUps,
        ...wholly,
        ...partly,
      ]);
      seen = await known(async () => {
        steps = await stack.preview();
      });
    });

    test("is admitted as any argument of any kind, also inside arrays and objects, and the service is asked for lost creates and the caller only", () => {
      expect(JSON.stringify(partly).match(/"gives":/g)?.length).toBeGreaterThan(5);
      expect(steps).toEqual(
        expect.arrayContaining([...wholly, ...partly].map(({ kind, name }) => `create ${kind} ${name}`)),
      );
      expect(relay.requests.toSorted()).toEqual([
        expect.stringMatching(/^GET \/v1\/managed-objects\?.*lost=true/),
        "GET /v1/self",
      ]);
    });

    test("is what is looked up of what isn't there, whatever of it is known", () => {
      expect(lookUps.filter((declaration) => seen(declaration).length > 0)).toEqual([]);
    });

    test("is what the service makes, and not what was declared", () => {
      for (const declaration of described) {
        const properties = seen(declaration);
        expect(properties).toEqual(expect.arrayContaining(["externalId", ...knownArguments(declaration)]));
        expect(properties.filter((property) => property === "id" || isMade(declaration, property))).toEqual([]);
        expect(properties.includes("generation")).toBe(["ApiKey", "AccessToken"].includes(declaration.kind));
      }
    });
  });

  test("doesn't keep what is known beside it from being checked", async () => {
    const permissions = [unknown("flows:read"), "flows:walk"];
    const role = { kind: "Role", name: "role", args: { organization: the("home"), name: "Releaser", permissions } };
    await expect(protocol.up([role])).rejects.toThrow("::role: permissions[1]: ");
  });

  test("is refused at up if it turns out to be wrong, on its property", async () => {
    // It turns out to be an id.
    const args = { slug: "wrong", name: "Wrong", settings: { keysPerOwner: the("first") } };
    const first = { kind: "Organization", name: "first", args: { slug: "first", name: "First" } };
    const wrong = protocol.up([first, { kind: "Organization", name: "wrong", args }]);
    await expect(wrong).rejects.toThrow("::wrong: settings.keysPerOwner: it must be a number, not text");
    expect(protocol.stored("first").id).toMatch(/^org_/);
  });

  test("is then refused whatever the kind, also while what it refers to isn't there", async () => {
    for (const { declaration, wrong } of kinds) {
      const args = { ...declaration.args, [wrong.argument]: wrong.value };
      await expect(protocol.up([{ ...declaration, args }])).rejects.toThrow(` ${wrong.place}: `);
    }
  });

  test("is nothing, also of what is not there, once the object is made", async () => {
    stack.declare([later, ...surroundings, ...described.map(watched), ...more, inComponent, ...lookUps]);
    const made = await known(() => stack.up());
    for (const declaration of lookUps) {
      expect(made(declaration), declaration.name).toEqual(["found"]);
    }
    for (const declaration of described.map(watched)) {
      expect(made(declaration).toSorted()).toEqual(declaration.watched?.toSorted());
    }
  });

  describe("in the preview of an update", () => {
    const changing: readonly Declaration[] = [
      lookUp("getOrganizationOutput", { slug: of("organization", "slug") }, "by-its-next-slug"),
      lookUp("getUserOutput", { email: of("user", "email") }, "by-its-next-address"),
      lookUp("getRoleOutput", { organization: the("home"), name: of("role", "name") }, "by-its-next-name"),
    ];
    const staying = [...surroundings, ...more].map(watched);
    let steps: Step[] = [];
    let seen: (declaration: Declaration) => string[];

    beforeAll(async () => {
      const updated = kinds.map(({ declaration, changes }) => {
        const [argument = "", change] = Object.entries(changes).find(([, { is }]) => is === "update") ?? [];
        return watched({ ...declaration, args: { ...declaration.args, [argument]: change?.to } });
      });
      stack.declare([later, ...surroundings.map(watched), ...updated, ...more.map(watched), inComponent, ...changing]);
      relay.requests.length = 0;
      seen = await known(async () => {
        steps = await stack.preview();
      });
    });

    test("is what is looked up by a slug, an address or a name that the update gives", () => {
      expect(changing.filter((declaration) => seen(declaration).length > 0)).toEqual([]);
    });

    test("is what the service makes of an object that is updated, once more, and the service is asked for look-ups, the caller and what changes only", () => {
      // The plugin's answer to the engine says that the new values aren't known; a program asks whether they are there yet.
      const isLookUp = /^GET \/v1\/(organizations\?slug=|users\?email=|organizations\/org_\w+\/roles\?)/;
      expect(relay.requests.filter((request) => isLookUp.test(request))).toHaveLength(
        frontUnderTest() === "native" ? 0 : changing.length,
      );
      expect(relay.requests.filter((request) => !isLookUp.test(request)).toSorted()).toEqual([
        // What the service has of the objects that change, to try the changes.
        expect.stringMatching(/^GET \/v1\/managed-objects\?.*include=object/),
        "GET /v1/self",
      ]);
      expect(steps.toSorted()).toEqual(described.map(({ kind, name }) => `update ${kind} ${name}`).toSorted());
      for (const declaration of described) {
        const properties = seen(declaration);
        expect(properties).toContain("id");
        // Only a plugin can tell the engine what never changes.
        const stable = frontUnderTest() === "native" ? lifecycleOf(declaration).stables : [];
        const made = properties.filter((property) => isMade(declaration, property));
        expect(made.filter((property) => !stable.includes(property))).toEqual([]);
        expect(made.length > 0, declaration.kind).toBe(stable.length > 0);
      }
    });

    test("is what isn't there of an object that stays the same", async () => {
      const { resources } = await stack.exported();
      for (const declaration of staying) {
        const { outputs = {} } = resources.find((resource) => nameOf(resource) === declaration.name) ?? {};
        const there = declaration.watched?.filter((property) => property === "id" || property in outputs);
        expect(seen(declaration).toSorted()).toEqual(there?.toSorted());
      }
    });
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
