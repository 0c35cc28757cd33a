/** How the policy pack shows stacks to its rules. The rules have policy-rules.test.ts. */
import { type ResourceValidationArgs, type StackValidationArgs, unknownCheckingProxy } from "@pulumi/policy";
import { runtime } from "@pulumi/pulumi";
import { describe, expect, test } from "vitest";
import { policyOf } from "../../policy/policies.ts";
import { type Kind, kindOfType, type Property, propertiesOfKinds } from "../../policy/resources.ts";
import type { ResourceRule } from "../../policy/rule.ts";
import { keyLifetime } from "../../policy/rules/key-lifetime.ts";
import { keysOfPeople } from "../../policy/rules/keys-of-people.ts";
import { rules } from "../../policy/rules/registry.ts";
import { withoutSecrets } from "../../policy/secrets.ts";
import { lifecycles } from "../../provider/kinds/registry.ts";
import { asNative, resourceTypeOf } from "../../provider/lifecycle/resource-type.ts";
import { unknownValue } from "../../provider/values/unknown.ts";

/** The type of a kind, as each front has it. */
const fronts: readonly (readonly [front: string, typeOf: (kind: string) => string])[] = [
  ["the dynamic provider", resourceTypeOf],
  ["the plugin", (kind) => asNative(resourceTypeOf(kind))],
];

describe("what the pack reads", () => {
  test.each(fronts)("are the types that the kinds have in %s, and no others", (_front, typeOf) => {
    const kinds = Object.keys(propertiesOfKinds);
    expect(kinds.map((kind) => kindOfType(typeOf(kind)))).toEqual(kinds);
    expect(["aws:s3/bucket:Bucket", "pulumi-nodejs:dynamic:Resource", typeOf("toString")].map(kindOfType)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  test.each(Object.entries(propertiesOfKinds))("are arguments of %s", (kind, properties) => {
    const lifecycle = lifecycles.find((each) => each.kind === kind);
    expect(Object.keys(lifecycle?.args ?? {})).toEqual(expect.arrayContaining<Property>([...properties]));
  });
});

describe.each(fronts)("a policy for resources of %s", (_front, typeOf) => {
  /** What the SDK shows a rule of a resource: it throws where an unknown value is read. */
  const shown = (kind: Kind, props: object) => ({
    type: typeOf(kind),
    name: "it",
    urn: `urn of ${kind}`,
    props: unknownCheckingProxy(props as Record<string, unknown>),
  });

  function reported(rule: ResourceRule, props: object, settings: object): string[] {
    const messages: string[] = [];
    const policy = policyOf(rule);
    const args = { ...shown("ApiKey", props), getConfig: () => settings };
    if ("validateResource" in policy && typeof policy.validateResource === "function") {
      policy.validateResource(args as unknown as ResourceValidationArgs, (message) => messages.push(message));
    }
    return messages;
  }

  const settings = { maxDays: 1, acceptRotation: true };

  test("sees what isn't known as hidden, at any depth, and reports the rest", () => {
    const unknown = { name: unknownValue, state: "active", rotation: { every: unknownValue } };
    expect(reported(keyLifetime, unknown, settings)).toEqual([]);
    expect(reported(keyLifetime, { ...unknown, rotation: null }, settings)).toEqual([
      expect.stringMatching(/^ApiKey it has no end date/),
    ]);
  });

  test("refuses a setting that its rule doesn't have", () => {
    expect(() => reported(keyLifetime, {}, { maxDay: 1 })).toThrow(
      "key-lifetime has no setting maxDay; its settings are maxDays, acceptRotation.",
    );
  });

  test("of a stack sees what a property depends on, and reports at the resource", () => {
    const user = shown("User", { email: unknownValue, kind: "person" });
    const key = {
      ...shown("ApiKey", { name: "Key", kind: "server", state: "active" }),
      propertyDependencies: { owner: [user] },
    };
    const other = {
      type: "aws:s3/bucket:Bucket",
      name: "b",
      urn: "urn of b",
      props: {},
      propertyDependencies: { owner: [user] },
    };
    const policy = policyOf(keysOfPeople);
    const reports: unknown[] = [];
    const resources = [key, other, { ...user, propertyDependencies: {} }];
    const args = { resources, getConfig: () => ({ deliveredKeys: true }) } as unknown as StackValidationArgs;
    if ("validateStack" in policy) {
      policy.validateStack(args, (message, urn) => reports.push([urn, message]));
    }
    expect(reports).toEqual([["urn of ApiKey", expect.stringContaining("its owner User it is a person")]]);
  });

  test("never gets a secret, at any depth", () => {
    const secret = (value: unknown) => ({ [runtime.specialSigKey]: runtime.specialSecretSig, value });
    const sent = { name: secret("a"), list: [secret({ b: 1 }), 2, null], map: { c: secret("c"), d: true } };
    expect(withoutSecrets(sent)).toEqual({
      name: unknownValue,
      list: [unknownValue, 2, null],
      map: { c: unknownValue, d: true },
    });
  });
});

test("every rule has a name of its own, and settings with defaults that the engine can check", () => {
  expect(new Set(rules.map(({ name }) => name)).size).toBe(rules.length);
  for (const { settings, enforcementLevel } of rules) {
    expect(["advisory", "mandatory"]).toContain(enforcementLevel);
    for (const setting of Object.values(
      settings as Readonly<Record<string, { type: string; default: unknown; description: string }>>,
    )) {
      expect(Array.isArray(setting.default) ? "array" : typeof setting.default).toBe(
        setting.type === "integer" ? "number" : setting.type,
      );
      expect(setting.description).toMatch(/\.$/);
    }
  }
});
