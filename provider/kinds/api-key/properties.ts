/** The properties of an API key. */
import {
  apiKeyAssignmentStatusValues,
  apiKeyFormatValues,
  apiKeyKindValues,
  permissionValues,
  userStatusValues,
} from "roster-schema";
import { z } from "zod";
import { property } from "../../values/property.ts";
import { permissions, reference } from "../../values/property-types.ts";
import { ofKeys } from "./names.ts";
import { generationOutputs, plaintextOutputs, sharedShape, statusOutputs } from "./shared-properties.ts";

const { organization, name, allowedIps, endDate, ...sharedArgs } = sharedShape(ofKeys);

/** The arguments of an API key. */
export const apiKeyShape = {
  organization,
  name,
  kind: z.enum(apiKeyKindValues).meta(
    property("What calls with the key: a server, a Web API (with a secret that the client made), or a user.", {
      change: "replaces",
    }),
  ),
  format: z
    .enum(apiKeyFormatValues)
    .default("opaque")
    .meta(
      property("The format of the secret; `jwt` requires an owner with the role `api_user`.", { change: "replaces" }),
    ),
  owner: reference("User")
    .optional()
    .meta(property("The user who owns the key; the key stops with the user.", { change: "replaces" })),
  permissions: permissions
    .optional()
    .describe(
      "What the key can do. If omitted at creation, it has the permissions that the owner has then, or none if the key has no " +
        "owner; if omitted later, they stay as they are.",
    ),
  allowedIps,
  endDate,
  secret: z
    .string()
    .min(16, "a secret must have at least 16 characters")
    .max(512, "a secret must have at most 512 characters")
    .regex(/^[\x21-\x7e]+$/, "a secret must consist of visible ASCII characters")
    .optional()
    .meta(
      property(
        "For kind `webapi`: a secret of your own, made from 128 random bits or more; 16 to 512 visible ASCII characters. " +
          "Changing it ends the previous one.",
        { secret: true },
      ),
    ),
  ...sharedArgs,
};

const assignee = z
  .object({
    user: z.string().optional().describe("The user's id; none until an invited or external person has accepted."),
    email: z.string().describe("The address."),
    status: z.enum(apiKeyAssignmentStatusValues).describe("`pending`, `active` or `expired`."),
  })
  .meta(property("A user that an API key is attached to.", { schemaName: "ApiKeyAssignee" }));

/** The properties of a key that the service computes. */
export const apiKeyOutputs = {
  ...plaintextOutputs(ofKeys),
  displayName: z.string().meta(property("The name as people see it.", { repeats: "name" })),
  grantedPermissions: z
    .array(z.enum(permissionValues))
    .meta(property("What the key can do, as long as its owner, if it has one, can.", { repeats: "permissions" })),
  ...generationOutputs(ofKeys),
  ownerStatus: z
    .enum(userStatusValues)
    .optional()
    .describe(
      "The status of the owner's account. Until the owner has set it up, it is `invited`, and the key doesn't authenticate.",
    ),
  legacy: z.boolean().meta(
    property("Whether the key was created before the service supported several keys for each owner.", {
      stable: true,
    }),
  ),
  ...statusOutputs,
  // A user's address may be a secret of the stack, which a key can't determine.
  assignees: z
    .array(assignee)
    .meta(property("The first 100 users that the key is attached to, as of the last refresh.", { secret: true })),
  assigneeCount: z.int().describe("The number of users that the key is attached to."),
};
