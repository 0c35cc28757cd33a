/** A PostgreSQL cluster for all files of contract tests: starting one takes longer than most of them. */
import { randomBytes } from "node:crypto";
import { sql } from "kysely";
import { inject } from "vitest";
import type { TestProject } from "vitest/node";
import { countStart } from "../../costs/counts.ts";
import { connect, openDatabase } from "../../portability/database.ts";
import { checkStatements } from "../../portability/statements.ts";
import type { OwnDatabase } from "../../template-database.ts";
import { startPostgres } from "./postgres.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The URL of a database that has the service's tables and nothing in them; nobody may be connected to it. */
    readonly clusterTemplate: string;
  }
}

/** Starts it before the first test; vitest calls what is returned after the last one. */
export default async function shareCluster(project: TestProject): Promise<() => Promise<void>> {
  const cluster = await startPostgres();
  const admin = connect({ url: cluster.url });
  const template = await makeDatabase(admin, cluster.url);
  const database = await openDatabase({ url: template });
  await database.destroy();
  await admin.destroy();
  // Here the migrations run on PostgreSQL, in no test.
  await checkStatements();
  project.provide("clusterTemplate", template);
  return cluster.stop;
}

/** Opens a database of a file's own on the shared cluster. */
export async function openOnCluster(): Promise<OwnDatabase> {
  countStart("database");
  const template = inject("clusterTemplate");
  const url = new URL(template);
  const templateName = url.pathname.slice(1);
  url.pathname = "postgres";
  const admin = connect({ url: url.href });
  const own = await makeDatabase(admin, url.href, templateName);
  const database = await openDatabase({ url: own });
  return {
    database,
    async close() {
      await database.destroy();
      await sql`drop database ${sql.id(new URL(own).pathname.slice(1))} with (force)`.execute(admin);
      await admin.destroy();
    },
  };
}

/** Makes a database, empty or a copy of another. @returns its URL */
async function makeDatabase(admin: ReturnType<typeof connect>, url: string, template = "template0"): Promise<string> {
  const name = `d${randomBytes(6).toString("hex")}`;
  await sql`create database ${sql.id(name)} template ${sql.id(template)}`.execute(admin);
  const made = new URL(url);
  made.pathname = name;
  return made.href;
}
