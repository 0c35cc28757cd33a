/** Reads CSV files of people and their roles. Errors list every problem, by line and column. */
import { CsvError, parse } from "csv-parse/sync";
import { foldEmail, memberColumns, organizationRoles, unguarded } from "roster-schema";
import { z } from "zod";
import { DeclarationError, ManifestError } from "../../errors.ts";
import { faultsOf, inPlainWords, mustBeOneOf, pathText } from "../../issues.ts";
import { email, isRole, text } from "../../values/property-types.ts";
import { readTextFile } from "../text-file.ts";
import {
  type Cell,
  type CsvColumns,
  type CsvFault,
  columnsIn,
  type PersonField,
  personFields,
  wholeLineFault,
} from "./columns.ts";

/** The member that {@link membersFromCsv} makes from a row: a role, with the person's names if the file has them. */
export type CsvMember = string | { readonly role: string; readonly givenName?: string; readonly familyName?: string };

/** Options for reading a CSV file. */
export interface CsvFileOptions {
  /** The names of the columns, if they differ from the defaults; all other columns are ignored. */
  readonly columns?: CsvColumns;
  /** The delimiter of the columns; a comma by default. */
  readonly delimiter?: "," | ";" | "\t";
  /** Returns whether to include a row, given its fields by column name. By default, every row is included. */
  readonly filter?: (row: Readonly<Record<string, string>>) => boolean;
}

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
  readonly as?: "member" | "external";
}

const column = z.union([z.string().min(1), z.literal(false)], "it must be the name of a column, or false").optional();
const fileOptions = z.object({
  columns: z
    .strictObject({
      email: z.string().min(1, "it must be the name of a column").optional(),
      givenName: column,
      familyName: column,
      role: column,
    })
    .optional(),
  delimiter: z.enum([",", ";", "\t"], 'it must be ",", ";" or a tab').optional(),
});

/** The fields of a row; `start` is the offset of the row. */
type Row = { readonly [Name in PersonField]?: Cell } & { readonly start: number };

type Refuse = (property: PersonField, reason: CsvFault["reason"]) => void;

const name = text(200);

/**
 * Reads the members of a set from a CSV file.
 *
 * The first line of the file names its columns: `email` and, optionally, `given_name`, `family_name` and `role`, in any
 * order, or the names in `columns`. Further columns are ignored. Addresses are converted to lower case. A file
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
  const memberOf = (row: Row, refuse: Refuse): CsvMember => {
    const { value: role = "", isGiven } = roleIn(row, otherwise);
    if (!isGiven) {
      refuse("role", "it is required: add a role to every row, or set the option `role` for the whole file");
    } else if (!known.has(role) && !isRole(role)) {
      refuse("role", `${JSON.stringify(role)} is not a role; ${mustBeOneOf(names)}; use \`roles\` to name other roles`);
    }
    const given = nameIn(row, "givenName", refuse);
    const family = nameIn(row, "familyName", refuse);
    return given === undefined && family === undefined
      ? role
      : {
          role,
          ...(given === undefined ? {} : { givenName: given }),
          ...(family === undefined ? {} : { familyName: family }),
        };
  };
  return peopleIn(file, personFields, options, memberOf);
}

/**
 * Reads the assignees of a set from a CSV file. It can be a file of members: only the addresses are read.
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
): Record<string, "member" | "external"> {
  const { as = "member", ...how } = typeof options === "string" ? { as: options } : options;
  return peopleIn(file, ["email"], how, () => as);
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
  const content = Buffer.from(readTextFile(file, "the CSV file"));
  const { rows, faults } = rowsIn(content, wanted, options);
  const people = new Map<string, Person>();
  const places = new Map<string, number>();
  for (const row of rows) {
    const refuse: Refuse = (property, reason) => {
      const column = options.columns?.[property] || memberColumns[property];
      faults.push({ offsetBytes: row[property]?.offsetBytes ?? row.start, column, reason });
    };
    const given = row.email?.text ?? "";
    const address = foldEmail(given);
    const [wrong] = email.safeParse(given).error?.issues ?? [];
    const first = places.get(address);
    if (wrong !== undefined) {
      refuse("email", given === "" ? "it is required" : wrong.message);
    } else if (first !== undefined) {
      refuse("email", (lineOf) => `${address} already appears in line ${lineOf(first)}: remove one of the two`);
    } else {
      places.set(address, row.email?.offsetBytes ?? row.start);
    }
    people.set(address, personOf(row, refuse));
  }
  if (faults.length > 0) {
    throw refusal(file, content, faults);
  }
  return Object.fromEntries(people);
}

/** The rows below the first line that are included, without empty ones. */
function rowsIn(
  content: Buffer,
  wanted: readonly PersonField[],
  options: CsvFileOptions,
): { rows: Row[]; faults: CsvFault[] } {
  const { delimiter = ",", filter } = options;
  const { records, faults } = recordsIn(content, delimiter);
  const [header, ...lines] = records.filter((cells) => cells.some(({ text }) => text !== ""));
  if (header === undefined) {
    const reason = `the file is empty: its first line names its columns, such as ${Object.values(memberColumns).join(", ")}`;
    return { rows: [], faults: faults.length > 0 ? faults : [{ offsetBytes: 0, column: "", reason }] };
  }
  const names = header.map(({ text }) => text.trim());
  const whole = wholeLineFault(names, delimiter);
  if (whole !== undefined) {
    return {
      rows: [],
      faults: [{ offsetBytes: header[whole.at]?.offsetBytes ?? 0, column: "", reason: whole.reason }],
    };
  }
  const { places, wrong } = columnsIn(header, names, wanted, options.columns ?? {});
  // If the columns aren't known, the rows can't be checked.
  if (faults.length > 0 || wrong.length > 0) {
    return { rows: [], faults: [...faults, ...wrong] };
  }
  const rows: Row[] = [];
  for (const cells of lines) {
    const start = cells[0]?.offsetBytes ?? 0;
    const surplus = cells[header.length];
    if (surplus !== undefined || cells.length < header.length) {
      const count = cells.length === 1 ? "1 field" : `${cells.length} fields`;
      const reason = `this row has ${count}, but the first line has ${header.length}`;
      faults.push({ offsetBytes: surplus?.offsetBytes ?? start, column: "", reason });
    } else if (
      filter === undefined ||
      filter(Object.fromEntries(names.map((name, at) => [name, cells[at]?.text ?? ""])))
    ) {
      rows.push({ ...Object.fromEntries([...places].map(([property, at]) => [property, cells[at]])), start });
    }
  }
  return { rows, faults };
}

/** The records of RFC 4180, with the offset of each field. Fields without quotes are trimmed. */
function recordsIn(content: Buffer, delimiter: string): { records: Cell[][]; faults: CsvFault[] } {
  const records: Cell[][] = [];
  let endBytes = 0;
  const startOfNext = (isFirst: boolean) => {
    if (!isFirst) {
      return endBytes + 1;
    }
    const isAtStart = records.length === 0;
    return endBytes + (isAtStart ? 0 : content.toString("latin1", endBytes, endBytes + 2) === "\r\n" ? 2 : 1);
  };
  try {
    parse(content, {
      delimiter,
      record_delimiter: ["\r\n", "\n", "\r"],
      relax_column_count: true,
      trim: true,
      cast: (field, { bytes, index }) => {
        const cell = { text: unguarded(field), offsetBytes: startOfNext(index === 0) };
        endBytes = bytes;
        if (index === 0) {
          records.push([cell]);
        } else {
          records.at(-1)?.push(cell);
        }
        return field;
      },
    });
  } catch (error) {
    if (!(error instanceof CsvError)) {
      throw error;
    }
    const isFirst = error.index === 0;
    const reason = faultsOfParser[error.code] ?? `it is not CSV: ${error.message}`;
    const offsetBytes = Math.min(startOfNext(isFirst), content.length);
    // An incomplete record can't be checked.
    return { records: isFirst ? records : records.slice(0, -1), faults: [{ offsetBytes, column: "", reason }] };
  }
  return { records, faults: [] };
}

const afterQuote = 'there is text after the closing quotation mark of this field: inside quotes, write "" for "';
const faultsOfParser: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: "this field's quotation mark is not closed",
  CSV_INVALID_CLOSING_QUOTE: afterQuote,
  CSV_NON_TRIMABLE_CHAR_AFTER_CLOSING_QUOTE: afterQuote,
  INVALID_OPENING_QUOTE:
    'this field contains a quotation mark but doesn\'t begin with one: put it in quotes, and write "" for "',
};

function roleIn({ role }: Row, otherwise: string | undefined) {
  const value = role === undefined || role.text === "" ? otherwise : role.text;
  return { value, isGiven: value !== undefined };
}

function nameIn(row: Row, property: PersonField, refuse: Refuse): string | undefined {
  const value = row[property]?.text ?? "";
  if (value === "") {
    return undefined;
  }
  const [wrong] = name.safeParse(value).error?.issues ?? [];
  if (wrong !== undefined) {
    refuse(property, wrong.message);
  }
  return value;
}

function isList(roles: NonNullable<MembersFromCsvOptions["roles"]>): roles is readonly string[] {
  return Array.isArray(roles);
}

/** Makes the error that lists every fault, in the order of the file. */
function refusal(file: string, content: Buffer, faults: readonly CsvFault[]): ManifestError {
  const starts = lineStarts(content);
  const lineOf = (offsetBytes: number) => {
    let [low, high] = [0, starts.length];
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      [low, high] = (starts[middle] ?? 0) <= offsetBytes ? [middle, high] : [low, middle];
    }
    return low + 1;
  };
  const inOrder = faults.toSorted((one, other) => one.offsetBytes - other.offsetBytes);
  const problems = inOrder.map(({ offsetBytes, column, reason }) => {
    const line = lineOf(offsetBytes);
    return {
      file,
      line,
      column: content.subarray(starts[line - 1] ?? 0, offsetBytes).toString("utf8").length + 1,
      path: column,
      reason: typeof reason === "string" ? reason : reason(lineOf),
    };
  });
  return new ManifestError(problems, "the CSV file");
}

function lineStarts(content: Buffer): number[] {
  const starts = [0];
  for (let at = 0; at < content.length; at++) {
    const isReturn = content[at] === 0x0d;
    if (content[at] === 0x0a || (isReturn && content[at + 1] !== 0x0a)) {
      starts.push(at + 1);
    }
  }
  return starts;
}
