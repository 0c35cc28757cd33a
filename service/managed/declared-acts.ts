/** Declared acts: an act is performed once each time its declared value changes. */

import type { Call, Context } from "../auth/operation.ts";
import type { ManagedTable } from "../rows/tables.ts";
import { audit } from "./audit.ts";
import { type DeclaredActName, type DeclaredActs, type Managed, type Resource, reload } from "./resource.ts";

/** The column that stores the last value of each act. */
const columns = {
  resendInvite: "resend_invite",
  resetPassword: "reset_password",
} as const satisfies Readonly<Record<DeclaredActName, string>>;

/** Stores the values of a create, which performs no act. */
export async function keepActs<T extends Managed>(
  call: Call,
  resource: Resource<T>,
  acts: DeclaredActs<T>,
  id: string,
): Promise<void> {
  for (const [name, value] of givenActs(call, acts)) {
    await keep(call, resource, id, name, value);
  }
}

/** The acts of a change whose values differ from the stored ones. */
export async function actsToDo<T extends Managed>(
  call: Call,
  resource: Resource<T>,
  acts: DeclaredActs<T>,
  id: string,
): Promise<[DeclaredActName, string][]> {
  const toDo: [DeclaredActName, string][] = [];
  for (const [name, value] of givenActs(call, acts)) {
    if ((await lastValue(call, resource, id, name)) !== value) {
      toDo.push([name, value]);
    }
  }
  return toDo;
}

/**
 * Performs the acts of a change.
 *
 * @param toDo see {@link actsToDo}
 */
export async function performActs<T extends Managed>(
  call: Call,
  resource: Resource<T>,
  acts: DeclaredActs<T>,
  id: string,
  toDo: readonly (readonly [DeclaredActName, string])[],
): Promise<void> {
  for (const [name, value] of toDo) {
    const item = await reload(call, resource, id);
    await acts[name]?.(call, item);
    await keep(call, resource, id, name, value);
    await audit(call, resource, columns[name], [{ before: item, after: item }], { always: true });
  }
}

function givenActs<T>(call: Call, acts: DeclaredActs<T>): [DeclaredActName, string][] {
  const body = call.body as Readonly<Record<string, unknown>>;
  return (Object.keys(acts) as DeclaredActName[]).flatMap((name): [DeclaredActName, string][] => {
    const value = body[name];
    return typeof value === "string" ? [[name, value]] : [];
  });
}

// The kinds with acts share these columns, which Kysely's types don't express.
const tableOf = (table: ManagedTable) => table as "users";

async function lastValue<T extends Managed>(
  { db }: Context,
  { table }: Resource<T>,
  id: string,
  name: DeclaredActName,
): Promise<string | null> {
  const column = columns[name];
  const row = await db.selectFrom(tableOf(table)).select(column).where("id", "=", id).executeTakeFirstOrThrow();
  return row[column] ?? null;
}

async function keep<T extends Managed>(
  { db }: Context,
  { table }: Resource<T>,
  id: string,
  name: DeclaredActName,
  value: string,
): Promise<void> {
  await db
    .updateTable(tableOf(table))
    .set({ [columns[name]]: value })
    .where("id", "=", id)
    .execute();
}
