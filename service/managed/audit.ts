/** Writes audit entries. */
import type { Insertable } from "kysely";
import type { Context } from "../auth/operation.ts";
import { newId } from "../rows/identifiers.ts";
import { executeShared, sharedWrite } from "../rows/shared-statements.ts";
import type { Tables } from "../rows/tables.ts";
import { load, type Managed, type Resource } from "./resource.ts";

const rowsPerStatement = 500;

/** What of a change the audit needs, whoever makes it. */
export type AuditedContext = Pick<Context, "db" | "now" | "requestId" | "principal">;

/** One change of one object, for the audit. */
export interface AuditRecord<T> {
  readonly before: T | undefined;
  readonly after: T | undefined;
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
 * Writes what changed to the audit, in the change's own transaction; what didn't change leaves no entry.
 *
 * @param verb what was done, for an action like `role.update`.
 * @param options.always whether it leaves one all the same.
 */
export async function audit<T extends Managed>(
  context: AuditedContext,
  resource: Resource<T>,
  verb: string,
  records: readonly AuditRecord<T>[],
  options: { readonly always?: boolean } = {},
): Promise<void> {
  const ofRequest = records.map((record) => ({ ...record, requestId: context.requestId }));
  await auditRequests(context, resource, verb, ofRequest, options);
}

/** The same for what several requests changed, each record with its own. */
export async function auditRequests<T extends Managed>(
  { db, principal, now }: Omit<AuditedContext, "requestId">,
  resource: Resource<T>,
  verb: string,
  records: readonly (AuditRecord<T> & { readonly requestId: string })[],
  options: { readonly always?: boolean } = {},
): Promise<void> {
  const rows = records.flatMap(({ before, after, requestId }) => {
    const item = after ?? before;
    if (item === undefined) return [];
    const changed = resource.audited.filter((member) => !isSame(before?.[member], after?.[member]));
    if (changed.length === 0 && options.always !== true) return [];
    return {
      id: newId("audit_entry"),
      organization_id: resource.organizationOf(item),
      at: now,
      actor_kind: principal.kind,
      actor_id: principal.kind === "owner" || principal.kind === "service" ? null : principal.id,
      action: `${resource.kind}.${verb}`,
      object_kind: resource.kind,
      object_id: item.id,
      before: pick(before, changed),
      after: pick(after, changed),
      request_id: requestId,
    };
  });
  if (rows.length > 0) await executeShared(newEntries, { db }, rows);
}

/**
 * Changes an object that is there, with its entry in the audit.
 *
 * @param change checks the rules and writes what changes.
 */
export async function changeAudited<T extends Managed>(
  context: AuditedContext,
  resource: Resource<T>,
  id: string,
  verb: string,
  change: (before: T) => Promise<void>,
): Promise<void> {
  const before = await load(context, resource, id);
  if (before === undefined) throw new Error(`there is no ${resource.noun} ${id}`);
  await change(before);
  await audit(context, resource, verb, [{ before, after: await load(context, resource, id) }]);
}

/** Whether two members of an object are equal; absent is null. */
export function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one ?? null) === JSON.stringify(other ?? null);
}

function pick<T extends object>(item: T | undefined, members: readonly (keyof T)[]): string | null {
  if (item === undefined) return null;
  return JSON.stringify(Object.fromEntries(members.map((member) => [member, item[member]])));
}
