import { Client, runAt, unique } from "../support/client.ts";
import { scanner } from "../support/scanner.ts";
import type { Scenario } from "../support/scenario.ts";
import type { Asked, Cases } from "./case.ts";

async function reportOf(scenario: Scenario): Promise<Asked<"reportLeakedSecrets">> {
  const { key } = await scenario.key();
  return {
    client: new Client(() => scenario.service.service.app, undefined),
    body: [{ token: key, type: "roster_api_key", url: "https://example.com/file", source: "content" }],
    sign: (content) => scanner.sign(content),
  };
}

function newRunId(): string {
  return runAt(Date.now())["roster-run"];
}

/** A run that the service owner has begun. */
async function begunRun({ owner }: Scenario): Promise<string> {
  const runId = newRunId();
  await owner.do("reportRun", { path: { runId }, body: { status: "alive" } });
  return runId;
}

/** What the audit, the list of what a stack manages, the verification of secrets and the service itself answer. */
export const serviceCases: Cases<
  | "listAuditEntries"
  | "listServiceAuditEntries"
  | "verifyAudit"
  | "verifyServiceAudit"
  | "listManagedObjects"
  | "getSelf"
  | "getRun"
  | "reportRun"
  | "listHealthFindings"
  | "runBatch"
  | "verifyApiKey"
  | "checkAccess"
  | "listMessages"
  | "reportLeakedSecrets"
  | "getSigningKeys"
  | "getLiveness"
  | "getReadiness"
  | "getContract"
> = {
  listAuditEntries: { 200: ({ path, organization }) => ({ path, query: { object: organization.id } }) },
  listServiceAuditEntries: { 200: ({ organization }) => ({ query: { object: organization.id } }) },
  verifyAudit: { 200: ({ path }) => ({ path }) },
  verifyServiceAudit: { 200: () => ({}) },
  listManagedObjects: {
    200: async (scenario) => {
      const externalIdPrefix = unique("external");
      await scenario.user({ externalId: `${externalIdPrefix}/one` });
      return { query: { kind: "user", externalIdPrefix } };
    },
  },
  getSelf: { 200: () => ({}) },
  getRun: {
    200: async (scenario) => ({ path: { runId: await begunRun(scenario) } }),
    404: { not_found: () => ({ path: { runId: newRunId() } }) },
  },
  reportRun: {
    200: async (scenario) => ({ path: { runId: await begunRun(scenario) }, body: { status: "ended" } }),
    404: {
      not_found: async (scenario) => {
        const client = await scenario.withPermissions("roles:read");
        return { client, path: { runId: await begunRun(scenario) }, body: { status: "lost" } };
      },
    },
  },
  listHealthFindings: { 200: () => ({ query: { limit: 1 } }) },
  runBatch: {
    // Two changes of one kind: what becomes of their transaction is the answer to the whole.
    200: ({ organization }) => ({
      body: {
        requests: [1, 2].map((count) => ({
          method: "POST",
          path: `/v1/organizations/${organization.id}/members`,
          body: { email: `${unique(`nobody-${count}`)}@example.com`, role: "member" },
        })),
      },
    }),
  },
  verifyApiKey: { 200: async (scenario) => ({ body: { secret: (await scenario.key()).key } }) },
  checkAccess: {
    200: async (scenario) => {
      const { path, owner } = scenario;
      const { user } = await scenario.member("viewer");
      await owner.do("createApiKeyAssignment", {
        path: { apiKeyId: (await scenario.key()).id },
        body: { user: user.id },
      });
      return { path, body: { user: user.id } };
    },
    403: {
      not_member: async (scenario) => ({ path: scenario.path, body: { user: (await scenario.user()).id } }),
      user_not_active: async (scenario) => {
        const { path, owner } = scenario;
        const person = await scenario.user({ kind: "person", invite: false });
        await owner.do("createMembership", { path, body: { user: person.id, role: "viewer" } });
        return { path, body: { user: person.id } };
      },
      no_api_key: async (scenario) => {
        return { path: scenario.path, body: { user: (await scenario.member("viewer")).user.id } };
      },
    },
  },
  listMessages: { 200: ({ path }) => ({ path, query: { outcome: "accepted" } }) },
  reportLeakedSecrets: {
    200: reportOf,
    401: { unauthenticated: async (scenario) => ({ ...(await reportOf(scenario)), sign: () => ({}) }) },
    404: {
      route_not_found: async (scenario) => {
        const { app } = await scenario.service.startBeside({ scannerKeys: undefined });
        return { ...(await reportOf(scenario)), client: new Client(() => app, undefined) };
      },
    },
  },
  getSigningKeys: { 200: () => ({}) },
  getLiveness: { 200: () => ({}) },
  getReadiness: {
    200: () => ({}),
    503: {
      unavailable: ({ service }) => {
        service.failNextStatement("08006");
        return {};
      },
    },
  },
  getContract: { 200: () => ({}) },
};
