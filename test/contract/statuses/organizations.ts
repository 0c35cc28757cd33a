import { unique } from "../support/client.ts";
import { logo } from "../support/images.ts";
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
  | "listOrganizations"
  | "createOrganization"
  | "getOrganization"
  | "updateOrganization"
  | "closeOrganization"
  | "getLogo"
> = {
  listOrganizations: { 200: ({ organization }) => ({ query: { slug: organization.slug } }) },
  createOrganization: {
    201: () => ({ body: body() }),
    403: { plan_required: () => ({ body: { ...body(), websiteUrl: website } }) },
    422: { unprocessable: () => ({ body: { ...body(), logo: { content: "bm90IGFuIGltYWdl" } } }) },
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
    422: {
      unprocessable: ({ path }) => ({ path, body: { logo: { content: "bm90IGFuIGltYWdl" } } }),
      // The service under test sells nothing through Stripe.
      billing_failed: async ({ owner, path }) => {
        const linked = { billing: "stripe" as const, stripeSubscription: unique("sub").replace("-", "_") };
        await owner.do("updateOrganization", { path, body: { subscription: linked, features: {} } });
        return { path, body: { subscription: { plan: "premium" }, features: { externalApiAccess: false } } };
      },
    },
  },
  getLogo: {
    200: async ({ owner, path }) => {
      await owner.do("updateOrganization", { path, body: { logo: logo("png") } });
      return { path };
    },
    304: async ({ owner, path }) => {
      await owner.do("updateOrganization", { path, body: { logo: logo("png") } });
      return { path, headers: { "If-None-Match": "*" } };
    },
  },
  closeOrganization: { 204: ({ path }) => ({ path }) },
};
