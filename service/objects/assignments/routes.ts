import type { Schemas } from "roster-schema";
import { endLinks, takeOverLinks } from "../../auth/links.ts";
import type { Asking, Call, Context } from "../../auth/operation.ts";
import { type Page, selectPage } from "../../http/paging.ts";
import {
  type Creating,
  createItem,
  type Ending,
  endItem,
  type Routes,
  read,
  readItem,
  updateItem,
} from "../../http/route.ts";
import { conflict, find, isKnown, load, type Updating } from "../../managed/resource.ts";
import { type Identify, store } from "../../managed/take-over.ts";
import { Refusal, unprocessable } from "../../problems.ts";
import { beginningWith, byByte, type Database, liveName } from "../../rows/tables.ts";
import { gathered, gatheredRow, gatheredWrite } from "../../rows/together.ts";
import { apiKeys } from "../api-keys/resource.ts";
import { notActive } from "../api-keys/routes.ts";
import { hasEmail } from "../memberships/resource.ts";
import { requireOneOf } from "../memberships/routes.ts";
import { findUserByEmail, normalizeEmail, presentUser, users } from "../users/resource.ts";
import { apiKeyAssignments, inviteAssignee, presentAssignment, selectAssignments } from "./resource.ts";

type ApiKeyAssignment = Schemas["ApiKeyAssignment"];

const findAssignment = (context: Context, id: string) => find(context, apiKeyAssignments, id, "keys:assign");

const creating: Creating<"createApiKeyAssignment", ApiKeyAssignment> = {
  create: createAssignment,
  async find({ body, db, path }) {
    requireOneOf(body);
    const userId = body.user ?? (await findUserByEmail({ db }, body.email ?? ""))?.id;
    return (await findAssigned(db, path.apiKeyId, userId, body.email))?.id;
  },
  wanted: ({ body: { external = false } }) => ({ external }),
};

const updating: Updating<ApiKeyAssignment> = {
  find: findAssignment,
  async apply(context, { after }) {
    await refuseTakenExternalId(context, after);
    await context.db
      .updateTable("api_key_assignments")
      .set({ external_id: after.externalId, updated_at: context.now })
      .where("id", "=", after.id)
      .execute();
  },
  acts: {
    async resendInvite(context, assignment) {
      if (assignment.status === "active") {
        throw unprocessable("/resendInvite", "The assignment is active: there is nothing left to accept.");
      }
      await requireOffer(context, assignment.key);
      await inviteAssignee(context, assignment);
    },
  },
};

const ending: Ending<ApiKeyAssignment> = {
  find: findAssignment,
  async end(context, { id }) {
    await gatheredWrite("assignments to delete", id, async (ids) => {
      await context.db.deleteFrom("api_key_assignments").where("id", "in", ids).execute();
    });
    await endLinks(context, { subject: id });
  },
};

/** The routes of API-key assignments. */
export const apiKeyAssignmentRoutes: Routes<
  | "listApiKeyAssignments"
  | "createApiKeyAssignment"
  | "getApiKeyAssignment"
  | "updateApiKeyAssignment"
  | "deleteApiKeyAssignment"
> = {
  listApiKeyAssignments: read(listAssignments),
  createApiKeyAssignment: createItem(apiKeyAssignments, creating, updating, { together: true }),
  getApiKeyAssignment: readItem(apiKeyAssignments),
  updateApiKeyAssignment: updateItem(apiKeyAssignments, updating, { together: true }),
  deleteApiKeyAssignment: endItem(apiKeyAssignments, "delete", ending, updating, { together: true }),
};

async function listAssignments(call: Call<"listApiKeyAssignments">): Promise<Page<ApiKeyAssignment>> {
  const { db, now, path, query } = call;
  const key = await find(call, apiKeys, path.apiKeyId, "keys:read");
  let rows = selectAssignments(db).where("api_key_assignments.key_id", "=", key.id);
  if (query.user !== undefined) rows = rows.where("api_key_assignments.user_id", "=", query.user);
  if (query.email !== undefined) rows = rows.where(hasEmail("api_key_assignments", query.email));
  if (query.externalId !== undefined) {
    rows = rows.where(byByte("api_key_assignments.external_id"), "=", query.externalId);
  }
  if (query.externalIdPrefix !== undefined) {
    rows = rows.where("api_key_assignments.external_id", "like", beginningWith(query.externalIdPrefix));
  }
  return await selectPage(rows, "api_key_assignments.id", "api_key_assignment", query, (row) =>
    presentAssignment(row, now),
  );
}

/**
 * What attaching a key takes: when it is asked for, and of whoever asked for it when the link is followed.
 *
 * @throws Refusal `not_found`, `permission_denied`, `key_not_active`.
 */
export async function requireOffer(asking: Asking, keyId: string): Promise<Schemas["ApiKey"]> {
  const key = await find(asking, apiKeys, keyId, "keys:assign");
  if (key.status !== "active") throw notActive(key, "Only an active key can be attached.");
  return key;
}

async function createAssignment(call: Call<"createApiKeyAssignment">, identify: Identify<ApiKeyAssignment>) {
  const { body, db, path } = call;
  const key = await requireOffer(call, path.apiKeyId);
  requireOneOf(body);
  const { user, account, email, isMember } = await findAssignee(call, key.organization);
  const { id, lost } = await identify(key.organization);
  // Who is named by address may have the key already, as the user who has accepted it.
  const existing = await findAssigned(db, key.id, account, email, id);
  if (existing !== undefined) {
    const reason = "The key is attached to this user, or offered, already";
    throw await conflict(call, apiKeyAssignments, existing, "already_assigned", reason);
  }
  const externalId = body.externalId ?? null;
  await refuseTakenExternalId(call, { id, externalId, organization: key.organization });
  await store(call, "api_key_assignments", id, {
    organization_id: key.organization,
    key_id: key.id,
    user_id: user ?? null,
    email: user === undefined ? email : null,
    email_normalized: user === undefined ? normalizeEmail(email) : null,
    invited_live: user === undefined ? liveName(key.id, normalizeEmail(email)) : null,
    external_id: externalId,
    external: body.external ?? false,
    status: isMember ? "active" : "pending",
  });
  // A lost create has mailed its link already, which is in the name of whoever takes it over from now on.
  const isOffered = lost !== undefined && (await takeOverLinks(call, id));
  if (!isMember && !isOffered) {
    const assignment = await load(call, apiKeyAssignments, id);
    if (assignment !== undefined) await inviteAssignee(call, assignment);
  }
  return { id };
}

/** The assignment of a key to a user, or to an address from outside. */
async function findAssigned(
  db: Database,
  keyId: string,
  user: string | undefined,
  email: string | undefined,
  except = "",
): Promise<{ readonly id: string } | undefined> {
  const live = email === undefined ? undefined : liveName(keyId, normalizeEmail(email));
  return await gathered(`assignments of ${keyId}`, { user, live, except }, async (asked) => {
    const [users, names] = [asked.flatMap((one) => one.user ?? []), asked.flatMap((one) => one.live ?? [])];
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
    return asked.map((one) => {
      const found = [
        one.user === undefined ? undefined : byUser.get(one.user),
        one.live === undefined ? undefined : byName.get(one.live),
      ];
      return found.find((row) => row !== undefined && row.id !== one.except);
    });
  });
}

/** Who gets a key: a member at once, and somebody from outside once they accept. */
interface Assignee {
  /** Undefined for somebody from outside who is named by address: whether that one has an account is not said. */
  readonly user: string | undefined;
  /** Whose account the address is, if anybody's; not to be said. */
  readonly account: string | undefined;
  readonly email: string;
  readonly isMember: boolean;
}

async function findAssignee(call: Call<"createApiKeyAssignment">, organizationId: string): Promise<Assignee> {
  const { body, db } = call;
  const row = body.email === undefined ? undefined : await findUserByEmail(call, body.email);
  const user = row === undefined ? await load(call, users, body.user ?? "") : presentUser(row);
  if (user !== undefined && (await isKnown(call, users, user))) {
    const membership = await gatheredRow(
      `active members of ${organizationId}`,
      user.id,
      (ids) =>
        db
          .selectFrom("memberships")
          .select("user_id")
          .where("organization_id", "=", organizationId)
          .where("user_id", "in", ids)
          .where("status", "=", "active")
          .execute(),
      (row) => row.user_id,
    );
    if (membership !== undefined) return { user: user.id, account: user.id, email: user.email, isMember: true };
    if (body.external === true && body.user !== undefined) {
      if (user.kind === "system")
        throw unprocessable("/external", "A system user gets no mail, and can accept nothing.");
      return { user: user.id, account: user.id, email: user.email, isMember: false };
    }
  }
  if (body.external === true && body.email !== undefined) {
    return { user: undefined, account: user?.id, email: body.email, isMember: false };
  }
  const pointer = body.user === undefined ? "/email" : "/user";
  const advice = "Make the person a member of the key's organization first, or set `external` to offer it by mail.";
  if (user !== undefined && (await isKnown(call, users, user)))
    throw unprocessable(pointer, `The user is no member. ${advice}`);
  const detail = `There is no such user that you may know of. ${advice}`;
  throw new Refusal("user_not_found", detail, { errors: [{ in: "body", pointer, detail }] });
}

async function refuseTakenExternalId(
  call: Context,
  { id, externalId, organization }: Pick<ApiKeyAssignment, "id" | "externalId" | "organization">,
): Promise<void> {
  if (externalId === null) return;
  const existing = await apiKeyAssignments.findLive(call, organization, externalId);
  if (existing === undefined || existing.id === id) return;
  const reason = "Another assignment has this externalId";
  throw await conflict(call, apiKeyAssignments, existing, "external_id_taken", reason);
}
