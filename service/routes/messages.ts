/** The operation that lists messages. */
import type { Selectable } from "kysely";
import type { Schemas } from "roster-schema";
import type { Call } from "../auth/operation.ts";
import { holds } from "../auth/principal.ts";
import { type Page, selectPage } from "../http/paging.ts";
import { type Routes, read } from "../http/route.ts";
import { findOrganization } from "../objects/organizations/resource.ts";
import type { Tables } from "../rows/tables.ts";

type Message = Schemas["Message"];

/** The route that lists messages, which verifications create. */
export const messageRoutes: Routes<"listMessages"> = { listMessages: read(listMessages) };

async function listMessages(call: Call<"listMessages">): Promise<Page<Message>> {
  const { db, path, principal, query } = call;
  await findOrganization(call, path.organizationId, "messages:read", "messages:read_own");
  let rows = db.selectFrom("messages").selectAll().where("organization_id", "=", path.organizationId);
  if (!holds(principal, "messages:read", path.organizationId)) {
    // A key without an owner has no messages of its own, because nothing equals null.
    rows = rows.where("owner_id", "=", principal.user);
  }
  if (query.key !== undefined) {
    rows = rows.where("key_id", "=", query.key);
  }
  if (query.owner !== undefined) {
    rows = rows.where("owner_id", "=", query.owner);
  }
  if (query.outcome !== undefined) {
    rows = rows.where("outcome", "=", query.outcome);
  }
  return await selectPage(rows, "id", "message", query, toMessage);
}

function toMessage(row: Selectable<Tables["messages"]>): Message {
  return {
    id: row.id,
    organization: row.organization_id,
    key: row.key_id,
    owner: row.owner_id,
    api: row.api,
    outcome: row.outcome,
    reason: row.reason,
    at: row.at.toISOString(),
  };
}
