#!/usr/bin/env node
/** The package's command, `roster`. */
import { run } from "./run.ts";
import { ownTerminal } from "./terminal.ts";

run(process.argv.slice(2), ownTerminal()).then((status) => {
  process.exitCode = status;
});
