/**
 * F13: what is in the state is not in the service any more, because somebody ended it, or because the database was
 * restored from a backup. A refresh and a preview tell exactly what is missing, and `up` makes that again, and no more.
 */
import { renameSync, rmSync } from "node:fs";
import path from "node:path";
import { useRelay, useService } from "../test/e2e/fixtures.ts";
import { type Declaration, the } from "../test/e2e/kinds.ts";
import { type Planned, ProtocolStack } from "../test/protocol/protocol-stack.ts";
import { expectConverged, expectWhole, liveObjects } from "./inventory.ts";
import { everyKind } from "./program.ts";
import { type Attempt, trial } from "./trial.ts";

const service = useService({ ROSTER_RATE_LIMIT_PER_SECOND: "0" });
const relay = useRelay(service);

/** What somebody ends, how, and what is missing then. */
interface Loss {
  readonly name: string;
  readonly end: (state: ProtocolStack["state"]) => readonly [method: string, path: string, body?: object];
  readonly missing: readonly Planned[];
}

const idIn = (state: ProtocolStack["state"], name: string) => String(state.get(name)?.id);

const losses: readonly Loss[] = [
  {
    name: "an assignment",
    end: (state) => ["DELETE", `/v1/api-key-assignments/${idIn(state, "assigned")}`],
    missing: ["create assigned"],
  },
  {
    name: "a membership, and with it the assignments",
    end: (state) => ["DELETE", `/v1/members/${idIn(state, "other-in")}`],
    missing: ["create other-in", "create assigned"],
  },
  {
    name: "a key",
    end: (state) => ["DELETE", `/v1/api-keys/${idIn(state, "token")}`],
    missing: ["replace token"],
  },
  {
    name: "a user",
    end: (state) => ["PATCH", `/v1/users/${idIn(state, "person")}`, { state: "inactive" }],
    missing: ["update person"],
  },
  {
    name: "an entry of a set, and with it one of another",
    end: (state) => {
      const ids = state.get("members")?.outputs.ids as Readonly<Record<string, string>>;
      const [, id] = Object.entries(ids).find(([address]) => address.startsWith("grace-")) ?? [];
      return ["DELETE", `/v1/members/${id}`];
    },
    missing: ["update members", "update assignees"],
  },
];

/** What preview plans is what is missing, in any order. */
function expectPlanned(attempt: Attempt, planned: readonly Planned[], missing: ReadonlySet<Planned>): void {
  attempt.count("missing", missing.size);
  attempt.none(
    "not told",
    [...missing].filter((step) => !planned.includes(step)),
  );
  attempt.none(
    "told, and not missing",
    planned.filter((step) => !missing.has(step)),
  );
}

trial({
  id: "F13",
  title: "objects are ended out of band, and exactly these are made again",
  seeds: { full: 40, short: 1 },
  async try(attempt) {
    const { seed, random } = attempt;
    const stackId = `trial/f13/${seed}`;
    const stack = new ProtocolStack(relay, stackId);
    const declared = everyKind(`f13n${seed}`);
    await stack.up(declared);
    const chosen = random.shuffled(losses).slice(0, 1 + random.below(losses.length));
    for (const { name, end } of chosen) {
      const [method, pathname, body] = end(stack.state);
      const { status } = await service.ask(method, pathname, body);
      // What went with something else is gone already.
      if (status >= 300 && status !== 404) {
        throw new Error(`${name}: ${method} ${pathname} answered ${status}`);
      }
      attempt.count("faults");
    }
    await stack.refresh();
    expectPlanned(attempt, await stack.preview(declared), new Set(chosen.flatMap(({ missing }) => missing)));
    await stack.up(declared);
    await expectWhole(attempt, service, stackId, stack.state.values());
    expectConverged(attempt, await stack.preview(declared));
    await stack.destroy();
  },
});

/** What is declared after the backup. */
function later(tag: string): Declaration[] {
  return [
    {
      kind: "User",
      name: "late",
      args: { email: `late-${tag}@trials.example`, kind: "system", homeOrganization: the("acme") },
    },
    { kind: "Membership", name: "late-in", args: { organization: the("acme"), user: the("late"), role: "viewer" } },
    { kind: "Role", name: "late-role", args: { organization: the("acme"), name: "Late", permissions: ["flows:read"] } },
    { kind: "ApiKey", name: "late-key", args: { organization: the("acme"), name: "Late", kind: "server" } },
  ];
}

trial({
  id: "F13 restore",
  title: "yesterday's backup is restored, and exactly what it doesn't have is made again",
  seeds: { full: 5, short: 1 },
  async try(attempt) {
    const { seed, random } = attempt;
    const stackId = `trial/f13-restore/${seed}`;
    const stack = new ProtocolStack(relay, stackId);
    const yesterday = everyKind(`f13r${seed}`);
    const backup = path.join(service.folder, `${seed}.backup`);
    await stack.up(yesterday);
    await service.end();
    await service.command("backup", backup);
    await service.start();

    const made = later(`f13r${seed}`).filter(({ name }) => !name.startsWith("late-") || random.chance(70));
    const today = [
      ...yesterday
        .filter(({ name }) => name !== "assigned")
        .map((each) =>
          each.name === "server" ? { ...each, args: { ...each.args, rotate: 1, rotation: { overlap: "0s" } } } : each,
        ),
      ...made,
    ];
    await stack.up(today);
    await service.end();
    // The lost database: another one takes its place, with the keys of the data directory.
    renameSync(service.databaseFolder, `${service.databaseFolder}.lost`);
    await service.command("restore", backup, "--as", "original");
    rmSync(`${service.databaseFolder}.lost`, { recursive: true });
    await service.start();
    attempt.count("faults");

    await stack.refresh();
    const missing = made.map(({ name }): Planned => `create ${name}`);
    expectPlanned(attempt, await stack.preview(today), new Set([...missing, "update server"]));
    await stack.up(today);
    // What the stack ended since is there again, and is all that it doesn't know of.
    const known = new Set([...stack.state.values()].map(({ id }) => id));
    const sets = [...stack.state.values()].flatMap(({ outputs }) => Object.values(outputs.ids ?? {}));
    const unknown = (await liveObjects(service, stackId)).filter(({ id }) => !known.has(id) && !sets.includes(id));
    attempt.none(
      "unexpected",
      unknown.filter(({ kind }) => kind !== "api_key_assignment"),
    );
    attempt.none("unexpected", unknown.slice(1));
    attempt.count("back to life", unknown.length);
    await service.ask("DELETE", `/v1/api-key-assignments/${unknown[0]?.id}`);
    await expectWhole(attempt, service, stackId, stack.state.values());
    expectConverged(attempt, await stack.preview(today));
    await stack.destroy();
  },
});
