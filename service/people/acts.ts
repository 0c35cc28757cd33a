/** What people do on their pages that is nobody else's to do. */
import type { Schemas } from "roster-schema";
import { audit } from "../audit.ts";
import type { Link } from "../links.ts";
import type { Context, PersonContext } from "../operation.ts";
import { load } from "../resource.ts";
import { apiKeyAssignments } from "../resources/api-key-assignments.ts";
import { apiKeys } from "../resources/api-keys.ts";
import { memberships } from "../resources/memberships.ts";
import { organizations } from "../resources/organizations.ts";
import { roles } from "../resources/roles.ts";
import { findUserByEmail, type Names, users } from "../resources/users.ts";
import { insertUser } from "../routes/users.ts";

/** What somebody is invited to by a link. */
export interface Invitation {
  /** The user who has the invited address; null while nobody has. */
  readonly userId: string | null;
  readonly organizationName: string;
  /** The role, or the API key, by its name. */
  readonly grant: string;
}

/** Makes the acting person's account, complete and of no organization, with a proven address. */
export async function signUp(context: PersonContext, email: string, names: Names): Promise<void> {
  const { db, now, principal } = context;
  const id = principal.user;
  const at = now.toISOString();
  await insertUser(context, {
    id,
    externalId: null,
    adopted: false,
    email,
    pendingEmail: null,
    ...names,
    kind: "person",
    homeOrganization: null,
    systemRole: "none",
    state: "active",
    status: "invited",
    inviteSentAt: null,
    inviteExpiresAt: null,
    createdAt: at,
    updatedAt: at,
  });
  await db.updateTable("users").set({ activated_at: now }).where("id", "=", id).execute();
  await audit(context, users, "sign_up", [{ before: undefined, after: await load(context, users, id) }]);
}

/** What a link of an invitation invites to, while that stands. */
export async function findInvitation(
  context: Pick<Context, "db" | "now">,
  { purpose, subject }: Link,
): Promise<Invitation | undefined> {
  if (purpose === "membership") {
    const membership = await load(context, memberships, subject);
    const role = membership && (await load(context, roles, membership.role));
    return await present(context, membership, role?.name);
  }
  const assignment = await load(context, apiKeyAssignments, subject);
  const key = assignment && (await load(context, apiKeys, assignment.key));
  return await present(context, assignment, key?.displayName);
}

async function present(
  context: Pick<Context, "db" | "now">,
  invited: Schemas["Membership"] | Schemas["ApiKeyAssignment"] | undefined,
  grant: string | undefined,
): Promise<Invitation | undefined> {
  if (invited?.status !== "pending" || grant === undefined) return undefined;
  const organization = await load(context, organizations, invited.organization);
  if (organization?.status !== "open") return undefined;
  const userId = invited.user ?? (await findUserByEmail(context, invited.email))?.id ?? null;
  return { userId, organizationName: organization.name, grant };
}
