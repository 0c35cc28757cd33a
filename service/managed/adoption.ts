/** The rules by which a create adopts what is there already, and by which its manager lets go of it again. */
import { isOfOneStack } from "roster-schema";
import type { Call, Context, OperationId } from "../auth/operation.ts";
import { holds } from "../auth/principal.ts";
import { Refusal, unprocessable } from "../problems.ts";
import { audit, isSame } from "./audit.ts";
import {
  desiredOf,
  isVisible,
  load,
  type Managed,
  type Resource,
  reload,
  type Update,
  type UpdateRules,
} from "./resource.ts";
import { markKnown, type TakeOver } from "./take-over.ts";

/** What of a create adoption needs to know, by kind of object. */
export interface AdoptRules<O extends OperationId, T> {
  /** The identifier of the live object that the request means by its natural key. */
  find(call: Call<O>): Promise<string | undefined>;
  /**
   * The members of the object as the request has them, with what a create fills in: what can be set, and what is fixed
   * for good.
   */
  wanted(call: Call<O>): Partial<T>;
}

/** What of a create's body adoption goes by. */
interface AdoptingBody {
  readonly adopt?: "unmanaged" | "force";
  readonly externalId?: string;
}

/**
 * Adopts the object that a create means, if it asks for that and there is one; its own lost create is none.
 *
 * @returns the object as adopted; undefined where the create is to make one.
 * @throws Refusal `managed_elsewhere`; `unprocessable` where it is not, for good, what the request says; and whatever
 * refuses the change that it takes.
 */
export async function adopt<O extends OperationId, T extends Managed>(
  call: Call<O>,
  resource: Resource<T>,
  updating: UpdateRules<T>,
  adopting: AdoptRules<O, T>,
  takeOver: TakeOver<T>,
): Promise<T | undefined> {
  const { adopt: how, externalId } = call.body as AdoptingBody;
  const id = how === undefined ? undefined : await adopting.find(call);
  const existing = id === undefined ? undefined : await load(call, resource, id);
  if (existing === undefined || !(await isVisible(call, resource, existing))) return undefined;
  if (await takeOver.isLost(existing)) return undefined;
  const before = await updating.find(call, existing.id);
  if (externalId === undefined)
    throw unprocessable("/externalId", "Adopting an object takes the externalId it is to have.");
  const isOurs = before.externalId === externalId;
  const isForced = !isOurs && before.externalId !== null;
  // From one resource of a stack to another of the same: it stays what it was to the stack, made or adopted.
  const isMoved = isForced && isOfOneStack(before.externalId, externalId);
  if (isForced && how !== "force") {
    throw managedElsewhere(call, resource, before, "Let go of it there, or adopt it with `force`.");
  }
  const wanted = adopting.wanted(call);
  refuseOther(resource, before, wanted);
  const desired = { ...desiredOf(resource, before), ...wanted, externalId };
  const after = updating.normalize?.(desired) ?? desired;
  // Recorded first: a change keeps of the past only what a record names.
  if (!isMoved && !(isOurs && before.adopted)) await record(call, resource, before);
  await applyUpdate(call, resource, updating, { before, after });
  await markKnown(call, resource, before.id);
  const adopted = await reload(call, resource, before.id);
  if (adopted.adopted) await noteOurs(call, resource, adopted);
  await audit(call, resource, isForced ? "adopt_by_force" : "adopt", [{ before, after: adopted }], { always: true });
  return adopted;
}

/**
 * Lets go of an adopted object: the values that its manager left, and nobody changed since, become what they were
 * before. What only stands as a record stays as it is.
 *
 * @throws Refusal whatever refuses the change that it takes.
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
    const unchanged = Object.entries(values).filter(([path]) => isSame(now[path], ours[path]));
    const after = { ...withLeaves(desiredOf(resource, before), unchanged), externalId: null };
    await applyUpdate(call, resource, updating, { before, after });
  }
  await call.db.deleteFrom("adoptions").where("object_id", "=", of.object_id).where("depth", "=", of.depth).execute();
  await setDepth(call, resource, before.id, depth - 1);
  const after = await reload(call, resource, before.id);
  await audit(call, resource, "release", [{ before, after }], { always: true });
}

/** Whether a request that ends an object lets go of it instead. */
export function shouldRelease(
  item: Managed,
  managedAs: string | undefined,
  ifAdopted: "restore" | "end" = "restore",
): boolean {
  return item.adopted && managedAs !== undefined && ifAdopted === "restore" && isManagedAs(item, managedAs);
}

/**
 * Refuses a change by a manager that is it no longer.
 *
 * @param given the externalId that the change gives the object, if it does.
 * @throws Refusal `managed_elsewhere`
 */
export function refuseManagedElsewhere<T extends Managed>(
  context: Pick<Context, "principal">,
  resource: Resource<T>,
  item: T,
  managedAs: string | undefined,
  given?: string,
): void {
  if (managedAs === undefined || isManagedAs(item, managedAs) || item.externalId === given) return;
  throw managedElsewhere(context, resource, item, "Manage it there.");
}

/**
 * Records what an adopted object's manager has made of it, so that letting go tells that from what others did.
 *
 * @param before what it was before the manager's change: what that left alone is whosever it was. All is the manager's
 * by default.
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

/** Makes an object one that nobody has adopted. */
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

function managedElsewhere<T extends Managed>(
  { principal }: Pick<Context, "principal">,
  resource: Resource<T>,
  { id, externalId }: T,
  advice: string,
): Refusal {
  const name = holds(principal, resource.reading) ? `, under the externalId ${externalId}` : "";
  return new Refusal("managed_elsewhere", `Somebody else manages the ${resource.noun} ${id}${name}. ${advice}`);
}

/** @throws Refusal `unprocessable` where what can't be changed is not as the request says. */
function refuseOther<T extends Managed>(resource: Resource<T>, before: T, wanted: Partial<T>): void {
  for (const member of Object.keys(wanted) as (keyof T & string)[]) {
    if (resource.settable.includes(member) || isSameSet(before[member], wanted[member])) continue;
    const current = before[member] === null ? "has none" : `has ${JSON.stringify(before[member])}`;
    throw unprocessable(
      `/${member}`,
      `The ${resource.noun} ${before.id} ${current}, and that is for good: adopt it as it is, or name another one.`,
    );
  }
}

function isSameSet(one: unknown, other: unknown): boolean {
  const inOrder = (value: unknown) => (Array.isArray(value) ? value.toSorted() : value);
  return isSame(inOrder(one), inOrder(other));
}

async function applyUpdate<T extends Managed>(
  context: Context,
  resource: Resource<T>,
  updating: UpdateRules<T>,
  { before, after }: Pick<Update<T>, "before" | "after">,
): Promise<void> {
  const desired = desiredOf(resource, before);
  const changed = new Set(resource.settable.filter((member) => !isSame(desired[member], after[member])));
  if (changed.size > 0) await updating.apply(context, { before, after, changed });
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
 * What can be set on an object but its externalId, by path: members of an object inside are values of their own, unless
 * they are one value together.
 */
function leavesOf<T extends Managed>(resource: Resource<T>, item: T): Record<string, unknown> {
  const desired = desiredOf(resource, item);
  const leaves: Record<string, unknown> = {};
  for (const member of resource.settable.filter((name) => name !== "externalId").map(String)) {
    const value = (desired as Readonly<Record<string, unknown>>)[member];
    const isWhole = resource.whole?.some((name) => name === member) === true;
    if (isWhole || typeof value !== "object" || value === null || Array.isArray(value)) leaves[member] = value;
    else for (const [name, inner] of Object.entries(value)) leaves[`${member}.${name}`] = inner;
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
