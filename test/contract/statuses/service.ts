import { unique } from "../support/client.ts";
import type { Cases } from "./case.ts";

/** What the audit, the list of what a stack manages, the verification of secrets and the service itself answer. */
export const serviceCases: Cases<
  | "listAuditEntries"
  | "listServiceAuditEntries"
  | "listManagedObjects"
  | "verifyApiKey"
  | "getSigningKeys"
  | "getLiveness"
  | "getReadiness"
  | "getContract"
> = {
  listAuditEntries: { 200: ({ path, organization }) => ({ path, query: { object: organization.id } }) },
  listServiceAuditEntries: { 200: ({ organization }) => ({ query: { object: organization.id } }) },
  listManagedObjects: {
    200: async (scenario) => {
      const externalIdPrefix = unique("external");
      await scenario.user({ externalId: `${externalIdPrefix}/one` });
      return { query: { kind: "user", externalIdPrefix } };
    },
  },
  verifyApiKey: { 200: async (scenario) => ({ body: { secret: (await scenario.key()).key } }) },
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
