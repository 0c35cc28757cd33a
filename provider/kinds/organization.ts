import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import {
  billingValues,
  joinPolicyValues,
  logoMediaTypeValues,
  organizationStatusValues,
  planValues,
  type Schemas,
} from "roster-schema";
import { z } from "zod";
import type { AdoptionArgs } from "../lifecycle/adoption.ts";
import { defineLifecycle } from "../lifecycle/lifecycle.ts";
import { RosterResource } from "../program/resource.ts";
import { isoTime, sameSet, text, timeDescription } from "../values/property-types.ts";
import type { Pinned } from "../wire/pinned.ts";
import { logoArgument, logoContent, pathIn, sameLogo } from "./logo-file.ts";

/** What an organization's arguments must look like. */
export const organizationShape = {
  slug: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]*[a-z0-9]$/, "a slug has a-z, 0-9 and inner hyphens, such as acme-media")
    .min(2, "a slug has at least 2 characters")
    .max(63, "a slug has at most 63 characters")
    .describe("Its name in addresses, unique in the service; 2 to 63 of a-z, 0-9 and inner hyphens."),
  name: text(200).describe("Its name as people see it, 1 to 200 characters."),
  websiteUrl: text(2048)
    .regex(/^https?:\/\/[^\s/?#]+(?:[/?#]\S*)?$/, "it must be an address such as https://example.com")
    .meta({ maxLength: 2048 })
    .optional()
    .describe("Its website, http or https; from the premium plan up."),
  logo: logoArgument
    .optional()
    .describe("Its logo: the path of a PNG, JPEG or WebP image of at most 512 KiB; from the premium plan up."),
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
        .describe("How many active keys one user may own; any number by default."),
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
      stripeSubscription: z
        .string()
        .regex(/^sub_\w{1,250}$/, "it must be the id of a subscription at Stripe (sub_…)")
        .optional()
        .describe("The subscription at Stripe that the plan follows; the service owner's to link."),
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
  logo: z
    .object({ sha256: z.string(), mediaType: z.enum(logoMediaTypeValues), sizeBytes: z.number().int() })
    .nullable(),
  logoLinkActive: z.boolean(),
  joinPolicies: z.array(z.enum(joinPolicyValues)),
  features: z.object({ externalApiAccess: z.boolean() }),
  settings: z.object({ keysPerOwner: z.number().int().nullable(), allowExpiringJwt: z.boolean() }),
  subscription: z.object({
    plan: z.enum(planValues),
    billing: z.enum(billingValues),
    stripeSubscription: z.string().nullable(),
  }),
  status: z.enum(organizationStatusValues),
  createdAt: isoTime,
  updatedAt: isoTime,
});

true satisfies Pinned<z.infer<typeof organizationRemote>, Schemas["Organization"]>;

/** The life of an organization. Deleting it closes it; its records and audit stay. */
export const organizationLifecycle = defineLifecycle({
  kind: "Organization",
  existence: { reading: "organization:read", isKept: true },
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
    ...(["websiteUrl", "logo"] as const).map((property) => ({
      needs: [property, "subscription"] as const,
      check: ({ subscription, ...args }: OrganizationDeclared) =>
        args[property] !== undefined && subscription.plan === "basic"
          ? { property, reason: "it needs subscription.plan: premium or enterprise, and the plan is basic" }
          : undefined,
    })),
    {
      needs: ["subscription"],
      check: ({ subscription }) =>
        subscription.stripeSubscription !== undefined && subscription.billing !== "stripe"
          ? { property: "subscription.stripeSubscription", reason: "it needs subscription.billing: stripe" }
          : undefined,
    },
  ],
  replaceOn: [],
  same: { joinPolicies: sameSet, logo: sameLogo },
  outputs: {
    logoLinkActive: "Whether the logo links to the website: where both are there.",
    status: "`open`, or `closing`.",
    createdAt: timeDescription,
  },
  remote: organizationRemote,
  collection: () => "/v1/organizations",
  naturalKey: ({ slug }) => ({ slug }),
  item: (id) => `/v1/organizations/${id}`,
  settable: ({ slug, name, websiteUrl, logo, joinPolicies, features, settings, subscription }) => ({
    slug,
    name,
    websiteUrl: websiteUrl ?? null,
    // Read when it is sent, and only then: the state has no more than the hash.
    logo: logo === undefined ? null : () => logoContent(logo),
    joinPolicies,
    features,
    settings: { ...settings, keysPerOwner: settings.keysPerOwner ?? null },
    subscription: { ...subscription, stripeSubscription: subscription.stripeSubscription ?? null },
  }),
  observe: ({ slug, name, websiteUrl, logo, joinPolicies, features, settings, subscription }, declared) => ({
    slug,
    name,
    websiteUrl,
    logo: logo === null ? null : { path: pathIn(declared.logo), sha256: logo.sha256 },
    joinPolicies,
    features,
    settings,
    subscription,
  }),
  describe: ({ logoLinkActive, status, createdAt }) => ({ logoLinkActive, status, createdAt }),
  isGone: ({ status }) => status === "closed",
});

type OrganizationDeclared = z.infer<z.ZodObject<typeof organizationShape>>;

/** The arguments of an {@link Organization}. */
export interface OrganizationArgs extends AdoptionArgs {
  /** Its name in addresses: 2 to 63 of a-z, 0-9 and inner hyphens, unique in the service. Changed in place. */
  slug: pulumi.Input<string>;
  /** Its name as people see it, 1 to 200 characters. */
  name: pulumi.Input<string>;
  /** Its website, http or https; from the premium plan up. */
  websiteUrl?: pulumi.Input<string>;
  /** Its logo: the path of a PNG, JPEG or WebP image of at most 512 KiB, from the program's folder. From the premium plan up. */
  logo?: pulumi.Input<string>;
  /** How people may join it; all three ways by default. */
  joinPolicies?: pulumi.Input<pulumi.Input<Schemas["JoinPolicy"]>[]>;
  /** What the service owner has switched on. */
  features?: pulumi.Input<{
    /** Whether its API keys authenticate; enterprise plan only. False by default. */
    externalApiAccess?: pulumi.Input<boolean>;
  }>;
  /** Its own rules. */
  settings?: pulumi.Input<{
    /** How many active keys one user may own, 1 to 10,000; any number by default. */
    keysPerOwner?: pulumi.Input<number>;
    /** Whether JWT keys may have an end date; false by default. */
    allowExpiringJwt?: pulumi.Input<boolean>;
  }>;
  /** What it has bought. */
  subscription?: pulumi.Input<{
    /** basic by default. */
    plan?: pulumi.Input<Schemas["Plan"]>;
    /** Who changes the plan: the organization through Stripe, or the vendor (custom by default). */
    billing?: pulumi.Input<Schemas["Billing"]>;
    /** The subscription at Stripe that the plan follows; the service owner's to link. Linking leaves Stripe as it is. */
    stripeSubscription?: pulumi.Input<string>;
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
  /** The logo's content by its hash, and the file that it is declared from. */
  declare readonly logo: pulumi.Output<{ path?: string; sha256: string } | undefined>;
  /** Whether the logo links to the website: where both are there. */
  declare readonly logoLinkActive: pulumi.Output<boolean>;
  declare readonly joinPolicies: pulumi.Output<Schemas["JoinPolicy"][]>;
  declare readonly features: pulumi.Output<Schemas["Features"]>;
  declare readonly settings: pulumi.Output<{ keysPerOwner?: number; allowExpiringJwt: boolean }>;
  declare readonly subscription: pulumi.Output<{
    plan: Schemas["Plan"];
    billing: Schemas["Billing"];
    stripeSubscription?: string;
  }>;
  /** `open`, or `closing`. */
  declare readonly status: pulumi.Output<Schemas["OrganizationStatus"]>;
  /** RFC 3339, UTC. */
  declare readonly createdAt: pulumi.Output<string>;

  constructor(name: string, args: OrganizationArgs, options?: pulumi.CustomResourceOptions) {
    // The program's folder is where the path is from, also where the provider should run elsewhere.
    const logo = args.logo === undefined ? {} : { logo: pulumi.output(args.logo).apply(resolved) };
    super(organizationLifecycle, name, { ...args, ...logo }, options);
  }
}

/** A program in JavaScript may give anything: check says what is wrong with it. */
function resolved(file: string): string {
  return typeof file === "string" ? path.resolve(file) : file;
}
