/**
 * The plugin next to the dynamic provider: 200 separate keys, and one organization in a new folder, by a compiled program and by one in
 * YAML, for which no program in Node.js is started.
 */
import { type Declared, RosterStack } from "../roster.ts";
import { type Measurement, type Row, reported, spreadOf } from "../row.ts";
import { BenchService } from "../service.ts";
import { keysOf } from "./resources.ts";

const [keyRounds, organizationRounds] = [3, 5];

/** What one side took in each round, in seconds. */
interface Side {
  readonly up: number[];
  readonly preview: number[];
}

export const fronts: Measurement = {
  name: "fronts",
  measure: () => BenchService.with(async (service) => [...(await ofKeys(service)), ...(await ofOrganization(service))]),
};

async function ofKeys(service: BenchService): Promise<Row[]> {
  const sides = { native: sideOf(), dynamic: sideOf() };
  for (let round = 0; round < keyRounds; round += 1) {
    for (const front of inTurn(["native", "dynamic"] as const, round)) {
      const declared = keysOf(await service.organization());
      await take(sides[front], await RosterStack.declaring(service, declared, front));
    }
  }
  return rowsOf("200 separate keys with the plugin", sides.native, sides.dynamic);
}

async function ofOrganization(service: BenchService): Promise<Row[]> {
  const sides = { native: sideOf(), yaml: sideOf(), dynamic: sideOf() };
  for (let round = 0; round < organizationRounds; round += 1) {
    for (const side of inTurn(["native", "yaml", "dynamic"] as const, round)) {
      const slug = `${side}-${round}`;
      const declared: Declared[] = [{ kind: "Organization", name: slug, args: { slug, name: "Acme" } }];
      const stack =
        side === "yaml"
          ? await RosterStack.inYaml(service, slug)
          : await RosterStack.declaring(service, declared, side);
      await take(sides[side], stack);
    }
  }
  return [
    ...rowsOf("one organization with the plugin", sides.native, sides.dynamic),
    ...rowsOf("one organization by a program in YAML", sides.yaml, sides.dynamic),
  ];
}

function sideOf(): Side {
  return { up: [], preview: [] };
}

/** Who comes first may find the service faster. */
function inTurn<Name>(sides: readonly Name[], round: number): readonly Name[] {
  return round % 2 === 0 ? sides : sides.toReversed();
}

async function take(side: Side, stack: RosterStack): Promise<void> {
  side.up.push((await stack.up()).seconds);
  side.preview.push((await stack.preview(false)).seconds);
  stack.remove();
}

function rowsOf(what: string, side: Side, dynamic: Side): Row[] {
  return (["up", "preview"] as const).map((command) => {
    const peer = { spread: spreadOf(dynamic[command], "s"), is: "the dynamic provider" };
    return reported(`${command} of ${what}`, spreadOf(side[command], "s"), peer);
  });
}
