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

/** An answer to a change, as it is sent and kept. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** A request that carries an idempotency key. */
export interface IdempotentRequest {
  /** The header's value; stored as a hash only. */
  readonly key: string;
  readonly principal: string;
  readonly operation: OperationId;
  /** Method, path and body: what has to be the same for the key to stand for the same request. */
  readonly content: string;
  /** Whether the answer holds a secret. */
  readonly secret: boolean;
}

/**
 * Carries out a change once for each principal and idempotency key, and answers repeats with the first answer.
 *
 * The claim is a row of the change's own transaction: it stays exactly when the change does, and a repeat that comes
 * while the original runs waits for that row, briefly.
 *
 * @returns the answer, and whether it repeats an earlier one.
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
  // Keyed by the idempotency key, which is not stored: the hash says nothing about a secret in the body.
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

/** Keeps an answer under a key for some time; an earlier answer under the same key is over. */
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

/** The answer that {@link keepAnswer} keeps under a key; undefined where there is none any more. */
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

/** Removes answers that are no longer kept, and bodies before them; called in passing. */
export async function sweepAnswers(db: Database, now: Date): Promise<void> {
  // Further ahead than any is kept: the clock was set back, and they are kept for as long as if they came now.
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
  // The end is asked once more outside: a key that is claimed anew meanwhile stands for another request.
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

/** Sweeps until less was due than is swept at once, and no longer than that a request can wait for it. */
async function untilDone(sweep: () => Promise<bigint>): Promise<void> {
  for (let sweeps = 0; sweeps < maxSweeps && (await sweep()) >= sweptAtOnce; sweeps += 1);
}

interface Identity {
  readonly principal: string;
  readonly key_hash: string;
}

type Claimed = Insertable<Tables["idempotency_keys"]>;

/** Which of them are claimed by this. */
const claims = sharedQuery(
  "claims of idempotency keys",
  async ({ db, now }: { readonly db: Database; readonly now: Date }, rows: readonly Claimed[]) => {
    // Another request with the same key holds it until it has ended.
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
            // One whose time is over stands for nothing any more, whether or not it was swept.
            .where("idempotency_keys.expires_at", "<=", now),
        )
        .returning("key_hash")
        .execute(),
    );
    const hashes = new Set(claimed.map(({ key_hash }) => key_hash));
    return rows.map(({ key_hash }) => hashes.has(key_hash));
  },
);

/** The answers to what is claimed. */
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
    if (!isStatementTimeout(error)) throw error;
    throw new Refusal("idempotency_in_progress", "The request that first carried this key is still running.", {
      retryAfterSeconds: 1,
    });
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
      "This key already stands for another request. Make a new key for each request, and repeat it for retries only.",
    );
  }
  const headers = row.headers ?? {};
  const status = row.status ?? 204;
  if (status === 204) return { status, headers, body: undefined };
  const pepper = row.pepper_version === null ? undefined : peppers.find(row.pepper_version);
  const readable = row.body !== null && row.body_expires_at > now && (row.pepper_version === null || pepper);
  if (row.body === null || !readable) {
    throw new Refusal(
      "idempotency_key_reused",
      "The request was carried out; its answer held a secret and is no longer kept. Rotate the key to get another one.",
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
