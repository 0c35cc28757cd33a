/** The operations on runs. */
import type { Schemas } from "roster-schema";
import type { Call } from "../auth/operation.ts";
import { aboutObjects } from "../auth/permissions.ts";
import { type Routes, read } from "../http/route.ts";
import { notFound, requireSomewhere } from "../managed/resource.ts";
import { findRun, noteStatus } from "../managed/runs.ts";
import { markWritten } from "../managed/take-over.ts";
import { resources } from "../objects/index.ts";
import { inTransaction } from "../rows/database.ts";

type Run = Schemas["Run"];

/** The routes of runs. Reports are idempotent, so they take no idempotency key. */
export const runRoutes: Routes<"getRun" | "reportRun"> = { getRun: read(readRun), reportRun: read(reportRun) };

async function readRun(call: Call<"getRun">): Promise<Run> {
  requireSomewhere(call, ...aboutObjects);
  return await runOf(call, call.path.runId);
}

async function runOf(context: Pick<Call, "db" | "now">, id: string): Promise<Run> {
  const run = await findRun(context, id);
  if (run === undefined) {
    throw notFound("run", id);
  }
  return { id, status: run.status };
}

async function reportRun(call: Call<"reportRun">): Promise<Run> {
  requireSomewhere(call, ...aboutObjects);
  return await inTransaction(call.db, async (db) => {
    const { runId } = call.path;
    const { status, unanswered, written = [] } = call.body;
    const context = { ...call, db };
    if (status !== undefined) {
      await noteStatus(context, runId, status, unanswered);
    }
    for (const resource of Object.values(resources)) {
      await markWritten(context, resource, runId, written);
    }
    return await runOf(context, runId);
  });
}
