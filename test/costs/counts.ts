/** What a test file starts, and the processor time that it takes: both are kept within ceilings. */
import { readFileSync } from "node:fs";

/** What costs seconds each time a test starts it: a run of the engine, a service, a database. */
export type Started = "engine" | "service" | "database";

/** How often each was started. */
export type Counts = Readonly<Record<Started, number>>;

/** What a file has cost. */
export interface Costs {
  readonly started: Counts;
  /** Of its process and of all that it started; undefined where the operating system doesn't tell. */
  readonly processorSeconds: number | undefined;
}

const none: Counts = { engine: 0, service: 0, database: 0 };

const counts: Record<Started, number> = { ...none };
let chargedSeconds = 0;

/** Takes note that the running file starts one. */
export function countStart(started: Started): void {
  counts[started] += 1;
}

/** What this process has cost since it was last asked: files may share one, and the first is charged with its start. */
export function takeCosts(): Costs {
  const started = { ...counts };
  Object.assign(counts, none);
  const seconds = processorSeconds();
  if (seconds === undefined) {
    return { started, processorSeconds: undefined };
  }
  const charged = seconds - chargedSeconds;
  chargedSeconds = seconds;
  return { started, processorSeconds: charged };
}

/** The unit of the times in /proc, in seconds: 100 a second on every Linux that Node.js runs on. */
const tickSeconds = 0.01;

/**
 * The processor seconds of this process and of all processes that it has waited for, theirs included.
 *
 * @see proc_pid_stat(5), fields 14 to 17
 * @returns undefined where the operating system has no /proc
 */
function processorSeconds(): number | undefined {
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
