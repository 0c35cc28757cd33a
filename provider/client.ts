/** The HTTP client: deadlines, retries, idempotency keys, and answers checked against the contract. */
import { randomBytes } from "node:crypto";
import { IncomingMessage } from "node:http";
import { performance } from "node:perf_hooks";
import axios, { type AxiosError, type AxiosInstance, type AxiosResponse, isAxiosError } from "axios";
import axiosRetry from "axios-retry";
import { refusalCodeValues } from "roster-schema";
import { uuidv7 } from "uuidv7";
import { z } from "zod";
import type { Connection } from "./configuration.ts";
import { ApiError, ContractError, mayBeDone, type Problem, type RosterError, TransportError } from "./errors.ts";
import { inPlainWords, pathText } from "./issues.ts";

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
}

// Tells the service which creates are of a run that is over, so that this one can take over what that one lost.
const run = uuidv7();

const maxRetries = 4;
const pageItems = 1000;
const maxAnswerBytes = 8 * 1024 * 1024;
const retryableStatuses: ReadonlySet<number> = new Set([408, 429, 502, 503, 504]);
// The two refusals of 409 that pass by themselves: another request of the same `up` is about to lift them.
const retryableConflicts: ReadonlySet<string> = new Set(["last_administrator", "idempotency_in_progress"]);
// How long another change of the same `up` takes to make somebody else an administrator, only the deadline can say.
const retriedUntilDeadline = "last_administrator";

const problem: z.ZodType<Problem> = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  code: z.enum(refusalCodeValues),
  detail: z.string(),
  requestId: z.string(),
  retryable: z.boolean(),
  contactUrl: z.string().exactOptional(),
  errors: z
    .array(z.object({ in: z.enum(["body", "query", "path", "header"]), pointer: z.string(), detail: z.string() }))
    .exactOptional(),
});

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

  constructor(connection: Connection) {
    this.#endpoint = connection.endpoint;
    this.#timeoutMs = connection.timeoutMs;
    this.#token = connection.token;
    this.#http = axios.create({
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
    });
    axiosRetry(this.#http, {
      retries: Number.POSITIVE_INFINITY,
      retryCondition: (error) => passesByItself(error) && (retriesOf(error) < maxRetries || isLastAdministrator(error)),
      // Exponential, with jitter, and never sooner than Retry-After says.
      retryDelay: (count, error) => axiosRetry.exponentialDelay(Math.min(count, maxRetries), error),
    });
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

  async #send<Body>(request: Request<Body>): Promise<Answer<Body>> {
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
    let response: AxiosResponse<string>;
    let retried: Failure | undefined;
    try {
      response = await this.#http.request<string>({
        method,
        url: path,
        headers,
        ...(body === undefined ? {} : { data: body }),
        signal: AbortSignal.timeout(this.#timeoutMs),
        "axios-retry": {
          onRetry: (attempts, error) => {
            retried = { error, attempts };
          },
        },
      });
    } catch (error) {
      // The client's own error holds the request, and with it the token: it goes no further than this.
      const secrets = [this.#token, ...secretsIn(body)];
      const elapsedMs = Math.round(performance.now() - startedAtMs);
      throw describe(request, error, retried, {
        elapsedMs,
        timeoutMs: this.#timeoutMs,
        endpoint: this.#endpoint,
        secrets,
      });
    }
    return {
      body: request.answer === undefined ? (undefined as Body) : parseAnswer(request, request.answer, response),
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

function retriesOf({ config }: AxiosError): number {
  return config?.["axios-retry"]?.retryCount ?? 0;
}

function isLastAdministrator({ response }: AxiosError): boolean {
  return response?.status === 409 && parseProblem(response.data)?.code === retriedUntilDeadline;
}

function parseAnswer<Body>(request: Request<Body>, schema: z.ZodType<Body>, response: AxiosResponse<string>): Body {
  const broken = (...issues: string[]) =>
    new ContractError(operationOf(request), issues, headerOf(response, "request-id"), isChange(request));
  const mediaType = headerOf(response, "content-type")?.split(";")[0]?.trim().toLowerCase() ?? "";
  if (mediaType !== "application/json") {
    const given = /^[\w.+-]{1,80}\/[\w.+-]{1,80}$/.test(mediaType) ? mediaType : "of no known media type";
    throw broken(`it is ${given}, and should be application/json`);
  }
  const content = parseJson(response.data);
  if (content === undefined) {
    throw broken("it is not JSON, or not whole");
  }
  const parsed = schema.safeParse(content, { error: inPlainWords });
  if (parsed.success) {
    return parsed.data;
  }
  // The messages say what was expected and the type of what came, never the value: it may be a secret.
  throw broken(...parsed.error.issues.map(({ path, message }) => `${pathText(path) || "the body"}: ${message}`));
}

function operationOf(request: Request<unknown>): string {
  return `${request.method} ${placeOf(request)}`;
}

/** What a request was about. The query of a change says on whose behalf, which whoever reads an error knows. */
function placeOf(request: Request<unknown>): string {
  return isChange(request) ? (request.path.split("?")[0] ?? "") : request.path;
}

function isChange({ method }: Request<unknown>): boolean {
  return method !== "GET";
}

/** What an attempt came to that is followed by another. */
interface Failure {
  readonly error: AxiosError;
  /** Up to and with this one. */
  readonly attempts: number;
}

/** What the failure of a request is described with. */
interface Circumstances {
  readonly endpoint: string;
  readonly timeoutMs: number;
  readonly elapsedMs: number;
  readonly secrets: readonly string[];
}

/** @param retried the last attempt but one: what there is to say of, where the deadline ended the last */
function describe(
  request: Request<unknown>,
  error: unknown,
  retried: Failure | undefined,
  circumstances: Circumstances,
): RosterError {
  const { method } = request;
  const path = placeOf(request);
  const { elapsedMs, timeoutMs, secrets } = circumstances;
  if (!isAxiosError(error)) {
    return new TransportError(method, path, { count: 1, elapsedMs }, "the request could not be sent");
  }
  const isOver = error.code === "ERR_CANCELED";
  const last = isOver && retried !== undefined ? retried : { error, attempts: 1 + retriesOf(error) };
  const attempts = { count: last.attempts, elapsedMs, ...(isOver ? { deadlineMs: timeoutMs } : {}) };
  const { response } = last.error;
  const named = response === undefined ? requestIdOf(last.error) : headerOf(response, "request-id");
  const requestId = named && redact(named, secrets);
  if (response !== undefined && !isSuccess(response)) {
    const refusal = parseProblem(redact(String(response.data), secrets));
    if (refusal !== undefined) {
      return new ApiError(method, path, refusal, attempts);
    }
    // Who answers so without problem details is no service, but stands before one that doesn't answer.
    if (!retryableStatuses.has(response.status)) {
      const issue = `it has status ${response.status}, without problem details`;
      const mayHaveChanged = isChange(request) && response.status >= 500;
      return new ContractError(operationOf(request), [issue], requestId, mayHaveChanged);
    }
  }
  if (response === undefined && last.error.code === "ERR_BAD_RESPONSE") {
    const issue = `it has more than ${maxAnswerBytes} bytes, or is broken`;
    return new ContractError(operationOf(request), [issue], requestId, isChange(request));
  }
  const { reason, remedy, isSent } = causeOf(last.error, circumstances);
  const remedies = isSent && isChange(request) ? `${remedy}\n  ${mayBeDone}` : remedy;
  return new TransportError(method, path, attempts, reason, remedies, requestId);
}

/** Why there was no answer, what to do about it, and whether the request may have reached the service. */
function causeOf({ code = "unknown", response }: AxiosError, { endpoint }: Circumstances) {
  const address = `roster:endpoint (or ROSTER_ENDPOINT) is ${endpoint}`;
  if (response !== undefined) {
    return isSuccess(response)
      ? { reason: "the answer broke off", remedy: `Run it again; ${address}.`, isSent: true }
      : {
          reason: `status ${response.status}, from something that stands before the service`,
          remedy: `Is the service running behind it? ${address}.`,
          isSent: true,
        };
  }
  switch (code) {
    case "ECONNREFUSED":
    case "ENOTFOUND":
    case "EAI_AGAIN": {
      const reason = code === "ECONNREFUSED" ? "nobody listens there" : "the host name is not known";
      return { reason: `${reason} (${code})`, remedy: `Is the service running? ${address}.`, isSent: false };
    }
    case "ERR_CANCELED":
      return {
        reason: "the service took too long",
        remedy: `Is it overloaded, or is something else there? ${address}.`,
        isSent: true,
      };
    default:
      return { reason: `the connection failed (${code})`, remedy: `Run it again; ${address}.`, isSent: true };
  }
}

function isSuccess({ status }: AxiosResponse): boolean {
  return status >= 200 && status < 300;
}

/** What a request holds that must not come back in an error, should the service or something before it repeat it. */
function secretsIn(body: object | undefined): string[] {
  const secret: unknown = body !== undefined && "secret" in body ? body.secret : undefined;
  return typeof secret === "string" ? [secret, JSON.stringify(secret).slice(1, -1)] : [];
}

function redact(text: string, secrets: readonly string[]): string {
  return secrets.reduce((redacted, secret) => redacted.replaceAll(secret, "[secret]"), text);
}

function parseProblem(text: unknown): Problem | undefined {
  const parsed = problem.safeParse(parseJson(text));
  return parsed.success ? parsed.data : undefined;
}

function parseJson(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    return undefined;
  }
}

function headerOf({ headers }: Pick<AxiosResponse, "headers">, name: string): string | undefined {
  const value: unknown = headers[name];
  return typeof value === "string" ? value : undefined;
}

/** The id of a request whose answer was given up on; the client keeps it only in Node's own request. */
function requestIdOf({ request }: AxiosError): string | undefined {
  const response: unknown = request?.res;
  return response instanceof IncomingMessage ? headerOf(response, "request-id") : undefined;
}
