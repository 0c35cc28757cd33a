/** The status of a user. */
import type { Selectable } from "kysely";
import type { Schemas } from "roster-schema";
import type { Tables } from "./tables.ts";

/** Computes a user's status from the desired state, the activation and the block. */
export function userStatusOf(
  row: Pick<Selectable<Tables["users"]>, "state" | "activated_at" | "block_reason">,
): Schemas["User"]["status"] {
  if (row.state === "inactive") {
    return "inactive";
  }
  if (row.block_reason !== null) {
    return "blocked";
  }
  return row.activated_at === null ? "invited" : "active";
}
