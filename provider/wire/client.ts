/** The client of the service: it reads, lists, creates, updates and deletes objects. Uses calls.ts. */
import { z } from "zod";
import { ApiError } from "../errors.ts";
import type { PropertyMap } from "../values/property-map.ts";
import { maxBatchItems } from "./batch.ts";
import { type ApiResponse, type Call, type Calls, callsOf } from "./calls.ts";
import type { Connection } from "./configuration.ts";
import { Dispatch, parallelAlone, parallelBatches } from "./dispatch.ts";
import { letGoAnswer, selfAnswer } from "./generated/answers.ts";
import { KnownService } from "./known-service.ts";
import type { ListClient } from "./lists.ts";
import { LostCreates } from "./lost-creates.ts";
import { proxyFor } from "./proxy.ts";
import { type ListedObject, ReadAhead } from "./read-ahead.ts";
import { type ConflictRetry, Retries } from "./retries.ts";
import { RunReport } from "./run-report.ts";
import { type Transport, transportOf } from "./transport.ts";
import { Trials } from "./trials.ts";

/** The response to a deletion is empty, or says that the service let go of the object instead. */
const deletionAnswer = letGoAnswer.optional();

export type { ApiResponse } from "./calls.ts";

const pageItems = 1000;
/** How long a request that is under way can still take when the run is cancelled. */
const interruptGraceMs = 1500;
/** How long a provider whose engine has ended tries to report that. */
const lastWordsMs = 1000;

/**
 * The client of one service with one token.
 *
 * Every method throws ApiError if the service refuses the request, TransportError if it does not respond within the connection's
 * `timeoutMs`, and ContractError if the response does not match the contract.
 */
export class Client implements ListClient {
  /** The run that the requests belong to. */
  readonly run: RunReport;
  /** The service's identity. */
  readonly service: KnownService;
  /** The lost creates that a create of this run would take over. */
  readonly lostCreates = new LostCreates(this);
  /** Tries requests; undefined if the configuration turns that off. */
  readonly trials: Trials | undefined;
  readonly #readAhead = new ReadAhead(this);
  readonly #transport: Transport;
  readonly #dispatch: Dispatch;
  readonly #calls: Calls;
  readonly #isBatching: boolean;

  constructor(connection: Connection) {
    const { endpoint, maxRequestsPerSecond = Number.POSITIVE_INFINITY, batching = true, dryRun = true } = connection;
    this.#isBatching = batching;
    this.service = new KnownService(connection, (timeoutMs) =>
      this.#sendAlone({ path: "/v1/self", schema: selfAnswer, timeoutMs }),
    );
    this.run = new RunReport({
      get: (path, schema) => this.#sendAlone({ path, schema, isUrgent: true }),
      post: (path, body, schema) => this.#sendAlone({ method: "POST", path, body, schema, isUrgent: true }),
    });
    const proxy = proxyFor(endpoint);
    this.#transport = transportOf(connection, this.run.id, proxy);
    this.#dispatch = new Dispatch(this.#transport, maxRequestsPerSecond);
    this.#calls = callsOf(connection, new Retries(this.#dispatch), this.service, proxy);
    this.trials = dryRun ? new Trials(connection, this.#calls) : undefined;
  }

  /** The number of concurrent requests about single objects that use the service fully. */
  get maxConcurrent(): number {
    return this.#isBatching ? maxBatchItems * parallelBatches : parallelAlone;
  }

  /** Calls a function for each item, as many at a time as use the service fully. @returns the results, in the order of the items */
  async forAll<Item, Result>(items: readonly Item[], call: (item: Item) => Promise<Result>): Promise<Result[]> {
    const results: Result[] = [];
    for (let at = 0; at < items.length; at += this.maxConcurrent) {
      results.push(...(await Promise.all(items.slice(at, at + this.maxConcurrent).map(call))));
    }
    return results;
  }

  /** Reads an object. @throws ApiError `not_found` if it does not exist */
  find<Body>(path: string, schema: z.ZodType<Body>): Promise<ApiResponse<Body>> {
    return this.#send({ method: "GET", path, schema });
  }

  /** Reads an object. @returns undefined if it does not exist */
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
   * Reads an object that a state contains. The objects of one stack are read together.
   *
   * @param id its id
   * @param externalId its externalId
   * @returns undefined if it does not exist
   */
  async getManaged<Body>(
    path: string,
    { id, externalId }: { readonly id: string; readonly externalId: unknown },
    schema: z.ZodType<Body>,
  ): Promise<ApiResponse<Body> | undefined> {
    const found = this.#isBatching ? await this.#readAhead.find(id, externalId) : undefined;
    const parsed = schema.safeParse(found?.object);
    // An object that doesn't match the contract is read separately, and refused like any other response.
    return found !== undefined && parsed.success
      ? { body: parsed.data, etag: found.etag, service: this.service.id }
      : await this.get(path, schema);
  }

  /**
   * Lists the entries that a set has in the service.
   *
   * @param externalId the externalId of the set
   * @returns undefined if they can't be listed
   */
  entriesOf(externalId: string): Promise<readonly ListedObject[] | undefined> {
    return this.#readAhead.entriesOf(externalId);
  }

  /**
   * Lists the live objects of a stack, including the entries of its sets.
   *
   * @param externalId the externalId of one of them
   * @returns undefined if they can't be listed
   */
  objectsOf(externalId: string): Promise<readonly ListedObject[] | undefined> {
    return this.#readAhead.allOf(externalId);
  }

  /** Reports that the state contains the results of all responses. It never fails. */
  async settle(): Promise<void> {
    await this.run.end();
  }

  /**
   * Ends every call: at once what was not sent, and what was sent if there is no response soon. It never fails. The reports of the run
   * go on: {@link settle} lists the creates without a response.
   */
  async interrupt(): Promise<void> {
    await this.#dispatch.interrupt(interruptGraceMs);
  }

  /** Stops sending, and reports that the state may lack results. It never fails. */
  async abandon(): Promise<void> {
    this.#dispatch.stop();
    const report = this.run.lose();
    if (report === undefined) {
      return;
    }
    await this.#transport.send({ method: "POST", ...report, signal: AbortSignal.timeout(lastWordsMs) });
  }

  /**
   * Notes the state of a resource, for the creates of this run and for those that an earlier run could not report.
   *
   * @param ids the ids of its objects
   */
  noteState(ids: readonly string[], { __service: service, __run: run }: PropertyMap): void {
    this.service.noteStack(service);
    this.run.noteState(run, ids);
  }

  /**
   * Reads every item of a list, page by page.
   *
   * @param query the filters; undefined ones are omitted
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

  /** Creates an object, or performs an action. */
  post<Body>(
    path: string,
    body: object,
    schema: z.ZodType<Body>,
    retryConflict?: ConflictRetry,
  ): Promise<ApiResponse<Body>> {
    return this.#send({ method: "POST", path, body, schema, retryConflict });
  }

  /** Updates an object, if it still has the version `ifMatch`. */
  patch<Body>(
    path: string,
    body: object,
    schema: z.ZodType<Body>,
    ifMatch?: string,
    retryConflict?: ConflictRetry,
  ): Promise<ApiResponse<Body>> {
    return this.#send({ method: "PATCH", path, body, schema, ifMatch, retryConflict });
  }

  /**
   * Deletes an object.
   *
   * @param onLetGo is told why, if the caller may not end the object and the service let go of it instead
   * @returns false if the service doesn't find it
   */
  async delete(path: string, onLetGo?: (reason: string) => void): Promise<boolean> {
    try {
      const { body } = await this.#send({ method: "DELETE", path, schema: deletionAnswer });
      if (body !== undefined) {
        onLetGo?.(body.reason);
      }
      return true;
    } catch (error) {
      if (isNotFound(error)) {
        return false;
      }
      throw error;
    }
  }

  async #send<Body>(call: Call<Body>): Promise<ApiResponse<Body>> {
    if (call.method === "GET") {
      return await this.#calls.make(call);
    }
    this.#readAhead.forget();
    try {
      return await this.#sendChange(call);
    } finally {
      // Objects that were read meanwhile may be outdated.
      this.#readAhead.forget();
    }
  }

  /** Sends a change. A create is noted in the run until there is a response. */
  async #sendChange<Body>(call: Call<Body>): Promise<ApiResponse<Body>> {
    const externalId = call.method === "POST" ? createdIn(call.body) : undefined;
    if (externalId === undefined) {
      return await this.#calls.make(call);
    }
    await this.run.creating(externalId);
    await this.service.requireStack();
    try {
      const response = await this.#calls.make(call);
      this.run.answered(externalId);
      return response;
    } catch (error) {
      // After a refusal, the object was certainly not created, except after those that may follow an attempt with a lost response.
      if (error instanceof ApiError && !error.retryable && error.status < 500) {
        this.run.answered(externalId);
      }
      throw error;
    }
  }

  /** Sends a request that is never part of a batch. @returns the body of the response */
  async #sendAlone<Body>(call: Partial<Call<Body>> & Pick<Call<Body>, "path">): Promise<Body> {
    return (await this.#calls.make({ method: "GET", ...call, isAlone: true })).body;
  }
}

const clients = new Map<string, Client>();

/** @returns the process's only client of a connection, so that all requests to a service share its sockets. */
export function clientOf(connection: Connection): Client {
  const name = JSON.stringify(connection);
  const client = clients.get(name) ?? new Client(connection);
  clients.set(name, client);
  return client;
}

/** Reports that the runs of all clients of the process have ended. It never fails. */
export async function settleAll(): Promise<void> {
  await Promise.all([...clients.values()].map((client) => client.settle()));
}

/** Ends the calls of every client of the process, because the run ends or is cancelled. It never fails. */
export async function interruptAll(): Promise<void> {
  await Promise.all([...clients.values()].map((client) => client.interrupt()));
}

/** Makes every client of the process stop sending, and report that its run is lost. It never fails. */
export async function abandonAll(): Promise<void> {
  await Promise.all([...clients.values()].map((client) => client.abandon()));
}

/** @returns whether the service has refused a request because the object does not exist. */
export function isNotFound(error: unknown): boolean {
  return error instanceof ApiError && error.code === "not_found";
}

/** The externalId of the object that a request creates. */
function createdIn(body: object | undefined): string | undefined {
  const { externalId } = (body ?? {}) as { readonly externalId?: unknown };
  return typeof externalId === "string" ? externalId : undefined;
}
