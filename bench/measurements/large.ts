/** A hundred thousand members in one organization, as one set. */
import { BareClient } from "../bare-client.ts";
import { empty, RosterStack } from "../roster.ts";
import { bounded, type Measurement, type Row, reported, spreadOf, timesPeer } from "../row.ts";
import { BenchService } from "../service.ts";
import { memberSet } from "./members.ts";

const count = 100_000;
const maxWrites = 5;
/** How many times as long it may take as its parts: the engine, and the requests. */
const maxTimes = 1.3;
/** What the engine, its language host, the program and the provider may have resident together. */
const maxMemoryMb = 4096;
/** What the service may have resident. */
const maxServiceMb = 2048;

const parts =
  "the engine with an empty provider and the same set, and the same requests of a bare client, one after the other";

/** What each step takes, in seconds. */
interface Steps {
  readonly up: number;
  readonly refresh: number;
  readonly change: number;
}

export const large: Measurement = {
  name: "large",
  async measure() {
    const floor = await BenchService.with(measureFloor);
    return await BenchService.with((service) => measureLarge(service, floor));
  },
};

async function measureLarge(service: BenchService, floor: Steps): Promise<Row[]> {
  const organization = await service.organization();
  const stack = await RosterStack.declaring(service, [memberSet(organization, count)]);
  const up = await stack.up();
  const refresh = await stack.preview(true);
  stack.declare([memberSet(organization, count, "editor")]);
  const change = await service.during(() => stack.up());
  const { stateBytes } = stack;
  const serviceMb = service.memoryMb;
  stack.remove();
  const memory = Math.max(up.memoryMb, refresh.memoryMb, change.result.memoryMb);
  const row = (name: string, seconds: number, ofParts: number): Row =>
    timesPeer(name, spreadOf([seconds], "s"), { spread: spreadOf([ofParts], "s"), is: parts }, maxTimes);
  return [
    row(`up of ${count} members`, up.seconds, floor.up),
    row(`preview --refresh of ${count} members`, refresh.seconds, floor.refresh),
    row(`up of one change among ${count} members`, change.result.seconds, floor.change),
    bounded(
      `requests that change something, of one change among ${count} members`,
      spreadOf([change.writes], "requests"),
      `at most ${maxWrites}`,
      maxWrites,
    ),
    bounded(`memory with ${count} members`, spreadOf([memory], "MB"), `at most ${maxMemoryMb}`, maxMemoryMb),
    bounded(
      `the service's memory with ${count} members`,
      spreadOf([serviceMb], "MB"),
      `at most ${maxServiceMb}`,
      maxServiceMb,
    ),
    reported(`state of ${count} members`, spreadOf([stateBytes], "bytes")),
  ];
}

/** The engine and the requests, each by itself. */
async function measureFloor(service: BenchService): Promise<Steps> {
  const organization = await service.organization();
  const client = new BareClient(service, organization);
  const created = await client.create(count);
  const listed = await client.list();
  const stack = await RosterStack.ofNothing([memberSet(organization, count)]);
  const up = await stack.up();
  const refresh = await stack.preview(true);
  stack.declare(empty([memberSet(organization, count, "editor")]));
  const change = await stack.up();
  stack.remove();
  // A set reads its entries before it changes one.
  return { up: created + up.seconds, refresh: listed + refresh.seconds, change: listed + change.seconds };
}
