/** The command verify-audit: as a process once for each status, and where it matters which process it is; in this one otherwise. */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { afterEach, expect, test } from "vitest";
import { type DataDirectory, openDataDirectory } from "../../service/data-directory.ts";
import { connect, openDatabase } from "../portability/database.ts";
import { copyTemplate } from "../template-database.ts";
import { addEntries } from "./support/audit.ts";
import { callCommand, runCommand as run } from "./support/command.ts";
import { startPostgres } from "./support/postgres.ts";
import { makeScenario } from "./support/scenario.ts";
import { keyMaterial, makePepper, ownerToken, TestService } from "./support/service.ts";

const cleanups: (() => void | Promise<void>)[] = [];

afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) {
    await clean();
  }
});

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "roster-verify-"));
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "data");
}

/** Two organizations with two sealed entries each. */
async function fill(service: TestService, pepperList?: string): Promise<{ one: string; two: string }> {
  const scenarios = [await makeScenario(service), await makeScenario(service)];
  for (const scenario of scenarios) {
    await scenario.role("flows:read");
  }
  await service.seal(pepperList);
  return { one: scenarios[0]?.organization.id ?? "", two: scenarios[1]?.organization.id ?? "" };
}

const intact = (chain: string, sealed: number) =>
  expect.stringMatching(
    new RegExp(
      `^${chain}: intact; ${sealed} entries sealed since [-0-9T:.]+Z, 0 not yet sealed${sealed > 0 ? `, head ${sealed} [0-9a-f]{64}` : ""}$`,
    ),
  );

test("on PostgreSQL, beside a running service: what is intact, what is not, and what can't be known", async () => {
  const cluster = await startPostgres();
  cleanups.push(() => cluster.stop());
  const database = await openDatabase({ url: cluster.url });
  cleanups.push(() => database.destroy());
  const service = new TestService(database);
  await service.start();
  cleanups.push(() => service.stop());
  const { one, two } = await fill(service);
  const environment = {
    DATABASE_URL: cluster.url,
    ROSTER_OWNER_TOKEN: ownerToken,
    ROSTER_KEY_PEPPERS: keyMaterial.pepper,
    ROSTER_SIGNING_KEYS: JSON.stringify([keyMaterial.signingKey]),
  };
  expect(await run(environment, "verify-audit")).toEqual({
    status: 0,
    lines: [intact("service", 0), intact(one, 2), intact(two, 2), "3 chains intact, 0 with faults, 0 unknown"],
    errors: "",
  });
  const unknown = await callCommand({ ...environment, ROSTER_KEY_PEPPERS: makePepper("v2") }, "verify-audit");
  expect(unknown.status).toBe(2);
  expect(unknown.lines.at(-1)).toBe("0 chains intact, 0 with faults, 3 unknown");
  expect(unknown.lines).toContain(
    "  2 pepper_missing: the chain's head can't be checked: its pepper is not in ROSTER_KEY_PEPPERS",
  );

  await addEntries(database, one, service.now(), Array(300).fill({}));
  await service.seal();
  await sql`delete from audit_entries where chain = ${one} and sequence between 10 and 120`.execute(database);
  await sql`update audit_entries set action = 'x' where chain = ${two} and sequence = 1`.execute(database);
  const { id } = await database
    .selectFrom("audit_entries")
    .select("id")
    .where("chain", "=", two)
    .where("sequence", "=", 1)
    .executeTakeFirstOrThrow();
  const found = await run(environment, "verify-audit");
  expect(found.status).toBe(1);
  expect(found.lines.filter((line) => !/^ {2}\d+ missing/.test(line))).toEqual([
    intact("service", 0),
    expect.stringMatching(`^${one}: 111 faults; 191 entries sealed`),
    "  and 11 more",
    expect.stringMatching(`^${two}: 1 fault; 2 entries sealed`),
    `  1 ${id} altered: the entry was altered`,
    "1 chain intact, 2 with faults, 0 unknown",
  ]);
  expect(found.lines).toContain("  10 missing: the entry was removed");
  // What one organization's faults are is no matter of another's.
  expect(await callCommand(environment, "verify-audit", "--organization", two)).toMatchObject({
    status: 1,
    lines: { length: 2 },
  });
  const nobody = await callCommand(environment, "verify-audit", "--organization", `org_${"0".repeat(32)}`);
  expect(nobody).toMatchObject({ status: 2, lines: [] });
  expect(nobody.errors).toContain("no entries and no chain");

  // An organization of which nothing but the entries is left, and one of which nothing but the head is.
  await sql`delete from audit_chains where chain = ${one}`.execute(database);
  await sql`delete from audit_entries where organization_id = ${two}`.execute(database);
  const left = await callCommand(environment, "verify-audit");
  expect(left.status).toBe(1);
  expect(left.lines.filter((line) => !line.startsWith("  "))).toEqual([
    intact("service", 0),
    expect.stringMatching(`^${one}: 112 faults`),
    expect.stringMatching(`^${two}: 2 faults; 0 entries sealed`),
    "1 chain intact, 2 with faults, 0 unknown",
  ]);
  expect(left.lines).toContain("  head_missing: the chain's head was removed; new entries are not sealed");

  await cluster.stop();
  const gone = await callCommand(environment, "verify-audit");
  expect(gone).toMatchObject({ status: 2, lines: [] });
  expect(gone.errors).toMatch(/^The audit can't be read: /);
});

test("on the embedded database, which it needs alone, and makes neither where there is none", async () => {
  const folder = temporaryFolder();
  const nothing = await callCommand({ ROSTER_DATA_DIR: folder }, "verify-audit");
  expect(nothing).toMatchObject({ status: 2, lines: [] });
  expect(nothing.errors).toMatch(/^ROSTER_DATA_DIR: .* contains no database\. /);
  expect(existsSync(folder)).toBe(false);

  const directory: DataDirectory = await openDataDirectory(folder);
  copyTemplate(directory.file("database"));
  const pepperless = await run({ ROSTER_DATA_DIR: folder }, "verify-audit");
  expect(pepperless).toMatchObject({ status: 2, lines: [] });
  expect(pepperless.errors).toMatch(
    / is in use by process \d+\. Stop that process.*\nOr ask the running service: GET/s,
  );

  const pepperList = await directory.keep("key-peppers", () => makePepper("v1"));
  const database = connect({ folder: directory.file("database") });
  const service = new TestService(database);
  await service.start({ pepperList });
  const { one, two } = await fill(service, pepperList);
  await service.stop();
  await database.destroy();
  await directory.release();
  expect(await run({ ROSTER_DATA_DIR: folder }, "verify-audit")).toMatchObject({
    status: 0,
    lines: [intact("service", 0), intact(one, 2), intact(two, 2), "3 chains intact, 0 with faults, 0 unknown"],
  });
  rmSync(join(folder, "key-peppers"));
  const lost = await callCommand({ ROSTER_DATA_DIR: folder }, "verify-audit");
  expect(lost).toMatchObject({ status: 2, lines: [] });
  expect(lost.errors).toContain("neither the environment nor the data directory has peppers");
  expect(existsSync(join(folder, "key-peppers"))).toBe(false);
});

test("a command that there isn't ends it with 2 and says how it is used", async () => {
  const { status, lines, errors } = await run({ ROSTER_DATA_DIR: temporaryFolder() }, "verify");
  expect({ status, lines }).toEqual({ status: 2, lines: [] });
  expect(errors).toMatch(/^Usage: roster-service \[verify-audit/);
});

test.each([
  ["an option that there isn't", ["--all"], /Usage: verify-audit \[--organization <id>\]/],
  ["an organization that can't be", ["--organization", "acme"], /^--organization: must be an organization's id/],
])("%s ends it with 2 and says how it is used", async (_title, args, message) => {
  const environment = { ROSTER_DATA_DIR: temporaryFolder() };
  const { status, lines, errors } = await callCommand(environment, "verify-audit", ...args);
  expect({ status, lines }).toEqual({ status: 2, lines: [] });
  expect(errors).toMatch(message);
});
