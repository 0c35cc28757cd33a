/**
 * F12: one idempotency key comes with another payload, and with the requests of other tenants. It stands for one request
 * of one tenant: another payload is refused and changes nothing, and nobody gets what was answered to somebody else.
 */
import { isDeepStrictEqual } from "node:util";
import { permissionValues } from "roster-schema";
import { type AnyAsk, send } from "../test/contract/statuses/case.ts";
import { idempotencyKey } from "../test/contract/support/client.ts";
import type { OperationId } from "../test/contract/support/contract.ts";
import { makeScenario, type Scenario } from "../test/contract/support/scenario.ts";
import { onEachDatabase, type TestService } from "../test/contract/support/service.ts";
import { changes } from "./changes.ts";
import { entriesOf } from "./rows.ts";
import { type Attempt, trial } from "./trial.ts";

/** Of all changes, how many one seed tries. */
const perSeed = 4;

/** What only the service owner does, of whom there is one. */
const ofOwner: ReadonlySet<OperationId> = new Set<OperationId>([
  "createOrganization",
  "closeOrganization",
  "importApiKey",
  "blockUser",
  "unblockUser",
]);

/** The requests whose changes are in the audit since it had so many entries. */
async function requestsSince({ database }: TestService, before: ReadonlySet<string>): Promise<Set<string>> {
  const entries = (await entriesOf(database)).filter(({ id }) => !before.has(id));
  return new Set(entries.map(({ request_id }) => request_id));
}

async function entriesNow({ database }: TestService): Promise<Set<string>> {
  return new Set((await entriesOf(database)).map(({ id }) => id));
}

/** One key, two requests of one tenant at once: one is carried out, and stays what the key stands for. */
async function tryPayloads(attempt: Attempt, service: TestService, change: readonly [OperationId, AnyAsk]) {
  const { broken, random } = attempt;
  const scenario = await makeScenario(service);
  const headers: Record<string, string> = broken ? {} : { "idempotency-key": idempotencyKey() };
  const prepare = async ([operation, ask]: readonly [OperationId, AnyAsk]) => {
    const one = await ask(scenario);
    return { operation, asked: { ...one, client: scenario.owner, headers: { ...one.headers, ...headers } } };
  };
  const [first, again] = [await prepare(change), await prepare(change)];
  // Some operations have but one request in an organization.
  const isSame = isDeepStrictEqual([first.asked.path, first.asked.body], [again.asked.path, again.asked.body]);
  const others = changes.filter(([operation]) => operation !== change[0]);
  const asked = [first, isSame || random.chance(50) ? await prepare(random.pick(others)) : again];
  const before = await entriesNow(service);
  const sendAll = () => Promise.all(random.shuffled(asked).map((one) => send(scenario, one.operation, one.asked)));
  const answers = [...(await sendAll()), ...(await sendAll())];
  const executed = await requestsSince(service, before);
  attempt.none("double executions", [...executed].slice(1));
  const done = answers.filter(({ statusCode }) => statusCode < 300);
  attempt.none("other answers", [...new Set(done.map(({ body }) => body))].slice(1));
  const refused = answers.filter(({ statusCode }) => statusCode === 422);
  attempt.none(
    "unexpected refusals",
    refused.flatMap(({ body }) => (JSON.parse(body).code === "idempotency_key_reused" ? [] : [body])),
  );
  const early = answers.filter(({ statusCode }) => statusCode === 409);
  if (done.length === 0 || refused.length === 0 || done.length + refused.length + early.length < answers.length) {
    throw new Error(`answered ${answers.map(({ statusCode, body }) => `${statusCode} ${body}`).join("; ")}`);
  }
  attempt.count("other payloads refused", refused.length);
}

/** One key, several tenants at once: each has an answer of its own, also when it asks again. */
async function tryTenants(attempt: Attempt, service: TestService, [operation, ask]: readonly [OperationId, AnyAsk]) {
  const allowed = permissionValues.filter((permission) => permission !== "api:call");
  const headers = { "idempotency-key": idempotencyKey() };
  const tenants = await Promise.all(Array.from({ length: 3 }, () => makeScenario(service)));
  const asked = await Promise.all(
    tenants.map(async (scenario: Scenario) => {
      const [one, client] = [await ask(scenario), await scenario.withPermissions(...allowed)];
      return { scenario, asked: { ...one, client, headers: { ...one.headers, ...headers } } };
    }),
  );
  const sendAll = () => Promise.all(asked.map((one) => send(one.scenario, operation, one.asked)));
  const [first, second] = [await sendAll(), await sendAll()];
  attempt.none(
    "refused tenants",
    first.filter(({ statusCode }) => statusCode >= 300).map(({ body }) => body),
  );
  attempt.none(
    "answers that are another's",
    first.filter(({ headers }) => headers["idempotency-replayed"] !== undefined),
  );
  const bodies = first.map(({ body }) => body).filter((body) => body !== "");
  attempt.none(
    "answers that are another's",
    bodies.filter((body, at) => bodies.indexOf(body) !== at),
  );
  attempt.none(
    "other answers",
    second.filter(({ body, headers }, at) => body !== first[at]?.body || headers["idempotency-replayed"] !== "true"),
  );
  attempt.count("tenants with one key", tenants.length);
}

onEachDatabase("one key for several requests", (service, kind) => {
  trial({
    id: `F12 ${kind}`,
    title: "one idempotency key with other payloads, and of other tenants, for every kind of change",
    seeds: { full: 20, short: 1 },
    control: { within: 1 },
    async try(attempt) {
      const mixed = attempt.random.shuffled(changes);
      for (const change of mixed.slice(0, perSeed)) {
        await tryPayloads(attempt, service(), change);
      }
      const ofTenants = mixed.filter(([operation]) => !ofOwner.has(operation));
      for (const change of ofTenants.slice(0, perSeed)) {
        await tryTenants(attempt, service(), change);
      }
    },
  });
});
