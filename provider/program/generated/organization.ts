/** Generated from provider/kinds by `npm run generate`; never edited. */
import type * as pulumi from "@pulumi/pulumi";
import type { Schemas } from "roster-schema";
import { RosterResource } from "../resource.ts";
import type { AdoptionArgs } from "./shared.ts";

/** The arguments of {@link Organization}. */
export interface OrganizationArgs extends AdoptionArgs {
  /** The organization's name in addresses: 2 to 63 of a-z, 0-9 and inner hyphens, unique in the service. */
  slug: pulumi.Input<string>;
  /** The name as people see it, 1 to 200 characters. */
  name?: pulumi.Input<string>;
  /** The website, http or https. Requires the premium or the enterprise plan. */
  websiteUrl?: pulumi.Input<string>;
  /**
   * The logo: the path of a PNG, JPEG or WebP image of at most 512 KiB, from the program's folder. Requires the
   * premium or the enterprise plan. The output is the hash of its content, and the path.
   */
  logo?: pulumi.Input<string>;
  /**
   * How people can join: with an account that they have, by invitation, or with an account that is made for them. The
   * service owner can allow fewer ways; a new organization has all that are allowed.
   */
  joinPolicies?: pulumi.Input<readonly pulumi.Input<Schemas["JoinPolicy"]>[]>;
  /**
   * The ways to join that the organization's own administrators can choose from; a new organization allows all of
   * them. Only the service owner can change them.
   */
  allowedJoinPolicies?: pulumi.Input<readonly pulumi.Input<Schemas["JoinPolicy"]>[]>;
  /** What the service owner has switched on. */
  features?: pulumi.Input<{
    /** Whether its API keys authenticate. Requires the enterprise plan. The default is `false`. */
    externalApiAccess?: pulumi.Input<boolean>;
  }>;
  /** The organization's own rules. */
  settings?: pulumi.Input<{
    /** How many active keys one user can own, 1 to 10,000. If omitted, any number. */
    keysPerOwner?: pulumi.Input<number>;
    /** Whether JWT keys can have an end date. The default is `false`. */
    allowExpiringJwt?: pulumi.Input<boolean>;
  }>;
  /** What the organization has bought. */
  subscription?: pulumi.Input<{
    /** The plan. The default is `basic`. */
    plan?: pulumi.Input<Schemas["Plan"]>;
    /** Who changes the plan: the organization through Stripe, or the vendor (`custom`). The default is `custom`. */
    billing?: pulumi.Input<Schemas["Billing"]>;
    /**
     * The subscription at Stripe that the plan follows. Only the service owner can link one; linking leaves Stripe as
     * it is.
     */
    stripeSubscription?: pulumi.Input<string>;
  }>;
}

/**
 * A tenant of the service. Deleting it closes the organization; its records and its audit stay. Only the service
 * owner's token can create and close one.
 *
 * @example
 * ```ts
 * const acme = new Organization("acme", { slug: "acme", name: "Acme", subscription: { plan: "premium" } });
 * ```
 * @see schema/openapi.yaml, `createOrganization`
 */
export class Organization extends RosterResource {
  /** The organization's name in addresses: 2 to 63 of a-z, 0-9 and inner hyphens, unique in the service. */
  declare readonly slug: pulumi.Output<string>;
  /** The name as people see it, 1 to 200 characters. */
  declare readonly name: pulumi.Output<string | undefined>;
  /** The website, http or https. Requires the premium or the enterprise plan. */
  declare readonly websiteUrl: pulumi.Output<string | undefined>;
  /**
   * The logo: the path of a PNG, JPEG or WebP image of at most 512 KiB, from the program's folder. Requires the
   * premium or the enterprise plan. The output is the hash of its content, and the path.
   */
  declare readonly logo: pulumi.Output<{ readonly path?: string; readonly sha256: string } | undefined>;
  /**
   * How people can join: with an account that they have, by invitation, or with an account that is made for them. The
   * service owner can allow fewer ways; a new organization has all that are allowed.
   */
  declare readonly joinPolicies: pulumi.Output<Schemas["JoinPolicy"][] | undefined>;
  /**
   * The ways to join that the organization's own administrators can choose from; a new organization allows all of
   * them. Only the service owner can change them.
   */
  declare readonly allowedJoinPolicies: pulumi.Output<Schemas["JoinPolicy"][] | undefined>;
  /** What the service owner has switched on. */
  declare readonly features: pulumi.Output<{ readonly externalApiAccess: boolean }>;
  /** The organization's own rules. */
  declare readonly settings: pulumi.Output<{ readonly keysPerOwner?: number; readonly allowExpiringJwt: boolean }>;
  /** What the organization has bought. */
  declare readonly subscription: pulumi.Output<{
    readonly plan: Schemas["Plan"];
    readonly billing: Schemas["Billing"];
    readonly stripeSubscription?: string;
  }>;
  /** Whether the logo links to the website, which requires that the organization has both. */
  declare readonly logoLinkActive: pulumi.Output<boolean>;
  /** `open` or `closing`. */
  declare readonly status: pulumi.Output<Schemas["OrganizationStatus"]>;
  /** RFC 3339, UTC. */
  declare readonly createdAt: pulumi.Output<string>;

  constructor(name: string, args: OrganizationArgs, options?: pulumi.CustomResourceOptions) {
    super("Organization", name, args, options);
  }
}
