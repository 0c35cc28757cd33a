/** The HTTP client: deadlines, retries, idempotency keys, and answers checked against the contract. */
import { randomBytes } from "node:crypto";
import { performance } from "node:perf_hooks";
import axios, { type AxiosError, type AxiosInstance, type AxiosResponse, isAxiosError } from "axios";
import axiosRetry from "axios-retry";
import { refusalCodeValues } from "roster-schema";
import { uuidv7 } from "uuidv7";
import { z } from "zod";
import type { Connection } from "./configuration.ts";
import { ApiError, ContractError, type Problem, type RosterError, TransportError } from "./errors.ts";

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
  readonly #timeoutMs: number;
  readonly #token: string;

  constructor(connection: Connection) {
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
      retries: maxRetries,
      retryCondition: passesByItself,
      // Exponential, with jitter, and never sooner than Retry-After says.
      retryDelay: (count, error) => axiosRetry.exponentialDelay(count, error),
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
    try {
      response = await this.#http.request<string>({
        method,
        url: path,
        headers,
        ...(body === undefined ? {} : { data: body }),
        signal: AbortSignal.timeout(this.#timeoutMs),
      });
    } catch (error) {
      // The client's own error holds the request, and with it the token: it goes no further than this.
      const secrets = [this.#token, ...secretsIn(body)];
      throw describe(error, request, Math.round(performance.now() - startedAtMs), secrets);
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

function parseAnswer<Body>(request: Request<Body>, schema: z.ZodType<Body>, response: AxiosResponse<string>): Body {
  const operation = `${request.method} ${request.path}`;
  const requestId = headerOf(response, "request-id");
  const parsed = schema.safeParse(parseJson(response.data));
  if (parsed.success) {
    return parsed.data;
  }
  // Zod's messages say what was expected and the type of what came, never the value: it may be a secret.
  const issues = parsed.error.issues.map(({ path, message }) => `${path.join(".") || "body"}: ${message}`);
  throw new ContractError(operation, issues, requestId);
}

function describe(
  error: unknown,
  { method, path }: Request<unknown>,
  elapsedMs: number,
  secrets: readonly string[],
): RosterError {
  if (!isAxiosError(error)) {
    return new TransportError(method, path, 1, elapsedMs, "the request could not be sent");
  }
  const { response } = error;
  if (response !== undefined && !isSuccess(response)) {
    const refusal = parseProblem(redact(String(response.data), secrets));
    return refusal === undefined
      ? new ContractError(
          `${method} ${path}`,
          [`status ${response.status} without problem details`],
          headerOf(response, "request-id"),
        )
      : new ApiError(method, path, refusal);
  }
  if (response === undefined && error.code === "ERR_BAD_RESPONSE") {
    return new ContractError(`${method} ${path}`, [`an answer of more than ${maxAnswerBytes} bytes, or a broken one`]);
  }
  const attempts = 1 + (error.config?.["axios-retry"]?.retryCount ?? 0);
  return new TransportError(method, path, attempts, elapsedMs, reasonOf(error));
}

function reasonOf({ code, response }: AxiosError): string {
  if (response !== undefined) {
    return "the answer broke off";
  }
  return code === "ERR_CANCELED" ? "deadline exceeded" : (code ?? "connection failed");
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

function headerOf(response: AxiosResponse, name: string): string | undefined {
  const value: unknown = response.headers[name];
  return typeof value === "string" ? value : undefined;
}
