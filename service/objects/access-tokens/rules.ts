/** The rules for creating, updating and revoking the access tokens of system users. */
import type { Schemas } from "roster-schema";
import type { Call, Context } from "../../auth/operation.ts";
import { inOrder } from "../../auth/permissions.ts";
import { readAllowedIps } from "../../keys/allowed-ips.ts";
import type { CreateResult, CreateRules, EndRules } from "../../managed/lifecycle.ts";
import type { UpdateRules } from "../../managed/resource.ts";
import { permissionsOfRole } from "../../managed/rules.ts";
import { type Identify, store } from "../../managed/take-over.ts";
import { unprocessable } from "../../problems.ts";
import { isActiveKey } from "../../rows/active-key.ts";
import { liveName } from "../../rows/tables.ts";
import { endRulesOf, readEndDate, refuseTaken, settableColumns, updateRulesOf } from "../api-keys/changes.ts";
import { findHolder, type KeyOwner, membershipOf, refuseGrant, roleIn } from "../api-keys/draft.ts";
import { issueSecret } from "../api-keys/issue.ts";
import { findOpenOrganization } from "../organizations/resource.ts";
import { type AccessToken, accessTokenKind } from "./resource.ts";

/** The rules for creating access tokens. */
export const createRules: CreateRules<"createAccessToken", AccessToken> = {
  create: createToken,
  find: async ({ body, db, now, path }) =>
    (
      await db
        .selectFrom("api_keys")
        .select("id")
        .where("name_live", "=", liveName(accessTokenKind.scopeOf(path.organizationId), body.name))
        .where(isActiveKey(now))
        .executeTakeFirst()
    )?.id,
  wanted: ({ body: { user, name, permissions, allowedIps = null, endDate = null } }) => ({
    user,
    name,
    permissions,
    allowedIps,
    endDate,
  }),
  // The plaintext of an existing token can't be shown.
  extraIfAdopted: { token: null },
};

/** The rules for updating access tokens. */
export const updateRules: UpdateRules<AccessToken> = updateRulesOf(accessTokenKind);

/** The rules for revoking access tokens. Nothing is made that ends with a token. */
export const endRules: EndRules<AccessToken> = endRulesOf(accessTokenKind, async () => false);

async function createToken(
  call: Call<"createAccessToken">,
  identify: Identify<AccessToken>,
): Promise<CreateResult<AccessToken>> {
  const { body, now, path } = call;
  const organization = await findOpenOrganization(call, path.organizationId, "keys:create");
  const { id } = await identify(organization.id);
  const holder = await findSystemUser(call, organization, body.user);
  const permissions = inOrder(body.permissions);
  await refuseGrant(accessTokenKind, call, organization.id, holder, permissions);
  const expiresAt =
    body.endDate === undefined ? null : readEndDate(accessTokenKind, body.endDate, "opaque", organization, now);
  const externalId = body.externalId ?? null;
  await refuseTaken(accessTokenKind, call, { id, name: body.name, externalId, organization: organization.id });
  const key = { kind: "token", format: "opaque", generation: 1 } as const;
  await store(call, "api_keys", id, {
    ...key,
    organization_id: organization.id,
    owner_id: holder.id,
    permissions: JSON.stringify(permissions),
    revoked_at: null,
    ...settableColumns(accessTokenKind, {
      organization: organization.id,
      name: body.name,
      externalId,
      allowedIps: readAllowedIps(body.allowedIps ?? null),
      endDate: body.endDate ?? null,
    }),
    expires_at: expiresAt,
  });
  const issued = { ...key, keyId: id, organizationId: organization.id, ownerId: holder.id, expiresAt };
  return { id, extra: { token: await issueSecret(call, { ...issued, clientSecret: undefined }) } };
}

/** @throws Refusal `user_not_found`; `unprocessable` for a user whose token can't act in the organization. */
async function findSystemUser(call: Context, { id }: Schemas["Organization"], userId: string): Promise<KeyOwner> {
  const user = await findHolder(call, "/user", userId);
  if (user.kind !== "system") {
    throw unprocessable(
      "/user",
      "Only a system user can have this token. People make access tokens on their own page.",
      [{ kind: "user", id: userId }],
    );
  }
  if (user.homeOrganization !== id) {
    const detail = "The homeOrganization of the system user must be this organization.";
    throw unprocessable("/user", detail, [{ kind: "user", id: userId }]);
  }
  const role = await roleIn(call, id, userId);
  if (role === null) {
    const detail = "The system user must be a member of the organization. Make it a member first.";
    throw unprocessable("/user", detail, await membershipOf(call, id, userId));
  }
  return { id: userId, role, permissions: await permissionsOfRole(call, role) };
}
