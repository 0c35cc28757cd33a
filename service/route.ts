import type { FastifyReply, FastifyRequest } from "fastify";
import { audit, isSame } from "./audit.ts";
import { inTransaction } from "./database.ts";
import { etagOf } from "./etag.ts";
import { type Answer, once, sweepAnswers } from "./idempotency.ts";
import { refuseLostUpdate } from "./lost-update.ts";
import type { AnswerOf, Call, Facilities, OperationId } from "./operation.ts";
import type { Authenticator, Principal } from "./principal.ts";
import type { Resource } from "./resource.ts";
import type { Database } from "./tables.ts";
import { type Identify, markKnown, TakeOver } from "./take-over.ts";

const sweepEveryMs = 60_000;

/** What the service runs on. */
export interface Runtime {
  readonly db: Database;
  readonly facilities: Facilities;
  readonly authenticator: Authenticator;
  readonly clock: () => Date;
  /** When answers to idempotent requests were last swept. */
  sweptAtMs: number;
}

declare module "fastify" {
  interface FastifyRequest {
    /** Who asks; null on public paths. */
    principal: Principal | null;
  }
}

/** How one operation of the contract is answered. */
export interface Route<O extends OperationId> {
  /** Only for inference: the operation's identifier. */
  readonly operation?: O;
  handle(runtime: Runtime, operation: OperationId, request: FastifyRequest, reply: FastifyReply): Promise<unknown>;
}

/** The routes of some operations, by operation identifier. */
export type Routes<O extends OperationId> = { readonly [K in O]: Route<K> };

/** What a creation made. */
export interface Created<T> {
  readonly id: string;
  /** The object before, where an earlier one was brought back. */
  readonly before?: T;
  /** What the answer holds beside the object. */
  readonly extra?: Readonly<Record<string, unknown>>;
}

/** A change of an object: what the body asks for, merged into what is there. */
export interface Update<T> {
  readonly before: T;
  readonly after: T;
  readonly changed: ReadonlySet<keyof T>;
}

/** A route on a path that takes no token. */
export function publicRead<O extends OperationId>(
  answer: (runtime: Runtime, reply: FastifyReply) => unknown,
): Route<O> {
  return { handle: async (runtime, _operation, _request, reply) => await answer(runtime, reply) };
}

/** A route that only reads. */
export function read<O extends OperationId>(answer: (call: Call<O>) => Promise<AnswerOf<O>>): Route<O> {
  return {
    handle: async (runtime, _operation, request) =>
      await answer(callOf(runtime, request, runtime.db, principalOf(request))),
  };
}

/** A route that reads one object, with its ETag; a provider that reads it knows it from then on. */
export function readItem<O extends OperationId, T extends { readonly id: string }>(
  resource: Resource<T>,
  find: (call: Call<O>) => Promise<T>,
): Route<O> {
  return {
    async handle(runtime, _operation, request, reply) {
      const call: Call<O> = callOf(runtime, request, runtime.db, principalOf(request));
      const item = await find(call);
      if (call.run !== undefined) await markKnown(call, resource, item.id);
      reply.header("etag", etagOf(item, resource.settable));
      return item;
    },
  };
}

/**
 * A route that creates an object, or takes over the lost one that it means, and answers 201 with it.
 *
 * @param create asks `identify` which object it makes, and stores that one.
 * @param options.secret whether the answer holds a secret, and is kept accordingly.
 */
export function createItem<O extends OperationId, T extends { readonly id: string }>(
  resource: Resource<T>,
  create: (call: Call<O>, identify: Identify<T>) => Promise<Created<T>>,
  options: { readonly secret?: boolean } = {},
): Route<O> {
  return change(options.secret ?? false, async (call: Call<O>) => {
    const takeOver = new TakeOver(call, resource);
    const { id, before, extra } = await create(call, takeOver.identify).catch(async (error: unknown) => {
      throw await takeOver.failure(error);
    });
    const after = await reload(call, resource, id);
    const lost = await takeOver.before(after);
    if (lost !== undefined) {
      // Also where nothing changed: it is another run's object now.
      await audit(call, resource, "take_over", [{ before: lost, after }], { always: true });
    } else {
      if (before !== undefined) await markKnown(call, resource, id);
      await audit(call, resource, before === undefined ? "create" : "update", [{ before, after }]);
    }
    return itemAnswer(201, resource, after, extra);
  });
}

/** A route that merges the body into an object; a body that changes nothing leaves no trace. */
export function updateItem<O extends OperationId, T extends { readonly id: string }>(
  resource: Resource<T>,
  find: (call: Call<O>) => Promise<T>,
  apply: (call: Call<O>, update: Update<T>) => Promise<void>,
): Route<O> {
  return actOnItem(resource, { verb: "update" }, find, async (call: Call<O>, before) => {
    const after = merge(before, call.body) as T;
    const changed = new Set(resource.settable.filter((member) => !isSame(before[member], after[member])));
    if (changed.size > 0) await apply(call, { before, after, changed });
    return {};
  });
}

/** A route that ends an object and answers 204; ending what has ended changes nothing. */
export function endItem<O extends OperationId, T extends { readonly id: string }>(
  resource: Resource<T>,
  verb: string,
  find: (call: Call<O>) => Promise<T>,
  end: (call: Call<O>, before: T) => Promise<void>,
): Route<O> {
  return change(false, async (call: Call<O>, ifMatch) => {
    const before = await find(call);
    await refuseLostUpdate(call, resource, before, ifMatch);
    await end(call, before);
    await audit(call, resource, verb, [{ before, after: await resource.load(call, before.id) }]);
    return { status: 204, headers: {}, body: undefined };
  });
}

/** A route that acts on an object and answers 200 with it and with what the act gives beside. */
export function actOnItem<O extends OperationId, T extends { readonly id: string }>(
  resource: Resource<T>,
  options: { readonly verb: string; readonly secret?: boolean },
  find: (call: Call<O>) => Promise<T>,
  act: (call: Call<O>, before: T) => Promise<Readonly<Record<string, unknown>>>,
): Route<O> {
  return change(options.secret ?? false, async (call: Call<O>, ifMatch) => {
    const before = await find(call);
    await refuseLostUpdate(call, resource, before, ifMatch);
    const extra = await act(call, before);
    await markKnown(call, resource, before.id);
    const after = await reload(call, resource, before.id);
    await audit(call, resource, options.verb, [{ before, after }]);
    return itemAnswer(200, resource, after, extra);
  });
}

/** Everything that changes something goes through here: one transaction, retried whole, once per idempotency key. */
function change<O extends OperationId>(
  secret: boolean,
  work: (call: Call<O>, ifMatch: string | undefined) => Promise<Answer>,
): Route<O> {
  return {
    async handle(runtime, operation, request, reply) {
      const { answer, replayed } = await inTransaction(runtime.db, async (db) => {
        // Asked again in the transaction, so that what the caller may do holds at the moment of the change.
        const { authorization } = request.headers;
        const principal = await runtime.authenticator.authenticate(db, authorization, runtime.clock(), false);
        const call: Call<O> = callOf(runtime, request, db, principal);
        const run = () => work(call, header(request, "if-match"));
        const key = header(request, "idempotency-key");
        if (key === undefined) return { answer: await run(), replayed: false };
        const content = `${request.method} ${request.url}\n${JSON.stringify(request.body ?? null)}`;
        const claim = { key, principal: principal.id, operation, content, secret };
        return await once(db, runtime.facilities.peppers, claim, call.now, run);
      });
      reply.code(answer.status).headers({ ...answer.headers, ...(replayed ? { "idempotency-replayed": "true" } : {}) });
      await sweepInPassing(runtime, request);
      return answer.body;
    },
  };
}

async function sweepInPassing(runtime: Runtime, request: FastifyRequest): Promise<void> {
  const now = runtime.clock();
  if (now.getTime() - runtime.sweptAtMs < sweepEveryMs) return;
  runtime.sweptAtMs = now.getTime();
  try {
    await sweepAnswers(runtime.db, now);
  } catch (error) {
    // The change is done; a failed sweep is the next one's work.
    request.log.warn({ err: error }, "sweeping kept answers failed");
  }
}

function itemAnswer<T extends { readonly id: string }>(
  status: number,
  resource: Resource<T>,
  item: T,
  extra: Readonly<Record<string, unknown>> = {},
): Answer {
  return { status, headers: { etag: etagOf(item, resource.settable) }, body: { ...item, ...extra } };
}

async function reload<T extends { readonly id: string }>(call: Call, resource: Resource<T>, id: string): Promise<T> {
  const item = await resource.load(call, id);
  if (item === undefined) throw new Error(`${resource.kind} ${id} vanished within its own change`);
  return item;
}

/** The contract's PATCH: named members change, objects are merged in the same way, arrays and the rest are replaced. */
function merge(before: unknown, patch: unknown): unknown {
  if (!isPlainObject(before) || !isPlainObject(patch)) return patch;
  const merged = { ...before };
  for (const [member, value] of Object.entries(patch)) merged[member] = merge(before[member], value);
  return merged;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function principalOf(request: FastifyRequest): Principal {
  if (request.principal === null) throw new Error(`${request.url} is not authenticated`);
  return request.principal;
}

function callOf<O extends OperationId>(
  runtime: Runtime,
  request: FastifyRequest,
  db: Database,
  principal: Principal,
): Call<O> {
  const { params, query, body } = request;
  // Validated against the contract before any handler runs; the types are made from the same document.
  const input = { path: params, query, body } as Pick<Call<O>, "path" | "query" | "body">;
  const { clock, facilities } = runtime;
  const run = header(request, "roster-run");
  return { ...input, db, principal, now: clock(), requestId: request.id, run, facilities };
}

function header(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(",") : value;
}
