import { permissionValues } from "roster-schema";
import { unique } from "../support/client.ts";
import type { Scenario } from "../support/scenario.ts";
import type { Cases } from "./case.ts";

const address = () => `${unique("made")}@example.com`;

const at = ({ id }: { readonly id: string }) => ({ path: { userId: id } });

/** A body that makes a user at home in the scenario's organization, without mail. */
const body = ({ organization }: Scenario) => ({
  email: address(),
  homeOrganization: organization.id,
  kind: "system" as const,
});

/** The only administrator, and somebody else who may do what an administrator may. */
async function lastAdministrator(scenario: Scenario) {
  const { user } = await scenario.member("administrator");
  const allowed = permissionValues.filter((permission) => permission !== "api:call");
  return { user, client: await scenario.withPermissions(...allowed) };
}

/** What users answer. */
export const userCases: Cases<
  | "listUsers"
  | "createUser"
  | "getUser"
  | "getUserHolders"
  | "updateUser"
  | "deactivateUser"
  | "blockUser"
  | "unblockUser"
> = {
  listUsers: { 200: async (scenario) => ({ query: { email: (await scenario.user()).email } }) },
  createUser: {
    201: (scenario) => ({ body: body(scenario) }),
    409: {
      email_taken: async (scenario) => ({ body: { ...body(scenario), email: (await scenario.user()).email } }),
      external_id_taken: async (scenario) => {
        await scenario.user({ externalId: "taken" });
        return { body: { ...body(scenario), externalId: "taken" } };
      },
    },
    422: {
      unprocessable: (scenario) => ({ body: { ...body(scenario), invite: true } }),
    },
  },
  getUserHolders: { 200: async (scenario) => at(await scenario.user()) },
  getUser: { 200: async (scenario) => at(await scenario.user()) },
  updateUser: {
    200: async (scenario) => ({ ...at(await scenario.user()), body: { givenName: "Ada" } }),
    403: {
      cannot_remove_self: async (scenario) => {
        const { client, user } = await scenario.actingAs("administrator");
        return { client, ...at(user), body: { state: "inactive" } };
      },
    },
    409: {
      email_taken: async (scenario) => {
        return { ...at(await scenario.user()), body: { email: (await scenario.user()).email } };
      },
      external_id_taken: async (scenario) => {
        await scenario.user({ externalId: "taken" });
        return { ...at(await scenario.user()), body: { externalId: "taken" } };
      },
      last_administrator: async (scenario) => {
        const { client, user } = await lastAdministrator(scenario);
        return { client, ...at(user), body: { state: "inactive" } };
      },
    },
    422: {
      unprocessable: async (scenario) => ({ ...at(await scenario.user()), body: { resetPassword: "1" } }),
    },
  },
  deactivateUser: {
    also: {
      200: async (scenario) => {
        const { client } = await scenario.actingAs("customer_admin");
        return { client, ...at(await scenario.user({ externalId: "mine" })), query: { managedAs: "mine" } };
      },
    },
    204: async (scenario) => at(await scenario.user()),
    403: {
      cannot_remove_self: async (scenario) => {
        const { client, user } = await scenario.actingAs("administrator");
        return { client, ...at(user) };
      },
    },
    409: {
      last_administrator: async (scenario) => {
        const { client, user } = await lastAdministrator(scenario);
        return { client, ...at(user) };
      },
    },
  },
  blockUser: {
    200: async (scenario) => at(await scenario.user()),
    422: { unprocessable: async (scenario) => at(await scenario.user({ kind: "person", invite: false })) },
  },
  unblockUser: {
    200: async (scenario) => {
      const user = await scenario.user();
      await scenario.owner.do("blockUser", at(user));
      return at(user);
    },
  },
};
