/** Every kind of resource: the only list. */
import type { Lifecycle } from "../lifecycle/interface.ts";
import { apiKeyLifecycle } from "./api-key/api-key.ts";
import { apiKeyAssigneesLifecycle } from "./api-key-assignees.ts";
import { apiKeyAssignmentLifecycle } from "./api-key-assignment.ts";
import { membershipLifecycle } from "./membership.ts";
import { organizationLifecycle } from "./organization.ts";
import { organizationMembersLifecycle } from "./organization-members.ts";
import { roleLifecycle } from "./role.ts";
import { userLifecycle } from "./user.ts";

/** The kinds whose resources are one object of the service each, in the order in which one needs another. */
export const objectLifecycles: readonly Lifecycle[] = [
  organizationLifecycle,
  roleLifecycle,
  userLifecycle,
  membershipLifecycle,
  apiKeyLifecycle,
  apiKeyAssignmentLifecycle,
];

/** The kinds whose resources are many objects of the service each. */
export const setLifecycles: readonly Lifecycle[] = [organizationMembersLifecycle, apiKeyAssigneesLifecycle];

/** Every kind. */
export const lifecycles: readonly Lifecycle[] = [...objectLifecycles, ...setLifecycles];

/**
 * @param kind such as `User`
 * @throws Error if there is no such kind
 */
export function lifecycleOf(kind: string): Lifecycle {
  const lifecycle = lifecycles.find((candidate) => candidate.kind === kind);
  if (lifecycle === undefined) {
    const known = lifecycles.map((candidate) => candidate.kind).join(", ");
    throw new Error(`pulumi-roster has no resource ${kind}; it has ${known}. Is the installed version too old?`);
  }
  return lifecycle;
}
