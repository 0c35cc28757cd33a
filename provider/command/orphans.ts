/** What of a stack's own is in the service, and not in the stack's state. */
import { setTimeout as wait } from "node:timers/promises";
import { stackIdIn } from "roster-schema";
import { objectLifecycles } from "../kinds/registry.ts";
import type { Lifecycle } from "../lifecycle/interface.ts";
import type { Client } from "../wire/client.ts";
import { managedObjectAnswer } from "../wire/generated/answers.ts";
import type { CommandStack } from "./stack.ts";

/** A run falls silent after six seconds. */
const [maxWaits, waitMs] = [8, 1000];

/** An object that the stack made or adopted, and doesn't know of. */
export interface Orphan {
  readonly lifecycle: Lifecycle;
  readonly id: string;
  readonly externalId: string;
  /** What people know it by. */
  readonly name: string;
  /** RFC 3339, UTC. */
  readonly createdAt: string;
  /** Removing it lets go of it. */
  readonly adopted: boolean;
  /** Whether it is the stack's own lost create, which nobody has touched since. */
  readonly lost: boolean;
}

/**
 * Finds the names that a stack gives its objects.
 *
 * @param given what the caller says that it is
 * @throws Error if it can't be told
 */
export function stackIdOf(stack: CommandStack, given: string | undefined): string {
  const inState = stack.known.flatMap(({ externalId }) => stackIdIn(externalId ?? "") ?? []);
  const stackId =
    given ??
    stack.config("roster:stackId") ??
    inState[0] ??
    (stack.isSelfManaged ? `organization/${stack.project}/${stack.name}` : undefined);
  if (stackId === undefined) {
    throw new Error(
      "the state doesn't say how the stack calls itself: give its organization/project/stack with --stack-id.",
    );
  }
  return stackId;
}

/**
 * Lists a stack's orphans, those first that others need: assignments before keys, organizations last.
 *
 * @throws OtherServiceError where another service answers than the one that the state is of: all that a stack of this name has there would
 * look like an orphan
 */
export async function findOrphans(client: Client, stack: CommandStack, stackId: string): Promise<Orphan[]> {
  for (const { service } of stack.known) await client.service.require(service);
  const known = new Set(stack.known.map(({ id }) => id));
  const prefix = `${stackId}/`;
  const orphans: Orphan[] = [];
  const objects = await listSettled(client, prefix, known);
  for (const lifecycle of objectLifecycles.toReversed()) {
    for (const { kind, id, externalId, name, createdAt, adopted, lost } of objects) {
      // Another stack's name may begin with this one's.
      const isOurs = /^[0-9a-f]{32}(?:\/|$)/.test(externalId.slice(prefix.length));
      if (kind === snakeCase(lifecycle.kind) && isOurs && !known.has(id)) {
        orphans.push({ lifecycle, id, externalId, name, createdAt, adopted, lost });
      }
    }
  }
  return orphans;
}

/**
 * Lists what a stack has in the service. What the state lacks, and a run made of which something was heard moments ago, is asked for again until that
 * run has fallen silent: the stack is not locked, so its own run is over.
 */
async function listSettled(client: Client, prefix: string, known: ReadonlySet<string>) {
  for (let left = maxWaits; ; left -= 1) {
    const objects = await client.list("/v1/managed-objects", { externalIdPrefix: prefix }, managedObjectAnswer);
    const isSettled = objects.every(({ id, unsettled }) => !unsettled || known.has(id));
    if (isSettled || left === 0) return objects;
    await wait(waitMs);
  }
}

/** Ends an orphan, or lets go of it where it was adopted. */
export async function removeOrphan(client: Client, { lifecycle, id, externalId }: Orphan): Promise<void> {
  await lifecycle.delete(client, id, { externalId, __service: client.service.id });
}

function snakeCase(kind: string): string {
  return kind.replace(/(?<=[a-z])(?=[A-Z])/g, "_").toLowerCase();
}
