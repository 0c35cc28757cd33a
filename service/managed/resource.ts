/** What every kind of object has in common, and how objects are read and refused. */
import type { Schemas } from "roster-schema";
import type { CallerContext, Context } from "../auth/operation.ts";
import type { Permission } from "../auth/permissions.ts";
import { holds } from "../auth/principal.ts";
import { Refusal } from "../problems.ts";
import { executeShared, sharedRowQuery } from "../rows/shared-statements.ts";
import type { CreationColumns, ManagedTable } from "../rows/tables.ts";

/** A live object by its externalId: which one, and who made it when. */
export type LiveRow = CreationColumns & { readonly id: string };

/** What every object of the contract has that a stack manages. */
export interface Managed {
  readonly id: string;
  readonly externalId: string | null;
  readonly adopted: boolean;
}

/** What operations of one kind of object have in common. */
export interface Resource<T extends Managed> {
  readonly kind: Schemas["ObjectKind"];
  /** The path parameter that names one. */
  readonly parameter: string;
  /** The kind in words, for messages. */
  readonly noun: string;
  /** The same for one whose names are taken, where others stay as records; the noun by default. */
  readonly liveNoun?: string;
  /** What a caller can set: the ETag is over these, as they were asked for. */
  readonly settable: readonly (keyof T)[];
  /** What of that is an object, and one value all the same: no member of it stays when another changes. */
  readonly whole?: readonly (keyof T)[];
  /** What can be set in special cases only. It is no part of the ETag, and adoption leaves it alone. */
  readonly movable?: readonly (keyof T)[];
  /** What the audit says of a change. */
  readonly audited: readonly (keyof T)[];
  /** What nobody but this object has: of two of one externalId, whether they mean the same. */
  readonly naturalKey: (item: T) => readonly unknown[];
  /** The permission that reading takes. */
  readonly reading: Permission;
  readonly table: ManagedTable;
  /** The table's column that says to which organization an object belongs. */
  readonly organizationColumn: "id" | "home_organization_id" | "organization_id";
  /** The live object of an externalId, in the scope within which it is unique; null is the service. */
  findLive(
    context: Pick<Context, "db" | "now">,
    scope: string | null,
    externalId: string,
  ): Promise<LiveRow | undefined>;
  /** The object as it was asked to be, where that can differ for a while from what it is. */
  desired?(item: T): T;
  /** What people know it by. */
  nameOf(item: T): string;
  /** What to know of the one that has a name which somebody else wants, and what can be done about it besides adopting it. */
  whereTaken?(item: T): { readonly note: string; readonly advice: string };
  /** Whether it counts, and its names are taken. */
  isLive(item: T): boolean;
  /** Whether it is over for good, and only stands as a record of what was. */
  hasEnded?(item: T): boolean;
  /** Whether somebody has used it. */
  isUsed?(item: T): boolean;
  /** The organization to whose audit the object's changes belong. */
  organizationOf(item: T): string | null;
  /** The objects as the contract has them, in any order, without those that don't exist. */
  loadAll(context: Pick<Context, "db" | "now">, ids: readonly string[]): Promise<T[]>;
  /** Whether the caller may know that the object exists; by default its organization decides. */
  isVisibleTo?(context: CallerContext, item: T): boolean | Promise<boolean>;
}

/** A change of an object: what a request asks for, merged into what is there. */
export interface Update<T> {
  readonly before: T;
  readonly after: T;
  readonly changed: ReadonlySet<keyof T>;
}

/** The acts that a change may declare. */
export type DeclaredActName = "resendInvite" | "resetPassword";

/** What each act of a kind does; `item` is as the rest of the change has left it. */
export type DeclaredActs<T> = { readonly [A in DeclaredActName]?: (context: Context, item: T) => Promise<void> };

/** How the objects of one kind are changed, whichever operation asks for it. */
export interface UpdateRules<T> {
  /**
   * The object, for a caller who may change it.
   *
   * @throws Refusal `not_found`, `permission_denied`.
   */
  find(context: Context, id: string): Promise<T>;
  /**
   * The object as a request asks for it, with values of several forms in the one in which they are compared and stored.
   *
   * @throws Refusal `unprocessable`
   */
  normalize?(desired: T): T;
  /** Checks the rules and writes what changed. */
  apply(context: Context, update: Update<T>): Promise<void>;
  /** What declaring an act does. */
  readonly acts?: DeclaredActs<T>;
}

/** An object as it was asked to be. */
export function desiredOf<T extends Managed>(resource: Resource<T>, item: T): T {
  return resource.desired?.(item) ?? item;
}

type Loading = Pick<Context, "db" | "now"> & { readonly resource: Pick<Resource<Managed>, "loadAll"> };

const objectById = sharedRowQuery(
  "object by id",
  ({ db, now, resource }: Loading, ids) => resource.loadAll({ db, now }, ids),
  ({ id }) => id,
);

/** Reads an object, whoever asks. */
export async function load<T extends Managed>(
  { db, now }: Pick<Context, "db" | "now">,
  resource: Resource<T>,
  id: string,
): Promise<T | undefined> {
  // Its resource makes an object of this kind, and of no other.
  return (await executeShared(objectById, { db, now, resource }, id)) as T | undefined;
}

/**
 * Reads an object again within its own change.
 *
 * @throws Error where it is gone, which no change does to its own object.
 */
export async function reload<T extends Managed>(
  context: Pick<Context, "db" | "now">,
  resource: Resource<T>,
  id: string,
): Promise<T> {
  const item = await load(context, resource, id);
  if (item === undefined) throw new Error(`${resource.kind} ${id} vanished within its own change`);
  return item;
}

/** The refusal for what doesn't exist and for what the caller may not know of, in the same words. */
export function notFound(noun: string, id: string): Refusal {
  return new Refusal("not_found", `There is no ${noun} ${id}, or you don't have access to it.`);
}

/**
 * Reads an object on behalf of the caller.
 *
 * @param anyOf what the caller needs for it, or one of several; none where a later rule decides.
 * @throws Refusal `not_found`, and `permission_denied` only where the caller may know of the object.
 */
export async function find<T extends Managed>(
  context: CallerContext,
  resource: Resource<T>,
  id: string,
  ...anyOf: readonly Permission[]
): Promise<T> {
  const item = await load(context, resource, id);
  if (item === undefined || !(await isVisible(context, resource, item))) throw notFound(resource.noun, id);
  if (anyOf.length > 0) requirePermission(context, ...anyOf);
  return item;
}

/** Whether the caller may know that an object exists. */
export async function isVisible<T extends Managed>(
  context: CallerContext,
  resource: Resource<T>,
  item: T,
): Promise<boolean> {
  const { principal } = context;
  if (principal.kind === "owner") return true;
  if (resource.isVisibleTo !== undefined) return await resource.isVisibleTo(context, item);
  return resource.organizationOf(item) === principal.organization;
}

/**
 * Requires a permission, or one of several.
 *
 * @throws Refusal `permission_denied`, naming the permission.
 */
export function requirePermission({ principal }: Pick<Context, "principal">, ...anyOf: readonly Permission[]): void {
  if (anyOf.some((permission) => holds(principal, permission))) return;
  const needed =
    anyOf.length > 2 ? `one of the permissions ${anyOf.join(", ")}` : `the permission ${anyOf.join(" or ")}`;
  throw permissionDenied(`This takes ${needed}.`);
}

/** @throws Refusal `permission_denied` for everyone but the service owner. */
export function requireServiceOwner({ principal }: Pick<Context, "principal">, act: string): void {
  if (principal.kind === "owner") return;
  throw permissionDenied(`${act} takes the service owner.`, "Ask whoever runs the service, or use the owner token.");
}

/** A refusal of what the caller lacks, which says what to do. */
export function permissionDenied(
  reason: string,
  advice = "Ask an administrator of the organization, or use a token that may do it.",
): Refusal {
  return new Refusal("permission_denied", `${reason} ${advice}`);
}

/** A conflict with an existing object, which is named only where the caller may read it. */
export async function conflict<T extends Managed>(
  context: Context,
  resource: Resource<T>,
  existing: { readonly id: string },
  code: Refusal["code"],
  reason: string,
): Promise<Refusal> {
  const item = await load(context, resource, existing.id);
  const readable = item !== undefined && (await isReadable(context, resource, item));
  const isTaken = code.endsWith("_taken");
  if (!readable) return new Refusal(code, `${reason}.${isTaken ? " Choose another." : ""}`);
  const advice = isTaken ? "change or delete it, or choose another" : "leave this out, or end that one first";
  const taken = { note: "", advice, ...resource.whereTaken?.(item) };
  return new Refusal(
    code,
    `${reason}: ${resource.noun} ${existing.id}.${taken.note} Declare that one with \`adopt\`, ${taken.advice}.`,
  );
}

/**
 * Refuses an externalId that another live object of the kind has.
 *
 * @param scope within what it is unique; null is the service.
 * @throws Refusal `external_id_taken`
 */
export async function refuseTakenExternalId<T extends Managed>(
  context: Context,
  resource: Resource<T>,
  scope: string | null,
  { id, externalId }: Pick<Managed, "id" | "externalId">,
): Promise<void> {
  const existing = externalId === null ? undefined : await resource.findLive(context, scope, externalId);
  if (existing === undefined || existing.id === id) return;
  const reason = `Another ${resource.liveNoun ?? resource.noun} has this externalId`;
  throw await conflict(context, resource, existing, "external_id_taken", reason);
}

/** Whether the caller may read an object. */
export async function isReadable<T extends Managed>(
  context: Context,
  resource: Resource<T>,
  item: T,
): Promise<boolean> {
  return holds(context.principal, resource.reading) && (await isVisible(context, resource, item));
}
