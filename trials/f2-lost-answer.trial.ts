/**
 * F2: the answer to a mutation is lost after the service has carried it out. The client asks again, with the same key:
 * one object, one entry in the audit, one mail, and the same answer.
 */
import { useRelay, useService } from "../test/e2e/fixtures.ts";
import { ProtocolStack } from "../test/protocol/protocol-stack.ts";
import { expectConverged, expectNothing, expectWhole } from "./inventory.ts";
import { changed, everyKind } from "./program.ts";
import { type Attempt, trial } from "./trial.ts";

const service = useService({ ROSTER_RATE_LIMIT_PER_SECOND: "0" });
const relay = useRelay(service);

/** Each change is in the audit once, and the invited person has one mail. */
async function expectOnce(attempt: Attempt, organization: string, tag: string): Promise<void> {
  const entries = await service.list(`/v1/organizations/${organization}/audit-entries`);
  const changes = entries.map(({ action, object }) => `${action} ${JSON.stringify(object)}`);
  attempt.none(
    "double audit entries",
    changes.filter((change, at) => changes.indexOf(change) !== at),
  );
  attempt.none("double mails", (await service.mailsTo(`person-${tag}@trials.example`, 1)).slice(1));
}

trial({
  id: "F2",
  title: "the answer to every mutation is lost after the commit, and asked for again",
  seeds: { full: 20, short: 1 },
  control: { within: 3 },
  async try(attempt) {
    const { seed, broken } = attempt;
    const stackId = `trial/f2${broken ? "-broken" : ""}/${seed}`;
    const tag = `f2${broken ? "b" : ""}${seed}`;
    relay.withheld = broken ? ["idempotency-key", "if-match", "roster-run"] : [];
    /** How often the answer to a call was lost, by its key. */
    const lost = new Map<string, number>();
    relay.answered = (request, { "idempotency-key": key }) => {
      if (request.startsWith("GET ") || typeof key !== "string") {
        return "pass on";
      }
      const times = lost.get(key) ?? 0;
      // Each once, and some of the repeats as well; after five the client gives up.
      if (times > 0 && (times > 2 || !attempt.random.chance(20))) {
        return "pass on";
      }
      lost.set(key, times + 1);
      attempt.count("faults");
      return "reset";
    };
    const stack = new ProtocolStack(relay, stackId);
    const declared = everyKind(tag);
    await stack.up(declared);
    await expectWhole(attempt, service, stackId, stack.state.values());
    expectConverged(attempt, await stack.preview(declared));
    await stack.up(changed(declared));
    await expectWhole(attempt, service, stackId, stack.state.values());
    await expectOnce(attempt, stack.state.get("acme")?.id ?? "", tag);
    await stack.destroy();
    await expectNothing(attempt, service, stackId);
  },
});
