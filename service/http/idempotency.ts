/** Idempotency keys: how a repeated request gets the first answer. */
import { createHash, createHmac } from "node:crypto";
import type { Insertable } from "kysely";
import type { OperationId } from "../auth/operation.ts";
import { decrypt, deriveKey, encrypt } from "../keys/encryption.ts";
import type { Pepper, Peppers } from "../keys/peppers.ts";
import { Refusal } from "../problems.ts";
import { isStatementTimeout, withStatementTimeout } from "../rows/database.ts";
import { executeShared, sharedQuery, sharedWrite } from "../rows/shared-statements.ts";
import type { Database, Tables } from "../rows/tables.ts";

const keptMs = 24 * 60 * 60 * 1000;
const secretKeptMs = 15 * 60 * 1000;
const waitMs = 3000;
const sweptAtOnce = 500;
const maxSweeps = 40;

/** The answer to a mutation, as it is sent and kept. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** A form of a page whose answer contains a secret. */
export type PageForm = "makeAccessToken";

/** A request that carries an idempotency key. */
export interface IdempotentRequest {
  /** The value of the header; only its hash is stored. */
  readonly key: string;
  readonly principal: string;
  readonly operation: OperationId | PageForm;
  /** Method, path and body, which must be the same for every repeat. */
  readonly content: string;
  /** Whether the answer contains a secret. */
  readonly secret: boolean;
}

/**
 * Runs a mutation once for each principal and idempotency key, and answers repeats with the first answer.
 *
 * The claim is a row in the mutation's own transaction, so it is committed only with the change. A repeat that arrives
 * while the original is running waits briefly for that row.
 *
 * @returns the answer, and whether it is a repeat.
 * @throws Refusal `idempotency_key_reused`, `idempotency_in_progress`.
 */
export async function once(
  db: Database,
  peppers: Peppers,
  request: IdempotentRequest,
  now: Date,
  run: () => Promise<Answer>,
): Promise<{ readonly answer: Answer; readonly replayed: boolean }> {
  const identity = { principal: request.principal, key_hash: sha256(request.key) };
  // The idempotency key, which is not stored, keys the hash, so it reveals nothing about a secret in the body.
  const requestHash = createHmac("sha256", request.key).update(request.content).digest("base64url");
  const claimed = {
    ...identity,
    request_hash: requestHash,
    body_expires_at: new Date(now.getTime() + (request.secret ? secretKeptMs : keptMs)),
    expires_at: new Date(now.getTime() + keptMs),
  };
  if (!(await claim(db, claimed, now))) {
    return { answer: await replay(db, peppers, request, identity, requestHash, now), replayed: true };
  }
  const answer = await run();
  const body = answer.body === undefined ? null : JSON.stringify(answer.body);
  const sealed = request.secret && body !== null;
  const kept: Claimed = {
    ...claimed,
    status: answer.status,
    headers: JSON.stringify(answer.headers),
    body: sealed ? encrypt(body, keyOf(peppers.newest, request)) : body,
    pepper_version: sealed ? peppers.newest.version : null,
  };
  await executeShared(answers, { db }, kept);
  return { answer, replayed: false };
}

/** Keeps an answer for some time, and replaces an earlier answer with the same key. */
export async function keepAnswer(
  db: Database,
  { principal, key }: Pick<IdempotentRequest, "principal" | "key">,
  { status, headers }: Omit<Answer, "body">,
  expiresAt: Date,
): Promise<void> {
  const answer = { status, headers: JSON.stringify(headers), body_expires_at: expiresAt, expires_at: expiresAt };
  await db
    .insertInto("idempotency_keys")
    .values({ principal, key_hash: sha256(key), request_hash: sha256(key), ...answer })
    .onConflict((conflict) => conflict.columns(["principal", "key_hash"]).doUpdateSet(answer))
    .execute();
}

/** Finds the answer that {@link keepAnswer} has kept; undefined if it has expired. */
export async function findKeptAnswer(
  db: Database,
  { principal, key }: Pick<IdempotentRequest, "principal" | "key">,
  now: Date,
): Promise<Omit<Answer, "body"> | undefined> {
  const row = await db
    .selectFrom("idempotency_keys")
    .select(["status", "headers"])
    .where("principal", "=", principal)
    .where("key_hash", "=", sha256(key))
    .where("expires_at", ">", now)
    .executeTakeFirst();
  return row?.status == null ? undefined : { status: row.status, headers: row.headers ?? {} };
}

/** Deletes expired answers, and the expired bodies of other answers. */
export async function sweepAnswers(db: Database, now: Date): Promise<void> {
  // Later than any expiry can be: the clock was set back, so limit the expiry.
  const latest = new Date(now.getTime() + keptMs);
  for (const end of ["expires_at", "body_expires_at"] as const) {
    await db
      .updateTable("idempotency_keys")
      .set({ [end]: latest })
      .where(end, ">", latest)
      .execute();
  }
  const due = (end: "expires_at" | "body_expires_at") =>
    db
      .selectFrom("idempotency_keys")
      .select(["principal", "key_hash"])
      .where(end, "<=", now)
      .where((where) => (end === "expires_at" ? where.lit(true) : where("body", "is not", null)))
      .orderBy(end)
      .limit(sweptAtOnce)
      .$asTuple("principal", "key_hash");
  // Check the expiry again outside the subquery, because the key may have been claimed again meanwhile.
  await untilDone(async () => {
    const { numDeletedRows } = await db
      .deleteFrom("idempotency_keys")
      .where(({ eb, refTuple }) => eb(refTuple("principal", "key_hash"), "in", due("expires_at")))
      .where("expires_at", "<=", now)
      .executeTakeFirstOrThrow();
    return numDeletedRows;
  });
  await untilDone(async () => {
    const { numUpdatedRows } = await db
      .updateTable("idempotency_keys")
      .set({ body: null })
      .where(({ eb, refTuple }) => eb(refTuple("principal", "key_hash"), "in", due("body_expires_at")))
      .where("body_expires_at", "<=", now)
      .executeTakeFirstOrThrow();
    return numUpdatedRows;
  });
}

/** Repeats a sweep until nothing is due, up to a maximum, because a request waits for it. */
async function untilDone(sweep: () => Promise<bigint>): Promise<void> {
  for (let sweeps = 0; sweeps < maxSweeps && (await sweep()) >= sweptAtOnce; sweeps += 1) {}
}

interface Identity {
  readonly principal: string;
  readonly key_hash: string;
}

type Claimed = Insertable<Tables["idempotency_keys"]>;

/** Claims idempotency keys. */
const claims = sharedQuery(
  "claims of idempotency keys",
  async ({ db, now }: { readonly db: Database; readonly now: Date }, rows: readonly Claimed[]) => {
    // Another request with the same key holds the row until it has ended.
    const claimed = await withStatementTimeout(db, waitMs, () =>
      db
        .insertInto("idempotency_keys")
        .values(rows)
        .onConflict((conflict) =>
          conflict
            .columns(["principal", "key_hash"])
            .doUpdateSet(({ ref }) => ({
              request_hash: ref("excluded.request_hash"),
              body_expires_at: ref("excluded.body_expires_at"),
              expires_at: ref("excluded.expires_at"),
            }))
            // An expired key can be claimed again, even if it hasn't been deleted yet.
            .where("idempotency_keys.expires_at", "<=", now),
        )
        .returning("key_hash")
        .execute(),
    );
    const hashes = new Set(claimed.map(({ key_hash }) => key_hash));
    return rows.map(({ key_hash }) => hashes.has(key_hash));
  },
);

/** Stores the answers of claimed keys. */
const answers = sharedWrite(
  "answers of idempotency keys",
  ({ db }: { readonly db: Database }, rows: readonly Claimed[]) =>
    db
      .insertInto("idempotency_keys")
      .values(rows)
      .onConflict((conflict) =>
        conflict.columns(["principal", "key_hash"]).doUpdateSet((row) => ({
          status: row.ref("excluded.status"),
          headers: row.ref("excluded.headers"),
          body: row.ref("excluded.body"),
          pepper_version: row.ref("excluded.pepper_version"),
        })),
      )
      .execute(),
);

async function claim(db: Database, row: Claimed, now: Date): Promise<boolean> {
  try {
    return await executeShared(claims, { db, now }, row);
  } catch (error) {
    if (!isStatementTimeout(error)) {
      throw error;
    }
    throw new Refusal(
      "idempotency_in_progress",
      "The original request with this key is still running. Try again in a moment.",
      {
        retryAfterSeconds: 1,
      },
    );
  }
}

async function replay(
  db: Database,
  peppers: Peppers,
  request: IdempotentRequest,
  identity: Identity,
  requestHash: string,
  now: Date,
): Promise<Answer> {
  const row = await db
    .selectFrom("idempotency_keys")
    .selectAll()
    .where("principal", "=", identity.principal)
    .where("key_hash", "=", identity.key_hash)
    .executeTakeFirstOrThrow();
  if (row.request_hash !== requestHash) {
    throw new Refusal(
      "idempotency_key_reused",
      "This key was already used for another request. Use a new key for each request, and repeat a key only to retry.",
    );
  }
  const headers = row.headers ?? {};
  const status = row.status ?? 204;
  if (status === 204) {
    return { status, headers, body: undefined };
  }
  const pepper = row.pepper_version === null ? undefined : peppers.find(row.pepper_version);
  const readable = row.body !== null && row.body_expires_at > now && (row.pepper_version === null || pepper);
  if (row.body === null || !readable) {
    throw new Refusal(
      "idempotency_key_reused",
      "The request was carried out, but its answer contained a secret and is no longer kept. Rotate the API key to get a new secret.",
    );
  }
  const body = pepper === undefined ? row.body : decrypt(row.body, keyOf(pepper, request));
  return { status, headers, body: JSON.parse(body) };
}

function keyOf(pepper: Pepper, { key, principal, operation }: IdempotentRequest): Buffer {
  return deriveKey(pepper, key, `${principal} ${operation}`);
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("base64url");
}
