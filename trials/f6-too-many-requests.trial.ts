/**
 * F6: requests are refused with 429, and Retry-After in seconds or as a date. No call comes again sooner than it was told
 * to, and none fails; nor does one where the service's own limit is what refuses.
 */
import type { IncomingHttpHeaders } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll } from "vitest";
import { useRelay, useService } from "../test/e2e/fixtures.ts";
import type { Declaration } from "../test/e2e/kinds.ts";
import type { Fate, OwnAnswer, Relay } from "../test/e2e/relay.ts";
import { type Reply, Service } from "../test/e2e/service.ts";
import { ProtocolStack } from "../test/protocol/protocol-stack.ts";
import { engineStack, writtenBy } from "./engine-stack.ts";
import { expectConverged, expectWhole } from "./inventory.ts";
import { everyKind, manyRobots } from "./program.ts";
import { type Attempt, trial } from "./trial.ts";

/** A service whose limit holds for a trial's own questions as well. */
class PatientlyAsked extends Service {
  override async ask(method: string, pathname: string, body?: object): Promise<Reply> {
    for (;;) {
      const reply = await super.ask(method, pathname, body);
      if (reply.status !== 429) {
        return reply;
      }
      await wait(1000);
    }
  }
}

const service = useService({ ROSTER_RATE_LIMIT_PER_SECOND: "0" });
const relay = useRelay(service);
const limitPerSecond = 10;
const limited = new PatientlyAsked({ ROSTER_RATE_LIMIT_PER_SECOND: String(limitPerSecond) });
beforeAll(() => limited.start());
afterAll(() => limited.stop());
const beforeLimited = useRelay(limited);
const parallel = 16;
/** One seed of so many is tried on the real engine. */
const seedsPerEngine = 6;
/** What a timer may be early by, as the wall clock tells it. */
const toleranceMs = 10;

/** Refuses some calls, each a few times, and keeps when each may come again. */
class Storm {
  readonly tooSoon: string[] = [];
  readonly #attempt: Attempt;
  readonly #again = new Map<string, { readonly notBeforeMs: number; readonly times: number }>();

  constructor(attempt: Attempt) {
    this.#attempt = attempt;
  }

  readonly meet = (request: string, { "idempotency-key": key }: IncomingHttpHeaders): Fate => {
    const call = typeof key === "string" ? key : request;
    const { notBeforeMs, times } = this.#again.get(call) ?? { notBeforeMs: 0, times: 0 };
    const earlyMs = notBeforeMs - Date.now();
    if (earlyMs > toleranceMs) {
      this.tooSoon.push(`${request}, ${earlyMs} ms too soon`);
    }
    const { random } = this.#attempt;
    if (times > 1 || !random.chance(30)) {
      // A look-up that comes another time is another call.
      this.#again.delete(call);
      return "pass on";
    }
    const { answer, notBeforeMs: next } = random.chance(50) ? inSeconds(random.below(2)) : asDate();
    this.#attempt.count("faults");
    this.#again.set(call, { notBeforeMs: next, times: times + 1 });
    return answer;
  };
}

function inSeconds(seconds: number): { answer: OwnAnswer; notBeforeMs: number } {
  return { answer: tooMany(String(seconds)), notBeforeMs: Date.now() + seconds * 1000 };
}

/** A date has whole seconds: it is the next one that begins. */
function asDate(): { answer: OwnAnswer; notBeforeMs: number } {
  const notBeforeMs = Math.ceil(Date.now() / 1000) * 1000;
  return { answer: tooMany(new Date(notBeforeMs).toUTCString()), notBeforeMs };
}

function tooMany(retryAfter: string): OwnAnswer {
  return {
    status: 429,
    headers: { "content-type": "application/problem+json", "retry-after": retryAfter },
    body: JSON.stringify({
      type: "urn:roster:problem:rate_limited",
      title: "Too many requests",
      status: 429,
      code: "rate_limited",
      detail: "Wait as Retry-After says.",
      requestId: "req_storm",
      retryable: true,
    }),
  };
}

interface Place {
  readonly service: Service;
  readonly relay: Relay;
}

/** Makes and ends a stack on the provider's protocol, or makes it on the real engine. */
async function expectMade(
  attempt: Attempt,
  { service, relay }: Place,
  declared: readonly Declaration[],
  stackId: string,
): Promise<void> {
  if (attempt.seed % seedsPerEngine === 0) {
    const stack = await engineStack(relay, stackId, declared);
    await stack.up("--parallel", String(parallel));
    relay.asked = () => undefined;
    await expectWhole(attempt, service, stackId, await writtenBy(stack));
    expectConverged(attempt, await stack.preview());
    return;
  }
  const stack = new ProtocolStack(relay, stackId, {}, { parallel });
  await stack.up(declared);
  await stack.refresh();
  relay.asked = () => undefined;
  expectConverged(attempt, await stack.preview(declared));
  await expectWhole(attempt, service, stackId, stack.state.values());
}

trial({
  id: "F6",
  title: "three of ten calls are refused with 429, once or twice, with Retry-After in seconds or as a date",
  seeds: { full: 12, short: 1 },
  async try(attempt) {
    const { seed } = attempt;
    const storm = new Storm(attempt);
    relay.asked = storm.meet;
    await expectMade(attempt, { service, relay }, everyKind(`f6${seed}`), `trial/f6/${seed}`);
    attempt.none("calls that came too soon", storm.tooSoon);
  },
});

trial({
  id: "F6 limit",
  title: `the service takes ${limitPerSecond} requests a second, and is asked by ${parallel} at once`,
  seeds: { full: 3, short: 1 },
  async try(attempt) {
    const stackId = `trial/f6-limit/${attempt.seed}`;
    const declared = manyRobots(`f6l${attempt.seed}`, 7 * attempt.seed, 3);
    beforeLimited.requests.length = 0;
    await expectMade(attempt, { service: limited, relay: beforeLimited }, declared, stackId);
    attempt.count("requests", beforeLimited.requests.length);
  },
});
