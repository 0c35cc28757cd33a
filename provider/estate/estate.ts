/** Reads everything that the service has about one organization. */
import { isId, type Schemas } from "roster-schema";
import type { Client } from "../wire/client.ts";
import {
  accessTokenAnswer,
  apiKeyAnswer,
  apiKeyAssignmentAnswer,
  membershipAnswer,
  organizationAnswer,
  organizationProfileAnswer,
  roleAnswer,
  userAnswer,
} from "../wire/generated/answers.ts";

/** An organization and everything in it that has not ended, each list by id and so by age. */
export interface Estate {
  readonly organization: Schemas["Organization"];
  /** What the organization's administrators manage of it. Its manager can be another stack than that of the organization. */
  readonly profile: Schemas["OrganizationProfile"];
  /** The organization's own roles, without the built-in ones. */
  readonly roles: readonly Schemas["Role"][];
  /** The accounts whose home the organization is, including inactive ones. */
  readonly users: readonly Schemas["User"][];
  /** The memberships that have not ended: active, pending and expired ones. */
  readonly members: readonly Schemas["Membership"][];
  /** All API keys, including revoked and expired ones. */
  readonly apiKeys: readonly Schemas["ApiKey"][];
  /** The assignments of the active API keys, including offers that have not been accepted. */
  readonly assignments: readonly Schemas["ApiKeyAssignment"][];
  /** The access tokens of system users, including revoked and expired ones. */
  readonly accessTokens: readonly Schemas["AccessToken"][];
}

/**
 * Reads an organization as a whole: a page of a thousand objects at a time, and one list for each active API key that is assigned to somebody.
 *
 * @param organization the slug or the id
 * @returns undefined if there is no such organization, or the caller can't read it
 * @throws ApiError `permission_denied` if the caller may not read all of it
 */
export async function findEstate(client: Client, organization: string): Promise<Estate | undefined> {
  const found = await findOrganization(client, organization);
  if (found === undefined) {
    return undefined;
  }
  const path = `/v1/organizations/${found.id}`;
  const [profile, roles, users, members, apiKeys, accessTokens] = await Promise.all([
    client.find(`${path}/profile`, organizationProfileAnswer),
    client.list(`${path}/roles`, {}, roleAnswer),
    client.list("/v1/users", { homeOrganization: found.id }, userAnswer),
    client.list(`${path}/members`, {}, membershipAnswer),
    client.list(`${path}/api-keys`, {}, apiKeyAnswer),
    client.list(`${path}/access-tokens`, { kind: "system" }, accessTokenAnswer),
  ]);
  const assigned = apiKeys.filter(({ status, assigneeCount }) => status === "active" && assigneeCount > 0);
  const assignments = await client.forAll(assigned, ({ id }) =>
    client.list(`/v1/api-keys/${id}/assignments`, {}, apiKeyAssignmentAnswer),
  );
  return {
    organization: found,
    profile: profile.body,
    roles: byId(roles.filter(({ builtIn }) => !builtIn)),
    users: byId(users),
    members: byId(members),
    apiKeys: byId(apiKeys),
    assignments: byId(assignments.flat()),
    accessTokens: byId(accessTokens),
  };
}

async function findOrganization(client: Client, organization: string): Promise<Schemas["Organization"] | undefined> {
  if (isId("organization", organization)) {
    return (await client.get(`/v1/organizations/${organization}`, organizationAnswer))?.body;
  }
  return (await client.list("/v1/organizations", { slug: organization }, organizationAnswer))[0];
}

function byId<Item extends { readonly id: string }>(items: readonly Item[]): Item[] {
  return items.toSorted((one, other) => (one.id < other.id ? -1 : 1));
}
