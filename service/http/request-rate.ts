/** How many requests each caller may make, counted by this process. */
import { createHash } from "node:crypto";
import rateLimit, { type FastifyRateLimitStore } from "@fastify/rate-limit";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { batchPrincipal } from "../auth/batch-principal.ts";
import { Refusal } from "../problems.ts";

const windowMs = 1000;
/** How many callers are remembered, the latest ones: a flood from everywhere must not fill the memory. */
const maxRemembered = 5000;

interface RateLimit {
  readonly perSecond: number;
  /** Whether a request is counted, and with those of its token; others with those of its address; undefined is neither. */
  readonly countedBy: (request: FastifyRequest) => "token" | "address" | undefined;
  /** See `ServiceOptions`. */
  readonly monotonicMs: () => number;
}

/** Refuses a caller's requests beyond so many in a second; a batch counts as one request. */
export async function limitRate(app: FastifyInstance, limit: RateLimit): Promise<void> {
  const { perSecond, countedBy, monotonicMs } = limit;
  await app.register(rateLimit, {
    max: perSecond,
    timeWindow: windowMs,
    enableDraftSpec: true,
    // The plugin's own store goes by the wall clock: after a step back it would refuse everybody until the clock caught up.
    store: class extends Windows {
      constructor() {
        super(monotonicMs);
      }
    },
    allowList: (request) => batchPrincipal() !== undefined || countedBy(request) === undefined,
    keyGenerator(request) {
      const token = request.headers.authorization?.trimEnd().split(" ").at(-1);
      // Where nobody asks for a token, another one each time would be a limit of its own each time.
      if (token === undefined || countedBy(request) === "address") return request.ip;
      // A hash, so that tokens don't stay in memory for longer than their requests.
      return createHash("sha256").update(token).digest("base64url");
    },
    errorResponseBuilder: (_request, { ttl }) =>
      new Refusal("rate_limited", `More than ${perSecond} requests in a second. Wait as Retry-After says.`, {
        retryAfterSeconds: Math.max(1, Math.ceil(ttl / 1000)),
      }),
  });
}

interface Window {
  readonly startedMs: number;
  count: number;
}

/** Counts each caller's requests in windows that begin with the first. */
class Windows implements FastifyRateLimitStore {
  readonly #monotonicMs: () => number;
  readonly #windows = new Map<string, Window>();

  constructor(monotonicMs: () => number) {
    this.#monotonicMs = monotonicMs;
  }

  incr(caller: string, done: Parameters<FastifyRateLimitStore["incr"]>[1]): void {
    const nowMs = this.#monotonicMs();
    const known = this.#windows.get(caller);
    const isOn = known !== undefined && nowMs - known.startedMs < windowMs;
    const window = isOn ? known : { startedMs: nowMs, count: 0 };
    window.count += 1;
    this.#windows.delete(caller);
    this.#windows.set(caller, window);
    const [oldest] = this.#windows.keys();
    if (this.#windows.size > maxRemembered && oldest !== undefined) this.#windows.delete(oldest);
    done(null, { current: window.count, ttl: windowMs - (nowMs - window.startedMs) });
  }

  /** No route has a limit of its own. */
  child(): this {
    return this;
  }
}
