/** Requests that are ready at the same moment go to the service together: each still gets its own answer, or its own error. */
import type { AxiosInstance, AxiosResponse, InternalAxiosRequestConfig } from "axios";
import { AxiosError, CanceledError, getAdapter } from "axios";
import { z } from "zod";
import { isSuccess, parseJson } from "./request-failure.ts";

/** How many requests a batch has at most; the contract allows 200. */
export const maxBatchItems = 100;
/** How long the bodies of a batch are at most, together, in characters; the contract allows 1 MiB for the whole. */
const maxBatchLength = 256 * 1024;
/** How many batches are under way at most. */
export const parallelBatches = 2;

const batchAnswer = z.object({
  answers: z.array(
    z.object({ status: z.number().int(), headers: z.record(z.string(), z.string()), body: z.unknown() }),
  ),
});

interface Waiting {
  readonly config: InternalAxiosRequestConfig<string | undefined>;
  readonly resolve: (response: AxiosResponse<string>) => void;
  readonly reject: (error: unknown) => void;
}

/** Gathers requests, and sends them as batches. */
export class Batches {
  readonly #http: AxiosInstance;
  #queue: Waiting[] = [];
  #underWay = 0;
  #isDue = false;

  /** @param http sends a request to the service, once */
  constructor(http: AxiosInstance) {
    this.#http = http;
  }

  /** Sends a request, in place of axios's own adapter; one that has no company goes by itself. */
  readonly adapter = (config: InternalAxiosRequestConfig): Promise<AxiosResponse<string>> =>
    new Promise((resolve, reject) => {
      this.#queue.push({ config, resolve, reject });
      (config.signal as AbortSignal | undefined)?.addEventListener("abort", () => {
        this.#queue = this.#queue.filter((waiting) => waiting.config !== config);
        reject(new CanceledError(undefined, undefined, config));
      });
      this.#sendSoon();
    });

  /** What is asked in the same turn of the event loop goes together. */
  #sendSoon(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    setImmediate(() => {
      this.#isDue = false;
      this.#sendAll();
    });
  }

  #sendAll(): void {
    while (this.#queue.length > 0 && this.#underWay < parallelBatches) {
      const batch = this.#take();
      this.#underWay += 1;
      const sent = batch.length === 1 ? sendAlone(batch) : this.#sendTogether(batch);
      void sent.finally(() => {
        this.#underWay -= 1;
        this.#sendSoon();
      });
    }
  }

  #take(): Waiting[] {
    let length = 0;
    const end = this.#queue.findIndex(({ config }, at) => {
      length += config.data?.length ?? 0;
      return at === maxBatchItems || (at > 0 && length > maxBatchLength);
    });
    return this.#queue.splice(0, end === -1 ? this.#queue.length : end);
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
      const answers = isSuccess(response) ? answersIn(response, batch.length) : undefined;
      for (const [at, waiting] of batch.entries()) {
        // What the service says of the batch, or in place of an answer, it says to each.
        settle(waiting, { ...response, ...answers?.[at], config: waiting.config });
      }
    } catch (error) {
      for (const { config, reject } of batch) reject(failureOf(error, config));
    }
  }
}

async function sendAlone([waiting]: readonly Waiting[]): Promise<void> {
  if (waiting === undefined) return;
  await getAdapter("http")(waiting.config).then(waiting.resolve, waiting.reject);
}

/** @returns the end of the last of them: before that, somebody still wants an answer. */
function endOf(batch: readonly Waiting[]): AbortSignal {
  const end = new AbortController();
  let left = batch.length;
  for (const { config } of batch) {
    (config.signal as AbortSignal | undefined)?.addEventListener("abort", () => {
      left -= 1;
      if (left === 0) end.abort();
    });
  }
  return end.signal;
}

function requestOf({ method = "", url, headers, data }: Waiting["config"]): object {
  const [key, ifMatch] = [headers.get("Idempotency-Key"), headers.get("If-Match")];
  return {
    method: method.toUpperCase(),
    path: url,
    ...(key == null ? {} : { idempotencyKey: key }),
    ...(ifMatch == null ? {} : { ifMatch }),
    ...(data === undefined ? {} : { body: JSON.parse(data) }),
  };
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

function failureOf(error: unknown, config: Waiting["config"]): unknown {
  if (!(error instanceof AxiosError)) return error;
  return new AxiosError(error.message, error.code, config, error.request, error.response);
}
