import type { OperationId } from "../operation.ts";
import type { Routes } from "../route.ts";
import { accessCheckRoutes } from "./access-checks.ts";
import { apiKeyAssignmentRoutes } from "./api-key-assignments.ts";
import { apiKeyImportRoutes } from "./api-key-imports.ts";
import { apiKeyRotationRoutes } from "./api-key-rotations.ts";
import { apiKeySecretRoutes } from "./api-key-secrets.ts";
import { apiKeyRoutes } from "./api-keys.ts";
import { auditRoutes } from "./audit.ts";
import { batchRoutes } from "./batches.ts";
import { healthRoutes } from "./health.ts";
import { logoRoutes } from "./logos.ts";
import { managedObjectRoutes } from "./managed-objects.ts";
import { memberRoutes } from "./members.ts";
import { messageRoutes } from "./messages.ts";
import { organizationRoutes } from "./organizations.ts";
import { roleRoutes } from "./roles.ts";
import { runRoutes } from "./runs.ts";
import { secretScanningRoutes } from "./secret-scanning-reports.ts";
import { selfRoutes } from "./self.ts";
import { userRoutes } from "./users.ts";
import { verificationRoutes } from "./verification.ts";

/** The route of every operation of the contract. */
export const routes: Routes<OperationId> = {
  ...organizationRoutes,
  ...logoRoutes,
  ...userRoutes,
  ...roleRoutes,
  ...memberRoutes,
  ...apiKeyRoutes,
  ...apiKeyRotationRoutes,
  ...apiKeySecretRoutes,
  ...apiKeyImportRoutes,
  ...apiKeyAssignmentRoutes,
  ...auditRoutes,
  ...batchRoutes,
  ...managedObjectRoutes,
  ...runRoutes,
  ...selfRoutes,
  ...verificationRoutes,
  ...secretScanningRoutes,
  ...accessCheckRoutes,
  ...messageRoutes,
  ...healthRoutes,
};
