/** The operations on access tokens. People make and end theirs on pages. */
import { isId } from "roster-schema";
import type { AnswerOf, Call, Context } from "../../auth/operation.ts";
import { callOf, principalOf } from "../../http/call.ts";
import { defaultLimit, readCursor, selectAfter, toPage } from "../../http/paging.ts";
import { actOnItem, createItem, endItem, type Routes, read, readItem, updateItem } from "../../http/route.ts";
import { find } from "../../managed/resource.ts";
import { hasKeyStatus } from "../../rows/active-key.ts";
import { inTransaction } from "../../rows/database.ts";
import { byByte } from "../../rows/tables.ts";
import { rotateKey } from "../api-keys/rotation.ts";
import { revokeSecret, revokeSecretVerb } from "../api-keys/secrets.ts";
import { findOrganization } from "../organizations/resource.ts";
import { endOwnToken } from "./personal-token-rules.ts";
import { selectPersonalTokens, toPersonalToken } from "./personal-tokens.ts";
import { accessTokenKind, accessTokens, selectAccessTokens, toAccessToken } from "./resource.ts";
import { createRules, endRules, updateRules } from "./rules.ts";

type ListCall = Call<"listAccessTokens">;
type Listed = AnswerOf<"listAccessTokens">["items"][number];

/** Finds a system user's token, if the caller is allowed to end its secrets. */
const findRevocable = (context: Context, id: string) => find(context, accessTokens, id, "keys:revoke");

/** The routes of access tokens. */
export const accessTokenRoutes: Routes<
  | "listAccessTokens"
  | "createAccessToken"
  | "getAccessToken"
  | "updateAccessToken"
  | "revokeAccessToken"
  | "rotateAccessToken"
  | "revokeAccessTokenSecret"
  | "endOwnAccessToken"
> = {
  listAccessTokens: read(listTokens),
  createAccessToken: createItem(accessTokens, createRules, updateRules, { secret: true }),
  getAccessToken: readItem(accessTokens),
  updateAccessToken: updateItem(accessTokens, updateRules),
  revokeAccessToken: endItem(accessTokens, "revoke", endRules, updateRules),
  rotateAccessToken: actOnItem(
    accessTokens,
    "rotate",
    {
      find: findRevocable,
      perform: async (call: Call<"rotateAccessToken">, token) => ({
        token: await rotateKey(accessTokenKind, call, token),
      }),
    },
    { secret: true },
  ),
  revokeAccessTokenSecret: actOnItem(accessTokens, revokeSecretVerb, {
    find: findRevocable,
    async perform(call: Call<"revokeAccessTokenSecret">, token) {
      await revokeSecret(accessTokenKind, call, token);
      return {};
    },
  }),
  endOwnAccessToken: {
    async handle(runtime, _operation, request, reply) {
      await inTransaction(runtime.db, (db) => endOwnToken(callOf(runtime, request, db, principalOf(request))));
      return await reply.code(204).send();
    },
  },
};

/** Both kinds of tokens in one list: their ids have the same form. */
async function listTokens(call: ListCall): Promise<AnswerOf<"listAccessTokens">> {
  const { kind, limit = defaultLimit, cursor } = call.query;
  await findOrganization(call, call.path.organizationId, "keys:read");
  const after = readCursor(cursor, (id) => isId("access_token", id));
  const found = [
    ...(kind === "person" ? [] : await listSystemTokens(call, after, limit + 1)),
    ...(kind === "system" ? [] : await listPersonalTokens(call, after, limit + 1)),
  ];
  const inOrder = found.toSorted((one, other) => (one.id < other.id ? -1 : 1));
  return toPage(inOrder, limit, (token) => token);
}

async function listSystemTokens(call: ListCall, after: string | undefined, count: number): Promise<Listed[]> {
  const { db, now, path, query } = call;
  let rows = selectAccessTokens(db).where("api_keys.organization_id", "=", path.organizationId);
  if (query.user !== undefined) {
    rows = rows.where("api_keys.owner_id", "=", query.user);
  }
  if (query.name !== undefined) {
    rows = rows.where("api_keys.name", "=", query.name);
  }
  if (query.externalId !== undefined) {
    rows = rows.where(byByte("api_keys.external_id"), "=", query.externalId);
  }
  if (query.status !== undefined) {
    rows = rows.where(hasKeyStatus(query.status, now));
  }
  return (await selectAfter(rows, "api_keys.id", after, count)).map((row) => toAccessToken(row, now));
}

/** The active tokens of people; theirs have no externalId. */
async function listPersonalTokens(call: ListCall, after: string | undefined, count: number): Promise<Listed[]> {
  const { db, now, path, query } = call;
  if (query.externalId !== undefined || (query.status !== undefined && query.status !== "active")) {
    return [];
  }
  let rows = selectPersonalTokens(db)
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
  if (query.name !== undefined) {
    rows = rows.where("access_tokens.name", "=", query.name);
  }
  return (await selectAfter(rows, "access_tokens.id", after, count)).map((row) => toPersonalToken(row, now));
}
