import type { Schemas } from "roster-schema";
import { unique } from "../support/client.ts";
import type { Scenario } from "../support/scenario.ts";
import type { Cases } from "./case.ts";

const body = (): Schemas["OrganizationProfileCreate"] => ({ externalId: unique("profile"), name: "Profiled" });

const notAnImage = { logo: { content: "bm90IGFuIGltYWdl" } };

async function at({ owner, path }: Scenario) {
  return { path: { profileId: (await owner.do("findOrganizationProfile", { path })).id } };
}

async function closed(scenario: Scenario) {
  const place = await at(scenario);
  await scenario.owner.do("closeOrganization", { path: scenario.path });
  return place;
}

async function onBasic(scenario: Scenario) {
  const subscription = { plan: "basic" as const };
  await scenario.owner.do("updateOrganization", {
    path: scenario.path,
    body: { subscription, features: { externalApiAccess: false } },
  });
}

/** What the profiles of organizations answer. */
export const organizationProfileCases: Cases<
  | "findOrganizationProfile"
  | "createOrganizationProfile"
  | "getOrganizationProfile"
  | "updateOrganizationProfile"
  | "releaseOrganizationProfile"
> = {
  findOrganizationProfile: { 200: ({ path }) => ({ path }) },
  createOrganizationProfile: {
    201: ({ path }) => ({ path, body: body() }),
    403: {
      plan_required: async (scenario) => {
        await onBasic(scenario);
        return { path: scenario.path, body: { ...body(), websiteUrl: "https://example.com" } };
      },
    },
    409: {
      managed_elsewhere: async ({ owner, path }) => {
        await owner.do("createOrganizationProfile", { path, body: body() });
        return { path, body: body() };
      },
      organization_closed: async (scenario) => {
        await closed(scenario);
        return { path: scenario.path, body: body() };
      },
    },
    422: { unprocessable: ({ path }) => ({ path, body: { ...body(), ...notAnImage } }) },
  },
  getOrganizationProfile: { 200: at },
  updateOrganizationProfile: {
    200: async (scenario) => ({ ...(await at(scenario)), body: { name: "Renamed" } }),
    403: {
      plan_required: async (scenario) => {
        await onBasic(scenario);
        return { ...(await at(scenario)), body: { websiteUrl: "https://example.com" } };
      },
    },
    409: { organization_closed: async (scenario) => ({ ...(await closed(scenario)), body: { name: "Too late" } }) },
    422: { unprocessable: async (scenario) => ({ ...(await at(scenario)), body: notAnImage }) },
  },
  releaseOrganizationProfile: { 204: at },
};
