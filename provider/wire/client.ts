/** What others use to speak to the service: it reads, lists, creates, changes and ends objects; it stands on calls.ts. */
import { z } from "zod";
import { ApiError } from "../errors.ts";
import type { PropertyMap } from "../values/property-map.ts";
import { maxBatchItems } from "./batch.ts";
import { type ApiResponse, type Call, type Calls, callsOf } from "./calls.ts";
import type { Connection } from "./configuration.ts";
import { Dispatch, parallelAlone, parallelBatches } from "./dispatch.ts";
import { selfAnswer } from "./generated/answers.ts";
import { KnownService } from "./known-service.ts";
import type { ListClient } from "./lists.ts";
import { LostCreates } from "./lost-creates.ts";
import { proxyFor } from "./proxy.ts";
import { ReadAhead } from "./read-ahead.ts";
import { type ConflictRetry, Retries } from "./retries.ts";
import { RunReport } from "./run-report.ts";
import { type Transport, transportOf } from "./transport.ts";

export type { ApiResponse } from "./calls.ts";

const pageItems = 1000;
/** For how long a provider whose engine is gone tries to say so. */
const lastWordsMs = 1000;

/**
 * Speaks to one service with one token.
 *
 * Every method throws ApiError if the service refuses, TransportError if no answer comes within the connection's
 * `timeoutMs`, and ContractError if the answer is not what the contract says.
 */
export class Client implements ListClient {
  /** The run that its requests are part of. */
  readonly run: RunReport;
  /** Which service it is. */
  readonly service: KnownService;
  /** What a create of this run would take over. */
  readonly lostCreates = new LostCreates(this);
  readonly #readAhead = new ReadAhead(this);
  readonly #transport: Transport;
  readonly #dispatch: Dispatch;
  readonly #calls: Calls;
  readonly #isBatching: boolean;

  constructor(connection: Connection) {
    const { endpoint, maxRequestsPerSecond = Number.POSITIVE_INFINITY, batching = true } = connection;
    this.#isBatching = batching;
    this.service = new KnownService(connection, () => this.#sendAlone({ path: "/v1/self", schema: selfAnswer }));
    this.run = new RunReport({
      get: (path, schema) => this.#sendAlone({ path, schema }),
      post: (path, body, schema) => this.#sendAlone({ method: "POST", path, body, schema, isUrgent: true }),
    });
    const proxy = proxyFor(endpoint);
    this.#transport = transportOf(connection, this.run.id, proxy);
    this.#dispatch = new Dispatch(this.#transport, maxRequestsPerSecond);
    this.#calls = callsOf(connection, new Retries(this.#dispatch), this.service, proxy);
  }

  /** How many requests about single objects are worth having under way at once. */
  get maxConcurrent(): number {
    return this.#isBatching ? maxBatchItems * parallelBatches : parallelAlone;
  }

  /** Reads an object; one that isn't there is refused. */
  find<Body>(path: string, schema: z.ZodType<Body>): Promise<ApiResponse<Body>> {
    return this.#send({ method: "GET", path, schema });
  }

  /** Reads an object. @returns undefined where there is none. */
  async get<Body>(path: string, schema: z.ZodType<Body>): Promise<ApiResponse<Body> | undefined> {
    try {
      return await this.find(path, schema);
    } catch (error) {
      if (isNotFound(error)) {
        return undefined;
      }
      throw error;
    }
  }

  /**
   * Reads an object that a stack's state has: the objects of one stack are read together.
   *
   * @param id its id
   * @param externalId the stack's name for it
   * @returns undefined where there is none
   */
  async getManaged<Body>(
    path: string,
    { id, externalId }: { readonly id: string; readonly externalId: unknown },
    schema: z.ZodType<Body>,
  ): Promise<ApiResponse<Body> | undefined> {
    const found = this.#isBatching ? await this.#readAhead.find(id, externalId) : undefined;
    const parsed = schema.safeParse(found?.object);
    // What doesn't fit the contract is read by itself, and refused like any other answer.
    return found !== undefined && parsed.success
      ? { body: parsed.data, etag: found.etag, service: this.service.id }
      : await this.get(path, schema);
  }

  /** Reports that everything that was answered is in the state. It never fails. */
  async settle(): Promise<void> {
    await this.run.end();
  }

  /** Stops sending, after one report that the answers may not be in the state. It never fails. */
  async abandon(): Promise<void> {
    this.#dispatch.stop();
    const report = this.run.lose();
    if (report === undefined) return;
    await this.#transport.send({ method: "POST", ...report, signal: AbortSignal.timeout(lastWordsMs) });
  }

  /**
   * Notes a resource that the stack has, for the creates of this run and for those that an earlier run could not report.
   *
   * @param ids the objects that it stands for
   */
  noteState(ids: readonly string[], { __service: service, __run: run }: PropertyMap): void {
    this.service.noteStack(service);
    this.run.noteState(run, ids);
  }

  /**
   * Reads every item of a list, page by page.
   *
   * @param query which items; what is undefined is left out
   */
  async list<Item>(
    path: string,
    query: Readonly<Record<string, string | undefined>>,
    item: z.ZodType<Item>,
    timeoutMs?: number,
  ): Promise<Item[]> {
    const page = z.object({ items: z.array(item), nextCursor: z.string().nullable() });
    const items: Item[] = [];
    let cursor: string | undefined;
    do {
      const given = Object.entries({ ...query, limit: String(pageItems), cursor }).filter(([, value]) => value);
      const { body } = await this.#send({
        method: "GET",
        path: `${path}?${new URLSearchParams(given as [string, string][])}`,
        schema: page,
        isAlone: true,
        timeoutMs,
      });
      items.push(...body.items);
      cursor = body.nextCursor ?? undefined;
    } while (cursor !== undefined);
    return items;
  }

  /** Creates an object, or does an act. */
  post<Body>(
    path: string,
    body: object,
    schema: z.ZodType<Body>,
    retryConflict?: ConflictRetry,
  ): Promise<ApiResponse<Body>> {
    return this.#send({ method: "POST", path, body, schema, retryConflict });
  }

  /** Changes an object, if it still is what `ifMatch` says. */
  patch<Body>(
    path: string,
    body: object,
    schema: z.ZodType<Body>,
    ifMatch?: string,
    retryConflict?: ConflictRetry,
  ): Promise<ApiResponse<Body>> {
    return this.#send({ method: "PATCH", path, body, schema, ifMatch, retryConflict });
  }

  /** Ends an object. @returns false where the service doesn't find it */
  async delete(path: string): Promise<boolean> {
    try {
      await this.#send({ method: "DELETE", path });
      return true;
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
  }

  async #send<Body>(call: Call<Body>): Promise<ApiResponse<Body>> {
    if (call.method === "GET") return await this.#calls.make(call);
    this.#readAhead.forget();
    try {
      return await this.#sendNoted(call);
    } finally {
      // What was read meanwhile may be from before.
      this.#readAhead.forget();
    }
  }

  /** Sends a change. A create is noted in the run until it is answered. */
  async #sendNoted<Body>(call: Call<Body>): Promise<ApiResponse<Body>> {
    const externalId = call.method === "POST" ? createdIn(call.body) : undefined;
    if (externalId === undefined) return await this.#calls.make(call);
    await this.run.creating(externalId);
    await this.service.requireStack();
    try {
      const response = await this.#calls.make(call);
      this.run.answered(externalId);
      return response;
    } catch (error) {
      // A refusal is certain, unless it is one of those that may follow an attempt whose answer was lost.
      if (error instanceof ApiError && !error.retryable && error.status < 500) this.run.answered(externalId);
      throw error;
    }
  }

  /** Reads, or sends, what never goes together with others. @returns what the answer holds */
  async #sendAlone<Body>(call: Partial<Call<Body>> & Pick<Call<Body>, "path">): Promise<Body> {
    return (await this.#calls.make({ method: "GET", ...call, isAlone: true })).body;
  }
}

const clients = new Map<string, Client>();

/** @returns the process's one client of a connection: all that speak to a service share its sockets. */
export function clientOf(connection: Connection): Client {
  const name = JSON.stringify(connection);
  const client = clients.get(name) ?? new Client(connection);
  clients.set(name, client);
  return client;
}

/** Reports for every client of the process that its run has ended. It never fails. */
export async function settleAll(): Promise<void> {
  await Promise.all([...clients.values()].map((client) => client.settle()));
}

/** Has every client of the process send nothing more but that its run is lost. It never fails. */
export async function abandonAll(): Promise<void> {
  await Promise.all([...clients.values()].map((client) => client.abandon()));
}

/** @returns whether the error is the service's refusal because there is no such object. */
export function isNotFound(error: unknown): boolean {
  return error instanceof ApiError && error.code === "not_found";
}

/** The name that a request gives the object that it creates. */
function createdIn(body: object | undefined): string | undefined {
  const { externalId } = (body ?? {}) as { readonly externalId?: unknown };
  return typeof externalId === "string" ? externalId : undefined;
}
