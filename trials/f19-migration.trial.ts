/**
 * F19: the service is killed while it migrates its database: on PostgreSQL at a statement that the seed chooses, on the
 * embedded database at any moment of its start. The next start goes on, and serves.
 *
 * The previous version on the new schema: earlier code can't be had here, so two things are shown in its place. Each
 * migration only adds, to what the one before has left; and this version starts and serves on a schema that a later one
 * has added to. What is not shown is that earlier code understands the values that later code writes.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "kysely";
import { afterAll, beforeAll, vi } from "vitest";
import { paths } from "../scripts/environment.mjs";
import { connect, openDatabase } from "../service/rows/database.ts";
import { migrations } from "../service/rows/migrations/index.ts";
import type { Database } from "../service/rows/tables.ts";
import { type PostgresCluster, startPostgres } from "../test/contract/support/postgres.ts";
import { makePepper, makeSigningKey } from "../test/contract/support/service.ts";
import { type Attempt, trial } from "./trial.ts";

const soon = { timeout: 120_000, interval: 10 };

const secrets = {
  ROSTER_OWNER_TOKEN: "an-owner-token-of-the-trials",
  ROSTER_KEY_PEPPERS: makePepper("v1"),
  ROSTER_SIGNING_KEYS: JSON.stringify([makeSigningKey("first")]),
};

/** A service's process, from its beginning. */
class Starting {
  readonly #child: ChildProcess;
  /** Where it answers, once it is ready. */
  readonly ready: Promise<string>;

  constructor(settings: Readonly<Record<string, string>>) {
    const env = { PATH: process.env.PATH, ROSTER_PORT: "0", ...secrets, ...settings };
    const child = spawn(paths.node, [path.join(paths.checkout, "service/dist/main.js")], {
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child = child;
    let log = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      log += text;
    });
    const ended = once(child, "exit").then(() => {
      throw new Error(`the service ended before it was ready: ${log}`);
    });
    ended.catch(() => undefined);
    this.ready = Promise.race([once(createInterface({ input: child.stdout }), "line"), ended]).then(
      ([line]) => JSON.parse(String(line)).endpoint,
    );
    this.ready.catch(() => undefined);
  }

  async end(signal: "SIGKILL" | "SIGTERM"): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) {
      return;
    }
    this.#child.kill(signal);
    await once(this.#child, "exit");
  }
}

/** A start comes to an end, and what it serves is what a fresh database serves. */
async function expectServes(settings: Readonly<Record<string, string>>): Promise<void> {
  const service = new Starting(settings);
  try {
    const headers = {
      authorization: `Bearer ${secrets.ROSTER_OWNER_TOKEN}`,
      "content-type": "application/json",
    };
    const endpoint = `${await service.ready}/v1/organizations`;
    const body = JSON.stringify({ slug: "acme", name: "Acme" });
    const created = await fetch(endpoint, { method: "POST", headers, body });
    const listed = await (await fetch(endpoint, { headers })).text();
    if (created.status !== 201 || JSON.parse(listed).items.length !== 1) {
      throw new Error(`creating answered ${created.status}, and listing ${listed}`);
    }
  } finally {
    await service.end("SIGTERM");
  }
}

let cluster: PostgresCluster;
let databases = 0;

beforeAll(async () => {
  cluster = await startPostgres();
});
afterAll(() => cluster.stop());

/** An empty database of the cluster, and its URL. */
async function emptyDatabase(): Promise<{ readonly database: Database; readonly url: string }> {
  const server = connect({ url: cluster.url });
  databases += 1;
  const name = `trial_${databases}`;
  await sql.raw(`create database ${name}`).execute(server);
  await server.destroy();
  const url = cluster.url.replace("/postgres?", `/${name}?`);
  return { database: connect({ url }), url };
}

/** Has the statement of a migration with a number wait, until its connection is ended; none if that is 0. */
async function hold(database: Database, number: number): Promise<void> {
  await sql`drop event trigger if exists trial_hold`.execute(database);
  await sql`drop sequence if exists trial_statements`.execute(database);
  await sql`create sequence trial_statements`.execute(database);
  await sql
    .raw(`create or replace function trial_hold() returns event_trigger language plpgsql as $$
      begin
        if nextval('trial_statements') = ${number} then perform pg_sleep(600); end if;
      end $$`)
    .execute(database);
  await sql`create event trigger trial_hold on ddl_command_start execute function trial_hold()`.execute(database);
}

/** How many statements a whole migration has: a few are sure, until the first seed has counted them. */
let statements = 20;

async function killOnPostgres(attempt: Attempt): Promise<void> {
  const { database, url } = await emptyDatabase();
  const number = 1 + attempt.random.below(statements);
  await hold(database, number);
  const service = new Starting({ DATABASE_URL: url });
  const sleeping = sql<{ pid: number }>`
    select pid from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'`;
  const pid = await vi.waitFor(async () => {
    const [row] = (await sleeping.execute(database)).rows;
    if (row === undefined) {
      throw new Error(`the service did not come to statement ${number} of ${statements}`);
    }
    return row.pid;
  }, soon);
  await service.end("SIGKILL");
  // As the server does once it notices that nobody is there any more.
  await sql`select pg_terminate_backend(${pid}, 10000)`.execute(database);
  await hold(database, 0);
  const { rows } = await sql`select tablename from pg_tables where schemaname = 'public'`.execute(database);
  attempt.none("tables half made", rows);
  attempt.count("killed in a statement");
  await expectServes({ DATABASE_URL: url });
  const counted = await sql<{ count: string }>`select last_value as count from trial_statements`.execute(database);
  statements = Number(counted.rows[0]?.count);
  await database.destroy();
}

/** How long a whole start takes: this long at least, until the first seed has measured it. */
let startMs = 1000;

async function killEmbedded(attempt: Attempt): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), "roster-trial-"));
  const settings = { ROSTER_DATA_DIR: path.join(folder, "data") };
  const service = new Starting(settings);
  const first = await Promise.race([service.ready, sleep((startMs * attempt.random.below(100)) / 100)]);
  await service.end("SIGKILL");
  attempt.count(first === undefined ? "killed before it was ready" : "killed when it was ready");
  const begun = performance.now();
  await expectServes(settings);
  startMs = performance.now() - begun;
  rmSync(folder, { recursive: true });
}

trial({
  id: "F19",
  title: "the service is killed while it migrates, at a statement or a moment of the seed's",
  seeds: { full: 8, short: 1 },
  async try(attempt) {
    await killOnPostgres(attempt);
    await killEmbedded(attempt);
  },
});

/** Every column of every table: `users.email text not null`. */
async function columnsOf(database: Database): Promise<Map<string, string>> {
  const { rows } = await sql<{ place: string; type: string; is_nullable: string; column_default: string | null }>`
    select table_name || '.' || column_name as place, data_type as type, is_nullable, column_default
    from information_schema.columns where table_schema = 'public'`.execute(database);
  return new Map(
    rows.map(({ place, type, is_nullable, column_default }) => {
      if (is_nullable === "YES") {
        return [place, type];
      }
      return [place, `${type} ${column_default === null ? "not null" : "default"}`];
    }),
  );
}

/** What earlier code would miss, or not know how to fill: it lists columns by name, and writes those that it knows. */
function breaking(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  const tables = new Set([...before.keys()].map((place) => place.split(".")[0]));
  const changed = [...before].flatMap(([place, was]) => {
    const is = after.get(place);
    // Earlier code still gives each value that it had to give.
    const allowed = was.endsWith(" not null") ? [was, was.replace(/ not null$/, "")] : [was];
    return allowed.includes(is ?? "") ? [] : [`${place}: ${was} => ${is ?? "dropped"}`];
  });
  const added = [...after].filter(([place]) => !before.has(place) && tables.has(place.split(".")[0]));
  return [...changed, ...added.filter(([, is]) => is.endsWith(" not null")).map(([place, is]) => `${place}: ${is}`)];
}

trial({
  id: "F19 previous version",
  title: "each migration only adds, and the service starts and serves on what a later version has added",
  seeds: { full: 1, short: 1 },
  async try(attempt) {
    const { database } = await emptyDatabase();
    let before = new Map<string, string>();
    for (const [name, { up }] of Object.entries(migrations)) {
      await up(database);
      const after = await columnsOf(database);
      attempt.none(
        "breaking changes",
        breaking(before, after).map((change) => `${name}: ${change}`),
      );
      attempt.count("migrations");
      before = after;
    }
    await database.destroy();
    const later = await emptyDatabase();
    await (await openDatabase({ url: later.url })).destroy();
    const statements = [
      "insert into kysely_migration (name, timestamp) values ('9999-later', '2999-01-01T00:00:00.000Z')",
      "create table later (id text primary key)",
      "alter table organizations add column later text",
      "alter table audit_entries add column later integer not null default 0",
    ];
    for (const statement of statements) {
      await sql.raw(statement).execute(later.database);
    }
    await expectServes({ DATABASE_URL: later.url });
    await later.database.destroy();
  },
});
