/** What a program imports. */

export {
  ApiError,
  ConfigurationError,
  ContractError,
  DeclarationError,
  ManifestError,
  type ManifestProblem,
  OutdatedStateError,
  PartialError,
  RosterError,
  TransportError,
} from "./errors.ts";
export { ApiKey, type ApiKeyArgs } from "./kinds/api-key/api-key.ts";
export { ApiKeyAssignees, type ApiKeyAssigneesArgs } from "./kinds/api-key-assignees.ts";
export { ApiKeyAssignment, type ApiKeyAssignmentArgs } from "./kinds/api-key-assignment.ts";
export { Membership, type MembershipArgs } from "./kinds/membership.ts";
export { Organization, type OrganizationArgs } from "./kinds/organization.ts";
export {
  type MemberArgs,
  type MemberRole,
  OrganizationMembers,
  type OrganizationMembersArgs,
} from "./kinds/organization-members.ts";
export { Role, type RoleArgs } from "./kinds/role.ts";
export { User, type UserArgs } from "./kinds/user.ts";
export type { AdoptionArgs } from "./lifecycle/adoption.ts";
export {
  type AssigneesFromCsvOptions,
  assigneesFromCsv,
  type CsvFileOptions,
  type CsvMember,
  type MembersFromCsvOptions,
  membersFromCsv,
} from "./program/csv.ts";
export type { CsvColumns } from "./program/csv-columns.ts";
export {
  type ApiKeysQuery,
  type AuditEntriesQuery,
  getApiKeys,
  getApiKeysOutput,
  getAuditEntries,
  getAuditEntriesOutput,
  getMemberships,
  getMembershipsOutput,
  getMessages,
  getMessagesOutput,
  getOrganization,
  getOrganizationOutput,
  getRole,
  getRoleOutput,
  getUser,
  getUserOutput,
  type MembershipsQuery,
  type MessagesQuery,
  type OrganizationQuery,
  type RoleQuery,
  type UserQuery,
} from "./program/lookups.ts";
export { type FromManifestOptions, fromManifest, type Manifest } from "./program/manifest.ts";
export type { Reference } from "./program/resource.ts";
export type { SetArgs } from "./program/set-resource.ts";
