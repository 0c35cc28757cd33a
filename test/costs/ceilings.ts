/**
 * How often a test file may start what costs seconds. A run of the engine takes two to three seconds of a processor, a service two, a
 * database one; all tests together have ten minutes. To raise a ceiling takes a reason here, and something else to be lowered.
 */
import type { Counts } from "./counts.ts";

/** What all files together may start the engine. */
export const engineRuns = 190;

/** A file's own ceilings, above those of its folder, and why it needs them. */
interface Ceiling extends Partial<Counts> {
  readonly why: string;
}

/** The ceilings of the files in each folder of `test/`. */
const ofFolders: Readonly<Record<string, Counts>> = {
  browser: { engine: 0, service: 1, database: 1 },
  contract: { engine: 0, service: 4, database: 2 },
  e2e: { engine: 0, service: 1, database: 0 },
  model: { engine: 0, service: 2, database: 2 },
  portability: { engine: 0, service: 1, database: 1 },
  protocol: { engine: 0, service: 1, database: 0 },
  tidy: { engine: 0, service: 0, database: 0 },
  unit: { engine: 0, service: 0, database: 0 },
};

/** Files that need more. */
export const ceilings: Readonly<Record<string, Ceiling>> = {};

/** What a file has started too often, by its path from the checkout on; undefined where it has kept its ceilings, or has none. */
export function exceeded(file: string, started: Counts): string | undefined {
  const [, folder = ""] = /^test\/([^/]+)\//.exec(file) ?? [];
  const ceiling = { ...ofFolders[folder], ...ceilings[file] };
  const kinds = Object.keys(started) as (keyof Counts)[];
  const lines = kinds.flatMap((kind) => {
    const most = ceiling[kind] ?? Number.POSITIVE_INFINITY;
    return started[kind] > most ? [`${kind}: started ${started[kind]} times, and its ceiling is ${most}`] : [];
  });
  if (lines.length === 0) return undefined;
  return `${lines.join("; ")}. Share one that is started already, or raise the ceiling in test/costs/ceilings.ts and say why.`;
}
