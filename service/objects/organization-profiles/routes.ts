/** The operations on the profiles of organizations. */
import { createItem, endItem, type Routes, readItem, updateItem } from "../../http/route.ts";
import { organizationProfiles, profileIn } from "./resource.ts";
import { createRules, endRules, updateRules } from "./rules.ts";

/** The routes of profiles. */
export const organizationProfileRoutes: Routes<
  | "findOrganizationProfile"
  | "createOrganizationProfile"
  | "getOrganizationProfile"
  | "updateOrganizationProfile"
  | "releaseOrganizationProfile"
> = {
  findOrganizationProfile: readItem(organizationProfiles, (call) => profileIn(call, call.path.organizationId)),
  createOrganizationProfile: createItem(organizationProfiles, createRules, updateRules),
  getOrganizationProfile: readItem(organizationProfiles),
  updateOrganizationProfile: updateItem(organizationProfiles, updateRules),
  releaseOrganizationProfile: endItem(organizationProfiles, "release", endRules, updateRules),
};
