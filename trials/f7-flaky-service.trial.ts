/**
 * F7: of ten answers three are 502, 503 or a reset connection, before the service has carried the request out or after.
 * A stack of 200 is made all the same, with at most three tries for each of its resources on average.
 */
import { useRelay, useService } from "../test/e2e/fixtures.ts";
import type { Fate } from "../test/e2e/relay.ts";
import { ProtocolStack } from "../test/protocol/protocol-stack.ts";
import { engineStack, writtenBy } from "./engine-stack.ts";
import { expectConverged, expectWhole } from "./inventory.ts";
import { twoHundred } from "./program.ts";
import { type Attempt, trial } from "./trial.ts";

const service = useService({ ROSTER_RATE_LIMIT_PER_SECOND: "0" });
const relay = useRelay(service);
const parallel = 16;
const maxTries = 3;
/** One seed of so many is tried on the real engine. */
const seedsPerEngine = 6;

const faults: readonly Fate[] = [
  { status: 502, headers: { "content-type": "text/html" }, body: "<html><h1>Bad Gateway</h1></html>" },
  { status: 503, headers: { "content-type": "text/plain" }, body: "no healthy upstream" },
  "reset",
];

/** Does something while three of ten answers fail. */
async function whileFlaky(attempt: Attempt, act: () => Promise<unknown>): Promise<void> {
  const meet = (percent: number): Fate => {
    if (!attempt.random.chance(percent)) {
      return "pass on";
    }
    attempt.count("faults");
    return attempt.random.pick(faults);
  };
  // 17 of a hundred of what 16 of a hundred leave: 30 altogether.
  relay.asked = () => meet(16);
  relay.answered = () => meet(17);
  try {
    await act();
  } finally {
    relay.asked = () => undefined;
    relay.answered = () => "pass on";
  }
}

const totals = { tries: 0, operations: 0 };

/** Counts what the relay was asked for, beside the operations that took it. */
function expectFewTries(attempt: Attempt, operations: number): void {
  const tries = relay.requests.length;
  const before = perThousand();
  totals.tries += tries;
  totals.operations += operations;
  attempt.count("operations", operations);
  attempt.count("tries", tries);
  attempt.count("tries per 1000 operations", perThousand() - before);
  const average = `${tries} tries for ${operations} operations`;
  attempt.none("averages above three tries", tries > maxTries * operations ? [average] : []);
}

function perThousand(): number {
  return totals.operations === 0 ? 0 : Math.round((1000 * totals.tries) / totals.operations);
}

trial({
  id: "F7",
  title: "30 % of answers are 502, 503 or reset, and a stack of 200 is made",
  seeds: { full: 12, short: 1 },
  async try(attempt) {
    const { seed } = attempt;
    const stackId = `trial/f7/${seed}`;
    const declared = twoHundred(`f7${seed}`);
    relay.requests.length = 0;
    if (seed % seedsPerEngine === 0) {
      const stack = await engineStack(relay, stackId, declared);
      await whileFlaky(attempt, () => stack.up("--parallel", String(parallel)));
      expectFewTries(attempt, declared.length);
      await expectWhole(attempt, service, stackId, await writtenBy(stack));
      expectConverged(attempt, await stack.preview());
      return;
    }
    const stack = new ProtocolStack(relay, stackId, {}, { parallel });
    await whileFlaky(attempt, () => stack.up(declared));
    expectFewTries(attempt, declared.length);
    await expectWhole(attempt, service, stackId, stack.state.values());
    expectConverged(attempt, await stack.preview(declared));
  },
});
