/** Adoption: taking over an object that is there already, and showing at preview what that changes. */
import { isOfOneStack } from "roster-schema";
import { z } from "zod";
import { ApiError } from "../errors.ts";
import { isRecord, type PropertyMap } from "../values/property-map.ts";
import { containsUnknown, unknownValue } from "../values/unknown.ts";
import type { Client } from "../wire/client.ts";
import type { Definition, RemoteObject } from "./definition.ts";
import { ownRemedy } from "./name-conflicts.ts";
import type { CheckFailure } from "./shape.ts";

/** The arguments by which every kind is adopted. */
export const adoptionArgs = {
  adopt: z
    .union([z.boolean(), z.literal("force")], 'it must be true, false or "force"')
    .optional()
    .meta({
      description:
        "Takes over the object if it exists already; `force` also takes over one that another stack manages.",
      plain: true,
    }),
  onDestroy: z.enum(["restore", "delete"]).optional().meta({
    description:
      "What destroying an adopted object does: `restore`, the default, lets go of it and restores what it was; `delete` deletes it.",
    plain: true,
  }),
};

/** The same, with what check looks up by itself. */
export const adoptionShape = { ...adoptionArgs, adopts: z.record(z.string(), z.string()).optional() };

/** Whether a create with these inputs adopts what is there. */
export function wantsAdoption({ adopt }: PropertyMap): boolean {
  return adopt === true || adopt === "force";
}

/** Whether it adopts also what another stack manages. */
export function wantsForce({ adopt }: PropertyMap): boolean {
  return adopt === "force";
}

/** Whether a replacement lets go of an adopted object, which lives on and keeps its name, and doesn't adopt it again. */
export function isReleased(state: PropertyMap, inputs: PropertyMap): boolean {
  return state.adopted === true && state.onDestroy !== "delete" && !wantsAdoption(inputs);
}

/** Why such a replacement is refused where it would have the same name, and what to do. */
export function releaseReason(name: string): string {
  return (
    `the object was adopted, so replacing it gives it back and does not end it, and no other can have the same ${name}. ` +
    `Set \`onDestroy: "delete"\` in an update of its own first, with which replacing ends the object, or change ${name} as well`
  );
}

/** What a create says of adoption to the service. */
export function adoptBody(inputs: PropertyMap): PropertyMap {
  return wantsAdoption(inputs) ? { adopt: inputs.adopt === true ? "unmanaged" : "force" } : {};
}

/** How the arguments of a kind are compared with an object. */
interface Comparison {
  /** The arguments that can't be changed in place. */
  readonly fixed: readonly string[];
  isSame(name: string, before: unknown, now: unknown): boolean;
}

/**
 * Looks up the object that a create would adopt.
 *
 * @returns how adopting changes it, by property, as `viewer => editor`; undefined where there is nothing to adopt, or
 * nothing that can be looked up yet
 */
export async function compareForAdoption<Shape extends z.ZodRawShape, Remote extends RemoteObject>(
  client: Client,
  definition: Definition<Shape, Remote>,
  inputs: PropertyMap,
  { fixed, isSame }: Comparison,
): Promise<{ readonly adopts?: PropertyMap; readonly failures: readonly CheckFailure[] }> {
  const remote = await lookUp(client, definition, inputs);
  if (remote === undefined || (remote.externalId === inputs.externalId && !remote.adopted)) {
    return { failures: [] };
  }
  if (remote.externalId !== null && remote.externalId !== inputs.externalId && inputs.adopt !== "force") {
    const remedy = { elsewhere: "let go of it there", here: 'or take it over with `adopt: "force"`' };
    return { failures: [{ property: "adopt", reason: managedReason(remote, inputs, remedy) }] };
  }
  const observed = { ...definition.readArgs(remote, inputs), ...definition.readImmutableArgs?.(remote) };
  const different = Object.keys(observed).filter(
    (name) => !containsUnknown(inputs[name]) && !isSame(name, observed[name] ?? undefined, inputs[name]),
  );
  const failures = different
    .filter((name) => fixed.includes(name))
    .map((name) => ({
      property: name,
      reason: `${remote.id} has ${textOf(observed[name])}, which can't be changed: adopt it as it is, or declare another one`,
    }));
  const changes = different.flatMap((name) => changesOf(name, observed[name], inputs[name]));
  return { adopts: Object.fromEntries(changes), failures };
}

async function lookUp<Shape extends z.ZodRawShape, Remote extends RemoteObject>(
  client: Client,
  definition: Definition<Shape, Remote>,
  inputs: PropertyMap,
): Promise<Remote | undefined> {
  const args = inputs as z.infer<z.ZodObject<Shape>>;
  const naturalKey = definition.naturalKey(args);
  const path = definition.collection(args);
  // What belongs to an object that isn't there yet can't be there either.
  if (path.includes(unknownValue) || containsUnknown(naturalKey)) {
    return undefined;
  }
  try {
    const found = await client.list(path, naturalKey, definition.remote);
    // What is over stays listed, before what has followed it: a member who was removed, or left, and was added again.
    return found.find((remote) => isLive(definition, remote));
  } catch (error) {
    // Who may not look it up may adopt it all the same, or is told at `up` why not.
    if (error instanceof ApiError && (error.status === 403 || error.status === 404)) {
      return undefined;
    }
    throw error;
  }
}

/**
 * Says who manages an object that a create would adopt: another stack, or this one under another resource's name.
 *
 * @param remedy what to do where it is another stack's, and what in any case
 */
export function managedReason(
  { id, externalId }: Pick<RemoteObject, "id" | "externalId">,
  inputs: PropertyMap,
  remedy: { readonly elsewhere: string; readonly here: string },
): string {
  const isOwn = externalId !== null && isOfOneStack(externalId, String(inputs.externalId));
  return isOwn
    ? `this stack manages ${id} already, under another resource's name. ${ownRemedy} Otherwise remove the other resource, ${remedy.here}`
    : `another stack manages ${id}, as ${externalId}: ${remedy.elsewhere}, ${remedy.here}`;
}

/**
 * Whether an object is in use, rather than kept as a record: it is not deleted, and has not ended. A member who has left is no
 * longer a member, although the stack keeps the record.
 */
export function isLive<Remote extends RemoteObject>(
  { isDeleted }: { isDeleted?(remote: Remote): boolean },
  remote: Remote,
): boolean {
  return isDeleted?.(remote) !== true && !("endedAt" in remote && remote.endedAt !== null);
}

/** Whether the service refuses a change because another manager has the object by now. */
export function isManagedElsewhere(error: unknown): error is ApiError {
  return error instanceof ApiError && error.code === "managed_elsewhere";
}

/** Whether an object is another resource's of the same stack, by the externalId that it has. */
export function isOwn(externalId: string | null | undefined, own: unknown): boolean {
  return typeof externalId === "string" && typeof own === "string" && isOfOneStack(externalId, own);
}

/** How a value changes, member by member where both are objects. */
function changesOf(name: string, before: unknown, now: unknown): [string, string][] {
  if (!isRecord(before) || !isRecord(now)) {
    return [[name, `${textOf(before)} => ${textOf(now)}`]];
  }
  return [...new Set([...Object.keys(before), ...Object.keys(now)])]
    .filter((member) => JSON.stringify(before[member] ?? null) !== JSON.stringify(now[member] ?? null))
    .map((member) => [`${name}.${member}`, `${textOf(before[member])} => ${textOf(now[member])}`]);
}

function textOf(value: unknown): string {
  return value === undefined || value === null ? "none" : typeof value === "string" ? value : JSON.stringify(value);
}
