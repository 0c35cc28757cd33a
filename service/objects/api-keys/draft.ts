/** Decides the format, owner and permissions of a new API key. */
import { isClientSecret, isFormatOf, needsOwner, requiredOwnerRole, type Schemas } from "roster-schema";
import type { Call, Context } from "../../auth/operation.ts";
import { beyond, inOrder, type Permission } from "../../auth/permissions.ts";
import { isVisible, load } from "../../managed/resource.ts";
import { permissionsOfRole, refuseExceeding } from "../../managed/rules.ts";
import { Refusal, unprocessable } from "../../problems.ts";
import { isActiveKey } from "../../rows/active-key.ts";
import { users } from "../users/resource.ts";

type Organization = Schemas["Organization"];

/** The owner of a key to be, with the role that bounds it. */
export interface KeyOwner {
  readonly id: string;
  readonly role: string;
  readonly permissions: readonly Permission[];
}

/** What a key to be is made of, beyond what the body says. */
export interface KeyDraft {
  readonly format: Schemas["ApiKeyFormat"];
  readonly owner: KeyOwner | undefined;
  readonly permissions: readonly Permission[];
}

/** @throws Refusal `api_access_disabled` */
export function requireApiAccess({ features }: Organization): void {
  if (features.externalApiAccess) return;
  throw new Refusal(
    "api_access_disabled",
    "The organization has no external API access. Contact the vendor to enable it; keys can be listed and revoked meanwhile.",
  );
}

/**
 * Decides a new key's format, owner and permissions.
 *
 * @param id the key's, which doesn't count against its owner's limit where it is there already.
 * @throws Refusal `unprocessable`, `user_not_found`, `permission_denied`.
 */
export async function draftKey(call: Call<"createApiKey">, organization: Organization, id: string): Promise<KeyDraft> {
  const { body, principal } = call;
  const { kind, format = "opaque" } = body;
  refuseMisfit(body);
  const owner = body.owner === undefined ? undefined : await findOwner(call, organization, body.owner);
  const role = requiredOwnerRole(format);
  if (role !== undefined && owner?.role !== role) {
    throw unprocessable("/owner", `A JWT key needs an owner with the role ${role}.`);
  }
  if (needsOwner(kind, format) && owner === undefined)
    throw unprocessable("/owner", "A key of kind user needs an owner.");
  if (owner !== undefined) await refuseBeyondLimit(call, organization, owner.id, id);
  const permissions = body.permissions ?? inOrder(owner?.permissions ?? []);
  if (owner !== undefined) {
    const exceeding = beyond(permissions, new Set(owner.permissions));
    if (exceeding.length > 0) {
      throw unprocessable("/permissions", `The key would exceed its owner's permissions by ${exceeding.join(", ")}.`);
    }
  } else if (permissions.includes("api:call")) {
    throw unprocessable("/permissions", "Only a key whose owner has the role api_user may hold api:call.");
  }
  refuseExceeding(principal, owner?.role ?? null, permissions, "The key");
  return { format, owner, permissions };
}

/** The role of a key's owner, or null. */
export async function ownerRole({ db }: Context, key: Schemas["ApiKey"]): Promise<string | null> {
  if (key.owner === null) return null;
  const row = await db
    .selectFrom("memberships")
    .select("role")
    .where("organization_id", "=", key.organization)
    .where("user_id", "=", key.owner)
    .where("status", "=", "active")
    .executeTakeFirst();
  return row?.role ?? null;
}

function refuseMisfit({ kind, format = "opaque", secret }: Schemas["ApiKeyCreate"]): void {
  if (secret !== undefined && !isClientSecret(kind)) {
    throw unprocessable("/secret", "Only a key of kind webapi takes a secret that the client made.");
  }
  if (!isFormatOf(kind, format))
    throw unprocessable("/format", "A key of kind webapi is opaque: its client makes the secret.");
  if (secret === undefined && isClientSecret(kind)) {
    throw unprocessable("/secret", "The client makes the secret of a key of kind webapi, and registers it here.");
  }
}

async function findOwner(call: Context, organization: Organization, userId: string): Promise<KeyOwner> {
  const user = await load(call, users, userId);
  if (user === undefined || !(await isVisible(call, users, user))) {
    const detail = "There is no such user that you may know of.";
    throw new Refusal("user_not_found", detail, { errors: [{ in: "body", pointer: "/owner", detail }] });
  }
  const membership = await call.db
    .selectFrom("memberships")
    .select("role")
    .where("organization_id", "=", organization.id)
    .where("user_id", "=", userId)
    .where("status", "=", "active")
    .executeTakeFirst();
  if (membership === undefined) {
    throw unprocessable("/owner", "The owner must be a member of the organization. Make the user one first.");
  }
  return { id: userId, role: membership.role, permissions: await permissionsOfRole(call, membership.role) };
}

async function refuseBeyondLimit(
  { db, now }: Context,
  organization: Organization,
  ownerId: string,
  id: string,
): Promise<void> {
  const { keysPerOwner } = organization.settings;
  if (keysPerOwner === null) return;
  const { keys } = await db
    .selectFrom("api_keys")
    .select(({ fn }) => fn.countAll().as("keys"))
    .where("organization_id", "=", organization.id)
    .where("owner_id", "=", ownerId)
    .where("id", "!=", id)
    .where(isActiveKey(now))
    .executeTakeFirstOrThrow();
  if (Number(keys) < keysPerOwner) return;
  throw unprocessable("/owner", `A user may own at most ${keysPerOwner} active keys here. Revoke one first.`);
}
