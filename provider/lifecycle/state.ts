/** The state of a resource, from the object that the service returns. */
import type { z } from "zod";
import { PartialError } from "../errors.ts";
import { type PropertyMap, withoutNames, withoutNulls } from "../values/property-map.ts";
import type { ApiResponse } from "../wire/client.ts";
import type { Args, Definition, RemoteObject, WriteResult } from "./definition.ts";
import { leavesOmitted, observedArgs } from "./left-out.ts";

/**
 * Makes the state of a resource.
 *
 * @param args the declared arguments; what they leave out is read back only as far as `observedArgs` says
 * @param once the once-only outputs, and the rest of the earlier state
 */
export function stateOf<Shape extends z.ZodRawShape, Remote extends RemoteObject>(
  definition: Definition<Shape, Remote>,
  args: PropertyMap,
  { body, etag, service }: ApiResponse<Remote>,
  once: PropertyMap,
): PropertyMap {
  const kept = Object.fromEntries(
    [...(definition.credential?.onceOnly ?? []), "__run"].map((name) => [name, once[name]]),
  );
  // If another stack has taken over the object, the next change reports it.
  const externalId = body.externalId === null ? null : (args.externalId ?? body.externalId);
  const read = definition.readArgs(body, args);
  const observed = leavesOmitted(args) ? observedArgs(definition.args, read, args) : read;
  const outputs = { ...definition.readOutputs(body, kept, args as Args<Shape>), adopted: body.adopted, etag };
  const __service = service ?? once.__service;
  return withoutNulls({ ...kept, ...args, ...observed, externalId, ...outputs, __service });
}

/**
 * Makes the state after a create or an update.
 *
 * @param make makes the state with the arguments that took effect
 * @throws PartialError if the result is incomplete
 */
export function completeState<Remote>(
  id: string,
  args: PropertyMap,
  { unfinished }: WriteResult<Remote>,
  make: (done: PropertyMap) => PropertyMap,
): PropertyMap {
  if (unfinished === undefined) {
    return make(args);
  }
  throw new PartialError(id, make(withoutNames(args, unfinished.lacks)), [unfinished.reason]);
}
