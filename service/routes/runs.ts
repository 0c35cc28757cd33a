import type { Schemas } from "roster-schema";
import type { Call } from "../auth/operation.ts";
import { aboutObjects } from "../auth/permissions.ts";
import { holds } from "../auth/principal.ts";
import { type Routes, read } from "../http/route.ts";
import { notFound, type Resource, requirePermission } from "../managed/resource.ts";
import { findRun, noteStatus } from "../managed/runs.ts";
import { resources } from "../objects/index.ts";
import { inTransaction } from "../rows/database.ts";
import { isId } from "../rows/identifiers.ts";

type Run = Schemas["Run"];

/** The routes by which programs report their runs. Repeating a report changes nothing, so they take no idempotency key. */
export const runRoutes: Routes<"getRun" | "reportRun"> = { getRun: read(readRun), reportRun: read(reportRun) };

const rowsPerStatement = 1000;

async function readRun(call: Call<"getRun">): Promise<Run> {
  requirePermission(call, ...aboutObjects);
  return await runOf(call, call.path.runId);
}

async function runOf(context: Pick<Call, "db" | "now">, id: string): Promise<Run> {
  const run = await findRun(context, id);
  if (run === undefined) throw notFound("run", id);
  return { id, status: run.status };
}

async function reportRun(call: Call<"reportRun">): Promise<Run> {
  requirePermission(call, ...aboutObjects);
  return await inTransaction(call.db, async (db) => {
    const { runId } = call.path;
    const { status, unanswered, written = [] } = call.body;
    const context = { ...call, db };
    if (status !== undefined) await noteStatus(context, runId, status, unanswered);
    for (const resource of Object.values(resources)) {
      const ids = written.filter((id) => isId(resource.kind, id));
      for (let at = 0; at < ids.length; at += rowsPerStatement) {
        await noteWritten(context, resource, runId, ids.slice(at, at + rowsPerStatement));
      }
    }
    return await runOf(context, runId);
  });
}

/** Notes which objects of a run are in a stack's state, and so aren't lost creates. */
async function noteWritten(
  { db, now, principal }: Pick<Call, "db" | "now" | "principal">,
  { reading, table, organizationColumn }: Pick<Resource<never>, "reading" | "table" | "organizationColumn">,
  run: string,
  ids: readonly string[],
): Promise<void> {
  if (!holds(principal, reading)) return;
  // The six tables share these columns, which Kysely's types don't see through a variable.
  let rows = db
    .updateTable(table as "roles")
    .set({ known_at: now })
    .where("id", "in", ids)
    .where("created_run", "=", run)
    .where("known_at", "is", null);
  if (principal.kind === "api_key") {
    rows = rows.where(organizationColumn as "organization_id", "=", principal.organization);
  }
  await rows.execute();
}
