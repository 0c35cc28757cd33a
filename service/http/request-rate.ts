/** The rate limit, counted per caller by this process. */
import { createHash } from "node:crypto";
import rateLimit, { type FastifyRateLimitStore } from "@fastify/rate-limit";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { batchPrincipal } from "../auth/batch-principal.ts";
import { Refusal } from "../problems.ts";

const windowMs = 1000;
/** The maximum number of callers to remember, so that a distributed flood can't fill the memory. */
const maxRemembered = 5000;

interface RateLimit {
  readonly perSecond: number;
  /** What a request is counted by: its token, or its address; undefined if it isn't counted. */
  readonly countedBy: (request: FastifyRequest) => "token" | "address" | undefined;
  /** See `ServiceOptions`. */
  readonly monotonicMs: () => number;
}

/** Limits the requests of each caller per second; a batch counts as one request. */
export async function limitRate(app: FastifyInstance, limit: RateLimit): Promise<void> {
  const { perSecond, countedBy, monotonicMs } = limit;
  await app.register(rateLimit, {
    max: perSecond,
    timeWindow: windowMs,
    enableDraftSpec: true,
    // The plugin's own store uses the wall clock; if that is set back, it would refuse everybody until the time is reached again.
    store: class extends Windows {
      constructor() {
        super(monotonicMs);
      }
    },
    allowList: (request) => batchPrincipal() !== undefined || countedBy(request) === undefined,
    keyGenerator(request) {
      const token = request.headers.authorization?.trimEnd().split(" ").at(-1);
      // On paths that need no token, a client could avoid the limit with a different token each time.
      if (token === undefined || countedBy(request) === "address") {
        return request.ip;
      }
      // Use a hash, so that tokens don't stay in memory longer than their requests.
      return createHash("sha256").update(token).digest("base64url");
    },
    errorResponseBuilder: (_request, { ttl }) =>
      new Refusal(
        "rate_limited",
        `More than ${perSecond} requests were sent in a second. Wait for the time in Retry-After.`,
        {
          retryAfterSeconds: Math.max(1, Math.ceil(ttl / 1000)),
        },
      ),
  });
}

interface Window {
  readonly startedMs: number;
  count: number;
}

/** Counts the requests of each caller, in windows that start with the first request. */
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
    if (this.#windows.size > maxRemembered && oldest !== undefined) {
      this.#windows.delete(oldest);
    }
    done(null, { current: window.count, ttl: windowMs - (nowMs - window.startedMs) });
  }

  /** No route has a limit of its own. */
  child(): this {
    return this;
  }
}
