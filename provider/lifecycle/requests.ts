/** The requests that create and change an object, as a kind makes them of its arguments. */
import type { z } from "zod";
import { namesOf } from "../values/property.ts";
import { type PropertyMap, withFunctionsCalled, withoutNames, withoutNulls } from "../values/property-map.ts";
import { adoptBody } from "./adoption.ts";
import type { Args, Definition, RemoteObject } from "./definition.ts";
import { declaredValues } from "./left-out.ts";

/** The request that creates an object. */
export function creationOf<Shape extends z.ZodRawShape, Remote extends RemoteObject>(
  definition: Definition<Shape, Remote>,
  inputs: PropertyMap,
): { readonly path: string; readonly body: PropertyMap } {
  const args = inputs as Args<Shape>;
  const body = withoutNulls({
    ...withFunctionsCalled(settableOf(definition, inputs)),
    ...definition.createOnly?.(args),
    ...actionsOf(definition, inputs),
    ...adoptBody(inputs),
  });
  return { path: definition.collection(args), body: withoutNames(body, definition.credential?.notCreated ?? []) };
}

/**
 * The body of the request that updates an object.
 *
 * @param changed the names of the changed arguments
 */
export function updateOf<Shape extends z.ZodRawShape, Remote extends RemoteObject>(
  definition: Definition<Shape, Remote>,
  inputs: PropertyMap,
  changed: ReadonlySet<string>,
): PropertyMap {
  return withFunctionsCalled({ ...settableOf(definition, inputs), ...actionsOf(definition, inputs) }, changed);
}

function settableOf<Shape extends z.ZodRawShape, Remote extends RemoteObject>(
  { args, settable }: Definition<Shape, Remote>,
  inputs: PropertyMap,
): PropertyMap {
  return {
    ...declaredValues(args, inputs, (all) => settable(all as Args<Shape>)),
    externalId: inputs.externalId ?? null,
  };
}

/** The actions that the service performs. It compares their values, so numbers are sent as text. */
function actionsOf<Shape extends z.ZodRawShape, Remote extends RemoteObject>(
  { args, credential }: Definition<Shape, Remote>,
  inputs: PropertyMap,
): PropertyMap {
  const actions = credential === undefined ? namesOf(args, ({ change }) => change === "action") : [];
  return Object.fromEntries(
    actions.filter((name) => inputs[name] !== undefined).map((name) => [name, String(inputs[name])]),
  );
}
