/** What it costs that a preview has the service try what it would change. */
import { type Declared, RosterStack } from "../roster.ts";
import { bounded, type Measurement, type Row, reported, spreadOf } from "../row.ts";
import { BenchService } from "../service.ts";
import { memberSet } from "./members.ts";

const count = 1000;
const rounds = 3;

export const trials: Measurement = {
  name: "trials",
  measure: () => BenchService.with(measureAll),
};

/** A preview of new members, with trials and without, in turn; and one without a change. */
async function measureAll(service: BenchService): Promise<Row[]> {
  const declared: Declared[] = [memberSet(await service.organization(), count)];
  const roster = await RosterStack.declaring(service, declared);
  const taken = { true: [] as number[], false: [] as number[] };
  const sent = { true: [] as number[], false: [] as number[] };
  for (let round = 0; round < rounds * 2; round += 1) {
    const dryRun = round % 2 === 0 ? "true" : "false";
    await roster.configure("dryRun", dryRun);
    const { result, requests } = await service.during(() => roster.previewChanges());
    taken[dryRun].push(result.seconds);
    sent[dryRun].push(requests);
  }
  await roster.configure("dryRun", "true");
  await roster.up();
  const unchanged = await service.during(() => roster.preview(false));
  roster.remove();
  const more = spreadOf(
    sent.true.map((requests, at) => requests - (sent.false[at] ?? 0)),
    "requests",
  );
  const without = { spread: spreadOf(taken.false, "s"), is: "the same without trials" };
  return [
    reported(`preview of ${count} new members, tried`, spreadOf(taken.true, "s"), without),
    bounded(`further requests of a preview of ${count} new members`, more, "at most n/100 + 10", count / 100 + 10),
    bounded(
      `requests of a preview of ${count} unchanged members`,
      spreadOf([unchanged.requests], "requests"),
      "none more than without trials",
      0,
    ),
  ];
}
