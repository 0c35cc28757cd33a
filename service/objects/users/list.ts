/** The list of users. */
import type { SelectQueryBuilder } from "kysely";
import type { Schemas } from "roster-schema";
import type { Call } from "../../auth/operation.ts";
import { defaultLimit, type Page, readCursor, selectAfter, toPage } from "../../http/paging.ts";
import { requirePermission } from "../../managed/resource.ts";
import { isId } from "../../rows/identifiers.ts";
import type { Tables } from "../../rows/tables.ts";
import { normalizeEmail, presentUser } from "./resource.ts";

type ListCall = Call<"listUsers">;

/** Lists all users, or those whom the caller's organization knows: who is at home there, and its members. */
export async function listUsers(call: ListCall): Promise<Page<Schemas["User"]>> {
  requirePermission(call, "users:read");
  const { db, principal, query } = call;
  const { limit = defaultLimit } = query;
  const after = readCursor(query.cursor, (id) => isId("user", id));
  const all = db.selectFrom("users").selectAll("users");
  if (principal.kind !== "api_key") {
    return toPage(await selectAfter(listed(all, query), "users.id", after, limit + 1), limit, presentUser);
  }
  const atHome = all.where("users.home_organization_id", "=", principal.organization);
  const members = all
    .innerJoin("memberships", "memberships.user_id", "users.id")
    .where("memberships.organization_id", "=", principal.organization)
    .where("memberships.member_live", "is not", null);
  // Each by an index, in order of identifier: for one condition that is about both, every user would be looked at.
  const rows = [
    ...(await selectAfter(listed(atHome, query), "users.id", after, limit + 1)),
    ...(await selectAfter(listed(members, query), "memberships.user_id", after, limit + 1)),
  ];
  const byId = new Map(rows.map((row) => [row.id, row]));
  const ordered = [...byId.values()].toSorted((one, other) => (one.id < other.id ? -1 : 1));
  return toPage(ordered, limit, presentUser);
}

/** Those that the caller asks for. */
function listed<TB extends keyof Tables, Row>(
  rows: SelectQueryBuilder<Tables, TB | "users", Row>,
  { email, homeOrganization, externalId }: ListCall["query"],
): SelectQueryBuilder<Tables, TB | "users", Row> {
  let asked = rows as unknown as SelectQueryBuilder<Tables, "users", Row>;
  if (email !== undefined) asked = asked.where("users.email_normalized", "=", normalizeEmail(email));
  if (homeOrganization !== undefined) asked = asked.where("users.home_organization_id", "=", homeOrganization);
  if (externalId !== undefined) asked = asked.where("users.external_id", "=", externalId);
  return asked as unknown as SelectQueryBuilder<Tables, TB | "users", Row>;
}
