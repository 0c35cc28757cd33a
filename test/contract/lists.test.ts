/** Lists cost as many statements as before, however many rows a page has. */
import { expect, test } from "vitest";
import { send } from "./statuses/case.ts";
import { contract, type OperationId } from "./support/contract.ts";
import { type List, lists } from "./support/lists.ts";
import { makeScenario, type Scenario } from "./support/scenario.ts";
import { onEachDatabase } from "./support/service.ts";

const rows = 12;

test("every list of the contract is one of these", () => {
  const ids = [...contract.keys()].filter((id) => id.startsWith("list"));
  expect(Object.keys(lists).toSorted()).toEqual(ids.toSorted());
});

onEachDatabase("the statements of a list", (service) => {
  test.each(Object.keys(lists))("%s", async (operation) => {
    const scenario = await makeScenario(service());
    const list = await lists[operation]?.(scenario);
    if (list === undefined) {
      throw new Error("there is no such list");
    }
    for (let row = 0; row < rows; row += 1) {
      await list.add();
    }
    const [one, all] = [await readWith(scenario, operation, list, 1), await readWith(scenario, operation, list, rows)];
    expect(all.items).toBeGreaterThanOrEqual(rows);
    expect(one.items).toBe(1);
    expect(all.statements).toBe(one.statements);
  });

  async function readWith(scenario: Scenario, operation: string, list: List, limit: number) {
    let items = 0;
    const statements = await service().statementsOf(async () => {
      const options = { ...(list.path && { path: list.path }), query: { ...list.query, limit } };
      items = (await send(scenario, operation as OperationId, options)).json().items.length;
    });
    return { items, statements };
  }
});
