/** Reads the people that a CSV file lists, each with its place, and everything that is wrong with the file. */
import { CsvError, parse } from "csv-parse/sync";
import { foldEmail, unguarded } from "roster-schema";
import type { ManifestProblem } from "../../errors.ts";
import { email } from "../../values/property-types.ts";
import { readTextFile } from "../text-file.ts";
import {
  type Cell,
  type CsvColumns,
  type CsvFault,
  columnNames,
  columnsIn,
  missingColumn,
  type PersonField,
  wholeLineFault,
} from "./columns.ts";

/** Options for reading a CSV file. */
export interface CsvFileOptions {
  /** The names of the columns, if they differ from the defaults; all other columns are ignored. */
  readonly columns?: CsvColumns;
  /** The delimiter of the columns; a comma by default. */
  readonly delimiter?: "," | ";" | "\t";
  /** Returns whether to include a row, given its fields by column name. By default, every row is included. */
  readonly filter?: (row: Readonly<Record<string, string>>) => boolean;
}

/** How a file is read: the options, and the columns that the filter reads, without which it would include other rows. */
export interface CsvReading extends CsvFileOptions {
  readonly filterColumns?: readonly string[];
}

/** The fields of a row; `start` is the offset of the row. */
export type Row = { readonly [Name in PersonField]?: Cell } & { readonly start: number };

/** Notes that a field of a row is wrong. */
export type Refuse = (property: PersonField, reason: CsvFault["reason"]) => void;

/** A person in a file. */
export interface FoundPerson<Person> {
  readonly person: Person;
  /** Where the person's address is. */
  readonly place: () => Pick<ManifestProblem, "file" | "line" | "column" | "path">;
}

/** What a file lists, by address in lower case, and everything that is wrong with the file, in its order. */
export interface FoundPeople<Person> {
  readonly people: ReadonlyMap<string, FoundPerson<Person>>;
  readonly problems: readonly ManifestProblem[];
}

/**
 * Reads the people that a file lists.
 *
 * @param file UTF-8, at most 10 MiB
 * @param wanted the fields that are read from each row
 * @param personOf makes a person of a row
 * @throws ManifestError if the file can't be read
 */
export function readPeople<Person>(
  file: string,
  wanted: readonly PersonField[],
  options: CsvReading,
  personOf: (row: Row, refuse: Refuse) => Person,
): FoundPeople<Person> {
  const content = Buffer.from(readTextFile(file, "the CSV file"));
  const { rows, faults } = rowsIn(content, wanted, options);
  const problemOf = problemsIn(file, content);
  const people = new Map<string, FoundPerson<Person>>();
  const places = new Map<string, number>();
  const columnOf = (property: PersonField) => options.columns?.[property] || columnNames[property];
  for (const row of rows) {
    const refuse: Refuse = (property, reason) => {
      faults.push({ offsetBytes: row[property]?.offsetBytes ?? row.start, column: columnOf(property), reason });
    };
    const given = row.email?.text ?? "";
    const address = foldEmail(given);
    const [wrong] = email.safeParse(given).error?.issues ?? [];
    const first = places.get(address);
    const offsetBytes = row.email?.offsetBytes ?? row.start;
    if (wrong !== undefined) {
      refuse("email", given === "" ? "it is required" : wrong.message);
    } else if (first !== undefined) {
      refuse("email", (lineOf) => `${address} already appears in line ${lineOf(first)}: remove one of the two`);
    } else {
      places.set(address, offsetBytes);
    }
    const person = personOf(row, refuse);
    people.set(address, { person, place: () => problemOf({ offsetBytes, column: columnOf("email"), reason: "" }) });
  }
  const inOrder = faults.toSorted((one, other) => one.offsetBytes - other.offsetBytes);
  return { people, problems: inOrder.map(problemOf) };
}

/** The rows below the first line that are included, without empty ones. */
function rowsIn(
  content: Buffer,
  wanted: readonly PersonField[],
  options: CsvReading,
): { rows: Row[]; faults: CsvFault[] } {
  const { delimiter = ",", filter, filterColumns = [] } = options;
  const { records, faults } = recordsIn(content, delimiter);
  const [header, ...lines] = records.filter((cells) => cells.some(({ text }) => text !== ""));
  if (header === undefined) {
    const reason = `the file is empty: its first line names its columns, such as ${Object.values(columnNames).join(", ")}`;
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
  wrong.push(
    ...filterColumns.filter((name) => !names.includes(name)).map((name) => missingColumn(header, name, names)),
  );
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

/** Gives faults their places in the text. */
function problemsIn(file: string, content: Buffer): (fault: CsvFault) => ManifestProblem {
  const starts = lineStarts(content);
  const lineOf = (offsetBytes: number) => {
    let [low, high] = [0, starts.length];
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      [low, high] = (starts[middle] ?? 0) <= offsetBytes ? [middle, high] : [low, middle];
    }
    return low + 1;
  };
  return ({ offsetBytes, column, reason }) => {
    const line = lineOf(offsetBytes);
    return {
      file,
      line,
      column: content.subarray(starts[line - 1] ?? 0, offsetBytes).toString("utf8").length + 1,
      path: column,
      reason: typeof reason === "string" ? reason : reason(lineOf),
    };
  };
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
