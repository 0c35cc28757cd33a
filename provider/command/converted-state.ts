/** An exported state, with the resources of one front as those of the other. Ids, names and secrets stay as they are. */
import { randomUUID } from "node:crypto";
import { z } from "zod";
import { asDynamic, asNative, kindOfType, providerStringOf } from "../lifecycle/resource-type.ts";
import { isRecord, type PropertyMap, withoutNames } from "../values/property-map.ts";

/** What declares the resources of a stack: the dynamic provider, or the native plugin. */
export const fronts = ["dynamic", "native"] as const;
/** One of {@link fronts}. */
export type Front = (typeof fronts)[number];

const resourceShape = z.looseObject({
  urn: z.string(),
  type: z.string(),
  custom: z.boolean().optional(),
  inputs: z.record(z.string(), z.unknown()).optional(),
  outputs: z.record(z.string(), z.unknown()).optional(),
});
type Resource = z.infer<typeof resourceShape>;

const documentShape = z.looseObject({
  version: z.number(),
  deployment: z.looseObject({
    resources: z.array(resourceShape).default([]),
    pending_operations: z.array(z.unknown()).default([]),
  }),
});

/** What only the dynamic provider has among the properties of a resource. */
const dynamicOnly = ["__provider"];

/** A converted state. */
export interface ConvertedState {
  readonly document: object;
  /** The number of converted resources. */
  readonly count: number;
}

/**
 * Converts a state.
 *
 * @param document what `pulumi stack export` has written
 * @throws Error if it is something else, or if operations are pending
 */
export function convertedState(document: unknown, to: Front): ConvertedState {
  const { data } = documentShape.safeParse(document);
  if (data === undefined) {
    throw new Error("this is not a state: pass what `pulumi stack export` has written.");
  }
  const { resources, pending_operations: pending, ...deployment } = data.deployment;
  if (pending.length > 0) {
    throw new Error("the state contains operations that an update has not completed: run `pulumi refresh` first.");
  }
  const typeOf = to === "native" ? asNative : asDynamic;
  const isConverted = ({ type }: Resource) => kindOfType(type) !== undefined && typeOf(type) !== type;
  const count = resources.filter(isConverted).length;
  const provider = count === 0 ? undefined : providerFor(resources, to);
  const converted = resources.map((resource) => {
    const { inputs, outputs, ...rest } = resource;
    const moved = renamed(rest, typeOf) as Omit<Resource, "inputs" | "outputs">;
    const own = (values: PropertyMap | undefined) => values && propertiesFor(values, resource, to);
    return isConverted(resource)
      ? { ...moved, provider: provider?.reference, inputs: own(inputs), outputs: own(outputs) }
      : { ...moved, inputs, outputs };
  });
  const [stack, ...others] = converted;
  const all = [stack, ...(provider?.isNew === true ? [provider.resource] : []), ...others].filter(
    (one) => one !== undefined,
  );
  return { document: { ...data, deployment: { ...deployment, resources: all } }, count };
}

/** The default provider of a front, as the engine keeps it in a state. The next update configures it. */
function providerFor(resources: readonly Resource[], to: Front) {
  const type = `pulumi:providers:${to === "native" ? "roster" : "pulumi-nodejs"}`;
  const existing = resources.find((one) => one.type === type && one.urn.endsWith("::default"));
  const [stackUrn = ""] = resources.map(({ urn }) => urn);
  const urn = `${stackUrn.split("::").slice(0, 2).join("::")}::${type}::default`;
  const resource = existing ?? { urn, custom: true, id: randomUUID(), type, inputs: {}, outputs: {} };
  return { resource, isNew: existing === undefined, reference: `${resource.urn}::${String(resource.id)}` };
}

function propertiesFor(values: PropertyMap, { type }: Resource, to: Front): PropertyMap {
  const shared = withoutNames(values, dynamicOnly);
  return to === "native" ? shared : { ...shared, __provider: providerStringOf(kindOfType(type) ?? "") };
}

/** A part of a resource, with each type that it names converted: in its own URN and in those of others. */
function renamed(value: unknown, typeOf: (type: string) => string): unknown {
  if (typeof value === "string") {
    return value.startsWith("urn:pulumi:") ? renamedUrn(value, typeOf) : typeOf(value);
  }
  if (Array.isArray(value)) {
    return value.map((one) => renamed(one, typeOf));
  }
  return isRecord(value)
    ? Object.fromEntries(Object.entries(value).map(([name, one]) => [name, renamed(one, typeOf)]))
    : value;
}

function renamedUrn(urn: string, typeOf: (type: string) => string): string {
  const [stack, project, types = "", ...name] = urn.split("::");
  return [stack, project, types.split("$").map(typeOf).join("$"), ...name].join("::");
}
