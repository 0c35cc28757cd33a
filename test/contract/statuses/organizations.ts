import { unique } from "../support/client.ts";
import { makeScenario, type Scenario } from "../support/scenario.ts";
import type { Cases } from "./case.ts";

const website = "https://example.com";

/** Another organization, which has a slug and an externalId. */
async function another({ service }: Scenario) {
  const { organization } = await makeScenario(service, { externalId: unique("external") });
  return { slug: organization.slug, externalId: organization.externalId ?? "" };
}

const body = () => ({ slug: unique("made"), name: "Made" });

/** What organizations answer. */
export const organizationCases: Cases<
  "listOrganizations" | "createOrganization" | "getOrganization" | "updateOrganization" | "closeOrganization"
> = {
  listOrganizations: { 200: ({ organization }) => ({ query: { slug: organization.slug } }) },
  createOrganization: {
    201: () => ({ body: body() }),
    403: { plan_required: () => ({ body: { ...body(), websiteUrl: website } }) },
    409: {
      slug_taken: async (scenario) => ({ body: { ...body(), slug: (await another(scenario)).slug } }),
      external_id_taken: async (scenario) => ({
        body: { ...body(), externalId: (await another(scenario)).externalId },
      }),
    },
  },
  getOrganization: { 200: ({ path }) => ({ path }) },
  updateOrganization: {
    200: ({ path }) => ({ path, body: { name: "Renamed", websiteUrl: website } }),
    403: {
      plan_required: ({ path }) => ({ path, body: { subscription: { plan: "premium" } } }),
      contact_vendor: async (scenario) => {
        const { client } = await scenario.actingAs("administrator");
        return { client, path: scenario.path, body: { subscription: { plan: "premium" } } };
      },
    },
    409: {
      slug_taken: async (scenario) => ({ path: scenario.path, body: { slug: (await another(scenario)).slug } }),
      external_id_taken: async (scenario) => {
        return { path: scenario.path, body: { externalId: (await another(scenario)).externalId } };
      },
      organization_closed: async ({ owner, path }) => {
        await owner.do("closeOrganization", { path });
        return { path, body: { name: "Too late" } };
      },
    },
  },
  closeOrganization: { 204: ({ path }) => ({ path }) },
};
