/** Generated from provider/kinds by `npm run generate`; never edited. */
import type * as pulumi from "@pulumi/pulumi";
import type { Schemas } from "roster-schema";
import type { Reference } from "../arguments.ts";
import { RosterResource } from "../resource.ts";
import type { Organization } from "./organization.ts";
import type { AdoptionArgs } from "./shared.ts";

/** The arguments of {@link OrganizationProfile}. */
export interface OrganizationProfileArgs extends AdoptionArgs {
  /** The organization that has the profile. Changing it replaces the resource. */
  organization: Reference<Organization>;
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
}

/**
 * The name, website, logo and join policies of an organization, managed apart from its plan and features. A profile
 * exists as long as its organization: creating the resource takes it over, and deleting the resource gives it back
 * and restores what it was.
 *
 * @example
 * ```ts
 * new OrganizationProfile("acme", { organization: acme, name: "Acme", websiteUrl: "https://acme.example" });
 * ```
 * @see schema/openapi.yaml, `createOrganizationProfile`
 */
export class OrganizationProfile extends RosterResource {
  /** The organization that has the profile. */
  declare readonly organization: pulumi.Output<string>;
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
  /** Whether the logo links to the website, which requires that the organization has both. */
  declare readonly logoLinkActive: pulumi.Output<boolean>;
  /** The status of the organization: `open` or `closing`. */
  declare readonly status: pulumi.Output<Schemas["OrganizationStatus"]>;
  /** RFC 3339, UTC. */
  declare readonly createdAt: pulumi.Output<string>;

  constructor(name: string, args: OrganizationProfileArgs, options?: pulumi.CustomResourceOptions) {
    super("OrganizationProfile", name, args, options);
  }
}
