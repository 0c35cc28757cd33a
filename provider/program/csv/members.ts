/** The member that a row of a CSV file lists: a role, and the other properties of an entry. */
import { type MemberField, memberFields, memberShape, type PersonField } from "./columns.ts";
import type { Refuse, Row } from "./people.ts";

/** A member as a set has it: a role, or an object with the role and what else the file says of the person. */
export type CsvMember = string | ({ readonly role: string } & { readonly [Field in MemberField]?: string });

/** What the words in the column with the role mean. */
export interface RoleWords {
  /** The role that a word means; undefined if it means none. */
  roleOf(word: string): string | undefined;
  /** The role of rows that have none; without it, every row must have one. */
  readonly otherwise: string | undefined;
  /** What is said of a row without a role. */
  readonly missing: string;
  /** What is said of a word that means no role. */
  unknown(word: string): string;
}

/** Makes the member that a row lists, and notes what is wrong with the row. */
export function memberIn(row: Row, refuse: Refuse, words: RoleWords): CsvMember {
  const role = roleIn(row, refuse, words);
  const details = memberFields.flatMap((field) => {
    const value = valueIn(row, field, refuse);
    return value === undefined ? [] : [[field, value]];
  });
  return details.length === 0 ? role : { role, ...Object.fromEntries(details) };
}

function roleIn({ role: cell }: Row, refuse: Refuse, { roleOf, otherwise, missing, unknown }: RoleWords): string {
  const word = cell === undefined || cell.text === "" ? undefined : cell.text;
  const role = word === undefined ? otherwise : roleOf(word);
  if (role === undefined) {
    refuse("role", word === undefined ? missing : unknown(word));
  }
  return role ?? "";
}

/** The value of a field in a row, if it has one; notes what is wrong with it. */
export function valueIn(row: Row, field: MemberField & PersonField, refuse: Refuse): string | undefined {
  const value = row[field]?.text ?? "";
  if (value === "") {
    return undefined;
  }
  const [wrong] = memberShape[field].safeParse(value).error?.issues ?? [];
  if (wrong !== undefined) {
    refuse(field, wrong.message);
  }
  return value;
}
