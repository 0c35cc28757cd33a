/** The effects of a request that its audit entries and its mails show. */
import { foldEmail, type Schemas } from "roster-schema";
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

/** Reads the audit entries of changes that were not refused. */
export async function entriesOf({ db }: Reading, carried: readonly Carried[]): Promise<Tried[]> {
  const done = carried.filter(({ refusal, item }) => refusal === undefined && item.request.method !== "GET");
  const requestIds = done.flatMap(({ answer }) => answer.headers["request-id"] ?? []);
  const byRequest = new Map<string, TriedEntry[]>();
  for (let at = 0; at < requestIds.length; at += rowsPerStatement) {
    const rows = await db
      .selectFrom("audit_entries")
      .select(["request_id", "action", "object_kind", "object_id", "before", "after"])
      .where("request_id", "in", requestIds.slice(at, at + rowsPerStatement))
      .orderBy("id")
      .execute();
    for (const { request_id, action, object_kind: kind, object_id: id, before, after } of rows) {
      byRequest.set(request_id, [...(byRequest.get(request_id) ?? []), { kind, id, action, before, after }]);
    }
  }
  return done.map((one) => ({
    carried: one,
    main: mainOf(one),
    entries: byRequest.get(one.answer.headers["request-id"] ?? "") ?? [],
  }));
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
