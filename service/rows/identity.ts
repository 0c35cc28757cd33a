/** The identity of the service, which is in its database and by which clients tell services apart. */
import { newId } from "./identifiers.ts";
import type { Database } from "./tables.ts";

/** The identity of a service, and the restores of its database. */
export interface ServiceIdentity {
  /** `svc_` and 32 hexadecimal digits; the same on all replicas, and after a restore that replaces the original. */
  readonly id: string;
  /** The restores that replaced the original, oldest first. */
  readonly restores: readonly Restore[];
}

/** A restore that replaced the original. Objects that were created between its two times are lost. */
export interface Restore {
  readonly takenAt: Date;
  readonly restoredAt: Date;
}

/** Reads the identity in a database. */
export async function readIdentity(db: Database): Promise<ServiceIdentity> {
  const { id } = await db.selectFrom("service_identity").select("id").executeTakeFirstOrThrow();
  const restores = await db
    .selectFrom("service_restores")
    .select(["taken_at as takenAt", "restored_at as restoredAt"])
    .orderBy("restored_at")
    .execute();
  return { id, restores };
}

/** Records a restore that replaces the original and keeps its identity. */
export async function noteRestore(db: Database, { takenAt, restoredAt }: Restore): Promise<void> {
  await db
    .insertInto("service_restores")
    .values({ id: newId("restore"), taken_at: takenAt, restored_at: restoredAt })
    .execute();
}

/** Gives a database a new identity, because it is a copy of one that is still in use. */
export async function becomeAnother(db: Database): Promise<void> {
  await db.deleteFrom("service_restores").execute();
  await db
    .updateTable("service_identity")
    .set({ id: newId("service") })
    .execute();
}
