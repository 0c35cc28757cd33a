/** The command `roster orphans`. */
import path from "node:path";
import { createInterface } from "node:readline/promises";
import { asLine } from "roster-schema";
import { clientOf } from "../wire/client.ts";
import { readConnection } from "../wire/configuration.ts";
import { findOrphans, type Orphan, removeOrphan, stackIdOf } from "./orphans.ts";
import { type CommandStack, readStack } from "./stack.ts";
import type { Terminal } from "./terminal.ts";
import { argumentsOf, type Command, done, found, UsageError } from "./usage.ts";

const help = `Usage: roster orphans [options] [id …]

Lists the objects that this stack created or adopted in the service but that its state doesn't contain: creates whose
response was lost when an update was killed, objects that were retained or moved on purpose, and objects that another
state of a stack with this name contains.

  --remove              without ids, removes the lost creates that nobody has changed since; with ids, removes those
                        objects after confirmation. Adopted objects are released and restored.
  --yes                 removes without confirmation
  --stack NAME          the stack; by default, the selected one
  --stack-id ID         the stack's name in externalIds; by default, roster:stackId or organization/project/stack
  --cwd FOLDER          the folder of the project; by default, the current folder
  --json                lists as JSON
  --no-update-running   asserts that no update is running, for backends that don't report it

The endpoint and the token are those of the stack, or ROSTER_ENDPOINT and ROSTER_TOKEN, or those of a stored log-in.
Exit status: 0 no orphans are left, 1 failed, 2 wrong usage, 3 orphans are left.
`;

const options = {
  remove: { type: "boolean", default: false },
  yes: { type: "boolean", default: false },
  stack: { type: "string" },
  "stack-id": { type: "string" },
  cwd: { type: "string", default: "." },
  json: { type: "boolean", default: false },
  "no-update-running": { type: "boolean", default: false },
} as const;

/** Lists and removes the orphans of a stack. */
export const orphans: Command = {
  summary: "lists the objects that a stack has in the service but not in its state, and removes them",
  help,
  run: showOrphans,
};

async function showOrphans(args: readonly string[], terminal: Terminal): Promise<number> {
  const { print, environment } = terminal;
  const { values, positionals: ids } = argumentsOf(args, options);
  if (values.json && values.remove) {
    throw new UsageError("--json lists orphans, and can't be combined with --remove.");
  }
  const stack = await readStack(path.resolve(terminal.folder, values.cwd), environment, values.stack);
  refuseWhileLocked(stack, values["no-update-running"]);
  const client = clientOf(readConnection((key) => stack.config(key), environment));
  const orphans = await findOrphans(client, stack, stackIdOf(stack, values["stack-id"]));
  const missing = ids.filter((id) => !orphans.some((orphan) => orphan.id === id));
  if (missing.length > 0) {
    throw new Error(
      `these ids are not orphans of this stack: ${missing.join(", ")}. To list its orphans, run the command without ids.`,
    );
  }
  const chosen = ids.length > 0 ? orphans.filter(({ id }) => ids.includes(id)) : orphans;
  if (values.json) {
    print(jsonOf(stack, chosen));
    return chosen.length === 0 ? done : found;
  }
  if (!values.remove) {
    print(chosen.map(lineOf).join(""));
    print(summaryOf(stack, chosen));
    return chosen.length === 0 ? done : found;
  }
  const removable = ids.length > 0 ? chosen : chosen.filter(({ lost }) => lost);
  let removed = 0;
  for (const orphan of removable) {
    // A lost create belongs only to this stack. For any other object, a person has to confirm that.
    if (!orphan.lost && !values.yes && !(await isConfirmed(orphan))) {
      print(`kept     ${nameOf(orphan)}\n`);
      continue;
    }
    await removeOrphan(client, orphan);
    removed++;
    print(`${orphan.adopted ? "released" : "removed "} ${nameOf(orphan)}\n`);
  }
  const left = orphans.length - removed;
  print(left === 0 ? "No orphans are left.\n" : `Orphans left: ${left}. To list them, run \`roster orphans\`.\n`);
  return left === 0 ? done : found;
}

/** Refuses to run during an update, which may be about to store objects that look lost. */
function refuseWhileLocked({ name, isLocked }: CommandStack, isAssertedIdle: boolean): void {
  if (isLocked === true) {
    throw new Error(
      `the stack ${name} is locked: wait for its update to end. If the update was killed, unlock the stack with \`pulumi cancel\`.`,
    );
  }
  if (isLocked === undefined && !isAssertedIdle) {
    throw new Error(
      "this backend doesn't report whether an update is running: make sure that none is, and add --no-update-running.",
    );
  }
}

async function isConfirmed(orphan: Orphan): Promise<boolean> {
  if (!process.stdin.isTTY) {
    throw new Error(`the removal of ${nameOf(orphan)} can't be confirmed without a terminal: add --yes.`);
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
    return `No orphans: the state contains every object that the stack has in the service.\n${pending}`;
  }
  const advice = lost === 0 ? "" : "The next `up` takes over lost creates, and `--remove` removes them. ";
  return `Orphans: ${orphans.length}, including lost creates: ${lost}. ${advice}Others are removed by id: first make sure that no other state of a stack with this name contains them.\n${pending}`;
}

function jsonOf({ pendingCreates }: CommandStack, orphans: readonly Orphan[]): string {
  const listed = orphans.map(({ lifecycle, ...orphan }) => ({ kind: lifecycle.kind, ...orphan }));
  return `${JSON.stringify({ orphans: listed, pendingCreates }, undefined, 2)}\n`;
}

function lineOf(orphan: Orphan): string {
  const why = orphan.lost ? "lost create" : orphan.adopted ? "adopted" : "not in the state";
  return `${why.padEnd(16)} ${nameOf(orphan)}, since ${orphan.createdAt}\n`;
}

function nameOf({ lifecycle, id, name }: Orphan): string {
  // A name from before names were validated may contain line breaks or change the direction of the text.
  return `${lifecycle.kind} ${id} (${asLine(name)})`;
}
