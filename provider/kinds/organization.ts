/** An organization: a tenant of the service. */
import {
  billingValues,
  isAllowed,
  isOfOneStack,
  organizationStatusValues,
  type PlanFeature,
  plansWith,
  planValues,
} from "roster-schema";
import { z } from "zod";
import { ifReadable, wantsAdoption } from "../lifecycle/adoption.ts";
import { defineLifecycle } from "../lifecycle/lifecycle.ts";
import type { CheckFailure } from "../lifecycle/shape.ts";
import { property } from "../values/property.ts";
import type { PropertyMap } from "../values/property-map.ts";
import { creationTime } from "../values/property-types.ts";
import type { Client } from "../wire/client.ts";
import { organizationAnswer, organizationProfileAnswer } from "../wire/generated/answers.ts";
import { joinPolicies, profile, profileShape, samePolicies } from "./organization-profile.ts";

/** The arguments of an organization. */
export const organizationShape = {
  slug: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]*[a-z0-9]$/, "a slug has a-z, 0-9 and inner hyphens, such as acme-media")
    .min(2, "a slug has at least 2 characters")
    .max(63, "a slug has at most 63 characters")
    .describe("The organization's name in addresses: 2 to 63 of a-z, 0-9 and inner hyphens, unique in the service."),
  ...profileShape,
  allowedJoinPolicies: joinPolicies
    .optional()
    .describe(
      "The ways to join that the organization's own administrators can choose from; a new organization allows all of them. Only the " +
        "service owner can change them.",
    ),
  features: z
    .strictObject({
      externalApiAccess: z
        .boolean()
        .default(false)
        .describe("Whether its API keys authenticate. Requires the enterprise plan."),
    })
    .prefault({})
    .meta(property("What the service owner has switched on.", { schemaName: "Features" })),
  settings: z
    .strictObject({
      keysPerOwner: z
        .number()
        .int()
        .min(1)
        .max(10_000)
        .optional()
        .describe("How many active keys one user can own, 1 to 10,000. If omitted, any number."),
      allowExpiringJwt: z.boolean().default(false).describe("Whether JWT keys can have an end date."),
    })
    .prefault({})
    .meta(property("The organization's own rules.", { schemaName: "OrganizationSettings" })),
  subscription: z
    .strictObject({
      plan: z.enum(planValues).default("basic").describe("The plan."),
      billing: z
        .enum(billingValues)
        .default("custom")
        .describe("Who changes the plan: the organization through Stripe, or the vendor (`custom`)."),
      stripeSubscription: z
        .string()
        .regex(/^sub_\w{1,250}$/, "it must be the id of a Stripe subscription (sub_…)")
        .optional()
        .describe(
          "The subscription at Stripe that the plan follows. Only the service owner can link one; linking leaves Stripe as it is.",
        ),
    })
    .prefault({})
    .meta(property("What the organization has bought.", { schemaName: "Subscription" })),
};

/** The lifecycle of an organization. */
export const organizationLifecycle = defineLifecycle({
  kind: "Organization",
  documentation: {
    summary:
      "A tenant of the service. Deleting it closes the organization; its records and its audit stay. Only the service owner's token can " +
      "create and close one.",
    example:
      'const acme = new Organization("acme", { slug: "acme", name: "Acme", subscription: { plan: "premium" } });',
    operation: "createOrganization",
  },
  existence: { readPermission: "organization:read", isPermanent: true },
  args: organizationShape,
  outputs: {
    logoLinkActive: z
      .boolean()
      .describe("Whether the logo links to the website, which requires that the organization has both."),
    status: z.enum(organizationStatusValues).describe("`open` or `closing`."),
    createdAt: creationTime,
  },
  part: { noun: "profile", args: Object.keys(profileShape) },
  normalize: profile.normalize,
  rules: [
    {
      needs: ["features", "subscription"],
      check: ({ features, subscription }) =>
        features.externalApiAccess &&
        subscription.plan !== undefined &&
        !isAllowed(subscription.plan, "externalApiAccess")
          ? {
              property: "features.externalApiAccess",
              reason: planReason("externalApiAccess", subscription.plan),
            }
          : undefined,
    },
    ...(["websiteUrl", "logo"] as const).map((property) => ({
      needs: [property, "subscription"] as const,
      check: ({ subscription, ...args }: OrganizationDeclared) =>
        args[property] !== undefined && subscription.plan !== undefined && !isAllowed(subscription.plan, property)
          ? { property, reason: planReason(property, subscription.plan) }
          : undefined,
    })),
    {
      needs: ["subscription"],
      check: ({ subscription }) =>
        subscription.stripeSubscription !== undefined && subscription.billing !== "stripe"
          ? { property: "subscription.stripeSubscription", reason: "it requires subscription.billing: stripe" }
          : undefined,
    },
  ],
  same: { ...profile.same, allowedJoinPolicies: samePolicies },
  refuseChange: async (client, { id, inputs, changed }) => await refuseProfile(client, id, inputs, changed),
  remote: organizationAnswer,
  collection: () => "/v1/organizations",
  naturalKey: ({ slug }) => ({ slug }),
  item: (id) => `/v1/organizations/${id}`,
  settable: ({ slug, allowedJoinPolicies, features, settings, subscription, ...args }) => ({
    slug,
    ...profile.settable(args),
    allowedJoinPolicies,
    features,
    settings: { ...settings, keysPerOwner: settings.keysPerOwner ?? null },
    subscription: { ...subscription, stripeSubscription: subscription.stripeSubscription ?? null },
  }),
  // The service requires a name, which the customer can then change through the profile.
  createOnly: ({ slug, name, ...inputs }) => (name === undefined && !wantsAdoption(inputs) ? { name: slug } : {}),
  readArgs: ({ slug, allowedJoinPolicies, features, settings, subscription, ...remote }, declared) => ({
    slug,
    ...profile.readArgs(remote, declared),
    allowedJoinPolicies: declared.allowedJoinPolicies === undefined ? null : allowedJoinPolicies,
    features,
    settings,
    subscription,
  }),
  readOutputs: ({ logoLinkActive, status, createdAt }) => ({ logoLinkActive, status, createdAt }),
  isDeleted: ({ status }) => status === "closed",
});

/** Refuses to set what belongs to the profile of an organization if another stack manages that. */
async function refuseProfile(
  client: () => Client,
  id: string,
  inputs: PropertyMap,
  changed: readonly string[],
): Promise<readonly CheckFailure[]> {
  const set = Object.keys(profileShape).filter((name) => changed.includes(name) && inputs[name] !== undefined);
  const [property] = set;
  if (property === undefined) {
    return [];
  }
  const path = `/v1/organizations/${id}/profile`;
  const found = await ifReadable(path, async () => await client().get(path, organizationProfileAnswer));
  const { id: profileId, externalId } = found?.body ?? { externalId: null };
  if (externalId === null || isOfOneStack(externalId, String(inputs.externalId))) {
    return [];
  }
  const reason = `another stack manages the profile ${profileId} as ${externalId}: remove ${set.join(", ")} here, or release the profile there`;
  return [{ property, reason }];
}

function planReason(feature: PlanFeature, plan: string): string {
  return `it requires subscription.plan: ${plansWith(feature).join(" or ")}, but the plan is ${plan}`;
}

type OrganizationDeclared = z.infer<z.ZodObject<typeof organizationShape>>;
