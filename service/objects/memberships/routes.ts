/** The operations on memberships. */
import type { Schemas } from "roster-schema";
import type { Call } from "../../auth/operation.ts";
import { type Page, selectPage } from "../../http/paging.ts";
import { createItem, endItem, type Routes, read, readAs, readItem, updateItem } from "../../http/route.ts";
import { findOrganization } from "../organizations/resource.ts";
import { requireAccess } from "./access.ts";
import { membersAsCsv } from "./csv.ts";
import { isListed, matchesQuery, memberships, selectMemberships, toMembership } from "./resource.ts";
import { createRules, endRules, updateRules } from "./rules.ts";

/** The routes of memberships. */
export const memberRoutes: Routes<
  "listMembers" | "createMembership" | "getMembership" | "updateMembership" | "endMembership" | "checkAccess"
> = {
  listMembers: readAs(read(listMembers), "text/csv", membersAsCsv),
  createMembership: createItem(memberships, createRules, updateRules, { groupable: true }),
  getMembership: readItem(memberships),
  updateMembership: updateItem(memberships, updateRules, { groupable: true }),
  endMembership: endItem(memberships, "end", endRules, updateRules, { groupable: true }),
  checkAccess: read(checkAccess),
};

async function listMembers(call: Call<"listMembers">): Promise<Page<Schemas["Membership"]>> {
  const { db, now, path, query } = call;
  await findOrganization(call, path.organizationId, "members:read");
  const rows = selectMemberships(db, now)
    .where("memberships.organization_id", "=", path.organizationId)
    .where(isListed(query.status, now))
    .where(matchesQuery(query));
  return await selectPage(rows, "memberships.id", "membership", query, (row) => toMembership(row, now));
}

async function checkAccess(call: Call<"checkAccess">): Promise<Schemas["Access"]> {
  const organization = await findOrganization(call, call.path.organizationId, "keys:verify");
  const { user } = call.body;
  const { id, role, apiKeyCount } = await requireAccess(call, organization.id, user);
  return { organization: organization.id, user, membership: id, role, apiKeyCount };
}
