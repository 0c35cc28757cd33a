/** Organizations as a resource: their rows, and their form in the contract. */
import type { Selectable } from "kysely";
import { joinPolicyValues, type Schemas } from "roster-schema";
import type { CallerContext } from "../../auth/operation.ts";
import type { Permission } from "../../auth/permissions.ts";
import { find, type Resource } from "../../managed/resource.ts";
import { Refusal } from "../../problems.ts";
import { creationColumns, type Tables } from "../../rows/tables.ts";

type Organization = Schemas["Organization"];

/** The members of an organization that are also its profile. */
export const profileMembers = ["name", "websiteUrl", "logo", "joinPolicies"] as const;

/** Organizations. */
export const organizations: Resource<Organization> = {
  kind: "organization",
  parameter: "organizationId",
  noun: "organization",
  settable: [
    "externalId",
    "slug",
    "name",
    "websiteUrl",
    "logo",
    "joinPolicies",
    "features",
    "settings",
    "subscription",
    "allowedJoinPolicies",
  ],
  whole: ["logo"],
  added: { allowedJoinPolicies: [...joinPolicyValues] },
  apart: {
    members: profileMembers,
    kind: "organization_profile",
    noun: "organization profile",
    async managerOf({ db }, { id }) {
      const profile = await db
        .selectFrom("organization_profiles")
        .select(["id", "external_id"])
        .where("organization_id", "=", id)
        .executeTakeFirst();
      const { external_id: externalId = null } = profile ?? {};
      return profile === undefined || externalId === null ? undefined : { id: profile.id, externalId };
    },
  },
  audited: [
    "externalId",
    "slug",
    "name",
    "websiteUrl",
    "logo",
    "joinPolicies",
    "allowedJoinPolicies",
    "features",
    "settings",
    "subscription",
    "status",
  ],
  naturalKey: ({ slug }) => [slug],
  reading: "organization:read",
  table: "organizations",
  organizationColumn: "id",
  findLive: async ({ db }, _scope, externalId) =>
    await db
      .selectFrom("organizations")
      .select(creationColumns)
      .where("external_id_live", "=", externalId)
      .executeTakeFirst(),
  nameOf: ({ slug }) => slug,
  isLive: ({ status }) => status === "open",
  hasEnded: ({ status }) => status === "closed",
  organizationOf: ({ id }) => id,
  async loadAll({ db }, ids) {
    const rows = await db.selectFrom("organizations").selectAll().where("id", "in", ids).execute();
    return rows.map(toOrganization);
  },
};

/**
 * Finds the organization in the path of an operation.
 *
 * @throws Refusal `not_found`, `permission_denied`.
 */
export async function findOrganization(
  context: CallerContext,
  id: string,
  ...anyOf: readonly Permission[]
): Promise<Organization> {
  return await find(context, organizations, id, ...anyOf);
}

/**
 * Finds the organization in the path of an operation that changes it or its objects.
 *
 * @throws Refusal `not_found`, `permission_denied`, `organization_closed`.
 */
export async function findOpenOrganization(
  context: CallerContext,
  id: string,
  ...anyOf: readonly Permission[]
): Promise<Organization> {
  const organization = await findOrganization(context, id, ...anyOf);
  refuseClosed(organization);
  return organization;
}

/** @throws Refusal `organization_closed` */
export function refuseClosed({ id, status }: Pick<Organization, "id" | "status">): void {
  if (status === "open") {
    return;
  }
  throw new Refusal("organization_closed", "The organization is closed; nothing in it can be changed.", {
    dependsOn: [{ kind: "organization", id }],
  });
}

/** The columns of the settable members. */
export function settableColumns(organization: Organization) {
  const { externalId, slug, name, websiteUrl, logo, features, settings, subscription } = organization;
  return {
    external_id: externalId,
    external_id_live: externalId,
    slug,
    slug_live: slug,
    name,
    website_url: websiteUrl,
    logo_sha256: logo?.sha256 ?? null,
    logo_media_type: logo?.mediaType ?? null,
    logo_size_bytes: logo?.sizeBytes ?? null,
    join_policies: JSON.stringify(organization.joinPolicies),
    allowed_join_policies: JSON.stringify(organization.allowedJoinPolicies),
    external_api_access: features.externalApiAccess,
    keys_per_owner: settings.keysPerOwner,
    allow_expiring_jwt: settings.allowExpiringJwt,
    plan: subscription.plan,
    billing: subscription.billing,
    stripe_subscription: subscription.stripeSubscription,
  };
}

/** Converts the row of an organization to the contract's form. */
export function toOrganization(row: Selectable<Tables["organizations"]>): Organization {
  return {
    id: row.id,
    externalId: row.external_id,
    adopted: row.adoption_depth > 0,
    slug: row.slug,
    name: row.name,
    websiteUrl: row.website_url,
    logo: logoOf(row),
    logoLinkActive: row.website_url !== null && row.logo_sha256 !== null,
    joinPolicies: row.join_policies,
    allowedJoinPolicies: row.allowed_join_policies,
    features: { externalApiAccess: row.external_api_access },
    settings: { keysPerOwner: row.keys_per_owner, allowExpiringJwt: row.allow_expiring_jwt },
    subscription: { plan: row.plan, billing: row.billing, stripeSubscription: row.stripe_subscription },
    status: row.status,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

function logoOf(row: Selectable<Tables["organizations"]>): Organization["logo"] {
  const { logo_sha256: sha256, logo_media_type: mediaType, logo_size_bytes: sizeBytes } = row;
  return sha256 === null || mediaType === null || sizeBytes === null ? null : { sha256, mediaType, sizeBytes };
}
