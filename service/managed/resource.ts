/** What every kind of object has in common, and how objects are read and refused. */
import type { Schemas } from "roster-schema";
import type { CallerContext, Context } from "../auth/operation.ts";
import type { Permission } from "../auth/permissions.ts";
import { holds, isServiceOwner, type Principal } from "../auth/principal.ts";
import { isIn, type Scope } from "../auth/rights.ts";
import { Refusal, type RefusalOptions } from "../problems.ts";
import { executeShared, sharedRowQuery } from "../rows/shared-statements.ts";
import type { CreationColumns, ManagedTable } from "../rows/tables.ts";

/** The id of a live object, and who created it when. */
export type LiveRow = CreationColumns & { readonly id: string };

/** The members that every managed object has. */
export interface Managed {
  readonly id: string;
  readonly externalId: string | null;
  readonly adopted: boolean;
}

/** The definition of a kind of object, for every operation on it. */
export interface Resource<T extends Managed> {
  readonly kind: Schemas["ObjectKind"];
  /** The path parameter with the object's id. */
  readonly parameter: string;
  /** The name of the kind in messages. */
  readonly noun: string;
  /** The name of a live object in messages, if ended objects stay as records; the noun by default. */
  readonly liveNoun?: string;
  /** The settable members; the ETag covers their desired values. */
  readonly settable: readonly (keyof T)[];
  /** The settable members that are objects but are replaced as a whole. */
  readonly whole?: readonly (keyof T)[];
  /** The members that can be set only in special cases. The ETag doesn't cover them, and adoption doesn't change them. */
  readonly movable?: readonly (keyof T)[];
  /**
   * Members that were added to the contract later, with their earlier values: the ETag covers them only if they differ, so that
   * ETags from before stay valid.
   */
  readonly added?: Partial<T>;
  /** The members that are also those of another object, which can have a manager of its own. */
  readonly apart?: Apart<T>;
  /** The members that the audit records. */
  readonly audited: readonly (keyof T)[];
  /** The values that identify the object apart from its ids; they tell whether two creates mean the same object. */
  readonly naturalKey: (item: T) => readonly unknown[];
  /** The permission to read the object. */
  readonly reading: Permission;
  readonly table: ManagedTable;
  /** The column with the organization that an object belongs to. */
  readonly organizationColumn: "id" | "home_organization_id" | "organization_id";
  /** Finds the live object with an externalId in its scope; the scope null is the whole service. */
  findLive(
    context: Pick<Context, "db" | "now">,
    scope: string | null,
    externalId: string,
  ): Promise<LiveRow | undefined>;
  /** The object with its desired values, if they can differ from the current ones. */
  desired?(item: T): T;
  /** The name by which people know the object. */
  nameOf(item: T): string;
  /** A note and advice for the message that a name is taken by this object. */
  whereTaken?(item: T): { readonly note: string; readonly advice: string };
  /** Whether the object is live, so that its names are taken. */
  isLive(item: T): boolean;
  /** Whether the object has permanently ended, and is only kept as a record. */
  hasEnded?(item: T): boolean;
  /** Whether somebody has used the object. */
  isUsed?(item: T): boolean;
  /** The organization whose audit records changes of the object. */
  organizationOf(item: T): string | null;
  /** Loads objects in the contract's form, in any order; ids that don't exist are skipped. */
  loadAll(context: Pick<Context, "db" | "now">, ids: readonly string[]): Promise<T[]>;
  /** The organizations, out of several, in which the object is visible; by default, the one that it belongs to. */
  visibleIn?(
    context: Pick<Context, "db">,
    organizations: readonly string[],
    item: T,
  ): readonly string[] | Promise<readonly string[]>;
}

/** The members of an object that another object has as well. */
export interface Apart<T> {
  readonly members: readonly (keyof T & string)[];
  readonly kind: Schemas["ObjectKind"];
  /** The name of the other object's kind in messages. */
  readonly noun: string;
  /** The other object and its externalId; undefined if nobody manages it. */
  managerOf(
    context: Pick<Context, "db">,
    item: T,
  ): Promise<{ readonly id: string; readonly externalId: string } | undefined>;
}

/** An update: the object before, and with the request merged into it. */
export interface Update<T> {
  readonly before: T;
  readonly after: T;
  readonly changed: ReadonlySet<keyof T>;
  /** The declared acts that follow the update; undefined if none can. */
  readonly acts?: ReadonlySet<DeclaredActName>;
}

/** The names of declared acts. */
export type DeclaredActName = "resendInvite" | "resetPassword";

/** The functions that perform the acts of a kind; `item` is the object after the rest of the change. */
export type DeclaredActs<T> = { readonly [A in DeclaredActName]?: (context: Context, item: T) => Promise<void> };

/** The rules for updating the objects of one kind. */
export interface UpdateRules<T> {
  /**
   * Finds the object, if the caller is allowed to change it.
   *
   * @throws Refusal `not_found`, `permission_denied`.
   */
  find(context: Context, id: string): Promise<T>;
  /**
   * Converts the desired values to the form in which they are compared and stored.
   *
   * @throws Refusal `unprocessable`
   */
  normalize?(desired: T): T;
  /** Checks the rules, and writes the change. */
  apply(context: Context, update: Update<T>): Promise<void>;
  /** The declared acts. */
  readonly acts?: DeclaredActs<T>;
}

/** An object with its desired values. */
export function desiredOf<T extends Managed>(resource: Resource<T>, item: T): T {
  return resource.desired?.(item) ?? item;
}

type Loading = Pick<Context, "db" | "now"> & { readonly resource: Pick<Resource<Managed>, "loadAll"> };

const objectById = sharedRowQuery(
  "object by id",
  ({ db, now, resource }: Loading, ids) => resource.loadAll({ db, now }, ids),
  ({ id }) => id,
);

/** Loads an object, without checking the caller. */
export async function load<T extends Managed>(
  { db, now }: Pick<Context, "db" | "now">,
  resource: Resource<T>,
  id: string,
): Promise<T | undefined> {
  // The resource loads only objects of its kind.
  return (await executeShared(objectById, { db, now, resource }, id)) as T | undefined;
}

/**
 * Loads an object again within its own change.
 *
 * @throws Error if the object doesn't exist, which can't happen within its own change.
 */
export async function reload<T extends Managed>(
  context: Pick<Context, "db" | "now">,
  resource: Resource<T>,
  id: string,
): Promise<T> {
  const item = await load(context, resource, id);
  if (item === undefined) {
    throw new Error(`${resource.kind} ${id} vanished within its own change`);
  }
  return item;
}

/** The refusal for an object that doesn't exist or isn't visible, with the same message for both. */
export function notFound(noun: string, id: string): Refusal {
  return new Refusal("not_found", `The ${noun} ${id} does not exist, or you don't have access to it.`);
}

/**
 * Loads an object for the caller.
 *
 * @param anyOf permissions of which the caller needs one; none if a later rule decides.
 * @throws Refusal `not_found`; `permission_denied` only if the object is visible to the caller.
 */
export async function find<T extends Managed>(
  context: CallerContext,
  resource: Resource<T>,
  id: string,
  ...anyOf: readonly Permission[]
): Promise<T> {
  const item = await load(context, resource, id);
  const scope = item === undefined ? [] : await visibleIn(context, resource, item);
  if (item === undefined || scope.length === 0) {
    throw notFound(resource.noun, id);
  }
  if (anyOf.length > 0 && !anyOf.some((permission) => holdsIn(context.principal, permission, scope))) {
    throw missing(anyOf);
  }
  return item;
}

/** Whether an object is visible to the caller. */
export async function isVisible<T extends Managed>(
  context: CallerContext,
  resource: Resource<T>,
  item: T,
): Promise<boolean> {
  return (await visibleIn(context, resource, item)).length > 0;
}

/** The caller's organizations in which an object is visible. */
async function visibleIn<T extends Managed>(
  { db, principal }: CallerContext,
  resource: Resource<T>,
  item: T,
): Promise<Scope> {
  const { organizations } = principal.rights;
  if (organizations === "everywhere") {
    return organizations;
  }
  if (resource.visibleIn !== undefined) {
    return await resource.visibleIn({ db }, organizations, item);
  }
  const organization = resource.organizationOf(item);
  return organization !== null && isIn(organization, organizations) ? [organization] : [];
}

/**
 * Requires one of several permissions in an organization; null is outside of all organizations.
 *
 * @throws Refusal `permission_denied` that names the permissions.
 */
export function requirePermission(
  { principal }: Pick<Context, "principal">,
  organization: string | null,
  ...anyOf: readonly [Permission, ...Permission[]]
): void {
  if (!anyOf.some((permission) => holds(principal, permission, organization))) {
    throw missing(anyOf);
  }
}

/**
 * Requires one of several permissions in any organization.
 *
 * @returns the organizations in which the caller has one of them.
 * @throws Refusal `permission_denied` that names the permissions.
 */
export function requireSomewhere({ principal }: Pick<Context, "principal">, ...anyOf: readonly Permission[]): Scope {
  const held = principal.rights.where(...anyOf);
  if (held.length === 0) {
    throw missing(anyOf);
  }
  return held;
}

/** Whether a permission is held in one of the organizations; only the service owner has everything in scope. */
function holdsIn(principal: Principal, permission: Permission, scope: Scope): boolean {
  return scope === "everywhere" || scope.some((organization) => holds(principal, permission, organization));
}

function missing(anyOf: readonly Permission[]): Refusal {
  const needed =
    anyOf.length > 2 ? `one of the permissions ${anyOf.join(", ")}` : `the permission ${anyOf.join(" or ")}`;
  return permissionDenied(`This requires ${needed}.`);
}

/** @throws Refusal `permission_denied` for everyone but the service owner. */
export function requireServiceOwner({ principal }: Pick<Context, "principal">, act: string): void {
  if (isServiceOwner(principal)) {
    return;
  }
  throw permissionDenied(
    `${act} requires the service owner.`,
    "Use the owner token, or ask the operators of the service.",
    { requiresServiceOwner: true },
  );
}

/** The refusal for a missing permission, with advice. */
export function permissionDenied(
  reason: string,
  advice = "Ask an administrator of the organization, or use a token that is allowed to do it.",
  options: Pick<RefusalOptions, "dependsOn" | "requiresServiceOwner"> = {},
): Refusal {
  return new Refusal("permission_denied", `${reason} ${advice}`, options);
}

/** The refusal for a conflict with an existing object, which is named only if the caller can read it. */
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
  const dependsOn = [{ kind: resource.kind, id: existing.id }];
  if (!readable) {
    return new Refusal(code, `${reason}.${isTaken ? " Choose another." : ""}`, { dependsOn });
  }
  const advice = isTaken ? "change or delete it, or choose another" : "omit this one, or end that one first";
  const taken = { note: "", advice, ...resource.whereTaken?.(item) };
  return new Refusal(
    code,
    `${reason}: ${resource.noun} ${existing.id}.${taken.note} Declare that one with \`adopt\`, ${taken.advice}.`,
    { dependsOn },
  );
}

/**
 * Refuses an externalId that another live object of the kind has.
 *
 * @param scope the scope of the externalId; null is the whole service.
 * @throws Refusal `external_id_taken`
 */
export async function refuseTakenExternalId<T extends Managed>(
  context: Context,
  resource: Resource<T>,
  scope: string | null,
  { id, externalId }: Pick<Managed, "id" | "externalId">,
): Promise<void> {
  const existing = externalId === null ? undefined : await resource.findLive(context, scope, externalId);
  if (existing === undefined || existing.id === id) {
    return;
  }
  const reason = `Another ${resource.liveNoun ?? resource.noun} has this externalId`;
  throw await conflict(context, resource, existing, "external_id_taken", reason);
}

/** Whether the caller can read an object. */
export async function isReadable<T extends Managed>(
  context: CallerContext,
  resource: Resource<T>,
  item: T,
): Promise<boolean> {
  return holdsIn(context.principal, resource.reading, await visibleIn(context, resource, item));
}
