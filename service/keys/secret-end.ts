/** When a rotated secret stops working. */
import type { Selectable } from "kysely";
import type { ApiKeySecretsTable, Database } from "../rows/tables.ts";

/** A use is stored at most a minute late. */
const usedAtLagMs = 60_000;

/** What decides when a secret stops. */
type SecretEndColumns = Pick<Selectable<ApiKeySecretsTable>, "expires_at" | "used_at" | "hold_while_used_seconds">;

/**
 * When a secret stops that was rotated away; null for the current one.
 *
 * Its end is put off while it was used within the time that the rotation gave. What has stopped stays so: nothing uses
 * it any more.
 */
export function secretEnd(secret: SecretEndColumns): Date | null {
  const { expires_at: end } = secret;
  const heldUntil = heldUntilOf(secret);
  return end !== null && heldUntil !== null && heldUntil > end ? heldUntil : end;
}

/** Until when the latest use puts off the end of a secret; null where it puts nothing off. */
export function heldUntilOf({ used_at: usedAt, hold_while_used_seconds: hold }: SecretEndColumns): Date | null {
  return usedAt === null || hold === null ? null : new Date(usedAt.getTime() + hold * 1000 + usedAtLagMs);
}

/** What decides when one of a key's secrets stops; undefined where the key has no such generation. */
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
