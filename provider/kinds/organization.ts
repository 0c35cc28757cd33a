/** An organization: a tenant of the service. */
import path from "node:path";
import {
  billingValues,
  isAllowed,
  joinPolicyValues,
  organizationStatusValues,
  type PlanFeature,
  plansWith,
  planValues,
} from "roster-schema";
import { z } from "zod";
import { defineLifecycle } from "../lifecycle/lifecycle.ts";
import { namedTime, sameSet, text } from "../values/property-types.ts";
import { organizationAnswer } from "../wire/generated/answers.ts";
import { logoArgument, logoContent, pathIn, sameLogo } from "./logo-file.ts";

/** The arguments of an organization. */
export const organizationShape = {
  slug: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]*[a-z0-9]$/, "a slug has a-z, 0-9 and inner hyphens, such as acme-media")
    .min(2, "a slug has at least 2 characters")
    .max(63, "a slug has at most 63 characters")
    .describe("The organization's name in addresses: 2 to 63 of a-z, 0-9 and inner hyphens, unique in the service."),
  name: text(200).describe("The name as people see it, 1 to 200 characters."),
  websiteUrl: text(2048)
    .regex(/^https?:\/\/[^\s/?#]+(?:[/?#]\S*)?$/, "it must be an address such as https://example.com")
    .meta({ maxLength: 2048 })
    .optional()
    .describe("The website, http or https. Requires the premium or the enterprise plan."),
  logo: logoArgument.optional().meta({
    description:
      "The logo: the path of a PNG, JPEG or WebP image of at most 512 KiB, from the program's folder. Requires the premium or the " +
      "enterprise plan. The output is the hash of its content, and the path.",
    types: { args: "pulumi.Input<string>", output: "{ readonly path?: string; readonly sha256: string }" },
  }),
  joinPolicies: z
    .array(z.enum(joinPolicyValues))
    .min(1, "it must have at least one way to join")
    .refine((policies) => new Set(policies).size === policies.length, "each way to join must be listed only once")
    .default([...joinPolicyValues])
    .describe(
      "How people can join: with an account that they have, by invitation, or with an account that is made for them.",
    ),
  features: z
    .strictObject({
      externalApiAccess: z
        .boolean()
        .default(false)
        .describe("Whether its API keys authenticate. Requires the enterprise plan."),
    })
    .prefault({})
    .describe("What the service owner has switched on."),
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
    .describe("The organization's own rules."),
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
    .describe("What the organization has bought."),
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
    createdAt: namedTime,
  },
  // The path is relative to the program's folder, which may not be the provider's. Anything but a path is refused by check.
  normalize: { logo: (file) => (typeof file === "string" ? path.resolve(file) : file) },
  rules: [
    {
      needs: ["features", "subscription"],
      check: ({ features, subscription }) =>
        features.externalApiAccess && !isAllowed(subscription.plan, "externalApiAccess")
          ? {
              property: "features.externalApiAccess",
              reason: planReason("externalApiAccess", subscription.plan),
            }
          : undefined,
    },
    ...(["websiteUrl", "logo"] as const).map((property) => ({
      needs: [property, "subscription"] as const,
      check: ({ subscription, ...args }: OrganizationDeclared) =>
        args[property] !== undefined && !isAllowed(subscription.plan, property)
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
  same: { joinPolicies: sameSet, logo: sameLogo },
  remote: organizationAnswer,
  collection: () => "/v1/organizations",
  naturalKey: ({ slug }) => ({ slug }),
  item: (id) => `/v1/organizations/${id}`,
  settable: ({ slug, name, websiteUrl, logo, joinPolicies, features, settings, subscription }) => ({
    slug,
    name,
    websiteUrl: websiteUrl ?? null,
    // The file is read only when it is sent: the state contains only the hash.
    logo: logo === undefined ? null : () => logoContent(logo),
    joinPolicies,
    features,
    settings: { ...settings, keysPerOwner: settings.keysPerOwner ?? null },
    subscription: { ...subscription, stripeSubscription: subscription.stripeSubscription ?? null },
  }),
  readArgs: ({ slug, name, websiteUrl, logo, joinPolicies, features, settings, subscription }, declared) => ({
    slug,
    name,
    websiteUrl,
    logo: logo === null ? null : { path: pathIn(declared.logo), sha256: logo.sha256 },
    joinPolicies,
    features,
    settings,
    subscription,
  }),
  readOutputs: ({ logoLinkActive, status, createdAt }) => ({ logoLinkActive, status, createdAt }),
  isDeleted: ({ status }) => status === "closed",
});

function planReason(feature: PlanFeature, plan: string): string {
  return `it requires subscription.plan: ${plansWith(feature).join(" or ")}, but the plan is ${plan}`;
}

type OrganizationDeclared = z.infer<z.ZodObject<typeof organizationShape>>;
