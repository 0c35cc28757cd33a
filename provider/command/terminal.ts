/** What a command has around it: the environment, the terminal, the clock, and the desktop. */
import { setTimeout as wait } from "node:timers/promises";
import { openPage } from "./browser.ts";

/** The surroundings of a command. */
export interface Terminal {
  readonly environment: NodeJS.ProcessEnv;
  /** The folder where the command runs. */
  readonly folder: string;
  /** Whether a person reads what the command tells. */
  readonly isInteractive: boolean;
  /** The width of the terminal that results are printed to, in characters; undefined if it is not a terminal. */
  readonly columns: number | undefined;
  /** Writes results, to standard output. */
  print(text: string): void;
  /** Writes everything else, to standard error. */
  tell(text: string): void;
  /** In milliseconds since 1970. */
  now(): number;
  wait(ms: number): Promise<void>;
  /** Opens a page in the person's browser. @returns whether there is a desktop for that */
  open(page: string): boolean;
}

/** @returns the surroundings of this process. */
export function ownTerminal(): Terminal {
  return {
    environment: process.env,
    folder: process.cwd(),
    isInteractive: process.stderr.isTTY === true,
    columns: process.stdout.columns,
    print: (text) => process.stdout.write(text),
    tell: (text) => process.stderr.write(text),
    now: () => Date.now(),
    wait: async (ms) => await wait(ms),
    open: (page) => openPage(page, process.env, process.platform),
  };
}
