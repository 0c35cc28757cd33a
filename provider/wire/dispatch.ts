/**
 * How requests go to the service: not faster than it takes them, the oldest first, and those about single objects that wait
 * at the same moment as one batch. Each still gets its own answer, or its own error.
 */
import { performance } from "node:perf_hooks";
import type { AxiosInstance, AxiosResponse, InternalAxiosRequestConfig } from "axios";
import { AxiosError, CanceledError, getAdapter } from "axios";
import { z } from "zod";
import { Pace } from "./pace.ts";
import { tally } from "./report.ts";
import { headerOf, isSuccess, parseJson, redact, secretsIn } from "./request-failure.ts";

/** How many requests a batch has at most; the contract allows 200. */
export const maxBatchItems = 100;
/** How long the bodies of a batch are at most, together, in characters; the contract allows 1 MiB for the whole. */
const maxBatchLength = 256 * 1024;
/** How many batches are under way at most. */
export const parallelBatches = 2;
/** How many requests that had no company are under way before the next ones wait for it. */
export const parallelAlone = 8;
// A longer wait overflows the timer, which would then end at once.
const maxTimerMs = 2 ** 31 - 1;

declare module "axios" {
  interface AxiosRequestConfig {
    /** When the call began, by `performance.now()`: a repeat of an older one goes before a newer one. */
    beganAtMs?: number;
    /** Whether it is about a single object, and may go as part of a batch. */
    inBatch?: boolean;
  }
}

const batchAnswer = z.object({
  answers: z.array(
    z.object({ status: z.number().int(), headers: z.record(z.string(), z.string()), body: z.unknown() }),
  ),
});

type Config = InternalAxiosRequestConfig<string | undefined>;

interface Waiting {
  readonly config: Config;
  readonly resolve: (response: AxiosResponse<string>) => void;
  readonly reject: (error: unknown) => void;
}

/** What a request fails with whose deadline came before it was sent. */
export class NeverSentError extends CanceledError<unknown> {}

/** Sends the requests of one client. */
export class Dispatch {
  readonly #http: AxiosInstance;
  readonly #pace: Pace;
  #queue: Waiting[] = [];
  #batches = 0;
  #alone = 0;
  #isDue = false;
  #isStopped = false;
  #timer: NodeJS.Timeout | undefined;
  /** Since when something has waited for its turn; undefined where nothing does. */
  #throttledSinceMs: number | undefined;

  /**
   * @param http sends a request to the service, once
   * @param perSecond how many are sent in a second at most; the service may publish a lower limit
   */
  constructor(http: AxiosInstance, perSecond: number) {
    this.#http = http;
    this.#pace = new Pace(perSecond);
  }

  /** Lets nothing go for so long. */
  hold(forMs: number): void {
    this.#pace.hold(forMs);
  }

  /** Sends nothing more. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  /** Sends a request, in place of axios's own adapter. */
  readonly adapter = (config: Config): Promise<AxiosResponse<string>> =>
    new Promise((resolve, reject) => {
      const waiting = { config, resolve, reject };
      this.#queue.push(waiting);
      signalOf(config)?.addEventListener("abort", () => {
        const isQueued = this.#queue.includes(waiting);
        if (isQueued) this.#queue = this.#queue.filter((other) => other !== waiting);
        // Nobody waits any more: a timer would only keep the process alive.
        if (this.#queue.length === 0) {
          clearTimeout(this.#timer);
          this.#countThrottled();
        }
        reject(new (isQueued ? NeverSentError : CanceledError)(undefined, undefined, config));
      });
      this.#sendSoon();
    });

  /** What is asked in the same turn of the event loop goes together. */
  #sendSoon(): void {
    if (this.#isDue || this.#isStopped) return;
    this.#isDue = true;
    setImmediate(() => {
      this.#isDue = false;
      this.#sendAll();
    });
  }

  #sendAll(): void {
    clearTimeout(this.#timer);
    if (this.#isStopped) return;
    this.#queue.sort((one, other) => (one.config.beganAtMs ?? 0) - (other.config.beganAtMs ?? 0));
    while (this.#queue.length > 0) {
      const { waitMs } = this.#pace;
      if (waitMs > 0) {
        this.#throttledSinceMs ??= performance.now();
        this.#timer = setTimeout(() => this.#sendAll(), Math.min(Math.ceil(waitMs), maxTimerMs));
        return;
      }
      this.#countThrottled();
      const taken = this.#take();
      if (taken.length === 0) return;
      this.#pace.take();
      void this.#send(taken);
    }
  }

  #countThrottled(): void {
    if (this.#throttledSinceMs !== undefined) tally.throttledMs += performance.now() - this.#throttledSinceMs;
    this.#throttledSinceMs = undefined;
  }

  /** @returns what goes next, as one request; nothing where it has to wait for others to be answered */
  #take(): Waiting[] {
    const single = this.#queue.findIndex(({ config }) => config.inBatch !== true);
    if (single !== -1) return this.#queue.splice(single, 1);
    let length = 0;
    const end = this.#queue.findIndex(({ config }, at) => {
      length += config.data?.length ?? 0;
      return at === maxBatchItems || (at > 0 && length > maxBatchLength);
    });
    const count = end === -1 ? this.#queue.length : end;
    // What waits here goes when it gets company, or when one of those under way ends: #send looks again.
    const mayGo = count === 1 ? this.#alone < parallelAlone : this.#batches < parallelBatches;
    return mayGo ? this.#queue.splice(0, count) : [];
  }

  async #send(taken: readonly Waiting[]): Promise<void> {
    const [first] = taken;
    const isAlone = taken.length === 1 && first !== undefined;
    tally.requests += 1;
    this.#count(taken, 1);
    await (isAlone ? this.#sendAlone(first) : this.#sendTogether(taken));
    this.#count(taken, -1);
    this.#sendSoon();
  }

  /** Counts what is under way; what never goes with others, such as a list, keeps none from going alone. */
  #count(taken: readonly Waiting[], by: 1 | -1): void {
    if (taken.length > 1) this.#batches += by;
    else if (taken.some(({ config }) => config.inBatch)) this.#alone += by;
  }

  async #sendAlone({ config, resolve, reject }: Waiting): Promise<void> {
    try {
      const response = await getAdapter("http")(config);
      this.#heed(response);
      resolve(response);
    } catch (error) {
      if (error instanceof AxiosError && error.response !== undefined) this.#heed(error.response);
      reject(error);
    }
  }

  async #sendTogether(batch: readonly Waiting[]): Promise<void> {
    try {
      const response = await this.#http.request<string>({
        method: "POST",
        url: "/v1/requests:batch",
        data: { requests: batch.map(({ config }) => requestOf(config)) },
        signal: endOf(batch),
        validateStatus: null,
      });
      this.#heed(response);
      const answers = isSuccess(response) ? answersIn(response, batch.length) : undefined;
      // What the service says of the batch, or in place of an answer, it says to each: but not what another one has sent.
      const secrets = answers === undefined ? batch.flatMap(({ config }) => secretsIn(bodyOf(config))) : [];
      const whole = { ...response, data: redact(String(response.data), secrets) };
      for (const [at, waiting] of batch.entries()) {
        settle(waiting, { ...whole, ...answerAt(answers, at, response), config: waiting.config });
      }
    } catch (error) {
      for (const { config, reject } of batch) reject(ownFailure(error, config));
    }
  }

  /** Takes the limit that the service publishes. */
  #heed(response: AxiosResponse): void {
    const limit = Number(headerOf(response, "ratelimit-limit"));
    if (limit > 0) this.#pace.limitTo(limit);
  }
}

function signalOf({ signal }: Config): AbortSignal | undefined {
  return signal as AbortSignal | undefined;
}

/** @returns the end of the last of them: before that, somebody still wants an answer. */
function endOf(batch: readonly Waiting[]): AbortSignal {
  const end = new AbortController();
  let left = batch.length;
  for (const { config } of batch) {
    signalOf(config)?.addEventListener("abort", () => {
      left -= 1;
      if (left === 0) end.abort();
    });
  }
  return end.signal;
}

function bodyOf({ data }: Config): object | undefined {
  return data === undefined ? undefined : JSON.parse(data);
}

function requestOf(config: Config): object {
  const { method = "", url, headers } = config;
  const [key, ifMatch, body] = [headers.get("Idempotency-Key"), headers.get("If-Match"), bodyOf(config)];
  return {
    method: method.toUpperCase(),
    path: url,
    ...(key == null ? {} : { idempotencyKey: key }),
    ...(ifMatch == null ? {} : { ifMatch }),
    ...(body === undefined ? {} : { body }),
  };
}

/** One answer of a batch, with what the batch's own says of the service; nothing where there are none. */
function answerAt(answers: ReturnType<typeof answersIn>, at: number, batch: AxiosResponse) {
  const answer = answers?.[at];
  const service = headerOf(batch, "roster-service");
  if (answer === undefined || service === undefined) return answer;
  return { ...answer, headers: { ...answer.headers, "roster-service": service } };
}

/** @returns undefined where the answer isn't one to a batch of so many. */
function answersIn({ data }: AxiosResponse<string>, count: number) {
  const { data: parsed } = batchAnswer.safeParse(parseJson(data));
  if (parsed?.answers.length !== count) return undefined;
  return parsed.answers.map(({ status, headers, body }) => ({
    status,
    headers: { ...headers, "content-type": status < 400 ? "application/json" : "application/problem+json" },
    data: body === null ? "" : JSON.stringify(body),
  }));
}

/** As axios does it with an answer of its own. */
function settle({ config, resolve, reject }: Waiting, response: AxiosResponse<string>): void {
  if (config.validateStatus?.(response.status) ?? true) {
    resolve(response);
    return;
  }
  const code = response.status < 500 ? AxiosError.ERR_BAD_REQUEST : AxiosError.ERR_BAD_RESPONSE;
  reject(new AxiosError(`the status is ${response.status}`, code, config, response.request, response));
}

/** What a batch has failed with, as the failure of one of its requests. */
function ownFailure(error: unknown, config: Config): unknown {
  if (!(error instanceof AxiosError)) return error;
  return new AxiosError(error.message, error.code, config, error.request, error.response);
}
