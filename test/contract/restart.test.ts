import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { expect, test } from "vitest";
import { connect, openDatabase } from "../portability/database.ts";
import { copyTemplate } from "../template-database.ts";
import { makeScenario } from "./support/scenario.ts";
import { TestService } from "./support/service.ts";

test("a service that comes back on the same folder has kept everything", async () => {
  const folder = mkdtempSync(join(tmpdir(), "roster-restart-"));
  const open = async () => {
    const database = await openDatabase({ folder });
    const service = new TestService(database);
    await service.start();
    const close = async () => {
      await service.stop();
      await database.destroy();
    };
    return { service, close };
  };
  const first = await open();
  const scenario = await makeScenario(first.service);
  const { user } = await scenario.member("viewer");
  const key = await scenario.key();
  await scenario.owner.do("createApiKeyAssignment", { path: { apiKeyId: key.id }, body: { user: user.id } });
  const before = await first.service.dump();
  await first.close();
  const second = await open();
  expect(await second.service.dump()).toBe(before);
  const verification = await second.service.as().do("verifyApiKey", { body: { secret: key.key } });
  expect(verification).toMatchObject({ outcome: "accepted", key: key.id });
  await second.close();
  rmSync(folder, { recursive: true });
}, 120_000);

test("a version that is older than the tables starts on them: migrations only add", async () => {
  const folder = mkdtempSync(join(tmpdir(), "roster-older-"));
  copyTemplate(folder);
  const newer = connect({ folder });
  await sql`insert into kysely_migration (name, timestamp) values ('9999-of-a-newer-version', '9999-01-01')`.execute(
    newer,
  );
  await newer.destroy();
  const database = await openDatabase({ folder });
  const { rows } = await sql`select name from kysely_migration where name > '9'`.execute(database);
  expect(rows).toEqual([{ name: "9999-of-a-newer-version" }]);
  await database.destroy();
  rmSync(folder, { recursive: true });
});
