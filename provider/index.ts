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
export type { Reference } from "./program/arguments.ts";
export type { CsvColumns } from "./program/csv/columns.ts";
export {
  type AssigneesFromCsvOptions,
  assigneesFromCsv,
  type MembersFromCsvOptions,
  membersFromCsv,
} from "./program/csv/csv.ts";
export type { CsvMember } from "./program/csv/members.ts";
export type { CsvFileOptions } from "./program/csv/people.ts";
export * from "./program/generated/index.ts";
export { type FromManifestOptions, fromManifest, type Manifest } from "./program/manifest/manifest.ts";
