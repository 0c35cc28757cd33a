/** Finds the command that was called, and runs it. */
import { convertState } from "./convert-state.ts";
import { explain } from "./explain.ts";
import { exportCommand } from "./export.ts";
import { login } from "./login.ts";
import { logout } from "./logout.ts";
import { orphans } from "./orphans-command.ts";
import { report } from "./report.ts";
import type { Terminal } from "./terminal.ts";
import { unmanaged } from "./unmanaged.ts";
import { type Command, done, failed, UsageError, wrongUsage } from "./usage.ts";
import { validate } from "./validate.ts";
import { whoami } from "./whoami.ts";

const commands: ReadonlyMap<string, Command> = new Map(
  Object.entries({
    "convert-state": convertState,
    explain,
    export: exportCommand,
    login,
    logout,
    orphans,
    report,
    unmanaged,
    validate,
    whoami,
  }),
);

const help = `Usage: roster <command> [options]

${[...commands].map(([name, { summary }]) => `  ${name.padEnd(13)}  ${summary}\n`).join("")}
To show the options of a command, run \`roster <command> --help\`.

Exit status: 0 done, 1 failed, 2 wrong usage, 3 done, and found what the command looks for.
`;

/**
 * Runs the command `roster`.
 *
 * @param args what follows the program's name
 * @returns the exit status; it never throws
 */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  const [name = "", ...rest] = args;
  const command = commands.get(name);
  if (command === undefined) {
    const isHelp = ["--help", "-h", "help"].includes(name);
    const problem = isHelp || name === "" ? "" : `roster: there is no command ${JSON.stringify(name)}.\n\n`;
    (isHelp ? terminal.print : terminal.tell)(problem + help);
    return isHelp ? done : wrongUsage;
  }
  if (rest.some((arg) => arg === "--help" || arg === "-h")) {
    terminal.print(command.help);
    return done;
  }
  try {
    return await command.run(rest, terminal);
  } catch (error) {
    const isUsage = error instanceof UsageError;
    const advice = isUsage ? `\nTo show the options, run \`roster ${name} --help\`.` : "";
    terminal.tell(`roster: ${error instanceof Error ? error.message : String(error)}${advice}\n`);
    return isUsage ? wrongUsage : failed;
  }
}
