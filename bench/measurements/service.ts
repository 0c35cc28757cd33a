/** What the service takes for a member: the requests of a set by a client that does nothing else, next to a bare insert of the rows. */
import { BareClient } from "../bare-client.ts";
import { insertBare, rowsIn, type TableRows } from "../bare-insert.ts";
import { type Measurement, reported, spreadOf } from "../row.ts";
import { BenchService } from "../service.ts";

const count = 2000;
const rounds = 3;

export const service: Measurement = {
  name: "service",
  async measure() {
    const [seconds, bare]: [number[], number[]] = [[], []];
    for (let round = 0; round < rounds; round += 1) {
      let rows: readonly TableRows[] = [];
      const create = async (running: BenchService) =>
        new BareClient(running, await running.organization()).create(count);
      seconds.push(
        await BenchService.with(create, 0, async (folder) => {
          rows = await rowsIn(folder);
        }),
      );
      bare.push(await insertBare(rows, count));
    }
    return [
      reported(`${count} members by a client that does nothing else, in batches`, spreadOf(seconds, "s"), {
        ...{ spread: spreadOf(bare, "s"), is: "a bare insert of the same rows into the same kind of database" },
      }),
    ];
  },
};
