/** Exports the members of an organization as CSV, in a form that can be imported. */
import { csvLine, isBuiltInRole, memberColumns } from "roster-schema";
import type { Call } from "../../auth/operation.ts";
import { findOrganization } from "../organizations/resource.ts";
import { isListed, matchesQuery } from "./resource.ts";

const pageRows = 1000;

/** Lists the members that match the query, in pages; without a status, those that have not ended. */
export async function* membersAsCsv(call: Call<"listMembers">): AsyncGenerator<string> {
  await findOrganization(call, call.path.organizationId, "members:read");
  const names = new Map(
    (
      await call.db
        .selectFrom("roles")
        .select(["id", "name"])
        .where("organization_id", "=", call.path.organizationId)
        .execute()
    ).map(({ id, name }) => [id, name]),
  );
  let head = csvLine(Object.values(memberColumns));
  let after = "";
  for (;;) {
    const rows = await selectMembers(call).where("memberships.id", ">", after).execute();
    const lines = rows.map(({ email, given_name, family_name, role }) => {
      return csvLine([
        email ?? "",
        given_name ?? "",
        family_name ?? "",
        isBuiltInRole(role) ? role : (names.get(role) ?? role),
      ]);
    });
    yield head + lines.join("");
    head = "";
    const last = rows.at(-1);
    if (last === undefined || rows.length < pageRows) {
      return;
    }
    after = last.id;
  }
}

function selectMembers({ db, now, path, query }: Call<"listMembers">) {
  return db
    .selectFrom("memberships")
    .leftJoin("users", "users.id", "memberships.user_id")
    .select(["memberships.id", "memberships.role", "users.given_name", "users.family_name"])
    .select(({ fn }) => fn.coalesce("users.email", "memberships.email").as("email"))
    .where("memberships.organization_id", "=", path.organizationId)
    .where(isListed(query.status, now))
    .where(matchesQuery(query))
    .orderBy("memberships.id")
    .limit(pageRows);
}
