/** The first line of a CSV file of people: which columns hold which fields, and what is wrong with them. */
import { memberColumns } from "roster-schema";
import { z } from "zod";
import { organizationMembersShape } from "../../kinds/organization-members.ts";

/**
 * The fields of a person that are read from a file, each with the name that its column has by default. All but the address are
 * properties of an entry of `OrganizationMembers`, which also says what they may be. The service exports those of `memberColumns`.
 */
export const columnNames = { ...memberColumns, was: "was" } as const;

/** A field that is read from a row. */
export type PersonField = keyof typeof columnNames;

/** All fields that are read from a row. */
export const personFields = Object.keys(columnNames) as PersonField[];

/** A property of an entry, apart from its role, that is read from a row. */
export type MemberField = Exclude<PersonField, "email" | "role">;

/** All of these. */
export const memberFields = personFields.filter((field): field is MemberField => field !== "email" && field !== "role");

const [, entry] = organizationMembersShape.members.valueType.options;

/** The properties of an entry of a set of members. */
export const memberShape = entry.shape;

/**
 * The names of the columns that are read from a CSV file, as its first line has them: `email`, `given_name`, `family_name`,
 * `role` and `was` by default. `false` reads no column.
 */
export type CsvColumns = { readonly email?: string } & {
  readonly [Field in Exclude<PersonField, "email">]?: string | false;
};

const optionalColumn = z
  .union([z.string().min(1), z.literal(false)], "it must be the name of a column, or false")
  .optional();

/** The column with the address, which every file has. */
export const emailColumn = z.string().min(1, "it must be the name of a column").optional();

/** The schema of {@link CsvColumns}. */
export const columnsSchema = z.strictObject({
  email: emailColumn,
  ...(Object.fromEntries(
    personFields.filter((field) => field !== "email").map((field) => [field, optionalColumn]),
  ) as Record<Exclude<PersonField, "email">, typeof optionalColumn>),
});

/** The possible delimiters, with their names. */
export const delimiters = { ",": "comma", ";": "semicolon", "\t": "tab" } as const;

/** A field, with its offset in the file. */
export interface Cell {
  readonly text: string;
  readonly offsetBytes: number;
}

/** One thing that is wrong with a file. Its reason may contain the line of another place. */
export interface CsvFault {
  readonly offsetBytes: number;
  readonly column: string;
  readonly reason: string | ((lineOf: (offsetBytes: number) => number) => string);
}

const maxListedColumns = 50;

/**
 * Finds the columns that are read.
 *
 * @param names the names of the columns, one for each field of the first line
 * @returns the index of the column for each field, and what is wrong with the columns
 */
export function columnsIn(
  header: readonly Cell[],
  names: readonly string[],
  wanted: readonly PersonField[],
  columns: CsvColumns,
): { places: Map<PersonField, number>; wrong: CsvFault[] } {
  const faultAt = (at: number, column: string, reason: string): CsvFault => ({
    offsetBytes: header[at]?.offsetBytes ?? 0,
    column,
    reason,
  });
  const places = new Map<PersonField, number>();
  const wrong: CsvFault[] = [];
  for (const property of wanted) {
    const isNamed = columns[property] !== undefined;
    const column = columns[property] ?? columnNames[property];
    if (column === false) {
      continue;
    }
    const at = names.indexOf(column);
    const again = names.indexOf(column, at + 1);
    const near = names.findIndex((name) => isSlip(name, column) && !Object.values(columns).includes(name));
    if (at !== -1) {
      places.set(property, at);
      if (again !== -1) {
        wrong.push(faultAt(again, column, "this column appears twice"));
      }
    } else if (near !== -1) {
      const [ours, theirs] = [column, names[near] ?? ""].map((name) => JSON.stringify(name));
      const otherwise = property === "email" ? "" : `, or omit it with columns: { ${property}: false }`;
      const remedy = `rename it, or set columns: { ${property}: ${theirs} }${otherwise}`;
      wrong.push(faultAt(near, column, `the first line has ${theirs}: did you mean ${ours}? If so, ${remedy}`));
    } else if (property === "email" || isNamed) {
      const remedy = isNamed ? "" : `; if one of them is the ${property}, set columns: { ${property}: "…" }`;
      wrong.push(missingColumn(header, column, names, remedy));
    }
  }
  return { places, wrong };
}

/** The fault of a file that lacks a column. */
export function missingColumn(
  [first]: readonly Cell[],
  column: string,
  names: readonly string[],
  remedy = "",
): CsvFault {
  const reason = `the first line lacks this column; its columns are ${[...new Set(shown(names))].join(", ")}${remedy}`;
  return { offsetBytes: first?.offsetBytes ?? 0, column, reason };
}

/** Checks the first line, whatever the names of its columns. Returns what is wrong, and with which field. */
export function wholeLineFault(
  names: readonly string[],
  delimiter: keyof typeof delimiters,
): { at: number; reason: string } | undefined {
  const [first = ""] = names;
  if (/^sep=/i.test(first)) {
    return { at: 0, reason: "remove the line sep=, which only Excel reads" };
  }
  if (/^version:v\d/i.test(first)) {
    return { at: 0, reason: "remove the line version:, which only Microsoft's templates have" };
  }
  const others = Object.entries(delimiters).filter(([other]) => other !== delimiter && first.includes(other));
  const [separator] = names.length === 1 ? others : [];
  if (separator !== undefined) {
    const [found, called] = separator;
    const remedy = `set delimiter: ${JSON.stringify(found)}, or save it with ${delimiters[delimiter]}s`;
    return { at: 0, reason: `this file is separated by ${called}s: ${remedy}` };
  }
  const at = names.indexOf("");
  if (at === -1) {
    return undefined;
  }
  const isLast = names.slice(at).every((name) => name === "");
  const reason = isLast
    ? `the first line ends with a ${delimiters[delimiter]}: remove it, and those at the ends of the other lines`
    : "this column has no name: add one";
  return { at, reason };
}

/** Whether two names of columns differ only in case, punctuation and one letter. */
function isSlip(name: string, column: string): boolean {
  const [one, other] = [name, column].map((text) => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "")) as [
    string,
    string,
  ];
  const shorter = Math.min(one.length, other.length);
  let start = 0;
  while (start < shorter && one[start] === other[start]) {
    start++;
  }
  let end = 0;
  while (end < shorter - start && one.at(-1 - end) === other.at(-1 - end)) {
    end++;
  }
  const [here, there] = [one, other].map((text) => text.slice(start, text.length - end)) as [string, string];
  const isSwapped = here.length === 2 && here === [...there].reverse().join("");
  return shorter > 0 && (isSwapped || Math.max(here.length, there.length) <= 1);
}

function shown(names: readonly string[]): string[] {
  const rest = names.length - maxListedColumns;
  return [
    ...names.slice(0, maxListedColumns).map((name) => JSON.stringify(name)),
    ...(rest > 0 ? [`${rest} more`] : []),
  ];
}
