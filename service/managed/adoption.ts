/** Adoption: how a create takes over an existing object, and how its manager releases it. */
import { isOfOneStack } from "roster-schema";
import type { Call, Context, OperationId } from "../auth/operation.ts";
import { Refusal, unprocessable } from "../problems.ts";
import { audit, isSame } from "./audit.ts";
import {
  desiredOf,
  isReadable,
  isVisible,
  load,
  type Managed,
  type Resource,
  reload,
  type Update,
  type UpdateRules,
} from "./resource.ts";
import { markKnown, type TakeOver } from "./take-over.ts";

/** The parts of a create that adoption needs, by kind of object. */
export interface AdoptRules<O extends OperationId, T> {
  /** Finds the live object with the request's natural key. */
  find(call: Call<O>): Promise<string | undefined>;
  /** Whether every create adopts, because the object always exists. */
  readonly alwaysAdopts?: boolean;
  /**
   * The members that the object should have, both those that can be set and those that can't be changed. Members that the
   * request omits are ignored, so this can contain the defaults of a create.
   */
  wanted(call: Call<O>): Partial<T>;
  /** The members of `wanted` that an adoption sets even if the request omits them. */
  readonly wantedAnyway?: readonly (keyof T & string)[];
}

/** The members of a create's body that adoption reads. */
interface AdoptingBody {
  readonly adopt?: "unmanaged" | "force";
  readonly externalId?: string;
}

/**
 * Adopts the object that a create identifies, if the create has `adopt` and the object exists. A lost create of the same
 * caller is taken over instead.
 *
 * @returns the adopted object; undefined if the create should make a new one.
 * @throws Refusal `managed_elsewhere`; `unprocessable` if a value that can't be changed differs; or any refusal of the
 * update.
 */
export async function adopt<O extends OperationId, T extends Managed>(
  call: Call<O>,
  resource: Resource<T>,
  updating: UpdateRules<T>,
  adopting: AdoptRules<O, T>,
  takeOver: TakeOver<T>,
): Promise<T | undefined> {
  const { externalId, ...body } = call.body as AdoptingBody;
  const how = body.adopt ?? (adopting.alwaysAdopts === true ? "unmanaged" : undefined);
  const id = how === undefined ? undefined : await adopting.find(call);
  const existing = id === undefined ? undefined : await load(call, resource, id);
  if (existing === undefined || !(await isVisible(call, resource, existing))) {
    return undefined;
  }
  if (await takeOver.isLost(existing)) {
    return undefined;
  }
  const before = await updating.find(call, existing.id);
  if (externalId === undefined) {
    throw unprocessable("/externalId", "To adopt an object, give the externalId that it should have.");
  }
  const isOurs = before.externalId === externalId;
  const isForced = !isOurs && before.externalId !== null;
  // The object moves between resources of one stack, so it stays created or adopted as before.
  const isMoved = isForced && isOfOneStack(before.externalId, externalId);
  if (isForced && how !== "force") {
    throw await managedElsewhere(call, resource, before, "Release it there, or adopt it with `force`.");
  }
  const wanted = givenPart(adopting.wanted(call), body, adopting.wantedAnyway);
  refuseOther(resource, before, wanted);
  const desired = { ...withMembers(resource, desiredOf(resource, before), wanted), externalId };
  const after = updating.normalize?.(desired) ?? desired;
  // Record the values first, because an update keeps only what a record references.
  if (!isMoved && !(isOurs && before.adopted)) {
    await record(call, resource, before);
  }
  await applyUpdate(call, resource, updating, { before, after }, externalId);
  await markKnown(call, resource, before.id);
  const adopted = await reload(call, resource, before.id);
  if (adopted.adopted) {
    await noteOurs(call, resource, adopted);
  }
  await audit(call, resource, isForced ? "adopt_by_force" : "adopt", [{ before, after: adopted }], { always: true });
  return adopted;
}

/**
 * Releases an adopted object: values that its manager set, and that nobody has changed since, are restored. An ended object
 * stays as it is.
 *
 * @throws Refusal any refusal of the update.
 */
export async function release<T extends Managed>(
  call: Context,
  resource: Resource<T>,
  updating: UpdateRules<T>,
  before: T,
): Promise<void> {
  const depth = await depthOf(call, resource, before.id);
  const of = { object_id: before.id, depth };
  const { before: values, ours } = await call.db
    .selectFrom("adoptions")
    .select(["before", "ours"])
    .where("object_id", "=", of.object_id)
    .where("depth", "=", of.depth)
    .executeTakeFirstOrThrow();
  if (resource.hasEnded?.(before) !== true) {
    const now = leavesOf(resource, before);
    const apart = (await resource.apart?.managerOf(call, before)) === undefined ? [] : (resource.apart?.members ?? []);
    const unchanged = Object.entries(values).filter(([path]) => {
      return isSame(now[path], ours[path]) && !apart.some((member) => member === path.split(".")[0]);
    });
    const after = { ...withLeaves(desiredOf(resource, before), unchanged), externalId: null };
    await applyUpdate(call, resource, updating, { before, after });
  }
  await call.db.deleteFrom("adoptions").where("object_id", "=", of.object_id).where("depth", "=", of.depth).execute();
  await setDepth(call, resource, before.id, depth - 1);
  const after = await reload(call, resource, before.id);
  await audit(call, resource, "release", [{ before, after }], { always: true });
}

/** Whether a request that ends an object releases it instead. */
export function shouldRelease(
  item: Managed,
  managedAs: string | undefined,
  ifAdopted: "restore" | "end" = "restore",
): boolean {
  return item.adopted && managedAs !== undefined && ifAdopted === "restore" && isManagedAs(item, managedAs);
}

/**
 * Refuses a change by a caller that no longer manages the object.
 *
 * @param given the externalId that the change sets, if any.
 * @throws Refusal `managed_elsewhere`
 */
export async function refuseManagedElsewhere<T extends Managed>(
  context: Context,
  resource: Resource<T>,
  item: T,
  managedAs: string | undefined,
  given?: string,
): Promise<void> {
  if (managedAs === undefined || isManagedAs(item, managedAs) || item.externalId === given) {
    return;
  }
  throw await managedElsewhere(context, resource, item, "Manage it there.");
}

/**
 * Records the values that the manager of an adopted object has set, so that a release can tell them from other changes.
 *
 * @param before the object before the manager's change: only the values that changed count as the manager's. By default,
 * all values count.
 */
export async function noteOurs<T extends Managed>(
  context: Context,
  resource: Resource<T>,
  after: T,
  before?: T,
): Promise<void> {
  const depth = await depthOf(context, resource, after.id);
  const noted = context.db.selectFrom("adoptions").select("ours").where("object_id", "=", after.id);
  const { ours } = await noted.where("depth", "=", depth).executeTakeFirstOrThrow();
  const was = before && leavesOf(resource, before);
  const made = Object.entries(leavesOf(resource, after)).filter(([path, value]) => !was || !isSame(was[path], value));
  await context.db
    .updateTable("adoptions")
    .set({ ours: JSON.stringify({ ...ours, ...Object.fromEntries(made) }) })
    .where("object_id", "=", after.id)
    .where("depth", "=", depth)
    .execute();
}

/** Deletes the adoptions of an object. */
export async function forgetAdoptions<T extends Managed>(
  context: Context,
  resource: Resource<T>,
  id: string,
): Promise<void> {
  await context.db.deleteFrom("adoptions").where("object_id", "=", id).execute();
  await setDepth(context, resource, id, 0);
}

function isManagedAs({ externalId }: Managed, managedAs: string): boolean {
  return externalId === null || externalId === managedAs;
}

async function managedElsewhere<T extends Managed>(
  context: Context,
  resource: Resource<T>,
  item: T,
  advice: string,
): Promise<Refusal> {
  const name = (await isReadable(context, resource, item)) ? `, under the externalId ${item.externalId}` : "";
  return new Refusal("managed_elsewhere", `Somebody else manages the ${resource.noun} ${item.id}${name}. ${advice}`, {
    dependsOn: [{ kind: resource.kind, id: item.id }],
  });
}

/** @throws Refusal `unprocessable` if a value that can't be changed differs from the request. */
function refuseOther<T extends Managed>(resource: Resource<T>, before: T, wanted: Partial<T>): void {
  for (const member of Object.keys(wanted) as (keyof T & string)[]) {
    if (resource.settable.includes(member) || isSameSet(before[member], wanted[member])) {
      continue;
    }
    const current =
      before[member] === null ? `has no ${member}` : `has the ${member} ${JSON.stringify(before[member])}`;
    throw unprocessable(
      `/${member}`,
      `The ${resource.noun} ${before.id} ${current}, which can't be changed. Adopt it as it is, or choose another one.`,
      [{ kind: resource.kind, id: before.id }],
    );
  }
}

/** The wanted members that a request contains; of a nested object, those of its members that the request contains. */
function givenPart<T>(wanted: Partial<T>, body: object, anyway: readonly string[] = []): Partial<T> {
  const given = Object.entries(wanted).flatMap(([member, value]): [string, unknown][] => {
    const asked = (body as Readonly<Record<string, unknown>>)[member];
    if (asked === undefined && !anyway.includes(member)) {
      return [];
    }
    return [[member, isPlainObject(value) && isPlainObject(asked) ? givenPart(value, asked) : value]];
  });
  return Object.fromEntries(given) as Partial<T>;
}

/** Sets members of an object; a nested object that isn't one whole value keeps its other members. */
function withMembers<T extends Managed>({ whole }: Resource<T>, item: T, members: Partial<T>): T {
  const set = Object.entries(members).map(([name, value]) => {
    const before = item[name as keyof T];
    const isMerged = isPlainObject(before) && isPlainObject(value) && whole?.some((one) => one === name) !== true;
    return [name, isMerged ? { ...before, ...value } : value];
  });
  return { ...item, ...Object.fromEntries(set) };
}

function isPlainObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSameSet(one: unknown, other: unknown): boolean {
  const inOrder = (value: unknown) => (Array.isArray(value) ? value.toSorted() : value);
  return isSame(inOrder(one), inOrder(other));
}

/**
 * Refuses that the manager of an object sets members that are also those of an object with another manager. Clearing such a
 * member leaves it as it is: a manager that no longer declares it has given it up.
 *
 * @returns the update without the cleared members.
 * @throws Refusal `managed_elsewhere`
 */
export async function leaveManagedApart<T extends Managed>(
  context: Context,
  resource: Resource<T>,
  update: Update<T>,
  managedAs: string | undefined,
): Promise<Update<T>> {
  const { before, after, changed } = update;
  const { apart } = resource;
  const members = apart?.members.filter((member) => changed.has(member)) ?? [];
  if (apart === undefined || members.length === 0 || managedAs === undefined) {
    return update;
  }
  const manager = await apart.managerOf(context, before);
  // A stack can move the members from one of its resources to another.
  if (manager === undefined || isOfOneStack(manager.externalId, managedAs)) {
    return update;
  }
  const set = members.filter((member) => after[member] !== null);
  if (set.length === 0) {
    const desired = desiredOf(resource, before);
    const kept = Object.fromEntries(members.map((member) => [member, desired[member]]));
    const others = [...changed].filter((member) => !members.some((one) => one === member));
    return { before, after: { ...after, ...kept }, changed: new Set(others) };
  }
  const name = (await isReadable(context, resource, before)) ? `, under the externalId ${manager.externalId}` : "";
  throw new Refusal(
    "managed_elsewhere",
    `Somebody else manages the ${apart.noun} ${manager.id}${name}, which has ${set.join(", ")}. ` +
      `Leave ${set.length === 1 ? "it" : "them"} out of the ${resource.noun}.`,
    { dependsOn: [{ kind: apart.kind, id: manager.id }] },
  );
}

async function applyUpdate<T extends Managed>(
  context: Context,
  resource: Resource<T>,
  updating: UpdateRules<T>,
  { before, after }: Pick<Update<T>, "before" | "after">,
  managedAs?: string,
): Promise<void> {
  const desired = desiredOf(resource, before);
  const changed = new Set(resource.settable.filter((member) => !isSame(desired[member], after[member])));
  const update = await leaveManagedApart(context, resource, { before, after, changed }, managedAs);
  if (update.changed.size > 0) {
    await updating.apply(context, update);
  }
}

async function record<T extends Managed>(context: Context, resource: Resource<T>, before: T): Promise<void> {
  const depth = 1 + (await depthOf(context, resource, before.id));
  const values = JSON.stringify(leavesOf(resource, before));
  await context.db
    .insertInto("adoptions")
    .values({ object_id: before.id, depth, before: values, ours: values })
    .execute();
  await setDepth(context, resource, before.id, depth);
}

async function depthOf<T extends Managed>({ db }: Context, { table }: Resource<T>, id: string): Promise<number> {
  const row = await db.selectFrom(table).select("adoption_depth").where("id", "=", id).executeTakeFirstOrThrow();
  return row.adoption_depth;
}

async function setDepth<T extends Managed>(
  { db }: Context,
  { table }: Resource<T>,
  id: string,
  depth: number,
): Promise<void> {
  await db.updateTable(table).set({ adoption_depth: depth }).where("id", "=", id).execute();
}

/**
 * The settable values of an object by path, without its externalId. Members of a nested object have paths of their own,
 * unless the nested object is one whole value.
 */
function leavesOf<T extends Managed>(resource: Resource<T>, item: T): Record<string, unknown> {
  const desired = desiredOf(resource, item);
  const leaves: Record<string, unknown> = {};
  for (const member of resource.settable.filter((name) => name !== "externalId").map(String)) {
    const value = (desired as Readonly<Record<string, unknown>>)[member];
    const isWhole = resource.whole?.some((name) => name === member) === true;
    if (isWhole || typeof value !== "object" || value === null || Array.isArray(value)) {
      leaves[member] = value;
    } else {
      for (const [name, inner] of Object.entries(value)) {
        leaves[`${member}.${name}`] = inner;
      }
    }
  }
  return leaves;
}

function withLeaves<T extends object>(item: T, leaves: readonly (readonly [string, unknown])[]): T {
  const result = { ...item } as Record<string, unknown>;
  for (const [path, value] of leaves) {
    const [member = "", name] = path.split(".");
    result[member] = name === undefined ? value : { ...(result[member] as object), [name]: value };
  }
  return result as unknown as T;
}
