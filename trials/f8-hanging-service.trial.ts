/**
 * F8: from some request on, the service hangs: it sends no byte, headers alone, or a byte at a time without an end. The
 * call ends by the deadline and says which it was; after Ctrl-C nothing is sent any more. Once it is well, `up` converges.
 */
import { setTimeout as wait } from "node:timers/promises";
import { useRelay, useService } from "../test/e2e/fixtures.ts";
import type { Fate } from "../test/e2e/relay.ts";
import { endOf, frontUnderTest, interrupt, type Stack } from "../test/e2e/stack.ts";
import { ProtocolStack } from "../test/protocol/protocol-stack.ts";
import { engineStack, writtenBy } from "./engine-stack.ts";
import { expectConverged, expectNothing, expectWhole } from "./inventory.ts";
import { everyKind, refreshRequests } from "./program.ts";
import { type Attempt, trial } from "./trial.ts";

const service = useService({ ROSTER_RATE_LIMIT_PER_SECOND: "0" });
const relay = useRelay(service);
const config = { timeoutMs: "1000" };
/** One seed of so many is tried on the real engine. */
const seedsPerEngine = 10;
/** Not a measure of speed: who takes as long as this has no deadline. */
const endlessMs = 120_000;

const atDeadline = "until the deadline (roster:timeoutMs is";

const faults: readonly Fate[] = ["swallow", "stall", "drip"];

/** What a service that hangs has left without an answer. */
interface Hanging {
  /** The requests so far; each of a batch for itself. */
  readonly left: readonly string[];
  /** When there is one. */
  readonly begins: Promise<void>;
}

/** The service hangs from the request on that comes after so many others. */
function hang({ random }: Attempt, after: number): Hanging {
  const fate = random.pick(faults);
  // Half of them are carried out, and their answers hang.
  const isCarriedOut = random.chance(50);
  let passed = 0;
  const left: string[] = [];
  let begin = () => {};
  const begins = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const meet = (request: string): Fate => {
    passed += 1;
    if (passed <= after) {
      return "pass on";
    }
    left.push(...request.split("\n"));
    begin();
    // An answer without a body has come when its headers have.
    return isCarriedOut && request.startsWith("DELETE ") && !request.includes("\n") ? "swallow" : fate;
  };
  relay.asked = isCarriedOut ? () => undefined : meet;
  relay.answered = isCarriedOut ? meet : () => "pass on";
  return { left, begins };
}

function beWell(): void {
  relay.asked = () => undefined;
  relay.answered = () => "pass on";
}

/** What an act fails with, which it does by the deadline. */
async function failureOf(act: Promise<unknown>): Promise<string> {
  const ended = new AbortController();
  const failed = act.then(
    () => "it ended as if all had been answered",
    (error: Error) => error.message,
  );
  const endless = wait(endlessMs, "it has no end", { signal: ended.signal }).catch(() => "it has no end");
  const message = await Promise.race([failed, endless]);
  ended.abort();
  return message;
}

/**
 * Fails unless the message names a request that had no answer, and the reason. That need not be the first one: what is only
 * announced or reported, as the lost creates and the run are, fails in silence, and the request that comes after says why.
 */
function expectSaid(attempt: Attempt, left: readonly string[], message: string, reason: string): void {
  // A change is named without its query, which says on whose behalf it is.
  const isNamed = left.some((one) => {
    return message.includes(`no response to ${one.startsWith("GET ") ? one : one.split("?")[0]}`);
  });
  // After Ctrl-C, nothing comes after it.
  const isSaid = (isNamed || message.includes(`it was not sent, because ${reason}`)) && message.includes(reason);
  attempt.none("calls without an end, or a reason", isSaid ? [] : [`${left.join(", ") || "nothing"}: ${message}`]);
}

/** Lets the service hang during an act; and does the act once more when it is well again. */
async function repeated(attempt: Attempt, after: number, act: () => Promise<unknown>): Promise<void> {
  const { left } = hang(attempt, after);
  const message = await failureOf(act());
  expectSaid(attempt, left, message, atDeadline);
  attempt.count("faults");
  beWell();
  await act();
}

async function tryOnProtocol(attempt: Attempt, stackId: string): Promise<void> {
  const { random, seed } = attempt;
  const stack = new ProtocolStack(relay, stackId, config);
  const declared = everyKind(`f8${seed}`);
  await repeated(attempt, random.below(declared.length), () => stack.up(declared));
  await expectWhole(attempt, service, stackId, stack.state.values());
  await repeated(attempt, random.below(refreshRequests), () => stack.refresh());
  expectConverged(attempt, await stack.preview(declared));
  await expectWhole(attempt, service, stackId, stack.state.values());
  await repeated(attempt, random.below(declared.length), () => stack.destroy());
  await expectNothing(attempt, service, stackId);
}

/** Presses Ctrl-C while nothing answers. */
async function tryOnEngine(attempt: Attempt, stackId: string): Promise<void> {
  const { random, seed } = attempt;
  const declared = everyKind(`f8${seed}`);
  // Long enough for Ctrl-C to come first.
  const stack = await engineStack(relay, stackId, declared, { timeoutMs: "10000" });
  await expectInterrupted(attempt, stack, hang(attempt, random.below(declared.length)));
  attempt.count("faults");
  beWell();
  await stack.up();
  await expectWhole(attempt, service, stackId, await writtenBy(stack));
  expectConverged(attempt, await stack.preview());
}

async function expectInterrupted(attempt: Attempt, stack: Stack, { left, begins }: Hanging): Promise<void> {
  const up = stack.startInGroup("up", "--yes", "--skip-preview", "--parallel", "16");
  const end = endOf(up);
  await begins;
  await quiet();
  const sent = relay.requests.length;
  interrupt(up);
  const message = await failureOf(
    end.then(({ output }) => {
      throw new Error(output);
    }),
  );
  // The engine tells a plugin to cancel, and the dynamic provider nothing.
  expectSaid(attempt, left, message, frontUnderTest() === "native" ? "the update was cancelled" : atDeadline);
  await quiet();
  attempt.none("requests after Ctrl-C", relay.requests.slice(sent));
}

/** Waits until nothing has been asked for a second. */
async function quiet(): Promise<void> {
  let seen: number;
  do {
    seen = relay.requests.length;
    await wait(1000);
  } while (relay.requests.length > seen);
}

trial({
  id: "F8",
  title: "the service hangs, or drips, from some request of up, refresh and destroy on; or up is interrupted then",
  seeds: { full: 20, short: 1 },
  async try(attempt) {
    const stackId = `trial/f8/${attempt.seed}`;
    await (attempt.seed % seedsPerEngine === 0 ? tryOnEngine : tryOnProtocol)(attempt, stackId);
  },
});
