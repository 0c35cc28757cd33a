/**
 * F17: the database itself undoes a fifth of the transactions: at their first statement, in the middle, and at COMMIT, with
 * the SQLSTATEs of a serialization failure and a deadlock. Each is tried again, a bounded number of times; nothing is done
 * twice, and what fails in the end has left nothing and says to come again.
 */
import { sql } from "kysely";
import { expect } from "vitest";
import type { Database } from "../service/rows/tables.ts";
import { type AnyAsked, send } from "../test/contract/statuses/case.ts";
import { idempotencyKey, unique } from "../test/contract/support/client.ts";
import type { OperationId } from "../test/contract/support/contract.ts";
import { makeScenario, type Scenario } from "../test/contract/support/scenario.ts";
import { onEachDatabase, type TestService } from "../test/contract/support/service.ts";
import { leaveOut } from "../test/portability/statements.ts";
import { changes } from "./changes.ts";
import { identifiersOf } from "./rows.ts";
import { type Attempt, trial } from "./trial.ts";

/** As service/rows/database.ts has it. */
const maxAttempts = 20;
/** Of all changes, how many one seed tries. */
const perSeed = 12;
const atOnce = 4;

/** Where in a transaction of a change it fails, and with what. */
const places = [
  { name: "first", event: "after insert on idempotency_keys for each row", sqlState: "40001" },
  { name: "middle", event: "after insert on audit_entries for each statement", sqlState: "40P01" },
  {
    name: "commit",
    event: "after insert on idempotency_keys deferrable initially deferred for each row",
    sqlState: "40001",
  },
];

/** Makes the database undo transactions, at each of the places in so many of a hundred; 0 is none. */
async function undo(database: Database, percentAtEach: number, seed: number): Promise<void> {
  // Sequences go on counting in what is undone.
  const run = async (text: string) => {
    leaveOut(text);
    await sql.raw(text).execute(database);
  };
  await run("create sequence if not exists trial_draws");
  await run("create sequence if not exists trial_faults");
  const chance = `abs(hashtext('${seed} ' || nextval('trial_draws'))) % 100 < ${percentAtEach}`;
  await run(`create or replace function trial_fault() returns trigger language plpgsql as $$
      begin
        if ${chance} then
          perform nextval('trial_faults');
          raise exception 'a fault that a trial asked for' using errcode = tg_argv[0];
        end if;
        return null;
      end $$`);
  for (const { name, event, sqlState } of places) {
    const trigger = `trial_${name}`;
    const table = event.split(" ")[3];
    await run(`drop trigger if exists ${trigger} on ${table}`);
    const kind = event.includes("deferred") ? "constraint trigger" : "trigger";
    await run(`create ${kind} ${trigger} ${event} execute function trial_fault('${sqlState}')`);
  }
}

/** How many transactions were undone so far. */
async function faultsOf(database: Database): Promise<number> {
  const { rows } = await sql<{ count: string }>`
    select case when is_called then last_value else 0 end as count from trial_faults`.execute(database);
  return Number(rows[0]?.count);
}

/** Each change is in the audit under its own request, and there once; what was made is in it, and nobody was mailed twice. */
async function expectOnce(attempt: Attempt, database: Database, requests: readonly string[], before: Set<string>) {
  const entries = await database
    .selectFrom("audit_entries")
    .select(["request_id", "action", "object_id"])
    .where("request_id", "in", requests)
    .execute();
  const told = entries.map(({ request_id, action, object_id }) => `${request_id} ${action} ${object_id}`);
  attempt.none("double audit entries", repeated(told));
  const known = new Set(entries.map(({ request_id }) => request_id));
  attempt.none(
    "changes without an audit entry",
    requests.filter((request) => !known.has(request)),
  );
  const objects = new Set(entries.map(({ object_id }) => object_id));
  const made = (await identifiersOf(database)).filter((identifier) => !before.has(identifier));
  attempt.none(
    "half-written rows",
    made.filter((one) => !/^(audit_entries|mails) /.test(one) && !objects.has(one.split(" ")[1] ?? "")),
  );
  const mails = await database.selectFrom("mails").select(["id", "recipient"]).execute();
  const queued = mails.filter(({ id }) => !before.has(`mails ${id}`));
  attempt.none("double mails", repeated(queued.map(({ recipient }) => recipient)));
  attempt.count("mails", queued.length);
}

function repeated(values: readonly string[]): string[] {
  return values.filter((value, at) => values.indexOf(value) !== at);
}

/** Everything is undone, however often: the service gives up, leaves nothing, and says to come again. */
async function expectGivenUp(attempt: Attempt, service: TestService): Promise<void> {
  const { database } = service;
  const scenario = await makeScenario(service);
  const email = `${unique("person")}@trials.example`;
  const request = {
    body: { email, homeOrganization: scenario.organization.id },
    headers: { "idempotency-key": idempotencyKey() },
  };
  const before = await identifiersOf(database);
  const faults = await faultsOf(database);
  await undo(database, 100, attempt.seed);
  const response = await scenario.owner.send("createUser", request);
  await undo(database, 0, attempt.seed);
  expect(response.json()).toMatchObject({ code: "unavailable", status: 503, retryable: true });
  expect(Number(response.headers["retry-after"])).toBeGreaterThan(0);
  const tries = (await faultsOf(database)) - faults;
  attempt.none("tries too many", tries === maxAttempts ? [] : [`${tries} instead of ${maxAttempts}`]);
  const left = new Set(before);
  attempt.none(
    "half-written rows",
    (await identifiersOf(database)).filter((identifier) => !left.has(identifier)),
  );
  attempt.count("given up");
  await scenario.owner.do("createUser", request);
  attempt.none("double mails", (await service.mailbox.to(email, 1)).slice(1));
}

onEachDatabase("conflicts", (service, kind) => {
  trial({
    id: `F17 ${kind}`,
    title: "the database undoes a fifth of the transactions, at the first statement, in the middle and at COMMIT",
    seeds: { full: 20, short: 1 },
    async try(attempt) {
      const { database } = service();
      await undo(database, 0, attempt.seed);
      const changing: { operation: OperationId; scenario: Scenario; asked: AnyAsked }[] = [];
      for (const [operation, ask] of attempt.random.shuffled(changes).slice(0, perSeed)) {
        // Some close or change what another one needs.
        const scenario = await makeScenario(service());
        changing.push({ operation, scenario, asked: await ask(scenario) });
      }
      const before = new Set(await identifiersOf(database));
      const faults = await faultsOf(database);
      await undo(database, 7, attempt.seed);
      const requests: string[] = [];
      const queue = changing.values();
      const work = async () => {
        for (const { operation, scenario, asked } of queue) {
          const headers = { ...asked.headers, "idempotency-key": idempotencyKey() };
          const response = await send(scenario, operation, { ...asked, headers });
          if (response.statusCode >= 300) {
            throw new Error(`${operation} answered ${response.body}`);
          }
          requests.push(String(response.headers["request-id"]));
        }
      };
      await Promise.all(Array.from({ length: atOnce }, work));
      await undo(database, 0, attempt.seed);
      attempt.count("changes", requests.length);
      attempt.count("transactions undone", (await faultsOf(database)) - faults);
      await expectOnce(attempt, database, requests, before);
      await expectGivenUp(attempt, service());
    },
  });
});
