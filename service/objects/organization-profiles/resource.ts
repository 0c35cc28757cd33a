/** Organization profiles as a resource: their rows, and their form in the contract. */
import type { Schemas } from "roster-schema";
import type { CallerContext, Context } from "../../auth/operation.ts";
import { type Resource, reload } from "../../managed/resource.ts";
import { organizationIdOf, profileIdOf } from "../../rows/identifiers.ts";
import { creationColumns } from "../../rows/tables.ts";
import { findOrganization, organizations, profileMembers, toOrganization } from "../organizations/resource.ts";

type Organization = Schemas["Organization"];
type OrganizationProfile = Schemas["OrganizationProfile"];

/**
 * Organization profiles. Every organization has one, whether or not somebody manages it.
 *
 * @see docs/decisions/0042-organization-profiles.md
 */
export const organizationProfiles: Resource<OrganizationProfile> = {
  kind: "organization_profile",
  parameter: "profileId",
  noun: "organization profile",
  settable: ["externalId", ...profileMembers],
  whole: ["logo"],
  audited: ["externalId", ...profileMembers],
  naturalKey: ({ organization }) => [organization],
  reading: "organization:read",
  table: "organization_profiles",
  organizationColumn: "organization_id",
  findLive: async ({ db }, scope, externalId) =>
    await db
      .selectFrom("organization_profiles")
      .select(creationColumns)
      .where("organization_id", "=", scope)
      .where("external_id", "=", externalId)
      .executeTakeFirst(),
  nameOf: ({ name }) => name,
  isLive: ({ status }) => status === "open",
  hasEnded: ({ status }) => status === "closed",
  organizationOf: ({ organization }) => organization,
  async loadAll({ db }, ids) {
    const rows = await db
      .selectFrom("organizations")
      .leftJoin("organization_profiles", "organization_profiles.organization_id", "organizations.id")
      .selectAll("organizations")
      .select(["organization_profiles.external_id as managed_as", "organization_profiles.adoption_depth as adoptions"])
      .where("organizations.id", "in", ids.map(organizationIdOf))
      .execute();
    return rows.map(({ managed_as, adoptions, ...row }) => toProfile(toOrganization(row), managed_as, adoptions ?? 0));
  },
};

/**
 * The identifier of the profile of the organization in the path of an operation.
 *
 * @throws Refusal `not_found` that names the organization, because the request doesn't name the profile.
 */
export async function profileIn(context: CallerContext, organizationId: string): Promise<string> {
  return profileIdOf((await findOrganization(context, organizationId)).id);
}

/** The organization that has a profile. */
export async function organizationOf(context: Context, { organization }: OrganizationProfile): Promise<Organization> {
  return await reload(context, organizations, organization);
}

function toProfile(organization: Organization, externalId: string | null, adoptions: number): OrganizationProfile {
  const { id, name, websiteUrl, logo, logoLinkActive, joinPolicies, status, createdAt, updatedAt } = organization;
  return {
    id: profileIdOf(id),
    externalId,
    adopted: adoptions > 0,
    organization: id,
    name,
    websiteUrl,
    logo,
    logoLinkActive,
    joinPolicies,
    status,
    createdAt,
    updatedAt,
  };
}
