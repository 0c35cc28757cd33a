/** The first line of a CSV file of people: which of its columns has what, and what is wrong with them. */
import { memberColumns } from "roster-schema";
import { thereAre } from "../issues.ts";

/** The columns of a CSV file that are read, by their names in its first line. `false` reads none. */
export interface CsvColumns {
  /** `email` by default. */
  readonly email?: string;
  /** `given_name` by default. */
  readonly givenName?: string | false;
  /** `family_name` by default. */
  readonly familyName?: string | false;
  /** `role` by default. */
  readonly role?: string | false;
}

/** One of what is read of a row. */
export type PersonField = keyof typeof memberColumns;

/** All of what is read of a row. */
export const personFields = Object.keys(memberColumns) as PersonField[];

/** What may separate columns, and what it is called. */
export const delimiters = { ",": "comma", ";": "semicolon", "\t": "tab" } as const;

/** A field, and where in the file it begins. */
export interface Cell {
  readonly text: string;
  readonly offsetBytes: number;
}

/** Something that is wrong; what it says may need the line of something else. */
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
 * @returns which column has what, by its place in the first line, and what is wrong with them
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
    const column = columns[property] ?? memberColumns[property];
    if (column === false) {
      continue;
    }
    const at = names.indexOf(column);
    const again = names.indexOf(column, at + 1);
    const near = names.findIndex((name) => isSlip(name, column) && !Object.values(columns).includes(name));
    if (at !== -1) {
      places.set(property, at);
      if (again !== -1) {
        wrong.push(faultAt(again, column, "this column is there twice"));
      }
    } else if (near !== -1) {
      const [ours, theirs] = [column, names[near] ?? ""].map((name) => JSON.stringify(name));
      const otherwise = property === "email" ? "" : `, or leave it out with columns: { ${property}: false }`;
      const remedy = `rename it, or say columns: { ${property}: ${theirs} }${otherwise}`;
      wrong.push(faultAt(near, column, `the first line has ${theirs}: did you mean ${ours}? If so, ${remedy}`));
    } else if (property === "email" || isNamed) {
      const remedy = isNamed ? "" : `; if one of them has it, say columns: { ${property}: "…" }`;
      wrong.push(faultAt(0, column, `the first line lacks this column; ${thereAre(shown(names))}${remedy}`));
    }
  }
  return { places, wrong };
}

/** Says what is wrong with the first line whatever its columns are called, and with which of its fields; or nothing. */
export function wholeLineFault(
  names: readonly string[],
  delimiter: keyof typeof delimiters,
): { at: number; reason: string } | undefined {
  const [first = ""] = names;
  if (/^sep=/i.test(first)) {
    return { at: 0, reason: "leave out the line sep=, which only Excel reads" };
  }
  if (/^version:v\d/i.test(first)) {
    return { at: 0, reason: "leave out the line version:, which only Microsoft's templates have" };
  }
  const others = Object.entries(delimiters).filter(([other]) => other !== delimiter && first.includes(other));
  const [separator] = names.length === 1 ? others : [];
  if (separator !== undefined) {
    const [found, called] = separator;
    const remedy = `say delimiter: ${JSON.stringify(found)}, or save it with ${delimiters[delimiter]}s`;
    return { at: 0, reason: `this file is separated by ${called}s: ${remedy}` };
  }
  const at = names.indexOf("");
  if (at === -1) {
    return undefined;
  }
  const isLast = names.slice(at).every((name) => name === "");
  const reason = isLast
    ? `the first line ends with a ${delimiters[delimiter]}: remove it, and those at the ends of the other lines`
    : "this column has no name: give it one";
  return { at, reason };
}

/** Whether a column's name is another one but for case, punctuation and one letter. */
function isSlip(name: string, column: string): boolean {
  const [one, other] = [name, column].map((text) => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "")) as [
    string,
    string,
  ];
  const shorter = Math.min(one.length, other.length);
  let start = 0;
  while (start < shorter && one[start] === other[start]) start++;
  let end = 0;
  while (end < shorter - start && one.at(-1 - end) === other.at(-1 - end)) end++;
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
