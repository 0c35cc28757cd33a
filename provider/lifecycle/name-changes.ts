/** The names of objects that must be unique within a scope, such as an organization. */
import { foldEmail } from "roster-schema";
import type { z } from "zod";
import { type PropertyMap, withoutNulls } from "../values/property-map.ts";
import { containsUnknown, unknownValue } from "../values/unknown.ts";
import type { Client } from "../wire/client.ts";
import type { ConflictRetry } from "../wire/retries.ts";
import { findAll, isLive } from "./adoption.ts";
import type { Args, Definition, RemoteObject } from "./definition.ts";
import { type ConflictingObject, NameConflicts } from "./name-conflicts.ts";
import type { NameChange, Registration, Registrations } from "./registrations.ts";

type Kind<Shape extends z.ZodRawShape, Remote extends RemoteObject> = Definition<Shape, Remote>;

/** What the other resources of a run need to know about a resource, compared with what was declared or known before. */
export function registrationOf<Shape extends z.ZodRawShape, Remote extends RemoteObject>(
  kind: Kind<Shape, Remote>,
  before: PropertyMap,
  inputs: PropertyMap,
  isReplaced: boolean,
): Registration {
  const { within, user, email } = kind.subjects ?? {};
  const names = nameChanges(kind, before, inputs, isReplaced);
  if (within === undefined) {
    return { names };
  }
  const argumentIn = (name: string | undefined) => (name === undefined ? undefined : inputs[name]);
  const person = { user: argumentIn(user), email: argumentIn(email) };
  return { names, scope: kind.collection(inputs as Args<Shape>), person };
}

/** The names that a resource changes or keeps, compared with what was declared or known before. */
function nameChanges<Shape extends z.ZodRawShape, Remote extends RemoteObject>(
  kind: Kind<Shape, Remote>,
  before: PropertyMap,
  inputs: PropertyMap,
  isReplaced: boolean,
): NameChange[] {
  const names: NameChange[] = [];
  const [now, then] = [inputs, before].map((values) => scopedName(kind, values));
  if (now !== undefined) {
    const isNamed = then?.scope === now.scope && kind.credential?.hasName(before) !== false;
    const from = isNamed ? then.name : undefined;
    const to = kind.credential?.hasName(inputs) === false ? undefined : now.name;
    names.push({ property: naturalKeyArgument(kind, inputs), scope: now.scope, from, to, isReplaced });
  }
  const [from, to] = [before.externalId, inputs.externalId];
  if (typeof from === "string" && typeof to === "string" && from !== to) {
    names.push({ property: "aliases", scope: kind.kind, from, to, isReplaced });
  }
  return names;
}

/** Whether an object that isn't deleted reserves a name in the scope of its replacement. */
export function isSameScope<Shape extends z.ZodRawShape, Remote extends RemoteObject>(
  kind: Kind<Shape, Remote>,
  before: PropertyMap,
  inputs: PropertyMap,
): boolean {
  const [then, now] = [before, inputs].map((values) => scopedName(kind, values)?.scope);
  return then !== undefined && then === now && kind.credential?.hasName(before) !== false;
}

/** The argument whose value an object that isn't deleted reserves, so that its replacement can't have it; undefined if there is none. */
export function conflictingArgument<Shape extends z.ZodRawShape, Remote extends RemoteObject>(
  kind: Kind<Shape, Remote>,
  before: PropertyMap,
  inputs: PropertyMap,
): string | undefined {
  const [then, now] = [before, inputs].map((values) => scopedName(kind, values)?.name);
  return isSameScope(kind, before, inputs) && then === now ? naturalKeyArgument(kind, inputs) : undefined;
}

/** The argument that determines the name of an object. */
function naturalKeyArgument<Shape extends z.ZodRawShape, Remote extends RemoteObject>(
  kind: Kind<Shape, Remote>,
  inputs: PropertyMap,
): string {
  const key = kind.naturalKey(inputs as Args<Shape>);
  return Object.keys(key).find((name) => key[name] !== undefined) ?? "";
}

/** The part of a create that takes over an object of the same stack: a move, so that it stays created or adopted as before. */
export const takingOver = { adopt: "force" };

/**
 * Sends a request that may conflict with the names of other objects.
 *
 * @param ask sends it, if given with more members in its body
 * @param claim the members that take over an object that a set of the same stack no longer declares; for creates
 */
export async function withNameConflicts<Shape extends z.ZodRawShape, Remote extends RemoteObject, Result>(
  client: Client,
  kind: Kind<Shape, Remote>,
  registrations: Registrations,
  inputs: PropertyMap,
  ask: (retryConflict: ConflictRetry, more?: PropertyMap) => Promise<Result>,
  claim?: PropertyMap,
): Promise<Result> {
  const holder = () => findConflictingObject(client, kind, inputs);
  const names = new NameConflicts(registrations, kind.kind, inputs.externalId, holder, claim !== undefined);
  try {
    return await ask(names.retryConflict);
  } catch (error) {
    if (claim !== undefined && names.claimable !== undefined) {
      registrations.noteClaim(names.claimable, inputs.externalId);
      return await ask(names.retryConflict, claim);
    }
    throw names.explain(error);
  }
}

/** Finds the object that has the name in these inputs. */
async function findConflictingObject<Shape extends z.ZodRawShape, Remote extends RemoteObject>(
  client: Client,
  kind: Kind<Shape, Remote>,
  inputs: PropertyMap,
): Promise<ConflictingObject | undefined> {
  const args = inputs as Args<Shape>;
  const all = await findAll(client, kind, args);
  const found = all.find((one) => isLive(kind, one));
  if (found === undefined) {
    return undefined;
  }
  // The requested name, which may differ from the current one until it is confirmed.
  const asked = scopedName(kind, { ...inputs, ...withoutNulls(kind.readArgs(found, inputs)) });
  return { id: found.id, externalId: found.externalId, isBeingRenamed: asked?.name !== scopedName(kind, inputs)?.name };
}

/** The name and the scope in which it is unique; undefined if they aren't known yet. */
function scopedName<Shape extends z.ZodRawShape, Remote extends RemoteObject>(
  { collection, naturalKey, same }: Kind<Shape, Remote>,
  values: PropertyMap,
): { readonly scope: string; readonly name: string } | undefined {
  if (Object.keys(values).length === 0) {
    return undefined;
  }
  const args = values as Args<Shape>;
  const [scope, query] = [collection(args), naturalKey(args)];
  if (containsUnknown(query) || scope.includes(unknownValue)) {
    return undefined;
  }
  const name = Object.entries(query).map(([key, value]) => {
    // Addresses are compared without regard to case.
    return [key, same !== undefined && key in same ? value && foldEmail(value) : value];
  });
  return { scope, name: JSON.stringify(name) };
}
