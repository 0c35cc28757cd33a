/** The rules for managing, updating and releasing the profiles of organizations. */
import type { Schemas } from "roster-schema";
import type { Context } from "../../auth/operation.ts";
import { forgetAdoptions } from "../../managed/adoption.ts";
import type { CreateRules, EndRules } from "../../managed/lifecycle.ts";
import { find, notFound, type UpdateRules } from "../../managed/resource.ts";
import { refuseClosed } from "../organizations/resource.ts";
import { writeOrganization } from "../organizations/rules.ts";
import { organizationOf, organizationProfiles, profileIn } from "./resource.ts";

type OrganizationProfile = Schemas["OrganizationProfile"];

/** The rules for starting to manage a profile, which always exists already. */
export const createRules: CreateRules<"createOrganizationProfile", OrganizationProfile> = {
  alwaysAdopts: true,
  find: (call) => profileIn(call, call.path.organizationId),
  // The logo is still its content here; it is read later.
  wanted: ({ body: { name, websiteUrl, logo, joinPolicies } }) =>
    ({ name, websiteUrl, logo, joinPolicies }) as Partial<OrganizationProfile>,
  create: ({ path }) => Promise.reject(notFound("organization", path.organizationId)),
};

/** The rules for updating profiles. */
export const updateRules: UpdateRules<OrganizationProfile> = {
  async find(context, id) {
    const profile = await find(context, organizationProfiles, id, "organization:update");
    refuseClosed({ id: profile.organization, status: profile.status });
    await requireRow(context, profile);
    return profile;
  },
  async apply(context, { before, after, changed }) {
    const organization = await organizationOf(context, before);
    const { name, websiteUrl, logo, joinPolicies, externalId } = after;
    const values = { name, websiteUrl, logo, joinPolicies };
    const given = (Object.keys(values) as (keyof typeof values)[]).filter((member) => changed.has(member));
    await writeOrganization(context, {
      before: organization,
      after: { ...organization, ...values },
      changed: new Set(given),
    });
    await setManager(context, before, externalId);
  },
};

/** The rules for letting go of a profile without restoring it. */
export const endRules: EndRules<OrganizationProfile> = {
  find: (context, id) => find(context, organizationProfiles, id, "organization:update"),
  async end(context, profile) {
    if (profile.externalId === null && !profile.adopted) {
      return;
    }
    await setManager(context, profile, null);
    await forgetAdoptions(context, organizationProfiles, profile.id);
  },
};

/** Makes the row that says who manages a profile, if nobody has managed it before. */
async function requireRow({ db, now, principal }: Context, { id, organization }: OrganizationProfile): Promise<void> {
  await db
    .insertInto("organization_profiles")
    .values({ id, organization_id: organization, created_by: principal.id, created_at: now, known_at: now })
    .onConflict((conflict) => conflict.column("id").doNothing())
    .execute();
}

async function setManager({ db }: Context, { id }: OrganizationProfile, externalId: string | null): Promise<void> {
  await db.updateTable("organization_profiles").set({ external_id: externalId }).where("id", "=", id).execute();
}
