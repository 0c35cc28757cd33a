/** Trials: how tests send them, and compare their answers with those of real requests. */
import type { Schemas } from "roster-schema";
import { expect } from "vitest";
import type { AnyAsked } from "../statuses/case.ts";
import { type Client, unique } from "./client.ts";
import { contract, type OperationId } from "./contract.ts";
import type { Scenario } from "./scenario.ts";

type BatchRequest = Schemas["BatchRequest"];
type Answer = Schemas["AnswerInBatch"] & { readonly trial: Schemas["Trial"] };

/** Tries requests. */
export async function tryAll(
  client: Client,
  requests: BatchRequest[],
  { dryRun = "each", as }: Omit<Schemas["Batch"], "requests"> = {},
): Promise<Answer[]> {
  const body: Schemas["Batch"] = { requests, dryRun, ...(as === undefined ? {} : { as }) };
  const { answers } = await client.do("runBatch", { body });
  expect(answers).toHaveLength(requests.length);
  return answers.map(({ trial, ...answer }) => {
    if (trial === undefined) {
      throw new Error("the answer says nothing about its trial");
    }
    return { ...answer, trial };
  });
}

/** Tries one request. */
export async function tryOne(
  client: Client,
  request: BatchRequest,
  options: Omit<Schemas["Batch"], "requests"> = {},
): Promise<Answer> {
  const [answer] = await tryAll(client, [request], options);
  if (answer === undefined) {
    throw new Error("there is no answer");
  }
  return answer;
}

/** The request of an operation as a batch contains it. */
export function inBatch(operation: OperationId, { path = {}, query = {}, body, headers = {} }: AnyAsked): BatchRequest {
  const { method, path: template } = contract.get(operation) ?? { method: "", path: "" };
  const named = template.replace(/\{(\w+)\}/g, (_, name) =>
    encodeURIComponent(String(path[name as keyof typeof path])),
  );
  const parameters = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]));
  const ifMatch = headers["if-match"];
  return {
    method: method as BatchRequest["method"],
    path: parameters.size === 0 ? named : `${named}?${parameters}`,
    ...(body === undefined ? {} : { body: body as Record<string, unknown> }),
    ...(ifMatch === undefined ? {} : { ifMatch }),
  };
}

/** An answer without what differs from one carrying out to the next: new ids, times and secrets. */
export function comparable({ status, body }: Pick<Answer, "status" | "body">): unknown {
  const text = JSON.stringify({ status, body }, (name, value) => {
    return ["prefix", "fingerprint", "key", "token", "requestId"].includes(name) && typeof value !== "object"
      ? null
      : value;
  });
  return JSON.parse(
    text.replaceAll(/\b([a-z]{3})_[0-9a-f]{32}/g, "$1_…").replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "a time"),
  );
}

/** A request that makes a member whose account is made with it. */
export function newMember({ organization }: Scenario, body: object = {}): BatchRequest {
  return {
    method: "POST",
    path: `/v1/organizations/${organization.id}/members`,
    body: {
      email: `${unique("person")}@example.com`,
      role: "member",
      onUnknownUser: "create",
      externalId: unique("e"),
      ...body,
    },
  };
}
