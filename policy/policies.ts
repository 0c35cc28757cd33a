/** Makes policies of the SDK from rules, and shows them the resources of a stack. */
import {
  type Policies,
  type PolicyResource,
  type ResourceValidation,
  type StackValidation,
  UnknownValueError,
} from "@pulumi/policy";
import { hidden, kindOfType, propertiesOfKinds, type Resource } from "./resources.ts";
import type { ResourceRule, Rule, StackRule } from "./rule.ts";

/** A resource as the SDK shows it to a rule. */
type Shown = Pick<PolicyResource, "type" | "name" | "urn" | "props">;

/** Makes a policy of a rule. */
export function policyOf(rule: Rule): Policies[number] {
  const { name, description, enforcementLevel, settings } = rule;
  const policy = { name, description, enforcementLevel, configSchema: { properties: { ...settings } } };
  return "check" in rule
    ? { ...policy, validateResource: validateResource(rule) }
    : { ...policy, validateStack: validateStack(rule) };
}

function validateResource(rule: ResourceRule): ResourceValidation {
  return (args, report) => {
    const resource = resourceOf(args);
    if (resource === undefined || !rule.kinds.includes(resource.kind)) {
      return;
    }
    const message = rule.check(resource, settingsOf(rule, args.getConfig()), new Date());
    if (message !== undefined) {
      report(message);
    }
  };
}

function validateStack(rule: StackRule): StackValidation {
  return (args, report) => {
    for (const { message, at } of rule.checkStack(resourcesOf(args.resources), settingsOf(rule, args.getConfig()))) {
      report(message, at.urn);
    }
  };
}

/**
 * Returns the settings of a rule. The engine has checked the values and filled in the defaults, but ignores names that it doesn't know.
 *
 * @throws Error if the configuration has a setting that the rule doesn't have
 */
function settingsOf({ name, settings }: Rule, configured: object): object {
  const unknown = Object.keys(configured).find((setting) => !Object.hasOwn(settings, setting));
  if (unknown !== undefined) {
    const error = new Error(`${name} has no setting ${unknown}; its settings are ${Object.keys(settings).join(", ")}.`);
    // The SDK prints the stack of an error, in which a person finds nothing of the configuration.
    error.stack = error.message;
    throw error;
  }
  return configured;
}

/** Returns the Roster resources among those of a stack, each with those that its properties depend on. */
function resourcesOf(shown: readonly PolicyResource[]): Resource[] {
  const resources = new Map<string, Resource>();
  for (const each of shown) {
    const resource = resourceOf(each);
    if (resource !== undefined) {
      resources.set(resource.urn, resource);
    }
  }
  for (const { urn, propertyDependencies } of shown) {
    const references = resources.get(urn)?.references;
    if (references !== undefined) {
      Object.assign(references, referencesOf(propertyDependencies, resources));
    }
  }
  // The engine has no order of its own, and messages shouldn't change from one run to the next.
  return [...resources.values()].toSorted((one, other) => (one.urn < other.urn ? -1 : 1));
}

function referencesOf(
  dependencies: PolicyResource["propertyDependencies"],
  resources: ReadonlyMap<string, Resource>,
): Resource["references"] {
  const entries = Object.entries(dependencies).map(([property, targets]) => [
    property,
    targets.map(({ urn }) => resources.get(urn)).filter((target) => target !== undefined),
  ]);
  return Object.fromEntries(entries);
}

/** Returns a resource as rules see it; undefined if no rule reads its type. */
function resourceOf({ type, name, urn, props }: Shown): Resource | undefined {
  const kind = kindOfType(type);
  if (kind === undefined) {
    return undefined;
  }
  const properties = Object.fromEntries(
    propertiesOfKinds[kind].map((property) => [property, visible(() => props[property])]),
  );
  return { kind, name, urn, properties, references: {} };
}

/** Returns a value with `hidden` in place of each unknown value: the SDK throws when one is read. */
function visible(read: () => unknown): unknown {
  let value: unknown;
  try {
    value = read();
  } catch (error) {
    if (error instanceof UnknownValueError) {
      return hidden;
    }
    throw error;
  }
  if (Array.isArray(value)) {
    return Array.from({ length: value.length }, (_, at) => visible(() => value[at]));
  }
  if (typeof value !== "object" || value === null) {
    return value ?? undefined;
  }
  const parts = value as Readonly<Record<string, unknown>>;
  return Object.fromEntries(Object.keys(parts).map((name) => [name, visible(() => parts[name])]));
}
