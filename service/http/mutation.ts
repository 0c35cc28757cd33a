/** How a change is made: in one transaction, once per idempotency key, by itself or with others of a batch. */
import type { FastifyRequest } from "fastify";
import type { Call, OperationId } from "../auth/operation.ts";
import { type Presented, presentedBy } from "../auth/principal.ts";
import { sweepAllowances } from "../mail/allowances.ts";
import { sweepRuns } from "../managed/runs.ts";
import { inTransaction } from "../rows/database.ts";
import { currentGroup, executeShared, refuseGroup, sharedQuery } from "../rows/shared-statements.ts";
import type { Database } from "../rows/tables.ts";
import { callOf, header } from "./call.ts";
import { type Answer, once, sweepAnswers } from "./idempotency.ts";
import type { Route, Runtime } from "./runtime.ts";

const sweepEveryMs = 60_000;

/** What is special about a change. */
export interface MutationOptions {
  /** Whether the answer holds a secret, and is kept accordingly. */
  readonly secret?: boolean;
  /** Whether several of a batch may be made side by side: where what they decide by is not what the others change. */
  readonly groupable?: boolean;
}

type CallerQuery = Presented & { readonly db: Database; readonly runtime: Runtime };

/** Who presents a token, asked without counting it: the request has been let in. */
const callerNow = sharedQuery(
  "caller",
  async ({ db, runtime, authorization, address }: CallerQuery, all: readonly undefined[]) => {
    const { authenticator, clock } = runtime;
    const caller = await authenticator.authenticate(db, { authorization, address }, clock(), false);
    return all.map(() => caller);
  },
);

/** Everything that changes something goes through here: one transaction, retried whole, once per idempotency key. */
export function mutation<O extends OperationId>(
  { secret = false, groupable = false }: MutationOptions,
  work: (call: Call<O>, ifMatch: string | undefined) => Promise<Answer>,
): Route<O> {
  return {
    isBatchable: true,
    async handle(runtime, operation, request, reply) {
      const make = async (db: Database) => {
        // Asked again in the transaction, so that what the caller may do holds at the moment of the change.
        const principal = await executeShared(callerNow, { db, runtime, ...presentedBy(request) }, undefined);
        const call: Call<O> = callOf(runtime, request, db, principal);
        const run = () => work(call, header(request, "if-match"));
        const key = header(request, "idempotency-key");
        if (key === undefined) return { answer: await run(), replayed: false };
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
          if (!groupable) refuseGroup();
          made = await make(group.transaction);
        } catch (error) {
          // Whoever carries them out undoes it for all of them, and has each make it by itself.
          group.fail(error);
          return await reply.code(409).send();
        }
      }
      const { answer, replayed } = made;
      reply.code(answer.status).headers({ ...answer.headers, ...(replayed ? { "idempotency-replayed": "true" } : {}) });
      // In company their transaction is still open.
      if (group === undefined) await sweepInPassing(runtime, request);
      return answer.body;
    },
  };
}

/** Removes what is no longer kept, from time to time. */
export async function sweepInPassing(runtime: Runtime, request: FastifyRequest): Promise<void> {
  const nowMs = runtime.monotonicMs();
  if (runtime.sweptAtMs !== undefined && nowMs - runtime.sweptAtMs < sweepEveryMs) return;
  runtime.sweptAtMs = nowMs;
  const now = runtime.clock();
  try {
    await sweepAnswers(runtime.db, now);
    await sweepRuns(runtime.db, now);
    await sweepAllowances({ db: runtime.db, now });
  } catch (error) {
    // The change is done; a failed sweep is the next one's work.
    request.log.warn({ err: error }, "sweeping what was kept failed");
  }
}
