/** The HTTP client: deadlines, retries, idempotency keys, and answers checked against the contract. */
import { randomBytes } from "node:crypto";
import { Agent } from "node:http";
import { performance } from "node:perf_hooks";
import axios, { type AxiosInstance, type AxiosResponse, type CreateAxiosDefaults, isAxiosError } from "axios";
import { z } from "zod";
import { ApiError } from "../errors.ts";
import type { Values } from "../values/values.ts";
import { parseAnswer, parseNothing } from "./answers.ts";
import type { Connection } from "./configuration.ts";
import { Dispatch, maxBatchItems, NeverSentError, parallelAlone, parallelBatches } from "./dispatch.ts";
import { KnownService, selfAnswer } from "./known-service.ts";
import { LostCreates } from "./lost-creates.ts";
import { proxyFor } from "./proxy.ts";
import { ReadAhead } from "./read-ahead.ts";
import { tally } from "./report.ts";
import { type Failure, failureOf, headerOf, maxAnswerBytes, neverSent, secretsIn } from "./request-failure.ts";
import { heldMs, type MayPass, Retries } from "./retries.ts";
import { RunReport } from "./run-report.ts";

/** An answer with the version of what can be set on the object, for If-Match. */
export interface Answer<Body> {
  readonly body: Body;
  /** Empty where the operation has none. */
  readonly etag: string;
  /** The identity of the service that gave it; undefined if something in between has removed it. */
  readonly service?: string | undefined;
}

type Method = "GET" | "POST" | "PATCH" | "DELETE";

interface Request<Body> {
  readonly method: Method;
  readonly path: string;
  /** What the answer must look like; left out where it has no body. */
  readonly answer?: z.ZodType<Body>;
  readonly body?: object;
  readonly ifMatch?: string;
  /** Whether it reads a list: only what is about a single object goes to the service together with others. */
  readonly isList?: boolean;
  /** Whether it goes before everything that waits. */
  readonly isUrgent?: boolean;
  /** How long it may take; the connection's `timeoutMs` by default. */
  readonly timeoutMs?: number;
  readonly mayPass?: MayPass | undefined;
}

const pageItems = 1000;
/** For how long a provider whose engine is gone tries to say so. */
const lastWordsMs = 1000;
/**
 * Speaks to one service with one token.
 *
 * Every method throws ApiError if the service refuses, TransportError if no answer comes within the connection's
 * `timeoutMs`, and ContractError if the answer is not what the contract says.
 */
export class Client {
  readonly #http: AxiosInstance;
  readonly #endpoint: string;
  readonly #timeoutMs: number;
  readonly #token: string;
  readonly #isBatching: boolean;
  readonly #dispatch: Dispatch;
  readonly #readAhead = new ReadAhead(this);
  readonly #direct: AxiosInstance;
  /** The run that its requests are part of. */
  readonly run: RunReport;
  /** Which service it is. */
  readonly service: KnownService;
  /** What a create of this run would take over. */
  readonly lostCreates = new LostCreates(this);
  readonly #retries = new Retries();

  constructor(connection: Connection) {
    this.#endpoint = connection.endpoint;
    this.#timeoutMs = connection.timeoutMs;
    this.#token = connection.token;
    this.service = new KnownService(connection, () =>
      this.#sendOne({ method: "GET", path: "/v1/self", answer: selfAnswer, isList: true }).then(({ body }) => body),
    );
    this.run = new RunReport({
      get: (path, answer) => this.#sendOne({ method: "GET", path, answer, isList: true }).then(({ body }) => body),
      post: (path, body, answer) =>
        this.#sendOne({ method: "POST", path, body, answer, isList: true, isUrgent: true }).then((told) => told.body),
    });
    const defaults: CreateAxiosDefaults = {
      baseURL: connection.endpoint,
      headers: {
        Authorization: `Bearer ${connection.token}`,
        Accept: "application/json, application/problem+json",
        "Roster-Run": this.run.id,
      },
      // A redirect would carry the token to somebody else.
      maxRedirects: 0,
      maxContentLength: maxAnswerBytes,
      ...throughProxy(connection.endpoint),
      responseType: "text",
      // axios would hand on what it can't parse as if it were a string; here that is a broken contract.
      transformResponse: [(text: unknown) => text],
    };
    this.#http = axios.create(defaults);
    this.#direct = axios.create(defaults);
    this.#dispatch = new Dispatch(this.#direct, connection.maxRequestsPerSecond ?? Number.POSITIVE_INFINITY);
    this.#isBatching = connection.batching ?? true;
    this.#retries.applyTo(this.#http);
  }

  /** How many requests about single objects are worth having under way at once. */
  get atOnce(): number {
    return this.#isBatching ? maxBatchItems * parallelBatches : parallelAlone;
  }

  /** Reads an object; one that isn't there is refused. */
  find<Body>(path: string, answer: z.ZodType<Body>): Promise<Answer<Body>> {
    return this.#send({ method: "GET", path, answer });
  }

  /** Reads an object. @returns undefined where there is none. */
  async get<Body>(path: string, answer: z.ZodType<Body>): Promise<Answer<Body> | undefined> {
    try {
      return await this.find(path, answer);
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
    answer: z.ZodType<Body>,
  ): Promise<Answer<Body> | undefined> {
    const found = this.#isBatching ? await this.#readAhead.find(id, externalId) : undefined;
    const parsed = answer.safeParse(found?.object);
    // What doesn't fit the contract is read by itself, and refused like any other answer.
    return found !== undefined && parsed.success
      ? { body: parsed.data, etag: found.etag, service: this.service.id }
      : await this.get(path, answer);
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
    await this.#direct.post(report.path, report.body, { timeout: lastWordsMs }).catch(() => undefined);
  }

  /**
   * Notes a resource that the stack has, for the creates of this run and for those that an earlier run could not report.
   *
   * @param ids the objects that it stands for
   */
  noteState(ids: readonly string[], { __service: service, __run: run }: Values): void {
    this.service.noteStack(service);
    this.run.has(run, ids);
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
    timeoutMs = this.#timeoutMs,
  ): Promise<Item[]> {
    const page = z.object({ items: z.array(item), nextCursor: z.string().nullable() });
    const items: Item[] = [];
    let cursor: string | undefined;
    do {
      const given = Object.entries({ ...query, limit: String(pageItems), cursor }).filter(([, value]) => value);
      const { body } = await this.#send({
        method: "GET",
        path: `${path}?${new URLSearchParams(given as [string, string][])}`,
        answer: page,
        isList: true,
        timeoutMs,
      });
      items.push(...body.items);
      cursor = body.nextCursor ?? undefined;
    } while (cursor !== undefined);
    return items;
  }

  /** Creates an object, or does an act. */
  post<Body>(path: string, body: object, answer: z.ZodType<Body>, mayPass?: MayPass): Promise<Answer<Body>> {
    return this.#send({ method: "POST", path, body, answer, mayPass });
  }

  /** Changes an object, if it still is what `ifMatch` says. */
  patch<Body>(
    path: string,
    body: object,
    answer: z.ZodType<Body>,
    ifMatch?: string,
    mayPass?: MayPass,
  ): Promise<Answer<Body>> {
    return this.#send({ method: "PATCH", path, body, answer, mayPass, ...(ifMatch === undefined ? {} : { ifMatch }) });
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

  async #send<Body>(request: Request<Body>): Promise<Answer<Body>> {
    if (request.method === "GET") return await this.#sendOne(request);
    this.#readAhead.forget();
    try {
      return await this.#sendNoted(request);
    } finally {
      // What was read meanwhile may be from before.
      this.#readAhead.forget();
    }
  }

  /** Sends a change. A create is noted in the run until it is answered. */
  async #sendNoted<Body>(request: Request<Body>): Promise<Answer<Body>> {
    const externalId = request.method === "POST" ? createdIn(request.body) : undefined;
    if (externalId === undefined) return await this.#sendOne(request);
    await this.run.creating(externalId);
    await this.service.requireStack();
    try {
      const answer = await this.#sendOne(request);
      this.run.answered(externalId);
      return answer;
    } catch (error) {
      // A refusal is certain, unless it is one of those that may follow an attempt whose answer was lost.
      if (error instanceof ApiError && !error.retryable && error.status < 500) this.run.answered(externalId);
      throw error;
    }
  }

  async #sendOne<Body>(request: Request<Body>): Promise<Answer<Body>> {
    const { method, path, body, ifMatch, timeoutMs = this.#timeoutMs } = request;
    const startedAtMs = performance.now();
    const headers: Record<string, string> = {};
    if (method !== "GET") {
      // One key for the call, the same at every retry: it is carried out once however often it is sent.
      headers["Idempotency-Key"] = randomBytes(32).toString("base64url");
    }
    if (ifMatch !== undefined) {
      headers["If-Match"] = ifMatch;
    }
    const signal = AbortSignal.timeout(timeoutMs);
    let response: AxiosResponse<string>;
    let retried: Failure | undefined;
    try {
      response = await this.#http.request<string>({
        method,
        url: path,
        headers,
        ...(body === undefined ? {} : { data: body }),
        signal,
        adapter: this.#dispatch.adapter,
        inBatch: this.#isBatching && request.isList !== true,
        beganAtMs: request.isUrgent === true ? 0 : startedAtMs,
        "axios-retry": {
          ...(request.mayPass === undefined ? {} : { retryCondition: this.#retries.conditionWith(request.mayPass) }),
          onRetry: (attempts, error) => {
            retried = { error, attempts };
            this.#retries.note(error);
            tally.retries += 1;
            this.#dispatch.hold(heldMs(error));
          },
        },
      });
    } catch (error) {
      if (error instanceof NeverSentError && retried === undefined) {
        throw neverSent(request, timeoutMs);
      }
      if (isAxiosError(error) && error.response !== undefined) this.service.note(error.response);
      // The client's own error holds the request, and with it the token: it goes no further than this.
      const secrets = [this.#token, ...secretsIn(body)];
      const elapsedMs = Math.round(performance.now() - startedAtMs);
      throw failureOf(request, error, retried, {
        elapsedMs,
        timeoutMs,
        endpoint: this.#endpoint,
        secrets,
      });
    }
    this.#retries.noteAnswer();
    this.service.note(response);
    return {
      body:
        request.answer === undefined ? parseNothing(request, response) : parseAnswer(request, request.answer, response),
      etag: headerOf(response, "etag") ?? "",
      service: this.service.id,
    };
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

/** How requests go to a service, as the environment has it; axios would look there by rules of its own. */
function throughProxy(endpoint: string): CreateAxiosDefaults {
  const proxy = proxyFor(endpoint);
  // An agent that Node.js (NODE_USE_ENV_PROXY) gave a proxy would go to the proxy through the proxy.
  return proxy === undefined ? { proxy: false } : { proxy, httpAgent: new Agent({ keepAlive: true }) };
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
