/** Which service this is: the identity that its database holds, by which clients tell services apart. */
import { newId } from "./identifiers.ts";
import type { Database } from "./tables.ts";

/** A service, and the restores of its database. */
export interface ServiceIdentity {
  /** `svc_` and 32 hexadecimal digits; the same on all replicas, and after a restore that takes the original's place. */
  readonly id: string;
  /** The backups that took the original's place, oldest first. */
  readonly restores: readonly Restore[];
}

/** A backup that took the place of the original. Objects made between its two times are gone. */
export interface Restore {
  readonly takenAt: Date;
  readonly restoredAt: Date;
}

/** Reads the identity that a database holds. */
export async function readIdentity(db: Database): Promise<ServiceIdentity> {
  const { id } = await db.selectFrom("service_identity").select("id").executeTakeFirstOrThrow();
  const restores = await db
    .selectFrom("service_restores")
    .select(["taken_at as takenAt", "restored_at as restoredAt"])
    .orderBy("restored_at")
    .execute();
  return { id, restores };
}

/** Notes that a backup has taken the place of the original, whose identity it keeps. */
export async function noteRestore(db: Database, { takenAt, restoredAt }: Restore): Promise<void> {
  await db
    .insertInto("service_restores")
    .values({ id: newId("restore"), taken_at: takenAt, restored_at: restoredAt })
    .execute();
}

/** Gives a database an identity of its own: it is a copy of one that is still in use. */
export async function becomeAnother(db: Database): Promise<void> {
  await db.deleteFrom("service_restores").execute();
  await db
    .updateTable("service_identity")
    .set({ id: newId("service") })
    .execute();
}
