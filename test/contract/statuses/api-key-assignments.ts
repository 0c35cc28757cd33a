import { unique } from "../support/client.ts";
import type { Scenario } from "../support/scenario.ts";
import type { Cases } from "./case.ts";

/** A request that attaches a new key to a new member. */
async function attaching(scenario: Scenario) {
  const { user } = await scenario.member("viewer");
  return { path: { apiKeyId: (await scenario.key()).id }, body: { user: user.id } };
}

/** An assignment. */
async function attached(scenario: Scenario, externalId = unique("external")) {
  const { path, body } = await attaching(scenario);
  const made = await scenario.owner.do("createApiKeyAssignment", { path, body: { ...body, externalId } });
  return { path: { assignmentId: made.id } };
}

/** What assignments of API keys answer. */
export const apiKeyAssignmentCases: Cases<
  | "listApiKeyAssignments"
  | "createApiKeyAssignment"
  | "getApiKeyAssignment"
  | "updateApiKeyAssignment"
  | "deleteApiKeyAssignment"
> = {
  listApiKeyAssignments: {
    200: async (scenario) => {
      const { path, body } = await attaching(scenario);
      await scenario.owner.do("createApiKeyAssignment", { path, body });
      return { path, query: { user: body.user } };
    },
  },
  createApiKeyAssignment: {
    201: attaching,
    400: {
      invalid_request: async (scenario) => {
        const { path } = await attaching(scenario);
        return { path, body: {} };
      },
    },
    403: {
      api_access_disabled: async (scenario) => {
        const { path } = await attaching(scenario);
        const invited = { email: `${unique("invited")}@example.com`, role: "viewer", onUnknownUser: "invite" } as const;
        await scenario.owner.do("createMembership", { path: scenario.path, body: invited });
        const body = { features: { externalApiAccess: false } };
        await scenario.owner.do("updateOrganization", { path: scenario.path, body });
        return { path, body: { email: invited.email } };
      },
    },
    409: {
      already_assigned: async (scenario) => {
        const request = await attaching(scenario);
        await scenario.owner.do("createApiKeyAssignment", request);
        return request;
      },
      external_id_taken: async (scenario) => {
        await attached(scenario, "taken");
        const { path, body } = await attaching(scenario);
        return { path, body: { ...body, externalId: "taken" } };
      },
      key_not_active: async (scenario) => {
        const request = await attaching(scenario);
        await scenario.owner.do("revokeApiKey", { path: request.path });
        return request;
      },
    },
    422: {
      user_not_found: async (scenario) => {
        return { path: (await attaching(scenario)).path, body: { email: `${unique("unknown")}@example.com` } };
      },
      unprocessable: async (scenario) => {
        return { path: (await attaching(scenario)).path, body: { user: (await scenario.user()).id } };
      },
    },
  },
  getApiKeyAssignment: { 200: (scenario) => attached(scenario) },
  updateApiKeyAssignment: {
    200: async (scenario) => ({ ...(await attached(scenario)), body: { externalId: unique("renamed") } }),
    409: {
      external_id_taken: async (scenario) => {
        await attached(scenario, "taken");
        return { ...(await attached(scenario)), body: { externalId: "taken" } };
      },
    },
    422: { unprocessable: async (scenario) => ({ ...(await attached(scenario)), body: { resendInvite: "1" } }) },
  },
  deleteApiKeyAssignment: { 204: (scenario) => attached(scenario) },
};
