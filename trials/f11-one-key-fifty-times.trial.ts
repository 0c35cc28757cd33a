/**
 * F11: one request is sent fifty times at once under one idempotency key, as by a client that has lost its patience. It is
 * carried out once: one object, one entry in the audit, one mail, one answer; who comes too early is told to come again.
 */
import type { LightMyRequestResponse } from "fastify";
import { send } from "../test/contract/statuses/case.ts";
import { idempotencyKey } from "../test/contract/support/client.ts";
import { makeScenario } from "../test/contract/support/scenario.ts";
import { onEachDatabase, type TestService } from "../test/contract/support/service.ts";
import { changes } from "./changes.ts";
import { entriesOf, identifiersOf } from "./rows.ts";
import { type Attempt, trial } from "./trial.ts";

const atOnce = 50;
/** Of all changes, how many one seed tries. */
const perSeed = 4;

/** What was answered: once for the first time, otherwise again, or not yet. */
function expectOneAnswer(attempt: Attempt, answers: readonly LightMyRequestResponse[]): void {
  const done = answers.filter(({ statusCode }) => statusCode < 300);
  const others = answers.filter(({ statusCode }) => statusCode >= 300);
  attempt.none(
    "unexpected refusals",
    others.map(({ body }) => body).filter((body) => JSON.parse(body).code !== "idempotency_in_progress"),
  );
  const first = done.filter(({ headers }) => headers["idempotency-replayed"] === undefined);
  if (first.length === 0) {
    throw new Error("nobody was answered for the first time");
  }
  attempt.none(
    "double executions",
    first.slice(1).map(({ body }) => body),
  );
  const told = new Set(done.map(({ statusCode, headers, body }) => JSON.stringify([statusCode, headers.etag, body])));
  attempt.none("other answers", [...told].slice(1));
  attempt.count("executions", first.length);
  attempt.count("answers repeated", done.length - first.length);
  attempt.count("told to come again", others.length);
}

/** What there is more of, with the request that made it. */
async function expectOnce(attempt: Attempt, { database }: TestService, before: ReadonlySet<string>): Promise<void> {
  const made = (await identifiersOf(database)).filter((one) => !before.has(one) && !one.startsWith("audit_entries "));
  const tables = made.map((identifier) => identifier.split(" ")[0]);
  attempt.none(
    "double objects or mails",
    made.filter((_, at) => tables.indexOf(tables[at]) !== at),
  );
  const entries = (await entriesOf(database)).filter(({ id }) => !before.has(`audit_entries ${id}`));
  if (entries.length === 0) {
    throw new Error("the audit has no entry of the change");
  }
  attempt.none("entries of other executions", [...new Set(entries.map(({ request_id }) => request_id))].slice(1));
}

onEachDatabase("one key, fifty times", (service, kind) => {
  trial({
    id: `F11 ${kind}`,
    title: "every kind of change, fifty times at once under one idempotency key",
    seeds: { full: 20, short: 1 },
    control: { within: 1 },
    async try(attempt) {
      const { broken, random } = attempt;
      for (const [operation, ask] of random.shuffled(changes).slice(0, perSeed)) {
        const scenario = await makeScenario(service());
        const asked = await ask(scenario);
        const headers = { ...asked.headers, ...(broken ? {} : { "idempotency-key": idempotencyKey() }) };
        const before = new Set(await identifiersOf(service().database));
        const answers = await Promise.all(
          Array.from({ length: atOnce }, () => send(scenario, operation, { ...asked, headers })),
        );
        attempt.count("requests", answers.length);
        expectOneAnswer(attempt, answers);
        await expectOnce(attempt, service(), before);
      }
    },
  });
});
