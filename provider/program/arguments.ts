/** What a program gives, made ready for the engine: the one place that looks into values that Pulumi wraps. */
import * as pulumi from "@pulumi/pulumi";
import type { Lifecycle } from "../lifecycle/interface.ts";
import { isRecord, type PropertyMap } from "../values/property-map.ts";

/** A resource, or the identifier of one. */
export type Reference<Resource extends pulumi.CustomResource> = pulumi.Input<string> | Resource;

/** Whether a value is known later. */
export function isEventual(value: unknown): value is pulumi.Output<unknown> | Promise<unknown> {
  return pulumi.Output.isInstance(value) || value instanceof Promise;
}

/**
 * The arguments as the kind has them: resources by their ids, everything else in its normal form.
 *
 * @param resource names the resource in errors, as `User ada`
 * @throws DeclarationError if a value has no normal form
 */
export function normalized(lifecycle: Lifecycle, resource: string, args: object): PropertyMap {
  const entries = Object.entries(args).map(([name, value]): [string, unknown] => {
    const normalize = lifecycle.normalize[name];
    if (normalize === undefined) return [name, withIds(value)];
    const normal = (known: unknown) => normalize(withIds(known), resource);
    return [name, isEventual(value) ? pulumi.output(value as pulumi.Input<object>).apply(normal) : normal(value)];
  });
  return Object.fromEntries(entries);
}

/** A value with the id of each resource in the resource's place. */
function withIds(value: unknown): unknown {
  if (pulumi.CustomResource.isInstance(value)) return value.id;
  if (Array.isArray(value)) return value.map(withIds);
  if (!isRecord(value) || ![Object.prototype, null].includes(Object.getPrototypeOf(value))) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withIds(member)]));
}
