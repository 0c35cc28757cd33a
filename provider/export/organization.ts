/** The section `organization` of an exported manifest. */
import { isAllowed, type Schemas } from "roster-schema";
import type { Estate } from "../estate/estate.ts";
import { type PropertyMap, withoutNulls } from "../values/property-map.ts";
import { adoptOf, type Rights, type Selection } from "./selection.ts";

/** What the caller may do in an organization. */
export function rightsIn(organization: string, { caller, organizations }: Schemas["Self"]): Rights {
  const { permissions = [] } = organizations.find(({ id }) => id === organization) ?? {};
  const { serviceOwner: isServiceOwner } = caller;
  return { isServiceOwner, updatesProfile: isServiceOwner || permissions.includes("organization:update") };
}

/**
 * The section: the organization as it is, or `existing` with its profile, as far as the caller may manage it.
 *
 * @param asExisting whether the stack is to leave the organization itself alone
 */
export function organizationSection(
  { organization, profile }: Estate,
  selection: Selection,
  { isServiceOwner, updatesProfile }: Rights,
  asExisting: boolean,
): PropertyMap {
  const { id, slug, name } = organization;
  if (organization.logo !== null) {
    selection.leaveOut("logo", id, name, logoReason);
  }
  const isOurs = isServiceOwner && !asExisting && selection.takes("organization", organization, slug);
  // The organization's own resource doesn't take over a profile.
  const reason = isOurs && profile.externalId !== null ? "another stack manages it" : undefined;
  const hasProfile = updatesProfile && selection.takes("profile", profile, name, reason);
  const ofProfile = hasProfile ? profileArgs(organization) : {};
  if (isOurs) {
    return { slug, ...ofProfile, ...ownArgs(organization), adopt: adoptOf(organization) };
  }
  return { existing: slug, ...(hasProfile && { profile: { ...ofProfile, adopt: adoptOf(profile) } }) };
}

const logoReason = "an export contains no images; the logo stays as it is";

/** The organization or its profile as a resource that is imported. */
export interface ImportedOrganization {
  readonly kind: "Organization" | "OrganizationProfile";
  /** Without the reference of a profile to its organization. */
  readonly args: PropertyMap;
  /** The arguments that the program can't write, and that stay as they are. */
  readonly ignored: readonly string[];
}

/** What of the organization a stack imports, as far as the caller may manage it; undefined for none of it. */
export function importedOrganization(
  { organization, profile }: Estate,
  selection: Selection,
  { isServiceOwner, updatesProfile }: Rights,
  asExisting: boolean,
): ImportedOrganization | undefined {
  const { id, slug, name, websiteUrl, joinPolicies } = organization;
  const isOurs =
    isServiceOwner &&
    !asExisting &&
    selection.takes("organization", organization, slug, notImported(organization, profile));
  if (!isOurs && !(updatesProfile && selection.takes("profile", profile, name))) {
    return undefined;
  }
  if (organization.logo !== null) {
    selection.leaveOut("logo", id, name, logoReason);
  }
  const ofProfile = withoutNulls({
    name,
    websiteUrl,
    joinPolicies: joinPolicies.length > 0 ? joinPolicies : undefined,
  });
  return {
    kind: isOurs ? "Organization" : "OrganizationProfile",
    args: isOurs ? { slug, ...ofProfile, ...ownArgs(organization) } : ofProfile,
    ignored: organization.logo === null ? [] : ["logo"],
  };
}

/** Why a stack can't import the organization itself: an import takes it with its profile, and a program can't declare all that it has. */
function notImported(
  { websiteUrl, features, subscription: { plan } }: Schemas["Organization"],
  profile: Schemas["OrganizationProfile"],
): string | undefined {
  if (profile.externalId !== null) {
    return "another stack manages its profile";
  }
  const isKept =
    (websiteUrl !== null && !isAllowed(plan, "websiteUrl")) ||
    (features.externalApiAccess && !isAllowed(plan, "externalApiAccess"));
  return isKept ? "it has what its plan no longer allows" : undefined;
}

/** What has a place in the profile as well. What the plan no longer allows stays as it is. */
function profileArgs({ name, websiteUrl, joinPolicies, subscription }: Schemas["Organization"]): PropertyMap {
  return {
    name,
    ...(websiteUrl !== null && isAllowed(subscription.plan, "websiteUrl") && { websiteUrl }),
    ...(joinPolicies.length > 0 && { joinPolicies }),
  };
}

function ownArgs({ allowedJoinPolicies, features, settings, subscription }: Schemas["Organization"]): PropertyMap {
  const { plan, billing, stripeSubscription } = subscription;
  const { externalApiAccess } = features;
  const hasApi = !externalApiAccess || isAllowed(plan, "externalApiAccess");
  return withoutNulls({
    allowedJoinPolicies: allowedJoinPolicies.length > 0 ? allowedJoinPolicies : undefined,
    features: hasApi ? { externalApiAccess } : undefined,
    settings: { keysPerOwner: settings.keysPerOwner, allowExpiringJwt: settings.allowExpiringJwt },
    subscription: { plan, billing, stripeSubscription: billing === "stripe" ? stripeSubscription : undefined },
  });
}
