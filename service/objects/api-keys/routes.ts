/** The operations on API keys. */
import type { Call, Context } from "../../auth/operation.ts";
import { type Page, selectPage } from "../../http/paging.ts";
import { actOnItem, createItem, endItem, makeItem, type Routes, read, readItem, updateItem } from "../../http/route.ts";
import { find } from "../../managed/resource.ts";
import { hasKeyStatus } from "../../rows/active-key.ts";
import { byByte } from "../../rows/tables.ts";
import { findOrganization } from "../organizations/resource.ts";
import { importApiKey } from "./import.ts";
import { type ApiKey, apiKeyKind, apiKeys, selectKeys, toApiKeys } from "./resource.ts";
import { rotateKey } from "./rotation.ts";
import { createRules, endRules, updateRules } from "./rules.ts";
import { revokeSecret, revokeSecretVerb } from "./secrets.ts";

/** Finds a key, if the caller is allowed to end its secrets. */
const findRevocable = (context: Context, id: string) => find(context, apiKeys, id, "keys:revoke");

/** The routes of API keys. */
export const apiKeyRoutes: Routes<
  | "listApiKeys"
  | "createApiKey"
  | "getApiKey"
  | "updateApiKey"
  | "revokeApiKey"
  | "rotateApiKey"
  | "revokeApiKeySecret"
  | "importApiKey"
> = {
  listApiKeys: read(listApiKeys),
  createApiKey: createItem(apiKeys, createRules, updateRules, { secret: true }),
  getApiKey: readItem(apiKeys),
  updateApiKey: updateItem(apiKeys, updateRules),
  revokeApiKey: endItem(apiKeys, "revoke", endRules, updateRules),
  rotateApiKey: actOnItem(
    apiKeys,
    "rotate",
    {
      find: findRevocable,
      perform: async (call: Call<"rotateApiKey">, key) => ({ key: await rotateKey(apiKeyKind, call, key) }),
    },
    { secret: true },
  ),
  revokeApiKeySecret: actOnItem(apiKeys, revokeSecretVerb, {
    find: findRevocable,
    async perform(call: Call<"revokeApiKeySecret">, key) {
      await revokeSecret(apiKeyKind, call, key);
      return {};
    },
  }),
  importApiKey: makeItem(apiKeys, "import", importApiKey),
};

async function listApiKeys(call: Call<"listApiKeys">): Promise<Page<ApiKey>> {
  const { db, now, path, query } = call;
  await findOrganization(call, path.organizationId, "keys:read");
  let rows = selectKeys(db).where("api_keys.organization_id", "=", path.organizationId);
  if (query.kind !== undefined) {
    rows = rows.where("api_keys.kind", "=", query.kind);
  }
  if (query.owner !== undefined) {
    rows = rows.where("api_keys.owner_id", "=", query.owner);
  }
  if (query.name !== undefined) {
    rows = rows.where("api_keys.name", "=", query.name);
  }
  if (query.externalId !== undefined) {
    rows = rows.where(byByte("api_keys.external_id"), "=", query.externalId);
  }
  if (query.status !== undefined) {
    rows = rows.where(hasKeyStatus(query.status, now));
  }
  const page = await selectPage(rows, "api_keys.id", "api_key", query, (row) => row);
  return { ...page, items: await toApiKeys(db, page.items, now) };
}
