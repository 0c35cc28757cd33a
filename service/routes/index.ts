/** Every route of the API. */
import type { OperationId } from "../auth/operation.ts";
import { batchRoutes } from "../http/batches.ts";
import type { Routes } from "../http/route.ts";
import { accessTokenRoutes } from "../objects/access-tokens/routes.ts";
import { apiKeyRoutes } from "../objects/api-keys/routes.ts";
import { apiKeyAssignmentRoutes } from "../objects/assignments/routes.ts";
import { memberRoutes } from "../objects/memberships/routes.ts";
import { organizationProfileRoutes } from "../objects/organization-profiles/routes.ts";
import { organizationRoutes } from "../objects/organizations/routes.ts";
import { roleRoutes } from "../objects/roles/routes.ts";
import { userRoutes } from "../objects/users/routes.ts";
import { tryBatch } from "../trials/trying.ts";
import { auditRoutes } from "./audit.ts";
import { healthRoutes } from "./health.ts";
import { managedObjectRoutes } from "./managed-objects.ts";
import { messageRoutes } from "./messages.ts";
import { runRoutes } from "./runs.ts";
import { secretScanningRoutes } from "./secret-scanning-reports.ts";
import { selfRoutes } from "./self.ts";
import { verificationRoutes } from "./verification.ts";

/** The routes by operation id. */
export const routes: Routes<OperationId> = {
  ...organizationRoutes,
  ...organizationProfileRoutes,
  ...userRoutes,
  ...roleRoutes,
  ...memberRoutes,
  ...apiKeyRoutes,
  ...apiKeyAssignmentRoutes,
  ...accessTokenRoutes,
  ...auditRoutes,
  ...batchRoutes(tryBatch),
  ...managedObjectRoutes,
  ...runRoutes,
  ...selfRoutes,
  ...verificationRoutes,
  ...secretScanningRoutes,
  ...messageRoutes,
  ...healthRoutes,
};
