/** Changes of an object with secrets that go beyond setting values, such as a rotation. */
import type { z } from "zod";
import { PartialError, RosterError } from "../errors.ts";
import type { PropertyMap } from "../values/property-map.ts";
import type { Client } from "../wire/client.ts";
import type { Args, Definition, RemoteObject, WriteResult } from "./definition.ts";
import { managedPath } from "./managed-path.ts";

/** An update of one object. */
interface ObjectUpdate {
  readonly id: string;
  readonly state: PropertyMap;
  readonly inputs: PropertyMap;
  /** The names of the changed arguments. */
  readonly changed: ReadonlySet<string>;
}

/**
 * Performs the changes of a kind with secrets, after its values were set.
 *
 * @param partial the error for what was set before this failed; undefined if nothing was
 */
export async function updateCredential<Shape extends z.ZodRawShape, Remote extends RemoteObject>(
  { credential, item }: Definition<Shape, Remote>,
  client: Client,
  { id, state, inputs, changed }: ObjectUpdate,
  partial: (error: RosterError) => PartialError | undefined,
): Promise<Partial<WriteResult<Remote>> | undefined> {
  try {
    const pathOf = (suffix: string) => managedPath(`${item(id)}${suffix}`, inputs);
    return await credential?.update(client, { state, args: inputs as Args<Shape>, changed, pathOf });
  } catch (error) {
    throw (error instanceof RosterError ? partial(error) : undefined) ?? error;
  }
}

/** The error of an update that set values before it failed. They are kept, so that the next `up` only has to do the rest. */
export function keptAfter(id: string, { message }: RosterError, state: PropertyMap): PartialError {
  const kept = "All other changes were applied: the next `up` continues with this one.";
  return new PartialError(id, state, [`${message}\n  ${kept}`]);
}
