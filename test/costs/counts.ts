/** What a test file starts, and the processor time that it takes: both are kept within ceilings. */
import { readFileSync } from "node:fs";

/** What costs seconds each time a test starts it: a run of the engine, a service, a database. */
export type Started = "engine" | "service" | "database";

/** How often each was started. */
export type Counts = Readonly<Record<Started, number>>;

const counts: Record<Started, number> = { engine: 0, service: 0, database: 0 };

/** Takes note that the running file starts one. */
export function countStart(started: Started): void {
  counts[started] += 1;
}

/** How often this process has started each since an earlier count, or in all: files may share a process. */
export function startedSince(earlier: Counts = { engine: 0, service: 0, database: 0 }): Counts {
  return {
    engine: counts.engine - earlier.engine,
    service: counts.service - earlier.service,
    database: counts.database - earlier.database,
  };
}

/** The unit of the times in /proc, in seconds: 100 a second on every Linux that Node.js runs on. */
const tickSeconds = 0.01;

/**
 * The processor seconds of this process and of all processes that it has waited for, theirs included.
 *
 * @see proc_pid_stat(5), fields 14 to 17
 * @returns undefined where the operating system has no /proc
 */
export function processorSeconds(): number | undefined {
  let stat: string;
  try {
    stat = readFileSync("/proc/self/stat", "utf8");
  } catch {
    return undefined;
  }
  // The second field is the program's name in parentheses, which may hold anything.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields.slice(11, 15).reduce((sum, field) => sum + Number(field) * tickSeconds, 0);
}
