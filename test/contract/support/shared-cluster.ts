/** A PostgreSQL cluster for all files of contract tests: starting one takes longer than most of them. */
import { randomBytes } from "node:crypto";
import { sql } from "kysely";
import { inject } from "vitest";
import type { TestProject } from "vitest/node";
import type { Database } from "../../../service/rows/tables.ts";
import { countStart } from "../../costs/counts.ts";
import { connect, openDatabase } from "../../portability/database.ts";
import { checkStatements } from "../../portability/statements.ts";
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
  const template = await makeDatabase(admin, new URL(cluster.url));
  const database = await openDatabase({ url: template });
  await database.destroy();
  await admin.destroy();
  // Here the migrations run on PostgreSQL, in no test.
  await checkStatements();
  project.provide("clusterTemplate", template);
  return cluster.stop;
}

/** Makes a database on the shared cluster, without tables or with the service's. @returns its URL */
export async function newOnCluster({ hasTables = false } = {}): Promise<string> {
  countStart("database");
  const template = new URL(inject("clusterTemplate"));
  const admin = connect({ url: urlOf(template, "postgres") });
  try {
    return await makeDatabase(admin, template, hasTables ? template.pathname.slice(1) : undefined);
  } finally {
    await admin.destroy();
  }
}

/** Makes a database, empty or a copy of another. @returns its URL */
async function makeDatabase(admin: Database, cluster: URL, template = "template0"): Promise<string> {
  const name = `d${randomBytes(6).toString("hex")}`;
  await sql`create database ${sql.id(name)} template ${sql.id(template)}`.execute(admin);
  return urlOf(cluster, name);
}

function urlOf(cluster: URL, name: string): string {
  const url = new URL(cluster);
  url.pathname = name;
  return url.href;
}
