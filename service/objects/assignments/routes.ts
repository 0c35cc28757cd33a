/** The operations on API key assignments. */
import type { Schemas } from "roster-schema";
import type { Call } from "../../auth/operation.ts";
import { type Page, selectPage } from "../../http/paging.ts";
import { createItem, endItem, type Routes, read, readItem, updateItem } from "../../http/route.ts";
import { find } from "../../managed/resource.ts";
import { beginningWith, byByte } from "../../rows/tables.ts";
import { apiKeys } from "../api-keys/resource.ts";
import { hasEmail } from "../memberships/resource.ts";
import { apiKeyAssignments, selectAssignments, toAssignment } from "./resource.ts";
import { createRules, endRules, updateRules } from "./rules.ts";

type ApiKeyAssignment = Schemas["ApiKeyAssignment"];

/** The routes of API-key assignments. */
export const apiKeyAssignmentRoutes: Routes<
  | "listApiKeyAssignments"
  | "createApiKeyAssignment"
  | "getApiKeyAssignment"
  | "updateApiKeyAssignment"
  | "deleteApiKeyAssignment"
> = {
  listApiKeyAssignments: read(listAssignments),
  createApiKeyAssignment: createItem(apiKeyAssignments, createRules, updateRules, { groupable: true }),
  getApiKeyAssignment: readItem(apiKeyAssignments),
  updateApiKeyAssignment: updateItem(apiKeyAssignments, updateRules, { groupable: true }),
  deleteApiKeyAssignment: endItem(apiKeyAssignments, "delete", endRules, updateRules, { groupable: true }),
};

async function listAssignments(call: Call<"listApiKeyAssignments">): Promise<Page<ApiKeyAssignment>> {
  const { db, now, path, query } = call;
  const key = await find(call, apiKeys, path.apiKeyId, "keys:read");
  let rows = selectAssignments(db).where("api_key_assignments.key_id", "=", key.id);
  if (query.user !== undefined) {
    rows = rows.where("api_key_assignments.user_id", "=", query.user);
  }
  if (query.email !== undefined) {
    rows = rows.where(hasEmail("api_key_assignments", query.email));
  }
  if (query.externalId !== undefined) {
    rows = rows.where(byByte("api_key_assignments.external_id"), "=", query.externalId);
  }
  if (query.externalIdPrefix !== undefined) {
    rows = rows.where("api_key_assignments.external_id", "like", beginningWith(query.externalIdPrefix));
  }
  return await selectPage(rows, "api_key_assignments.id", "api_key_assignment", query, (row) => toAssignment(row, now));
}
