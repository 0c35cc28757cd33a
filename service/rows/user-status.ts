/** The status of a user. */
import type { Selectable } from "kysely";
import type { Schemas } from "roster-schema";
import type { Tables } from "./tables.ts";

type Account = Pick<Selectable<Tables["users"]>, "state" | "activated_at" | "block_reason">;

/**
 * Whether a user's API keys and access tokens work. A block for failed log-ins doesn't stop them, or anyone could stop them by
 * failing to log in.
 */
export function canBeActedFor({ state, activated_at, block_reason }: Account): boolean {
  return state === "active" && activated_at !== null && block_reason !== "misuse";
}

/** Computes a user's status from the desired state, the activation and the block. */
export function userStatusOf(row: Account): Schemas["User"]["status"] {
  if (row.state === "inactive") {
    return "inactive";
  }
  if (row.block_reason !== null) {
    return "blocked";
  }
  return row.activated_at === null ? "invited" : "active";
}
