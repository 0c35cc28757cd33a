/** People's access tokens: their rows, and their form in the contract. */
import type { Selectable } from "kysely";
import type { Schemas } from "roster-schema";
import type { Context } from "../../auth/operation.ts";
import type { AuditedKind } from "../../managed/audit.ts";
import type { Database, Tables } from "../../rows/tables.ts";

type PersonalToken = Schemas["PersonalAccessToken"];

/** People's access tokens in the audit. */
export const personalTokens: AuditedKind<PersonalToken> = {
  kind: "access_token",
  audited: ["user", "name", "client", "organization", "permissions", "expiresAt", "revokedAt"],
  organizationOf: ({ organization }) => organization,
};

/** A query for people's access tokens with their addresses. */
export function selectPersonalTokens(db: Database) {
  return db
    .selectFrom("access_tokens")
    .innerJoin("users", "users.id", "access_tokens.user_id")
    .selectAll("access_tokens")
    .select("users.email");
}

/** Finds a person's access token. */
export async function findPersonalToken(
  { db, now }: Pick<Context, "db" | "now">,
  userId: string,
  id: string,
): Promise<PersonalToken | undefined> {
  const row = await selectPersonalTokens(db)
    .where("access_tokens.id", "=", id)
    .where("access_tokens.user_id", "=", userId)
    .executeTakeFirst();
  return row && toPersonalToken(row, now);
}

/** Converts the row of a person's access token to the contract's form. */
export function toPersonalToken(
  row: Selectable<Tables["access_tokens"]> & { readonly email: string },
  now: Date,
): PersonalToken {
  return {
    id: row.id,
    kind: "person",
    user: row.user_id,
    email: row.email,
    name: row.name,
    client: row.client,
    organization: row.organization_id,
    permissions: row.permissions,
    prefix: row.prefix,
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
    lastUsedAt: row.used_at?.toISOString() ?? null,
    revokedAt: row.revoked_at?.toISOString() ?? null,
    status: row.revoked_at !== null ? "revoked" : row.expires_at <= now ? "expired" : "active",
  };
}
