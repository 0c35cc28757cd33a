/** The only list of all kinds of resources. */
import type { Lifecycle } from "../lifecycle/interface.ts";
import { accessTokenLifecycle } from "./access-token.ts";
import { apiKeyLifecycle } from "./api-key/api-key.ts";
import { apiKeyAssigneesLifecycle } from "./api-key-assignees.ts";
import { apiKeyAssignmentLifecycle } from "./api-key-assignment.ts";
import { membershipLifecycle } from "./membership.ts";
import { organizationLifecycle } from "./organization.ts";
import { organizationMembersLifecycle } from "./organization-members.ts";
import { organizationProfileLifecycle } from "./organization-profile.ts";
import { roleLifecycle } from "./role.ts";
import { userLifecycle } from "./user.ts";

/** The kinds whose resources are one object of the service each; each kind comes after those that it depends on. */
export const objectLifecycles: readonly Lifecycle[] = [
  organizationLifecycle,
  organizationProfileLifecycle,
  roleLifecycle,
  userLifecycle,
  membershipLifecycle,
  apiKeyLifecycle,
  apiKeyAssignmentLifecycle,
  accessTokenLifecycle,
];

/** The kinds whose resources are many objects of the service each. */
export const setLifecycles: readonly Lifecycle[] = [organizationMembersLifecycle, apiKeyAssigneesLifecycle];

/** Every kind. */
export const lifecycles: readonly Lifecycle[] = [...objectLifecycles, ...setLifecycles];

/**
 * Returns the lifecycle of a kind.
 *
 * @param kind such as `User`
 * @throws Error if the kind is unknown
 */
export function lifecycleOf(kind: string): Lifecycle {
  const lifecycle = lifecycles.find((candidate) => candidate.kind === kind);
  if (lifecycle === undefined) {
    const known = lifecycles.map((candidate) => candidate.kind).join(", ");
    throw new Error(
      `pulumi-roster has no resource ${kind}; its resources are ${known}. Is the installed version too old?`,
    );
  }
  return lifecycle;
}
