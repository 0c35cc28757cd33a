/**
 * F24: lists are read in pages while rows come and go: before, behind and at the same time as a page. What is there from the
 * beginning to the end is listed exactly once, and nothing twice.
 */
import { expect } from "vitest";
import { send } from "../test/contract/statuses/case.ts";
import { contract, type OperationId } from "../test/contract/support/contract.ts";
import { type List, lists } from "../test/contract/support/lists.ts";
import { makeScenario, type Scenario } from "../test/contract/support/scenario.ts";
import { onEachDatabase } from "../test/contract/support/service.ts";
import { type Attempt, trial } from "./trial.ts";

const rowsAtFirst = 10;
/** A page has so many rows at most, or a fifth of a longer list. */
const maxLimit = 4;
/** So many rows come meanwhile at most, so that every reader comes to an end. */
const maxAdded = 20;
const largestPage = 1000;

interface Page {
  readonly items: readonly { readonly id: string }[];
  readonly nextCursor: string | null;
}

async function readPage(scenario: Scenario, operation: string, list: List, page: object): Promise<Page> {
  const query = { ...list.query, ...page };
  const response = await send(scenario, operation as OperationId, { ...(list.path && { path: list.path }), query });
  expect(response.statusCode, response.body).toBe(200);
  return response.json();
}

/** Reads a list while nothing changes. */
async function readWhole(scenario: Scenario, operation: string, list: List): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | null = null;
  do {
    const place: object = cursor === null ? {} : { cursor };
    const page = await readPage(scenario, operation, list, { limit: largestPage, ...place });
    ids.push(...page.items.map(({ id }) => id));
    cursor = page.nextCursor;
  } while (cursor !== null);
  return ids;
}

/** Reads a list to its end, page by page, while it changes. */
async function readWhileChanging(attempt: Attempt, scenario: Scenario, operation: string, list: List) {
  const { random } = attempt;
  const read: string[] = [];
  const ids = await readWhole(scenario, operation, list);
  const most = Math.max(maxLimit, Math.floor(ids.length / 5));
  // Built-in roles are named, and stay.
  const removable = new Set(ids.filter((id) => /_[0-9a-f]{32}$/.test(id)));
  let added = 0;
  const change = async () => {
    if (list.remove !== undefined && removable.size > 0 && random.chance(40)) {
      const id = random.pick([...removable]);
      removable.delete(id);
      await list.remove(id);
      attempt.count("rows removed");
    } else if (added < maxAdded) {
      added += 1;
      await list.add();
      attempt.count("rows added");
    }
  };
  let cursor: string | null = null;
  do {
    const place: object = cursor === null ? {} : { cursor };
    const asked = readPage(scenario, operation, list, { limit: 1 + random.below(most), ...place });
    const [page] = await Promise.all([asked, ...(random.chance(50) ? [change()] : [])]);
    if (random.chance(50)) {
      await change();
    }
    read.push(...page.items.map(({ id }) => id));
    attempt.count("pages");
    cursor = page.nextCursor;
  } while (cursor !== null);
  return read;
}

onEachDatabase("paging", (service, kind) => {
  // Unlike the seeds: a list that the contract gains and the trial doesn't know fails here.
  expect(Object.keys(lists).toSorted()).toEqual(
    [...contract.values()]
      .filter(({ parameters }) => parameters.some(({ name }) => name === "cursor"))
      .map(({ id }) => id)
      .toSorted(),
  );

  trial({
    id: `F24 ${kind}`,
    title: "every list is read in pages while rows are inserted and deleted",
    seeds: { full: 20, short: 1 },
    async try(attempt) {
      for (const [operation, make] of Object.entries(lists)) {
        const scenario = await makeScenario(service());
        const list = await make(scenario);
        for (let count = 0; count < rowsAtFirst; count += 1) {
          await list.add();
        }
        const before = new Set(await readWhole(scenario, operation, list));
        const read = await readWhileChanging(attempt, scenario, operation, list);
        const stable = (await readWhole(scenario, operation, list)).filter((id) => before.has(id));
        attempt.count("stable rows", stable.length);
        const seen = new Set(read);
        attempt.none(
          "rows skipped",
          stable.filter((id) => !seen.has(id)),
        );
        attempt.none(
          "rows repeated",
          read.filter((id, at) => read.indexOf(id) !== at),
        );
      }
    },
  });
});
