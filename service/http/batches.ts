/** The batch operation, which carries out many requests in one. */
import type { FastifyInstance, FastifyRequest, InjectOptions } from "fastify";
import type { Schemas } from "roster-schema";
import { asSentBy } from "../auth/batch-principal.ts";
import { aboutObjects } from "../auth/permissions.ts";
import type { Principal } from "../auth/principal.ts";
import { requireSomewhere } from "../managed/resource.ts";
import { invalidRequest, Refusal } from "../problems.ts";
import { inTransaction, isUniqueViolation } from "../rows/database.ts";
import { NotGroupableError, RequestGroup, runInGroup } from "../rows/shared-statements.ts";
import { sweepInPassing } from "./mutation.ts";
import type { Routes } from "./route.ts";
import type { Runtime } from "./runtime.ts";

type BatchRequest = Schemas["BatchRequest"];
type Answer = Schemas["AnswerInBatch"];

const toldHeaders = ["etag", "request-id", "retry-after", "idempotency-replayed"] as const;

const maxRequests = 200;

/** A batch in progress. */
export interface Batch {
  readonly runtime: Runtime;
  readonly app: FastifyInstance;
  readonly request: FastifyRequest;
  readonly principal: Principal;
}

/**
 * Creates the route that carries out many requests at once.
 *
 * @param tryOut answers a batch with `dryRun`.
 */
export function batchRoutes(tryOut: (batch: Batch) => Promise<Schemas["BatchAnswer"]>): Routes<"runBatch"> {
  return {
    runBatch: {
      storesNoText: true,
      async handle(runtime, _operation, request) {
        const { principal, server: app } = request;
        if (principal === null) {
          throw new Error("a batch is not authenticated");
        }
        // Refuse a caller who has none of these permissions once, because every request would be refused.
        requireSomewhere({ principal }, ...aboutObjects);
        const body = request.body as Schemas["Batch"];
        refuseRepeatedKeys(body.requests);
        refuseMisfit(body);
        const batch: Batch = { runtime, app, request, principal };
        return await (body.dryRun === undefined ? runBatch(batch, body) : tryOut(batch));
      },
    },
  };
}

async function runBatch(batch: Batch, { requests }: Schemas["Batch"]): Promise<Schemas["BatchAnswer"]> {
  const { runtime, request } = batch;
  const answers: Answer[] = [];
  for (const group of groupsOf(requests)) {
    answers.push(...(await carryOut(batch, group)));
  }
  await sweepInPassing(runtime, request);
  return { answers };
}

/** @throws Refusal `invalid_request` if two requests have the same key, because they would count as one. */
function refuseRepeatedKeys(requests: readonly BatchRequest[]): void {
  const seen = new Set<string>();
  for (const [at, { idempotencyKey }] of requests.entries()) {
    if (idempotencyKey === undefined) {
      continue;
    }
    if (seen.has(idempotencyKey)) {
      const detail = "must differ from the key of every earlier request";
      throw invalidRequest([{ in: "body", pointer: `/requests/${at}/idempotencyKey`, detail }]);
    }
    seen.add(idempotencyKey);
  }
}

/** @throws Refusal `invalid_request` for what goes only with a trial, or only with a sequence. */
function refuseMisfit({ requests, dryRun, as }: Schemas["Batch"]): void {
  if (as !== undefined && dryRun === undefined) {
    throw invalidRequest([{ in: "body", pointer: "/as", detail: "must be omitted without dryRun" }]);
  }
  if (dryRun === "sequence") {
    return;
  }
  if (requests.length > maxRequests) {
    const detail = `must have at most ${maxRequests} items, except in a sequence`;
    throw invalidRequest([{ in: "body", pointer: "/requests", detail }]);
  }
  const referring = requests.findIndex(({ references }) => references !== undefined);
  if (referring >= 0) {
    const detail = "must be omitted, except in a sequence";
    throw invalidRequest([{ in: "body", pointer: `/requests/${referring}/references`, detail }]);
  }
}

/** Groups adjacent requests that can run concurrently: reads, and changes of one kind to different objects. */
export function groupsOf<T extends Pick<BatchRequest, "method" | "path">>(requests: readonly T[]): T[][] {
  const groups: T[][] = [];
  let kind: string | undefined;
  let paths = new Set<string>();
  for (const request of requests) {
    const [path = ""] = request.path.split("?");
    const its =
      request.method === "GET" ? "GET" : `${request.method} ${path.replaceAll(/\/[a-z]+_[0-9a-f]{32}/g, "/{id}")}`;
    const isRepeated = (request.method === "PATCH" || request.method === "DELETE") && paths.has(path);
    if (its === kind && !isRepeated) {
      groups.at(-1)?.push(request);
    } else {
      groups.push([request]);
      paths = new Set();
    }
    kind = its;
    paths.add(path);
  }
  return groups;
}

async function carryOut(batch: Batch, group: readonly BatchRequest[]): Promise<Answer[]> {
  if (group.length > 1) {
    const answers = group[0]?.method === "GET" ? await readTogether(batch, group) : await changeTogether(batch, group);
    if (answers !== undefined) {
      return answers;
    }
  }
  const answers: Answer[] = [];
  for (const request of group) {
    answers.push(await answerTo(batch, undefined, request));
  }
  return answers;
}

async function readTogether(batch: Batch, group: readonly BatchRequest[]): Promise<Answer[]> {
  const together = new RequestGroup(undefined, batch.runtime.clock());
  const answers = await together.run(group.map((request) => () => answerTo(batch, together, request)));
  together.settle();
  return answers;
}

/** Makes changes in one transaction. @returns undefined if one of them is refused; then nothing is changed. */
async function changeTogether(batch: Batch, group: readonly BatchRequest[]): Promise<Answer[] | undefined> {
  let failed: unknown;
  try {
    const [together, answers] = await inTransaction(batch.runtime.db, async (transaction) => {
      const together = new RequestGroup(transaction, batch.runtime.clock());
      const answers = await together.run(group.map((request) => () => answerTo(batch, together, request)));
      failed = together.failure?.error;
      // A retry would fail again, so don't throw the violation itself, which would be retried.
      if (isUniqueViolation(failed)) {
        throw new NotGroupableError("two of them want the same name");
      }
      if (together.failure !== undefined) {
        throw failed;
      }
      return [together, answers] as const;
    });
    together.settle();
    return answers;
  } catch (error) {
    if (error instanceof NotGroupableError || (error instanceof Refusal && error === failed)) {
      return undefined;
    }
    throw error;
  }
}

/**
 * Carries out a request of a batch by the operation's own code.
 *
 * @param group the requests that it shares statements with.
 */
export async function answerTo(
  { app, request, principal }: Batch,
  group: RequestGroup | undefined,
  subrequest: BatchRequest,
): Promise<Answer> {
  const { method, path, idempotencyKey, ifMatch, body } = subrequest;
  const { authorization, "roster-run": run } = request.headers;
  const headers = Object.entries({
    authorization,
    "roster-run": run,
    "idempotency-key": idempotencyKey,
    "if-match": ifMatch,
  });
  const injected: InjectOptions = {
    method,
    url: path,
    remoteAddress: request.ip,
    headers: Object.fromEntries(headers.filter(([, value]) => value !== undefined)) as Record<string, string>,
    ...(body === undefined ? {} : { payload: body }),
  };
  // The request starts when it is awaited, which must be within the batch.
  const response = await asSentBy(principal, () => runInGroup(group, async () => await app.inject(injected)));
  return {
    status: response.statusCode,
    headers: Object.fromEntries(
      toldHeaders.flatMap((name) =>
        response.headers[name] === undefined ? [] : [[name, String(response.headers[name])]],
      ),
    ),
    body: response.payload === "" ? null : response.json(),
  };
}
