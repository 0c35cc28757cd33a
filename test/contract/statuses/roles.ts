import type { Schemas } from "roster-schema";
import { unique } from "../support/client.ts";
import type { Scenario } from "../support/scenario.ts";
import type { Cases } from "./case.ts";

const body = (): Schemas["RoleCreate"] => ({ name: unique("made"), permissions: ["organization:read"] });

const at = ({ id }: { readonly id: string }) => ({ path: { roleId: id } });

const builtIn = { path: { roleId: "viewer" } };

/** Another role of the scenario's organization, which has an externalId. */
async function another({ owner, path }: Scenario) {
  return await owner.do("createRole", { path, body: { ...body(), externalId: "taken" } });
}

/** What roles answer. */
export const roleCases: Cases<"listRoles" | "createRole" | "getRole" | "updateRole" | "deleteRole"> = {
  listRoles: { 200: async (scenario) => ({ path: scenario.path, query: { name: (await scenario.role()).name } }) },
  createRole: {
    201: ({ path }) => ({ path, body: body() }),
    409: {
      name_taken: async (scenario) => {
        return { path: scenario.path, body: { ...body(), name: (await another(scenario)).name } };
      },
      external_id_taken: async (scenario) => {
        await another(scenario);
        return { path: scenario.path, body: { ...body(), externalId: "taken" } };
      },
      organization_closed: async ({ owner, path }) => {
        await owner.do("closeOrganization", { path });
        return { path, body: body() };
      },
    },
    422: { unprocessable: ({ path }) => ({ path, body: { ...body(), permissions: ["api:call"] } }) },
  },
  getRole: { 200: async (scenario) => at(await scenario.role("flows:read")) },
  updateRole: {
    200: async (scenario) => ({ ...at(await scenario.role()), body: body() }),
    403: {
      cannot_remove_self: async (scenario) => {
        const role = await scenario.role("roles:manage", "roles:read");
        const { client } = await scenario.actingAs(role.id);
        return { client, ...at(role), body: { permissions: ["roles:manage"] } };
      },
    },
    409: {
      name_taken: async (scenario) => {
        return { ...at(await scenario.role()), body: { name: (await another(scenario)).name } };
      },
      external_id_taken: async (scenario) => {
        await another(scenario);
        return { ...at(await scenario.role()), body: { externalId: "taken" } };
      },
    },
    422: { unprocessable: () => ({ ...builtIn, body: body() }) },
  },
  deleteRole: {
    204: async (scenario) => at(await scenario.role()),
    409: {
      role_in_use: async (scenario) => {
        const role = await scenario.role();
        await scenario.member(role.id);
        return at(role);
      },
    },
    422: { unprocessable: () => builtIn },
  },
};
