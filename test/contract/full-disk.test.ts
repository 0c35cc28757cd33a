/** What a disk that is full, or refuses to be written, does to the service: it stops changes, and nothing else. */
import { spawn } from "node:child_process";
import fs, { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { countStart } from "../costs/counts.ts";
import { connect, openDatabase } from "../portability/database.ts";
import { shortLived } from "../short-lived.ts";
import { copyTemplate } from "../template-database.ts";
import { idempotencyKey, unique } from "./support/client.ts";
import { Pages } from "./support/people.ts";
import { makeScenario } from "./support/scenario.ts";
import { TestService } from "./support/service.ts";
import { newOnCluster } from "./support/shared-cluster.ts";

const mebibyte = 1024 * 1024;
const fullDisk =
  /^The service can't accept changes at the moment: the disk of its data folder is full\. Nothing was changed\./;

/** What the service and its database log, as the level and the message. */
class Log {
  readonly lines: string[] = [];
  readonly error = (_fields: unknown, message?: string) => void this.lines.push(`error ${message}`);
  readonly warn = (_fields: unknown, message?: string) => void this.lines.push(`warn ${message}`);
  readonly info = () => {};
  readonly debug = () => {};
  readonly trace = () => {};
  readonly fatal = () => {};
  readonly silent = () => {};
  readonly level = "info";
  readonly child = () => this;
}

const folder = mkdtempSync(join(tmpdir(), "roster-full-disk-"));
const real = { openSync: fs.openSync, writeSync: fs.writeSync };
const paths = new Map<number, string>();
/** What the system refuses to write to a path, as the code of its error. */
let refusalOf: (path: string) => string | undefined = () => undefined;
let free = 1024 * mebibyte;

// The database writes its files by these, so that it meets what the system says of a disk that is full.
fs.openSync = (path, ...rest) => {
  const file = real.openSync(path, ...rest);
  paths.set(file, String(path));
  return file;
};
fs.writeSync = ((file: number, ...rest: [never]) => {
  const code = refusalOf(paths.get(file) ?? "");
  if (code !== undefined) {
    throw Object.assign(new Error(`${code}: refused by a test`), { code });
  }
  return real.writeSync(file, ...rest);
}) as typeof fs.writeSync;

const log = new Log();
let service: TestService;

beforeAll(async () => {
  countStart("database");
  const location = { folder: join(folder, "database"), freeBytes: () => free };
  copyTemplate(location.folder);
  service = new TestService(await openDatabase(location, log));
  await service.start({ logger: log as never });
}, 120_000);

afterEach(() => {
  free = 1024 * mebibyte;
  refusalOf = () => undefined;
  log.lines.length = 0;
  vi.restoreAllMocks();
});

afterAll(async () => {
  await service.stop();
  await service.database.destroy();
  Object.assign(fs, real);
  rmSync(folder, { recursive: true, force: true });
});

const monotonicMs = performance.now.bind(performance);

/** So long after a refusal, the disk is tried again; also where the clock has been set back meanwhile. */
function later(): void {
  const anHourAgo = Date.now() - 60 * 60_000;
  vi.spyOn(Date, "now").mockReturnValue(anHourAgo);
  vi.spyOn(performance, "now").mockImplementation(() => monotonicMs() + 6000);
}

test("T10 with a full disk changes are refused by name, everything else is answered, and it ends by itself", async () => {
  const pages = new Pages(service);
  const { browser } = await pages.loggedIn();
  const scenario = await makeScenario(service);
  const { owner, path } = scenario;
  const { client } = await scenario.actingAs("administrator");
  const key = await scenario.key();
  log.lines.length = 0;

  free = 10 * mebibyte;
  for (let times = 0; times < 3; times++) {
    const problem = await owner.refused("unavailable", "updateOrganization", { path, body: { name: "Full" } });
    expect(problem).toMatchObject({ status: 503, retryable: true, detail: expect.stringMatching(fullDisk) });
    expect(problem.detail).not.toContain(folder);
  }
  const [{ detail }] = [await owner.refused("unavailable", "getReadiness")];
  expect(detail).toMatch(fullDisk);
  expect(await owner.do("getLiveness")).toEqual({ status: "ok" });
  // A key's use and a session's can't be written, and a wrong token can't be counted where the others are.
  service.advance(5 * 60_000);
  await client.do("listMembers", { path });
  expect(await owner.do("verifyApiKey", { body: { secret: key.key } })).toMatchObject({ outcome: "accepted" });
  const stranger = service.as("a-token-that-authenticates-nobody");
  await stranger.refused("unauthenticated", "listOrganizations");
  expect((await browser.get("/me")).statusCode).toBe(200);
  const page = await browser.post("/me/end-other-sessions");
  expect([page.statusCode, page.body]).toEqual([503, expect.stringContaining("accept changes at the moment")]);
  expect(log.lines).toEqual(["error the disk is full: no changes are accepted with less than 48 MiB free"]);

  // Not at once, or a disk at the limit would go to and fro.
  free = 50 * mebibyte;
  await owner.refused("unavailable", "updateOrganization", { path, body: { name: "Full" } });
  free = 60 * mebibyte;
  expect(await owner.do("updateOrganization", { path, body: { name: "Room" } })).toMatchObject({ name: "Room" });
  expect(await owner.do("getReadiness")).toEqual({ status: "ok" });
  expect(log.lines).toHaveLength(2);
  expect(log.lines[1]).toBe("warn the disk can be written to again: changes are accepted");
});

test("T10 a change that has begun ends where the disk is filled meanwhile, and nothing of it stays", async () => {
  const attempt = () => ({ id: unique("a"), subject: "full", at: new Date() });
  const change = service.database.transaction().execute(async (transaction) => {
    await transaction.insertInto("attempts").values(attempt()).execute();
    free = 20 * mebibyte;
    await transaction.insertInto("attempts").values(attempt()).execute();
  });
  await expect(change).rejects.toThrow(fullDisk);
  free = 1024 * mebibyte;
  const rows = service.database.selectFrom("attempts").selectAll().where("subject", "=", "full");
  expect(await rows.execute()).toEqual([]);
  await service.database.insertInto("attempts").values(attempt()).execute();
  expect(await rows.execute()).toHaveLength(1);
});

test.each(["ENOSPC", "EFBIG", "EROFS", "EIO", "EDQUOT"])(
  "T10 a table that can't grow (%s) refuses changes by name, readiness says so, and it ends by itself",
  async (code) => {
    const { owner, path } = await makeScenario(service);
    const grow = async () =>
      await owner.send("createUser", {
        body: { email: `${unique("grow")}@example.com`, kind: "system", givenName: "x".repeat(200) },
      });
    refusalOf = (file) => (/\/base\/\d+\/\d+$/.test(file) ? code : undefined);
    let answer = await grow();
    for (let users = 0; answer.statusCode < 300 && users < 500; users++) {
      answer = await grow();
    }
    expect(answer.json()).toMatchObject({
      status: 503,
      code: "unavailable",
      detail: expect.stringContaining("Nothing was changed."),
    });
    expect((await owner.refused("unavailable", "getReadiness")).detail).toContain("data folder can't be written to");
    await owner.do("getOrganization", { path });
    refusalOf = () => undefined;
    later();
    expect((await grow()).statusCode).toBe(201);
    expect(await owner.do("getReadiness")).toEqual({ status: "ok" });
  },
);

test.each(["ENOSPC", "EDQUOT", "EIO"])(
  "T10 where the log can't be written (%s) the process goes on, and nothing that was answered is lost",
  async (code) => {
    const { owner, path } = await makeScenario(service);
    await owner.do("updateOrganization", { path, body: { name: "Answered" } });
    const headers = { "idempotency-key": idempotencyKey() };
    refusalOf = (file) => (file.includes("/pg_wal/") ? code : undefined);
    const refused = await owner.refused("unavailable", "updateOrganization", {
      path,
      body: { name: "Doubtful" },
      headers,
    });
    expect(refused.detail).toMatch(/A change in progress may have been made\..* Idempotency-Key/);
    expect(await owner.do("getLiveness")).toEqual({ status: "ok" });
    for (let times = 0; times < 3; times++) {
      await owner.refused("unavailable", "getReadiness");
      await owner.refused("unavailable", "updateOrganization", { path, body: { name: "Refused" } });
    }
    refusalOf = () => undefined;
    later();
    expect(await owner.do("getOrganization", { path })).toMatchObject({ name: "Answered" });
    expect(await owner.do("updateOrganization", { path, body: { name: "Doubtful" }, headers })).toMatchObject({
      name: "Doubtful",
    });
    expect(await owner.do("getReadiness")).toEqual({ status: "ok" });
    await service.seal();
    expect(await owner.do("verifyAudit", { path })).toMatchObject({ intact: true });
    // Each turn of the state once, whatever was asked meanwhile.
    expect(log.lines.filter((line) => line.includes("accepted until it can"))).toHaveLength(1);
    expect(log.lines.filter((line) => line.includes("is open again"))).toHaveLength(1);
  },
);

test("T10 mails and seals wait for a full disk, tell the log once, and go on", async () => {
  const { owner, path, organization } = await makeScenario(service);
  const invited = `${unique("invited")}@example.com`;
  const body = { email: invited, kind: "person" as const, homeOrganization: organization.id };
  const waiting = {
    transport: { send: () => Promise.reject(new Error("not yet")) },
    pollMs: 3_600_000,
    firstRetryMs: 1,
  };
  await service.start({ logger: log as never, mail: waiting });
  await owner.do("createUser", { body });
  free = 10 * mebibyte;
  await service.start({
    logger: log as never,
    mail: { transport: service.mailbox, pollMs: 1 },
    sealing: { pollMs: 1, settleMs: 0 },
  });
  log.lines.length = 0;
  let statements = 0;
  await vi.waitFor(async () => {
    statements += await service.statementsOf(() => new Promise((resolve) => setImmediate(resolve)));
    expect(statements).toBeGreaterThan(40);
  }, 30_000);
  const lines = (words: string) => log.lines.filter((line) => line.includes(words)).length;
  expect([lines("could not look for mails"), lines("could not seal the audit"), lines("can't be extended")]).toEqual([
    1, 1, 0,
  ]);
  free = 1024 * mebibyte;
  await service.mailbox.to(invited, 1);
  await vi.waitFor(
    async () => expect(await owner.do("verifyAudit", { path })).toMatchObject({ intact: true, unsealed: 0 }),
    30_000,
  );
});

test("T10 the write-ahead log doesn't grow with what is written", async () => {
  for (let times = 0; times < 160; times++) {
    await sql`select pg_logical_emit_message(false, 'test', repeat('x', 1000000))`.execute(service.database);
  }
  const segments = readdirSync(join(folder, "database/pg_wal")).filter((name) => /^[0-9A-F]{24}$/.test(name));
  expect(segments.length).toBeLessThanOrEqual(7);
});

test("T10 a PostgreSQL that is read-only answers reads, and refuses changes by name", async () => {
  const url = await newOnCluster({ hasTables: true });
  const writable = new TestService(await openDatabase({ url }));
  await writable.start();
  const { path } = await makeScenario(writable);
  const readOnly = new TestService(
    connect({ url: `${url}${url.includes("?") ? "&" : "?"}options=-c%20default_transaction_read_only%3Don` }),
  );
  try {
    await readOnly.start();
    const owner = readOnly.as();
    await owner.do("getOrganization", { path });
    for (const refused of [
      await owner.refused("unavailable", "updateOrganization", { path, body: { name: "No" } }),
      await owner.refused("unavailable", "getReadiness"),
    ]) {
      expect(refused.detail).toMatch(/^The database is read-only at the moment/);
    }
  } finally {
    await readOnly.stop();
    await readOnly.database.destroy();
    await writable.stop();
    await writable.database.destroy();
  }
});

test("T10 a process that may write no more stops at SIGTERM, and its next start has all that it answered", async () => {
  const dataDir = join(folder, "process");
  mkdirSync(dataDir);
  copyTemplate(join(dataDir, "database"));
  const token = "owner-token-of-a-full-disk";
  const main = join(__dirname, "../../service/main.ts");
  const start = async (limit: string) => {
    countStart("service");
    const child = spawn("sh", ["-c", `${limit} exec "$0" "$@"`, process.execPath, ...shortLived, main], {
      env: {
        PATH: process.env.PATH,
        NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
        ROSTER_DATA_DIR: dataDir,
        ROSTER_PORT: "0",
        ROSTER_OWNER_TOKEN: token,
        ROSTER_RATE_LIMIT_PER_SECOND: "0",
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let text = "";
    child.stderr.setEncoding("utf8").on("data", (part: string) => {
      text += part;
    });
    const exit = new Promise<number | null>((resolve) => child.once("exit", resolve));
    const line = await new Promise<string>((resolve, reject) => {
      child.stdout.setEncoding("utf8").once("data", resolve);
      void exit.then((status) => reject(new Error(`it ended with ${status}: ${text}`)));
    });
    const { endpoint } = JSON.parse(line);
    const call = async (method: string, path: string, body?: object) => {
      const response = await fetch(`${endpoint}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    };
    return { call, exit, stop: () => child.kill("SIGTERM") && exit, end: () => child.kill("SIGKILL") };
  };
  // The system itself refuses what is more: so far the log is written already, and it may have 1 MiB more.
  const limited = await start(
    `ulimit -f ${Math.ceil((writtenLog(join(dataDir, "database/pg_wal")) + mebibyte) / 512)};`,
  );
  try {
    const { body: organization } = await limited.call("POST", "/v1/organizations", { slug: "acme", name: "0" });
    let answered = 0;
    let last = { status: 200, body: {} as Record<string, unknown> };
    while (last.status === 200 && answered < 5000) {
      last = await limited.call("PATCH", `/v1/organizations/${organization.id}`, {
        name: `${answered + 1} ${"x".repeat(150)}`,
      });
      if (last.status === 200) {
        answered++;
      }
    }
    expect(last).toMatchObject({ status: 503, body: { code: "unavailable" } });
    expect(await limited.call("GET", "/health/live")).toMatchObject({ status: 200 });
    expect(await limited.call("GET", "/health/ready")).toMatchObject({ status: 503, body: { code: "unavailable" } });
    expect(await limited.stop()).toBe(0);
    const next = await start("");
    try {
      const after = await next.call("GET", `/v1/organizations/${organization.id}`);
      const [count] = String(after.body.name).split(" ");
      // The one whose answer was that it isn't known may have been made.
      expect([answered, answered + 1]).toContain(Number(count));
    } finally {
      await next.stop();
    }
  } finally {
    limited.end();
  }
}, 120_000);

/** How far the write-ahead log of a database is written, in bytes of its segment. */
function writtenLog(folder: string): number {
  const segments = readdirSync(folder).filter((name) => /^[0-9A-F]{24}$/.test(name));
  const written = segments.map((name) => readFileSync(join(folder, name)).findLastIndex((byte) => byte !== 0));
  return Math.max(...written);
}
