/** Prepares the arguments of a program for the engine. Only this file inspects values that Pulumi wraps. */
import * as pulumi from "@pulumi/pulumi";
import type { Lifecycle } from "../lifecycle/interface.ts";
import { isRecord, type PropertyMap } from "../values/property-map.ts";

/** A resource, or its id. */
export type Reference<Resource extends pulumi.CustomResource> = pulumi.Input<string> | Resource;

/** Whether a value is an output or a promise. */
export function isEventual(value: unknown): value is pulumi.Output<unknown> | Promise<unknown> {
  return pulumi.Output.isInstance(value) || value instanceof Promise;
}

/**
 * Normalizes arguments: replaces resources by their ids, and everything else by its normal form.
 *
 * @param resource the resource, as errors name it, such as `User ada`
 * @throws DeclarationError if a value has no normal form
 */
export function normalized(lifecycle: Lifecycle, resource: string, args: object): PropertyMap {
  const entries = Object.entries(args).map(([name, value]): [string, unknown] => {
    const normalize = lifecycle.normalize[name];
    if (normalize === undefined) {
      return [name, withIds(value)];
    }
    const normal = (known: unknown) => normalize(withIds(known), resource);
    return [name, isEventual(value) ? pulumi.output(value as pulumi.Input<object>).apply(normal) : normal(value)];
  });
  return Object.fromEntries(entries);
}

/** Replaces each resource in a value by its id. */
function withIds(value: unknown): unknown {
  if (pulumi.CustomResource.isInstance(value)) {
    return value.id;
  }
  if (Array.isArray(value)) {
    return value.map(withIds);
  }
  if (!isRecord(value) || ![Object.prototype, null].includes(Object.getPrototypeOf(value))) {
    return value;
  }
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withIds(member)]));
}
