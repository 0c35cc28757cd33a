/** The operations on access tokens. People make and end them on pages. */
import type { Schemas } from "roster-schema";
import type { Call } from "../../auth/operation.ts";
import { callOf, principalOf } from "../../http/call.ts";
import { type Page, selectPage } from "../../http/paging.ts";
import { type Routes, read } from "../../http/route.ts";
import { inTransaction } from "../../rows/database.ts";
import { findOrganization } from "../organizations/resource.ts";
import { selectTokens, toAccessToken } from "./resource.ts";
import { endOwnToken } from "./rules.ts";

type AccessToken = Schemas["AccessToken"];

/** The routes of access tokens. */
export const accessTokenRoutes: Routes<"listAccessTokens" | "endOwnAccessToken"> = {
  listAccessTokens: read(listTokens),
  endOwnAccessToken: {
    async handle(runtime, _operation, request, reply) {
      await inTransaction(runtime.db, (db) => endOwnToken(callOf(runtime, request, db, principalOf(request))));
      return await reply.code(204).send();
    },
  },
};

async function listTokens(call: Call<"listAccessTokens">): Promise<Page<AccessToken>> {
  const { db, now, path, query } = call;
  await findOrganization(call, path.organizationId, "keys:read");
  let rows = selectTokens(db)
    .innerJoin("memberships", "memberships.user_id", "access_tokens.user_id")
    .where("memberships.organization_id", "=", path.organizationId)
    .where("memberships.status", "=", "active")
    .where("users.state", "=", "active")
    .where("access_tokens.revoked_at", "is", null)
    .where("access_tokens.expires_at", ">", now)
    .where(({ eb, or }) =>
      or([
        eb("access_tokens.organization_id", "is", null),
        eb("access_tokens.organization_id", "=", path.organizationId),
      ]),
    );
  if (query.user !== undefined) {
    rows = rows.where("access_tokens.user_id", "=", query.user);
  }
  return await selectPage(rows, "access_tokens.id", "access_token", query, (row) => toAccessToken(row, now));
}
