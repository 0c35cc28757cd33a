/** An API key as the service answers it. */
import {
  apiKeyAssignmentStatusValues,
  apiKeyFormatValues,
  apiKeyKindValues,
  apiKeyStateValues,
  apiKeyStatusValues,
  permissionValues,
  type Schemas,
} from "roster-schema";
import { z } from "zod";
import { isoTime } from "../../values/property-types.ts";
import type { Pinned } from "../../wire/pinned.ts";

/** An API key as the contract has it. */
export const apiKeyRemote = z.object({
  id: z.string(),
  externalId: z.string().nullable(),
  adopted: z.boolean(),
  organization: z.string(),
  owner: z.string().nullable(),
  name: z.string(),
  displayName: z.string(),
  kind: z.enum(apiKeyKindValues),
  format: z.enum(apiKeyFormatValues),
  permissions: z.array(z.enum(permissionValues)),
  allowedIps: z.array(z.string()).nullable(),
  prefix: z.string(),
  fingerprint: z.string(),
  generation: z.number().int(),
  rotatedAt: isoTime,
  secretUsed: z.boolean(),
  previousSecret: z
    .object({ fingerprint: z.string(), expiresAt: isoTime, held: z.boolean(), lastUsedAt: isoTime.nullable() })
    .nullable(),
  endDate: z.string().nullable(),
  legacy: z.boolean(),
  state: z.enum(apiKeyStateValues),
  status: z.enum(apiKeyStatusValues),
  createdAt: isoTime,
  updatedAt: isoTime,
  lastUsedAt: isoTime.nullable(),
  revokedAt: isoTime.nullable(),
  assignees: z.array(
    z.object({ user: z.string().nullable(), email: z.string(), status: z.enum(apiKeyAssignmentStatusValues) }),
  ),
  assigneeCount: z.number().int(),
});
/** The same with the secret that was made, which only the answer to a create or a rotation has. */
export const issued = apiKeyRemote.extend({ key: z.string().nullable() });

true satisfies Pinned<z.infer<typeof apiKeyRemote>, Schemas["ApiKey"]>;
true satisfies Pinned<z.infer<typeof issued>, Schemas["IssuedApiKey"]>;
