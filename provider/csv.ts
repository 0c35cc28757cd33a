/** CSV files of people: who, with which role. What is wrong is said at once, by line and column. */
import { readFileSync, statSync } from "node:fs";
import { CsvError, parse } from "csv-parse/sync";
import { ManifestError } from "./errors.ts";
import { thereAre } from "./issues.ts";
import { email, isRole, organizationRoles, text } from "./resources/values.ts";

/** What {@link membersFromCsv} makes of a row: a role, with the person's names where the file has them. */
export type CsvMember = string | { readonly role: string; readonly givenName?: string; readonly familyName?: string };

/** How a file of members is read. */
export interface MembersFromCsvOptions {
  /** The role of who has none in the file; unless given, everybody has to have one there. */
  readonly role?: string;
  /** The names that the set's `roles` has; a role that is neither one of them nor built in is refused. */
  readonly roles?: Readonly<Record<string, unknown>> | readonly string[];
}

const maxFileBytes = 10 * 1024 * 1024;
const maxProblems = 100;
const columns = ["email", "given_name", "family_name", "role"] as const;
type Column = (typeof columns)[number];

/** A field, and where in the file it begins. */
interface Cell {
  readonly text: string;
  readonly offsetBytes: number;
}

/** Something that is wrong; what it says may need the line of something else. */
interface Fault {
  readonly offsetBytes: number;
  readonly column: string;
  readonly reason: string | ((lineOf: (offsetBytes: number) => number) => string);
}

/** A row by its columns; `start` is where the row begins. */
type Row = { readonly [Name in Column]?: Cell } & { readonly start: number };

const name = text(200);

/**
 * Reads the members of a set from a CSV file.
 *
 * The file has a header with `email` and, if you like, `given_name`, `family_name` and `role`, in any order. Addresses
 * are brought to lower case. It is what `GET /v1/organizations/{id}/members` answers as `text/csv`.
 *
 * @param file UTF-8, at most 10 MiB
 * @returns what `OrganizationMembers` takes as `members`
 * @throws ManifestError if the file can't be read or is wrong; it says every place at once
 * @example
 * ```ts
 * new OrganizationMembers("staff", { organization: acme, members: membersFromCsv("members.csv", { role: "viewer" }) });
 * ```
 */
export function membersFromCsv(file: string, options: MembersFromCsvOptions = {}): Record<string, CsvMember> {
  const { role: otherwise, roles = [] } = options;
  const names = [...organizationRoles, ...(isList(roles) ? roles : Object.keys(roles))];
  const known = new Set(names);
  const memberOf = (row: Row, refuse: (column: Column, reason: string) => void): CsvMember => {
    const { value: role = "", isGiven } = roleIn(row, otherwise);
    if (!isGiven) {
      refuse("role", "it is required: every row needs a role, or the whole file one by the option `role`");
    } else if (!known.has(role) && !isRole(role)) {
      refuse("role", `${JSON.stringify(role)} is not a role; ${thereAre(names)}`);
    }
    const given = nameIn(row, "given_name", refuse);
    const family = nameIn(row, "family_name", refuse);
    return given === undefined && family === undefined
      ? role
      : {
          role,
          ...(given === undefined ? {} : { givenName: given }),
          ...(family === undefined ? {} : { familyName: family }),
        };
  };
  return peopleIn(file, memberOf);
}

/**
 * Reads the assignees of a set from a CSV file, which may be one of members: `email` is all that counts.
 *
 * @param file UTF-8, at most 10 MiB
 * @param as what they are; members unless given
 * @returns what `ApiKeyAssignees` takes as `assignees`
 * @throws ManifestError if the file can't be read or is wrong; it says every place at once
 */
export function assigneesFromCsv(
  file: string,
  as: "member" | "external" = "member",
): Record<string, "member" | "external"> {
  return peopleIn(file, () => as);
}

function peopleIn<Person>(
  file: string,
  personOf: (row: Row, refuse: (column: Column, reason: string) => void) => Person,
): Record<string, Person> {
  const content = contentOf(file);
  const { rows, faults } = rowsIn(content);
  const people = new Map<string, Person>();
  const places = new Map<string, number>();
  for (const row of rows) {
    const refuse = (column: Column, reason: Fault["reason"]) => {
      faults.push({ offsetBytes: row[column]?.offsetBytes ?? row.start, column, reason });
    };
    const address = (row.email?.text ?? "").toLowerCase();
    const [wrong] = email.safeParse(address).error?.issues ?? [];
    const first = places.get(address);
    if (wrong !== undefined) {
      refuse("email", address === "" ? "it is required" : wrong.message);
    } else if (first !== undefined) {
      refuse("email", (lineOf) => `${address} is in line ${lineOf(first)} already: a person is in the file once`);
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

function contentOf(file: string): Buffer {
  let content: Buffer;
  try {
    if (statSync(file).size > maxFileBytes) {
      throw new Error(`it has more than ${maxFileBytes} bytes`);
    }
    content = readFileSync(file);
  } catch (error) {
    const reason = `the file can't be read: ${error instanceof Error ? error.message : String(error)}`;
    throw new ManifestError([{ file, line: 1, column: 1, path: "", reason }], "the CSV file");
  }
  const decoded = content.toString("utf8");
  const broken = decoded.indexOf("\uFFFD");
  if (broken !== -1) {
    const offsetBytes = Buffer.byteLength(decoded.slice(0, broken));
    const reason = "the file isn't in UTF-8 from here on: save it so";
    throw refusal(file, Buffer.from(decoded), [{ offsetBytes, column: "", reason }]);
  }
  return Buffer.from(decoded.replace(/^\uFEFF/, ""));
}

/** The rows below the header, without empty ones. */
function rowsIn(content: Buffer): { rows: Row[]; faults: Fault[] } {
  const { records, faults } = recordsIn(content);
  const [header, ...lines] = records;
  if (header === undefined) {
    const reason = `the file is empty: its first line says which columns it has, of ${columns.join(", ")}`;
    return { rows: [], faults: faults.length > 0 ? faults : [{ offsetBytes: 0, column: "", reason }] };
  }
  const names = header.map(({ text }) => text);
  for (const [at, { text, offsetBytes }] of header.entries()) {
    if (!isColumn(text)) {
      const separator = /[;\t]/.exec(text)?.[0];
      const hint =
        separator === undefined ? "" : `; columns are separated by commas, not by ${JSON.stringify(separator)}`;
      faults.push({
        offsetBytes,
        column: "",
        reason: `there is no column ${JSON.stringify(text)}; ${thereAre(columns)}${hint}`,
      });
    } else if (names.indexOf(text) < at) {
      faults.push({ offsetBytes, column: text, reason: "this column is there twice" });
    }
  }
  if (!names.includes("email")) {
    faults.push({ offsetBytes: 0, column: "email", reason: "the first line lacks this column" });
  }
  // Of rows whose columns aren't known nothing can be said.
  if (faults.length > 0) {
    return { rows: [], faults };
  }
  const rows: Row[] = [];
  for (const cells of lines.filter((cells) => cells.some(({ text }) => text !== ""))) {
    const start = cells[0]?.offsetBytes ?? 0;
    const surplus = cells[names.length];
    if (surplus !== undefined || cells.length < names.length) {
      const count = cells.length === 1 ? "1 field" : `${cells.length} fields`;
      const reason = `this row has ${count}, and the first line has ${names.length}`;
      faults.push({ offsetBytes: surplus?.offsetBytes ?? start, column: "", reason });
    } else {
      rows.push({ ...(Object.fromEntries(names.map((name, at) => [name, cells[at]])) as Omit<Row, "start">), start });
    }
  }
  return { rows, faults };
}

/** The records of RFC 4180, with where each field begins. */
function recordsIn(content: Buffer): { records: Cell[][]; faults: Fault[] } {
  const records: Cell[][] = [];
  let endBytes = 0;
  const startOfNext = (isFirst: boolean) => {
    let start = endBytes;
    if (isFirst) {
      while (content[start] === 0x0a || content[start] === 0x0d) start++;
      return start;
    }
    return start + 1;
  };
  try {
    parse(content, {
      record_delimiter: ["\r\n", "\n", "\r"],
      relax_column_count: true,
      skip_empty_lines: true,
      cast: (field, { bytes, index }) => {
        const cell = { text: withoutApostrophe(field), offsetBytes: startOfNext(index === 0) };
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
    return { records, faults: [{ offsetBytes: Math.min(startOfNext(isFirst), content.length), column: "", reason }] };
  }
  return { records, faults: [] };
}

const faultsOfParser: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: "this field's quotation mark is not closed",
  CSV_INVALID_CLOSING_QUOTE: 'this field goes on after its closing quotation mark: inside one, " is written ""',
  INVALID_OPENING_QUOTE:
    'this field has a quotation mark and doesn\'t begin with one: put it in quotes, and write "" inside',
};

/**
 * What a spreadsheet would run as a formula has an apostrophe before it, which is no part of it.
 *
 * @see schema/openapi.yaml, `listMembers`
 */
function withoutApostrophe(field: string): string {
  return (/^'+[=+\-@\t\r]/.test(field) ? field.slice(1) : field).trim();
}

function roleIn({ role }: Row, otherwise: string | undefined) {
  const value = role === undefined || role.text === "" ? otherwise : role.text;
  return { value, isGiven: value !== undefined };
}

function nameIn(row: Row, column: Column, refuse: (column: Column, reason: string) => void): string | undefined {
  const value = row[column]?.text ?? "";
  if (value === "") {
    return undefined;
  }
  const [wrong] = name.safeParse(value).error?.issues ?? [];
  if (wrong !== undefined) {
    refuse(column, wrong.message);
  }
  return value;
}

function isColumn(text: string): text is Column {
  return columns.some((column) => column === text);
}

function isList(roles: NonNullable<MembersFromCsvOptions["roles"]>): roles is readonly string[] {
  return Array.isArray(roles);
}

/** Everything that is wrong, in the order of the file. */
function refusal(file: string, content: Buffer, faults: readonly Fault[]): ManifestError {
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
  const problems = inOrder.slice(0, maxProblems).map(({ offsetBytes, column, reason }) => {
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
