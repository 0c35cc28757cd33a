/** The effects of a request that its audit entries and its mails show. */
import { foldEmail, type Schemas } from "roster-schema";
import { followAudit } from "../managed/audit.ts";
import type { Database } from "../rows/tables.ts";
import type { Carried } from "./answers.ts";
import { findReadable, type ObjectId, type ReadableObject, type Reading } from "./readable-objects.ts";

const rowsPerStatement = 1000;

/** What else would change. */
export type Effect = Schemas["TrialEffect"];

/** An audit entry that a request would write. */
export interface TriedEntry extends ObjectId {
  readonly action: string;
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>> | null;
}

/** A request that was carried out and not refused, with its audit entries. */
export interface Tried {
  readonly carried: Carried;
  /** The identifier of the object that the request is about. */
  readonly main: string | undefined;
  readonly entries: readonly TriedEntry[];
}

/**
 * The audit entries that are written in a transaction, by request. They are followed as they are written, because reading
 * them would conflict with every change that somebody else makes.
 */
export class TriedAudit {
  readonly #byRequest = new Map<string, TriedEntry[]>();

  constructor(transaction: Database) {
    followAudit(transaction, (rows) => {
      for (const { request_id, action, object_kind: kind, object_id: id, before, after } of rows) {
        const entries = this.#byRequest.get(request_id) ?? [];
        entries.push({ kind, id, action, before: membersOf(before), after: membersOf(after) });
        this.#byRequest.set(request_id, entries);
      }
    });
  }

  /** The changes that were not refused, with their entries. */
  of(carried: readonly Carried[]): Tried[] {
    const done = carried.filter(({ answer, item }) => answer.status < 400 && item.request.method !== "GET");
    return done.map((one) => ({
      carried: one,
      main: mainOf(one),
      entries: this.#byRequest.get(one.answer.headers["request-id"] ?? "") ?? [],
    }));
  }
}

/** The members that an entry is written with, as JSON. */
function membersOf(json: string | null | undefined): TriedEntry["before"] {
  return json == null ? null : JSON.parse(json);
}

/** The object that a request is about: that of its answer, or of its path. */
function mainOf({ answer, item }: Carried): string | undefined {
  const { id } = answer.body ?? {};
  return typeof id === "string" ? id : /^\/v1\/[^/?]+\/([^/?]+)/.exec(item.request.path)?.[1];
}

/** An effect on an object; none if the caller can't read it. */
export function effectOf(action: string, known: ReadonlyMap<string, ReadableObject>, id: string | undefined): Effect[] {
  const found = id === undefined ? undefined : known.get(id);
  return found === undefined ? [] : [{ action, ...found, recipient: null, count: 1 }];
}

/** The mails of requests, as far as the caller can read whom they are for. */
export async function mailsToRead(
  reading: Reading,
  tried: readonly Tried[],
): Promise<ReadonlyMap<Tried, readonly Effect[]>> {
  const addresses = [
    ...new Set(tried.flatMap(({ carried }) => carried.mails.map(({ recipient }) => foldEmail(recipient)))),
  ];
  const users = new Map<string, string>();
  for (let at = 0; at < addresses.length; at += rowsPerStatement) {
    const rows = await reading.db
      .selectFrom("users")
      .select(["id", "email_normalized"])
      .where("email_normalized", "in", addresses.slice(at, at + rowsPerStatement))
      .execute();
    for (const { id, email_normalized } of rows) {
      users.set(email_normalized, id);
    }
  }
  const readable = await findReadable(
    reading,
    [...users.values()].map((id) => ({ kind: "user", id })),
  );
  return new Map(
    tried.map((one) => {
      const own = ownAddresses(one.carried);
      return [
        one,
        one.carried.mails.flatMap(({ recipient }): Effect[] => {
          const address = foldEmail(recipient);
          const user = readable.get(users.get(address) ?? "")?.user ?? null;
          if (user === null && !own.has(address)) {
            return [];
          }
          return [{ action: "mail.send", object: null, user, lastUsedAt: null, recipient, count: 1 }];
        }),
      ];
    }),
  );
}

/** The addresses that a request and its answer contain. */
function ownAddresses({ item, answer }: Carried): ReadonlySet<string> {
  const bodies = [item.request.body ?? {}, answer.body ?? {}];
  const values = bodies.flatMap((body) => [body.email, body.pendingEmail]);
  return new Set(values.flatMap((value) => (typeof value === "string" ? [foldEmail(value)] : [])));
}
