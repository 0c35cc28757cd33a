/** The engine's call to list the objects of a kind, a page at a time. */
import { DeclarationError } from "../errors.ts";
import { listings } from "../kinds/listings.ts";
import { importIds } from "../kinds/readable-ids.ts";
import { checkShape, failureText } from "../lifecycle/shape.ts";
import type { PropertyMap } from "../values/property-map.ts";
import type { Client } from "../wire/client.ts";

/** Which objects are listed. */
export interface ListCall {
  readonly kind: string;
  readonly query: PropertyMap;
  /** How many objects are listed in all; 0 for any number. */
  readonly limit: number;
  /** How many of them one page can have; 0 for any number. */
  readonly pageSize: number;
  /** What the page before said; empty for the first page. */
  readonly continuation: string;
}

/** A page of a list. */
export interface ListPage {
  readonly items: readonly {
    /** The id by which the object is imported. */
    readonly id: string;
    /** The name by which people know it. */
    readonly name: string;
  }[];
  /** What to say for the next page; undefined if this is the last one. */
  readonly continuation: string | undefined;
}

/**
 * Lists the objects of a kind, oldest first.
 *
 * @throws DeclarationError if objects of the kind can't be listed, if an argument is wrong, or if the organization doesn't exist
 * @throws ApiError `permission_denied` if the token may not list them
 */
export async function listPage(client: () => Client, call: ListCall): Promise<ListPage> {
  const listing = listings.find(({ kind }) => kind === call.kind);
  if (listing === undefined) {
    const known = listings.map(({ kind }) => kind).join(", ");
    throw new DeclarationError(
      `Resources of the kind ${call.kind} can't be listed. Those of these kinds can: ${known}.`,
    );
  }
  const { checked, failures } = checkShape(listing.shape, call.query);
  if (failures.length > 0) {
    throw new DeclarationError(`${call.kind}: ${failures.map(failureText).join("\n  ")}`);
  }
  const { given, after } = progressIn(call.continuation);
  const listed = await listing.list(client(), checked as Readonly<Record<string, string>>);
  const ids = importIds(call.kind, listed);
  // Ids of the service are in the order of their age, so that an object that is added meanwhile moves no other to another page.
  const all = listed.map(({ id, name }, at) => ({ id, name, importId: ids[at] ?? id }));
  const remaining = all.filter(({ id }) => id > after).toSorted((one, other) => (one.id < other.id ? -1 : 1));
  const most = Math.min(call.limit === 0 ? remaining.length : call.limit - given, call.pageSize || remaining.length);
  const page = remaining.slice(0, Math.max(most, 0));
  const [last, total] = [page.at(-1), given + page.length];
  const isLast = last === undefined || page.length === remaining.length || total === call.limit;
  return {
    items: page.map(({ importId, name }) => ({ id: importId, name })),
    continuation: isLast ? undefined : `${total}:${last.id}`,
  };
}

/** How many objects the pages before had, and the last one of them. */
function progressIn(continuation: string): { readonly given: number; readonly after: string } {
  if (continuation === "") {
    return { given: 0, after: "" };
  }
  const [, given, after = ""] = /^(\d+):([a-z]{3}_[0-9a-f]{32})$/.exec(continuation) ?? [];
  if (given === undefined) {
    throw new DeclarationError("The continuation token is not one that this plugin has made: list from the beginning.");
  }
  return { given: Number(given), after };
}
