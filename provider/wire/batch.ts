/**
 * Sends several requests as one batch, and gives each the response that it would have received alone. Uses transport.ts.
 *
 * @see docs/decisions/0023-batches.md
 */
import { z } from "zod";
import {
  type HttpRequest,
  type HttpResponse,
  headerOf,
  isResponse,
  isSuccess,
  type Outcome,
  parseJson,
} from "./exchange.ts";
import { redact, secretsIn } from "./redaction.ts";
import type { Transport } from "./transport.ts";

/** The maximum number of requests in a batch; the contract allows 200. */
export const maxBatchItems = 100;
/** The maximum total length of the bodies in a batch, in characters; the contract allows 1 MiB for the whole batch. */
export const maxBatchLength = 256 * 1024;

const batchResponse = z.object({
  answers: z.array(
    z.object({ status: z.number().int(), headers: z.record(z.string(), z.string()), body: z.unknown() }),
  ),
});

/**
 * Sends requests as one batch. A single request is sent as it is.
 *
 * @param requests at most {@link maxBatchItems}, with bodies of at most {@link maxBatchLength} together
 * @returns the outcome of each request, in their order
 */
export async function sendTogether(
  transport: Transport,
  requests: readonly HttpRequest[],
): Promise<readonly Outcome[]> {
  const [first] = requests;
  if (first !== undefined && requests.length === 1) {
    return [await transport.send(first)];
  }
  const whole = await transport.send({
    method: "POST",
    path: "/v1/requests:batch",
    body: { requests: requests.map(itemOf) },
    signal: lastEnd(requests),
  });
  if (!isResponse(whole)) {
    return requests.map(() => whole);
  }
  const answers = responsesIn(whole);
  if (answers?.length === requests.length) {
    return answers;
  }
  // A response to the batch as a whole applies to each request, but must not contain what another request has sent.
  const secrets = requests.flatMap(({ body }) => secretsIn(body));
  const own = { ...whole, body: redact(whole.body, secrets) };
  return requests.map(() => own);
}

/** @returns the length of a request's body, in characters. */
export function bodyLength({ body }: HttpRequest): number {
  return body === undefined ? 0 : JSON.stringify(body).length;
}

/** A request, in the form that the contract defines for batches. */
function itemOf({ method, path, idempotencyKey, ifMatch, body }: HttpRequest): object {
  return { method, path, idempotencyKey, ifMatch, body };
}

/** @returns a signal that is aborted when the signals of all requests are: until then, a caller waits for a response. */
function lastEnd(requests: readonly HttpRequest[]): AbortSignal {
  const end = new AbortController();
  let left = requests.length;
  for (const { signal } of requests) {
    signal.addEventListener("abort", () => {
      left -= 1;
      if (left === 0) {
        end.abort();
      }
    });
  }
  return end.signal;
}

/** @returns the responses in the response to a batch, each with its header about the service; undefined if it contains none. */
function responsesIn(whole: HttpResponse): readonly HttpResponse[] | undefined {
  const { data } = batchResponse.safeParse(isSuccess(whole) ? parseJson(whole.body) : undefined);
  const service = headerOf(whole, "roster-service");
  return data?.answers.map(({ status, headers, body }) => ({
    status,
    headers: {
      ...headers,
      "content-type": status < 400 ? "application/json" : "application/problem+json",
      ...(service === undefined ? {} : { "roster-service": service }),
    },
    body: body == null ? "" : JSON.stringify(body),
  }));
}
