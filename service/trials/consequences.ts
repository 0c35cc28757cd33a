/** The consequences of changes that the audit doesn't record: keys, tokens and sessions that stop. */
import type { Schemas } from "roster-schema";
import { listSessions } from "../auth/sessions.ts";
import { selectPersonalTokens } from "../objects/access-tokens/personal-tokens.ts";
import { isActiveKey } from "../rows/active-key.ts";
import { type Effect, effectOf, type Tried, type TriedEntry } from "./effects.ts";
import { findReadable, type ObjectId, type Reading } from "./readable-objects.ts";

const idsPerStatement = 1000;
const maxKeys = 10_000;

type KeyKind = Extract<Schemas["ObjectKind"], "api_key" | "access_token">;

/** What stops with one request. */
interface Stopping {
  /** The keys and tokens that the request itself ends, or gives another secret. */
  readonly ended: Set<string>;
  readonly rotated: Set<string>;
  /** The users whose account can't be used any more. */
  readonly users: Set<string>;
  /** The organizations that lose external API access. */
  readonly organizations: Set<string>;
}

/** A key or token that stops for another reason than its own end. */
interface Affected extends ObjectId {
  readonly kind: KeyKind;
  readonly owner: string | null;
  readonly organization: string;
}

/**
 * The consequences of requests.
 *
 * @param before the state before the requests.
 */
export async function consequencesOf(
  before: Reading,
  tried: readonly Tried[],
): Promise<ReadonlyMap<Tried, readonly Effect[]>> {
  const stopping = tried.map((one) => [one, stoppingOf(one)] as const);
  const all = (pick: (one: Stopping) => Set<string>) => [...new Set(stopping.flatMap(([, one]) => [...pick(one)]))];
  const affected = [
    ...(await activeKeys(
      before,
      "owner_id",
      all(({ users }) => users),
    )),
    ...(await activeKeys(
      before,
      "organization_id",
      all(({ organizations }) => organizations),
    )),
  ];
  const attached = await assignmentsOf(
    before,
    all(({ ended }) => ended),
  );
  const known = await findReadable(before, [
    ...affected,
    ...attached,
    ...tried.flatMap(({ entries }) => entries),
    ...all(({ users }) => users).map((id) => ({ kind: "user" as const, id })),
  ]);
  const ofUsers = new Map<string, Effect[]>();
  for (const id of all(({ users }) => users)) {
    ofUsers.set(id, known.has(id) ? [...(await sessionsOf(before, id)), ...(await personalTokensOf(before, id))] : []);
  }
  return new Map(
    stopping.map(([one, { ended, rotated, users, organizations }]) => {
      const recorded = new Set(one.entries.map(({ id }) => id));
      const stopped = affected.filter(
        ({ id, kind, owner, organization }) =>
          !recorded.has(id) &&
          ((owner !== null && users.has(owner)) || (kind === "api_key" && organizations.has(organization))),
      );
      const lost = attached.filter(({ id, key }) => ended.has(key) && !recorded.has(id));
      const own = (id: string) => (id === one.main ? [id] : []);
      return [
        one,
        [
          ...[...ended].flatMap(own).flatMap((id) => effectOf(`${known.get(id)?.object.kind}.stop`, known, id)),
          ...[...rotated].flatMap((id) => effectOf(`${known.get(id)?.object.kind}.replace_secret`, known, id)),
          ...lost.flatMap(({ id }) => effectOf("api_key_assignment.stop", known, id)),
          ...unique(stopped).flatMap(({ id, kind }) => effectOf(`${kind}.stop`, known, id)),
          ...[...users].flatMap((id) => ofUsers.get(id) ?? []),
        ],
      ];
    }),
  );
}

function stoppingOf({ entries }: Tried): Stopping {
  const idsOf = (matches: (entry: TriedEntry) => boolean) => new Set(entries.filter(matches).map(({ id }) => id));
  const isKey = ({ kind }: TriedEntry) => kind === "api_key" || kind === "access_token";
  return {
    ended: idsOf((entry) => isKey(entry) && becomes(entry, "state", "revoked")),
    rotated: idsOf((entry) => isKey(entry) && entry.action.endsWith(".rotate")),
    users: idsOf(
      (entry) => entry.kind === "user" && (becomes(entry, "state", "inactive") || entry.action === "user.block"),
    ),
    organizations: idsOf((entry) => entry.kind === "organization" && losesApiAccess(entry)),
  };
}

function becomes({ before, after }: TriedEntry, member: string, value: string): boolean {
  return before !== null && before[member] !== value && after?.[member] === value;
}

function losesApiAccess({ before, after }: TriedEntry): boolean {
  const access = (members: TriedEntry["after"]) =>
    (members?.features as Schemas["Features"] | undefined)?.externalApiAccess;
  return access(before) === true && access(after) === false;
}

/** The active keys and tokens of owners, or of organizations. */
async function activeKeys(
  { db, now }: Reading,
  column: "owner_id" | "organization_id",
  ids: readonly string[],
): Promise<Affected[]> {
  const found: Affected[] = [];
  for (let at = 0; at < ids.length; at += idsPerStatement) {
    const rows = await db
      .selectFrom("api_keys")
      .select(["id", "kind", "owner_id", "organization_id"])
      .where(column, "in", ids.slice(at, at + idsPerStatement))
      .where(isActiveKey(now))
      .orderBy("id")
      .limit(maxKeys)
      .execute();
    found.push(
      ...rows.map(({ id, kind, owner_id: owner, organization_id: organization }) => {
        return { id, kind: kind === "token" ? ("access_token" as const) : ("api_key" as const), owner, organization };
      }),
    );
  }
  return found;
}

/** The active assignments of keys. */
async function assignmentsOf(
  { db }: Reading,
  keys: readonly string[],
): Promise<(ObjectId & { readonly key: string })[]> {
  const found: (ObjectId & { readonly key: string })[] = [];
  for (let at = 0; at < keys.length; at += idsPerStatement) {
    const rows = await db
      .selectFrom("api_key_assignments")
      .select(["id", "key_id"])
      .where("key_id", "in", keys.slice(at, at + idsPerStatement))
      .where("status", "=", "active")
      .orderBy("id")
      .limit(maxKeys)
      .execute();
    found.push(...rows.map(({ id, key_id: key }) => ({ kind: "api_key_assignment" as const, id, key })));
  }
  return found;
}

async function sessionsOf(before: Reading, user: string): Promise<Effect[]> {
  const sessions = await listSessions(before, user);
  const none = { object: null, lastUsedAt: null, recipient: null };
  return sessions.length === 0 ? [] : [{ action: "session.end", user, ...none, count: sessions.length }];
}

/** The active access tokens of a person that work in an organization whose keys the caller can read. */
async function personalTokensOf({ db, now, principal }: Reading, user: string): Promise<Effect[]> {
  const scope = principal.rights.where("keys:read");
  if (scope.length === 0) {
    return [];
  }
  let tokens = selectPersonalTokens(db)
    .where("access_tokens.user_id", "=", user)
    .where("access_tokens.revoked_at", "is", null)
    .where("access_tokens.expires_at", ">", now);
  if (scope !== "everywhere") {
    tokens = tokens.where(({ eb, or, and, exists, selectFrom }) =>
      or([
        eb("access_tokens.organization_id", "in", scope),
        and([
          eb("access_tokens.organization_id", "is", null),
          exists(
            selectFrom("memberships")
              .select("memberships.id")
              .whereRef("memberships.user_id", "=", "access_tokens.user_id")
              .where("memberships.organization_id", "in", scope)
              .where("memberships.status", "=", "active"),
          ),
        ]),
      ]),
    );
  }
  const rows = await tokens.orderBy("access_tokens.id").execute();
  return rows.map(({ id, name, used_at }) => ({
    action: "access_token.stop",
    object: { kind: "access_token", id, externalId: null, name },
    user,
    lastUsedAt: used_at?.toISOString() ?? null,
    recipient: null,
    count: 1,
  }));
}

function unique(keys: readonly Affected[]): Affected[] {
  return [...new Map(keys.map((key) => [key.id, key])).values()];
}
