/** The service's statements find their rows through indexes, in a database with a company of a hundred thousand people. */
import { CompiledQuery, type KyselyPlugin, type RawBuilder, type RootOperationNode, sql } from "kysely";
import { objectKindValues, type Schemas } from "roster-schema";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { AnswerOf, OperationId } from "../../service/auth/operation.ts";
import type { Database, Tables } from "../../service/rows/tables.ts";
import { idempotencyKey, type RequestOptions, runAt, unique } from "../contract/support/client.ts";
import { startPostgres } from "../contract/support/postgres.ts";
import { makeScenario, type Scenario, sha256 } from "../contract/support/scenario.ts";
import { TestService } from "../contract/support/service.ts";
import { openDatabase } from "./database.ts";

const [people, keys, roles, records, others] = [100_000, 10_000, 300, 20_000, 300].map((count) => sql.lit(count));

/** A table of so many rows is a large one. */
const manyRows = 10_000;
/** How many rows of a large table a step of a plan may read beyond those that the statement gives. */
const spareRows = 2_500;

/** What reads more, because no index could help, or one would cost every write more than the few who ask are worth. */
const exceptions = [
  // An API key shows how many assignments it has, and one key may be everybody's: they have to be counted.
  { table: "api_key_assignments", text: /count\(\*\) as "assignees"/ },
  // The keys of one kind among all, and the messages of one outcome, a row for each use of a key.
  { table: "api_keys", text: /"api_keys"."kind" = / },
  { table: "messages", text: /"outcome" = / },
] as const;

/** A stack of a few hundred objects, among hundreds of stacks, and the one whose sets have most of the company's people. */
const [smallStack, largeStack] = ["acme/project-751/production", "acme/people/production"];

type Sql = RawBuilder<unknown>;

const n = sql`n`;
const numbers = (count: Sql | undefined) => sql`generate_series(1, ${count}) as n`;

/** The n-th identifier of a kind, in their order. */
const idOf = (prefix: string, n: Sql) =>
  sql`${sql.lit(`${prefix}_`)} || lpad(to_hex(${n}), 12, '0') || substr(md5(cast(${n} as text)), 1, 20)`;

/** The n-th name that a stack gave: most are of entries of a set, of the others each hundred are a stack's; then there is none. */
const nameOf = (n: Sql) => sql`
  case
    when ${n} <= 70000 then ${sql.lit(`${largeStack}/${"5e".repeat(16)}/person`)} || ${n} || '@example.com'
    when ${n} <= 70100 then ${sql.lit(`${largeStack}/`)} || md5(cast(${n} as text))
    when ${n} <= 95000 then 'acme/project-' || ${n} / 100 || '/production/' || md5(cast(${n} as text))
  end`;

/** One of the other organizations. */
const other = idOf("org", sql`(1 + n % ${others})`);

type Columns<T extends keyof Tables, Value> = { readonly [column in keyof Tables[T]]?: Value };

/** Copies a row, with values of its own for each n from 1. */
async function copy<T extends keyof Tables>(
  db: Database,
  table: T,
  original: Columns<T, string>,
  count: Sql | undefined,
  columns: Columns<T, Sql>,
): Promise<void> {
  const own = Object.entries(columns).flatMap(([name, value]) => [sql.lit(name), value]);
  const is = Object.entries(original).map(([name, value]) => sql`original.${sql.ref(name)} = ${value}`);
  await db.transaction().execute(async (transaction) => {
    // Without the triggers of foreign keys, which take longer than all else: what is copied refers to what there is.
    await sql`set local session_replication_role = replica`.execute(transaction);
    await sql`
      insert into ${sql.table(table)}
      select copy.* from ${sql.table(table)} as original, ${numbers(count)},
        jsonb_populate_record(original, jsonb_build_object(${sql.join(own)})) as copy
      where ${sql.join(is, sql` and `)}`.execute(transaction);
  });
}

/** The company's people, nearly all of whom are members, and invitations. */
async function fillPeople(db: Database, scenario: Scenario): Promise<void> {
  const { user, membership } = await scenario.member("member");
  const company = sql.lit(scenario.organization.id);
  const [name, email] = [nameOf(n), sql`'person' || n || '@example.com'`];
  await copy(db, "users", { id: user.id }, people, {
    id: idOf("usr", n),
    email,
    email_normalized: email,
    external_id: name,
    external_id_live: sql`${company} || ' ' || ${name}`,
  });
  const ifLive = (value: Sql) => sql`case when n % 50 > 0 then ${company} || ' ' || ${value} end`;
  await copy(db, "memberships", { id: membership.id }, people, {
    id: idOf("mbr", n),
    user_id: idOf("usr", n),
    external_id: name,
    external_id_live: ifLive(name),
    member_live: ifLive(idOf("usr", n)),
    role: sql`case when n <= 3000 then ${idOf("rol", sql`(1 + n % ${roles})`)} else 'member' end`,
    status: sql`case when n % 50 > 0 then 'active' else 'removed' end`,
    ended_at: sql`case when n % 50 = 0 then now() end`,
  });
  const [invited, address] = [await invite(scenario), sql`'invited' || n || '@example.com'`];
  await copy(db, "memberships", { id: invited.id }, sql`200`, {
    id: idOf("mbr", sql`(n + 200000)`),
    email: address,
    email_normalized: address,
    member_live: sql`${company} || ' ' || ${address}`,
  });
  const link = { id: idOf("lnk", n), token_hash: sql`md5(cast(n as text))`, subject: idOf("mbr", n) };
  await copy(db, "links", { subject: invited.id }, records, link);
  const mail = await db.selectFrom("mails").select("id").executeTakeFirstOrThrow();
  await copy(db, "mails", mail, records, { id: idOf("mai", n), due_at: sql`null`, outcome: sql`'sent'` });
}

/** The company's roles and keys, and who may use them: the first keys are thousands of people's, the others those of a few. */
async function fillKeys(db: Database, scenario: Scenario): Promise<void> {
  const [company, name] = [sql.lit(scenario.organization.id), nameOf(sql`(n + 75000)`)];
  const role = await scenario.role("data:edit");
  const ofRole = { id: idOf("rol", n), name: sql`'Role ' || n`, external_id: name };
  await copy(db, "roles", { id: role.id }, roles, ofRole);
  const { user } = await scenario.member("member");
  const key = await scenario.key();
  const ifLive = (value: Sql) => sql`case when n % 10 > 0 then ${company} || ' ' || ${value} end`;
  await copy(db, "api_keys", { id: key.id }, keys, {
    id: idOf("key", n),
    name: sql`'Key ' || n`,
    name_live: ifLive(sql`'Key ' || n`),
    external_id: name,
    external_id_live: ifLive(name),
    kind: sql`case when n % 2 = 0 then 'user' else 'server' end`,
    owner_id: sql`case when n % 2 = 0 then ${idOf("usr", sql`(n * 10)`)} end`,
    revoked_at: sql`case when n % 10 = 0 then now() end`,
    expires_at: sql`case when n % 20 = 7 then now() when n % 20 = 9 then now() + interval '1 year' end`,
  });
  const secret = { key_id: idOf("key", n), hash: sql`md5(cast(n as text))` };
  await copy(db, "api_key_secrets", { key_id: key.id }, keys, secret);
  const body = { user: user.id };
  const assignment = await scenario.owner.do("createApiKeyAssignment", { path: { apiKeyId: key.id }, body });
  const nth = sql`(case when n <= 60000 then 12 + n % 9989 when n <= 80000 then 1 else 2 + (n - 80001) / 2000 end)`;
  await copy(db, "api_key_assignments", { id: assignment.id }, people, {
    id: idOf("asg", n),
    key_id: idOf("key", nth),
    user_id: idOf("usr", n),
    external_id: nameOf(n),
  });
  await scenario.owner.do("verifyApiKey", { body: { secret: key.key, api: "Orders" } });
  await copy(db, "messages", { key_id: key.id }, records, {
    id: idOf("msg", n),
    organization_id: sql`case when n % 10 = 0 then ${other} else ${company} end`,
    key_id: idOf("key", sql`(1 + n % ${keys})`),
    owner_id: sql`case when n % 2 = 1 then ${idOf("usr", sql`(10 + n % ${keys} * 10)`)} end`,
    outcome: sql`case when n % 1000 = 1 then 'refused' else 'accepted' end`,
  });
}

/** What changes have left: sealed entries of the audit, answers that are kept, and what adopted objects were. */
async function fillRecords(db: Database, { owner, path, organization }: Scenario): Promise<void> {
  const entries = db.selectFrom("audit_entries").select("id").where("object_kind", "=", "membership");
  const whose = sql`case when n % 10 = 0 then ${other} else ${sql.lit(organization.id)} end`;
  await copy(db, "audit_entries", await entries.executeTakeFirstOrThrow(), people, {
    id: idOf("aud", n),
    organization_id: whose,
    object_id: idOf("mbr", n),
    chain: whose,
    sequence: n,
  });
  const headers = { "idempotency-key": idempotencyKey() };
  await owner.do("createRole", { path, body: { name: unique("role"), permissions: [] }, headers });
  const end = sql`now() + n * interval '1 second' - interval '30 minutes'`;
  const answer = { key_hash: sql`md5(cast(n as text))`, expires_at: end, body_expires_at: end };
  await copy(db, "idempotency_keys", { principal: "owner" }, records, answer);
  await sql`insert into adoptions select ${idOf("usr", n)}, 1, '{}', '{}' from ${numbers(records)}`.execute(db);
}

/** Other organizations, each with a few people of its own and one of the company's, and with keys. */
async function fillOthers(db: Database, scenario: Scenario): Promise<void> {
  const ofOrganization = { id: idOf("org", n), slug: sql`'org-' || n`, slug_live: sql`'org-' || n` };
  await copy(db, "organizations", { id: scenario.organization.id }, others, ofOrganization);
  const { user, membership } = await scenario.member("member");
  const [theirs, email] = [idOf("usr", sql`(n + ${people})`), sql`'other' || n || '@example.com'`];
  const ofUser = { id: theirs, email, email_normalized: email, home_organization_id: other };
  await copy(db, "users", { id: user.id }, sql`1500`, ofUser);
  const copyMembers = async (who: Sql, count: Sql | undefined, start: Sql) => {
    const ofMember = { organization_id: other, user_id: who, member_live: sql`${other} || ' ' || ${who}` };
    await copy(db, "memberships", { id: membership.id }, count, { id: idOf("mbr", sql`(n + ${start})`), ...ofMember });
  };
  await copyMembers(theirs, sql`1500`, sql`300000`);
  await copyMembers(idOf("usr", n), others, sql`400000`);
  const key = await scenario.key();
  const [id, name] = [idOf("key", sql`(n + ${keys})`), sql`'Key ' || n`];
  const ofKey = { id, organization_id: other, name, name_live: sql`${other} || ' ' || ${name}` };
  await copy(db, "api_keys", { id: key.id }, keys, ofKey);
  await copy(db, "api_key_secrets", { key_id: key.id }, keys, { key_id: id, hash: sql`md5(${id})` });
}

/** A name as a stack gives it to a resource. */
const newNameIn = (stack: string) => ({ externalId: `${stack}/${sha256(unique("urn")).slice(0, 32)}` });

async function invite({ owner, path }: Scenario): Promise<Schemas["Membership"]> {
  const body = { email: `${unique("guest")}@example.com`, role: "member", onUnknownUser: "invite" } as const;
  return await owner.do("createMembership", { path, body });
}

/** A statement that the service has asked, and in answer to what. */
interface Asked {
  readonly during: string;
  readonly text: string;
  readonly parameters: readonly unknown[];
}

/** Takes note of the statements that find rows. */
class Recorder implements KyselyPlugin {
  /** What is being answered; nothing is noted while that is nothing. */
  during = "";
  readonly asked = new Map<string, Asked>();
  readonly #database: Database;
  readonly #nodes = new WeakMap<object, RootOperationNode>();

  constructor(database: Database) {
    this.#database = database;
  }

  transformQuery: KyselyPlugin["transformQuery"] = ({ node, queryId }) => {
    this.#nodes.set(queryId, node);
    return node;
  };

  // Only a whole statement has a result, and not the parts that it is made from.
  transformResult: KyselyPlugin["transformResult"] = async ({ queryId, result }) => {
    const [node, { during }] = [this.#nodes.get(queryId), this];
    if (node === undefined || during === "") {
      return result;
    }
    const { sql: text, parameters } = this.#database.getExecutor().compileQuery(node, queryId);
    if (!/^\s*insert\b/.test(text)) {
      this.asked.set(`${during} ${text}`, { during, text, parameters });
    }
    return result;
  };
}

type Ask = <O extends OperationId>(operation: O, options?: RequestOptions<O>) => Promise<AnswerOf<O>>;

/** How somebody makes requests, of which the recorder knows. */
function asking(recorder: Recorder, who: string, client: Scenario["owner"]): Ask {
  return async (operation, options = {}) => {
    const given: object = { ...(options.query as object), ...(options.body as object) };
    const said = Object.entries(given).map(([name, value]) => `${name}=${typeof value === "object" ? "…" : value}`);
    recorder.during = `${[operation, ...said].join(" ")}, asked by ${who}`;
    const { statusCode, body, headers } = await client.send(operation, options);
    recorder.during = "";
    expect(statusCode, `${operation}: ${body}`).toBeLessThan(300);
    return String(headers["content-type"]).includes("json") ? JSON.parse(body) : undefined;
  };
}

/**
 * Makes what is asked for in a small organization.
 *
 * @param elsewhere another organization, which is large where this one is small, and small where it is large.
 */
async function makeSample(scenario: Scenario, elsewhere: string) {
  const { owner, path, organization } = scenario;
  const stack = "small/team/production";
  const named = () => newNameIn(stack);
  const user = await scenario.user(named());
  const ofUser = { ...named(), user: user.id };
  const membership = await owner.do("createMembership", { path, body: { ...ofUser, role: "member" } });
  const key: Schemas["ApiKey"] = await scenario.key({ ...named(), kind: "user", owner: user.id });
  const assignment = await owner.do("createApiKeyAssignment", { path: { apiKeyId: key.id }, body: ofUser });
  const role = await owner.do("createRole", { path, body: { ...named(), name: unique("role"), permissions: [] } });
  const invited = await invite(scenario);
  // Of the company, the shared one is a key that thousands have.
  return { organization, elsewhere, stack, user, membership, invited, role, key, sharedKey: key, assignment };
}

type Sample = Awaited<ReturnType<typeof makeSample>>;

/** Takes the same from the company: what the small stack has. */
async function sampleOf({ owner, path, organization }: Scenario, elsewhere: string): Promise<Sample> {
  const last = <T>({ items }: { readonly items: readonly T[] }) => items.at(-1) as T;
  const member = async (email: string) => last(await owner.do("listMembers", { path, query: { email } }));
  const keyOf = async (name: string) => last(await owner.do("listApiKeys", { path, query: { name } }));
  const [membership, sharedKey] = [await member("person75123@example.com"), await keyOf("Key 1")];
  const user = await owner.do("getUser", { path: { userId: membership.user ?? "" } });
  const ofUser = { path: { apiKeyId: sharedKey.id }, query: { user: user.id } };
  const assignment = last(await owner.do("listApiKeyAssignments", ofUser));
  const [invited, key] = [await member("invited77@example.com"), await keyOf("Key 122")];
  const role = last(await owner.do("listRoles", { path, query: { name: "Role 123" } }));
  return { organization, elsewhere, stack: smallStack, user, membership, invited, role, key, sharedKey, assignment };
}

/** Reads whatever can be read. */
async function askReads(ask: Ask, sample: Sample, secret: string, isOwner: boolean): Promise<void> {
  const { organization, elsewhere, stack, user, membership, invited, role, key, sharedKey, assignment } = sample;
  const path = { organizationId: organization.id };
  const after = ({ id }: { readonly id: string }) => ({ cursor: Buffer.from(id).toString("base64url") });
  const as = ({ externalId }: { readonly externalId: string | null }) => ({ externalId: externalId ?? "" });
  const ofOrganizations = [{ slug: organization.slug }, newNameIn(stack)];
  for (const query of [{}, ...ofOrganizations]) {
    await ask("listOrganizations", { query });
  }
  const homes = [organization.id, elsewhere].map((homeOrganization) => ({ homeOrganization }));
  for (const query of [{}, after(user), { email: user.email }, ...homes, as(user)]) {
    await ask("listUsers", { query });
  }
  for (const query of [{}, { name: role.name }, as(role)]) {
    await ask("listRoles", { path, query });
  }
  const statuses = ["pending", "active", "expired", "cancelled", "removed", "left", "all"] as const;
  const prefixes = [stack, largeStack].map((name) => ({ externalIdPrefix: `${name}/` }));
  const ofPeople = [{ user: user.id }, { email: user.email }, { email: invited.email }, ...prefixes];
  const ofMembers = [...ofPeople, as(membership)];
  for (const query of [{}, after(membership), ...statuses.map((status) => ({ status })), ...ofMembers]) {
    await ask("listMembers", { path, query });
  }
  const headers = { accept: "text/csv" };
  for (const query of [{ email: user.email }, as(membership)]) {
    await ask("listMembers", { path, query, headers });
  }
  const ofKeys = [
    ...(["server", "webapi", "user"] as const).map((kind) => ({ kind })),
    ...(["active", "expired", "revoked"] as const).map((status) => ({ status })),
    ...[{ owner: key.owner ?? "" }, { name: key.name }, as(key)],
  ];
  for (const query of [{}, after(key), ...ofKeys]) {
    await ask("listApiKeys", { path, query });
  }
  const ofKey = { path: { apiKeyId: sharedKey.id } };
  for (const query of [{}, after(assignment), ...ofPeople, as(assignment)]) {
    await ask("listApiKeyAssignments", { ...ofKey, query });
  }
  const [ofStack, omit] = [{ externalIdPrefix: `${stack}/` }, { entries: "omit" } as const];
  const ofKinds = objectKindValues.map((kind) => ({ kind }));
  for (const query of [{}, omit, { ...omit, include: "object", limit: 1000 } as const, after(membership), ...ofKinds]) {
    await ask("listManagedObjects", { query: { ...ofStack, ...query }, headers: runAt(Date.now()) });
  }
  for (const query of [{}, { object: membership.id }]) {
    await ask("listAuditEntries", { path, query });
    if (isOwner) {
      await ask("listServiceAuditEntries", { query });
    }
  }
  if (isOwner) {
    await ask("listHealthFindings");
  }
  const ofMessages = [{ key: key.id }, { owner: user.id }, { outcome: "refused" } as const];
  for (const query of [{}, ...ofMessages]) {
    await ask("listMessages", { path, query });
  }
  await ask("getOrganization", { path });
  await ask("getUser", { path: { userId: user.id }, headers: runAt(Date.now()) });
  await ask("getRole", { path: { roleId: role.id } });
  await ask("getMembership", { path: { membershipId: membership.id } });
  for (const { id } of [key, sharedKey]) {
    await ask("getApiKey", { path: { apiKeyId: id } });
  }
  await ask("getApiKeyAssignment", { path: { assignmentId: assignment.id } });
  await ask("checkAccess", { path, body: { user: user.id } });
  for (const call of [{ secret }, { secret, api: "Orders" }, { secret: unique("unknown"), address: "203.0.113.7" }]) {
    await ask("verifyApiKey", { body: call });
  }
}

/** Changes whatever can be changed, in turn. */
async function askWrites(ask: Ask, { organization, stack, sharedKey }: Sample, isOwner: boolean): Promise<void> {
  const [path, home] = [{ organizationId: organization.id }, { homeOrganization: organization.id }];
  const marked = () => ({ headers: { ...runAt(Date.now()), "idempotency-key": idempotencyKey() } });
  const named = () => newNameIn(stack);
  const [address, adopt] = [() => `${unique("somebody")}@example.com`, "force" as const];
  const user = await ask("createUser", { body: { ...named(), ...home, email: address() }, ...marked() });
  const ofUser = { path: { userId: user.id } };
  const email = address();
  await ask("updateUser", { ...ofUser, body: { ...named(), email, resendInvite: "1" }, ...marked() });
  await ask("createUser", { body: { ...named(), ...home, email, adopt }, ...marked() });
  const ofOwn = { name: unique("role"), permissions: [] };
  const role = await ask("createRole", { path, body: { ...named(), ...ofOwn }, ...marked() });
  const ofRole = { path: { roleId: role.id } };
  await ask("createRole", { path, body: { ...named(), ...ofOwn, adopt }, ...marked() });
  await ask("updateRole", { ...ofRole, body: { permissions: ["roles:read"] }, ...marked() });
  const member = { user: user.id, role: role.id };
  const membership = await ask("createMembership", { path, body: { ...named(), ...member }, ...marked() });
  const ofMember = { path: { membershipId: membership.id } };
  await ask("createMembership", { path, body: { ...named(), ...member, adopt }, ...marked() });
  for (const next of ["administrator", "api_user"]) {
    await ask("updateMembership", { ...ofMember, body: { ...named(), role: next }, ...marked() });
  }
  const guest = { ...named(), email: address(), role: "member", onUnknownUser: "invite" } as const;
  const { id: membershipId } = await ask("createMembership", { path, body: guest, ...marked() });
  await ask("updateMembership", { path: { membershipId }, body: { resendInvite: "1" }, ...marked() });
  const ofShared = { path: { apiKeyId: sharedKey.id } };
  // It waits for the membership, and ends with it.
  const waiting = { ...named(), email: guest.email };
  const { status } = await ask("createApiKeyAssignment", { ...ofShared, body: waiting, ...marked() });
  expect(status).toBe("pending");
  await ask("endMembership", { path: { membershipId }, ...marked() });
  const owned = { name: unique("key"), kind: "user", owner: user.id } as const;
  const key = await ask("createApiKey", { path, body: { ...named(), ...owned }, ...marked() });
  const ofKey = { path: { apiKeyId: key.id } };
  await ask("createApiKey", { path, body: { ...named(), ...owned, adopt }, ...marked() });
  await ask("updateApiKey", { ...ofKey, body: { name: unique("key"), endDate: "2999-12-31" }, ...marked() });
  await ask("rotateApiKey", { ...ofKey, body: { generation: 2, overlap: "1h" }, ...marked() });
  await ask("revokeApiKeySecret", { ...ofKey, body: { generation: 1 }, ...marked() });
  const digest = { name: unique("key"), sha256: sha256(unique("secret")) };
  if (isOwner) {
    await ask("importApiKey", { path, body: digest, ...marked() });
  }
  for (const who of [{ user: user.id }, { email: address(), external: true }]) {
    const assignment = await ask("createApiKeyAssignment", { ...ofShared, body: { ...named(), ...who }, ...marked() });
    const ofAssignment = { path: { assignmentId: assignment.id } };
    await ask("createApiKeyAssignment", { ...ofShared, body: { ...named(), ...who, adopt }, ...marked() });
    await ask("updateApiKeyAssignment", { ...ofAssignment, body: named(), ...marked() });
    if (assignment.user === null) {
      await ask("deleteApiKeyAssignment", { ...ofAssignment, ...marked() });
    }
  }
  await ask("revokeApiKey", { ...ofKey, ...marked() });
  await ask("endMembership", { ...ofMember, ...marked() });
  await ask("deleteRole", { ...ofRole, ...marked() });
  await ask("deactivateUser", { ...ofUser, ...marked() });
}

type BatchRequest = Schemas["BatchRequest"];

/** Makes, reads, changes and ends members and whom a key is attached to, a hundred at once. */
async function askBatches(ask: Ask, { organization, stack, sharedKey }: Sample): Promise<void> {
  const send = async (method: BatchRequest["method"], requests: readonly Omit<BatchRequest, "method">[]) => {
    const key = () => (method === "GET" ? {} : { idempotencyKey: idempotencyKey() });
    const body = { requests: requests.map((request) => ({ ...request, method, ...key() })) };
    const { answers } = await ask("runBatch", { body, headers: runAt(Date.now()) });
    expect(answers.filter(({ status }) => status >= 300)).toEqual([]);
    return answers.map((answer) => answer.body as { readonly id: string; readonly user: string } | null);
  };
  const named = () => newNameIn(stack);
  const guest = { role: "member", onUnknownUser: "create" } as const;
  const members = await send(
    "POST",
    Array.from({ length: 100 }, () => ({
      path: `/v1/organizations/${organization.id}/members`,
      body: { ...named(), ...guest, email: `${unique("many")}@example.com` },
    })),
  );
  const assignments = await send(
    "POST",
    members.map((member) => ({
      path: `/v1/api-keys/${sharedKey.id}/assignments`,
      body: { ...named(), user: member?.user },
    })),
  );
  // The other half of the assignments ends with their users' memberships.
  const half = assignments.slice(50).map((assignment) => ({ path: `/v1/api-key-assignments/${assignment?.id}` }));
  for (const requests of [half, members.map((member) => ({ path: `/v1/members/${member?.id}` }))]) {
    await send("GET", requests);
    const changes = requests.map((request) => ({ ...request, body: named() }));
    await send("PATCH", changes);
    await send("DELETE", requests);
  }
}

/** A step of a plan, as far as it is looked at. */
interface Step {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly "Index Name"?: string;
  readonly "Index Cond"?: string;
  readonly Filter?: string;
  readonly "One-Time Filter"?: string;
  readonly "Actual Rows": number;
  readonly "Actual Loops": number;
  readonly "Rows Removed by Filter"?: number;
  readonly "Rows Removed by Index Recheck"?: number;
  readonly Plans?: readonly Step[];
}

/** The large tables, and by which column first each of their indexes is in order. */
interface Large {
  readonly tables: ReadonlySet<string>;
  readonly firstColumns: ReadonlyMap<string, string>;
}

async function findLarge(db: Database): Promise<Large> {
  const { rows } = await sql<{ table: string; index: string; first: string }>`
    select t.relname as table, i.relname as index, pg_get_indexdef(i.oid, 1, false) as first
    from pg_index join pg_class as i on i.oid = indexrelid join pg_class as t on t.oid = indrelid
    where t.relnamespace = 'public'::regnamespace and t.reltuples >= ${sql.lit(manyRows)}`.execute(db);
  const firstColumns = new Map(rows.map(({ index, first }) => [index, first]));
  return { tables: new Set(rows.map(({ table }) => table)), firstColumns };
}

/** Carries a statement out once more, and undoes it. */
async function explain(db: Database, { text, parameters }: Asked, without?: string): Promise<Step> {
  const transaction = await db.startTransaction().execute();
  try {
    if (without !== undefined) {
      await transaction.schema.dropIndex(without).execute();
    }
    const statement = CompiledQuery.raw(`explain (analyze, format json) ${text}`, [...parameters]);
    const { rows } = await transaction.executeQuery<{ "QUERY PLAN": readonly { Plan: Step }[] }>(statement);
    return rows[0]?.["QUERY PLAN"][0]?.Plan as Step;
  } finally {
    await transaction.rollback().execute();
  }
}

/** What a step does with a large table that an index would spare it. */
interface Fault {
  readonly kind: "scans" | "reads";
  readonly asked: Asked;
  readonly step: Step;
  readonly what: string;
}

function faultsOf(asked: Asked, plan: Step, large: Large): Fault[] {
  const faults: Fault[] = [];
  const visit = (step: Step, around: string): void => {
    // What contradicts itself is never carried out.
    if (step["One-Time Filter"] === "false") {
      return;
    }
    const table = step["Relation Name"] ?? around;
    for (const inner of step.Plans ?? []) {
      visit(inner, table);
    }
    const { "Node Type": type, "Index Name": index = "", "Index Cond": condition, Filter: filter } = step;
    if (!large.tables.has(table) || !type.endsWith("Scan")) {
      return;
    }
    // What doesn't begin with the index's first column goes through all of it, as what has no condition does.
    const isWithin = new RegExp(`\\b${large.firstColumns.get(index)}\\b`).test(condition ?? "");
    const isSearch = (condition ?? filter) !== undefined;
    if (type === "Seq Scan" || (type.includes("Index") && isSearch && !isWithin)) {
      faults.push({ kind: "scans", asked, step, what: `scans all of ${table}` });
    }
    // It gives places, at a fraction of what their rows cost: those are read by the step that it is part of.
    if (type === "Bitmap Index Scan") {
      return;
    }
    const removed = (step["Rows Removed by Filter"] ?? 0) + (step["Rows Removed by Index Recheck"] ?? 0);
    const read = (step["Actual Rows"] + removed) * step["Actual Loops"];
    const given = plan["Actual Rows"];
    const isExcepted = exceptions.some((exception) => exception.table === table && exception.text.test(asked.text));
    if (read > given + spareRows && !isExcepted) {
      faults.push({ kind: "reads", asked, step, what: `reads ${read} rows of ${table} to give ${given}` });
    }
  };
  visit(plan, "");
  return faults;
}

/** Statements that do the same in the same way once, with all in whose course they are asked. */
function told(faults: readonly Fault[], kind: Fault["kind"]): string {
  const groups = new Map<string, Fault[]>();
  for (const fault of faults.filter((each) => each.kind === kind)) {
    const { "Node Type": type, "Relation Name": table, "Index Name": index } = fault.step;
    const how = [fault.asked.text.replaceAll(/(\(*\$\d+[, ()]*)+/g, "$"), type, table, index].join("\n");
    groups.set(how, [...(groups.get(how) ?? []), fault]);
  }
  const sections = [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) {
      return [];
    }
    const { text, parameters } = first.asked;
    const { Plans: _, ...step } = first.step;
    const during = [...new Set(group.map(({ asked }) => `in ${asked.during}`))];
    const told = [...during, text.replace(/\s+/g, " ").trim(), JSON.stringify(parameters), JSON.stringify(step)];
    // A batch has a hundred parameters.
    return [first.what, ...told.map((line) => line.slice(0, 1500))].join("\n  ");
  });
  return sections.join("\n\n");
}

const closing: (() => Promise<void>)[] = [];
let database: Database;
let large: Large;
let asked: readonly Asked[];
let faults: readonly Fault[];

beforeAll(async () => {
  const cluster = await startPostgres();
  closing.unshift(cluster.stop);
  database = await openDatabase({ url: cluster.url });
  closing.unshift(() => database.destroy());
  const recorder = new Recorder(database);
  const service = new TestService(database.withPlugin(recorder));
  closing.unshift(() => service.stop());
  await service.start();
  const [company, small] = [await makeScenario(service), await makeScenario(service)];
  await fillPeople(database, company);
  await fillKeys(database, company);
  await fillRecords(database, company);
  await fillOthers(database, small);
  const ofSmall = await makeSample(small, company.organization.id);
  await sql`analyze`.execute(database);
  large = await findLarge(database);
  const ofCompany = await sampleOf(company, small.organization.id);
  // Answers that are no longer kept are swept at the first change after a while.
  service.advance(120_000);
  for (const [scenario, sample, where] of [
    [company, ofCompany, "the company"],
    [small, ofSmall, "a small organization"],
  ] as const) {
    const { client } = await scenario.actingAs("administrator");
    const { key: secret } = await scenario.key();
    for (const [who, as] of [
      [`the service owner, of ${where}`, scenario.owner],
      [`an administrator of ${where}`, client],
    ] as const) {
      const ask = asking(recorder, who, as);
      await askReads(ask, sample, secret, as === scenario.owner);
      await askWrites(ask, sample, as === scenario.owner);
      await askBatches(ask, sample);
    }
  }
  asked = [...recorder.asked.values()];
  const found: Fault[] = [];
  for (const each of asked) {
    found.push(...faultsOf(each, await explain(database, each), large));
  }
  faults = found;
});

afterAll(async () => {
  for (const close of closing) {
    await close();
  }
});

test("no statement scans a large table, or an index of it, from end to end", () => {
  expect(told(faults, "scans")).toBe("");
});

test("no statement reads many rows of a large table to give a few", () => {
  expect(told(faults, "reads")).toBe("");
});

test.each([
  ["links_by_subject", /^update "links" set "ended_at" = \$1 where "subject" in/, "scans"],
  ["messages_by_key", /^select \* from "messages" where "organization_id" = \$1 and "key_id" = \$2/, "reads"],
] as const)("an index that is missing is found: %s", async (index, text, kind) => {
  const without = asked.find((each) => text.test(each.text));
  if (without === undefined) {
    throw new Error("nothing asks that any more");
  }
  expect(faultsOf(without, await explain(database, without), large)).toEqual([]);
  const found = faultsOf(without, await explain(database, without, index), large);
  expect(found.map((fault) => fault.kind)).toContain(kind);
});
