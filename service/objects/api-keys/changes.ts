/** The rules for changing and revoking keys and access tokens. */
import { endOf, type Schemas } from "roster-schema";
import type { Context } from "../../auth/operation.ts";
import { inOrder } from "../../auth/permissions.ts";
import { presents } from "../../auth/principal.ts";
import { isWithin, readAllowedIps } from "../../keys/allowed-ips.ts";
import type { EndRules } from "../../managed/lifecycle.ts";
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
import { unprocessable } from "../../problems.ts";
import { liveName } from "../../rows/tables.ts";
import { findOpenOrganization } from "../organizations/resource.ts";
import { ownerLimit, ownerRole, refuseGrant } from "./draft.ts";
import { type Key, type KeyKind, type KeyMembers, type KeyWords, notActive } from "./key.ts";
import { endExpiredKey, releaseExpiredKeys, revokeKey } from "./revocation.ts";

type Organization = Schemas["Organization"];

/** The rules for updating the keys of a kind. */
export function updateRulesOf<T extends KeyMembers>(kind: KeyKind<T>): UpdateRules<T> {
  return {
    find: (context, id) => find(context, kind.resource, id, "keys:create", "keys:revoke"),
    normalize: (key) => ({
      ...key,
      permissions: inOrder(key.permissions),
      allowedIps: readAllowedIps(key.allowedIps),
    }),
    apply: (context, update) => updateKey(kind, context, update),
  };
}

/**
 * The rules for revoking the keys of a kind.
 *
 * @param isBuiltOn whether somebody other than the maker has made something that ends with the key.
 */
export function endRulesOf<T extends KeyMembers>(
  kind: KeyKind<T>,
  isBuiltOn: NonNullable<EndRules<T>["takingBack"]>["isBuiltOn"],
): EndRules<T> {
  return {
    find: (context, id) => find(context, kind.resource, id, "keys:revoke"),
    takingBack: { permission: "keys:create", isBuiltOn },
    async end(context, key) {
      if (key.status === "revoked") {
        return;
      }
      if (key.status === "expired") {
        await endExpiredKey(context, key.id);
        return;
      }
      refuseKeyInUse(context.principal, key.id, kind.resource.noun);
      await revokeKey(context, key.id);
    },
  };
}

async function updateKey<T extends KeyMembers>(kind: KeyKind<T>, call: Context, update: Update<T>): Promise<void> {
  const { before, after, changed } = update;
  const { db, now } = call;
  if (changed.has("state")) {
    if (before.state === "revoked") {
      throw notActive(kind, before, `Revoking is permanent: create another ${kind.word}.`);
    }
    requirePermission(call, before.organization, "keys:revoke");
    refuseKeyInUse(call.principal, before.id, kind.resource.noun);
  }
  if ([...changed].some((member) => member !== "state")) {
    requirePermission(call, before.organization, "keys:create");
  }
  if (changed.has("permissions")) {
    await checkChangedPermissions(kind, call, update);
  }
  const expiresAt = changed.has("endDate") ? await readChangedEndDate(kind, call, update) : undefined;
  if (changed.has("allowedIps")) {
    await checkChangedAddresses(kind, call, update);
  }
  const active = before.status === "active" && after.state === "active";
  if (active) {
    await refuseTaken(kind, call, after);
  }
  const columns = settableColumns(kind, after);
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
async function checkChangedPermissions<T extends KeyMembers>(
  kind: KeyKind<T>,
  call: Context,
  { before, after }: Update<T>,
): Promise<void> {
  if (before.status !== "active") {
    throw notActive(kind, before, `Its permissions can't be changed: create another ${kind.word}.`);
  }
  if (after.permissions.every((permission) => before.permissions.includes(permission))) {
    return;
  }
  if (presents(call.principal, before.id)) {
    throw permissionDenied(`An ${kind.resource.noun} can't give itself permissions.`, "Use another one.");
  }
  const limit = await ownerLimit(call, kind.keyOf(before));
  await refuseGrant(kind, call, before.organization, limit, after.permissions);
}

/** The instant of a changed end date. A later end date is a grant, because the key works for longer. */
async function readChangedEndDate<T extends KeyMembers>(
  kind: KeyKind<T>,
  call: Context,
  { before, after }: Update<T>,
): Promise<Date | null> {
  if (before.status !== "active") {
    throw notActive(kind, before, `Its end date can't be changed: create another ${kind.word}.`);
  }
  const key = kind.keyOf(before);
  const organization = await findOpenOrganization(call, before.organization);
  const end = after.endDate === null ? null : readEndDate(kind, after.endDate, key.format, organization, call.now);
  const previousEnd = before.endDate === null ? null : (endOf(before.endDate) ?? null);
  const extends_ = previousEnd !== null && (end === null || end > previousEnd);
  if (!extends_) {
    return end;
  }
  if (key.format === "jwt") {
    throw unprocessable(
      "/endDate",
      "A JWT contains its end date, so the end date can only become earlier. Create another key.",
      [{ kind: kind.resource.kind, id: before.id }],
    );
  }
  await refuseGranting(kind, call, key);
  return end;
}

/** Checks changed addresses. Additional addresses are a grant. */
async function checkChangedAddresses<T extends KeyMembers>(
  kind: KeyKind<T>,
  call: Context,
  { before, after }: Update<T>,
): Promise<void> {
  if (before.status !== "active") {
    throw notActive(kind, before, `Its addresses can't be changed: create another ${kind.word}.`);
  }
  if (presents(call.principal, before.id)) {
    throw permissionDenied(`An ${kind.resource.noun} can't change its own allowed addresses.`, "Use another one.");
  }
  if (isWithin(after.allowedIps, before.allowedIps)) {
    return;
  }
  await refuseGranting(kind, call, kind.keyOf(before));
}

/**
 * Refuses that a caller makes a key work for longer or from more places, if the key exceeds the caller's permissions.
 *
 * @throws Refusal `permission_denied`
 */
export async function refuseGranting({ word }: KeyWords, call: Context, key: Key): Promise<void> {
  const role = await ownerRole(call, key);
  refuseExceeding(call.principal, key.organization, role, key.permissions, `This ${word}`);
}

/** @throws Refusal `unprocessable` if the end date doesn't exist, is in the past, or isn't allowed for a JWT. */
export function readEndDate(
  { word }: KeyWords,
  endDate: string,
  format: Key["format"],
  organization: Organization,
  now: Date,
): Date {
  const end = endOf(endDate);
  if (end === undefined) {
    throw unprocessable("/endDate", "The date or time does not exist.");
  }
  if (end <= now) {
    throw unprocessable("/endDate", `The end date has passed. Give a later one, or revoke the ${word}.`);
  }
  if (format === "jwt" && !organization.settings.allowExpiringJwt) {
    throw unprocessable(
      "/endDate",
      "The organization doesn't allow JWT keys that expire: see settings.allowExpiringJwt.",
      [{ kind: "organization", id: organization.id }],
    );
  }
  return end;
}

/** @throws Refusal `name_taken`, `external_id_taken` if another active key of the kind has the same. */
export async function refuseTaken<T extends KeyMembers>(
  kind: KeyKind<T>,
  call: Context,
  { id, organization, name, externalId }: Pick<KeyMembers, "id" | "organization" | "name" | "externalId">,
): Promise<void> {
  const { resource, word } = kind;
  await releaseExpiredKeys(call, organization);
  const sameName = await call.db
    .selectFrom("api_keys")
    .select("id")
    .where("id", "!=", id)
    .where("name_live", "=", liveName(kind.scopeOf(organization), name))
    .executeTakeFirst();
  if (sameName !== undefined) {
    throw await conflict(call, resource, sameName, "name_taken", `Another active ${word} has this name`);
  }
  await refuseTakenExternalId(call, resource, organization, { id, externalId });
}

/** The columns of the members that both kinds have, apart from the permissions. */
export function settableColumns(
  { scopeOf }: Pick<KeyKind<KeyMembers>, "scopeOf">,
  key: Pick<KeyMembers, "organization" | "externalId" | "name" | "allowedIps" | "endDate">,
) {
  const { organization, externalId, name, allowedIps, endDate } = key;
  const scope = scopeOf(organization);
  return {
    external_id: externalId,
    external_id_live: externalId === null ? null : liveName(scope, externalId),
    name,
    name_live: liveName(scope, name),
    allowed_ips: allowedIps === null ? null : JSON.stringify(allowedIps),
    end_date: endDate,
  };
}
