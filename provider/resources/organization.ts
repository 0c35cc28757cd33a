import type * as pulumi from "@pulumi/pulumi";
import { billingValues, joinPolicyValues, organizationStatusValues, planValues, type Schemas } from "roster-schema";
import { z } from "zod";
import type { AdoptionArgs } from "../adoption.ts";
import { defineLifecycle } from "../lifecycle.ts";
import { RosterResource } from "../resource.ts";
import type { Pinned } from "./pinned.ts";
import { isoTime, sameSet, text, timeDescription } from "./values.ts";

/** What an organization's arguments must look like. */
export const organizationShape = {
  slug: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]*[a-z0-9]$/, "a slug has a-z, 0-9 and inner hyphens, such as acme-media")
    .min(2, "a slug has at least 2 characters")
    .max(63, "a slug has at most 63 characters")
    .describe("Its name in addresses, unique in the service; 2 to 63 of a-z, 0-9 and inner hyphens."),
  name: text(200).describe("Its name as people see it, 1 to 200 characters."),
  websiteUrl: z
    .string()
    .regex(/^https?:\/\/[^\s/?#]+(?:[/?#]\S*)?$/, "it must be an address such as https://example.com")
    .max(2048)
    .optional()
    .describe("Its website, http or https; from the premium plan up."),
  joinPolicies: z
    .array(z.enum(joinPolicyValues))
    .min(1, "at least one way to join is needed")
    .refine((policies) => new Set(policies).size === policies.length, "each way to join is named once")
    .default([...joinPolicyValues])
    .describe("How people may join: with an account they have, by invitation, with one made for them."),
  features: z
    .strictObject({
      externalApiAccess: z
        .boolean()
        .default(false)
        .describe("Whether its API keys authenticate; enterprise plan only."),
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
        .describe("How many active keys one user may own; any number unless given."),
      allowExpiringJwt: z.boolean().default(false).describe("Whether JWT keys may have an end date."),
    })
    .prefault({})
    .describe("Its own rules."),
  subscription: z
    .strictObject({
      plan: z.enum(planValues).default("basic").describe("What it has bought."),
      billing: z
        .enum(billingValues)
        .default("custom")
        .describe("Who changes the plan: the organization through Stripe, or the vendor."),
    })
    .prefault({})
    .describe("What it has bought."),
};

/** An organization as the contract has it. */
export const organizationRemote = z.object({
  id: z.string(),
  externalId: z.string().nullable(),
  adopted: z.boolean(),
  slug: z.string(),
  name: z.string(),
  websiteUrl: z.string().nullable(),
  joinPolicies: z.array(z.enum(joinPolicyValues)),
  features: z.object({ externalApiAccess: z.boolean() }),
  settings: z.object({ keysPerOwner: z.number().int().nullable(), allowExpiringJwt: z.boolean() }),
  subscription: z.object({ plan: z.enum(planValues), billing: z.enum(billingValues) }),
  status: z.enum(organizationStatusValues),
  createdAt: isoTime,
  updatedAt: isoTime,
});

true satisfies Pinned<z.infer<typeof organizationRemote>, Schemas["Organization"]>;

/** The life of an organization. Deleting it closes it; its records and audit stay. */
export const organizationLifecycle = defineLifecycle({
  kind: "Organization",
  args: organizationShape,
  rules: [
    {
      needs: ["features", "subscription"],
      check: ({ features, subscription }) =>
        features.externalApiAccess && subscription.plan !== "enterprise"
          ? {
              property: "features.externalApiAccess",
              reason: `it needs subscription.plan: enterprise, and the plan is ${subscription.plan}`,
            }
          : undefined,
    },
    {
      needs: ["websiteUrl", "subscription"],
      check: ({ websiteUrl, subscription }) =>
        websiteUrl !== undefined && subscription.plan === "basic"
          ? {
              property: "websiteUrl",
              reason: "it needs subscription.plan: premium or enterprise, and the plan is basic",
            }
          : undefined,
    },
  ],
  replaceOn: [],
  same: { joinPolicies: sameSet },
  outputs: { status: "`open`, or `closing`.", createdAt: timeDescription },
  remote: organizationRemote,
  collection: () => "/v1/organizations",
  naturalKey: ({ slug }) => ({ slug }),
  item: (id) => `/v1/organizations/${id}`,
  settable: ({ slug, name, websiteUrl, joinPolicies, features, settings, subscription }) => ({
    slug,
    name,
    websiteUrl: websiteUrl ?? null,
    joinPolicies,
    features,
    settings: { ...settings, keysPerOwner: settings.keysPerOwner ?? null },
    subscription,
  }),
  observe: ({ slug, name, websiteUrl, joinPolicies, features, settings, subscription }) => ({
    slug,
    name,
    websiteUrl,
    joinPolicies,
    features,
    settings,
    subscription,
  }),
  describe: ({ status, createdAt }) => ({ status, createdAt }),
  isGone: ({ status }) => status === "closed",
});

/** The arguments of an {@link Organization}. */
export interface OrganizationArgs extends AdoptionArgs {
  /** Its name in addresses: 2 to 63 of a-z, 0-9 and inner hyphens, unique in the service. Changed in place. */
  slug: pulumi.Input<string>;
  /** Its name as people see it, 1 to 200 characters. */
  name: pulumi.Input<string>;
  /** Its website, http or https; from the premium plan up. */
  websiteUrl?: pulumi.Input<string>;
  /** How people may join it; all three ways unless given. */
  joinPolicies?: pulumi.Input<pulumi.Input<Schemas["JoinPolicy"]>[]>;
  /** What the service owner has switched on. */
  features?: pulumi.Input<{
    /** Whether its API keys authenticate; enterprise plan only. False unless given. */
    externalApiAccess?: pulumi.Input<boolean>;
  }>;
  /** Its own rules. */
  settings?: pulumi.Input<{
    /** How many active keys one user may own, 1 to 10,000; any number unless given. */
    keysPerOwner?: pulumi.Input<number>;
    /** Whether JWT keys may have an end date; false unless given. */
    allowExpiringJwt?: pulumi.Input<boolean>;
  }>;
  /** What it has bought. */
  subscription?: pulumi.Input<{
    /** basic unless given. */
    plan?: pulumi.Input<Schemas["Plan"]>;
    /** Who changes the plan: the organization through Stripe, or the vendor (custom, unless given). */
    billing?: pulumi.Input<Schemas["Billing"]>;
  }>;
}

/**
 * A tenant of the service. Creating and closing one takes the service owner's token.
 *
 * @example
 * ```ts
 * const acme = new Organization("acme", { slug: "acme", name: "Acme", subscription: { plan: "premium" } });
 * ```
 * @see schema/openapi.yaml, `createOrganization`
 */
export class Organization extends RosterResource {
  declare readonly slug: pulumi.Output<string>;
  declare readonly name: pulumi.Output<string>;
  declare readonly websiteUrl: pulumi.Output<string | undefined>;
  declare readonly joinPolicies: pulumi.Output<Schemas["JoinPolicy"][]>;
  declare readonly features: pulumi.Output<Schemas["Features"]>;
  declare readonly settings: pulumi.Output<{ keysPerOwner?: number; allowExpiringJwt: boolean }>;
  declare readonly subscription: pulumi.Output<Schemas["Subscription"]>;
  /** `open`, or `closing`. */
  declare readonly status: pulumi.Output<Schemas["OrganizationStatus"]>;
  /** RFC 3339, UTC. */
  declare readonly createdAt: pulumi.Output<string>;

  constructor(name: string, args: OrganizationArgs, options?: pulumi.CustomResourceOptions) {
    super(organizationLifecycle, name, args, options);
  }
}
