/** What a rule is. */
import type { PolicyConfigSchema } from "@pulumi/policy";
import type { Kind, Resource } from "./resources.ts";

/** A setting of a rule, as the engine checks it. If a configuration leaves it out, it has the default. */
type Setting<Value> = PolicyConfigSchema["properties"][string] & {
  readonly description: string;
  readonly default: Value;
};

/** What every rule has. */
interface Described<Settings extends object> {
  /** Its name in configurations. */
  readonly name: string;
  /** What it reports, in a sentence. */
  readonly description: string;
  /** What a violation does if the configuration doesn't say it. */
  readonly enforcementLevel: "advisory" | "mandatory";
  readonly settings: { readonly [Name in keyof Settings]: Setting<Settings[Name]> };
  /** What it reads, and what it therefore can't see, in sentences for the documentation. */
  readonly sees: string;
}

/** A rule about one resource. It reports a violation before the resource is created or changed. */
export interface ResourceRule<Settings extends object = object> extends Described<Settings> {
  /** The kinds of resources that it checks. */
  readonly kinds: readonly Kind[];
  /** Returns a message for a person if the resource violates the rule. */
  check(resource: Resource, settings: Settings, now: Date): string | undefined;
}

/** A violation by several resources together. */
export interface Violation {
  readonly message: string;
  /** The resource at which the engine shows it. */
  readonly at: Resource;
}

/** A rule about all resources of a stack together. It reports violations at the end of a preview, and at the end of an update. */
export interface StackRule<Settings extends object = object> extends Described<Settings> {
  /** Returns the violations by the resources of a stack. */
  checkStack(resources: readonly Resource[], settings: Settings): readonly Violation[];
}

/** A rule of the pack. */
export type Rule = ResourceRule | StackRule;
