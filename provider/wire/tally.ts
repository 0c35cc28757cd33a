/** The costs of a run of the engine. They are printed at its end if ROSTER_REPORT=1 is set. */

import { say } from "../messages.ts";

/** The costs of the process so far. */
export const tally = {
  /** The number of creates, reads, updates and deletes of resources. */
  resources: 0,
  /** The number of requests, including retries; a batch counts as one. */
  requests: 0,
  /** The number of retries; each request of a batch counts separately. */
  retries: 0,
  /** How long requests have waited because of the limits of the service or the configuration. */
  throttledMs: 0,
};

/** Prints the tally. */
export function printTally(): void {
  if (process.env.ROSTER_REPORT !== "1") {
    return;
  }
  const { resources, requests, retries, throttledMs } = tally;
  const throttled = (throttledMs / 1000).toFixed(1);
  const counted = [
    resources === 1 ? "1 resource" : `${resources} resources`,
    requests === 1 ? "1 request" : `${requests} requests`,
    retries === 1 ? "1 retry" : `${retries} retries`,
  ];
  void say(`Roster: ${counted.join(", ")}, ${throttled} s throttled`);
}
