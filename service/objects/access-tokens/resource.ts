/** The access tokens of system users as a resource. They are stored as keys; people's access tokens are not. */
import type { Schemas } from "roster-schema";
import type { Resource } from "../../managed/resource.ts";
import { isActiveKey } from "../../rows/active-key.ts";
import { creationColumns, type Database, liveName } from "../../rows/tables.ts";
import type { KeyKind } from "../api-keys/key.ts";
import { type Row, selectStoredKeys, toKeyMembers } from "../api-keys/resource.ts";

/** The access token of a system user in the contract's form. */
export type AccessToken = Schemas["AccessToken"];

/** The access tokens of system users, without their secrets. */
export const accessTokens: Resource<AccessToken> = {
  kind: "access_token",
  parameter: "accessTokenId",
  noun: "access token",
  liveNoun: "active access token",
  settable: ["externalId", "name", "permissions", "allowedIps", "endDate", "state"],
  audited: [
    "externalId",
    "user",
    "name",
    "permissions",
    "allowedIps",
    "endDate",
    "state",
    "generation",
    "fingerprint",
    "revokedAt",
  ],
  naturalKey: ({ name, user }) => [name, user],
  reading: "keys:read",
  table: "api_keys",
  organizationColumn: "organization_id",
  findLive: async ({ db, now }, scope, externalId) =>
    await db
      .selectFrom("api_keys")
      .select(creationColumns)
      .where("external_id_live", "=", liveName(accessTokenKind.scopeOf(scope ?? ""), externalId))
      .where(isActiveKey(now))
      .executeTakeFirst(),
  nameOf: ({ name }) => name,
  isLive: ({ status }) => status === "active",
  hasEnded: ({ status }) => status !== "active",
  isUsed: ({ lastUsedAt }) => lastUsedAt !== null,
  organizationOf: ({ organization }) => organization,
  async loadAll({ db, now }, ids) {
    const rows = await selectAccessTokens(db).where("api_keys.id", "in", ids).execute();
    return rows.map((row) => toAccessToken(row, now));
  },
};

/** What distinguishes access tokens from API keys. */
export const accessTokenKind: KeyKind<AccessToken> = {
  resource: accessTokens,
  word: "token",
  holder: "user",
  needsApiAccess: false,
  // The names of API keys begin with the organization, so a key and a token can have the same name.
  scopeOf: (organization) => `tokens ${organization}`,
  keyOf: (token) => ({ ...token, owner: token.user, kind: "token", format: "opaque" }),
};

/** A query for the access tokens of system users. */
export function selectAccessTokens(db: Database) {
  return selectStoredKeys(db).where("api_keys.kind", "=", "token");
}

/** Converts the row of a system user's access token to the contract's form. */
export function toAccessToken(row: Row, now: Date): AccessToken {
  if (row.owner_id === null || row.owner_email === null) {
    throw new Error(`the access token ${row.id} has no user`);
  }
  return {
    ...toKeyMembers(row, now),
    kind: "system",
    user: row.owner_id,
    email: row.owner_email,
    expiresAt: row.expires_at?.toISOString() ?? null,
  };
}
