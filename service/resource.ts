import type { IdentifiedKind } from "./identifiers.ts";
import type { Context } from "./operation.ts";
import type { Permission } from "./permissions.ts";
import { holds } from "./principal.ts";
import { Refusal } from "./problems.ts";
import type { Created, ManagedTable } from "./tables.ts";

/** A live object by its externalId: which one, and who made it when. */
export type FoundLive = Created & { readonly id: string };

/** What operations of one kind of object have in common. */
export interface Resource<T extends { readonly id: string }> {
  readonly kind: Exclude<IdentifiedKind, "audit_entry">;
  /** The kind in words, for messages. */
  readonly noun: string;
  /** What a caller can set: the ETag is over these. */
  readonly settable: readonly (keyof T)[];
  /** What the audit says of a change. */
  readonly audited: readonly (keyof T)[];
  /** What nobody but this object has: of two of one externalId, whether they mean the same. */
  readonly naturalKey: (item: T) => readonly unknown[];
  /** The permission that reading takes. */
  readonly reading: Permission;
  readonly table: ManagedTable;
  /** The live object of an externalId, in the scope within which it is unique; null is the service. */
  findLive(
    context: Pick<Context, "db" | "now">,
    scope: string | null,
    externalId: string,
  ): Promise<FoundLive | undefined>;
  /** Whether somebody has used it. */
  isUsed?(item: T): boolean;
  /** The organization to whose audit the object's changes belong. */
  organizationOf(item: T): string | null;
  /** The object as the contract has it. */
  load(context: Pick<Context, "db" | "now">, id: string): Promise<T | undefined>;
  /** Whether the caller may know that the object exists; by default its organization decides. */
  knownTo?(context: Context, item: T): boolean | Promise<boolean>;
}

/** The refusal for what doesn't exist and for what the caller may not know of, in the same words. */
export function notFound(noun: string, id: string): Refusal {
  return new Refusal("not_found", `There is no ${noun} ${id}, or it isn't yours to know of.`);
}

/**
 * Reads an object on behalf of the caller.
 *
 * @param anyOf what the caller needs for it, or one of several; none where a later rule decides.
 * @throws Refusal `not_found`, and `permission_denied` only where the caller may know of the object.
 */
export async function find<T extends { readonly id: string }>(
  context: Context,
  resource: Resource<T>,
  id: string,
  ...anyOf: readonly Permission[]
): Promise<T> {
  const item = await resource.load(context, id);
  if (item === undefined || !(await isKnown(context, resource, item))) throw notFound(resource.noun, id);
  if (anyOf.length > 0) requirePermission(context, ...anyOf);
  return item;
}

/** Whether the caller may know that an object exists. */
export async function isKnown<T extends { readonly id: string }>(
  context: Context,
  resource: Resource<T>,
  item: T,
): Promise<boolean> {
  const { principal } = context;
  if (principal.kind === "owner") return true;
  if (resource.knownTo !== undefined) return await resource.knownTo(context, item);
  return resource.organizationOf(item) === principal.organization;
}

/**
 * Requires a permission, or one of several.
 *
 * @throws Refusal `permission_denied`, naming the permission.
 */
export function requirePermission({ principal }: Pick<Context, "principal">, ...anyOf: readonly Permission[]): void {
  if (anyOf.some((permission) => holds(principal, permission))) return;
  throw permissionDenied(`This takes the permission ${anyOf.join(" or ")}.`);
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

/**
 * A conflict with an existing object, which is named only where the caller may read it.
 *
 * @param permission what reading the existing object takes.
 */
export async function conflict<T extends { readonly id: string }>(
  context: Context,
  resource: Resource<T>,
  existing: { readonly id: string },
  code: Refusal["code"],
  permission: Permission,
  reason: string,
): Promise<Refusal> {
  const item = await resource.load(context, existing.id);
  const readable =
    item !== undefined && (await isKnown(context, resource, item)) && holds(context.principal, permission);
  const isTaken = code.endsWith("_taken");
  const advice = isTaken ? "Change or delete that one, or choose another." : "Leave this out, or end that one first.";
  const hidden = isTaken ? " Choose another." : "";
  return new Refusal(code, readable ? `${reason}: ${resource.noun} ${existing.id}. ${advice}` : `${reason}.${hidden}`);
}
