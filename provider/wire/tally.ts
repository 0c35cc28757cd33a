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

/** Prints the tally. */
export function printTally(): void {
  if (process.env.ROSTER_REPORT !== "1") return;
  const { resources, requests, retries, throttledMs } = tally;
  const throttled = (throttledMs / 1000).toFixed(1);
  const counted = [
    resources === 1 ? "1 resource" : `${resources} resources`,
    requests === 1 ? "1 request" : `${requests} requests`,
    retries === 1 ? "1 retry" : `${retries} retries`,
  ];
  process.stdout.write(`Roster: ${counted.join(", ")}, ${throttled} s throttled\n`);
}
