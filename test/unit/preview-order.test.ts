/**
 * In which order a front that doesn't know which resources will come adds them to a preview: a refusal is final only when none has come for a
 * while that lifts it. What the service answers is made up, because only the moments matter.
 */
import { setTimeout as wait } from "node:timers/promises";
import { expect, test } from "vitest";
import { ApiError } from "../../provider/errors.ts";
import { lifecycleOf } from "../../provider/kinds/registry.ts";
import { Preview } from "../../provider/preview/preview.ts";
import type { Client } from "../../provider/wire/client.ts";
import type { Trial, TriedRequest } from "../../provider/wire/trials.ts";

const organization = `org_${"0".repeat(32)}`;
const waitMs = 20;
/** A stack may have given its own name to what has this name. */
const taken = "Taken";

/** Tries requests as if a role of the stack, `s/other`, had the name. */
const trials = {
  isSupported: true,
  each: (requests: readonly TriedRequest[]) => Promise.resolve(requests.map(({ path, body }) => tried(path, body))),
  sequence: (requests: readonly TriedRequest[]) => trials.each(requests),
};

function tried(path: string, body: object | undefined): Trial {
  const isTaken = body !== undefined && "name" in body && body.name === taken;
  const problem = { type: "", title: "", status: 409, code: "name_taken", detail: "", requestId: "", retryable: false };
  return {
    outcome: isTaken ? "refused" : "done",
    reason: null,
    refusal: isTaken ? new ApiError("POST", path, problem as ConstructorParameters<typeof ApiError>[2]) : undefined,
    dependsOn: isTaken ? [{ kind: "role", id: "rol_1", externalId: "s/other" }] : [],
    effects: [],
  };
}

/** A preview, and what it prints. */
function previewed() {
  const client = { trials, service: { selfIfKnown: () => Promise.resolve(undefined) } } as unknown as Client;
  const preview = new Preview(client, { say: () => undefined, fail: () => undefined }, waitMs);
  const printed: string[] = [];
  const add = (name: string) => {
    const resource = {
      lifecycle: lifecycleOf("Role"),
      title: `Role ${name}`,
      source: {},
      before: () => Promise.resolve([]),
      hasSecretEntries: () => Promise.resolve(false),
      print: (severity: string) => printed.push(`${severity} at ${name}`),
    };
    const inputs = { externalId: `s/${name}`, organization, name: name === "new" ? taken : name, permissions: [] };
    return preview.add(resource, Promise.resolve({ id: undefined, inputs, isUnchanged: false }));
  };
  return { add, printed };
}

test("P2 a refusal is a warning if the resource that may lift it comes later than the refused one was tried", async () => {
  const { add, printed } = previewed();
  const first = add("new");
  await wait(10 * waitMs);
  await Promise.all([first, add("other")]);
  expect(printed).toEqual(["warning at new"]);
});

test("P2 a refusal is final if no such resource comes, whatever else does", async () => {
  const { add, printed } = previewed();
  const first = add("new");
  await wait(5 * waitMs);
  await Promise.all([first, add("another")]);
  expect(printed).toEqual(["error at new"]);
});
