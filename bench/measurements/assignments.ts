/** Attaching a key to the members of an organization, as a set. */
import { type Declared, RosterStack } from "../roster.ts";
import { bounded, type Measurement, spreadOf } from "../row.ts";
import { BenchService } from "../service.ts";
import { memberSet } from "./members.ts";

const count = 1000;

export const assignments: Measurement = {
  name: "assignments",
  async measure() {
    const service = await BenchService.start();
    const organization = await service.organization();
    const before: Declared[] = [
      memberSet(organization, count),
      { kind: "ApiKey", name: "key", args: { organization, name: "Key", kind: "server" } },
    ];
    const stack = await RosterStack.declaring(service, before);
    await stack.up();
    const assignees = { $assignees: { count } };
    stack.declare([...before, { kind: "ApiKeyAssignees", name: "assignees", args: { key: { $: "key" }, assignees } }]);
    const { requests } = await service.during(() => stack.up());
    stack.remove();
    await service.stop();
    const name = `requests of up of ${count} assignments`;
    return [bounded(name, spreadOf([requests], "requests"), "at most n/100 + 10", count / 100 + 10)];
  },
};
