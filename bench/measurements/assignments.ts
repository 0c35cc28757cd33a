/** Attaching a key to the members of an organization, as a set. */
import { type Declared, RosterStack } from "../roster.ts";
import { bounded, type Measurement, type Row, spreadOf } from "../row.ts";
import { BenchService } from "../service.ts";
import { memberSet } from "./members.ts";

const count = 1000;

export const assignments: Measurement = {
  name: "assignments",
  measure: () => BenchService.with(measureAssignments),
};

async function measureAssignments(service: BenchService): Promise<Row[]> {
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
  const name = `requests of up of ${count} assignments`;
  return [bounded(name, spreadOf([requests], "requests"), "at most n/100 + 10", count / 100 + 10)];
}
