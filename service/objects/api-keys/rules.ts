/** The rules for creating, updating and revoking API keys. */
import { endOf, type Schemas } from "roster-schema";
import type { Call, Context } from "../../auth/operation.ts";
import { beyond, inOrder } from "../../auth/permissions.ts";
import { isWithin, readAllowedIps } from "../../keys/allowed-ips.ts";
import type { CreateResult, CreateRules, EndRules } from "../../managed/lifecycle.ts";
import {
  conflict,
  find,
  permissionDenied,
  refuseTakenExternalId,
  requirePermission,
  type Update,
  type UpdateRules,
} from "../../managed/resource.ts";
import { refuseExceeding, refuseKeyInUse } from "../../managed/rules.ts";
import { type Identify, store } from "../../managed/take-over.ts";
import { Refusal, unprocessable } from "../../problems.ts";
import { isActiveKey } from "../../rows/active-key.ts";
import { liveName } from "../../rows/tables.ts";
import { findOpenOrganization } from "../organizations/resource.ts";
import { draftKey, ownerLimit, ownerRole, refuseGrant, requireApiAccess } from "./draft.ts";
import { issueSecret } from "./issue.ts";
import { apiKeys } from "./resource.ts";
import { endExpiredKey, releaseExpiredKeys, revokeKey } from "./revocation.ts";

type ApiKey = Schemas["ApiKey"];
type Organization = Schemas["Organization"];

/** The rules for creating API keys. */
export const createRules: CreateRules<"createApiKey", ApiKey> = {
  create: createApiKey,
  find: async ({ body, db, now, path }) =>
    (
      await db
        .selectFrom("api_keys")
        .select("id")
        .where("name_live", "=", liveName(path.organizationId, body.name))
        .where(isActiveKey(now))
        .executeTakeFirst()
    )?.id,
  wanted: ({
    body: { name, allowedIps = null, endDate = null, kind, format = "opaque", owner = null, permissions },
  }) => ({
    name,
    allowedIps,
    endDate,
    kind,
    format,
    owner,
    // If omitted, the key gets its owner's permissions, so any permissions match.
    ...(permissions === undefined ? {} : { permissions }),
  }),
  // The plaintext of an existing key can't be shown.
  extraIfAdopted: { key: null },
};

/** The rules for updating API keys. */
export const updateRules: UpdateRules<ApiKey> = {
  find: (context, id) => find(context, apiKeys, id, "keys:create", "keys:revoke"),
  normalize: (key) => ({
    ...key,
    permissions: inOrder(key.permissions),
    allowedIps: readAllowedIps(key.allowedIps),
  }),
  apply: updateApiKey,
};

/** The rules for revoking API keys. */
export const endRules: EndRules<ApiKey> = {
  find: (context, id) => find(context, apiKeys, id, "keys:revoke"),
  takingBack: {
    permission: "keys:create",
    isBuiltOn: async ({ db }, { id }, maker) =>
      (await db
        .selectFrom("api_key_assignments")
        .select("id")
        .where("key_id", "=", id)
        .where("created_by", "!=", maker)
        .executeTakeFirst()) !== undefined,
  },
  async end(context, key) {
    if (key.status === "revoked") {
      return;
    }
    if (key.status === "expired") {
      await endExpiredKey(context, key.id);
      return;
    }
    refuseKeyInUse(context.principal, key.id);
    await revokeKey(context, key.id);
  },
};

async function createApiKey(call: Call<"createApiKey">, identify: Identify<ApiKey>): Promise<CreateResult<ApiKey>> {
  const { body, now, path } = call;
  const organization = await findOpenOrganization(call, path.organizationId, "keys:create");
  requireApiAccess(organization);
  const { id } = await identify(organization.id);
  const { format, owner, permissions } = await draftKey(call, organization, id);
  const expiresAt = body.endDate === undefined ? null : readEndDate(body.endDate, format, organization, now);
  const externalId = body.externalId ?? null;
  await refuseTaken(call, { id, name: body.name, externalId, organization: organization.id });
  await store(call, "api_keys", id, {
    organization_id: organization.id,
    owner_id: owner?.id ?? null,
    kind: body.kind,
    format,
    permissions: JSON.stringify(permissions),
    generation: 1,
    revoked_at: null,
    ...settableColumns({
      organization: organization.id,
      name: body.name,
      externalId,
      allowedIps: readAllowedIps(body.allowedIps ?? null),
      endDate: body.endDate ?? null,
    }),
    expires_at: expiresAt,
  });
  const { kind, secret: clientSecret } = body;
  const identity = { keyId: id, generation: 1, organizationId: organization.id, ownerId: owner?.id ?? null };
  const key = await issueSecret(call, { ...identity, kind, format, expiresAt, clientSecret });
  return { id, extra: { key } };
}

async function updateApiKey(call: Context, update: Update<ApiKey>): Promise<void> {
  const { before, after, changed } = update;
  const { db, now } = call;
  if (changed.has("state")) {
    if (before.state === "revoked") {
      throw notActive(before, "Revoking is permanent: create another key.");
    }
    requirePermission(call, before.organization, "keys:revoke");
    refuseKeyInUse(call.principal, before.id);
  }
  if ([...changed].some((member) => member !== "state")) {
    requirePermission(call, before.organization, "keys:create");
  }
  if (changed.has("permissions")) {
    await checkChangedPermissions(call, update);
  }
  const expiresAt = changed.has("endDate") ? await readChangedEndDate(call, update) : undefined;
  if (changed.has("allowedIps")) {
    await checkChangedAddresses(call, update);
  }
  const active = before.status === "active" && after.state === "active";
  if (active) {
    await refuseTaken(call, after);
  }
  const columns = settableColumns(after);
  await db
    .updateTable("api_keys")
    .set({
      ...columns,
      permissions: JSON.stringify(after.permissions),
      ...(active ? {} : { name_live: null, external_id_live: null }),
      ...(expiresAt === undefined ? {} : { expires_at: expiresAt }),
      updated_at: now,
    })
    .where("id", "=", after.id)
    .execute();
  if (changed.has("state")) {
    await revokeKey(call, before.id);
  }
}

/**
 * Checks changed permissions. Additional permissions are a grant, so the key is judged like a new key with all of its
 * permissions.
 */
async function checkChangedPermissions(call: Context, { before, after }: Update<ApiKey>): Promise<void> {
  if (before.status !== "active") {
    throw notActive(before, "Its permissions can't be changed: create another key.");
  }
  if (beyond(after.permissions, new Set(before.permissions)).length === 0) {
    return;
  }
  if (call.principal.id === before.id) {
    throw permissionDenied("An API key can't give itself permissions.", "Use another key.");
  }
  refuseGrant(call.principal, before.organization, await ownerLimit(call, before), after.permissions);
}

/** The instant of a changed end date. A later end date is a grant, because the key works for longer. */
async function readChangedEndDate(call: Context, { before, after }: Update<ApiKey>): Promise<Date | null> {
  if (before.status !== "active") {
    throw notActive(before, "Its end date can't be changed: create another key.");
  }
  const organization = await findOpenOrganization(call, before.organization);
  const end = after.endDate === null ? null : readEndDate(after.endDate, before.format, organization, call.now);
  const previousEnd = before.endDate === null ? null : (endOf(before.endDate) ?? null);
  const extends_ = previousEnd !== null && (end === null || end > previousEnd);
  if (!extends_) {
    return end;
  }
  if (before.format === "jwt") {
    throw unprocessable(
      "/endDate",
      "A JWT contains its end date, so the end date can only become earlier. Create another key.",
    );
  }
  refuseExceeding(call.principal, before.organization, await ownerRole(call, before), before.permissions, "This key");
  return end;
}

/** Checks changed addresses. Additional addresses are a grant. */
async function checkChangedAddresses(call: Context, { before, after }: Update<ApiKey>): Promise<void> {
  if (before.status !== "active") {
    throw notActive(before, "Its addresses can't be changed: create another key.");
  }
  if (call.principal.id === before.id) {
    throw permissionDenied("An API key can't change its own allowed addresses.", "Use another key.");
  }
  if (isWithin(after.allowedIps, before.allowedIps)) {
    return;
  }
  refuseExceeding(call.principal, before.organization, await ownerRole(call, before), before.permissions, "This key");
}

/** @throws Refusal `unprocessable` if the end date doesn't exist, is in the past, or isn't allowed for a JWT. */
function readEndDate(endDate: string, format: ApiKey["format"], organization: Organization, now: Date): Date {
  const end = endOf(endDate);
  if (end === undefined) {
    throw unprocessable("/endDate", "The date or time does not exist.");
  }
  if (end <= now) {
    throw unprocessable("/endDate", "The end date has passed. Give a later one, or revoke the key.");
  }
  if (format === "jwt" && !organization.settings.allowExpiringJwt) {
    throw unprocessable(
      "/endDate",
      "The organization doesn't allow JWT keys that expire: see settings.allowExpiringJwt.",
    );
  }
  return end;
}

/** @throws Refusal `name_taken`, `external_id_taken` if another active key has the same. */
export async function refuseTaken(
  call: Context,
  { id, organization, name, externalId }: Pick<ApiKey, "id" | "organization" | "name" | "externalId">,
): Promise<void> {
  await releaseExpiredKeys(call, organization);
  const others = call.db.selectFrom("api_keys").select("id").where("id", "!=", id);
  const sameName = await others.where("name_live", "=", liveName(organization, name)).executeTakeFirst();
  if (sameName !== undefined) {
    throw await conflict(call, apiKeys, sameName, "name_taken", "Another active key has this name");
  }
  await refuseTakenExternalId(call, apiKeys, organization, { id, externalId });
}

function settableColumns(key: Pick<ApiKey, "organization" | "externalId" | "name" | "allowedIps" | "endDate">) {
  return {
    external_id: key.externalId,
    external_id_live: key.externalId === null ? null : liveName(key.organization, key.externalId),
    name: key.name,
    name_live: liveName(key.organization, key.name),
    allowed_ips: key.allowedIps === null ? null : JSON.stringify(key.allowedIps),
    end_date: key.endDate,
  };
}

/** The refusal of an action that requires an active key. */
export function notActive({ status }: Pick<ApiKey, "status">, advice: string): Refusal {
  return new Refusal("key_not_active", `The key is ${status}. ${advice}`);
}
