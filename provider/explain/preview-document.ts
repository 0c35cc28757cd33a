/**
 * Reads what `pulumi preview --json` prints. The engine gives that format no version, so a test runs the real engine to notice
 * when it changes.
 */
import { stripVTControlCharacters } from "node:util";
import { z } from "zod";
import { lifecycleOf } from "../kinds/registry.ts";
import type { Lifecycle } from "../lifecycle/interface.ts";
import { resourceOf } from "../lifecycle/resource-type.ts";
import type { PropertyMap } from "../values/property-map.ts";

/** A resource before the change. */
export interface Before {
  readonly id: string;
  readonly inputs: PropertyMap;
  readonly state: PropertyMap;
  /** The resources that it depends on, by URN. */
  readonly dependencies: readonly string[];
}

/** A resource after the change. */
export interface After {
  readonly inputs: PropertyMap;
  /** The resources that each input depends on, by URN. */
  readonly dependenciesOf: Readonly<Record<string, readonly string[]>>;
}

/** What a preview shows about one resource. */
interface Shown {
  readonly urn: string;
  /** The name in the program. */
  readonly name: string;
  readonly lifecycle: Lifecycle;
}

/** A resource that an update would create, change, replace or delete. */
export type Change = Shown &
  (
    | { readonly does: "create"; readonly before: undefined; readonly after: After }
    | { readonly does: "update" | "replace"; readonly before: Before; readonly after: After }
    | { readonly does: "delete"; readonly before: Before; readonly after: undefined }
  );

/** A changed resource as the refresh found it; without `after` if the object no longer exists. */
export interface Refreshed extends Shown {
  readonly before: Before;
  readonly after: Before | undefined;
}

/** A resource that the preview shows nothing about except that the state contains it. */
export interface Unshown extends Shown {
  readonly before: Before;
}

/** A preview, as far as it is about resources of this package. */
export interface Preview {
  readonly project: string;
  readonly stack: string;
  /** In the order in which the engine would make them. */
  readonly changes: readonly Change[];
  /** What the refresh found; empty without `--refresh`. */
  readonly refreshed: readonly Refreshed[];
  /**
   * The resources that don't change and, without telling them apart, those that the program no longer declares and that are deleted
   * because an object that they belong to is replaced; empty without `--refresh`.
   */
  readonly unshown: readonly Unshown[];
  /** The errors with which the preview failed. */
  readonly errors: readonly string[];
}

/** The text that the preview shows in place of a secret. */
export const maskedSecret = "[secret]";

const properties = z.record(z.string(), z.unknown());

const stateShape = z.object({
  id: z.string().optional(),
  inputs: properties.default({}),
  outputs: properties.default({}),
  dependencies: z.array(z.string()).default([]),
  propertyDependencies: z.record(z.string(), z.array(z.string()).nullable()).default({}),
});

const documentShape = z.object({
  steps: z.array(
    z.object({
      op: z.string(),
      urn: z.string(),
      oldState: stateShape.optional(),
      newState: stateShape.optional(),
    }),
  ),
  diagnostics: z.array(z.object({ severity: z.string(), message: z.string() })).default([]),
});

type State = z.infer<typeof stateShape>;

/**
 * Reads a preview.
 *
 * @param text what `pulumi preview --json` printed, with or without `--refresh`
 * @throws Error if it has another form
 */
export function readPreview(text: string): Preview {
  const { steps, diagnostics } = parsed(text);
  const [, stack = "", project = ""] = /^urn:pulumi:([^:]*)::([^:]*)::/.exec(steps[0]?.urn ?? "") ?? [];
  const changes: Change[] = [];
  const refreshed: Refreshed[] = [];
  const stored = new Map<string, Unshown>();
  for (const { op, urn, oldState, newState } of steps) {
    const resource = resourceOf(urn);
    if (resource === undefined) {
      continue;
    }
    const shown = { urn, name: resource.name, lifecycle: lifecycleOf(resource.kind) };
    const before = oldState && beforeOf(oldState);
    if (op === "refresh" && before !== undefined) {
      stored.set(urn, { ...shown, before });
    }
    const change = changeOf(op, before, newState && afterOf(newState));
    if (change === undefined) {
      continue;
    }
    changes.push({ ...shown, ...change });
    // The step of the refresh shows what the state contains, and only the step after it what the refresh found.
    const known = stored.get(urn);
    if (known !== undefined) {
      refreshed.push({ ...known, after: before });
      stored.delete(urn);
    }
  }
  const errors = diagnostics
    .filter(({ severity }) => severity === "error")
    .map(({ message }) => stripVTControlCharacters(message).trim());
  return { project, stack, changes, refreshed, unshown: [...stored.values()], errors };
}

/** Whether a value, or anything inside it, is a secret that the preview doesn't show. */
export function containsMasked(value: unknown): boolean {
  if (typeof value === "object" && value !== null) {
    return Object.values(value).some(containsMasked);
  }
  return value === maskedSecret;
}

function parsed(text: string): z.infer<typeof documentShape> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new Error(
      "the preview is not JSON: write it with `pulumi preview --refresh --json > preview.json`, without other output.",
    );
  }
  const { data, error } = documentShape.safeParse(json);
  if (data === undefined) {
    const [issue] = error.issues;
    throw new Error(
      `the preview has another form than \`pulumi preview --json\` of this version writes, at ${issue?.path.join(".")}: ${issue?.message}.`,
    );
  }
  return data;
}

function changeOf(op: string, before: Before | undefined, after: After | undefined) {
  if (op === "create" && after !== undefined) {
    return { does: op, before: undefined, after } as const;
  }
  if ((op === "update" || op === "replace") && before !== undefined && after !== undefined) {
    return { does: op, before, after } as const;
  }
  return op === "delete" && before !== undefined ? ({ does: op, before, after: undefined } as const) : undefined;
}

function beforeOf({ id = "", inputs, outputs, dependencies }: State): Before {
  return { id, inputs: withoutProvider(inputs), state: withoutProvider(outputs), dependencies };
}

function afterOf({ inputs, propertyDependencies }: State): After {
  const entries = Object.entries(propertyDependencies).map(([name, urns]) => [name, urns ?? []] as const);
  return { inputs: withoutProvider(inputs), dependenciesOf: Object.fromEntries(entries) };
}

function withoutProvider({ __provider, ...rest }: PropertyMap): PropertyMap {
  return rest;
}
