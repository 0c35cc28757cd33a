/** What a program imports. */
export type { AdoptionArgs } from "./adoption.ts";
export {
  type AssigneesFromCsvOptions,
  assigneesFromCsv,
  type CsvFileOptions,
  type CsvMember,
  type MembersFromCsvOptions,
  membersFromCsv,
} from "./csv.ts";
export type { CsvColumns } from "./csv-columns.ts";
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
} from "./lookups.ts";
export { type FromManifestOptions, fromManifest, type Manifest } from "./manifest.ts";
export type { Reference } from "./resource.ts";
export { ApiKey, type ApiKeyArgs } from "./resources/api-key.ts";
export { ApiKeyAssignees, type ApiKeyAssigneesArgs } from "./resources/api-key-assignees.ts";
export { ApiKeyAssignment, type ApiKeyAssignmentArgs } from "./resources/api-key-assignment.ts";
export { Membership, type MembershipArgs } from "./resources/membership.ts";
export { Organization, type OrganizationArgs } from "./resources/organization.ts";
export {
  type MemberArgs,
  type MemberRole,
  OrganizationMembers,
  type OrganizationMembersArgs,
} from "./resources/organization-members.ts";
export { Role, type RoleArgs } from "./resources/role.ts";
export { User, type UserArgs } from "./resources/user.ts";
export type { SetArgs } from "./set-resource.ts";
