/** The rules for creating, updating and ending memberships. */
import type { Schemas } from "roster-schema";
import { takeOverLinks } from "../../auth/links.ts";
import type { Call, Context } from "../../auth/operation.ts";
import { audit } from "../../managed/audit.ts";
import type { CreateResult, CreateRules, EndRules } from "../../managed/lifecycle.ts";
import {
  find,
  isVisible,
  load,
  refuseTakenExternalId,
  reload,
  requirePermission,
  type Update,
  type UpdateRules,
} from "../../managed/resource.ts";
import {
  keepAnAdministrator,
  permissionsOfRole,
  refuseExceeding,
  refuseHandingOut,
  refuseSelf,
} from "../../managed/rules.ts";
import { type Identify, store, takesOverLink } from "../../managed/take-over.ts";
import { type ObjectReference, Refusal, unprocessable } from "../../problems.ts";
import { newId } from "../../rows/identifiers.ts";
import { liveName } from "../../rows/tables.ts";
import { refuseMemberBeyondPlan } from "../organizations/plans.ts";
import { findOpenOrganization } from "../organizations/resource.ts";
import { requireUserOrEmail } from "../person-reference.ts";
import { findMembershipRole } from "../roles/rules.ts";
import { findUserByEmail, normalizeEmail, toUser, users } from "../users/resource.ts";
import { insertUser, invitedPerson } from "../users/rules.ts";
import { endMembership } from "./ending.ts";
import { inviteMember, refuseUninvited, resendInvite } from "./invitations.ts";
import { alreadyMember, findLiveMember, hasEnded, memberships } from "./resource.ts";

type Membership = Schemas["Membership"];
type Organization = Schemas["Organization"];
type User = Schemas["User"];

/** The rules for creating memberships. */
export const createRules: CreateRules<"createMembership", Membership> = {
  create: createMembership,
  async find({ db, body, path }) {
    requireUserOrEmail(body);
    const userId = body.user ?? (await findUserByEmail({ db }, body.email ?? ""))?.id;
    const names = [userId, body.email === undefined ? undefined : normalizeEmail(body.email)];
    return (await findLiveMember(db, path.organizationId, names))?.id;
  },
  wanted: ({ body: { role } }) => ({ role }),
};

/** The rules for updating memberships. */
export const updateRules: UpdateRules<Membership> = {
  find: (context, id) => find(context, memberships, id, "members:manage", "roles:assign"),
  apply: updateMembership,
  acts: { resendInvite },
};

/** The rules for ending memberships. */
export const endRules: EndRules<Membership> = {
  find: (context, id) => find(context, memberships, id, "members:manage"),
  async end(context, membership) {
    if (hasEnded(membership)) {
      return;
    }
    refuseSelf(context.principal, membership.user, "remove themselves");
    await refuseLosing(context, membership);
    await endMembership(context, membership);
  },
};

async function createMembership(
  call: Call<"createMembership">,
  identify: Identify<Membership>,
): Promise<CreateResult<Membership>> {
  const { body, db, path, principal } = call;
  const organization = await findOpenOrganization(call, path.organizationId, "members:manage");
  requireUserOrEmail(body);
  const role = await findMembershipRole(call, organization.id, body.role);
  refuseHandingOut(principal, organization.id, role);
  const { id, lost } = await identify(organization.id);
  const who = await findOrCreateMember(call, organization);
  const invited = normalizeEmail(who.email);
  const existing = await findLiveMember(db, organization.id, [who.user?.id, invited], id);
  if (existing !== undefined) {
    throw await alreadyMember(call, existing);
  }
  if (lost === undefined) {
    await refuseMemberBeyondPlan(call, organization);
  } else if (lost.role !== role.id) {
    refuseSelf(principal, lost.user, "change their own role");
    await refuseLosing(call, lost);
  }
  const externalId = body.externalId ?? null;
  await refuseTakenExternalId(call, memberships, organization.id, { id, externalId });
  await store(call, "memberships", id, {
    organization_id: organization.id,
    user_id: who.user?.id ?? null,
    email: who.user === undefined ? who.email : null,
    email_normalized: who.user === undefined ? invited : null,
    external_id: externalId,
    external_id_live: externalId === null ? null : liveName(organization.id, externalId),
    member_live: liveName(organization.id, who.user?.id ?? invited),
    role: role.id,
    status: who.user === undefined ? "pending" : "active",
    ended_at: null,
  });
  const isInvited = await takesOverLink(call, { id, lost });
  if (who.user === undefined && !isInvited) {
    await inviteMember(call, await reload(call, memberships, id));
  }
  return { id };
}

/** The new member: a user, or an address without a user that is invited. */
interface Who {
  readonly email: string;
  readonly user?: User;
}

async function findOrCreateMember(call: Call<"createMembership">, organization: Organization): Promise<Who> {
  const { body } = call;
  if (body.user !== undefined) {
    const user = await load(call, users, body.user);
    // Another organization's user must be added by address, so that a leaked identifier isn't enough.
    if (user === undefined || !(await isVisible(call, users, user))) {
      throw userNotFound(
        "/user",
        `The user ${body.user} does not exist, or you don't have access to it. Identify the person by \`email\`.`,
      );
    }
    refuseUninvited(organization, user);
    return { email: user.email, user };
  }
  const email = body.email ?? "";
  const row = await findUserByEmail(call, email);
  if (row !== undefined) {
    const user = toUser(row);
    refuseUninvited(organization, user);
    return { email, user };
  }
  const { onUnknownUser = "fail" } = body;
  if (onUnknownUser === "fail" || !organization.joinPolicies.includes(onUnknownUser)) {
    const ways = organization.joinPolicies.filter((policy) => policy !== "existing");
    const advice = ways.length === 0 ? "" : `, or set onUnknownUser to one of ${ways.join(", ")}`;
    throw userNotFound(
      "/email",
      `No user has the address ${email}. Ask the person to create an account first${advice}.`,
      [{ kind: "organization", id: organization.id }],
    );
  }
  if (onUnknownUser === "invite") {
    return { email };
  }
  return { email, user: await createMember(call, organization, email) };
}

async function createMember(call: Call<"createMembership">, organization: Organization, email: string): Promise<User> {
  requirePermission(call, organization.id, "users:create");
  const { givenName = null, familyName = null } = call.body;
  const person = { id: newId("user"), email, givenName, familyName, homeOrganization: organization.id };
  const user = invitedPerson(person, call.now);
  await insertUser(call, user);
  await audit(call, users, "create", [{ before: undefined, after: user }]);
  return user;
}

async function updateMembership(call: Context, update: Update<Membership>): Promise<void> {
  const { before, after, changed } = update;
  const { principal } = call;
  if (changed.has("role")) {
    // A person who has left can be invited again with another role.
    if (hasEnded(before) && before.status !== "left") {
      throw unprocessable("/role", "The membership has ended; its role can't be changed.", [
        { kind: "membership", id: before.id },
      ]);
    }
    refuseSelf(principal, before.user, "change their own role");
    refuseHandingOut(principal, before.organization, await findMembershipRole(call, before.organization, after.role));
    await refuseLosing(call, before);
    // The caller who sets the role of an invitation becomes its requester, and must be allowed to give the role.
    if (before.status === "pending" || before.status === "expired") {
      requirePermission(call, before.organization, "members:manage");
      await takeOverLinks(call, before.id);
    }
  }
  if (changed.has("externalId")) {
    requirePermission(call, before.organization, "members:manage");
    await refuseExceedingRole(call, before);
    if (!hasEnded(before)) {
      await refuseTakenExternalId(call, memberships, after.organization, after);
    }
  }
  const live = hasEnded(before) || after.externalId === null ? null : liveName(after.organization, after.externalId);
  await call.db
    .updateTable("memberships")
    .set({ role: after.role, external_id: after.externalId, external_id_live: live, updated_at: call.now })
    .where("id", "=", after.id)
    .execute();
}

/** Checks that the caller can take away the current role. */
async function refuseLosing(call: Context, membership: Membership): Promise<void> {
  await refuseExceedingRole(call, membership);
  const { organization, role, status, user } = membership;
  if (role === "administrator" && status === "active" && user !== null) {
    await keepAnAdministrator(call, organization, user);
  }
}

/** Refuses members with more permissions than the caller. */
async function refuseExceedingRole(call: Context, { organization, role }: Membership): Promise<void> {
  refuseExceeding(call.principal, organization, role, await permissionsOfRole(call, role), "This member's role");
}

function userNotFound(pointer: string, detail: string, dependsOn: readonly ObjectReference[] = []): Refusal {
  return new Refusal("user_not_found", detail, { errors: [{ in: "body", pointer, detail }], dependsOn });
}
