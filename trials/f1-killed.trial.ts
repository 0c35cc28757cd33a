/**
 * F1: the provider, or the engine before it, is killed at any request: before the service gets it, when it has carried it
 * out, or when the provider has the answer and the engine hasn't. What was on its way may still be carried out, then or
 * later. The next `up` converges all the same; `destroy` leaves nothing but lost creates, which the command removes.
 */
import { once } from "node:events";
import { rmSync, statSync } from "node:fs";
import { useRelay, useService, useStack } from "../test/e2e/fixtures.ts";
import type { Declaration } from "../test/e2e/kinds.ts";
import { Relay } from "../test/e2e/relay.ts";
import { ProtocolStack } from "../test/protocol/protocol-stack.ts";
import { EndedError } from "../test/protocol/provider-process.ts";
import { writtenBy } from "./engine-stack.ts";
import { expectConverged, expectNothing, expectWhole, liveObjects } from "./inventory.ts";
import { Kill } from "./kill.ts";
import { changed, everyKind, replaced } from "./program.ts";
import { type Attempt, trial } from "./trial.ts";

const service = useService({ ROSTER_RATE_LIMIT_PER_SECOND: "0" });

type Program = (tag: string) => Declaration[];

/** A run that is killed: from what to what, and how many requests it makes. */
interface Killed {
  readonly from: Program;
  readonly to: Program;
  readonly requests: number;
}

const nothing: Program = () => [];
const runs = {
  create: { from: nothing, to: everyKind, requests: 13 },
  change: { from: everyKind, to: (tag) => changed(everyKind(tag)), requests: 14 },
  replace: { from: everyKind, to: (tag) => replaced(everyKind(tag)), requests: 11 },
  destroy: { from: everyKind, to: nothing, requests: 17 },
} satisfies Record<string, Killed>;

/** A stack on the provider's own protocol, and the way that it reaches the service. */
interface Stand {
  readonly attempt: Attempt;
  readonly relay: Relay;
  readonly stack: ProtocolStack;
  readonly stackId: string;
}

/** Arms a kill at one of so many requests. */
function armed(attempt: Attempt, relay: Relay, requests: number, end: Kill["end"]): Kill {
  const at = 1 + attempt.random.below(requests);
  return new Kill(relay, attempt.random, at, async (victim) => {
    attempt.count(`kills of the ${victim}`);
    await end(victim);
  });
}

/** Runs `up`, and kills it at one of its requests. */
async function upKilled({ attempt, relay, stack }: Stand, declared: Declaration[], requests: number): Promise<Kill> {
  const kill = armed(attempt, relay, requests, async (victim) => {
    if (victim === "engine") {
      await stack.orphan();
    } else {
      stack.kill();
    }
  });
  try {
    await stack.up(declared);
  } catch (error) {
    if (!(error instanceof EndedError)) {
      throw error;
    }
  }
  await kill.over();
  return kill;
}

/** Of all secrets that a key was ever given, one at most authenticates. */
async function expectOneSecret(attempt: Attempt, answers: readonly string[]): Promise<void> {
  const secrets = new Map<string, Set<string>>();
  for (const answer of answers) {
    const { key, externalId } = JSON.parse(answer || "{}") as { key?: unknown; externalId?: string };
    if (typeof key !== "string" || externalId === undefined) {
      continue;
    }
    secrets.set(externalId, (secrets.get(externalId) ?? new Set()).add(key));
  }
  for (const [externalId, given] of secrets) {
    const verified = await Promise.all([...given].map((secret) => service.verify(secret)));
    const alive = verified.filter(({ outcome }) => outcome === "accepted");
    const second = alive.slice(1).map(() => externalId);
    attempt.none("second live secrets", second);
  }
}

/** What is left of a stack that was destroyed is what the command would remove. */
async function expectLostOnly(attempt: Attempt, stackId: string): Promise<void> {
  const left = await liveObjects(service, stackId);
  attempt.count("lost creates left by destroy", left.length);
  const unknown = left.filter(({ lost }) => !lost);
  attempt.none("orphans", unknown);
}

/** How often a create took over what was lost. */
async function countTakeOvers(attempt: Attempt, organization: unknown): Promise<void> {
  const entries = await service.list(`/v1/organizations/${organization}/audit-entries`);
  const taken = entries.filter(({ action }) => String(action).endsWith(".take_over"));
  attempt.count("take-overs", taken.length);
}

trial({
  id: "F1",
  title: "the provider or the engine is killed at any request, and the next up converges",
  seeds: { full: 450, short: 4 },
  // The next run waits for a killed one to fall silent.
  atOnce: 16,
  control: { within: 5 },
  async try(attempt) {
    const { seed, broken } = attempt;
    const relay = new Relay(service);
    await relay.start();
    try {
      relay.withheld = broken ? ["idempotency-key", "if-match", "roster-run"] : [];
      const stackId = `trial/f1${broken ? "-broken" : ""}/${seed}`;
      const stack = new ProtocolStack(relay, stackId);
      await tryRun({ attempt, relay, stack, stackId }, `f1${broken ? "b" : ""}${seed}`);
    } finally {
      relay.stop();
    }
  },
});

/** The next up. A lost membership may hold on to a role that is to go: as a person would, it is removed first. */
async function upAfter({ attempt, stack, stackId }: Stand, declared: Declaration[]): Promise<void> {
  try {
    await stack.up(declared);
  } catch (error) {
    const live = await liveObjects(service, stackId);
    const lost = live.filter((object) => object.lost && object.kind === "membership");
    if (declared.length > 0 || lost.length === 0 || !String(error).includes("role_in_use")) {
      throw error;
    }
    for (const { id } of lost) {
      await service.ask("DELETE", `/v1/members/${id}`);
    }
    attempt.count("lost memberships that held a role", lost.length);
    await stack.up(declared);
  }
}

async function tryRun(stand: Stand, tag: string): Promise<void> {
  const { attempt, relay, stack, stackId } = stand;
  const { random } = attempt;
  const run = random.pick(["create", "change", "replace", "destroy"] as const);
  const { from, to, requests }: Killed = runs[run];
  await stack.up(from(tag));
  const killed = await upKilled(stand, to(tag), requests);
  if (!killed.hasCome) {
    throw new Error(`no kill: ${run} makes fewer than ${requests} requests`);
  }
  if (!killed.isLate && random.chance(30)) {
    await upKilled(stand, to(tag), requests);
  }
  // Another end than the one that was on its way: what was made goes, or what was to go comes back.
  const isTurned = run !== "change" && random.chance(30);
  const declared = isTurned ? (run === "destroy" ? from(tag) : []) : to(tag);
  if (isTurned && run === "destroy") {
    await killed.settled();
    // What is gone is made again only when it is known to be gone.
    await stack.refresh();
  }
  await upAfter(stand, declared);
  await killed.settled();
  if (declared.length === 0) {
    await expectLostOnly(attempt, stackId);
  } else {
    await expectWhole(attempt, service, stackId, stack.state.values());
    expectConverged(attempt, await stack.preview(declared));
    await countTakeOvers(attempt, stack.state.get("acme")?.id);
  }
  await expectOneSecret(attempt, relay.answers);
}

const cliRelay = useRelay(service);
const cli = useStack("test/e2e/programs/kinds", cliRelay);

/** So many requests every run on the real engine makes at least, whatever goes together. */
const cliRequests = 6;

/** Runs `pulumi up`, kills it at one of its requests, and unlocks the stack. */
async function cliUpKilled(attempt: Attempt): Promise<Kill> {
  const up = cli.startInGroup("up", "--yes", "--skip-preview");
  const ended = once(up, "exit");
  const kill = armed(attempt, cliRelay, cliRequests, async (victim) => {
    if (victim === "engine") {
      up.kill("SIGKILL");
    } else if (up.pid !== undefined) {
      process.kill(-up.pid, "SIGKILL");
    }
    await ended;
  });
  up.stdout.resume();
  up.stderr.resume();
  await ended;
  await kill.over();
  if (!kill.hasCome) {
    throw new Error(`no kill: it makes fewer than ${cliRequests} requests`);
  }
  mendCheckpoint(attempt);
  await cli.succeed("cancel", "--yes");
  return kill;
}

/** Killed while it writes its state, the engine can leave an empty file beside it: docs/limits.md. */
function mendCheckpoint(attempt: Attempt): void {
  const attributes = `${cli.checkpoint}.attrs`;
  if (statSync(attributes).size > 0) {
    return;
  }
  rmSync(attributes);
  attempt.count("empty attributes");
}

trial({
  id: "F1 cli",
  title: "the same on the real engine, with `pulumi cancel` and `roster orphans --remove`",
  seeds: { full: 50, short: 1 },
  async try(attempt) {
    const { seed, random } = attempt;
    const stackId = "organization/stack-under-test/test";
    const run = random.pick(["create", "create", "change", "replace"] as const);
    const { from, to }: Killed = runs[run];
    const tag = `cli${seed}`;
    cliRelay.answers.length = 0;
    if (run !== "create") {
      cli.declare(from(tag));
      await cli.up();
    }
    cli.declare(to(tag));
    const killed = await cliUpKilled(attempt);
    if (random.chance(70)) {
      await cli.up();
      await killed.settled();
      const written = await writtenBy(cli);
      await expectWhole(attempt, service, stackId, written);
      expectConverged(attempt, await cli.preview());
      await countTakeOvers(attempt, written.find(({ kind }) => kind === "Organization")?.id);
    }
    const { status } = await cli.run("destroy", "--yes", "--skip-preview");
    await killed.settled();
    await cli.roster("orphans", "--remove");
    // What was lost may hold on to what is known, as a membership does to its role.
    if (status !== 0) {
      await cli.destroy();
    }
    await expectNothing(attempt, service, stackId);
    await expectOneSecret(attempt, cliRelay.answers);
  },
});
