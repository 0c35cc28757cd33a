/** Every kind of resource: the only list. */
import type { Lifecycle } from "../lifecycle.ts";
import { apiKeyLifecycle } from "./api-key.ts";
import { apiKeyAssignmentLifecycle } from "./api-key-assignment.ts";
import { membershipLifecycle } from "./membership.ts";
import { organizationLifecycle } from "./organization.ts";
import { roleLifecycle } from "./role.ts";
import { userLifecycle } from "./user.ts";

/** The kinds, in the order in which one needs another. */
export const lifecycles: readonly Lifecycle[] = [
  organizationLifecycle,
  roleLifecycle,
  userLifecycle,
  membershipLifecycle,
  apiKeyLifecycle,
  apiKeyAssignmentLifecycle,
];
