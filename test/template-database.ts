/** Embedded databases that tests copy, one without tables and one with the service's: making one takes seconds. */
import { createHash } from "node:crypto";
import { cpSync, existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { sql } from "kysely";
import { inject } from "vitest";
import type { TestProject } from "vitest/node";
import type { Database } from "../service/rows/tables.ts";
import { countStart } from "./costs/counts.ts";
import { connect, openDatabase } from "./portability/database.ts";
import { checkStatements } from "./portability/statements.ts";

declare module "vitest" {
  interface ProvidedContext {
    readonly templateDatabases: string;
  }
}

const checkout = path.join(__dirname, "..");
/** What decides what is in it, and whether its statements keep the rules. */
const sources = ["package-lock.json", "service/**/*.ts", "schema/**/*.ts", "test/portability/*.ts"];

/** Makes them before the first test, unless an earlier run of the same sources has made them. */
export default async function makeTemplates(project: TestProject): Promise<void> {
  const all = path.join(checkout, ".roster/test-templates");
  const templates = path.join(all, hashOfSources());
  if (!existsSync(templates)) {
    rmSync(all, { recursive: true, force: true });
    const partial = `${templates}.${process.pid}`;
    mkdirSync(partial, { recursive: true });
    const empty = connect({ folder: path.join(partial, "empty") });
    await sql`select 1`.execute(empty);
    await empty.destroy();
    cpSync(path.join(partial, "empty"), path.join(partial, "tables"), { recursive: true });
    const database = await openDatabase({ folder: path.join(partial, "tables") });
    await database.destroy();
    // Here the migrations run on the embedded database, in no test.
    await checkStatements();
    renameSync(partial, templates);
  }
  project.provide("templateDatabases", templates);
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
