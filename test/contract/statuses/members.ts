import { permissionValues } from "roster-schema";
import { unique } from "../support/client.ts";
import type { Scenario } from "../support/scenario.ts";
import type { Cases } from "./case.ts";

const at = ({ membership }: { readonly membership: { readonly id: string } }) => {
  return { path: { membershipId: membership.id } };
};

/** A request that makes a new user a member. */
async function joining(scenario: Scenario) {
  return { path: scenario.path, body: { user: (await scenario.user()).id, role: "viewer" as const } };
}

/** A request that makes somebody a member whom nobody knows. */
function unknown({ path }: Scenario) {
  return { path, body: { email: `${unique("unknown")}@example.com`, role: "viewer" as const } };
}

/** Gives another membership of the scenario's organization an externalId. */
async function takeExternalId(scenario: Scenario): Promise<void> {
  await scenario.owner.do("updateMembership", {
    ...at(await scenario.member("viewer")),
    body: { externalId: "taken" },
  });
}

/** The only administrator, and somebody else who may do what an administrator may. */
async function lastAdministrator(scenario: Scenario) {
  const request = at(await scenario.member("administrator"));
  const allowed = permissionValues.filter((permission) => permission !== "api:call");
  return { ...request, client: await scenario.withPermissions(...allowed) };
}

/** What memberships answer. */
export const memberCases: Cases<
  "listMembers" | "createMembership" | "getMembership" | "updateMembership" | "endMembership"
> = {
  listMembers: {
    200: async (scenario) => ({ path: scenario.path, query: { user: (await scenario.member("viewer")).user.id } }),
  },
  createMembership: {
    201: joining,
    400: {
      invalid_request: async (scenario) => {
        const { path, body } = await joining(scenario);
        return { path, body: { ...unknown(scenario).body, ...body } };
      },
    },
    403: {
      plan_required: async (scenario) => {
        const { owner, path } = scenario;
        const features = { externalApiAccess: false };
        await owner.do("updateOrganization", { path, body: { features, subscription: { plan: "basic" } } });
        await scenario.member("administrator");
        return await joining(scenario);
      },
    },
    409: {
      already_member: async (scenario) => {
        const { user } = await scenario.member("viewer");
        return { path: scenario.path, body: { user: user.id, role: "editor" } };
      },
      external_id_taken: async (scenario) => {
        await takeExternalId(scenario);
        const { path, body } = await joining(scenario);
        return { path, body: { ...body, externalId: "taken" } };
      },
      organization_closed: async (scenario) => {
        const request = await joining(scenario);
        await scenario.owner.do("closeOrganization", { path: scenario.path });
        return request;
      },
    },
    422: {
      user_not_found: unknown,
      role_not_found: async (scenario) => {
        const { path, body } = await joining(scenario);
        return { path, body: { ...body, role: `rol_${"0".repeat(32)}` } };
      },
      unprocessable: async (scenario) => {
        const { path, body } = await joining(scenario);
        return { path, body: { ...body, role: "super_admin" } };
      },
    },
  },
  getMembership: { 200: async (scenario) => at(await scenario.member("viewer")) },
  updateMembership: {
    200: async (scenario) => ({ ...at(await scenario.member("viewer")), body: { role: "editor" } }),
    403: {
      cannot_remove_self: async (scenario) => {
        const acting = await scenario.actingAs("administrator");
        return { client: acting.client, ...at(acting), body: { role: "viewer" } };
      },
    },
    409: {
      external_id_taken: async (scenario) => {
        await takeExternalId(scenario);
        return { ...at(await scenario.member("viewer")), body: { externalId: "taken" } };
      },
      last_administrator: async (scenario) => ({ ...(await lastAdministrator(scenario)), body: { role: "viewer" } }),
    },
    422: {
      role_not_found: async (scenario) => {
        return { ...at(await scenario.member("viewer")), body: { role: `rol_${"0".repeat(32)}` } };
      },
      unprocessable: async (scenario) => {
        const request = at(await scenario.member("viewer"));
        await scenario.owner.do("endMembership", request);
        return { ...request, body: { role: "editor" } };
      },
    },
  },
  endMembership: {
    204: async (scenario) => at(await scenario.member("viewer")),
    403: {
      cannot_remove_self: async (scenario) => {
        const acting = await scenario.actingAs("administrator");
        return { client: acting.client, ...at(acting) };
      },
    },
    409: { last_administrator: lastAdministrator },
  },
};
