/** The operations on roles. */
import { isBuiltInRole, isId, organizationRoles, type Schemas } from "roster-schema";
import type { Call } from "../../auth/operation.ts";
import { defaultLimit, type Page, readCursor, selectPage, toPage } from "../../http/paging.ts";
import { createItem, endItem, type Routes, read, readItem, updateItem } from "../../http/route.ts";
import { findOrganization } from "../organizations/resource.ts";
import { roles, toBuiltInRole, toRole } from "./resource.ts";
import { createRules, endRules, updateRules } from "./rules.ts";

type Role = Schemas["Role"];

/** The routes of roles. */
export const roleRoutes: Routes<"listRoles" | "createRole" | "getRole" | "updateRole" | "deleteRole"> = {
  listRoles: read(listRoles),
  createRole: createItem(roles, createRules, updateRules),
  getRole: readItem(roles),
  updateRole: updateItem(roles, updateRules),
  deleteRole: endItem(roles, "delete", endRules, updateRules),
};

async function listRoles(call: Call<"listRoles">): Promise<Page<Role>> {
  const { db, path, query } = call;
  await findOrganization(call, path.organizationId, "roles:read");
  const after = readCursor(query.cursor, (id) => isBuiltInRole(id) || isId("role", id));
  let rows = db.selectFrom("roles").selectAll().where("organization_id", "=", path.organizationId);
  if (query.name !== undefined) {
    rows = rows.where("name", "=", query.name);
  }
  if (query.externalId !== undefined) {
    rows = rows.where("external_id", "=", query.externalId);
  }
  if (after !== undefined && !isBuiltInRole(after)) {
    return await selectPage(rows, "id", "role", query, toRole);
  }
  // Built-in roles come first, so that the list has one order for cursors.
  const builtInNames: readonly string[] = organizationRoles;
  const builtIn = organizationRoles
    .slice(after === undefined ? 0 : builtInNames.indexOf(after) + 1)
    .filter((role) => query.externalId === undefined && (query.name === undefined || query.name === role))
    .map(toBuiltInRole);
  const { limit = defaultLimit } = query;
  const own = await rows
    .orderBy("id")
    .limit(limit + 1)
    .execute();
  return toPage([...builtIn, ...own.map(toRole)], limit, (role) => role);
}
