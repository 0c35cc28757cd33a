/** The contract's answers. Generated from schema/openapi.yaml by `npm run generate`; never edited. */
// tidy: long because it has every answer of the contract
import {
  accessTokenKindValues,
  apiKeyAssignmentStatusValues,
  apiKeyFormatValues,
  apiKeyKindValues,
  apiKeyStateValues,
  apiKeyStatusValues,
  auditEntryActorKindValues,
  auditEntryObjectKindValues,
  billingValues,
  joinPolicyValues,
  letGoOutcomeValues,
  logoMediaTypeValues,
  membershipStatusValues,
  objectKindValues,
  organizationStatusValues,
  permissionValues,
  personalAccessTokenKindValues,
  planValues,
  runStatusValues,
  type Schemas,
  selfCallerKindValues,
  systemRoleValues,
  trialOutcomeValues,
  userKindValues,
  userStateValues,
  userStatusValues,
  verificationOutcomeValues,
  verificationRefusalValues,
} from "roster-schema";
import { z } from "zod";

/** The contract's `Logo`. */
const logoAnswer: z.ZodType<Schemas["Logo"]> = z.object({
  sha256: z.string(),
  mediaType: z.enum(logoMediaTypeValues),
  sizeBytes: z.int(),
});

/** The contract's `Features`. */
const featuresAnswer: z.ZodType<Schemas["Features"]> = z.object({
  externalApiAccess: z.boolean(),
});

/** The contract's `OrganizationSettings`. */
const organizationSettingsAnswer: z.ZodType<Schemas["OrganizationSettings"]> = z.object({
  keysPerOwner: z.int().nullable(),
  allowExpiringJwt: z.boolean(),
});

/** The contract's `Subscription`. */
const subscriptionAnswer: z.ZodType<Schemas["Subscription"]> = z.object({
  plan: z.enum(planValues),
  billing: z.enum(billingValues),
  stripeSubscription: z.string().nullable(),
});

/** The contract's `Organization`. */
export const organizationAnswer: z.ZodType<Schemas["Organization"]> = z.object({
  id: z.string(),
  externalId: z.string().nullable(),
  adopted: z.boolean(),
  slug: z.string(),
  name: z.string(),
  websiteUrl: z.string().nullable(),
  logo: logoAnswer.nullable(),
  logoLinkActive: z.boolean(),
  joinPolicies: z.array(z.enum(joinPolicyValues)),
  allowedJoinPolicies: z.array(z.enum(joinPolicyValues)),
  features: featuresAnswer,
  settings: organizationSettingsAnswer,
  subscription: subscriptionAnswer,
  status: z.enum(organizationStatusValues),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});

/** The contract's `OrganizationProfile`. */
export const organizationProfileAnswer: z.ZodType<Schemas["OrganizationProfile"]> = z.object({
  id: z.string(),
  externalId: z.string().nullable(),
  adopted: z.boolean(),
  organization: z.string(),
  name: z.string(),
  websiteUrl: z.string().nullable(),
  logo: logoAnswer.nullable(),
  logoLinkActive: z.boolean(),
  joinPolicies: z.array(z.enum(joinPolicyValues)),
  status: z.enum(organizationStatusValues),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});

/** The contract's `User`. */
export const userAnswer: z.ZodType<Schemas["User"]> = z.object({
  id: z.string(),
  externalId: z.string().nullable(),
  adopted: z.boolean(),
  email: z.string(),
  pendingEmail: z.string().nullable(),
  givenName: z.string().nullable(),
  familyName: z.string().nullable(),
  kind: z.enum(userKindValues),
  homeOrganization: z.string().nullable(),
  systemRole: z.enum(systemRoleValues),
  state: z.enum(userStateValues),
  status: z.enum(userStatusValues),
  inviteSentAt: z.iso.datetime().nullable(),
  inviteExpiresAt: z.iso.datetime().nullable(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});

/** The contract's `Role`. */
export const roleAnswer: z.ZodType<Schemas["Role"]> = z.object({
  id: z.string(),
  externalId: z.string().nullable(),
  adopted: z.boolean(),
  organization: z.string().nullable(),
  name: z.string(),
  permissions: z.array(z.enum(permissionValues)),
  builtIn: z.boolean(),
  createdAt: z.iso.datetime().nullable(),
  updatedAt: z.iso.datetime().nullable(),
});

/** The contract's `Membership`. */
export const membershipAnswer: z.ZodType<Schemas["Membership"]> = z.object({
  id: z.string(),
  externalId: z.string().nullable(),
  adopted: z.boolean(),
  organization: z.string(),
  user: z.string().nullable(),
  email: z.string(),
  role: z.string(),
  status: z.enum(membershipStatusValues),
  userStatus: z.enum(userStatusValues).nullable(),
  apiKeyCount: z.int(),
  operational: z.boolean(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
});

/** The contract's `PreviousSecret`. */
const previousSecretAnswer: z.ZodType<Schemas["PreviousSecret"]> = z.object({
  fingerprint: z.string(),
  held: z.boolean(),
  expiresAt: z.iso.datetime(),
  lastUsedAt: z.iso.datetime().nullable(),
});

/** The contract's `ApiKeyAssignee`. */
const apiKeyAssigneeAnswer: z.ZodType<Schemas["ApiKeyAssignee"]> = z.object({
  user: z.string().nullable(),
  email: z.string(),
  status: z.enum(apiKeyAssignmentStatusValues),
});

/** The contract's `ApiKey`. */
export const apiKeyAnswer: z.ZodType<Schemas["ApiKey"]> = z.object({
  id: z.string(),
  externalId: z.string().nullable(),
  adopted: z.boolean(),
  organization: z.string(),
  owner: z.string().nullable(),
  ownerStatus: z.enum(userStatusValues).nullable().optional(),
  name: z.string(),
  displayName: z.string(),
  kind: z.enum(apiKeyKindValues),
  format: z.enum(apiKeyFormatValues),
  permissions: z.array(z.enum(permissionValues)),
  allowedIps: z.array(z.string()).nullable(),
  prefix: z.string(),
  fingerprint: z.string(),
  generation: z.int(),
  rotatedAt: z.iso.datetime(),
  secretUsed: z.boolean(),
  previousSecret: previousSecretAnswer.nullable(),
  endDate: z.string().nullable(),
  legacy: z.boolean(),
  state: z.enum(apiKeyStateValues),
  status: z.enum(apiKeyStatusValues),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  lastUsedAt: z.iso.datetime().nullable(),
  revokedAt: z.iso.datetime().nullable(),
  assignees: z.array(apiKeyAssigneeAnswer),
  assigneeCount: z.int(),
});

/** The contract's `ApiKeyAssignment`. */
export const apiKeyAssignmentAnswer: z.ZodType<Schemas["ApiKeyAssignment"]> = z.object({
  id: z.string(),
  externalId: z.string().nullable(),
  adopted: z.boolean(),
  organization: z.string(),
  key: z.string(),
  user: z.string().nullable(),
  email: z.string(),
  external: z.boolean(),
  status: z.enum(apiKeyAssignmentStatusValues),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});

/** The contract's `AccessToken`. */
export const accessTokenAnswer: z.ZodType<Schemas["AccessToken"]> = z.object({
  id: z.string(),
  externalId: z.string().nullable(),
  adopted: z.boolean(),
  organization: z.string(),
  kind: z.enum(accessTokenKindValues),
  user: z.string(),
  email: z.string(),
  name: z.string(),
  permissions: z.array(z.enum(permissionValues)),
  allowedIps: z.array(z.string()).nullable(),
  prefix: z.string(),
  fingerprint: z.string(),
  generation: z.int(),
  rotatedAt: z.iso.datetime(),
  secretUsed: z.boolean(),
  previousSecret: previousSecretAnswer.nullable(),
  endDate: z.string().nullable(),
  expiresAt: z.iso.datetime().nullable(),
  state: z.enum(apiKeyStateValues),
  status: z.enum(apiKeyStatusValues),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  lastUsedAt: z.iso.datetime().nullable(),
  revokedAt: z.iso.datetime().nullable(),
});

/** The contract's `IssuedApiKey`. */
export const issuedApiKeyAnswer: z.ZodType<Schemas["IssuedApiKey"]> = apiKeyAnswer.and(
  z.object({
    key: z.string().nullable(),
  }),
);

/** The contract's `IssuedAccessToken`. */
export const issuedAccessTokenAnswer: z.ZodType<Schemas["IssuedAccessToken"]> = accessTokenAnswer.and(
  z.object({
    token: z.string().nullable(),
  }),
);

/** The contract's `PersonalAccessToken`. */
export const personalAccessTokenAnswer: z.ZodType<Schemas["PersonalAccessToken"]> = z.object({
  id: z.string(),
  kind: z.enum(personalAccessTokenKindValues),
  user: z.string(),
  email: z.string(),
  name: z.string(),
  client: z.string().nullable(),
  organization: z.string().nullable(),
  permissions: z.array(z.enum(permissionValues)).nullable(),
  prefix: z.string(),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  lastUsedAt: z.iso.datetime().nullable(),
  revokedAt: z.iso.datetime().nullable(),
  status: z.enum(apiKeyStatusValues),
});

/** The contract's `ManagedObject`. */
export const managedObjectAnswer: z.ZodType<Schemas["ManagedObject"]> = z.object({
  id: z.string(),
  kind: z.enum(objectKindValues),
  externalId: z.string(),
  organization: z.string().nullable(),
  name: z.string(),
  createdAt: z.iso.datetime(),
  adopted: z.boolean(),
  lost: z.boolean(),
  unsettled: z.boolean(),
  etag: z.string().optional(),
  object: z
    .union([
      organizationAnswer,
      organizationProfileAnswer,
      userAnswer,
      roleAnswer,
      membershipAnswer,
      apiKeyAnswer,
      apiKeyAssignmentAnswer,
      accessTokenAnswer,
    ])
    .optional(),
});

/** The contract's `AuditEntry`. */
export const auditEntryAnswer: z.ZodType<Schemas["AuditEntry"]> = z.object({
  id: z.string(),
  organization: z.string().nullable(),
  at: z.iso.datetime(),
  actor: z.object({
    kind: z.enum(auditEntryActorKindValues),
    id: z.string().nullable(),
    accessToken: z.string().optional(),
  }),
  action: z.string(),
  object: z.object({
    kind: z.enum(auditEntryObjectKindValues),
    id: z.string(),
  }),
  before: z.record(z.string(), z.unknown()).nullable(),
  after: z.record(z.string(), z.unknown()).nullable(),
  requestId: z.string(),
  sequence: z.int().nullable(),
  hash: z.string().nullable(),
});

/** The contract's `Message`. */
export const messageAnswer: z.ZodType<Schemas["Message"]> = z.object({
  id: z.string(),
  organization: z.string(),
  key: z.string(),
  owner: z.string().nullable(),
  api: z.string(),
  outcome: z.enum(verificationOutcomeValues),
  reason: z.enum(verificationRefusalValues).nullable(),
  at: z.iso.datetime(),
});

/** The contract's `Self`. */
export const selfAnswer: z.ZodType<Schemas["Self"]> = z.object({
  service: z.object({
    id: z.string(),
    restores: z.array(
      z.object({
        takenAt: z.iso.datetime(),
        restoredAt: z.iso.datetime(),
      }),
    ),
  }),
  caller: z.object({
    kind: z.enum(selfCallerKindValues),
    id: z.string(),
    user: z.string().nullable(),
    email: z.string().nullable().optional(),
    serviceOwner: z.boolean(),
    accessToken: z
      .object({
        id: z.string(),
        name: z.string(),
        expiresAt: z.iso.datetime().nullable(),
      })
      .nullable()
      .optional(),
  }),
  organizations: z.array(
    z.object({
      id: z.string(),
      slug: z.string().optional(),
      name: z.string().optional(),
      role: z.string().nullable().optional(),
      permissions: z.array(z.enum(permissionValues)),
    }),
  ),
});

/** The contract's `Run`. */
export const runAnswer: z.ZodType<Schemas["Run"]> = z.object({
  id: z.string(),
  status: z.enum(runStatusValues),
});

/** The contract's `LetGo`. */
export const letGoAnswer: z.ZodType<Schemas["LetGo"]> = z.object({
  outcome: z.enum(letGoOutcomeValues),
  reason: z.string(),
});

/** The contract's `TrialDependency`. */
const trialDependencyAnswer: z.ZodType<Schemas["TrialDependency"]> = z.object({
  kind: z.enum(objectKindValues),
  id: z.string(),
  externalId: z.string().nullable(),
});

/** The contract's `TrialObject`. */
const trialObjectAnswer: z.ZodType<Schemas["TrialObject"]> = z.object({
  kind: z.enum(objectKindValues),
  id: z.string(),
  externalId: z.string().nullable(),
  name: z.string(),
});

/** The contract's `TrialEffect`. */
const trialEffectAnswer: z.ZodType<Schemas["TrialEffect"]> = z.object({
  action: z.string(),
  object: trialObjectAnswer.nullable(),
  user: z.string().nullable(),
  lastUsedAt: z.iso.datetime().nullable(),
  recipient: z.string().nullable(),
  count: z.int(),
});

/** The contract's `Trial`. */
const trialAnswer: z.ZodType<Schemas["Trial"]> = z.object({
  outcome: z.enum(trialOutcomeValues),
  reason: z.string().nullable(),
  dependsOn: z.array(trialDependencyAnswer),
  effects: z.array(trialEffectAnswer),
});

/** The contract's `AnswerInBatch`. */
const answerInBatchAnswer: z.ZodType<Schemas["AnswerInBatch"]> = z.object({
  status: z.int(),
  headers: z.record(z.string(), z.string()),
  body: z.record(z.string(), z.unknown()).nullable(),
  trial: trialAnswer.optional(),
});

/** The contract's `BatchAnswer`. */
export const batchAnswerAnswer: z.ZodType<Schemas["BatchAnswer"]> = z.object({
  answers: z.array(answerInBatchAnswer),
});
