/** The objects that the caller of a trial can read by itself, whoever the changes are tried as. */
import type { Schemas } from "roster-schema";
import type { Principal } from "../auth/principal.ts";
import { isReadable, type Managed, type Resource } from "../managed/resource.ts";
import { resources } from "../objects/index.ts";
import type { Database } from "../rows/tables.ts";

type Kind = Schemas["ObjectKind"];

/** An object, by its identifiers. */
export interface ObjectId {
  readonly kind: Kind;
  readonly id: string;
}

/** An object that the caller can read. */
export interface ReadableObject {
  readonly object: Schemas["TrialObject"];
  /** The user who has it, if the object has one. */
  readonly user: string | null;
  readonly lastUsedAt: string | null;
}

/** The caller, and the state in which objects are read. */
export interface Reading {
  readonly db: Database;
  readonly now: Date;
  readonly principal: Principal;
}

/** Objects with members that only some kinds have. */
type Item = Managed & {
  readonly user?: string | null;
  readonly owner?: string | null;
  readonly lastUsedAt?: string | null;
};

const idsPerStatement = 1000;

/** Finds the objects that the caller can read, out of several, by id. Those that don't exist in this state are omitted. */
export async function findReadable(
  reading: Reading,
  wanted: readonly ObjectId[],
): Promise<ReadonlyMap<string, ReadableObject>> {
  const found = new Map<string, ReadableObject>();
  for (const kind of new Set(wanted.map((one) => one.kind))) {
    const resource = resources[kind] as unknown as Resource<Item>;
    const ids = [...new Set(wanted.flatMap((one) => (one.kind === kind ? [one.id] : [])))];
    for (let at = 0; at < ids.length; at += idsPerStatement) {
      for (const item of await resource.loadAll(reading, ids.slice(at, at + idsPerStatement))) {
        if (await isReadable(reading, resource, item)) {
          found.set(item.id, toReadable(resource, item));
        }
      }
    }
  }
  return found;
}

function toReadable(resource: Resource<Item>, item: Item): ReadableObject {
  const { kind } = resource;
  return {
    object: { kind, id: item.id, externalId: item.externalId, name: resource.nameOf(item) },
    user: kind === "user" ? item.id : (item.user ?? item.owner ?? null),
    lastUsedAt: item.lastUsedAt ?? null,
  };
}
