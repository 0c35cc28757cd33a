/** Lists as pages, with cursors. */
import type { ReferenceExpression, SelectQueryBuilder } from "kysely";
import { type IdentifiedKind, isId } from "roster-schema";
import { Refusal } from "../problems.ts";

/** The default number of items on a page. */
export const defaultLimit = 100;

/** The paging parameters of a request. */
export interface PageRequest {
  readonly limit?: number;
  readonly cursor?: string;
}

/** One page of a list, in the contract's form. */
export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

/**
 * Decodes a cursor to the identifier after which the page starts; undefined for the first page.
 *
 * @throws Refusal `invalid_request` if the cursor is not from a page of the list.
 */
export function readCursor(cursor: string | undefined, isIdentifier: (id: string) => boolean): string | undefined {
  if (cursor === undefined) {
    return undefined;
  }
  const id = Buffer.from(cursor, "base64url").toString();
  if (writeCursor(id) === cursor && isIdentifier(id)) {
    return id;
  }
  const detail = "must be the `nextCursor` of a page of this list";
  throw new Refusal("invalid_request", `The cursor ${detail}.`, {
    errors: [{ in: "query", pointer: "/cursor", detail }],
  });
}

/** The cursor for the page that starts after an item. */
export function writeCursor(id: string): string {
  return Buffer.from(id).toString("base64url");
}

/**
 * Runs a query for one page, in ascending order of identifier. A row that exists for the whole time of paging is returned
 * exactly once.
 *
 * @param column the identifier's column.
 */
export async function selectPage<DB, TB extends keyof DB, Row extends { id: string }, T>(
  query: SelectQueryBuilder<DB, TB, Row>,
  column: ReferenceExpression<DB, TB>,
  kind: IdentifiedKind,
  request: PageRequest,
  toItem: (row: Row) => T,
): Promise<Page<T>> {
  const limit = request.limit ?? defaultLimit;
  const after = readCursor(request.cursor, (id) => isId(kind, id));
  // One additional row shows whether there is another page.
  return toPage(await selectAfter(query, column, after, limit + 1), limit, toItem);
}

/**
 * Runs a query for the next rows in ascending order of identifier.
 *
 * @param after the identifier after which the rows start; undefined for the first rows.
 */
export async function selectAfter<DB, TB extends keyof DB, Row>(
  query: SelectQueryBuilder<DB, TB, Row>,
  column: ReferenceExpression<DB, TB>,
  after: string | undefined,
  count: number,
): Promise<Row[]> {
  const rest = after === undefined ? query : query.where(column, ">", after as never);
  return await rest.orderBy(column).limit(count).execute();
}

/** Creates a page from rows, of which there may be more than the page holds. */
export function toPage<Row extends { readonly id: string }, T>(
  rows: readonly Row[],
  limit: number = defaultLimit,
  toItem: (row: Row) => T,
): Page<T> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(toItem),
    nextCursor: rows.length > limit && last !== undefined ? writeCursor(last.id) : null,
  };
}
