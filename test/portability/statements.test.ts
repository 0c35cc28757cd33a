/** No statement goes unseen or unchecked, whichever test opens the database. */
import ts from "typescript";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { startPostgres } from "../contract/support/postgres.ts";
import { makeScenario } from "../contract/support/scenario.ts";
import { TestService } from "../contract/support/service.ts";
import { openCopy } from "../template-database.ts";
import { code, filesUnder, nodesOf, parse, targetOf } from "../tidy/sources.ts";
import { openDatabase } from "./database.ts";
import { checkStatements, collectedStatements, collectStatement } from "./statements.ts";

/** What changes, and is refused within its transaction, on a service that is started for it. */
async function work(service: TestService): Promise<void> {
  await service.start();
  const scenario = await makeScenario(service);
  const role = await scenario.owner.do("createRole", { path: scenario.path, body: { name: "One", permissions: [] } });
  await scenario.owner.refused("name_taken", "createRole", {
    path: scenario.path,
    body: { name: "One", permissions: [] },
  });
  await scenario.owner.do("updateRole", { path: { roleId: role.id }, body: { name: "Another" } });
  await scenario.owner.do("deleteRole", { path: { roleId: role.id } });
  await service.seal();
  await service.stop();
}

const oneLine = (text: string) => text.replace(/\s+/g, " ").trim();

/** The statements in a log that PostgreSQL writes with `log_statement = all`, where a tab begins a further line. */
function statementsIn(log: string): string[] {
  const logged = log.matchAll(/ LOG: {2}(?:statement|execute [^:]+): (.*(?:\n\t.*)*)/g);
  return [...new Set([...logged].map(([, text = ""]) => oneLine(text)))];
}

// Before the other, which asks the same.
test("on the embedded database, what the service asks is collected", async () => {
  expect(collectedStatements()).toEqual([]);
  const { database, close } = await openCopy();
  await work(new TestService(database));
  await close();
  for (const statement of [/^select /, /^insert into /, /^update /, /^delete from /]) {
    expect(collectedStatements()).toContainEqual(expect.stringMatching(statement));
  }
});

describe("on PostgreSQL", () => {
  let asked: readonly string[];
  beforeAll(async () => {
    let log = "";
    const cluster = await startPostgres((text) => {
      log += text;
    });
    try {
      const database = await openDatabase({ url: `${cluster.url}&options=-c%20log_statement%3Dall` });
      await work(new TestService(database));
      await database.destroy();
    } finally {
      await cluster.stop();
    }
    await vi.waitFor(() => expect(log).toContain("database system is shut down"), { timeout: 30_000 });
    asked = statementsIn(log);
  });

  test("the server was asked nothing that was not collected", () => {
    const collected = new Set(collectedStatements().map(oneLine));
    expect(asked.filter((text) => !collected.has(text))).toEqual([]);
  });

  test.each([
    /^create table "api_keys"/,
    /^alter table "api_keys" add column/,
    /^create index/,
    /^select .* for update$/,
    /^set statement_timeout/,
    /^begin$/,
    /^start transaction isolation level serializable$/,
    /^commit$/,
    /^rollback$/,
    /^select /,
    /^insert into /,
    /^update /,
    /^delete from /,
  ])("it was asked, among others, %s", (statement) => {
    expect(asked).toContainEqual(expect.stringMatching(statement));
  });
});

test("a statement that breaks a rule fails what asked it, with the rule and the remedy", async () => {
  const { database, close } = await openCopy();
  await database.selectFrom("roles").select("id").offset(1).execute();
  await close();
  await expect(checkStatements()).rejects.toThrow(
    /\n {2}offset: .* Instead: go on from the last key\.\n {4}select "id" from "roles" offset \$1$/,
  );
});

test("a check is due", async () => {
  collectStatement("select 'as good as any'");
  expect(await checkStatements()).toBe(1);
  collectStatement("select 'left to the hook after this test'");
});

test("and was made after the test before", async () => {
  collectStatement("select 'left to the hook after this test'");
  expect(collectedStatements()).toContain("select 'left to the hook after this test'");
  expect(await checkStatements()).toBe(0);
});

/** What a file imports by name from the service's database module. */
function openersIn(source: ts.SourceFile): string[] {
  return nodesOf(source).flatMap((node) => {
    if (!ts.isImportSpecifier(node)) {
      return [];
    }
    const { moduleSpecifier } = node.parent.parent.parent;
    const from = ts.isStringLiteral(moduleSpecifier) ? targetOf(source.fileName, moduleSpecifier.text) : undefined;
    const name = (node.propertyName ?? node.name).text;
    return from === "service/rows/database.ts" && ["openDatabase", "connect"].includes(name) ? [source.fileName] : [];
  });
}

test("no test opens a database another way", () => {
  const openers = ["test", "trials"]
    .flatMap((folder) => filesUnder(folder, code))
    .flatMap((file) => openersIn(parse(file)));
  const apart = [
    // Reads what a service of another process has written.
    "test/e2e/canary.test.ts",
    // Holds up the service's statements with what no service may use.
    "trials/f19-migration.trial.ts",
  ];
  expect([...new Set(openers)]).toEqual([...apart, "test/portability/database.ts"].toSorted());
});
