#!/usr/bin/env node
/** The command `roster-service`: starts the service, or runs one of its commands. */
import { setTimeout as sleep } from "node:timers/promises";
import { backup, restore } from "./commands/backup.ts";
import { verifyAudit } from "./commands/verify-audit.ts";
import { ConfigurationError } from "./configuration-error.ts";
import { createLog } from "./log.ts";
import { reasonOfSystemError } from "./rows/disk.ts";
import { type Running, start, stop } from "./start.ts";

const stopWithinMs = 10_000;

const log = createLog();

async function main(): Promise<void> {
  const running: Running = {};
  let stopping = false;
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, async () => {
      if (stopping) {
        return;
      }
      stopping = true;
      log.info({ signal }, "stopping");
      const late = sleep(stopWithinMs, "late", { ref: false });
      const outcome = await Promise.race([stop(running), late]).catch((error: unknown) => {
        log.error({ err: error }, "stopping failed");
        return "failed";
      });
      if (outcome === "late") {
        log.error(`requests in flight did not end within ${stopWithinMs} ms`);
      }
      process.exit(outcome === undefined ? 0 : 1);
    });
  }
  // The last resort: an unhandled error is a bug, but not a reason to drop all requests.
  process.on("unhandledRejection", (error) => log.error({ err: error }, "unhandled rejection"));
  process.on("uncaughtException", (error) => log.error({ err: error }, "uncaught exception"));
  try {
    const ready = await start(process.env, log, running);
    process.stdout.write(`${JSON.stringify(ready)}\n`);
  } catch (error) {
    await stop(running).catch(() => {});
    log.fatal(describeFailure(error));
    process.exit(1);
  }
}

/** One line without a stack trace, which would hide the message. */
function describeFailure(error: unknown): string {
  if (error instanceof ConfigurationError) {
    return error.message;
  }
  return `The service can't start: ${reasonOfSystemError(error)}.`.replace(/\.\.$/, ".");
}

const usage =
  "Usage: roster-service [verify-audit [--organization <id>] | backup <file> | restore <file> --as original|copy]";

const commands = new Map<string, (args: readonly string[], variables: NodeJS.ProcessEnv) => Promise<number>>([
  ["verify-audit", verifyAudit],
  ["backup", backup],
  ["restore", restore],
]);

const [name, ...args] = process.argv.slice(2);
const command = commands.get(name ?? "");
if (name === undefined) {
  await main();
} else if (command !== undefined) {
  process.exitCode = await command(args, process.env);
} else {
  process.stderr.write(`${usage}\n`);
  process.exitCode = 2;
}
