/**
 * What a trial is: a fault that is tried with many seeds, and what must hold after each. `npm run trials` tries all of them, and
 * `npm run trials -- --short` the first few; see scripts/trials.mjs.
 */
import { describe, test } from "vitest";
import { frontUnderTest } from "../test/e2e/stack.ts";
import { Random } from "./random.ts";

/** What a run of a trial came to; `trials/report.json` is a list of these. */
export interface Result {
  /** As in the table of faults: `F1`; with the plugin, `F1 plugin`. */
  readonly id: string;
  readonly title: string;
  /** How many seeds were tried. */
  readonly seeds: number;
  readonly passed: boolean;
  /** What was counted over all seeds, such as the faults that were injected. */
  readonly figures: Readonly<Record<string, number>>;
  /** The seed that failed, if one did. */
  readonly failedSeed?: number;
}

declare module "vitest" {
  interface TaskMeta {
    trial?: Result;
  }
}

/** How many seeds are tried. */
export interface Seeds {
  /** By `npm run trials`. */
  readonly full: number;
  /** By `npm run trials -- --short`; 0 where scripts/trials.mjs leaves the trial out of it. */
  readonly short: number;
}

/** What one seed is tried with. */
export class Attempt {
  readonly seed: number;
  readonly random: Random;
  /** Whether the client is broken on purpose: the trial must then fail. */
  readonly broken: boolean;
  readonly #figures: Map<string, number>;

  constructor(seed: number, broken: boolean, figures: Map<string, number>) {
    this.seed = seed;
    this.random = new Random(seed);
    this.broken = broken;
    this.#figures = figures;
  }

  /** Counts something, for the report. */
  count(figure: string, by = 1): void {
    this.#figures.set(figure, (this.#figures.get(figure) ?? 0) + by);
  }

  /**
   * Counts what must not be, such as duplicates.
   *
   * @throws Error that names what there is
   */
  none(figure: string, found: readonly unknown[]): void {
    this.count(figure, found.length);
    if (found.length > 0) {
      throw new Error(`${found.length} ${figure}: ${JSON.stringify(found)}`);
    }
  }
}

/** A trial of one fault. */
export interface Trial {
  /** As in the table of faults: `F1`. A second trial of one fault has a name of its own after it: `F1 cli`. */
  readonly id: string;
  /** What is done, and what must hold. */
  readonly title: string;
  readonly seeds: Seeds;
  /** How many seeds are tried side by side, where each stands on what is its own; 1 by default. */
  readonly atOnce?: number;
  /** Whether a client that is broken on purpose is caught: in one of so many seeds it must be. */
  readonly control?: { readonly within: number };
  /** Tries one seed, on what the file has started; it throws where something doesn't hold. */
  try(attempt: Attempt): Promise<void>;
}

const isFull = process.env.ROSTER_TRIALS === "full";
const firstSeed = Number(process.env.ROSTER_TRIALS_SEED ?? "1");
const limitMs = 60 * 60_000;

/** How many seeds a trial is tried with in this run. */
function seedsOf({ seeds }: Trial): number {
  const { ROSTER_TRIALS_SEEDS: asked } = process.env;
  if (asked !== undefined) {
    return Number(asked);
  }
  return isFull ? seeds.full : seeds.short;
}

/** Makes tests of a trial: it passes with every seed, and where it has a control, fails with a broken client. */
export function trial(described: Trial): void {
  const { title, control } = described;
  const id = frontUnderTest() === "native" ? `${described.id} plugin` : described.id;
  describe(id, () => {
    test(`${id} ${title}`, { timeout: limitMs }, async ({ task }) => {
      const figures = new Map<string, number>();
      const count = seedsOf(described);
      const result = { id, title, seeds: count };
      const { tried, failure } = await tryAll(described, count, figures);
      if (failure !== undefined) {
        const { seed, error } = failure;
        const counted = { seeds: tried, figures: Object.fromEntries(figures) };
        task.meta.trial = { ...result, ...counted, passed: false, failedSeed: seed };
        throw new Error(`${id} fails with seed ${seed}; to repeat it: ${commandOf(id, seed)}`, { cause: error });
      }
      task.meta.trial = { ...result, passed: true, figures: Object.fromEntries(figures) };
    });
    if (control !== undefined) {
      test(`${id} catches a client that sends neither idempotency keys nor If-Match`, { timeout: limitMs }, async ({
        task,
      }) => {
        const figures = new Map<string, number>();
        const passed = await isCaught(described, control.within, figures);
        const counted = Object.fromEntries(figures);
        task.meta.trial = {
          id: `${id} control`,
          title: "a broken client is caught",
          seeds: control.within,
          passed,
          figures: counted,
        };
        if (!passed) {
          throw new Error(`${id} passes with a broken client: it can't fail`);
        }
      });
    }
  });
}

/** Tries so many seeds, up to the first that fails. */
async function tryAll(described: Trial, count: number, figures: Map<string, number>) {
  const seeds = Array.from({ length: count }, (_, at) => firstSeed + at).values();
  let tried = 0;
  let failure: { seed: number; error: unknown } | undefined;
  const work = async () => {
    for (const seed of seeds) {
      if (failure !== undefined) {
        return;
      }
      tried += 1;
      try {
        await described.try(new Attempt(seed, false, figures));
      } catch (error) {
        failure ??= { seed, error };
      }
    }
  };
  await Promise.all(Array.from({ length: described.atOnce ?? 1 }, work));
  return { tried, failure };
}

async function isCaught(described: Trial, within: number, figures: Map<string, number>): Promise<boolean> {
  // Always the same ones: whoever repeats another seed asks nothing of the control.
  for (let seed = 1; seed <= within; seed += 1) {
    try {
      await described.try(new Attempt(seed, true, figures));
    } catch {
      return true;
    }
  }
  return false;
}

function commandOf(id: string, seed: number): string {
  return `npm run trials -- --only ${JSON.stringify(id)} --seed ${seed} --seeds 1`;
}
