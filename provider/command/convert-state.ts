/** The command `roster convert-state`. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { convertedState, type Front, fronts } from "./converted-state.ts";
import type { Terminal } from "./terminal.ts";
import { argumentsOf, type Command, done, onlyArgument, UsageError } from "./usage.ts";

const help = `Usage: roster convert-state --to native|dynamic STATE

Converts an exported state, so that a program declares the same resources with the native plugin (native) or with the
package pulumi-roster (dynamic). Prints the converted state; secrets stay encrypted. Nothing in the service changes.

  pulumi stack export --file state.json
  roster convert-state --to native state.json > converted.json
  pulumi stack import --file converted.json

  --to FRONT   what the program declares the resources with from now on

Exit status: 0 done, 1 failed, 2 wrong usage.
`;

const options = { to: { type: "string" } } as const;

/** Converts a state between the native plugin and the dynamic provider. */
export const convertState: Command = {
  summary: "converts an exported state between the native plugin and the dynamic provider",
  help,
  run: (args, terminal) => {
    const { values, positionals } = argumentsOf(args, options);
    const to = frontOf(values.to);
    const file = onlyArgument("state", positionals);
    if (file === undefined) {
      throw new UsageError("name the file with the state that `pulumi stack export --file` has written.");
    }
    const { document, count } = convertedState(readState(file, terminal), to);
    terminal.print(`${JSON.stringify(document, null, 4)}\n`);
    terminal.tell(`Converted ${count === 1 ? "1 resource" : `${count} resources`}.\n`);
    return Promise.resolve(done);
  },
};

function frontOf(value: string | undefined): Front {
  const front = fronts.find((one) => one === value);
  if (front === undefined) {
    throw new UsageError(`--to must be one of ${fronts.join(", ")}.`);
  }
  return front;
}

function readState(file: string, { folder }: Terminal): unknown {
  try {
    return JSON.parse(readFileSync(path.resolve(folder, file), "utf8"));
  } catch (error) {
    // An error of JSON.parse would repeat a part of the state.
    const reason = error instanceof SyntaxError ? "it is not JSON" : (error as Error).message;
    throw new UsageError(`the state ${file} can't be read: ${reason}.`);
  }
}
