/** The list of every kind of object that a stack manages. */
import type { Schemas } from "roster-schema";
import type { Managed, Resource } from "../managed/resource.ts";
import { accessTokens } from "./access-tokens/resource.ts";
import { apiKeys } from "./api-keys/resource.ts";
import { apiKeyAssignments } from "./assignments/resource.ts";
import { memberships } from "./memberships/resource.ts";
import { organizationProfiles } from "./organization-profiles/resource.ts";
import { organizations } from "./organizations/resource.ts";
import { roles } from "./roles/resource.ts";
import { users } from "./users/resource.ts";

/** The resources by kind. */
export const resources = {
  organization: organizations,
  organization_profile: organizationProfiles,
  user: users,
  role: roles,
  membership: memberships,
  api_key: apiKeys,
  api_key_assignment: apiKeyAssignments,
  access_token: accessTokens,
} satisfies Record<Schemas["ObjectKind"], Pick<Resource<Managed>, "kind">>;
