/** The schema of the Pulumi package: it says what the kinds and look-ups say, and the engine and the generators of SDKs accept it. */
import { spawnSync } from "node:child_process";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { listings } from "../../provider/kinds/listings.ts";
import { lookups } from "../../provider/kinds/lookups.ts";
import { lifecycleOf, lifecycles } from "../../provider/kinds/registry.ts";
import { adoptionArgs } from "../../provider/lifecycle/adoption.ts";
import type { Lifecycle } from "../../provider/lifecycle/interface.ts";
import { packageSchema } from "../../provider/plugin/schema.ts";
import { propertyOf } from "../../provider/values/property.ts";
import type { PropertyMap } from "../../provider/values/property-map.ts";
import { unknownValue } from "../../provider/values/unknown.ts";
import { settings } from "../../provider/wire/settings.ts";
import { engineEnvironment, paths } from "../../scripts/environment.mjs";

interface PropertySpec {
  readonly description: string;
  readonly default?: unknown;
  readonly secret?: boolean;
  readonly willReplaceOnChanges?: boolean;
  readonly defaultInfo?: { readonly environment: readonly string[] };
}
interface ObjectSpec {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, PropertySpec>>;
  readonly required?: readonly string[];
}
interface ResourceSpec extends ObjectSpec {
  readonly description: string;
  readonly properties: Readonly<Record<string, PropertySpec>>;
  readonly inputProperties: Readonly<Record<string, PropertySpec>>;
  readonly requiredInputs: readonly string[];
  readonly listInputs?: ObjectSpec;
}
interface PackageSpec {
  readonly config: { readonly variables: Readonly<Record<string, PropertySpec>> };
  readonly provider: Pick<ResourceSpec, "inputProperties">;
  readonly types: Readonly<Record<string, ObjectSpec>>;
  readonly resources: Readonly<Record<string, ResourceSpec>>;
  readonly functions: Readonly<
    Record<string, { readonly description: string; readonly inputs: ObjectSpec; readonly outputs: ObjectSpec }>
  >;
}

const schema = JSON.parse(packageSchema()) as PackageSpec;

function resourceOf(kind: string): ResourceSpec {
  const resource = schema.resources[`roster:index:${kind}`];
  if (resource === undefined) {
    throw new Error(`The schema has no ${kind}.`);
  }
  return resource;
}

/** The names of the properties of which something is said. */
function namesWith(properties: Readonly<Record<string, PropertySpec>>, key: keyof PropertySpec): string[] {
  return Object.keys(properties).filter((name) => properties[name]?.[key] !== undefined);
}

/** Every object of the schema that describes a property, a type or a function, with its path. */
function describedIn(value: unknown, place: readonly string[] = []): [place: string, spec: PropertyMap][] {
  if (typeof value !== "object" || value === null) {
    return [];
  }
  const inner = Object.entries(value).flatMap(([name, each]) => describedIn(each, [...place, name]));
  const [of = "", parent = ""] = [place.at(-1), place.at(-2)];
  const isDescribed =
    ["properties", "inputProperties", "variables"].includes(parent) ||
    (["types", "resources", "functions"].includes(parent) && place.length === 2) ||
    of === "provider";
  return isDescribed ? [[place.join("."), value as PropertyMap], ...inner] : inner;
}

test("every kind and every look-up is there, and nothing else", () => {
  const tokensOf = (names: readonly string[]) => names.map((name) => `roster:index:${name}`);
  expect(Object.keys(schema.resources)).toEqual(tokensOf(lifecycles.map(({ kind }) => kind)));
  expect(Object.keys(schema.functions)).toEqual(tokensOf(lookups.map(({ name }) => name)));
});

test("every property, type, resource and function has a sentence, and none is the provider's own", () => {
  const described = describedIn(schema);
  expect(described.map(([place]) => place)).toContain("types.roster:index:Member.properties.role");
  const withoutSentence = described.filter(([, { description }]) => {
    const [text = ""] = String(description ?? "").split("\n\n{{%");
    return !/^[A-Z0-9`].*\.$/.test(text) || /undefined|\n/.test(text);
  });
  expect(withoutSentence.map(([place]) => place)).toEqual([]);
  expect(described.filter(([place]) => /\b__/.test(place)).map(([place]) => place)).toEqual([]);
});

describe.each(lifecycles.map((lifecycle): [string, Lifecycle] => [lifecycle.kind, lifecycle]))(
  "%s",
  (kind, lifecycle) => {
    const { args, outputs, replaceOn, secrets, isSet, stables } = lifecycle;
    const { inputProperties, requiredInputs, properties } = resourceOf(kind);

    test("has the arguments and outputs of the kind", () => {
      const given = Object.keys({ ...args, ...adoptionArgs });
      expect(Object.keys(inputProperties)).toEqual(given);
      expect(Object.keys(properties)).toEqual([...given, ...Object.keys(outputs), "externalId", "adopts"]);
      expect(requiredInputs).toEqual(
        given.filter((name) => !z.safeParse(args[name] ?? z.unknown(), undefined).success),
      );
    });

    test("has the kind's secrets, and replaces as the kind does", () => {
      expect(namesWith(properties, "secret").toSorted()).toEqual(secrets.toSorted());
      expect(namesWith(inputProperties, "secret")).toEqual(secrets.filter((name) => name in args));
      expect(namesWith(inputProperties, "willReplaceOnChanges")).toEqual(replaceOn);
    });

    test("has an SDK fill in only the defaults that an adopted object gets too", () => {
      const described = z.toJSONSchema(z.object(args), { io: "input" }).properties ?? {};
      const defaults = Object.entries(described).flatMap(([name, each]): [string, unknown][] => {
        const applies = isSet || propertyOf(args[name] ?? z.unknown()).defaultEvenIfAdopted;
        return applies && typeof each === "object" && each.default !== undefined ? [[name, each.default]] : [];
      });
      const given = namesWith(inputProperties, "default").map((name) => [name, inputProperties[name]?.default]);
      expect(given).toEqual(defaults);
    });

    test("knows the outputs that never change once they have a value", () => {
      const further: Readonly<Record<string, readonly string[]>> = {
        ApiKey: ["legacy"],
        ApiKeyAssignment: ["organization"],
        Membership: ["userId"],
      };
      expect(stables.toSorted()).toEqual(isSet ? [] : ["createdAt", ...(further[kind] ?? [])]);
    });

    test("has an example that the kinds accept", () => {
      const { description } = resourceOf(kind);
      expect(description).toMatch(new RegExp(`^\`\`\`typescript\nimport [\\s\\S]*\\bnew roster\\.${kind}\\(`, "m"));
      const [, yaml = ""] = /```yaml\n([\s\S]*?)```/.exec(description) ?? [];
      const { resources } = parse(yaml.replaceAll(/\$\{[\w.-]+\}/g, unknownValue)) as {
        resources: Readonly<Record<string, { readonly type: string; readonly properties: PropertyMap }>>;
      };
      const declared = Object.values(resources);
      expect(declared.map(({ type }) => type)).toContain(`roster:${kind}`);
      for (const { type, properties: given } of declared) {
        const { check, normalize } = accepting(type.replace("roster:", ""));
        expect(check(normalize(given))).toEqual([]);
      }
      // What is referred to is declared, and what is used of it exists.
      const references = [...yaml.matchAll(/\$\{([\w-]+)(?:\.(\w+))?\}/g)];
      const unknown = references.filter(([, key = "", output = "id"]) => {
        const of = resources[key]?.type.replace("roster:", "");
        return of === undefined || (output !== "id" && !(output in resourceOf(of).properties));
      });
      expect(unknown.map(([text]) => text)).toEqual([]);
    });
  },
);

/** What a kind says of arguments, as a program gives them. */
function accepting(kind: string) {
  const lifecycle = lifecycleOf(kind);
  return {
    normalize: (given: PropertyMap): PropertyMap =>
      Object.fromEntries(
        Object.entries(given).map(([name, value]) => [name, lifecycle.normalize[name]?.(value, kind) ?? value]),
      ),
    check: (given: PropertyMap) => lifecycle.check({}, given).failures,
  };
}

test("says what a list of each kind that can be listed takes, and of no other", () => {
  const taken = lifecycles.flatMap(({ kind }) => {
    const { properties, required } = resourceOf(kind).listInputs ?? {};
    return properties === undefined ? [] : [[kind, { names: Object.keys(properties), required }]];
  });
  const expected = listings.map(({ kind, shape }) => {
    const names = Object.keys(shape);
    const required = names.filter((name) => !z.safeParse(shape[name] ?? z.unknown(), undefined).success);
    return [kind, { names, required: required.length === 0 ? undefined : required }];
  });
  expect(taken).toEqual(expected);
});

describe.each(lookups)("$name", ({ name, shapes, isList }) => {
  const { inputs, outputs } = schema.functions[`roster:index:${name}`] ?? { inputs: {}, outputs: {} };

  test("takes what each way to ask takes, and requires what all of them do", () => {
    expect(Object.keys(inputs.properties ?? {})).toEqual([...new Set(shapes.flatMap((shape) => Object.keys(shape)))]);
    const isNeeded = (argument: string) =>
      shapes.every((shape) => !z.safeParse(shape[argument] ?? z.unknown(), undefined).success);
    expect(inputs.required ?? []).toEqual(Object.keys(inputs.properties ?? {}).filter(isNeeded));
  });

  test("answers with an object, or with a list of them", () => {
    expect(Object.keys(outputs.properties ?? {}).includes("items")).toBe(isList);
    expect(outputs.required).toContain(isList ? "items" : "id");
  });
});

test("only a stack's configuration takes the environment from an SDK, which would store it in a provider resource", () => {
  const { variables } = schema.config;
  expect(Object.keys(variables)).toEqual(Object.keys(settings));
  expect(Object.keys(schema.provider.inputProperties)).toEqual(Object.keys(settings));
  expect(namesWith(variables, "secret")).toEqual(["token"]);
  expect(namesWith(variables, "defaultInfo")).toEqual(["endpoint", "token"]);
  expect(namesWith(schema.provider.inputProperties, "secret")).toEqual(["token"]);
  expect(namesWith(schema.provider.inputProperties, "defaultInfo")).toEqual([]);
});

test("no enumeration is one type among others, and no object fills in defaults, which an adopted object doesn't get", () => {
  const unions = [...packageSchema().matchAll(/"oneOf":(\[[^\]]*\])/g)].map(([, options = ""]) => options);
  const enumerations = Object.keys(schema.types).filter((token) => schema.types[token]?.properties === undefined);
  expect(unions.some((options) => options.includes("roster:index:Member"))).toBe(true);
  expect(unions.filter((options) => enumerations.some((token) => options.includes(`${token}"`)))).toEqual([]);
  const filling = Object.entries(schema.types).filter(
    ([, { properties = {} }]) => namesWith(properties, "default").length > 0,
  );
  expect(filling.map(([token]) => token)).toEqual([]);
});

test("the engine accepts it", () => {
  const file = path.join(paths.checkout, "provider/plugin/generated/schema.json");
  const { status, stdout, stderr } = spawnSync("pulumi", ["schema", "check", file], {
    env: engineEnvironment(),
    encoding: "utf8",
  });
  expect(status, `${stdout}${stderr}`).toBe(0);
});
