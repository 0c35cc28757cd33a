/** What a run of the engine has cost, told at its end for who sets ROSTER_REPORT=1. */

/** What the process has done so far. */
export const tally = {
  /** Resources that were made, read, changed or ended; one that was read and changed counts twice. */
  resources: 0,
  /** Requests that were sent, batches as one, repeats included. */
  requests: 0,
  /** Requests that were sent again, each of a batch for itself. */
  retries: 0,
  /** For how long requests have waited because the service, or the configuration, lets no more go at once. */
  throttledMs: 0,
};

/**
 * Has the process print its tally when it ends. The engine ends it by SIGINT, and shows what it prints until then: measured
 * with 3.259. Ctrl-C doesn't reach it.
 */
export function reportAtEnd(environment: NodeJS.ProcessEnv = process.env): void {
  if (environment.ROSTER_REPORT !== "1") return;
  process.once("SIGINT", () => {
    const { resources, requests, retries, throttledMs } = tally;
    const throttled = (throttledMs / 1000).toFixed(1);
    process.stdout.write(
      `Roster: ${resources} resources, ${requests} requests, ${retries} retries, ${throttled} s throttled\n`,
    );
    // As if nobody had listened.
    process.kill(process.pid, "SIGINT");
  });
}
