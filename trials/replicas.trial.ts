/**
 * Two replicas of the service on one PostgreSQL, behind a balancer. They are killed and started again in turn while the
 * engine makes, and then changes, a stack: it notices nothing, and nothing is there twice or missing.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, onTestFinished } from "vitest";
import { type PostgresCluster, startPostgres } from "../test/contract/support/postgres.ts";
import { keyMaterial, ownerToken } from "../test/contract/support/service.ts";
import { type Declaration, enterprise, the } from "../test/e2e/kinds.ts";
import { Service } from "../test/e2e/service.ts";
import { kindOf, Stack } from "../test/e2e/stack.ts";
import type { Properties } from "../test/protocol/provider-process.ts";
import { Balancer } from "./balancer.ts";
import { expectConverged, expectWhole } from "./inventory.ts";
import { type Attempt, trial } from "./trial.ts";

const isFull = process.env.ROSTER_TRIALS === "full";
/** How many resources a stack has. */
const resources = isFull ? 200 : 40;
/** In the second, everything is changed. */
const rounds: readonly (1 | 2)[] = isFull ? [1, 2] : [1];
/** How long both replicas serve between a start and the next kill, at least, and how much longer at most. */
const calmMs = 200;
const moreCalmMs = 800;

let cluster: PostgresCluster;
let replicas: readonly [Service, Service];
let balancer: Balancer;

beforeAll(async () => {
  cluster = await startPostgres();
  const settings = {
    DATABASE_URL: cluster.url,
    ROSTER_OWNER_TOKEN: ownerToken,
    ROSTER_KEY_PEPPERS: keyMaterial.pepper,
    ROSTER_SIGNING_KEYS: JSON.stringify([keyMaterial.signingKey]),
    ROSTER_RATE_LIMIT_PER_SECOND: "0",
  };
  replicas = [new Service(settings), new Service(settings)];
  // Each brings the schema to its version, whoever is first.
  await Promise.all(replicas.map((replica) => replica.start()));
  balancer = new Balancer(replicas);
  await balancer.start();
});
afterAll(async () => {
  balancer?.stop();
  await Promise.all((replicas ?? []).map((replica) => replica.stop()));
  await cluster?.stop();
});

/**
 * An organization, and robots that are each four resources: a user, a membership, a key and its assignment.
 *
 * @param round what there is to change
 */
function declarations(tag: string, round: 1 | 2): Declaration[] {
  const organization = the("acme");
  const robots = Array.from({ length: Math.floor(resources / 4) - 1 }, (_, at) => at);
  const members = robots.map((at) => [`member-${at}-${tag}@trials.example`, round === 1 ? "viewer" : "operator"]);
  return [
    { kind: "Organization", name: "acme", args: { slug: `acme-${tag}`, name: `Acme ${round}`, ...enterprise } },
    { kind: "Role", name: "releaser", args: { organization, name: `Releaser ${round}`, permissions: ["flows:read"] } },
    {
      kind: "OrganizationMembers",
      name: "members",
      args: { organization, members: Object.fromEntries(members), minAdmins: 0, onUnknownUser: "create" },
    },
    ...robots.flatMap((at): Declaration[] => [
      {
        kind: "User",
        name: `robot-${at}`,
        args: {
          email: `robot-${at}-${tag}@trials.example`,
          kind: "system",
          homeOrganization: organization,
          givenName: `Robot ${round}`,
        },
      },
      {
        kind: "Membership",
        name: `robot-${at}-in`,
        args: { organization, user: the(`robot-${at}`), role: round === 1 ? "viewer" : the("releaser") },
      },
      {
        kind: "ApiKey",
        name: `key-${at}`,
        args: {
          organization,
          name: `Key ${at}`,
          kind: "server",
          rotation: { overlap: "0s" },
          ...(round === 2 && { rotate: 1 }),
        },
      },
      {
        kind: "ApiKeyAssignment",
        name: `assigned-${at}`,
        args: { key: the(`key-${at}`), user: the(`robot-${at}`) },
        after: [`robot-${at}-in`],
      },
    ]),
  ];
}

/** Kills the replicas in turn, and starts each again before the other's turn, until the work is done. */
async function whileKilling(attempt: Attempt, work: () => Promise<unknown>): Promise<void> {
  let isOver = false;
  const killing = (async () => {
    for (let turn = 0; !isOver; turn += 1) {
      const replica = replicas[turn % 2] ?? replicas[0];
      await sleep(calmMs + attempt.random.below(moreCalmMs));
      await replica.kill();
      attempt.count("kills");
      await replica.start();
    }
  })();
  try {
    await work();
  } finally {
    isOver = true;
    await killing;
  }
}

/** What is written down, with the secrets as they are. */
async function written(stack: Stack) {
  const { resources: exported } = await stack.exported("--show-secrets");
  return exported
    .filter(({ type }) => kindOf(type) !== undefined)
    .map(({ type, id = "", outputs }) => ({
      kind: type.split(":").at(-1) ?? "",
      id,
      outputs: shown(outputs) as Properties,
    }));
}

/** Values as they are in place of what the engine writes for secret ones. */
function shown(value: unknown): unknown {
  if (typeof value !== "object" || value === null) {
    return value;
  }
  if (Array.isArray(value)) {
    return value.map(shown);
  }
  if ("plaintext" in value) {
    return JSON.parse(String(value.plaintext));
  }
  return Object.fromEntries(Object.entries(value).map(([member, inner]) => [member, shown(inner)]));
}

trial({
  id: "replicas",
  title: `two replicas on one PostgreSQL are killed in turn while a stack of ${resources} is made and changed`,
  seeds: { full: 3, short: 1 },
  async try(attempt) {
    const name = `replicas-${attempt.seed}`;
    const stackId = `organization/stack-under-test/${name}`;
    const stack = new Stack("test/e2e/programs/kinds", balancer);
    onTestFinished(() => stack.remove());
    await stack.init(name);
    for (const round of rounds) {
      stack.declare(declarations(`r${attempt.seed}`, round));
      const { resets, detours } = balancer;
      await whileKilling(attempt, () => stack.up());
      attempt.count("resets", balancer.resets - resets);
      attempt.count("detours", balancer.detours - detours);
      await expectWhole(attempt, replicas[0], stackId, await written(stack));
      const steps = await stack.previewed("--refresh");
      const changing = steps.filter(({ op }) => op !== "refresh");
      expectConverged(
        attempt,
        changing.map(({ op, urn }) => `${op} ${urn}`),
      );
    }
  },
});
