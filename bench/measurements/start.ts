/**
 * Where the seconds of a small `up` in a new folder go: one resource, beside one of a provider that does nothing; by a program that
 * is compiled, and by one in TypeScript, whose types are checked or not.
 */
import { RosterStack } from "../roster.ts";
import { type Measurement, type Row, reported, spreadOf } from "../row.ts";
import { BenchService } from "../service.ts";

const rounds = 5;

export const start: Measurement = {
  name: "start",
  measure: () => BenchService.with(measureStart),
};

async function measureStart(service: BenchService): Promise<Row[]> {
  const seconds = {
    compiled: [] as number[],
    typescript: [] as number[],
    checked: [] as number[],
    empty: [] as number[],
  };
  for (let round = 0; round < rounds; round += 1) {
    // Every stack has the same name, and with it the service knows a resource of the same name.
    const declared = (side: string) => [
      { kind: "Organization", name: `${side}-${round}`, args: { slug: `${side}-${round}`, name: "Acme" } },
    ];
    const stacks = {
      compiled: await RosterStack.declaring(service, declared("compiled")),
      typescript: await RosterStack.inTypeScript(service, declared("typescript"), false),
      checked: await RosterStack.inTypeScript(service, declared("checked"), true),
      empty: await RosterStack.ofNothing(declared("empty")),
    };
    for (const side of ["compiled", "typescript", "checked", "empty"] as const) {
      seconds[side].push((await stacks[side].up()).seconds);
      stacks[side].remove();
    }
  }
  const engine = { spread: spreadOf(seconds.empty, "s"), is: "the engine with an empty provider" };
  return [
    reported("up of one organization", spreadOf(seconds.compiled, "s"), engine),
    reported("the same by a program in TypeScript", spreadOf(seconds.typescript, "s"), engine),
    reported("the same, and its types are checked", spreadOf(seconds.checked, "s"), engine),
  ];
}
