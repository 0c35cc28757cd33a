/** A service that takes ten requests a second: what is over the engine's own time is what the limit makes of the requests. */
import { type Declared, RosterStack } from "../roster.ts";
import { bounded, type Measurement, type Row, spreadOf } from "../row.ts";
import { BenchService } from "../service.ts";
import { memberSet } from "./members.ts";

const perSecond = 10;
/** How much longer than the limit asks for it may take. */
const slack = 1.2;

export const limited: Measurement = {
  name: "limited",
  async measure() {
    return [
      await BenchService.with((service) => measureSet(service, 2000, true), perSecond),
      await BenchService.with((service) => measureSet(service, 250, false), perSecond),
    ];
  },
};

async function measureSet(service: BenchService, count: number, batching: boolean): Promise<Row> {
  const declared: Declared[] = [memberSet(await service.organization(), count)];
  const empty = await RosterStack.ofNothing(declared);
  const floor = (await empty.up()).seconds;
  empty.remove();
  const roster = await RosterStack.declaring(service, declared);
  await roster.configure("batching", String(batching));
  const { result, requests } = await service.during(() => roster.up());
  roster.remove();
  const name = `up of ${count} members at ${perSecond} requests a second${batching ? "" : ", without batches"}`;
  const atMost = floor + (slack * requests) / perSecond;
  const target = `at most the engine's ${floor.toFixed(1)} s and ${slack} × ${requests} requests / ${perSecond} s`;
  return bounded(name, spreadOf([result.seconds], "s"), target, atMost);
}
