import type { Schemas } from "roster-schema";
import { unique } from "../support/client.ts";
import { type Scenario, sha256 } from "../support/scenario.ts";
import type { Cases } from "./case.ts";

const past = "2020-01-01";

const body = (): Schemas["ApiKeyCreate"] => ({ name: unique("made"), kind: "server" });

const legacyKey = (): Schemas["ApiKeyImport"] => ({ name: unique("legacy"), sha256: sha256(unique("secret")) });

const at = ({ id }: { readonly id: string }) => ({ path: { apiKeyId: id } });

/** A key that was revoked. */
async function revoked(scenario: Scenario) {
  const request = at(await scenario.key());
  await scenario.owner.do("revokeApiKey", request);
  return request;
}

/** A key in the overlap of a rotation. */
async function rotated(scenario: Scenario) {
  const request = at(await scenario.key());
  await scenario.owner.do("rotateApiKey", { ...request, body: { generation: 2, overlap: "1h" } });
  return request;
}

/** A key that acts on itself. */
async function onItself(scenario: Scenario) {
  const key = await scenario.key({ permissions: ["keys:create", "keys:revoke"] });
  return { client: scenario.service.as(key.key), ...at(key) };
}

async function withdrawApiAccess({ owner, path }: Scenario): Promise<void> {
  await owner.do("updateOrganization", { path, body: { features: { externalApiAccess: false } } });
}

/** What API keys answer. */
export const apiKeyCases: Cases<
  | "listApiKeys"
  | "createApiKey"
  | "getApiKey"
  | "updateApiKey"
  | "revokeApiKey"
  | "rotateApiKey"
  | "revokeApiKeySecret"
  | "importApiKey"
> = {
  listApiKeys: { 200: async (scenario) => ({ path: scenario.path, query: { name: (await scenario.key()).name } }) },
  createApiKey: {
    201: ({ path }) => ({ path, body: body() }),
    403: {
      api_access_disabled: async (scenario) => {
        await withdrawApiAccess(scenario);
        return { path: scenario.path, body: body() };
      },
    },
    409: {
      name_taken: async (scenario) => {
        return { path: scenario.path, body: { ...body(), name: (await scenario.key()).name } };
      },
      external_id_taken: async (scenario) => {
        await scenario.key({ externalId: "taken" });
        return { path: scenario.path, body: { ...body(), externalId: "taken" } };
      },
      organization_closed: async ({ owner, path }) => {
        await owner.do("closeOrganization", { path });
        return { path, body: body() };
      },
    },
    422: {
      unprocessable: ({ path }) => ({ path, body: { ...body(), endDate: past } }),
      user_not_found: ({ path }) => ({ path, body: { ...body(), owner: `usr_${"0".repeat(32)}` } }),
    },
  },
  getApiKey: { 200: async (scenario) => at(await scenario.key()) },
  updateApiKey: {
    200: async (scenario) => ({ ...at(await scenario.key()), body: { name: unique("renamed") } }),
    403: {
      cannot_remove_self: async (scenario) => ({ ...(await onItself(scenario)), body: { state: "revoked" } }),
    },
    409: {
      name_taken: async (scenario) => ({ ...at(await scenario.key()), body: { name: (await scenario.key()).name } }),
      external_id_taken: async (scenario) => {
        await scenario.key({ externalId: "taken" });
        return { ...at(await scenario.key()), body: { externalId: "taken" } };
      },
      key_not_active: async (scenario) => ({ ...(await revoked(scenario)), body: { state: "active" } }),
    },
    422: { unprocessable: async (scenario) => ({ ...at(await scenario.key()), body: { endDate: past } }) },
  },
  revokeApiKey: {
    also: {
      200: async (scenario) => {
        const { client } = await scenario.actingAs("customer_admin");
        return { client, ...at(await scenario.key({ externalId: "mine" })), query: { managedAs: "mine" } };
      },
    },
    204: async (scenario) => at(await scenario.key()),
    403: { cannot_remove_self: onItself },
  },
  rotateApiKey: {
    200: async (scenario) => ({ ...at(await scenario.key()), body: { generation: 2 } }),
    403: {
      api_access_disabled: async (scenario) => {
        const request = at(await scenario.key());
        await withdrawApiAccess(scenario);
        return { ...request, body: { generation: 2 } };
      },
    },
    409: {
      generation_conflict: async (scenario) => ({ ...at(await scenario.key()), body: { generation: 3 } }),
      secret_in_use: async (scenario) => {
        const { id, key } = await scenario.key();
        const path = { apiKeyId: id };
        await scenario.owner.do("rotateApiKey", { path, body: { generation: 2, overlap: "1h", holdWhileUsed: "1h" } });
        await scenario.owner.do("verifyApiKey", { body: { secret: key } });
        return { path, body: { generation: 3, overlap: "1h" } };
      },
      key_not_active: async (scenario) => ({ ...(await revoked(scenario)), body: { generation: 2 } }),
    },
    422: {
      unprocessable: async (scenario) => {
        return { ...at(await scenario.key()), body: { generation: 2, secret: unique("not-the-client's-to-make") } };
      },
    },
  },
  revokeApiKeySecret: {
    200: async (scenario) => ({ ...(await rotated(scenario)), body: { generation: 1 } }),
    409: {
      generation_conflict: async (scenario) => ({ ...at(await scenario.key()), body: { generation: 1 } }),
      key_not_active: async (scenario) => ({ ...(await revoked(scenario)), body: { generation: 1 } }),
    },
    422: {
      unprocessable: async (scenario) => ({ ...(await rotated(scenario)), body: { generation: 2, overlap: "1h" } }),
    },
  },
  importApiKey: {
    201: ({ path }) => ({ path, body: legacyKey() }),
    403: {
      api_access_disabled: async (scenario) => {
        await withdrawApiAccess(scenario);
        return { path: scenario.path, body: legacyKey() };
      },
    },
    409: {
      name_taken: async (scenario) => {
        return { path: scenario.path, body: { ...legacyKey(), name: (await scenario.key()).name } };
      },
      organization_closed: async ({ owner, path }) => {
        await owner.do("closeOrganization", { path });
        return { path, body: legacyKey() };
      },
    },
    422: {
      unprocessable: async (scenario) => {
        return { path: scenario.path, body: { ...legacyKey(), sha256: sha256((await scenario.key()).key) } };
      },
    },
  },
};
