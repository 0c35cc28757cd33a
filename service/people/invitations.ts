/** What a mailed invitation invites somebody to. */
import type { Selectable } from "kysely";
import type { Schemas } from "roster-schema";
import type { Link } from "../auth/links.ts";
import type { Context } from "../auth/operation.ts";
import { load } from "../managed/resource.ts";
import { apiKeys } from "../objects/api-keys/resource.ts";
import { apiKeyAssignments } from "../objects/assignments/resource.ts";
import { memberships } from "../objects/memberships/resource.ts";
import { organizations } from "../objects/organizations/resource.ts";
import { roles } from "../objects/roles/resource.ts";
import { findUserByEmail } from "../objects/users/resource.ts";
import type { Tables } from "../rows/tables.ts";

/** What an invitation grants, and to whom. */
export interface Invitation {
  /** The invited account, or the account with the invited address; undefined if there is none. */
  readonly account: Selectable<Tables["users"]> | undefined;
  readonly organization: string;
  readonly organizationName: string;
  /** The name of the role or the API key. */
  readonly grant: string;
}

/** Finds the invitation of a link, if it is still pending. */
export async function findInvitation(
  context: Pick<Context, "db" | "now">,
  { purpose, subject }: Link,
): Promise<Invitation | undefined> {
  if (purpose === "membership") {
    const membership = await load(context, memberships, subject);
    const role = membership && (await load(context, roles, membership.role));
    return await toInvitation(context, membership, role?.name);
  }
  const assignment = await load(context, apiKeyAssignments, subject);
  const key = assignment && (await load(context, apiKeys, assignment.key));
  return await toInvitation(context, assignment, key?.displayName);
}

async function toInvitation(
  context: Pick<Context, "db" | "now">,
  invited: Schemas["Membership"] | Schemas["ApiKeyAssignment"] | undefined,
  grant: string | undefined,
): Promise<Invitation | undefined> {
  if (invited?.status !== "pending" || grant === undefined) {
    return undefined;
  }
  const organization = await load(context, organizations, invited.organization);
  if (organization?.status !== "open") {
    return undefined;
  }
  const account = await findUserByEmail(context, invited.email);
  return { account, organization: organization.id, organizationName: organization.name, grant };
}
