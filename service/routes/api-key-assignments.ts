import type { Schemas } from "roster-schema";
import type { Call, Context } from "../operation.ts";
import { type Page, selectPage } from "../paging.ts";
import { Refusal, unprocessable } from "../problems.ts";
import { conflict, find, isKnown, load, type Updating } from "../resource.ts";
import { apiKeyAssignments, presentAssignment, selectAssignments } from "../resources/api-key-assignments.ts";
import { apiKeys } from "../resources/api-keys.ts";
import { findUserByEmail, normalizeEmail, presentUser, users } from "../resources/users.ts";
import { type Creating, createItem, type Ending, endItem, type Routes, read, readItem, updateItem } from "../route.ts";
import { type Identify, store } from "../take-over.ts";
import { notActive } from "./api-keys.ts";
import { requireOneOf } from "./members.ts";
import { mailUnavailable } from "./users.ts";

type ApiKeyAssignment = Schemas["ApiKeyAssignment"];
type User = Schemas["User"];

const findAssignment = (context: Context, id: string) => find(context, apiKeyAssignments, id, "keys:assign");

const creating: Creating<"createApiKeyAssignment", ApiKeyAssignment> = {
  create: createAssignment,
  async find({ body, db, path }) {
    requireOneOf(body);
    const userId = body.user ?? (await findUserByEmail({ db }, body.email ?? ""))?.id;
    if (userId === undefined) return undefined;
    const row = await db
      .selectFrom("api_key_assignments")
      .select("id")
      .where("key_id", "=", path.apiKeyId)
      .where("user_id", "=", userId)
      .executeTakeFirst();
    return row?.id;
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
};

const ending: Ending<ApiKeyAssignment> = {
  find: findAssignment,
  async end(context, { id }) {
    await context.db.deleteFrom("api_key_assignments").where("id", "=", id).execute();
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
  createApiKeyAssignment: createItem(apiKeyAssignments, creating, updating),
  getApiKeyAssignment: readItem(apiKeyAssignments),
  updateApiKeyAssignment: updateItem(apiKeyAssignments, updating),
  deleteApiKeyAssignment: endItem(apiKeyAssignments, "delete", ending, updating),
};

async function listAssignments(call: Call<"listApiKeyAssignments">): Promise<Page<ApiKeyAssignment>> {
  const { db, path, query } = call;
  const key = await find(call, apiKeys, path.apiKeyId, "keys:read");
  let rows = selectAssignments(db).where("api_key_assignments.key_id", "=", key.id);
  if (query.user !== undefined) rows = rows.where("api_key_assignments.user_id", "=", query.user);
  if (query.email !== undefined) rows = rows.where("users.email_normalized", "=", normalizeEmail(query.email));
  if (query.externalId !== undefined) rows = rows.where("api_key_assignments.external_id", "=", query.externalId);
  return await selectPage(rows, "api_key_assignments.id", "api_key_assignment", query, presentAssignment);
}

async function createAssignment(call: Call<"createApiKeyAssignment">, identify: Identify<ApiKeyAssignment>) {
  const { body, db, path } = call;
  const key = await find(call, apiKeys, path.apiKeyId, "keys:assign");
  requireOneOf(body);
  if (key.status !== "active") throw notActive(key, "Only an active key can be attached.");
  const user = await findMember(call, key.organization);
  const { id } = await identify(key.organization);
  const existing = await db
    .selectFrom("api_key_assignments")
    .select("id")
    .where("key_id", "=", key.id)
    .where("user_id", "=", user.id)
    .where("id", "!=", id)
    .executeTakeFirst();
  if (existing !== undefined) {
    const reason = "The key is attached to this user already";
    throw await conflict(call, apiKeyAssignments, existing, "already_assigned", reason);
  }
  const externalId = body.externalId ?? null;
  await refuseTakenExternalId(call, { id, externalId, organization: key.organization });
  await store(call, "api_key_assignments", id, {
    organization_id: key.organization,
    key_id: key.id,
    user_id: user.id,
    external_id: externalId,
    external: body.external ?? false,
  });
  return { id };
}

/** The member whom a request means; whether a stranger has an account is not said. */
async function findMember(call: Call<"createApiKeyAssignment">, organizationId: string): Promise<User> {
  const { body, db } = call;
  const row = body.email === undefined ? undefined : await findUserByEmail(call, body.email);
  const user = row === undefined ? await load(call, users, body.user ?? "") : presentUser(row);
  if (user !== undefined && (await isKnown(call, users, user))) {
    const membership = await db
      .selectFrom("memberships")
      .select("id")
      .where("organization_id", "=", organizationId)
      .where("user_id", "=", user.id)
      .where("status", "=", "active")
      .executeTakeFirst();
    if (membership !== undefined) return user;
  }
  if (body.external === true) {
    throw mailUnavailable("Make the person a member of the organization, and attach the key then.");
  }
  const pointer = body.user === undefined ? "/email" : "/user";
  const advice = "Make the person a member of the key's organization first.";
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
  const existing = await call.db
    .selectFrom("api_key_assignments")
    .select("id")
    .where("organization_id", "=", organization)
    .where("external_id", "=", externalId)
    .where("id", "!=", id)
    .executeTakeFirst();
  if (existing === undefined) return;
  const reason = "Another assignment has this externalId";
  throw await conflict(call, apiKeyAssignments, existing, "external_id_taken", reason);
}
