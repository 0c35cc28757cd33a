import type { Schemas } from "roster-schema";
import { unique } from "../support/client.ts";
import { Pages } from "../support/people.ts";
import type { Scenario } from "../support/scenario.ts";
import type { Cases } from "./case.ts";

const past = "2020-01-01";

/** What a new token takes, for a system user that is an administrator. */
async function body(scenario: Scenario): Promise<Schemas["AccessTokenCreate"]> {
  const { user } = await scenario.member("administrator");
  return { user: user.id, name: unique("made"), permissions: ["roles:read"] };
}

const at = ({ id }: { readonly id: string }) => ({ path: { accessTokenId: id } });

/** A token that was revoked. */
async function revoked(scenario: Scenario) {
  const request = at(await scenario.token());
  await scenario.owner.do("revokeAccessToken", request);
  return request;
}

/** A token in the overlap of a rotation. */
async function rotated(scenario: Scenario) {
  const request = at(await scenario.token());
  await scenario.owner.do("rotateAccessToken", { ...request, body: { generation: 2, overlap: "1h" } });
  return request;
}

/** A token that acts on itself. */
async function onItself(scenario: Scenario) {
  const token = await scenario.token({ permissions: ["keys:create", "keys:revoke"] });
  return { client: scenario.service.as(token.token), ...at(token) };
}

/** What access tokens answer. */
export const accessTokenCases: Cases<
  | "listAccessTokens"
  | "createAccessToken"
  | "getAccessToken"
  | "updateAccessToken"
  | "revokeAccessToken"
  | "rotateAccessToken"
  | "revokeAccessTokenSecret"
  | "endOwnAccessToken"
> = {
  listAccessTokens: {
    200: async (scenario) => ({ path: scenario.path, query: { name: (await scenario.token()).name } }),
  },
  createAccessToken: {
    201: async (scenario) => ({ path: scenario.path, body: await body(scenario) }),
    409: {
      name_taken: async (scenario) => {
        return { path: scenario.path, body: { ...(await body(scenario)), name: (await scenario.token()).name } };
      },
      external_id_taken: async (scenario) => {
        await scenario.token({ externalId: "taken" });
        return { path: scenario.path, body: { ...(await body(scenario)), externalId: "taken" } };
      },
      organization_closed: async (scenario) => {
        const made = await body(scenario);
        await scenario.owner.do("closeOrganization", { path: scenario.path });
        return { path: scenario.path, body: made };
      },
    },
    422: {
      unprocessable: async (scenario) => ({ path: scenario.path, body: { ...(await body(scenario)), endDate: past } }),
      user_not_found: async (scenario) => {
        return { path: scenario.path, body: { ...(await body(scenario)), user: `usr_${"0".repeat(32)}` } };
      },
    },
  },
  getAccessToken: { 200: async (scenario) => at(await scenario.token()) },
  updateAccessToken: {
    200: async (scenario) => ({ ...at(await scenario.token()), body: { name: unique("renamed") } }),
    403: {
      cannot_remove_self: async (scenario) => ({ ...(await onItself(scenario)), body: { state: "revoked" } }),
    },
    409: {
      name_taken: async (scenario) => {
        return { ...at(await scenario.token()), body: { name: (await scenario.token()).name } };
      },
      external_id_taken: async (scenario) => {
        await scenario.token({ externalId: "taken" });
        return { ...at(await scenario.token()), body: { externalId: "taken" } };
      },
      key_not_active: async (scenario) => ({ ...(await revoked(scenario)), body: { state: "active" } }),
    },
    422: { unprocessable: async (scenario) => ({ ...at(await scenario.token()), body: { endDate: past } }) },
  },
  revokeAccessToken: {
    also: {
      200: async (scenario) => {
        const { client } = await scenario.actingAs("customer_admin");
        return { client, ...at(await scenario.token({ externalId: "mine" })), query: { managedAs: "mine" } };
      },
    },
    204: async (scenario) => at(await scenario.token()),
    403: { cannot_remove_self: onItself },
  },
  rotateAccessToken: {
    200: async (scenario) => ({ ...at(await scenario.token()), body: { generation: 2 } }),
    409: {
      generation_conflict: async (scenario) => ({ ...at(await scenario.token()), body: { generation: 3 } }),
      secret_in_use: async (scenario) => {
        const made = await scenario.token();
        const body = { generation: 2, overlap: "1h", holdWhileUsed: "1h" };
        await scenario.owner.do("rotateAccessToken", { ...at(made), body });
        await scenario.service.as(made.token).do("getSelf");
        return { ...at(made), body: { generation: 3, overlap: "1h" } };
      },
      key_not_active: async (scenario) => ({ ...(await revoked(scenario)), body: { generation: 2 } }),
    },
    422: {
      unprocessable: async (scenario) => ({
        ...at(await scenario.token()),
        body: { generation: 2, overlap: "0s", holdWhileUsed: "1h" },
      }),
    },
  },
  revokeAccessTokenSecret: {
    200: async (scenario) => ({ ...(await rotated(scenario)), body: { generation: 1 } }),
    409: {
      generation_conflict: async (scenario) => ({ ...at(await scenario.token()), body: { generation: 1 } }),
      key_not_active: async (scenario) => ({ ...(await revoked(scenario)), body: { generation: 1 } }),
    },
    422: {
      unprocessable: async (scenario) => ({ ...(await rotated(scenario)), body: { generation: 2, overlap: "1h" } }),
    },
  },
  endOwnAccessToken: {
    204: async ({ service }) => ({ client: (await new Pages(service).member([])).client }),
    422: { unprocessable: async (scenario) => ({ client: scenario.service.as((await scenario.token()).token) }) },
  },
};
