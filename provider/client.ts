/** The HTTP client: deadlines, retries, idempotency keys, and answers checked against the contract. */
import { randomBytes } from "node:crypto";
import { performance } from "node:perf_hooks";
import axios, { type AxiosError, type AxiosInstance, type AxiosResponse, type CreateAxiosDefaults } from "axios";
import axiosRetry, { retryAfter } from "axios-retry";
import { uuidv7 } from "uuidv7";
import { z } from "zod";
import type { Connection } from "./configuration.ts";
import { Dispatch, maxBatchItems, NeverSentError, parallelAlone, parallelBatches } from "./dispatch.ts";
import { ApiError } from "./errors.ts";
import { inPlainWords, pathText } from "./issues.ts";
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

/** An answer with the version of what can be set on the object, for If-Match. */
export interface Answer<Body> {
  readonly body: Body;
  /** Empty where the operation has none. */
  readonly etag: string;
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
}

// Tells the service which creates are of a run that is over, so that this one can take over what that one lost.
const run = uuidv7();

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
// The two refusals of 409 that pass by themselves: another request of the same `up` is about to lift them.
const retryableConflicts: ReadonlySet<string> = new Set(["last_administrator", "idempotency_in_progress"]);
// How long another change of the same `up` takes to make somebody else an administrator, only the deadline can say.
const retriedUntilDeadline = "last_administrator";

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
  /** Whether anything has ever listened at the endpoint. */
  #wasReached = false;

  constructor(connection: Connection) {
    this.#endpoint = connection.endpoint;
    this.#timeoutMs = connection.timeoutMs;
    this.#token = connection.token;
    const defaults: CreateAxiosDefaults = {
      baseURL: connection.endpoint,
      headers: {
        Authorization: `Bearer ${connection.token}`,
        Accept: "application/json, application/problem+json",
        "Roster-Run": run,
      },
      // A redirect would carry the token to somebody else.
      maxRedirects: 0,
      maxContentLength: maxAnswerBytes,
      responseType: "text",
      // axios would hand on what it can't parse as if it were a string; here that is a broken contract.
      transformResponse: [(text: unknown) => text],
    };
    this.#http = axios.create(defaults);
    this.#dispatch = new Dispatch(axios.create(defaults), connection.maxRequestsPerSecond ?? Number.POSITIVE_INFINITY);
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
    const found = this.#isBatching ? await this.#readAhead.find(path, id, externalId) : undefined;
    const parsed = answer.safeParse(found?.object);
    // What isn't as it must be is read by itself, and told of as any answer is.
    return found !== undefined && parsed.success
      ? { body: parsed.data, etag: found.etag }
      : await this.get(path, answer);
  }

  /** Finishes what was put off until there was time. It never fails. */
  async settle(): Promise<void> {
    await this.#readAhead.tell();
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

  /** Ends an object; one that isn't there any more is ended. */
  async delete(path: string): Promise<void> {
    try {
      await this.#send({ method: "DELETE", path });
    } catch (error) {
      if (!isNotFound(error)) {
        throw error;
      }
    }
  }

  #maxRetries({ code }: AxiosError): number {
    return this.#wasReached || !unreached.has(code) ? maxRetries : maxRetriesUnreached;
  }

  async #send<Body>(request: Request<Body>): Promise<Answer<Body>> {
    if (request.method === "GET") return await this.#sendOne(request);
    this.#readAhead.forget();
    try {
      return await this.#sendOne(request);
    } finally {
      // What was read meanwhile may be from before.
      this.#readAhead.forget();
    }
  }

  async #sendOne<Body>(request: Request<Body>): Promise<Answer<Body>> {
    const { method, path, body, ifMatch } = request;
    const startedAtMs = performance.now();
    const headers: Record<string, string> = {};
    if (method !== "GET") {
      // One key for the call, the same at every retry: it is carried out once however often it is sent.
      headers["Idempotency-Key"] = randomBytes(32).toString("base64url");
    }
    if (ifMatch !== undefined) {
      headers["If-Match"] = ifMatch;
    }
    const signal = AbortSignal.timeout(this.#timeoutMs);
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
        beganAtMs: startedAtMs,
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
        throw neverSent(request, this.#timeoutMs);
      }
      // The client's own error holds the request, and with it the token: it goes no further than this.
      const secrets = [this.#token, ...secretsIn(body)];
      const elapsedMs = Math.round(performance.now() - startedAtMs);
      throw failureOf(request, error, retried, {
        elapsedMs,
        timeoutMs: this.#timeoutMs,
        endpoint: this.#endpoint,
        secrets,
      });
    }
    this.#wasReached = true;
    return {
      body:
        request.answer === undefined ? parseNothing(request, response) : parseAnswer(request, request.answer, response),
      etag: headerOf(response, "etag") ?? "",
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

/** Finishes what any client of the process has put off. It never fails. */
export async function settleAll(): Promise<void> {
  await Promise.all([...clients.values()].map((client) => client.settle()));
}

/** @returns whether the error is the service's refusal because there is no such object. */
export function isNotFound(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404;
}

function passesByItself(error: AxiosError): boolean {
  const { response } = error;
  if (response === undefined) {
    return error.code !== "ERR_CANCELED" && error.code !== "ERR_BAD_RESPONSE";
  }
  // An answer of success that breaks off is none: the change is made, and asked again it is answered again.
  if (retryableStatuses.has(response.status) || isSuccess(response)) {
    return true;
  }
  return response.status === 409 && retryableConflicts.has(parseProblem(response.data)?.code ?? "");
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
