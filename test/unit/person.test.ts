/** Whether another address, or a user in its place, means the person whom a membership or an assignment hangs on. */
import { runtime } from "@pulumi/pulumi";
import { expect, onTestFinished, test } from "vitest";
import { apiKeyAssignmentLifecycle } from "../../provider/kinds/api-key-assignment.ts";
import { membershipLifecycle } from "../../provider/kinds/membership.ts";
import { Registrations } from "../../provider/lifecycle/registrations.ts";
import { Client } from "../../provider/wire/client.ts";
import { type Answering, json, refusal, ScriptedServer } from "./scripted-server.ts";

const id = `usr_${"1".repeat(32)}`;
const other = `usr_${"2".repeat(32)}`;
const ann = { id, email: "ann@x.example", pendingEmail: null };
const lifecycles = [membershipLifecycle, apiKeyAssignmentLifecycle];

async function replaces(state: object, inputs: object, run = new Registrations(), ...answers: readonly Answering[]) {
  const server = await ScriptedServer.start(...answers, ...answers);
  onTestFinished(() => server.stop());
  const client = new Client({ endpoint: server.endpoint, token: "of-a-test", timeoutMs: 60_000 });
  const of = { email: "ann@x.example", userId: id, ...state };
  const planned = lifecycles.map((lifecycle) =>
    lifecycle.confirmDiff(() => client, of, { email: "new@x.example", ...inputs }, run),
  );
  const [one, another] = (await Promise.all(planned)).map((difference) => difference.replaces.length > 0);
  expect(one).toBe(another);
  expect(server.received).toHaveLength(2 * answers.length);
  return one;
}

test("T4 an address that waits for its confirmation is its user's already, and so is one that the service has by now", async () => {
  expect(await replaces({}, {}, undefined, json(200, { ...ann, pendingEmail: "New@x.example" }))).toBe(false);
  expect(await replaces({}, {}, undefined, json(200, { ...ann, email: "new@X.example" }))).toBe(false);
});

test("T9 an address is its user's as the service compares addresses, letter by letter", async () => {
  const [given, pending] = ["οδοσ@x.example", "ΟΔΟΣ@x.example"];
  expect(await replaces({}, { email: given }, undefined, json(200, { ...ann, pendingEmail: pending }))).toBe(false);
  expect(
    await replaces({}, { email: "kim@x.example" }, undefined, json(200, { ...ann, email: "\u212aim@x.example" })),
  ).toBe(true);
  const run = new Registrations();
  run.noteUserAddress(pending, id);
  expect(await replaces({}, { email: given }, run)).toBe(false);
});

test("an address that nobody known has is another person's, also where nobody may ask", async () => {
  expect(await replaces({}, {}, undefined, json(200, ann))).toBe(true);
  expect(await replaces({}, {}, undefined, refusal(403, "permission_denied"))).toBe(true);
});

test("what the program declares in the same run is not asked of the service", async () => {
  const run = new Registrations();
  run.noteUserAddress("New@x.example", id);
  expect(await replaces({}, {}, run)).toBe(false);
  run.noteUserAddress("new@x.example", other);
  expect(await replaces({}, {}, run)).toBe(true);
  run.noteUserAddress("new@x.example", undefined);
  expect(await replaces({}, {}, run)).toBe(true);
});

test("neither is what the inputs and the state say: a user, an invitation, and what isn't known yet", async () => {
  const byUser = (user: string) => ({ email: undefined, user });
  expect(await replaces({}, byUser(id))).toBe(false);
  expect(await replaces({}, byUser(other))).toBe(true);
  expect(await replaces({ userId: undefined }, {})).toBe(true);
  expect(await replaces({}, { email: runtime.unknownValue })).toBe(true);
});
