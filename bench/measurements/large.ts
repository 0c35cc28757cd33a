/** A hundred thousand members in one organization, as one set. */
import { RosterStack } from "../roster.ts";
import { bounded, type Measurement, type Row, reported, spreadOf } from "../row.ts";
import { BenchService } from "../service.ts";
import { memberSet } from "./members.ts";

const count = 100_000;
const maxWrites = 5;
/** What the engine, its language host, the program and the provider may have resident together. */
const maxMemoryMb = 4096;
/** What the service may have resident. */
const maxServiceMb = 2048;

export const large: Measurement = {
  name: "large",
  measure: () => BenchService.with(measureLarge),
};

async function measureLarge(service: BenchService): Promise<Row[]> {
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
  const seconds = (name: string, value: number): Row => reported(name, spreadOf([value], "s"));
  return [
    seconds(`up of ${count} members`, up.seconds),
    seconds(`preview --refresh of ${count} members`, refresh.seconds),
    seconds(`up of one change among ${count} members`, change.result.seconds),
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
