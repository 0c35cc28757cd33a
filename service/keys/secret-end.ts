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
