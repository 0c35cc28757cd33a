/** Every list of the contract, and how a row comes into it. */
import { unique } from "./client.ts";
import { makeToken, Pages } from "./people.ts";
import { makeScenario, type Scenario } from "./scenario.ts";

/** A list in which rows come and go. */
export interface List {
  readonly path?: object;
  readonly query?: object;
  add(): Promise<unknown>;
  /** Takes a row out of the list; there is none where rows stay for good. */
  remove?(id: string): Promise<unknown>;
}

/** Every list, of a scenario's own where it can be. */
export const lists: { readonly [operation: string]: (scenario: Scenario) => List | Promise<List> } = {
  listOrganizations: ({ service }) => ({ add: () => makeScenario(service) }),
  listUsers: (scenario) => ({
    query: { homeOrganization: scenario.organization.id },
    add: () => scenario.user(),
  }),
  listRoles: (scenario) => ({
    path: scenario.path,
    add: () => scenario.role(),
    remove: (roleId) => scenario.owner.do("deleteRole", { path: { roleId } }),
  }),
  listMembers: (scenario) => ({
    path: scenario.path,
    query: { status: "active" },
    add: () => scenario.member("viewer"),
    remove: (membershipId) => scenario.owner.do("endMembership", { path: { membershipId } }),
  }),
  listApiKeys: (scenario) => ({
    path: scenario.path,
    query: { status: "active" },
    add: () => scenario.key(),
    remove: (apiKeyId) => scenario.owner.do("revokeApiKey", { path: { apiKeyId } }),
  }),
  async listApiKeyAssignments(scenario) {
    const path = { apiKeyId: (await scenario.key()).id };
    return {
      path,
      async add() {
        const { user } = await scenario.member("viewer");
        await scenario.owner.do("createApiKeyAssignment", { path, body: { user: user.id } });
      },
      remove: (assignmentId) => scenario.owner.do("deleteApiKeyAssignment", { path: { assignmentId } }),
    };
  },
  listHealthFindings: ({ service }) => ({ add: () => makeScenario(service) }),
  listManagedObjects({ owner, path }) {
    const externalIdPrefix = `${unique("stack")}/`;
    return {
      query: { kind: "role", externalIdPrefix },
      add: () =>
        owner.do("createRole", {
          path,
          body: { name: unique("role"), permissions: [], externalId: `${externalIdPrefix}${unique("role")}` },
        }),
      remove: (roleId) => owner.do("deleteRole", { path: { roleId } }),
    };
  },
  listAuditEntries: (scenario) => ({ path: scenario.path, add: () => scenario.role() }),
  async listServiceAuditEntries(scenario) {
    const { id } = await scenario.role();
    const body = () => ({ name: unique("renamed") });
    return {
      query: { object: id },
      add: () => scenario.owner.do("updateRole", { path: { roleId: id }, body: body() }),
    };
  },
  async listAccessTokens(scenario) {
    const pages = new Pages(scenario.service);
    const { browser } = await pages.member([[scenario, "member"]]);
    return {
      path: scenario.path,
      query: { status: "active" },
      // People's tokens and those of system users in turn.
      add: async () => {
        await makeToken(browser);
        await scenario.token();
      },
      async remove(id) {
        const ended = await scenario.owner.send("revokeAccessToken", { path: { accessTokenId: id } });
        if (ended.statusCode === 404) {
          await browser.get(`/me/tokens/${id}`);
          await browser.post(`/me/tokens/${id}/end`);
        }
      },
    };
  },
  async listMessages(scenario) {
    const { path, owner } = scenario;
    const { key } = await scenario.key();
    return { path, add: () => owner.do("verifyApiKey", { body: { secret: key, api: "orders" } }) };
  },
};
