/**
 * The members of an organization, from nothing: Roster's set beside the peer's objects, against the same service, in turn. What
 * each does is `up` and `apply`, then a preview that looks at the service and finds nothing to do, then one that doesn't look.
 */
import { PeerStack } from "../peer.ts";
import { type Declared, RosterStack } from "../roster.ts";
import { bounded, type Measurement, type Row, reported, type Side, type Spread, spreadOf, timesPeer } from "../row.ts";
import { BenchService } from "../service.ts";

/** How many members, in how many rounds, and how many times as long as the peer each may take. */
interface Size {
  readonly count: number;
  readonly rounds: number;
  readonly up?: number;
  readonly refresh?: number;
}

const sizes: readonly Size[] = [
  { count: 200, rounds: 3 },
  { count: 1000, rounds: 3, up: 1.2, refresh: 1.2 },
  // Of these the peer takes minutes.
  { count: 5000, rounds: 1, up: 0.4, refresh: 0.2 },
];

/** What one side took in one round. */
interface Round {
  readonly up: number;
  readonly upRequests: number;
  readonly refresh: number;
  readonly refreshRequests: number;
  readonly preview: number;
  readonly memoryMb: number;
  readonly stateBytes: number;
}

export const members: Measurement = {
  name: "members",
  measure: () => BenchService.with(measureAll),
};

async function measureAll(service: BenchService): Promise<Row[]> {
  const rows: Row[] = [];
  for (const size of sizes) {
    rows.push(...(await measureSize(service, size)));
  }
  return rows;
}

async function measureSize(service: BenchService, { count, rounds, up, refresh }: Size): Promise<Row[]> {
  const sides = { roster: [] as Round[], peer: [] as Round[] };
  let is = "";
  const declaring = {
    roster: async () => RosterStack.declaring(service, [memberSet(await service.organization(), count)]),
    peer: async () => {
      const stack = await PeerStack.declaring(service, await service.organization(), count);
      is = stack.name;
      return stack;
    },
  };
  for (let round = 0; round < rounds; round += 1) {
    // Who comes first may find the service faster.
    const order = ["roster", "peer"] as const;
    for (const side of round % 2 === 0 ? order : order.toReversed()) {
      sides[side].push(await roundOf(service, await declaring[side]()));
    }
  }
  const spreads = (figure: (round: Round) => number, unit: Spread["unit"]) => {
    const [roster, peer] = [spreadOf(sides.roster.map(figure), unit), spreadOf(sides.peer.map(figure), unit)];
    return [roster, { spread: peer, is }] as const;
  };
  const timed = (what: string, figure: (round: Round) => number, times: number | undefined) => {
    const [roster, peer] = spreads(figure, "s");
    const name = `${what} of ${count} members`;
    return times === undefined ? reported(name, roster, peer) : timesPeer(name, roster, peer, times);
  };
  const requests = (what: string, figure: (round: Round) => number) => {
    const [roster, peer] = spreads(figure, "requests");
    return bounded(`requests of ${what} of ${count} members`, roster, "at most n/100 + 10", count / 100 + 10, peer);
  };
  return [
    timed("up", (round) => round.up, up),
    timed("preview --refresh", (round) => round.refresh, refresh),
    timed("preview", (round) => round.preview, undefined),
    requests("up", (round) => round.upRequests),
    requests("preview --refresh", (round) => round.refreshRequests),
    reported(`memory of up of ${count} members`, ...spreads((round) => round.memoryMb, "MB")),
    reported(`state of ${count} members`, ...spreads((round) => round.stateBytes, "bytes")),
  ];
}

async function roundOf(service: BenchService, stack: Side): Promise<Round> {
  const up = await service.during(() => stack.up());
  const refresh = await service.during(() => stack.preview(true));
  const preview = await stack.preview(false);
  const { stateBytes } = stack;
  stack.remove();
  return {
    up: up.result.seconds,
    upRequests: up.requests,
    refresh: refresh.result.seconds,
    refreshRequests: refresh.requests,
    preview: preview.seconds,
    memoryMb: up.result.memoryMb,
    stateBytes,
  };
}

/** The declaration of a set of so many members, each with an account that is made; the first may have another role. */
export function memberSet(organization: string, count: number, changed?: string): Declared {
  const set = { $members: { count, role: "viewer", changed } };
  const args = { organization, onUnknownUser: "create", minAdmins: 0, members: set };
  return { kind: "OrganizationMembers", name: "staff", args };
}
