/** When a rotated secret stops working. */
import type { Selectable } from "kysely";
import type { ApiKeySecretsTable, Database } from "../rows/tables.ts";

/** The maximum delay with which a use is stored. */
const usedAtLagMs = 60_000;

/** The columns that decide when a secret ends. */
type SecretEndColumns = Pick<Selectable<ApiKeySecretsTable>, "expires_at" | "used_at" | "hold_while_used_seconds">;

/**
 * The time at which a rotated secret ends; null for the current secret.
 *
 * The end is postponed while the secret is in use, if the rotation allows that. A secret that has ended stays ended.
 */
export function secretEnd(secret: SecretEndColumns): Date | null {
  const { expires_at: end } = secret;
  const heldUntil = heldUntilOf(secret);
  return end !== null && heldUntil !== null && heldUntil > end ? heldUntil : end;
}

/** The time until which the latest use postpones the end of a secret; null if it doesn't. */
export function heldUntilOf({ used_at: usedAt, hold_while_used_seconds: hold }: SecretEndColumns): Date | null {
  return usedAt === null || hold === null ? null : new Date(usedAt.getTime() + hold * 1000 + usedAtLagMs);
}

/** How long a secret that was replaced may still be valid. */
export interface SecretOverlap {
  readonly overlapMs: number;
  /** How recent a use must be to postpone the end; null if no use does. */
  readonly holdSeconds: number | null;
}

/**
 * Makes a replaced secret end sooner, never later; without an overlap, it ends even if it is in use.
 *
 * @param secret its present columns; undefined if there is no such secret
 * @returns whether its end has changed
 */
export async function endSooner(
  { db, now }: { readonly db: Database; readonly now: Date },
  { keyId, generation }: { readonly keyId: string; readonly generation: number },
  secret: SecretEndColumns | undefined,
  { overlapMs, holdSeconds }: SecretOverlap,
): Promise<boolean> {
  const currentEnd = secret === undefined ? null : secretEnd(secret);
  if (secret === undefined || currentEnd === null || currentEnd <= now) {
    return false;
  }
  const currentHold = secret.hold_while_used_seconds;
  const end = new Date(Math.min(currentEnd.getTime(), now.getTime() + overlapMs));
  const hold = overlapMs === 0 || currentHold === null ? null : holdSeconds && Math.min(currentHold, holdSeconds);
  if (end.getTime() === currentEnd.getTime() && hold === currentHold) {
    return false;
  }
  await db
    .updateTable("api_key_secrets")
    .set({ expires_at: end, hold_while_used_seconds: hold })
    .where("key_id", "=", keyId)
    .where("generation", "=", generation)
    .execute();
  return true;
}

/** Reads the columns that decide when a secret ends; undefined if the key has no such generation. */
export async function selectSecretEnd(
  db: Database,
  keyId: string,
  generation: number,
): Promise<SecretEndColumns | undefined> {
  return await db
    .selectFrom("api_key_secrets")
    .select(["expires_at", "used_at", "hold_while_used_seconds"])
    .where("key_id", "=", keyId)
    .where("generation", "=", generation)
    .executeTakeFirst();
}
