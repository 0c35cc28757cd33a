/** Mutations: changes run in one transaction, once per idempotency key, separately or in a request group. */
import type { FastifyRequest } from "fastify";
import { type Presented, presentedBy } from "../auth/authenticator.ts";
import type { Call, OperationId } from "../auth/operation.ts";
import { sweepAllowances } from "../mail/allowances.ts";
import { sweepRuns } from "../managed/runs.ts";
import { inTransaction } from "../rows/database.ts";
import { currentGroup, executeShared, refuseGroup, sharedQuery } from "../rows/shared-statements.ts";
import type { Database } from "../rows/tables.ts";
import { callOf, header } from "./call.ts";
import { type Answer, once, sweepAnswers } from "./idempotency.ts";
import type { Route, Runtime } from "./runtime.ts";
import { currentTrial } from "./trial.ts";

const sweepEveryMs = 60_000;

/** The options of a mutation. */
export interface MutationOptions {
  /** Whether the answer contains a secret, which is kept encrypted and for a shorter time. */
  readonly secret?: boolean;
  /** Whether several mutations can run in a request group: their decisions must not depend on each other's changes. */
  readonly groupable?: boolean;
}

type CallerQuery = Presented & Pick<Runtime, "db" | "authenticator" | "clock">;

/** Authenticates the caller again, without recording the use. */
const callerNow = sharedQuery(
  "caller",
  async ({ db, authenticator, clock, authorization, address }: CallerQuery, all: readonly undefined[]) => {
    const caller = await authenticator.authenticate(db, { authorization, address }, clock(), false);
    return all.map(() => caller);
  },
);

/** Creates the route of a mutation: every change runs in one transaction, once per idempotency key, and is retried whole. */
export function mutation<O extends OperationId>(
  { secret = false, groupable = false }: MutationOptions,
  work: (call: Call<O>, ifMatch: string | undefined) => Promise<Answer>,
): Route<O> {
  return {
    isBatchable: true,
    async handle(runtime, operation, request, reply) {
      const make = async (db: Database) => {
        // Authenticate again in the transaction, so that the permissions are current when the change is made.
        const { authenticator, clock } = runtime;
        const caller = await executeShared(callerNow, { db, authenticator, clock, ...presentedBy(request) }, undefined);
        const principal = currentTrial()?.actorFor(caller) ?? caller;
        const call: Call<O> = callOf(runtime, request, db, principal);
        const run = () => work(call, header(request, "if-match"));
        const key = header(request, "idempotency-key");
        if (key === undefined) {
          return { answer: await run(), replayed: false };
        }
        const content = `${request.method} ${request.url}\n${JSON.stringify(request.body ?? null)}`;
        const claim = { key, principal: principal.id, operation, content, secret };
        return await once(db, runtime.facilities.peppers, claim, call.now, run);
      };
      const group = currentGroup();
      let made: Awaited<ReturnType<typeof make>>;
      if (group?.transaction === undefined) {
        made = await inTransaction(runtime.db, make);
      } else {
        try {
          if (!groupable) {
            refuseGroup({ isUnbegun: true });
          }
          made = await make(group.transaction);
        } catch (error) {
          // The batch rolls back the group, and then runs each request separately.
          group.fail(error);
          currentTrial()?.failed(error);
          return await reply.code(409).send();
        }
      }
      const { answer, replayed } = made;
      reply.code(answer.status).headers({ ...answer.headers, ...(replayed ? { "idempotency-replayed": "true" } : {}) });
      // In a group, the transaction is still open.
      if (group === undefined) {
        await sweepInPassing(runtime, request);
      }
      return answer.body;
    },
  };
}

/** Deletes expired records, at most once in a minute. */
export async function sweepInPassing(runtime: Runtime, request: FastifyRequest): Promise<void> {
  const nowMs = runtime.monotonicMs();
  if (runtime.sweptAtMs !== undefined && nowMs - runtime.sweptAtMs < sweepEveryMs) {
    return;
  }
  runtime.sweptAtMs = nowMs;
  const now = runtime.clock();
  try {
    await sweepAnswers(runtime.db, now);
    await sweepRuns(runtime.db, now);
    await sweepAllowances({ db: runtime.db, now });
  } catch (error) {
    // The change is committed; the next sweep will try again.
    request.log.warn({ err: error }, "could not delete expired records");
  }
}
