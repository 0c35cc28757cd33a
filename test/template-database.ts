/** Embedded databases that tests copy, one without tables and one with the service's: making one takes seconds. */
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { inject } from "vitest";
import type { TestProject } from "vitest/node";
import { freeBytes } from "../service/rows/disk.ts";
import { openFolder } from "../service/rows/pglite.ts";
import type { Database } from "../service/rows/tables.ts";
import { countStart } from "./costs/counts.ts";
import { openDatabase } from "./portability/database.ts";
import { checkStatements } from "./portability/statements.ts";

declare module "vitest" {
  interface ProvidedContext {
    readonly templateDatabases: string;
  }
}

const checkout = path.join(__dirname, "..");
/** What decides what is in it, and whether its statements keep the rules. */
const sources = [
  "package-lock.json",
  "service/**/*.ts",
  "schema/**/*.ts",
  "test/portability/*.ts",
  "test/template-database.ts",
];

/** The size of a segment of the write-ahead log. */
const segmentBytes = 16 * 1024 * 1024;

/** Makes them before the first test, unless an earlier run of the same sources has made them. */
export default async function makeTemplates(project: TestProject): Promise<void> {
  const all = path.join(checkout, ".roster/test-templates");
  const templates = path.join(all, hashOfSources());
  if (!existsSync(templates)) {
    rmSync(all, { recursive: true, force: true });
    const partial = `${templates}.${process.pid}`;
    mkdirSync(partial, { recursive: true });
    const [empty, tables] = [path.join(partial, "empty"), path.join(partial, "tables")];
    await (await openFolder(empty, freeBytes)).close();
    cpSync(empty, tables, { recursive: true });
    const database = await openDatabase({ folder: tables });
    await database.destroy();
    for (const folder of [empty, tables]) {
      await makeSmall(folder);
    }
    // Here the migrations run on the embedded database, in no test.
    await checkStatements();
    renameSync(partial, templates);
  }
  project.provide("templateDatabases", templates);
}

/**
 * Leaves what a copy needs, a quarter of the bytes and half of the files: all tests copy it a hundred times. PostgreSQL's own templates
 * are dropped, since nobody makes a database in an embedded one, and the log is cut off where it ends.
 */
async function makeSmall(folder: string): Promise<void> {
  const { pglite, close } = await openFolder(folder, freeBytes);
  await pglite.exec("update pg_database set datistemplate = false");
  for (const template of ["template0", "template1"]) {
    await pglite.exec(`drop database ${template}`);
  }
  await pglite.exec("select pg_switch_wal()");
  await pglite.exec("checkpoint");
  await close();
  // Those after the first are old ones that PostgreSQL would write over, where it makes new ones if there are none.
  const [current = "", ...reserved] = segmentsOf(folder);
  for (const segment of reserved) {
    rmSync(segment);
  }
  truncateSync(current, readFileSync(current).findLastIndex((byte) => byte !== 0) + 1);
}

/** The paths of the segments of a database's log, in their order. */
function segmentsOf(folder: string): string[] {
  const log = path.join(folder, "pg_wal");
  const names = readdirSync(log).filter((name) => /^[0-9A-F]{24}$/.test(name));
  return names.toSorted().map((name) => path.join(log, name));
}

function hashOfSources(): string {
  const hash = createHash("sha256");
  const files = globSync(sources, { cwd: checkout, exclude: ["**/dist/**", "**/node_modules/**"] });
  for (const file of files.toSorted()) {
    hash.update(readFileSync(path.join(checkout, file)));
  }
  return hash.digest("hex").slice(0, 16);
}

/** Copies one to a folder that isn't there yet: with the service's tables and nothing in them, or without any. */
export function copyTemplate(folder: string, { hasTables = true } = {}): void {
  cpSync(path.join(inject("templateDatabases"), hasTables ? "tables" : "empty"), folder, { recursive: true });
  for (const segment of segmentsOf(folder)) {
    truncateSync(segment, segmentBytes);
  }
}

/** A database of a test's own, which is gone when it is closed. */
export interface OwnDatabase {
  readonly database: Database;
  close(): Promise<void>;
}

/** Opens a copy. */
export async function openCopy(): Promise<OwnDatabase> {
  countStart("database");
  const folder = mkdtempSync(path.join(tmpdir(), "roster-database-"));
  copyTemplate(folder);
  const database = await openDatabase({ folder });
  return {
    database,
    async close() {
      await database.destroy();
      rmSync(folder, { recursive: true });
    },
  };
}
