/**
 * Taking back: a caller who may create objects of a kind, but not end them, may end what the caller made and nobody has
 * built on. Otherwise the caller can only let go of the object.
 */
import type { Context } from "../auth/operation.ts";
import { holds } from "../auth/principal.ts";
import { Refusal } from "../problems.ts";
import { audit } from "./audit.ts";
import type { EndRules, TakingBack } from "./lifecycle.ts";
import { type Managed, type Resource, reload, type UpdateRules } from "./resource.ts";

/**
 * Whether the caller may take an object back: the caller made it and could make it now, nobody else has changed, adopted or
 * used it, and nobody has built on it.
 */
async function mayTakeBack<T extends Managed>(
  context: Context,
  resource: Resource<T>,
  item: T,
  { permission, isBuiltOn }: TakingBack<T>,
): Promise<boolean> {
  const { db, principal } = context;
  if (
    !holds(principal, permission, resource.organizationOf(item)) ||
    item.adopted ||
    resource.isUsed?.(item) === true
  ) {
    return false;
  }
  const { created_by: maker } = await db
    .selectFrom(resource.table)
    .select("created_by")
    .where("id", "=", item.id)
    .executeTakeFirstOrThrow();
  if (maker !== principal.id) {
    return false;
  }
  const others = await db
    .selectFrom("audit_entries")
    .select("id")
    .where("object_id", "=", item.id)
    .where(({ eb, or }) =>
      or([eb("actor_kind", "!=", principal.kind), eb("actor_id", "is", null), eb("actor_id", "!=", principal.id)]),
    )
    .executeTakeFirst();
  return others === undefined && !(await isBuiltOn(context, item, maker));
}

/**
 * Finds the object that a request ends.
 *
 * @param item the object, which the caller can see.
 * @returns the object, and a refusal if the caller may only let go of it.
 * @throws Refusal whatever the rules for ending throw.
 */
export async function findToEnd<T extends Managed>(
  context: Context,
  resource: Resource<T>,
  ending: EndRules<T>,
  item: T,
): Promise<{ readonly before: T; readonly refusal: Refusal | undefined }> {
  try {
    return { before: await ending.find(context, item.id), refusal: undefined };
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== "permission_denied" || ending.takingBack === undefined) {
      throw error;
    }
    const isTakenBack = await mayTakeBack(context, resource, item, ending.takingBack);
    return { before: item, refusal: isTakenBack ? undefined : error };
  }
}

/**
 * Lets go of an object: it stays as it is, and nobody manages it.
 *
 * @param why why it isn't ended.
 * @returns the reason, for the answer.
 */
export async function letGo<T extends Managed>(
  context: Context,
  resource: Resource<T>,
  updating: UpdateRules<T>,
  before: T,
  why: string,
): Promise<string> {
  const after = { ...before, externalId: null };
  await updating.apply(context, { before, after, changed: new Set<keyof T>(["externalId"]) });
  const records = [{ before, after: await reload(context, resource, before.id) }];
  await audit(context, resource, "let_go", records, { always: true });
  return `The ${resource.noun} stays as it is, and nobody manages it now: ${why}`;
}

/**
 * Requires that a caller who may not end an object can let go of it.
 *
 * @returns why it isn't ended.
 * @throws Refusal the given one, if the caller isn't the manager or couldn't have made the object.
 */
export function requireLettingGo<T extends Managed>(
  { principal }: Pick<Context, "principal">,
  { organizationOf }: Resource<T>,
  { takingBack }: EndRules<T>,
  refusal: Refusal,
  before: T,
  managedAs: string | undefined,
): string {
  const isManager = managedAs !== undefined && before.externalId === managedAs;
  const permission = takingBack?.permission;
  if (!isManager || permission === undefined || !holds(principal, permission, organizationOf(before))) {
    throw refusal;
  }
  return (
    "you may not end it, and can take back only what you made and nobody has changed, used or built on since. " +
    refusal.message
  );
}
