/** The rules for creating, updating and deleting API key assignments. */
import type { Schemas } from "roster-schema";
import { endLinks } from "../../auth/links.ts";
import type { Call, Context } from "../../auth/operation.ts";
import { requesterOf } from "../../auth/requesters.ts";
import { type AuditedContext, auditRequests } from "../../managed/audit.ts";
import type { CreateResult, CreateRules, EndRules } from "../../managed/lifecycle.ts";
import {
  conflict,
  find,
  isVisible,
  load,
  refuseTakenExternalId,
  reload,
  type Update,
  type UpdateRules,
} from "../../managed/resource.ts";
import { type Identify, store, takesOverLink } from "../../managed/take-over.ts";
import { Refusal, unprocessable } from "../../problems.ts";
import { executeShared, sharedQuery, sharedWrite } from "../../rows/shared-statements.ts";
import { type Database, liveName } from "../../rows/tables.ts";
import { type MemberSelection, requestFor, selectedMembers } from "../member-selection.ts";
import { findLiveMember } from "../memberships/resource.ts";
import { requireUserOrEmail } from "../person-reference.ts";
import { findUserByEmail, normalizeEmail, toUser, users } from "../users/resource.ts";
import { inviteAssignee, requireOffer, resendInvite } from "./offers.ts";
import { apiKeyAssignments, selectAssignments, toAssignment } from "./resource.ts";
import { requireWaitingOffer } from "./waiting.ts";

type ApiKeyAssignment = Schemas["ApiKeyAssignment"];

const findAssignment = (context: Context, id: string) => find(context, apiKeyAssignments, id, "keys:assign");

/** The rules for creating assignments. */
export const createRules: CreateRules<"createApiKeyAssignment", ApiKeyAssignment> = {
  create: createAssignment,
  async find({ body, db, path }) {
    requireUserOrEmail(body);
    const userId = body.user ?? (await findUserByEmail({ db }, body.email ?? ""))?.id;
    return (await findAssigned(db, path.apiKeyId, userId, body.email))?.id;
  },
  wanted: ({ body: { external = false } }) => ({ external }),
};

/** The rules for updating assignments. */
export const updateRules: UpdateRules<ApiKeyAssignment> = {
  find: findAssignment,
  apply: updateAssignment,
  acts: { resendInvite },
};

/** The rules for deleting assignments. */
export const endRules: EndRules<ApiKeyAssignment> = { find: findAssignment, end: deleteAssignment };

async function createAssignment(
  call: Call<"createApiKeyAssignment">,
  identify: Identify<ApiKeyAssignment>,
): Promise<CreateResult<ApiKeyAssignment>> {
  const { body, db, path, principal } = call;
  const key = await requireOffer(call, path.apiKeyId);
  requireUserOrEmail(body);
  const { user, account, email, isMember, awaited } = await findAssignee(call, key.organization);
  if (awaited !== null) {
    await requireWaitingOffer(call, key.id);
  }
  const { id, lost } = await identify(key.organization);
  // A person who is named by address may already have the key as a user.
  const existing = await findAssigned(db, key.id, account, email, id);
  if (existing !== undefined) {
    const reason = "The key is already attached or offered to this user";
    throw await conflict(call, apiKeyAssignments, existing, "already_assigned", reason);
  }
  const externalId = body.externalId ?? null;
  await refuseTakenExternalId(call, apiKeyAssignments, key.organization, { id, externalId });
  await store(call, "api_key_assignments", id, {
    organization_id: key.organization,
    key_id: key.id,
    user_id: user ?? null,
    email: user === undefined ? email : null,
    email_normalized: user === undefined ? normalizeEmail(email) : null,
    invited_live: user === undefined ? liveName(key.id, normalizeEmail(email)) : null,
    external_id: externalId,
    external: body.external ?? false,
    membership_id: awaited,
    requested_by: awaited === null ? null : requesterOf(principal),
    status: isMember ? "active" : "pending",
  });
  const isOffered = await takesOverLink(call, { id, lost });
  if (!isMember && awaited === null && !isOffered) {
    await inviteAssignee(call, await reload(call, apiKeyAssignments, id));
  }
  return { id };
}

/** The user or live name of an assignment to find, and an assignment to ignore. */
interface Assigned {
  readonly user: string | undefined;
  readonly live: string | undefined;
  readonly except: string;
}

type OfKey = Pick<Context, "db"> & { readonly keyId: string };

const assignedByKey = sharedQuery("assignment of a key", async ({ db, keyId }: OfKey, lookups: readonly Assigned[]) => {
  const [users, names] = [lookups.flatMap((one) => one.user ?? []), lookups.flatMap((one) => one.live ?? [])];
  const rows = await db
    .selectFrom("api_key_assignments")
    .select(["id", "user_id", "invited_live"])
    .where("key_id", "=", keyId)
    .where(({ eb, or }) =>
      or([
        ...(users.length === 0 ? [] : [eb("user_id", "in", users)]),
        ...(names.length === 0 ? [] : [eb("invited_live", "in", names)]),
      ]),
    )
    .execute();
  const [byUser, byName] = [
    new Map(rows.map((row) => [row.user_id, row])),
    new Map(rows.map((row) => [row.invited_live, row])),
  ];
  return lookups.map((one) => {
    const found = [
      one.user === undefined ? undefined : byUser.get(one.user),
      one.live === undefined ? undefined : byName.get(one.live),
    ];
    return found.find((row) => row !== undefined && row.id !== one.except);
  });
});

/** Finds the assignment of a key to a user or an address. */
async function findAssigned(
  db: Database,
  keyId: string,
  user: string | undefined,
  email: string | undefined,
  except = "",
): Promise<{ readonly id: string } | undefined> {
  const live = email === undefined ? undefined : liveName(keyId, normalizeEmail(email));
  return await executeShared(assignedByKey, { db, keyId }, { user, live, except });
}

/**
 * The recipient of a key: a member gets it at once, somebody who is invited gets it with the membership, and somebody outside
 * gets it after accepting it.
 */
interface Assignee {
  /** Undefined for somebody named by address who is not a member, so that the answer doesn't reveal whether there is an account. */
  readonly user: string | undefined;
  /** The user with the address, if any; must not be revealed. */
  readonly account: string | undefined;
  readonly email: string;
  readonly isMember: boolean;
  /** The pending membership of somebody who is invited. */
  readonly awaited: string | null;
}

async function findAssignee(call: Call<"createApiKeyAssignment">, organizationId: string): Promise<Assignee> {
  const { body } = call;
  const row = body.email === undefined ? undefined : await findUserByEmail(call, body.email);
  const found = row === undefined ? await load(call, users, body.user ?? "") : toUser(row);
  const user = found !== undefined && (await isVisible(call, users, found)) ? found : undefined;
  const email = user?.email ?? body.email;
  const invited = email === undefined ? undefined : normalizeEmail(email);
  const membership = await findLiveMember(call.db, organizationId, [user?.id, invited]);
  if (user !== undefined && membership?.status === "active") {
    return { user: user.id, account: user.id, email: user.email, isMember: true, awaited: null };
  }
  const outside = { isMember: false, awaited: null };
  if (body.external === true && body.user !== undefined && user !== undefined) {
    if (user.kind === "system") {
      throw unprocessable("/external", "A system user gets no mail and can't accept a key.");
    }
    return { user: user.id, account: user.id, email: user.email, ...outside };
  }
  if (body.external === true && body.email !== undefined) {
    return { user: undefined, account: found?.id, email: body.email, ...outside };
  }
  if (membership?.status === "pending" && email !== undefined) {
    const member = body.user ?? membership.user_id ?? undefined;
    return { user: member, account: found?.id, email, isMember: false, awaited: membership.id };
  }
  const pointer = body.user === undefined ? "/email" : "/user";
  const advice = "Make the person a member of the key's organization first, or set `external` to offer it by mail.";
  if (user !== undefined) {
    throw unprocessable(pointer, `The user is not a member. ${advice}`, [{ kind: "user", id: user.id }]);
  }
  const who = body.user === undefined ? `with the address ${body.email}` : body.user;
  const detail = `The user ${who} does not exist, or you don't have access to it. ${advice}`;
  throw new Refusal("user_not_found", detail, { errors: [{ in: "body", pointer, detail }] });
}

async function updateAssignment(context: Context, { after }: Update<ApiKeyAssignment>): Promise<void> {
  await refuseTakenExternalId(context, apiKeyAssignments, after.organization, after);
  await context.db
    .updateTable("api_key_assignments")
    .set({ external_id: after.externalId, updated_at: context.now })
    .where("id", "=", after.id)
    .execute();
}

const deletedAssignments = sharedWrite(
  "assignments that are deleted",
  ({ db }: Pick<Context, "db">, ids: readonly string[]) =>
    db.deleteFrom("api_key_assignments").where("id", "in", ids).execute(),
);

async function deleteAssignment(context: Context, { id }: ApiKeyAssignment): Promise<void> {
  await executeShared(deletedAssignments, { db: context.db }, id);
  await endLinks(context, { subject: id });
}

/** The assignments that wait for some memberships of an organization, each with the request that ends the membership. */
interface AwaitedMemberships {
  readonly organizationId: string;
  readonly awaited: ReadonlyMap<string, string>;
}

/**
 * Deletes the assignments of an organization, those of some members, or those that wait for some memberships, with an audit
 * entry for each.
 */
export async function deleteAssignments(
  context: Omit<AuditedContext, "requestId">,
  selection: MemberSelection | AwaitedMemberships,
): Promise<void> {
  const { organizationId } = selection;
  let query = selectAssignments(context.db).where("api_key_assignments.organization_id", "=", organizationId);
  let deletion = context.db.deleteFrom("api_key_assignments").where("organization_id", "=", organizationId);
  const column = "awaited" in selection ? "membership_id" : "user_id";
  const selected = "awaited" in selection ? [...selection.awaited.keys()] : selectedMembers(selection);
  if (selected !== undefined) {
    query = query.where(`api_key_assignments.${column}`, "in", selected);
    deletion = deletion.where(column, "in", selected);
  }
  const rows = await query.orderBy("api_key_assignments.id").execute();
  if (rows.length === 0) {
    return;
  }
  await deletion.execute();
  for (const { id } of rows.filter(({ status }) => status === "pending")) {
    await endLinks(context, { subject: id });
  }
  const records = rows.map((row) => {
    const requestId =
      "awaited" in selection
        ? requestFor({ organizationId, members: selection.awaited }, row.membership_id)
        : requestFor(selection, row.user_id);
    return { before: toAssignment(row, context.now), after: undefined, requestId };
  });
  await auditRequests(context, apiKeyAssignments, "delete", records);
}
