/** The rules for creating, updating and revoking API keys. */
import type { Call } from "../../auth/operation.ts";
import { readAllowedIps } from "../../keys/allowed-ips.ts";
import type { CreateResult, CreateRules, EndRules } from "../../managed/lifecycle.ts";
import type { UpdateRules } from "../../managed/resource.ts";
import { type Identify, store } from "../../managed/take-over.ts";
import { isActiveKey } from "../../rows/active-key.ts";
import { liveName } from "../../rows/tables.ts";
import { findOpenOrganization } from "../organizations/resource.ts";
import { endRulesOf, readEndDate, refuseTaken, settableColumns, updateRulesOf } from "./changes.ts";
import { draftKey, requireApiAccess } from "./draft.ts";
import { issueSecret } from "./issue.ts";
import { type ApiKey, apiKeyKind } from "./resource.ts";

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
export const updateRules: UpdateRules<ApiKey> = updateRulesOf(apiKeyKind);

/** The rules for revoking API keys. */
export const endRules: EndRules<ApiKey> = endRulesOf(
  apiKeyKind,
  async ({ db }, { id }, maker) =>
    (await db
      .selectFrom("api_key_assignments")
      .select("id")
      .where("key_id", "=", id)
      .where("created_by", "!=", maker)
      .executeTakeFirst()) !== undefined,
);

async function createApiKey(call: Call<"createApiKey">, identify: Identify<ApiKey>): Promise<CreateResult<ApiKey>> {
  const { body, now, path } = call;
  const organization = await findOpenOrganization(call, path.organizationId, "keys:create");
  requireApiAccess(organization);
  const { id } = await identify(organization.id);
  const { format, owner, permissions } = await draftKey(call, organization, id);
  const expiresAt =
    body.endDate === undefined ? null : readEndDate(apiKeyKind, body.endDate, format, organization, now);
  const externalId = body.externalId ?? null;
  await refuseTaken(apiKeyKind, call, { id, name: body.name, externalId, organization: organization.id });
  await store(call, "api_keys", id, {
    organization_id: organization.id,
    owner_id: owner?.id ?? null,
    kind: body.kind,
    format,
    permissions: JSON.stringify(permissions),
    generation: 1,
    revoked_at: null,
    ...settableColumns(apiKeyKind, {
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
