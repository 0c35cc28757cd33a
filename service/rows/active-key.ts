/** The SQL condition for an active API key. */
import { sql } from "kysely";

/** The SQL condition for a key that is neither revoked nor expired. */
export function isActiveKey(now: Date) {
  return sql<boolean>`api_keys.revoked_at is null and (api_keys.expires_at is null or api_keys.expires_at > ${now})`;
}
