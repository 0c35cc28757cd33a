/** An embedded database with the service's tables and nothing in them, made once for all tests: making one takes seconds. */
import { createHash } from "node:crypto";
import { cpSync, existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { inject } from "vitest";
import type { TestProject } from "vitest/node";
import type { Database } from "../service/tables.ts";
import { countStart } from "./costs/counts.ts";
import { openDatabase } from "./portability/database.ts";
import { checkStatements } from "./portability/statements.ts";

declare module "vitest" {
  interface ProvidedContext {
    readonly templateDatabase: string;
  }
}

const checkout = path.join(__dirname, "..");
/** What decides what is in it, and whether its statements keep the rules. */
const sources = ["package-lock.json", "service/**/*.ts", "schema/**/*.ts", "test/portability/*.ts"];

/** Makes it before the first test, unless an earlier run of the same sources has made it. */
export default async function makeTemplate(project: TestProject): Promise<void> {
  const templates = path.join(checkout, ".roster/test-templates");
  const template = path.join(templates, hashOfSources());
  if (!existsSync(template)) {
    rmSync(templates, { recursive: true, force: true });
    const partial = `${template}.${process.pid}`;
    mkdirSync(templates, { recursive: true });
    const database = await openDatabase({ folder: partial });
    await database.destroy();
    // Here the migrations run on the embedded database, in no test.
    await checkStatements();
    renameSync(partial, template);
  }
  project.provide("templateDatabase", template);
}

function hashOfSources(): string {
  const hash = createHash("sha256");
  const files = globSync(sources, { cwd: checkout, exclude: ["**/dist/**", "**/node_modules/**"] });
  for (const file of files.toSorted()) hash.update(readFileSync(path.join(checkout, file)));
  return hash.digest("hex").slice(0, 16);
}

/** Copies it to a folder that isn't there yet. */
export function copyTemplate(folder: string): void {
  cpSync(inject("templateDatabase"), folder, { recursive: true });
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
