/** The profile of an organization: what its own administrators manage of it. */

import path from "node:path";
import { joinPolicyValues, organizationStatusValues, websiteUrlPattern } from "roster-schema";
import { z } from "zod";
import { defineLifecycle } from "../lifecycle/lifecycle.ts";
import { property } from "../values/property.ts";
import type { PropertyMap } from "../values/property-map.ts";
import { creationTime, reference, sameSet, text } from "../values/property-types.ts";
import { organizationProfileAnswer } from "../wire/generated/answers.ts";
import { logoArgument, logoContent, pathIn, sameLogo, storedLogo } from "./logo-file.ts";

/** Ways to join an organization. */
export const joinPolicies = z
  .array(z.enum(joinPolicyValues))
  .min(1, "it must have at least one way to join")
  .refine((policies) => new Set(policies).size === policies.length, "each way to join must be listed only once");

/** The arguments of a profile, which an organization has as well. What a program leaves out stays as it is. */
export const profileShape = {
  name: text(200).optional().describe("The name as people see it, 1 to 200 characters."),
  websiteUrl: text(2048)
    .regex(websiteUrlPattern, "it must be an address such as https://example.com")
    .meta({ maxLength: 2048 })
    .optional()
    .describe("The website, http or https. Requires the premium or the enterprise plan."),
  logo: logoArgument.optional().meta({
    description:
      "The logo: the path of a PNG, JPEG or WebP image of at most 512 KiB, from the program's folder. Requires the premium or the " +
      "enterprise plan. The output is the hash of its content, and the path.",
    types: { args: "pulumi.Input<string>", output: "{ readonly path?: string; readonly sha256: string }" },
    forms: () => ({ args: z.string(), output: storedLogo }),
  }),
  joinPolicies: joinPolicies
    .optional()
    .describe(
      "How people can join: with an account that they have, by invitation, or with an account that is made for them. The service " +
        "owner can allow fewer ways; a new organization has all that are allowed.",
    ),
};

/** Whether two declarations of join policies mean the same: omitting them leaves them as they are. */
export function samePolicies(before: unknown, now: unknown): boolean {
  return now === undefined || sameSet(before, now);
}

type Profile = z.infer<z.ZodObject<typeof profileShape>>;

interface RemoteProfile {
  readonly name: string;
  readonly websiteUrl: string | null;
  readonly logo: { readonly sha256: string } | null;
  readonly joinPolicies: readonly string[];
}

/** How the arguments of a profile are normalized, compared, sent and read, in either kind of resource. */
export const profile = {
  // The path is relative to the program's folder, which may not be the provider's. Anything but a path is refused by check.
  normalize: { logo: (file: unknown) => (typeof file === "string" ? path.resolve(file) : file) },
  same: {
    // What a declaration no longer has stays as it is.
    name: (before: unknown, now: unknown) => now === undefined || before === now,
    joinPolicies: samePolicies,
    logo: sameLogo,
  },
  settable: ({ name, websiteUrl, logo, joinPolicies }: Profile): PropertyMap => ({
    name,
    websiteUrl: websiteUrl ?? null,
    // The file is read only when it is sent: the state contains only the hash.
    logo: logo === undefined ? null : () => logoContent(logo),
    joinPolicies,
  }),
  // What the program doesn't declare may be declared elsewhere: in the organization, in its profile, or in another stack.
  readArgs: ({ name, websiteUrl, logo, joinPolicies }: RemoteProfile, declared: PropertyMap): PropertyMap => {
    const file = logo === null ? null : { path: pathIn(declared.logo), sha256: logo.sha256 };
    const observed = { name, websiteUrl, logo: file, joinPolicies };
    const entries = Object.entries(observed).map(([name, value]) => [
      name,
      declared[name] === undefined ? null : value,
    ]);
    return Object.fromEntries(entries);
  },
};

/** The arguments of the profile of an organization. */
export const organizationProfileShape = {
  organization: reference("Organization").meta(
    property("The organization that has the profile.", { change: "replaces" }),
  ),
  ...profileShape,
};

/** The lifecycle of the profile of an organization. */
export const organizationProfileLifecycle = defineLifecycle({
  kind: "OrganizationProfile",
  documentation: {
    summary:
      "The name, website, logo and join policies of an organization, managed apart from its plan and features. A profile exists as long " +
      "as its organization: creating the resource takes it over, and deleting the resource gives it back and restores what it was.",
    example:
      'new OrganizationProfile("acme", { organization: acme, name: "Acme", websiteUrl: "https://acme.example" });',
    portableExample:
      'const acme = new Organization("acme", { slug: "acme", subscription: { plan: "premium" } });\n' +
      'new OrganizationProfile("acme", { organization: acme, name: "Acme", websiteUrl: "https://acme.example" });',
    operation: "createOrganizationProfile",
  },
  alwaysAdopts: true,
  existence: { readPermission: "organization:read", organization: "organization", isPermanent: true },
  args: organizationProfileShape,
  outputs: {
    logoLinkActive: z
      .boolean()
      .describe("Whether the logo links to the website, which requires that the organization has both."),
    status: z.enum(organizationStatusValues).describe("The status of the organization: `open` or `closing`."),
    createdAt: creationTime,
  },
  part: { noun: "profile", of: "organization" },
  normalize: profile.normalize,
  same: profile.same,
  remote: organizationProfileAnswer,
  collection: ({ organization }) => `/v1/organizations/${organization}/profile`,
  naturalKey: ({ organization }) => ({ organization }),
  item: (id) => `/v1/organization-profiles/${id}`,
  settable: profile.settable,
  readArgs: (remote, declared) => ({ organization: remote.organization, ...profile.readArgs(remote, declared) }),
  readOutputs: ({ logoLinkActive, status, createdAt }) => ({ logoLinkActive, status, createdAt }),
  isDeleted: ({ status }) => status === "closed",
});
