/**
 * F23: random sequences of a stack's edits, of what others do to its objects, of what people do, and of faults. Whatever
 * came before, a refresh and an `up` without faults leave the service and the state as the model has them, and nothing to
 * do.
 */
import fc from "fast-check";
import { useRelay, useService } from "../test/e2e/fixtures.ts";
import { declarables } from "./model.ts";
import { type Action, Play } from "./model-play.ts";
import { type Attempt, trial } from "./trial.ts";

const service = useService({ ROSTER_RATE_LIMIT_PER_SECOND: "0" });
const relay = useRelay(service);

const names = declarables("any").map(({ name }) => name);
const fault = fc.record({
  at: fc.nat({ max: 12 }),
  fate: fc.constantFrom("lost" as const, "dropped" as const, "unavailable" as const),
});
const killing = fc.record({
  at: fc.nat({ max: 12 }),
  fate: fc.constantFrom("killed before" as const, "killed after" as const),
});
const up: fc.Arbitrary<Action> = fc.record({
  do: fc.constant("up" as const),
  refreshes: fc.boolean(),
  faults: fc.oneof(
    fc.array(fault, { maxLength: 3 }),
    killing.map((one) => [one]),
  ),
});
const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("declare" as const),
      name: fc.constantFrom(...names),
      variant: fc.nat({ max: 2 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("omit" as const), name: fc.constantFrom(...names.slice(1)) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom("rotate" as const),
      name: fc.constantFrom("server", "token", "jwt", "branch-key"),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("resend" as const), name: fc.constantFrom("guest-in", "person-in") }),
  },
  { weight: 6, arbitrary: up },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("meddle" as const),
      how: fc.constantFrom("change" as const, "end" as const, "end" as const),
      name: fc.constantFrom(...names.slice(1)),
      entry: fc.nat({ max: 2 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("rotate out of band" as const),
      name: fc.constantFrom("server", "token", "branch-key"),
      overlap: fc.constantFrom("0s" as const, "1h" as const),
    }),
  },
  { weight: 1, arbitrary: fc.constant<Action>({ do: "block or unblock the robot" }) },
  { weight: 1, arbitrary: fc.constant<Action>({ do: "add a stranger" }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom("accept" as const, "leave" as const),
      name: fc.constantFrom("guest-in", "person-in"),
    }),
  },
  { weight: 1, arbitrary: fc.constant<Action>({ do: "set up an account" }) },
);
const maxActions = 15;
/** Each of them may be left out, so that a sequence that fails becomes as short as it can be. */
const sequence = fc
  .tuple(...Array.from({ length: maxActions }, () => fc.option(action, { freq: 10, nil: undefined })))
  .map((actions) => actions.filter((each) => each !== undefined));

/** How long a failing sequence is made smaller. */
const shrinkingMs = 90_000;

let plays = 0;

async function play(attempt: Attempt, actions: readonly Action[]): Promise<void> {
  plays += 1;
  const played = new Play(attempt, { service, relay }, `f23-${attempt.seed}-${plays}`);
  try {
    for (const each of actions) {
      await played.perform(each);
    }
    await played.end();
  } finally {
    await played.stop();
  }
}

trial({
  id: "F23",
  title: "random sequences of edits, meddling, people's acts and faults end as a plain model says",
  seeds: { full: 150, short: 2 },
  async try(attempt) {
    let endMs = Number.POSITIVE_INFINITY;
    // A sequence that fails is made smaller for a while, and then told.
    const property = fc.asyncProperty(sequence, async (actions) => {
      if (Date.now() > endMs) {
        return;
      }
      try {
        await play(attempt, actions);
      } catch (error) {
        endMs = Math.min(endMs, Date.now() + shrinkingMs);
        throw error;
      }
    });
    const { failed, counterexample, errorInstance } = await fc.check(property, {
      seed: attempt.seed,
      numRuns: 1,
      unbiased: true,
    });
    if (!failed) {
      return;
    }
    const [actions = []] = counterexample ?? [];
    const { message = "" } = (errorInstance ?? {}) as Partial<Error>;
    throw new Error([message, "after:", ...actions.map((each) => JSON.stringify(each))].join("\n"), {
      cause: errorInstance,
    });
  },
});
