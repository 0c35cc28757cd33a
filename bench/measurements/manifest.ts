/**
 * A manifest: `people` from a CSV file, next to the same set that a program makes and to the peer's objects; and `users`, each a
 * resource, next to as many resources of a provider that does nothing.
 */
import type { Schemas } from "roster-schema";
import { PeerStack } from "../peer.ts";
import { type Declared, RosterStack } from "../roster.ts";
import { type Measurement, type Peer, type Row, reported, spreadOf, timesPeer } from "../row.ts";
import { BenchService } from "../service.ts";
import { memberSet } from "./members.ts";

/** How many people there are, and in how many rounds. */
const sizes = [
  { count: 1000, rounds: 3 },
  { count: 5000, rounds: 3 },
];
const ofUsers = [100, 300];
/** How many times as long as the program's set a manifest's may take. */
const maxTimes = 1.2;

/** What one side took in one round, in seconds; its state in bytes. */
interface Round {
  readonly up: number;
  readonly preview: number;
  readonly refresh: number;
  readonly change: number;
  readonly stateBytes: number;
}

export const manifest: Measurement = {
  name: "manifest",
  measure: () => BenchService.with(measureAll),
};

async function measureAll(service: BenchService): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { count, rounds } of sizes) {
    rows.push(...(await measurePeople(service, count, rounds)));
  }
  for (const count of ofUsers) {
    rows.push(...(await measureUsers(service, count)));
  }
  return rows;
}

async function measurePeople(service: BenchService, count: number, rounds: number): Promise<Row[]> {
  const sides = { manifest: [] as Round[], program: [] as Round[] };
  const run = {
    manifest: async () => {
      const stack = await manifestOf(service, "people: { onUnknownUser: create, minAdmins: 0, from: people.csv }\n");
      stack.write("people.csv", csvOf(count));
      return await roundOf(stack, () => stack.write("people.csv", csvOf(count, "editor")));
    },
    program: async () => {
      const organization = await service.organization();
      const stack = await RosterStack.declaring(service, [memberSet(organization, count)]);
      return await roundOf(stack, () => stack.declare([memberSet(organization, count, "editor")]));
    },
  };
  for (let round = 0; round < rounds; round += 1) {
    // Who comes first may find the service faster.
    const order = ["manifest", "program"] as const;
    for (const side of round % 2 === 0 ? order : order.toReversed()) {
      sides[side].push(await run[side]());
    }
  }
  const row = (what: string, figure: (round: Round) => number, unit: "s" | "bytes" = "s") => {
    const program = { spread: spreadOf(sides.program.map(figure), unit), is: "the same set of a program" };
    const ours = spreadOf(sides.manifest.map(figure), unit);
    return timesPeer(`${what} of ${count} people in a manifest`, ours, program, maxTimes);
  };
  const up = row("up", (round) => round.up);
  return [
    up,
    row("preview", (round) => round.preview),
    row("preview --refresh", (round) => round.refresh),
    row("one change, up", (round) => round.change),
    row("state", (round) => round.stateBytes, "bytes"),
    reported(`${up.name}, next to the peer`, up.roster, await peerOf(service, count)),
  ];
}

async function roundOf(stack: RosterStack, change: () => void): Promise<Round> {
  const up = await stack.up();
  const refresh = await stack.preview(true);
  const preview = await stack.preview(false);
  change();
  const changed = await stack.up();
  const { stateBytes } = stack;
  stack.remove();
  return { up: up.seconds, refresh: refresh.seconds, preview: preview.seconds, change: changed.seconds, stateBytes };
}

/** `users`, each with an account and a membership as resources. */
async function measureUsers(service: BenchService, count: number): Promise<Row[]> {
  const address = (at: number) => `user-${at}@users-${count}.example`;
  const users = Array.from(
    { length: count },
    (_, at) => `  user-${at}: { email: ${address(at)}, role: viewer, invite: false }\n`,
  );
  const stack = await manifestOf(service, `users:\n${users.join("")}`);
  const empty = await RosterStack.ofNothing(
    users.flatMap((_, at): Declared[] => [
      { name: `user-${at}`, args: { email: address(at), kind: "person", homeOrganization: "org" } },
      { name: `member-${at}`, args: { organization: "org", user: `usr-${at}`, role: "viewer" } },
    ]),
  );
  const [ours, engine] = [await timesOf(stack), await timesOf(empty)];
  const is = `the engine with an empty provider and ${2 * count} resources`;
  const row = (what: "up" | "preview") =>
    reported(`${what} of ${count} users in a manifest`, spreadOf([ours[what]], "s"), {
      ...{ spread: spreadOf([engine[what]], "s"), is },
    });
  return [row("up"), row("preview")];
}

async function timesOf(stack: RosterStack): Promise<{ up: number; preview: number }> {
  const up = await stack.up();
  const preview = await stack.preview(false);
  stack.remove();
  return { up: up.seconds, preview: preview.seconds };
}

/** A stack of a manifest for an organization that exists already. */
async function manifestOf(service: BenchService, sections: string): Promise<RosterStack> {
  const id = await service.organization();
  const { slug } = await service.ask<Schemas["Organization"]>("GET", `/v1/organizations/${id}`);
  const stack = await RosterStack.ofManifest(service);
  stack.write("roster.yaml", `name: bench\norganization: { existing: ${slug} }\n${sections}`);
  return stack;
}

/** As many people as in `memberSet`. */
function csvOf(count: number, changed = "viewer"): string {
  const lines = Array.from(
    { length: count },
    (_, at) => `member-${at}@bench.example,${at === 0 ? changed : "viewer"}\n`,
  );
  return `email,role\n${lines.join("")}`;
}

async function peerOf(service: BenchService, count: number): Promise<Peer> {
  const stack = await PeerStack.declaring(service, await service.organization(), count);
  const { seconds } = await stack.up();
  stack.remove();
  return { spread: spreadOf([seconds], "s"), is: stack.name };
}
