/** A service that takes ten requests a second: what is over the engine's own time is what the limit makes of the requests. */
import { type Declared, RosterStack } from "../roster.ts";
import { bounded, type Measurement, type Row, reported, spreadOf } from "../row.ts";
import { BenchService } from "../service.ts";
import { memberSet } from "./members.ts";

const perSecond = 10;
/** How much longer than the limit asks for it may take. */
const slack = 1.2;
const inBatches = 2000;
const oneByOne = 250;

interface Taken {
  readonly seconds: number;
  readonly requests: number;
  /** What the engine takes with a provider that does nothing. */
  readonly floor: number;
}

export const limited: Measurement = {
  name: "limited",
  async measure() {
    const batched = await BenchService.with((service) => upOf(service, inBatches, true), perSecond);
    const unlimited = await BenchService.with((service) => upOf(service, inBatches, true));
    const single = await BenchService.with((service) => upOf(service, oneByOne, false), perSecond);
    const name = (count: number) => `up of ${count} members at ${perSecond} requests a second`;
    return [
      rowOf(name(inBatches), batched),
      reported("the same without a limit: what the service itself takes", spreadOf([unlimited.seconds], "s")),
      rowOf(`${name(oneByOne)}, without batches`, single),
    ];
  },
};

async function upOf(service: BenchService, count: number, batching: boolean): Promise<Taken> {
  const declared: Declared[] = [memberSet(await service.organization(), count)];
  const empty = await RosterStack.ofNothing(declared);
  const floor = (await empty.up()).seconds;
  empty.remove();
  const roster = await RosterStack.declaring(service, declared);
  await roster.configure("batching", String(batching));
  const { result, requests } = await service.during(() => roster.up());
  roster.remove();
  return { seconds: result.seconds, requests, floor };
}

function rowOf(name: string, { seconds, requests, floor }: Taken): Row {
  const target = `at most the engine's ${floor.toFixed(1)} s and ${slack} × ${requests} requests / ${perSecond} s`;
  return bounded(name, spreadOf([seconds], "s"), target, floor + (slack * requests) / perSecond);
}
