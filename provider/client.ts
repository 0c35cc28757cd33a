/** The HTTP client: deadlines, retries, idempotency keys, and answers checked against the contract. */
import { randomBytes } from "node:crypto";
import { Agent } from "node:http";
import { performance } from "node:perf_hooks";
import axios, {
  type AxiosError,
  type AxiosInstance,
  type AxiosResponse,
  type CreateAxiosDefaults,
  isAxiosError,
} from "axios";
import axiosRetry, { retryAfter } from "axios-retry";
import { z } from "zod";
import type { Connection } from "./configuration.ts";
import { Dispatch, maxBatchItems, NeverSentError, parallelAlone, parallelBatches } from "./dispatch.ts";
import { ApiError, OtherServiceError, RosterError } from "./errors.ts";
import { type Self, selfAnswer } from "./existence.ts";
import { stackIdIn } from "./external-id.ts";
import { inPlainWords, pathText } from "./issues.ts";
import { proxyFor } from "./proxy.ts";
import { ReadAhead } from "./read-ahead.ts";
import { tally } from "./report.ts";
import {
  brokenContract,
  type Failure,
  failureOf,
  headerOf,
  isSuccess,
  maxAnswerBytes,
  neverSent,
  parseJson,
  parseProblem,
  retriesOf,
  retryableStatuses,
  secretsIn,
} from "./request-failure.ts";
import { RunReport } from "./run-report.ts";
import type { Values } from "./values.ts";

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
}

// So many that a stack of hundreds is made while three of ten answers fail; they end well within the usual deadline.
const maxRetries = 11;
// Where nobody was ever reached: more likely the endpoint is wrong than that the service starts anew.
const maxRetriesUnreached = 4;
const unreached: ReadonlySet<string | undefined> = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH"]);
// From this one on, the wait before a retry grows no more: it is about 2 s.
const slowestRetry = 4;
const pageItems = 1000;
const noContent = 204;
const tooManyRequests = 429;
const maxHoldJitter = 0.05;
/** For how long the service's answer about itself and the caller holds. */
const selfForMs = 60_000;
/** A preview must not wait for long for what it can do without. */
const lostTimeoutMs = 5000;
/** For how long a create waits at most for a run that may have fallen silent, which takes six seconds. */
const maxSilenceMs = 8000;
/** For how long a provider whose engine is gone tries to say so. */
const lastWordsMs = 1000;
// The two refusals of 409 that pass by themselves: another request of the same `up` is about to lift them.
const retryableConflicts: ReadonlySet<string> = new Set(["last_administrator", "idempotency_in_progress"]);
// How long another change of the same `up` takes to make somebody else an administrator, only the deadline can say.
const retriedUntilDeadline = "last_administrator";

const lostCreate = z.object({
  id: z.string(),
  kind: z.string(),
  externalId: z.string(),
  name: z.string(),
  createdAt: z.string(),
});

/** A create that a run made and never learned of, so that making it again takes it over. */
export type LostCreate = z.infer<typeof lostCreate>;

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
  readonly #run: RunReport;
  /** The identity that a configuration requires, whatever a state says. */
  readonly pinnedService: string | undefined;
  /** The identity of the service that has answered so far. */
  #service: string | undefined;
  /** The identity of the service that the stack was applied to, as far as one of its states says. */
  #stackService: unknown;
  #self: { readonly answer: Promise<Self>; readonly askedAtMs: number } | undefined;
  readonly #lost = new Map<string, Promise<readonly LostCreate[]>>();
  /** Whether anything has ever listened at the endpoint. */
  #wasReached = false;

  constructor(connection: Connection) {
    this.#endpoint = connection.endpoint;
    this.#timeoutMs = connection.timeoutMs;
    this.#token = connection.token;
    this.pinnedService = connection.service;
    this.#run = new RunReport({
      get: (path, answer) => this.#sendOne({ method: "GET", path, answer, isList: true }).then(({ body }) => body),
      post: (path, body, answer) =>
        this.#sendOne({ method: "POST", path, body, answer, isList: true, isUrgent: true }).then((told) => told.body),
    });
    const defaults: CreateAxiosDefaults = {
      baseURL: connection.endpoint,
      headers: {
        Authorization: `Bearer ${connection.token}`,
        Accept: "application/json, application/problem+json",
        "Roster-Run": this.#run.id,
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
    axiosRetry(this.#http, {
      retries: Number.POSITIVE_INFINITY,
      retryCondition: (error) =>
        passesByItself(error) && (retriesOf(error) < this.#maxRetries(error) || isRetriedUntilDeadline(error)),
      // Exponential, with jitter, and never sooner than Retry-After says; it is waited for before, where all wait for it.
      retryDelay: (count, error) =>
        heldMs(error) > 0 ? 0 : axiosRetry.exponentialDelay(Math.min(count, slowestRetry), error),
    });
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
    // What isn't as it must be is read by itself, and told of as any answer is.
    return found !== undefined && parsed.success
      ? { body: parsed.data, etag: found.etag, service: this.#service }
      : await this.get(path, answer);
  }

  /** Reports that everything that was answered is in the state. It never fails. */
  async settle(): Promise<void> {
    await this.#run.end();
  }

  /** Sends nothing more but that the answers may not be in the state. It never fails. */
  async abandon(): Promise<void> {
    this.#dispatch.stop();
    const report = this.#run.lose();
    if (report === undefined) return;
    await this.#direct.post(report.path, report.body, { timeout: lastWordsMs }).catch(() => undefined);
  }

  /** The identity of the service, once it has answered. */
  get service(): string | undefined {
    return this.#service;
  }

  /** The run that this client's requests are part of. */
  get run(): RunReport {
    return this.#run;
  }

  /** What the service says of itself and of the caller, not older than a minute. */
  async self(): Promise<Self> {
    if (this.#self === undefined || performance.now() - this.#self.askedAtMs > selfForMs) {
      const answer = this.#sendOne({ method: "GET", path: "/v1/self", answer: selfAnswer, isList: true }).then(
        ({ body }) => body,
      );
      this.#self = { answer, askedAtMs: performance.now() };
      answer.catch(() => {
        this.#self = undefined;
      });
    }
    return await this.#self.answer;
  }

  /**
   * Requires that the service is the one that a state is of. It is asked where it hasn't answered yet.
   *
   * @param expected the identity that the state has; nothing is required without one
   * @throws OtherServiceError
   */
  async requireService(expected: unknown): Promise<void> {
    const wanted = this.pinnedService ?? expected;
    if (typeof wanted !== "string") return;
    this.#requireService(this.#service ?? (await this.self()).service.id, wanted);
  }

  /**
   * Finds what a create would take over: objects of a stack that a run made and that was interrupted before they were in the state.
   *
   * @param externalId the object's, or that of a set, for its entries
   * @returns nothing where the service can't be asked
   */
  async lostCreates(externalId: string): Promise<readonly LostCreate[]> {
    const stackId = stackIdIn(externalId);
    if (stackId === undefined) return [];
    const lost = this.#lost.get(stackId) ?? this.#listLost(stackId);
    this.#lost.set(stackId, lost);
    return (await lost).filter((create) => `${create.externalId}/`.startsWith(`${externalId}/`));
  }

  async #listLost(stackId: string): Promise<readonly LostCreate[]> {
    const query = { externalIdPrefix: `${stackId}/`, lost: "true" };
    try {
      return await this.list("/v1/managed-objects", query, lostCreate, lostTimeoutMs);
    } catch (error) {
      // It is only told in advance, and what is wrong with the service shows when something is sent.
      if (error instanceof RosterError) return [];
      throw error;
    }
  }

  /**
   * Notes a resource that the stack has, for the creates of this run and for those that an earlier run could not report.
   *
   * @param ids the objects that it stands for
   */
  noteState(ids: readonly string[], { __service: service, __run: run }: Values): void {
    this.#stackService ??= service;
    this.#run.has(run, ids);
  }

  /** @throws OtherServiceError */
  #requireService(actual: string, expected: string): void {
    if (actual !== expected) throw new OtherServiceError(this.#endpoint, actual, expected);
  }

  /** Notes which service answers: one for as long as the process lives. */
  #noteService(response: AxiosResponse): void {
    const service = headerOf(response, "roster-service");
    if (service === undefined) return;
    this.#service ??= this.pinnedService ?? service;
    this.#requireService(service, this.#service);
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
  post<Body>(path: string, body: object, answer: z.ZodType<Body>): Promise<Answer<Body>> {
    return this.#send({ method: "POST", path, body, answer });
  }

  /** Changes an object, if it still is what `ifMatch` says. */
  patch<Body>(path: string, body: object, answer: z.ZodType<Body>, ifMatch?: string): Promise<Answer<Body>> {
    return this.#send({ method: "PATCH", path, body, answer, ...(ifMatch === undefined ? {} : { ifMatch }) });
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

  #maxRetries({ code }: AxiosError): number {
    return this.#wasReached || !unreached.has(code) ? maxRetries : maxRetriesUnreached;
  }

  async #send<Body>(request: Request<Body>): Promise<Answer<Body>> {
    if (request.method === "GET") return await this.#sendOne(request);
    this.#readAhead.forget();
    try {
      return await this.#sendTold(request);
    } finally {
      // What was read meanwhile may be from before.
      this.#readAhead.forget();
    }
  }

  /** Sends a change, and has the run know of a create until it is answered. */
  async #sendTold<Body>(request: Request<Body>): Promise<Answer<Body>> {
    const externalId = request.method === "POST" ? createdIn(request.body) : undefined;
    if (externalId === undefined) return await this.#sendOne(request);
    await this.#run.creating(externalId);
    await this.requireService(this.#stackService);
    try {
      const answer = await this.#sendOne(request);
      this.#run.answered(externalId);
      return answer;
    } catch (error) {
      // A refusal is certain, unless it is one of those that may follow an attempt whose answer was lost.
      if (error instanceof ApiError && !error.retryable && error.status < 500) this.#run.answered(externalId);
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
          onRetry: (attempts, error) => {
            retried = { error, attempts };
            this.#wasReached ||= !unreached.has(error.code);
            tally.retries += 1;
            this.#dispatch.hold(heldMs(error));
          },
        },
      });
    } catch (error) {
      if (error instanceof NeverSentError && retried === undefined) {
        throw neverSent(request, timeoutMs);
      }
      if (isAxiosError(error) && error.response !== undefined) this.#noteService(error.response);
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
    this.#wasReached = true;
    this.#noteService(response);
    return {
      body:
        request.answer === undefined ? parseNothing(request, response) : parseAnswer(request, request.answer, response),
      etag: headerOf(response, "etag") ?? "",
      service: this.#service,
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

function passesByItself(error: AxiosError): boolean {
  const { response } = error;
  if (response === undefined) {
    return error.code !== "ERR_CANCELED" && error.code !== "ERR_BAD_RESPONSE";
  }
  // A limit that is not about requests, such as that of mails to one address, lasts for longer than any run.
  if (response.status === tooManyRequests && parseProblem(response.data)?.retryable === false) {
    return false;
  }
  // An answer of success that breaks off is none: the change is made, and asked again it is answered again.
  if (retryableStatuses.has(response.status) || isSuccess(response)) {
    return true;
  }
  if (response.status !== 409) return false;
  const refusal = parseProblem(response.data);
  if (retryableConflicts.has(refusal?.code ?? "")) return true;
  return refusal?.code === "external_id_taken" && refusal.retryable && fallsSilentInTime(error);
}

/** Whether a run that is alive can have fallen silent before the create has waited for too long: one that is told of meanwhile can't. */
function fallsSilentInTime(error: AxiosError): boolean {
  const waitedMs = performance.now() - (error.config?.beganAtMs ?? 0);
  return waitedMs + retryAfter(error) <= maxSilenceMs;
}

/** Whether only the deadline can say how long it takes to pass. */
function isRetriedUntilDeadline({ response }: AxiosError): boolean {
  if (response?.status === tooManyRequests) return true;
  return response?.status === 409 && parseProblem(response.data)?.code === retriedUntilDeadline;
}

/** How long no request may be sent, as the service has answered to one too many; 0 where it didn't say. */
function heldMs(error: AxiosError): number {
  if (error.response?.status !== tooManyRequests) return 0;
  // A little longer, so that several stacks don't come at the same moment.
  return retryAfter(error) * (1 + maxHoldJitter * Math.random());
}

/** What has no body is answered so: something else that says "fine" has done nothing. */
function parseNothing<Body>(request: Request<Body>, response: AxiosResponse<string>): Body {
  if (response.status !== noContent) {
    throw brokenContract(request, response, `it has status ${response.status}, and should have ${noContent}`);
  }
  return undefined as Body;
}

function parseAnswer<Body>(request: Request<Body>, schema: z.ZodType<Body>, response: AxiosResponse<string>): Body {
  const mediaType = headerOf(response, "content-type")?.split(";")[0]?.trim().toLowerCase() ?? "";
  if (mediaType !== "application/json") {
    const given = /^[\w.+-]{1,80}\/[\w.+-]{1,80}$/.test(mediaType) ? mediaType : "of no known media type";
    throw brokenContract(request, response, `it is ${given}, and should be application/json`);
  }
  const content = parseJson(response.data);
  if (content === undefined) {
    throw brokenContract(request, response, "it is not JSON, or not whole");
  }
  const parsed = schema.safeParse(content, { error: inPlainWords });
  if (parsed.success) {
    return parsed.data;
  }
  // The messages say what was expected and the type of what came, never the value: it may be a secret.
  throw brokenContract(
    request,
    response,
    ...parsed.error.issues.map(({ path, message }) => `${pathText(path) || "the body"}: ${message}`),
  );
}
