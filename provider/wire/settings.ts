/**
 * The settings of a stack, each described once: for the guide to configuration, and for the schema of the native plugin.
 * configuration.ts reads and checks the values.
 */
import { organizationRoles } from "roster-schema";
import { z } from "zod";
import type { Property } from "../values/property.ts";

/** The metadata of a setting, in addition to its type. */
type Setting = Property & {
  /** The environment variable that applies if the stack's configuration doesn't have the setting. */
  readonly environment?: string;
};

/** The keys of the stack's configuration, without the prefix `roster:`. */
export const settings = {
  endpoint: z
    .string()
    .optional()
    .meta({ description: "The address of the service. Required.", environment: "ROSTER_ENDPOINT" } satisfies Setting),
  token: z
    .string()
    .optional()
    .meta({
      description:
        "The owner token, an API key, or an access token; its permissions apply. Required, unless you are logged in.",
      environment: "ROSTER_TOKEN",
      secret: true,
    } satisfies Setting),
  timeoutMs: z
    .int()
    .optional()
    .describe("How long one operation may take, including its retries, in milliseconds. 30000 by default."),
  maxRequestsPerSecond: z
    .int()
    .optional()
    .describe(
      "How many requests are sent per second at most, to leave room for others. By default as many as the service accepts.",
    ),
  service: z
    .string()
    .optional()
    .describe(
      "The identity of the service, `svc_…`, if you move the stack to another service. By default the state records it.",
    ),
  batching: z
    .boolean()
    .optional()
    .describe("Whether requests that are ready at the same moment are sent as one. `true` by default."),
  dryRun: z
    .boolean()
    .optional()
    .describe(
      "Whether a preview has the service try what it would change, so that it shows what the service would refuse. `true` by default.",
    ),
  previewAs: z
    .enum(organizationRoles)
    .meta({
      description: "A built-in role that a member of an organization can have.",
      schemaName: "OrganizationRole",
    } satisfies Setting)
    .optional()
    .describe(
      "The role as which the service tries what a preview would change, such as `administrator`, if you preview with the token of " +
        "somebody who can read but not change. By default with your own permissions.",
    ),
  stackId: z
    .string()
    .optional()
    .describe(
      "How the stack calls itself in the names that it gives its objects. `organization/project/stack` by default; the " +
        "native plugin requires it, because the engine doesn't tell it the organization.",
    ),
};
