/**
 * Sends several requests as one, and gives each the answer that it would have had alone; it stands on transport.ts.
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

/** How many requests a batch has at most; the contract allows 200. */
export const maxBatchItems = 100;
/** How long the bodies of a batch are at most, together, in characters; the contract allows 1 MiB for the whole. */
export const maxBatchLength = 256 * 1024;

const batchResponse = z.object({
  answers: z.array(
    z.object({ status: z.number().int(), headers: z.record(z.string(), z.string()), body: z.unknown() }),
  ),
});

/**
 * Sends requests as one. A single one goes as it is.
 *
 * @param requests at most {@link maxBatchItems}, with bodies of at most {@link maxBatchLength} together
 * @returns what came of each, in the order of the requests
 */
export async function sendTogether(
  transport: Transport,
  requests: readonly HttpRequest[],
): Promise<readonly Outcome[]> {
  const [first] = requests;
  if (first !== undefined && requests.length === 1) return [await transport.send(first)];
  const whole = await transport.send({
    method: "POST",
    path: "/v1/requests:batch",
    body: { requests: requests.map(itemOf) },
    signal: lastEnd(requests),
  });
  if (!isResponse(whole)) return requests.map(() => whole);
  const answers = responsesIn(whole);
  if (answers?.length === requests.length) return answers;
  // What the service says of the batch, or in place of an answer, it says to each: but not what another one has sent.
  const secrets = requests.flatMap(({ body }) => secretsIn(body));
  const own = { ...whole, body: redact(whole.body, secrets) };
  return requests.map(() => own);
}

/** @returns how long the body of a request is, in characters. */
export function bodyLength({ body }: HttpRequest): number {
  return body === undefined ? 0 : JSON.stringify(body).length;
}

/** A request, as the contract has it in a batch. */
function itemOf({ method, path, idempotencyKey, ifMatch, body }: HttpRequest): object {
  return { method, path, idempotencyKey, ifMatch, body };
}

/** @returns the end of the last of them: before that, somebody still wants an answer. */
function lastEnd(requests: readonly HttpRequest[]): AbortSignal {
  const end = new AbortController();
  let left = requests.length;
  for (const { signal } of requests) {
    signal.addEventListener("abort", () => {
      left -= 1;
      if (left === 0) end.abort();
    });
  }
  return end.signal;
}

/** @returns the answers in that to a batch, each with what the whole says of the service; undefined where it has none. */
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
