/** The SQL conditions for the status of a key. */
import { type RawBuilder, sql } from "kysely";
import type { Schemas } from "roster-schema";

/** The SQL condition for a key that is neither revoked nor expired. */
export function isActiveKey(now: Date) {
  return sql<boolean>`api_keys.revoked_at is null and (api_keys.expires_at is null or api_keys.expires_at > ${now})`;
}

/** The SQL condition for a key with a status. */
export function hasKeyStatus(status: Schemas["ApiKeyStatus"], now: Date): RawBuilder<boolean> {
  switch (status) {
    case "active":
      return isActiveKey(now);
    case "revoked":
      return sql<boolean>`api_keys.revoked_at is not null`;
    case "expired":
      return sql<boolean>`api_keys.revoked_at is null and api_keys.expires_at <= ${now}`;
  }
}
