/** An embedded database with the service's tables and nothing in them, made once for all tests: making one takes seconds. */
import { cpSync, mkdtempSync, rmSync } from "node:fs";
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

/** Makes it before the first test; vitest calls what is returned after the last one. */
export default async function makeTemplate(project: TestProject): Promise<() => void> {
  const folder = mkdtempSync(path.join(tmpdir(), "roster-template-"));
  const database = await openDatabase({ folder });
  await database.destroy();
  // Here the migrations run on the embedded database, in no test.
  await checkStatements();
  project.provide("templateDatabase", folder);
  return () => rmSync(folder, { recursive: true });
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
