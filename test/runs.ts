/** How many runs a property has: fewer in `npm test` than in `npm run trials`, which takes its time. */

/** The numbers of runs. */
interface Runs {
  readonly test: number;
  readonly trials: number;
}

/** How many of them this run has. */
export function runsOf({ test, trials }: Runs): number {
  return process.env.ROSTER_TRIALS === "full" ? trials : test;
}
