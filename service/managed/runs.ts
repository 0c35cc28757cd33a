/**
 * The runs of programs that make objects: which of them are alive, and how the others ended. That decides whether a create
 * that nobody reported as written was lost: see take-over.ts.
 */
import type { Selectable } from "kysely";
import type { Schemas } from "roster-schema";
import type { Context } from "../auth/operation.ts";
import { executeShared, sharedRowQuery } from "../rows/shared-statements.ts";
import type { Database, Tables } from "../rows/tables.ts";
import { notFound } from "./resource.ts";

/** After how long without a report a run counts as silent. Programs report every two seconds. */
export const silentAfterMs = 6000;

/** No create is lost for longer than a day, so no older run decides anything. */
const keptForMs = 2 * 24 * 60 * 60 * 1000;

type Row = Selectable<Tables["runs"]>;

/** What became of a run, as far as its creates are concerned. */
export interface RunState {
  readonly status: Schemas["Run"]["status"];
  /** The externalIds of creates that were never answered. */
  readonly unanswered: readonly string[];
  /** When it will count as silent, if nothing is heard of it; undefined unless it is alive. */
  readonly silentInMs?: number;
}

const runById = sharedRowQuery(
  "run by id",
  ({ db }: Pick<Context, "db">, ids) => db.selectFrom("runs").selectAll().where("id", "in", ids).execute(),
  ({ id }) => id,
);

/** Reads what became of a run; undefined if it never reported. */
export async function findRun({ db, now }: Pick<Context, "db" | "now">, id: string): Promise<RunState | undefined> {
  const row = await executeShared(runById, { db }, id);
  return row === undefined ? undefined : stateOf(row, now);
}

/** Reads what became of several runs, by id; those that never reported are left out. */
export async function findRuns(
  { db, now }: Pick<Context, "db" | "now">,
  ids: readonly string[],
): Promise<ReadonlyMap<string, RunState>> {
  const rows = ids.length === 0 ? [] : await db.selectFrom("runs").selectAll().where("id", "in", ids).execute();
  return new Map(rows.map((row) => [row.id, stateOf(row, now)]));
}

/** The runs whose creates may be lost, as a subquery of their ids. */
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
 * Notes a report of a run's status. The first one begins the run, with `alive`; what has ended stays so.
 *
 * @throws Refusal `not_found` if the run has not begun, or another caller began it.
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
  if (noted?.principal !== principal.id) throw notFound("run", id);
}

/** Removes runs that no longer decide anything. */
export async function sweepRuns(db: Database, now: Date): Promise<void> {
  await db
    .deleteFrom("runs")
    .where("heard_at", "<", new Date(now.getTime() - keptForMs))
    .execute();
}

function stateOf({ status, heard_at, unanswered: stored }: Row, now: Date): RunState {
  const unanswered = stored ?? [];
  if (status !== "alive") return { status, unanswered };
  const sinceMs = now.getTime() - heard_at.getTime();
  // A report from further ahead than that is from before the clock was set back.
  if (Math.abs(sinceMs) >= silentAfterMs) return { status: "silent", unanswered };
  return { status, unanswered, silentInMs: silentAfterMs - sinceMs };
}
