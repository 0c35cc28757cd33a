/** The operations on users. */
import type { SelectQueryBuilder } from "kysely";
import { isId, type Schemas } from "roster-schema";
import type { Call, Context } from "../../auth/operation.ts";
import { defaultLimit, type Page, readCursor, selectAfter, toPage } from "../../http/paging.ts";
import { actOnItem, createItem, endItem, type Routes, read, readItem, readOne, updateItem } from "../../http/route.ts";
import { requireSomewhere } from "../../managed/resource.ts";
import type { Tables } from "../../rows/tables.ts";
import { blockForMisuse, findBlockable, liftBlock } from "./blocks.ts";
import { readHolders } from "./leavers.ts";
import { normalizeEmail, toUser, users } from "./resource.ts";
import { createRules, endRules, updateRules } from "./rules.ts";

type User = Schemas["User"];
type ListCall = Call<"listUsers">;

/** The routes of users. */
export const userRoutes: Routes<
  | "listUsers"
  | "createUser"
  | "getUser"
  | "getUserHolders"
  | "updateUser"
  | "deactivateUser"
  | "blockUser"
  | "unblockUser"
> = {
  listUsers: read(listUsers),
  createUser: createItem(users, createRules, updateRules),
  getUser: readItem(users),
  getUserHolders: readOne(readHolders),
  updateUser: updateItem(users, updateRules),
  deactivateUser: endItem(users, "deactivate", endRules, updateRules),
  blockUser: actOnItem(users, "block", { find: findBlockable, perform: answering(blockForMisuse) }),
  unblockUser: actOnItem(users, "unblock", { find: findBlockable, perform: answering(liftBlock) }),
};

/** An action without additional members in the answer. */
function answering(act: (context: Context, user: User) => Promise<void>) {
  return async (context: Context, user: User) => {
    await act(context, user);
    return {};
  };
}

/** Lists all users for the service owner; for others, the users whose home is one of their organizations, and its members. */
async function listUsers(call: ListCall): Promise<Page<Schemas["User"]>> {
  const scope = requireSomewhere(call, "users:read");
  const { db, query } = call;
  const { limit = defaultLimit } = query;
  const after = readCursor(query.cursor, (id) => isId("user", id));
  const all = db.selectFrom("users").selectAll("users");
  if (scope === "everywhere") {
    return toPage(await selectAfter(matching(all, query), "users.id", after, limit + 1), limit, toUser);
  }
  const atHome = all.where("users.home_organization_id", "in", scope);
  const members = all
    .innerJoin("memberships", "memberships.user_id", "users.id")
    .where("memberships.organization_id", "in", scope)
    .where("memberships.member_live", "is not", null);
  // Two queries, so that each can use an index; one condition on both tables would scan every user.
  const rows = [
    ...(await selectAfter(matching(atHome, query), "users.id", after, limit + 1)),
    ...(await selectAfter(matching(members, query), "memberships.user_id", after, limit + 1)),
  ];
  const byId = new Map(rows.map((row) => [row.id, row]));
  const ordered = [...byId.values()].toSorted((one, other) => (one.id < other.id ? -1 : 1));
  return toPage(ordered, limit, toUser);
}

/** Applies the filters of the request. */
function matching<TB extends keyof Tables, Row>(
  rows: SelectQueryBuilder<Tables, TB | "users", Row>,
  { email, homeOrganization, externalId }: ListCall["query"],
): SelectQueryBuilder<Tables, TB | "users", Row> {
  let matches = rows as unknown as SelectQueryBuilder<Tables, "users", Row>;
  if (email !== undefined) {
    matches = matches.where("users.email_normalized", "=", normalizeEmail(email));
  }
  if (homeOrganization !== undefined) {
    matches = matches.where("users.home_organization_id", "=", homeOrganization);
  }
  if (externalId !== undefined) {
    matches = matches.where("users.external_id", "=", externalId);
  }
  return matches as unknown as SelectQueryBuilder<Tables, TB | "users", Row>;
}
