/**
 * Runs of programs: which runs are alive, and how others ended. This decides whether a create that was not reported as
 * written is lost; see take-over.ts.
 */
import type { Selectable } from "kysely";
import type { Schemas } from "roster-schema";
import type { Context } from "../auth/operation.ts";
import { executeShared, sharedRowQuery } from "../rows/shared-statements.ts";
import type { Database, Tables } from "../rows/tables.ts";
import { notFound } from "./resource.ts";

/** The time without a report after which a run counts as silent. Programs report every two seconds. */
export const silentAfterMs = 6000;

/** How long runs are kept; a create is lost for at most a day, so older runs don't matter. */
const keptForMs = 2 * 24 * 60 * 60 * 1000;

type Row = Selectable<Tables["runs"]>;

/** The state of a run, for deciding about its creates. */
export interface RunState {
  readonly status: Schemas["Run"]["status"];
  /** The externalIds of creates that got no answer. */
  readonly unanswered: readonly string[];
  /** The time until the run counts as silent without a report; undefined if the run is not alive. */
  readonly silentInMs?: number;
}

const runById = sharedRowQuery(
  "run by id",
  ({ db }: Pick<Context, "db">, ids) => db.selectFrom("runs").selectAll().where("id", "in", ids).execute(),
  ({ id }) => id,
);

/** Reads the state of a run; undefined if it never reported. */
export async function findRun({ db, now }: Pick<Context, "db" | "now">, id: string): Promise<RunState | undefined> {
  const row = await executeShared(runById, { db }, id);
  return row === undefined ? undefined : stateOf(row, now);
}

/** Reads the states of several runs by id; runs that never reported are omitted. */
export async function findRuns(
  { db, now }: Pick<Context, "db" | "now">,
  ids: readonly string[],
): Promise<ReadonlyMap<string, RunState>> {
  const rows = ids.length === 0 ? [] : await db.selectFrom("runs").selectAll().where("id", "in", ids).execute();
  return new Map(rows.map((row) => [row.id, stateOf(row, now)]));
}

/** A subquery for the ids of runs whose creates may be lost. */
export function runsThatMayHaveLost({ db, now }: Pick<Context, "db" | "now">) {
  const [since, until] = [new Date(now.getTime() - silentAfterMs), new Date(now.getTime() + silentAfterMs)];
  return db
    .selectFrom("runs")
    .select("id")
    .where((where) =>
      where.or([
        where("status", "=", "lost"),
        where.and([where("status", "=", "alive"), where("heard_at", "<=", since)]),
        // See stateOf.
        where.and([where("status", "=", "alive"), where("heard_at", ">=", until)]),
        where.and([where("status", "=", "ended"), where("unanswered", "is not", null)]),
      ]),
    );
}

/**
 * Records a report of a run's status. The first report, with `alive`, starts the run; an ended run stays ended.
 *
 * @throws Refusal `not_found` if the run has not started, or another caller started it.
 */
export async function noteStatus(
  { db, now, principal }: Pick<Context, "db" | "now" | "principal">,
  id: string,
  status: Row["status"],
  unanswered: readonly string[] = [],
): Promise<void> {
  const change = { status, heard_at: now, unanswered: unanswered.length > 0 ? JSON.stringify(unanswered) : null };
  if (status === "alive") {
    await db
      .insertInto("runs")
      .values({ id, principal: principal.id, ...change })
      .onConflict((conflict) => conflict.column("id").doNothing())
      .execute();
  }
  await db
    .updateTable("runs")
    .set(change)
    .where("id", "=", id)
    .where("principal", "=", principal.id)
    .where("status", "=", "alive")
    .execute();
  const noted = await db.selectFrom("runs").select("principal").where("id", "=", id).executeTakeFirst();
  if (noted?.principal !== principal.id) {
    throw notFound("run", id);
  }
}

/** Deletes runs that no longer matter. */
export async function sweepRuns(db: Database, now: Date): Promise<void> {
  await db
    .deleteFrom("runs")
    .where("heard_at", "<", new Date(now.getTime() - keptForMs))
    .execute();
}

function stateOf({ status, heard_at, unanswered: stored }: Row, now: Date): RunState {
  const unanswered = stored ?? [];
  if (status !== "alive") {
    return { status, unanswered };
  }
  const sinceMs = now.getTime() - heard_at.getTime();
  // A report that is further ahead than that is from before the clock was set back.
  if (Math.abs(sinceMs) >= silentAfterMs) {
    return { status: "silent", unanswered };
  }
  return { status, unanswered, silentInMs: silentAfterMs - sinceMs };
}
