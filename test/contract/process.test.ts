import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { readConfiguration } from "../../service/configuration.ts";
import { ConfigurationError } from "../../service/configuration-error.ts";
import { openDataDirectory } from "../../service/data-directory.ts";
import { openFolder } from "../../service/rows/pglite.ts";
import { prepareSecrets } from "../../service/secrets.ts";
import { shortLived } from "../short-lived.ts";
import { copyTemplate } from "../template-database.ts";
import { startPostgres } from "./support/postgres.ts";

const main = join(__dirname, "../../service/main.ts");

interface Ready {
  ready: true;
  endpoint: string;
  database: string;
  dataDir: string | null;
  ownerTokenFile: string | null;
}

interface Running {
  readonly ready: Ready;
  readonly log: () => string;
  /** Stops it as the system would, and gives its exit status. */
  stop(): Promise<number | null>;
}

const processes: ChildProcess[] = [];
const cleanups: (() => void | Promise<void>)[] = [];

afterEach(async () => {
  for (const child of processes.splice(0)) {
    child.kill("SIGKILL");
  }
  for (const clean of cleanups.splice(0)) {
    await clean();
  }
});

/** What is made by the command under "The first secrets" of docs/operations.md. */
function firstSecrets(): Record<string, string> {
  const procedures = readFileSync(join(__dirname, "../../docs/operations.md"), "utf8");
  const [, command = ""] = /## The first secrets[^#]+?```sh\n([^#]+?)\n```/.exec(procedures) ?? [];
  const lines = execFileSync("sh", ["-c", command], { encoding: "utf8" }).trim().split("\n");
  expect(lines).toHaveLength(3);
  return Object.fromEntries(lines.map((line) => [line.replace(/=.*/, ""), line.replace(/^[^=]+=/, "")]));
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "roster-process-"));
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "data");
}

function run(environment: Record<string, string>, limit?: string) {
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  const env = { PATH, NODE_COMPILE_CACHE, ROSTER_PORT: "0", ...environment };
  const [command, args]: [string, string[]] =
    limit === undefined
      ? [process.execPath, [...shortLived, main]]
      : ["sh", ["-c", `${limit} exec "$0" "$@"`, process.execPath, ...shortLived, main]];
  const child = spawn(command, args, { env, stdio: ["ignore", "pipe", "pipe"] });
  processes.push(child);
  let log = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    log += text;
  });
  const exit = new Promise<number | null>((resolve) => child.once("exit", resolve));
  return { child, exit, log: () => log };
}

async function start(environment: Record<string, string>): Promise<Running> {
  const { child, exit, log } = run(environment);
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout?.setEncoding("utf8").once("data", resolve);
    exit.then((status) => reject(new Error(`the service ended with ${status}: ${log()}`)));
  });
  return {
    ready: JSON.parse(line),
    log,
    stop() {
      child.kill("SIGTERM");
      return exit;
    },
  };
}

/** Stops it while clients hold connections open that they neither use nor end. */
async function stopWhileHeld({ ready, stop }: Running): Promise<number | null> {
  const { port } = new URL(ready.endpoint);
  const texts = [
    "",
    "GET / HTTP/1.1\r\nX-Half: ",
    "garbage\r\n\r\n",
    "POST /v1/users HTTP/1.1\r\nContent-Length: 9\r\n\r\n{",
  ];
  for (const text of texts) {
    const socket = connect({ port: Number(port), host: "127.0.0.1", allowHalfOpen: true });
    cleanups.push(() => void socket.destroy());
    socket.on("error", () => {});
    await new Promise<void>((resolve) => socket.write(text, () => resolve()));
  }
  return await stop();
}

async function failure(environment: Record<string, string>): Promise<string> {
  const { exit, log } = run(environment);
  expect(await exit).toBe(1);
  const lines = log().trim().split("\n");
  return JSON.parse(lines.at(-1) ?? "{}").msg;
}

describe("the process", () => {
  test("T10 keeps its secrets to its owner, answers, locks its folder, stops gracefully whatever clients hold open, and comes back", async () => {
    const dataDir = temporaryFolder();
    const first = await start({ ROSTER_DATA_DIR: dataDir });
    const { endpoint, ownerTokenFile } = first.ready;
    expect(first.ready).toEqual({
      ready: true,
      endpoint,
      database: "pglite",
      dataDir,
      ownerTokenFile: join(dataDir, "owner-token"),
    });
    expect(endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(first.log()).toContain("doesn't flush every change to disk");
    const modes = ["", "owner-token", "key-peppers", "signing-keys"].map(
      (file) => statSync(join(dataDir, file)).mode & 0o777,
    );
    expect(modes).toEqual([0o700, 0o600, 0o600, 0o600]);
    const token = readFileSync(ownerTokenFile ?? "", "utf8").trim();
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const body = JSON.stringify({ slug: "acme", name: "Acme" });
    const created = await fetch(`${endpoint}/v1/organizations`, { method: "POST", headers, body });
    expect(created.status).toBe(201);
    expect(created.headers.get("ratelimit-limit")).toBe("100");
    expect(await failure({ ROSTER_DATA_DIR: dataDir })).toMatch(/^ROSTER_DATA_DIR: .* in use by process \d+/);
    expect(await stopWhileHeld(first)).toBe(0);
    expect(first.log()).not.toContain(token);
    // The lock of a process that died without letting go.
    writeFileSync(join(dataDir, "lock"), "999999999\n");
    const second = await start({ ROSTER_DATA_DIR: dataDir, ROSTER_PORT: new URL(endpoint).port });
    expect(second.ready.endpoint).toBe(endpoint);
    const read = await fetch(`${endpoint}/v1/organizations`, { headers });
    expect(await read.json()).toMatchObject({ items: [{ slug: "acme" }] });
    const another = temporaryFolder();
    copyTemplate(join(another, "database"));
    expect(await failure({ ROSTER_DATA_DIR: another, ROSTER_PORT: new URL(endpoint).port })).toMatch(
      /^ROSTER_PORT: another process already listens at 127\.0\.0\.1:\d+\. Stop it, or choose another port\.$/,
    );
    expect(await second.stop()).toBe(0);
    // It is one process's at a time, and of one version of PostgreSQL.
    writeFileSync(join(another, "database/PG_VERSION"), "16\n");
    expect(await failure({ ROSTER_DATA_DIR: another })).toMatch(
      /^ROSTER_DATA_DIR: the database in .* can't be opened: it was created with PostgreSQL 16, but this version of the service uses 18.*`backup`.*`restore`/,
    );
  });

  test("T10 a first start that finds no space says so in one line, leaves nothing half-made, and works later", async () => {
    const dataDir = temporaryFolder();
    mkdirSync(dataDir);
    const folder = join(dataDir, "database");
    const opening = openFolder(folder, () => 50 * 1024 * 1024);
    await expect(opening).rejects.toThrow(
      `ROSTER_DATA_DIR: the database in ${folder} can't be opened: its disk is full: 50 MiB are free, and it needs 96 MiB. ` +
        "Free some disk space, and start again.",
    );
    // The system itself refuses what is larger than a file may be: at first the lock, and then the database.
    const limited = (blocks: number) => {
      const { exit, log } = run({ ROSTER_DATA_DIR: dataDir }, `ulimit -f ${blocks};`);
      return exit.then((status) => [status, JSON.parse(log().trim().split("\n").at(-1) ?? "{}").msg]);
    };
    expect(await limited(0)).toEqual([
      1,
      expect.stringMatching(/can't be used: the limit on the size of a file is too low/),
    ]);
    expect(await limited(4096)).toEqual([
      1,
      expect.stringMatching(
        /^ROSTER_DATA_DIR: the database in .* can't be opened: the limit on the size of a file is too low/,
      ),
    ]);
    expect(readdirSync(dataDir)).not.toContain("database");
    expect(readdirSync(dataDir).filter((name) => name.startsWith("database"))).toEqual([]);
  });

  test("says at its start that links would lead nowhere", async () => {
    const dataDir = temporaryFolder();
    mkdirSync(dataDir);
    copyTemplate(join(dataDir, "database"));
    const service = await start({ ROSTER_DATA_DIR: dataDir, ROSTER_HOST: "0.0.0.0" });
    expect(service.log()).toMatch(
      /ROSTER_PUBLIC_URL is not set, and ROSTER_HOST is 0\.0\.0\.0: links in mails lead to/,
    );
    expect(service.ready.endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(await service.stop()).toBe(0);
  });

  test("runs twice on one PostgreSQL, which two replicas migrate at once, and outlives it", async () => {
    const cluster = await startPostgres();
    cleanups.push(() => cluster.stop());
    const environment: Record<string, string> = { DATABASE_URL: cluster.url, ...firstSecrets() };
    const replicas = await Promise.all([start(environment), start(environment)]);
    const [one, two] = replicas.map(({ ready }) => ready.endpoint);
    expect(replicas[0]?.ready).toMatchObject({ database: "postgresql", dataDir: null, ownerTokenFile: null });
    const headers = { authorization: `Bearer ${environment.ROSTER_OWNER_TOKEN}`, "content-type": "application/json" };
    const call = async (endpoint: string | undefined, method: string, path: string, body?: object) => {
      const response = await fetch(`${endpoint}${path}`, {
        method,
        headers,
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      return (response.status === 204 ? {} : await response.json()) as Record<string, string>;
    };
    const subscription = { plan: "enterprise" };
    const features = { externalApiAccess: true };
    const { id } = await call(one, "POST", "/v1/organizations", { slug: "acme", name: "Acme", subscription, features });
    const key = await call(one, "POST", `/v1/organizations/${id}/api-keys`, { name: "Key", kind: "server" });
    expect(await call(two, "POST", "/v1/verifications", { secret: key.key })).toMatchObject({ outcome: "accepted" });
    await call(one, "DELETE", `/v1/api-keys/${key.id}`);
    expect(await call(two, "POST", "/v1/verifications", { secret: key.key })).toMatchObject({ reason: "revoked" });
    await cluster.stop();
    expect(await call(one, "GET", "/v1/users")).toMatchObject({ code: "unavailable", status: 503, retryable: true });
    expect(await call(two, "GET", "/health/ready")).toMatchObject({ code: "unavailable" });
    expect(await call(two, "GET", "/health/live")).toEqual({ status: "ok" });
    expect(await Promise.all(replicas.map((replica) => replica.stop()))).toEqual([0, 0]);
  });

  test.each([
    ["a port that is none", { ROSTER_PORT: "http" }, /^ROSTER_PORT: must be a whole number/],
    ["a short pepper", { ROSTER_KEY_PEPPERS: "v1:c2hvcnQ" }, /^ROSTER_KEY_PEPPERS: pepper v1 has 5 bytes/],
    [
      "scanners' keys that are not there",
      { ROSTER_SECRET_SCANNING_KEYS: join(tmpdir(), "no-such-file-of-keys") },
      /^ROSTER_SECRET_SCANNING_KEYS: ENOENT.*Correct the file/,
    ],
    [
      "a PostgreSQL that is not there",
      { DATABASE_URL: "postgresql://u:a-password@127.0.0.1:1/roster", ...firstSecrets() },
      /^DATABASE_URL: PostgreSQL doesn't answer at 127\.0\.0\.1:1\. Start it, or correct the address\.$/,
    ],
    [
      "a data folder that is a file",
      { ROSTER_DATA_DIR: main },
      /^ROSTER_DATA_DIR: .*main\.ts can't be used: it is a file, not a folder\. Choose another folder\.$/,
    ],
  ])("%s ends it with one line that names the variable", async (_title, environment, message) => {
    expect(await failure({ ROSTER_DATA_DIR: temporaryFolder(), ...environment })).toMatch(message);
  });

  // Without a process: what the tests above show of one is the same whatever it is started with.
  test.each([
    ["a short owner token", { ROSTER_OWNER_TOKEN: "short" }, /^ROSTER_OWNER_TOKEN: must have at least 16 characters/],
    ["a key of Stripe's alone", { ROSTER_STRIPE_KEY: "a-key" }, /^ROSTER_STRIPE_PRICES: is required to sell plans/],
    [
      "a price for no plan",
      { ROSTER_STRIPE_KEY: "a-key", ROSTER_STRIPE_PRICES: "gold:price_1" },
      /^ROSTER_STRIPE_PRICES: must list the price of each plan once/,
    ],
    [
      "a signing key that is none",
      { ROSTER_SIGNING_KEYS: '[{"kid":"a"}]' },
      /^ROSTER_SIGNING_KEYS: key 1 is not a private key/,
    ],
    [
      "PostgreSQL without secrets",
      { DATABASE_URL: "postgresql://localhost/roster" },
      /^ROSTER_OWNER_TOKEN, ROSTER_KEY_PEPPERS, ROSTER_SIGNING_KEYS: required/,
    ],
    [
      "scanners' keys that anybody on the way could change",
      { ROSTER_SECRET_SCANNING_KEYS: "http://api.github.com/meta/public_keys/secret_scanning" },
      /^ROSTER_SECRET_SCANNING_KEYS: must be an https URL or the path of a file/,
    ],
    ["a URL of another database", { DATABASE_URL: "mysql://localhost/roster" }, /^DATABASE_URL: must be a URL/],
  ])("%s is refused by the name of the variable", async (_title, environment, message) => {
    const dataDir = temporaryFolder();
    const reading = async () => {
      const configuration = readConfiguration({ ROSTER_DATA_DIR: dataDir, ...environment });
      const directory = configuration.databaseUrl === undefined ? await openDataDirectory(dataDir) : undefined;
      try {
        await prepareSecrets(configuration, directory);
      } finally {
        await directory?.release();
      }
    };
    const refusal = await reading().catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(ConfigurationError);
    expect((refusal as ConfigurationError).message).toMatch(message);
  });
});
