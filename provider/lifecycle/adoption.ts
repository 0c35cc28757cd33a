/** Adoption: taking over an object that exists already, and showing at preview what that changes. */
import { isOfOneStack, setIn } from "roster-schema";
import { z } from "zod";
import { ApiError } from "../errors.ts";
import { declaredPart, isRecord, type PropertyMap } from "../values/property-map.ts";
import { containsUnknown, unknownValue } from "../values/unknown.ts";
import type { Client } from "../wire/client.ts";
import type { Definition, RemoteObject } from "./definition.ts";
import { ownRemedy } from "./name-conflicts.ts";
import type { CheckFailure } from "./shape.ts";

/** The arguments that control the adoption of any kind. */
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
      "What destroying an adopted object does: `restore`, the default, releases it and restores what it was; `delete` deletes it.",
    plain: true,
    schemaName: "OnDestroy",
  }),
};

/** The same, with the differences that check looks up. */
export const adoptionShape = {
  ...adoptionArgs,
  adopts: z
    .record(z.string(), z.string())
    .optional()
    .describe("How adoption changed the object, by property, if it was adopted."),
};

/** Whether a create with these inputs adopts an existing object. */
export function wantsAdoption({ adopt }: PropertyMap): boolean {
  return adopt === true || adopt === "force";
}

/** Whether it also adopts an object that another stack manages. */
export function wantsForce({ adopt }: PropertyMap): boolean {
  return adopt === "force";
}

/** Whether a replacement releases an adopted object, which continues to exist with its name, and doesn't adopt it again. */
export function isReleased(state: PropertyMap, inputs: PropertyMap): boolean {
  return state.adopted === true && state.onDestroy !== "delete" && !wantsAdoption(inputs);
}

/** Why such a replacement is refused if it has the same name, and what to do. */
export function releaseReason(name: string): string {
  return (
    `the object was adopted, so replacing it releases it instead of deleting it, and no other object can have the same ${name}. ` +
    `Set \`onDestroy: "delete"\` in a separate update first, so that replacing deletes the object, or change ${name} as well`
  );
}

/** The part of a create's body that asks for adoption. */
export function adoptBody(inputs: PropertyMap): PropertyMap {
  return wantsAdoption(inputs) ? { adopt: inputs.adopt === true ? "unmanaged" : "force" } : {};
}

/** What a create with `adopt` would adopt. */
export interface Compared {
  /** The id of the object, if there is one and it can be looked up. A set has an id of its own, and not that of its entries. */
  readonly id?: string;
  /** The inputs, with the differences under `adopts` if there is an object. */
  readonly inputs: PropertyMap;
  /** What can't be adopted. */
  readonly failures: readonly CheckFailure[];
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
 * @returns how adopting changes it under `adopts`, by property, such as `viewer => editor`; neither an id nor `adopts` if there is
 * nothing to adopt, or if it can't be looked up yet
 */
export async function compareForAdoption<Shape extends z.ZodRawShape, Remote extends RemoteObject>(
  client: Client,
  definition: Definition<Shape, Remote>,
  inputs: PropertyMap,
  { fixed, isSame }: Comparison,
): Promise<Compared> {
  const remote = await findExisting(client, definition, inputs);
  if (remote === undefined || (remote.externalId === inputs.externalId && !remote.adopted)) {
    return { inputs, failures: [] };
  }
  if (setIn(remote.externalId ?? "") !== "" && isOwn(remote.externalId, inputs.externalId)) {
    // If the set doesn't declare it any more, it is moved rather than adopted.
    return { inputs, failures: [] };
  }
  if (remote.externalId !== null && remote.externalId !== inputs.externalId && inputs.adopt !== "force") {
    const remedy = { elsewhere: "release it there", here: 'or take it over with `adopt: "force"`' };
    return { inputs, failures: [{ property: "adopt", reason: managedReason(remote, inputs, remedy) }] };
  }
  const all = { ...definition.readArgs(remote, inputs), ...definition.readImmutableArgs?.(remote) };
  // What the program leaves out stays as it is.
  const declared = Object.entries(all).filter(([name]) => inputs[name] !== undefined);
  const observed: PropertyMap = Object.fromEntries(
    declared.map(([name, value]) => [name, declaredPart(value, inputs[name])]),
  );
  const different = Object.keys(observed).filter(
    (name) => !containsUnknown(inputs[name]) && !isSame(name, observed[name] ?? undefined, inputs[name]),
  );
  const failures = different
    .filter((name) => fixed.includes(name))
    .map((name) => ({
      property: name,
      reason: `${remote.id} has ${textOf(observed[name])}, which can't be changed: declare that value, or create another object`,
    }));
  const changes = different.flatMap((name) => changesOf(name, observed[name], inputs[name]));
  return { id: remote.id, inputs: { ...inputs, adopts: Object.fromEntries(changes) }, failures };
}

/** Finds the live object with the natural key of a declaration; undefined if there is none that the token can read. */
export async function findExisting<Shape extends z.ZodRawShape, Remote extends RemoteObject>(
  client: Client,
  definition: Definition<Shape, Remote>,
  inputs: PropertyMap,
): Promise<Remote | undefined> {
  const args = inputs as z.infer<z.ZodObject<Shape>>;
  const naturalKey = definition.naturalKey(args);
  const path = definition.collection(args);
  return await ifReadable([path, naturalKey], async () => {
    const found = await findAll(client, definition, args);
    // Ended records stay listed before their successors: a member who was removed, or left, and was added again.
    return found.find((remote) => isLive(definition, remote));
  });
}

/** Finds the objects with the natural key of a declaration, including ended ones. */
export async function findAll<Shape extends z.ZodRawShape, Remote extends RemoteObject>(
  client: Client,
  { alwaysAdopts, collection, naturalKey, remote }: Definition<Shape, Remote>,
  args: z.infer<z.ZodObject<Shape>>,
): Promise<readonly Remote[]> {
  return alwaysAdopts === true
    ? [(await client.find(collection(args), remote)).body]
    : await client.list(collection(args), naturalKey(args), remote);
}

/**
 * Looks up what a create would adopt.
 *
 * @param where what the request says: if a part of it isn't known yet, there is nothing to look up
 * @returns undefined if there is nothing that can be looked up
 */
export async function ifReadable<Found>(where: unknown, ask: () => Promise<Found>): Promise<Found | undefined> {
  // If the parent doesn't exist yet, what belongs to it can't exist either. A path may contain an unknown id.
  if (JSON.stringify(where).includes(unknownValue)) {
    return undefined;
  }
  try {
    return await ask();
  } catch (error) {
    // A token that can't look it up may still be able to adopt it; otherwise, `up` reports the reason.
    if (error instanceof ApiError && (error.status === 403 || error.status === 404)) {
      return undefined;
    }
    throw error;
  }
}

/**
 * Explains who manages an object that a create would adopt: another stack, or this one under another resource's name.
 *
 * @param remedy what to do if another stack manages it, and what to do in either case
 */
export function managedReason(
  { id, externalId }: Pick<RemoteObject, "id" | "externalId">,
  inputs: PropertyMap,
  remedy: { readonly elsewhere: string; readonly here: string },
): string {
  const isOwn = externalId !== null && isOfOneStack(externalId, String(inputs.externalId));
  return isOwn
    ? `this stack already manages ${id} under another resource's name. ${ownRemedy} Otherwise remove the other resource, ${remedy.here}`
    : `another stack manages ${id} as ${externalId}: ${remedy.elsewhere}, ${remedy.here}`;
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

/** Whether the service refuses a change because the object has another manager by now. */
export function isManagedElsewhere(error: unknown): error is ApiError {
  return error instanceof ApiError && error.code === "managed_elsewhere";
}

/** Whether an object belongs to a resource of the same stack, according to its externalId. */
export function isOwn(externalId: string | null | undefined, own: unknown): boolean {
  return typeof externalId === "string" && typeof own === "string" && isOfOneStack(externalId, own);
}

/** How a value changes; member by member if both values are objects. */
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
