/** Decides the format, owner and permissions of a new API key. */
import { isBuiltInRole, isClientSecret, isFormatOf, needsOwner, requiredOwnerRole, type Schemas } from "roster-schema";
import type { Call, Context } from "../../auth/operation.ts";
import { beyond, inOrder, type Permission } from "../../auth/permissions.ts";
import { isVisible, load } from "../../managed/resource.ts";
import { maxDependencies, permissionsOfRole, refuseExceeding } from "../../managed/rules.ts";
import { type ObjectReference, Refusal, unprocessable } from "../../problems.ts";
import { isActiveKey } from "../../rows/active-key.ts";
import { users } from "../users/resource.ts";
import type { Key, KeyWords } from "./key.ts";
import { apiKeyKind } from "./resource.ts";

type Organization = Schemas["Organization"];

/** What an owner allows a key: the permissions of the owner's role in the organization. */
export interface KeyOwner {
  readonly id: string;
  /** Null if the owner isn't a member, and then there are no permissions. */
  readonly role: string | null;
  readonly permissions: readonly Permission[];
}

/** The values of a new key that aren't taken from the body as they are. */
export interface KeyDraft {
  readonly format: Schemas["ApiKeyFormat"];
  readonly owner: KeyOwner | undefined;
  readonly permissions: readonly Permission[];
}

/** @throws Refusal `api_access_disabled` */
export function requireApiAccess({ id, features }: Organization): void {
  if (features.externalApiAccess) {
    return;
  }
  throw new Refusal(
    "api_access_disabled",
    "The organization has no external API access. Contact the vendor to enable it. You can still list and revoke keys.",
    { dependsOn: [{ kind: "organization", id }] },
  );
}

/**
 * Decides a new key's format, owner and permissions.
 *
 * @param id the key's identifier; if the key already exists, it doesn't count against its owner's limit.
 * @throws Refusal `unprocessable`, `user_not_found`, `permission_denied`.
 */
export async function draftKey(call: Call<"createApiKey">, organization: Organization, id: string): Promise<KeyDraft> {
  const { body } = call;
  const { kind, format = "opaque" } = body;
  refuseMisfit(body);
  const owner = body.owner === undefined ? undefined : await findOwner(call, organization, body.owner);
  const role = requiredOwnerRole(format);
  if (role !== undefined && owner?.role !== role) {
    const dependsOn = owner === undefined ? [] : await membershipOf(call, organization.id, owner.id);
    throw unprocessable("/owner", `A JWT key needs an owner with the role ${role}.`, dependsOn);
  }
  if (needsOwner(kind, format) && owner === undefined) {
    throw unprocessable("/owner", "A key of kind user needs an owner.");
  }
  if (owner !== undefined) {
    await refuseBeyondLimit(call, organization, owner.id, id);
  }
  const permissions = body.permissions ?? inOrder(owner?.permissions ?? []);
  await refuseGrant(apiKeyKind, call, organization.id, owner, permissions);
  return { format, owner, permissions };
}

/**
 * Refuses a key with permissions that its owner doesn't have, or that the caller can't grant.
 *
 * @param owner undefined for a key without an owner.
 * @throws Refusal `unprocessable`, `permission_denied`.
 */
export async function refuseGrant(
  { word, holder }: KeyWords,
  context: Context,
  organization: string,
  owner: KeyOwner | undefined,
  permissions: readonly Permission[],
): Promise<void> {
  if (owner !== undefined) {
    const exceeding = beyond(permissions, new Set(owner.permissions));
    if (exceeding.length > 0) {
      const detail = `The ${word} would exceed its ${holder}'s permissions by ${exceeding.join(", ")}.`;
      const role = owner.role === null || isBuiltInRole(owner.role) ? [] : [{ kind: "role" as const, id: owner.role }];
      const membership = await membershipOf(context, organization, owner.id);
      throw unprocessable("/permissions", detail, [...membership, ...role]);
    }
  } else if (permissions.includes("api:call")) {
    throw unprocessable(
      "/permissions",
      "Only a key whose owner has the role api_user can have the permission api:call.",
    );
  }
  refuseExceeding(context.principal, organization, owner?.role ?? null, permissions, `The ${word}`);
}

/** What a key's owner allows it now; undefined for a key without an owner. */
export async function ownerLimit(context: Context, key: Key): Promise<KeyOwner | undefined> {
  if (key.owner === null) {
    return undefined;
  }
  const role = await ownerRole(context, key);
  return { id: key.owner, role, permissions: role === null ? [] : await permissionsOfRole(context, role) };
}

/** The role of a key's owner; null if the key has no owner, or the owner isn't a member. */
export async function ownerRole(context: Context, key: Key): Promise<string | null> {
  return key.owner === null ? null : await roleIn(context, key.organization, key.owner);
}

/** The role of a user who is a member of an organization; null otherwise. */
export async function roleIn({ db }: Context, organization: string, user: string): Promise<string | null> {
  const row = await db
    .selectFrom("memberships")
    .select("role")
    .where("organization_id", "=", organization)
    .where("user_id", "=", user)
    .where("status", "=", "active")
    .executeTakeFirst();
  return row?.role ?? null;
}

/**
 * What the refusal of a key's owner depends on: the user, and the membership in the organization if there is one. A pending
 * membership may become active.
 */
export async function membershipOf(
  { db }: Pick<Context, "db">,
  organization: string,
  user: string,
): Promise<ObjectReference[]> {
  const membership = await db
    .selectFrom("memberships")
    .select("id")
    .where("organization_id", "=", organization)
    .where("user_id", "=", user)
    .where("member_live", "is not", null)
    .executeTakeFirst();
  return [
    { kind: "user", id: user },
    ...(membership === undefined ? [] : [{ kind: "membership", id: membership.id } as const]),
  ];
}

function refuseMisfit({ kind, format = "opaque", secret }: Schemas["ApiKeyCreate"]): void {
  if (secret !== undefined && !isClientSecret(kind)) {
    throw unprocessable("/secret", "Only a key of kind webapi accepts a secret that the client made.");
  }
  if (!isFormatOf(kind, format)) {
    throw unprocessable(
      "/format",
      "A key of kind webapi must have the format opaque, because the client makes its secret.",
    );
  }
  if (secret === undefined && isClientSecret(kind)) {
    throw unprocessable("/secret", "A key of kind webapi needs a secret that the client makes.");
  }
}

/**
 * Finds the user that a new key or token is for.
 *
 * @throws Refusal `user_not_found`
 */
export async function findHolder(context: Context, pointer: string, userId: string): Promise<Schemas["User"]> {
  const user = await load(context, users, userId);
  if (user === undefined || !(await isVisible(context, users, user))) {
    const detail = `The user ${userId} does not exist, or you don't have access to it.`;
    throw new Refusal("user_not_found", detail, { errors: [{ in: "body", pointer, detail }] });
  }
  return user;
}

async function findOwner(call: Context, organization: Organization, userId: string): Promise<KeyOwner> {
  await findHolder(call, "/owner", userId);
  const role = await roleIn(call, organization.id, userId);
  if (role === null) {
    const detail = "The owner must be a member of the organization. Make the user a member first.";
    throw unprocessable("/owner", detail, await membershipOf(call, organization.id, userId));
  }
  return { id: userId, role, permissions: await permissionsOfRole(call, role) };
}

async function refuseBeyondLimit(
  { db, now }: Context,
  organization: Organization,
  ownerId: string,
  id: string,
): Promise<void> {
  const { keysPerOwner } = organization.settings;
  if (keysPerOwner === null) {
    return;
  }
  const keys = await db
    .selectFrom("api_keys")
    .select("id")
    .where("organization_id", "=", organization.id)
    .where("owner_id", "=", ownerId)
    .where("id", "!=", id)
    .where("kind", "!=", "token")
    .where(isActiveKey(now))
    .limit(keysPerOwner)
    .execute();
  if (keys.length < keysPerOwner) {
    return;
  }
  throw unprocessable(
    "/owner",
    `A user can own at most ${keysPerOwner} active ${keysPerOwner === 1 ? "key" : "keys"} in this organization. Revoke one first.`,
    [
      { kind: "organization", id: organization.id },
      ...keys.slice(0, maxDependencies).map((key) => ({ kind: "api_key" as const, id: key.id })),
    ],
  );
}
