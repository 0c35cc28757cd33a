/** The administrators of an organization, and whether they can act. */
import { type Expression, type ExpressionBuilder, type SqlBool, sql } from "kysely";
import type { Permission } from "../auth/permissions.ts";
import type { Database, Tables } from "../rows/tables.ts";

const maxAddresses = 1000;

/** The permission that a system user's key needs to administer an organization. */
const administering: Permission = "members:manage";

/** The SQL condition for the membership of an administrator. */
export function isAdministrator({ and, eb }: ExpressionBuilder<Tables, "memberships">): Expression<SqlBool> {
  return and([eb("memberships.role", "=", "administrator"), eb("memberships.status", "=", "active")]);
}

/**
 * The SQL condition for a member who can act: the account is active, set up and not blocked, and belongs to a person, or to
 * a system user that owns an active key or access token in the organization with the permission to manage members.
 */
export function canAct(now: Date) {
  return (builder: ExpressionBuilder<Tables, "memberships" | "users">): Expression<SqlBool> => {
    const { and, eb, exists, or, selectFrom } = builder;
    const usableKey = selectFrom("api_keys")
      .select("api_keys.id")
      .whereRef("api_keys.owner_id", "=", "users.id")
      .whereRef("api_keys.organization_id", "=", "memberships.organization_id")
      .where("api_keys.revoked_at", "is", null)
      .where((key) => key.or([key("api_keys.expires_at", "is", null), key("api_keys.expires_at", ">", now)]))
      // A JWT authenticates an api_user only.
      .where("api_keys.format", "=", "opaque")
      .where(sql<boolean>`api_keys.permissions @> cast(${JSON.stringify([administering])} as jsonb)`);
    return and([
      eb("users.state", "=", "active"),
      eb("users.activated_at", "is not", null),
      eb("users.block_reason", "is", null),
      or([eb("users.kind", "=", "person"), exists(usableKey)]),
    ]);
  };
}

/** The SQL condition for an organization without an administrator who can act. */
export function lacksAdministrator(now: Date) {
  // Don't use `exists`, which would join the memberships of all users with all organizations.
  return ({ eb, selectFrom }: ExpressionBuilder<Tables, "organizations">): Expression<SqlBool> => {
    const administrator = selectFrom("memberships")
      .innerJoin("users", "users.id", "memberships.user_id")
      .select("memberships.id")
      .whereRef("memberships.organization_id", "=", "organizations.id")
      .where(isAdministrator)
      .where(canAct(now))
      .limit(1);
    return eb(administrator, "is", null);
  };
}

/** The addresses of an organization's administrators who are people with a usable account. */
export async function findAdministratorAddresses(db: Database, organizationId: string): Promise<string[]> {
  const rows = await selectAddresses(db, organizationId).orderBy("memberships.id").limit(maxAddresses).execute();
  return rows.map(({ email }) => email);
}

/** Whether an address belongs to such an administrator. */
export async function isAdministratorAddress(db: Database, organizationId: string, email: string): Promise<boolean> {
  const found = await selectAddresses(db, organizationId).where("users.email", "=", email).executeTakeFirst();
  return found !== undefined;
}

function selectAddresses(db: Database, organizationId: string) {
  return (
    db
      .selectFrom("memberships")
      .innerJoin("users", "users.id", "memberships.user_id")
      .select("users.email")
      .where("memberships.organization_id", "=", organizationId)
      .where(isAdministrator)
      .where("users.kind", "=", "person")
      .where("users.state", "=", "active")
      .where("users.activated_at", "is not", null)
      // A block for failed log-ins doesn't stop notices, because anybody could cause it.
      .where(({ eb, or }) => or([eb("block_reason", "is", null), eb("block_reason", "!=", "misuse")]))
  );
}
