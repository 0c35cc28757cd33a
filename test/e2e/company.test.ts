/** examples/company on the real engine: a company whose people are a CSV file that a manifest reads. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { useService, useStack } from "./fixtures.ts";
import type { PreviewedStep } from "./stack.ts";

const service = useService();
const stack = useStack("examples/company", service);

const robot = "pipeline@robots.northwater.example";
const desk = "service.desk@northwater.example";
let organization = "";

/** The rows of the file that count: the role by address. */
function rolesInFile(): Record<string, string> {
  const [, ...rows] = readFileSync(path.join(stack.folder, "people.csv"), "utf8").trim().split("\n");
  const active = rows.map((row) => row.split(",")).filter((row) => row[5] === "Active");
  return Object.fromEntries(active.map((row) => [String(row[0]), String(row[4])]));
}

/** Whom a preview adds, changes and removes, by address. */
function changesOf({ oldState, newState }: PreviewedStep): Record<string, readonly [unknown, unknown]> {
  const [before, after] = [oldState, newState].map(
    (state) => (state?.inputs?.members ?? {}) as Record<string, unknown>,
  );
  const addresses = Object.keys({ ...before, ...after }).toSorted();
  const pairs = addresses.map((address) => [address, [before?.[address], after?.[address]]] as const);
  return Object.fromEntries(pairs.filter(([, [was, is]]) => JSON.stringify(was) !== JSON.stringify(is)));
}

test("S1 from nothing: 300 people, each with the role in the file, and a key for those in another file", async () => {
  await stack.up();
  organization = await stack.idOf("Organization", "northwater");
  const planner = await stack.idOf("Role", "northwater-planner");
  const { [desk]: ofDesk, [robot]: ofRobot, ...people } = await service.rolesIn(organization);
  const inFile = rolesInFile();
  expect(Object.keys(inFile)).toHaveLength(300);
  const expected = Object.entries(inFile).map(([address, role]) => [address, role === "planner" ? planner : role]);
  expect(people).toEqual(Object.fromEntries(expected));
  expect([ofDesk, ofRobot]).toEqual(["member", "administrator"]);
  const key = await stack.idOf("ApiKey", "northwater-reports");
  expect(await service.list(`/v1/api-keys/${key}/assignments`)).toHaveLength(20);
  const [token] = Object.values((await stack.outputs()).tokens as Record<string, string>);
  const asPipeline = await fetch(`${service.endpoint}/v1/self`, { headers: { authorization: `Bearer ${token}` } });
  expect(asPipeline.status).toBe(200);
});

// That nothing else is shown is also that the `up` before has left nothing to be done, for nobody who is declared one by one either.
test("S1 A3 A9 a change of the file is previewed person by person, with whoever was added in another way", async () => {
  const [first, second] = Object.keys(rolesInFile()).filter((address) => rolesInFile()[address] === "viewer");
  const csv = readFileSync(path.join(stack.folder, "people.csv"), "utf8");
  const rowOf = (address = "") => csv.split("\n").find((row) => row.startsWith(`${address},`)) ?? "";
  stack.edit("people.csv", rowOf(first), rowOf(first).replace(",viewer,", ",planner,"));
  stack.edit("people.csv", rowOf(second), rowOf(second).replace(",Active", ",Left"));
  const added = { email: "guest@elsewhere.example", kind: "system", homeOrganization: organization };
  const { body: guest } = await service.ask("POST", "/v1/users", added);
  await service.ask("POST", `/v1/organizations/${organization}/members`, { user: guest.id, role: "viewer" });
  const steps = await stack.previewed("--refresh");
  expect(steps.map(({ op, urn }) => `${op} ${urn.split("::").at(-1)}`)).toEqual(["update northwater-people"]);
  const [step] = steps;
  const changes = step === undefined ? {} : changesOf(step);
  expect(changes).toEqual({
    [String(first)]: [expect.objectContaining({ role: "viewer" }), expect.objectContaining({ role: "planner" })],
    [String(second)]: [expect.objectContaining({ role: "viewer" }), undefined],
    "guest@elsewhere.example": ["viewer", undefined],
  });
});

test("S1 destroy leaves nobody in", async () => {
  await stack.destroy();
  const members = await service.list(`/v1/organizations/${organization}/members?status=all`);
  expect(new Set(members.map(({ status }) => status))).toEqual(new Set(["removed", "cancelled"]));
});
