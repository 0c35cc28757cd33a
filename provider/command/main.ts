#!/usr/bin/env node
/** The package's command, `roster`. */
import { createInterface } from "node:readline/promises";
import { parseArgs } from "node:util";
import { asLine } from "roster-schema";
import { clientOf } from "../wire/client.ts";
import { readConnection } from "../wire/configuration.ts";
import { findOrphans, type Orphan, removeOrphan, stackIdOf } from "./orphans.ts";
import { type CommandStack, readStack } from "./stack.ts";

const help = `Usage: roster orphans [options] [id …]

Lists what this stack made or adopted in the service, and its state doesn't know of: creates whose answer was lost when
an update was killed, and objects that were kept or moved on purpose, or that another state of a stack of this name has.

  --remove              with no id, removes the lost creates that nobody has touched since; with ids, removes those
                        objects, after asking. What the stack had adopted is let go of, and restored.
  --yes                 doesn't ask
  --stack NAME          the stack; the selected one by default
  --stack-id ID         how the stack calls itself; roster:stackId, or organization/project/stack, by default
  --cwd FOLDER          where the project is; this folder by default
  --no-update-running   for a backend that doesn't tell whether an update is running: says that none is

The endpoint and the token are those of the stack, or ROSTER_ENDPOINT and ROSTER_TOKEN.
Exit status: 0 where there is nothing left, 2 where something is, 1 on an error.
`;

const options = {
  remove: { type: "boolean", default: false },
  yes: { type: "boolean", default: false },
  stack: { type: "string" },
  "stack-id": { type: "string" },
  cwd: { type: "string", default: "." },
  "no-update-running": { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const [command, ...ids] = positionals;
  if (values.help || command !== "orphans") {
    process.stdout.write(help);
    return values.help ? 0 : 1;
  }
  const stack = await readStack(values.cwd, values.stack);
  refuseWhileLocked(stack, values["no-update-running"]);
  const client = clientOf(readConnection((key) => stack.config(key)));
  const orphans = await findOrphans(client, stack, stackIdOf(stack, values["stack-id"]));
  const missing = ids.filter((id) => !orphans.some((orphan) => orphan.id === id));
  if (missing.length > 0) {
    throw new Error(`no orphan of this stack: ${missing.join(", ")}. Without ids, the command lists them.`);
  }
  const chosen = ids.length > 0 ? orphans.filter(({ id }) => ids.includes(id)) : orphans;
  if (!values.remove) {
    print(chosen.map(lineOf).join(""));
    print(summaryOf(stack, chosen));
    return chosen.length === 0 ? 0 : 2;
  }
  const removable = ids.length > 0 ? chosen : chosen.filter(({ lost }) => lost);
  let removed = 0;
  for (const orphan of removable) {
    // A lost create is the stack's own, and nobody's else; of anything else a person has to say so.
    if (!orphan.lost && !values.yes && !(await isConfirmed(orphan))) {
      print(`kept     ${nameOf(orphan)}\n`);
      continue;
    }
    await removeOrphan(client, orphan);
    removed++;
    print(`${orphan.adopted ? "let go  " : "removed "} ${nameOf(orphan)}\n`);
  }
  const left = orphans.length - removed;
  print(left === 0 ? "Nothing is left.\n" : `Left: ${left}; \`roster orphans\` lists them.\n`);
  return left === 0 ? 0 : 2;
}

/** An update that is running may be about to write down what looks lost. */
function refuseWhileLocked({ name, isLocked }: CommandStack, isSaidToBeIdle: boolean): void {
  if (isLocked === true) {
    throw new Error(
      `the stack ${name} is locked: wait for its update to end. If that was killed, unlock the stack with \`pulumi cancel\`.`,
    );
  }
  if (isLocked === undefined && !isSaidToBeIdle) {
    throw new Error(
      "this backend doesn't tell whether an update is running: make sure that none is, and say so with --no-update-running.",
    );
  }
}

async function isConfirmed(orphan: Orphan): Promise<boolean> {
  if (!process.stdin.isTTY) {
    throw new Error(`nobody is here to confirm the removal of ${nameOf(orphan)}: say --yes.`);
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(`${lineOf(orphan)}Remove it? Type its id: `);
  terminal.close();
  return answer.trim() === orphan.id;
}

function summaryOf({ pendingCreates }: CommandStack, orphans: readonly Orphan[]): string {
  const lost = orphans.filter((orphan) => orphan.lost).length;
  const pending =
    pendingCreates === 0
      ? ""
      : `Pending creates in the state: ${pendingCreates}. \`pulumi refresh --clear-pending-creates\` clears them.\n`;
  if (orphans.length === 0) {
    return `No orphans: the state knows of all that the stack has in the service.\n${pending}`;
  }
  const advice = lost === 0 ? "" : "The next `up` takes lost creates over, and `--remove` removes them. ";
  return `Orphans: ${orphans.length}, lost creates among them: ${lost}. ${advice}Others are removed by id: make sure first that no other state of a stack of this name has them.\n${pending}`;
}

function lineOf(orphan: Orphan): string {
  const why = orphan.lost ? "lost create" : orphan.adopted ? "adopted" : "not in the state";
  return `${why.padEnd(16)} ${nameOf(orphan)}, since ${orphan.createdAt}\n`;
}

function nameOf({ lifecycle, id, name }: Orphan): string {
  // A name from before that was asked of names may have lines of its own, or turn the terminal's text.
  return `${lifecycle.kind} ${id} (${asLine(name)})`;
}

function print(text: string): void {
  process.stdout.write(text);
}

main().then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    process.stderr.write(`roster: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
