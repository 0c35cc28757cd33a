/** Reads CSV files of people and their roles. Errors list every problem, by line and column. */
import { organizationRoles } from "roster-schema";
import { z } from "zod";
import { DeclarationError, ManifestError } from "../../errors.ts";
import { faultsOf, inPlainWords, mustBeOneOf, pathText } from "../../issues.ts";
import type { As, Assignee } from "../../kinds/api-key-assignees.ts";
import { isRole } from "../../values/property-types.ts";
import { assigneeFields, assigneeIn } from "./assignees.ts";
import { columnsSchema, type PersonField, personFields } from "./columns.ts";
import { type CsvMember, memberIn } from "./members.ts";
import { type CsvFileOptions, type Refuse, type Row, readPeople } from "./people.ts";

/** Options for reading a file of members. */
export interface MembersFromCsvOptions extends CsvFileOptions {
  /** The role for rows that have none. If omitted, every row must have a role. */
  readonly role?: string;
  /** The names in the set's `roles`. A role that is neither one of them nor built in is refused. */
  readonly roles?: Readonly<Record<string, unknown>> | readonly string[];
}

/** Options for reading a file of assignees. */
export interface AssigneesFromCsvOptions extends CsvFileOptions {
  /** Whether the assignees are members or external users; `member` by default. */
  readonly as?: As;
}

const fileOptions = z.object({
  columns: columnsSchema.optional(),
  delimiter: z.enum([",", ";", "\t"], 'it must be ",", ";" or a tab').optional(),
});

/**
 * Reads the members of a set from a CSV file.
 *
 * The first line of the file names its columns: `email` and, optionally, `given_name`, `family_name`, `role` and
 * `was`, in any order, or the names in `columns`. Further columns are ignored. Addresses are converted to lower case. A file
 * that `GET /v1/organizations/{id}/members` answers as `text/csv` is read as the members that it was written from.
 *
 * @param file UTF-8, at most 10 MiB
 * @returns the argument `members` of `OrganizationMembers`
 * @throws ManifestError if the file can't be read or is invalid; it lists every problem
 * @throws DeclarationError if an option is invalid
 * @example
 * ```ts
 * new OrganizationMembers("staff", { organization: acme, members: membersFromCsv("members.csv", { role: "viewer" }) });
 * ```
 */
export function membersFromCsv(file: string, options: MembersFromCsvOptions = {}): Record<string, CsvMember> {
  const { role: otherwise, roles = [] } = options;
  const names = [...organizationRoles, ...(isList(roles) ? roles : Object.keys(roles))];
  const known = new Set(names);
  return peopleIn(file, personFields, options, (row, refuse) =>
    memberIn(row, refuse, {
      roleOf: (word) => (known.has(word) || isRole(word) ? word : undefined),
      otherwise,
      missing: "it is required: add a role to every row, or set the option `role` for the whole file",
      unknown: (word) =>
        `${JSON.stringify(word)} is not a role; ${mustBeOneOf(names)}; use \`roles\` to name other roles`,
    }),
  );
}

/**
 * Reads the assignees of a set from a CSV file. It can be a file of members: only the
 * columns `email` and `was` are read.
 *
 * @param file UTF-8, at most 10 MiB
 * @param options `member` or `external`, or the options for reading the file
 * @returns the argument `assignees` of `ApiKeyAssignees`
 * @throws ManifestError if the file can't be read or is invalid; it lists every problem
 * @throws DeclarationError if an option is invalid
 */
export function assigneesFromCsv(
  file: string,
  options: "member" | "external" | AssigneesFromCsvOptions = {},
): Record<string, Assignee> {
  const { as = "member", ...how } = typeof options === "string" ? { as: options } : options;
  return peopleIn(file, assigneeFields, how, (row, refuse) => assigneeIn(row, refuse, as));
}

function peopleIn<Person>(
  file: string,
  wanted: readonly PersonField[],
  options: CsvFileOptions,
  personOf: (row: Row, refuse: Refuse) => Person,
): Record<string, Person> {
  const issues = fileOptions.safeParse(options, { error: inPlainWords }).error?.issues ?? [];
  const [wrongOption] = issues.flatMap((issue) => faultsOf(fileOptions, issue));
  if (wrongOption !== undefined) {
    throw new DeclarationError(`${pathText(wrongOption.path)}: ${wrongOption.reason}`);
  }
  const { people, problems } = readPeople(file, wanted, options, personOf);
  if (problems.length > 0) {
    throw new ManifestError(problems, "the CSV file");
  }
  return Object.fromEntries([...people].map(([address, { person }]) => [address, person]));
}

function isList(roles: NonNullable<MembersFromCsvOptions["roles"]>): roles is readonly string[] {
  return Array.isArray(roles);
}
