/**
 * The requests with which a replacement is tried: everything that depends on the object is ended, then the object itself, and then all of
 * it is created anew.
 */
import { setIn } from "roster-schema";
import { objectLifecycles } from "../kinds/registry.ts";
import type { Attempt, Lifecycle } from "../lifecycle/interface.ts";
import type { Remaking } from "../lifecycle/remaking.ts";
import { objectKindOf } from "../lifecycle/resource-type.ts";
import { isRecord, type PropertyMap } from "../values/property-map.ts";
import { containsUnknown } from "../values/unknown.ts";
import type { ListedObject } from "../wire/read-ahead.ts";
import type { Trial, TriedRequest } from "../wire/trials.ts";
import { grouped } from "./grouped.ts";

/** A replacement of a resource. */
export interface Replacement {
  readonly lifecycle: Lifecycle;
  /** The externalId of the replaced object, or of the replaced set. */
  readonly replaced: string;
  /** What ending the object does if it was adopted. */
  readonly onDestroy: unknown;
  /** Whether the engine leaves the object as it is. */
  readonly isRetained: boolean;
  /** The checked inputs of the new object. */
  readonly inputs: PropertyMap;
  /** The requests that create it, without those that depend on values that aren't known yet. */
  readonly attempts: readonly Attempt[];
}

/** One request of the sequence. */
export interface Step {
  readonly does: "delete" | "change" | "create";
  /** Undefined if it depends on a value that isn't known yet, and is left out. */
  readonly request: TriedRequest | undefined;
  /** The object that exists; undefined for what the replaced resource creates. */
  readonly object: ListedObject | undefined;
  /** The externalId of the object that is ended, changed or created. */
  readonly externalId: string;
  /** The address of the set's entry that it creates. */
  readonly entry?: string | undefined;
  /** Whether it belongs to the replaced resource, rather than to a resource that depends on it. */
  readonly isOwn: boolean;
  /** Whether `up` would do it as far as the service can tell: it doesn't know whether a member was declared by user or by address. */
  readonly isCertain: boolean;
}

/** A request that was sent, and what trying it has shown. */
export interface TriedStep extends Step {
  readonly request: TriedRequest;
  readonly trial: Trial;
}

/** A sequence, in its order. */
export interface Sequence {
  readonly steps: readonly Step[];
  /** The objects that it ends, the replaced ones among them, by id. */
  readonly ended: ReadonlyMap<string, ListedObject>;
}

/** An object that is replaced, or depends on one. */
interface Ended {
  readonly object: ListedObject;
  readonly rank: number;
  readonly remaking: Remaking;
  readonly isOwn: boolean;
  readonly isCertain: boolean;
}

/** A kind of object in the service's list: what it depends on comes at a lower rank. */
interface Ranked {
  readonly rank: number;
  readonly remaking: Remaking;
  /** Whether its objects aren't created, because the service always has them. */
  readonly isAlwaysThere: boolean;
}

const byListedKind: ReadonlyMap<string, Ranked> = new Map(
  objectLifecycles.flatMap(({ kind, remaking, alwaysAdopts: isAlwaysThere }, rank) =>
    remaking === undefined ? [] : [[objectKindOf(kind), { rank, remaking, isAlwaysThere }] as const],
  ),
);

/**
 * Whether an object of the list is the replaced one, or an entry of the replaced set.
 *
 * @param isSame whether two externalIds are names of the same resource
 */
export function isReplaced(
  { lifecycle, replaced }: Pick<Replacement, "lifecycle" | "replaced">,
  object: ListedObject,
  isSame: (one: string, other: string) => boolean,
): boolean {
  return lifecycle.isSet
    ? isSame(setIn(object.externalId), replaced)
    : object.kind === objectKindOf(lifecycle.kind) && isSame(object.externalId, replaced);
}

/**
 * Plans the sequence.
 *
 * @param objects the live objects of the stack
 * @param isSame see {@link isReplaced}
 * @returns undefined if nothing would be ended
 */
export function planSequence(
  replacement: Replacement,
  objects: readonly ListedObject[],
  isSame: (one: string, other: string) => boolean,
): Sequence | undefined {
  const own = objects.flatMap((object) => {
    const ranked = byListedKind.get(object.kind);
    if (ranked === undefined || !isReplaced(replacement, object, isSame)) {
      return [];
    }
    const { rank, remaking } = ranked;
    return [{ object, rank, remaking, isOwn: true, isCertain: true }];
  });
  if (own.length === 0) {
    return undefined;
  }
  const ended = new Map(withDependents(own, objects).map((one) => [one.object.id, one]));
  const outermostFirst = [...ended.values()].toSorted((one, other) => other.rank - one.rank);
  const { isRetained, onDestroy } = replacement;
  const ends = outermostFirst
    .filter(({ isOwn }) => !isOwn || !isRetained)
    .map(({ object, remaking, isOwn, isCertain }): Step => {
      const { id, externalId } = object;
      const manager = { externalId, ...(isOwn ? { onDestroy } : {}) };
      const request = { method: "DELETE", path: remaking.endPath(id, manager) } as const;
      return { does: "delete", request, object, externalId, isOwn, isCertain };
    });
  const steps = [...ends, ...ownCreations(replacement, own), ...dependentsAgain(ended, objects)];
  return {
    steps: withReferences(steps, new Set(ended.keys())),
    ended: new Map([...ended].map(([id, { object }]) => [id, object])),
  };
}

/** Adds the objects that an update replaces because it replaces those that they belong to. */
function withDependents(own: readonly Ended[], objects: readonly ListedObject[]): Ended[] {
  const all = [...own];
  const found = new Set(own.map(({ object }) => object.id));
  const byReference = grouped(objects.flatMap(referencesOf), ({ to }) => to);
  // What is found is looked through as well.
  for (const { object } of all) {
    for (const { to: _to, ...dependent } of byReference.get(object.id) ?? []) {
      if (!found.has(dependent.object.id)) {
        found.add(dependent.object.id);
        all.push({ ...dependent, isOwn: false });
      }
    }
  }
  return all;
}

/** The ids that an object contains and that replace it if they change. */
function referencesOf(object: ListedObject): (Omit<Ended, "isOwn"> & { readonly to: string })[] {
  const ranked = byListedKind.get(object.kind);
  const { object: values } = object;
  if (ranked === undefined || !isRecord(values)) {
    return [];
  }
  const { replacedWith, userOrAddress } = ranked.remaking;
  const isEntry = setIn(object.externalId) !== "";
  return replacedWith
    .filter((name) => !isEntry || name !== userOrAddress)
    .flatMap((name) => {
      const to = values[name];
      const { rank, remaking } = ranked;
      return typeof to === "string" ? [{ object, rank, remaking, to, isCertain: name !== userOrAddress }] : [];
    });
}

/** The requests that create what the replaced resource declares. */
function ownCreations({ lifecycle, inputs, attempts }: Replacement, [first]: readonly Ended[]): Step[] {
  const externalId = String(inputs.externalId);
  const isOneLeftOut = attempts.length === 0 || (lifecycle.isSet && containsUnknown(inputs));
  const shared = { does: "create", isOwn: true, isCertain: true } as const;
  return [
    ...attempts.map(({ request, entry }): Step => {
      const name = entry === undefined ? externalId : `${externalId}/${entry}`;
      const object = lifecycle.isSet ? undefined : first?.object;
      return { ...shared, request, object, externalId: name, entry };
    }),
    ...(isOneLeftOut ? [{ ...shared, request: undefined, object: undefined, externalId }] : []),
  ];
}

/** The requests that create the dependents anew, and change what keeps existing. */
function dependentsAgain(ended: ReadonlyMap<string, Ended>, objects: readonly ListedObject[]): Step[] {
  const steps = objects.flatMap((object): (Step & { readonly rank: number })[] => {
    const one = ended.get(object.id);
    const ranked = byListedKind.get(object.kind);
    const { id, externalId } = object;
    if (ranked === undefined || one?.isOwn === true) {
      return [];
    }
    const shared = { object, externalId, isOwn: false, isCertain: one?.isCertain ?? true, rank: ranked.rank };
    if (one !== undefined && ranked.isAlwaysThere) {
      return [];
    }
    if (one !== undefined) {
      const creation = ranked.remaking.creation(object.object);
      return [{ ...shared, does: "create", request: creation && { method: "POST", ...creation } }];
    }
    const body = changesOf(object, ranked.remaking, ended);
    const path = ranked.remaking.changePath(id, { externalId });
    return body === undefined ? [] : [{ ...shared, does: "change", request: { method: "PATCH", path, body } }];
  });
  return steps.toSorted((one, other) => one.rank - other.rank);
}

/** The values of an object that keeps existing, and that get the id of an object that is created anew. */
function changesOf(
  { object: values }: ListedObject,
  { changedWith }: Remaking,
  ended: ReadonlyMap<string, unknown>,
): PropertyMap | undefined {
  if (!isRecord(values)) {
    return undefined;
  }
  const changed = changedWith.filter((name) => ended.has(String(values[name])));
  return changed.length === 0 ? undefined : Object.fromEntries(changed.map((name) => [name, values[name]]));
}

/** The steps, with references to the requests that create the ended objects anew. A step that needs one that nothing creates is left out. */
function withReferences(steps: readonly Step[], ended: ReadonlySet<string>): Step[] {
  const made = new Map<string, number>();
  let count = 0;
  return steps.map((step) => {
    const isEnd = step.does === "delete";
    const request = step.request && (isEnd ? step.request : referring(step.request, ended, made));
    if (request === undefined) {
      return { ...step, request };
    }
    if (step.does === "create" && step.object !== undefined) {
      made.set(step.object.id, count);
    }
    count += 1;
    return { ...step, request };
  });
}

/** @returns undefined if the request contains the id of an ended object that no earlier request creates */
function referring(
  request: TriedRequest,
  ended: ReadonlySet<string>,
  made: ReadonlyMap<string, number>,
): TriedRequest | undefined {
  const places = idsIn(request).filter(([, id]) => ended.has(id));
  const references = places.flatMap(([at, id]) => {
    const number = made.get(id);
    return number === undefined ? [] : [{ at, request: number, member: "id" as const }];
  });
  if (references.length < places.length) {
    return undefined;
  }
  return references.length === 0 ? request : { ...request, references };
}

/** What may be an id in a request, and where: the segments of the path, and the members of the body. */
export function idsIn({ path, body = {} }: TriedRequest): (readonly [at: string, id: string])[] {
  const [, ...segments] = path.split("?", 1).join("").split("/");
  const members = Object.entries(body).flatMap(([name, value]) =>
    typeof value === "string" ? [[`/body/${name}`, value] as const] : [],
  );
  return [...segments.map((segment, at) => [`/path/${at}`, segment] as const), ...members];
}
