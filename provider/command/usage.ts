/** The options of commands, their exit statuses, and errors of usage. */
import { type ParseArgsConfig, parseArgs } from "node:util";
import type { Terminal } from "./terminal.ts";

/** A command, such as `login`. */
export interface Command {
  /** What it does, in one line. */
  readonly summary: string;
  /** What `--help` prints. */
  readonly help: string;
  /** Runs it. @returns the exit status */
  run(args: readonly string[], terminal: Terminal): Promise<number>;
}

/** The exit statuses; `found` means that a command has found what it looks for. */
export const [done, failed, wrongUsage, found] = [0, 1, 2, 3];

/** A command was called with wrong options or arguments. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/**
 * Parses the options of a command that takes no arguments.
 *
 * @throws UsageError
 */
export function optionsOf<const Options extends NonNullable<ParseArgsConfig["options"]>>(
  args: readonly string[],
  options: Options,
) {
  return orUsageError(() => parseArgs({ args: [...args], options, allowPositionals: false }).values);
}

/**
 * Parses the options of a command that takes arguments too, which are the `positionals`.
 *
 * @throws UsageError
 */
export function argumentsOf<const Options extends NonNullable<ParseArgsConfig["options"]>>(
  args: readonly string[],
  options: Options,
) {
  return orUsageError(() => parseArgs({ args: [...args], options, allowPositionals: true }));
}

/**
 * The only argument of a command.
 *
 * @param name as the command's help has it
 * @returns undefined if there is none
 * @throws UsageError if there are more
 */
export function onlyArgument(name: string, [argument, another]: readonly string[]): string | undefined {
  if (another !== undefined) {
    throw new UsageError(`name only one ${name}: ${JSON.stringify(another)} is another argument.`);
  }
  return argument;
}

function orUsageError<Parsed>(parse: () => Parsed): Parsed {
  try {
    return parse();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw code?.startsWith("ERR_PARSE_ARGS_") ? new UsageError(message) : error;
  }
}
