/**
 * The contract as TypeScript: the types of every request and answer, and the values of every enumeration.
 *
 * @see schema/openapi.yaml
 */
import type { components } from "./generated/openapi.ts";

export {
  coversIp,
  type IpAddress,
  type IpRange,
  ipRangeSet,
  ipRangeText,
  readIpAddress,
  readIpRange,
} from "./addresses.ts";
export { isClientSecret, isFormatOf, needsOwner, requiredOwnerRole } from "./api-keys.ts";
export { clientSecretMinBits, estimateEntropyBits } from "./client-secret.ts";
export { csvLine, memberColumns, unguarded } from "./csv.ts";
export {
  type DeviceAuthorization,
  type DeviceAuthorizationRequest,
  type DeviceRefusal,
  type DeviceRefusalCode,
  type DeviceToken,
  type DeviceTokenRequest,
  deviceAuthorizationPath,
  deviceGrantType,
  devicePagePath,
  deviceTokenPath,
  tokenLifeSeconds,
  userCodeLetters,
} from "./device-login.ts";
export { emailFault, foldEmail, isInDomain } from "./email.ts";
export { entryIn, externalIdOf, isOfOneStack, setIn, stackIdIn } from "./external-ids.ts";
export { textFaults } from "./formats.ts";
export * from "./generated/openapi.ts";
export { type IdentifiedKind, idPrefix, isId } from "./identifiers.ts";
export { inspectLogo, logoMaxBytes } from "./logo.ts";
export { isAllowed, type PlanFeature, plansWith } from "./plans.ts";
export {
  type BuiltInRole,
  beyond,
  builtInRoles,
  inOrder,
  isBuiltInRole,
  isOrganizationRole,
  type OrganizationRole,
  organizationRoles,
} from "./roles.ts";
export { asLine, characterCount, lineFault, storageFault, visible } from "./text.ts";
export { durationMs, endOf, isNever } from "./times.ts";
export { decodeUtf8, type NotUtf8 } from "./utf8.ts";

/** The contract's schemas by name: `Schemas["Organization"]`. */
export type Schemas = components["schemas"];
