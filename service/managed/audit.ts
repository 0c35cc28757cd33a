/** Writes audit entries. */
import type { Insertable } from "kysely";
import type { Schemas } from "roster-schema";
import type { Context } from "../auth/operation.ts";
import { newId } from "../rows/identifiers.ts";
import { executeShared, sharedWrite } from "../rows/shared-statements.ts";
import type { Tables } from "../rows/tables.ts";
import { load, type Managed, type Resource } from "./resource.ts";

const rowsPerStatement = 500;

/** The parts of a call that the audit needs. */
export type AuditedContext = Pick<Context, "db" | "now" | "requestId" | "principal">;

/** What the audit needs to know of a kind of object. */
export interface AuditedKind<T> {
  readonly kind: Schemas["AuditEntry"]["object"]["kind"];
  /** The members that the audit records. */
  readonly audited: readonly (keyof T)[];
  /** The organization whose audit records changes of the object. */
  organizationOf(item: T): string | null;
}

/** A change of an object, for the audit. */
export interface AuditRecord<T> {
  readonly before: T | undefined;
  readonly after: T | undefined;
}

/** Receives the rows of audit entries as they are written. */
export type AuditFollower = (rows: readonly Insertable<Tables["audit_entries"]>[]) => void;

const followers = new WeakMap<Context["db"], AuditFollower>();

/** Follows the audit entries that are written in a transaction. */
export function followAudit(transaction: Context["db"], follower: AuditFollower): void {
  followers.set(transaction, follower);
}

const newEntries = sharedWrite(
  "audit entries",
  async ({ db }: Pick<Context, "db">, all: readonly (readonly Insertable<Tables["audit_entries"]>[])[]) => {
    const entries = all.flat();
    for (let start = 0; start < entries.length; start += rowsPerStatement) {
      await db
        .insertInto("audit_entries")
        .values(entries.slice(start, start + rowsPerStatement))
        .execute();
    }
  },
);

/**
 * Writes audit entries for changes, in the same transaction; an unchanged object gets no entry.
 *
 * @param verb the verb of the action, such as `update` in `role.update`.
 * @param options.always whether to write entries for unchanged objects as well.
 */
export async function audit<T extends Pick<Managed, "id">>(
  context: AuditedContext,
  resource: AuditedKind<T>,
  verb: string,
  records: readonly AuditRecord<T>[],
  options: { readonly always?: boolean } = {},
): Promise<void> {
  const ofRequest = records.map((record) => ({ ...record, requestId: context.requestId }));
  await auditRequests(context, resource, verb, ofRequest, options);
}

/** Writes audit entries for changes of several requests; each record has its request id. */
export async function auditRequests<T extends Pick<Managed, "id">>(
  { db, principal, now }: Omit<AuditedContext, "requestId">,
  resource: AuditedKind<T>,
  verb: string,
  records: readonly (AuditRecord<T> & { readonly requestId: string })[],
  options: { readonly always?: boolean } = {},
): Promise<void> {
  const rows = records.flatMap(({ before, after, requestId }) => {
    const item = after ?? before;
    if (item === undefined) {
      return [];
    }
    const changed = resource.audited.filter((member) => !isSame(before?.[member], after?.[member]));
    if (changed.length === 0 && options.always !== true) {
      return [];
    }
    return {
      id: newId("audit_entry"),
      organization_id: resource.organizationOf(item),
      at: now,
      actor_kind: principal.kind,
      actor_token: principal.accessToken,
      actor_id: principal.kind === "owner" || principal.kind === "service" ? null : principal.id,
      action: `${resource.kind}.${verb}`,
      object_kind: resource.kind,
      object_id: item.id,
      before: pick(before, changed),
      after: pick(after, changed),
      request_id: requestId,
    };
  });
  if (rows.length > 0) {
    await executeShared(newEntries, { db }, rows);
    followers.get(db)?.(rows);
  }
}

/**
 * Changes an existing object, and writes the audit entry.
 *
 * @param change checks the rules and makes the change.
 */
export async function changeAudited<T extends Managed>(
  context: AuditedContext,
  resource: Resource<T>,
  id: string,
  verb: string,
  change: (before: T) => Promise<void>,
): Promise<void> {
  const before = await load(context, resource, id);
  if (before === undefined) {
    throw new Error(`${resource.noun} ${id} does not exist`);
  }
  await change(before);
  await audit(context, resource, verb, [{ before, after: await load(context, resource, id) }]);
}

/** Whether two values are equal; undefined counts as null. */
export function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one ?? null) === JSON.stringify(other ?? null);
}

function pick<T extends object>(item: T | undefined, members: readonly (keyof T)[]): string | null {
  if (item === undefined) {
    return null;
  }
  return JSON.stringify(Object.fromEntries(members.map((member) => [member, item[member]])));
}
