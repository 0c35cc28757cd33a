/** Finds and removes the objects of a stack that are in the service but not in the state. */
import { setTimeout as wait } from "node:timers/promises";
import { stackIdIn } from "roster-schema";
import { objectLifecycles } from "../kinds/registry.ts";
import type { Lifecycle } from "../lifecycle/interface.ts";
import { objectKindOf } from "../lifecycle/resource-type.ts";
import type { Client } from "../wire/client.ts";
import { managedObjectAnswer } from "../wire/generated/answers.ts";
import type { CommandStack } from "./stack.ts";

/** A run counts as silent after six seconds. */
const [maxWaits, waitMs] = [8, 1000];

/** An object that the stack created or adopted, but that its state doesn't contain. */
export interface Orphan {
  readonly lifecycle: Lifecycle;
  readonly id: string;
  readonly externalId: string;
  /** The name as people see it. */
  readonly name: string;
  /** RFC 3339, UTC. */
  readonly createdAt: string;
  /** Whether the stack has adopted it, so that removing it releases it. */
  readonly adopted: boolean;
  /** Whether it is a lost create of the stack, which nobody has changed since. */
  readonly lost: boolean;
}

/**
 * Finds the name of the stack that begins the externalIds of its objects.
 *
 * @param given the name that the user passed
 * @throws Error if it can't be determined
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
      "the stack's name can't be determined from the state: set it with --stack-id organization/project/stack.",
    );
  }
  return stackId;
}

/**
 * Lists a stack's orphans, dependent objects first: assignments before keys, organizations last.
 *
 * @throws OtherServiceError if the service that responds is not the one that the state belongs to: every object of a stack with this
 * name there would look like an orphan
 */
export async function findOrphans(client: Client, stack: CommandStack, stackId: string): Promise<Orphan[]> {
  for (const { service } of stack.known) {
    await client.service.require(service);
  }
  const known = new Set(stack.known.map(({ id }) => id));
  const prefix = `${stackId}/`;
  const orphans: Orphan[] = [];
  const objects = await listSettled(client, prefix, known);
  for (const lifecycle of objectLifecycles.toReversed()) {
    for (const { kind, id, externalId, name, createdAt, adopted, lost } of objects) {
      // The name of another stack may begin with this one's.
      const isOurs = /^[0-9a-f]{32}(?:\/|$)/.test(externalId.slice(prefix.length));
      if (kind === objectKindOf(lifecycle.kind) && isOurs && !known.has(id)) {
        orphans.push({ lifecycle, id, externalId, name, createdAt, adopted, lost });
      }
    }
  }
  return orphans;
}

/**
 * Lists the objects of a stack in the service. While a recent run may still store an object that the state lacks, the list is read
 * again, until that run is silent. The stack is not locked, so its own run has ended.
 */
async function listSettled(client: Client, prefix: string, known: ReadonlySet<string>) {
  for (let left = maxWaits; ; left -= 1) {
    const objects = await client.list("/v1/managed-objects", { externalIdPrefix: prefix }, managedObjectAnswer);
    const isSettled = objects.every(({ id, unsettled }) => !unsettled || known.has(id));
    if (isSettled || left === 0) {
      return objects;
    }
    await wait(waitMs);
  }
}

/** Deletes an orphan, or releases it if it was adopted. */
export async function removeOrphan(client: Client, { lifecycle, id, externalId }: Orphan): Promise<void> {
  await lifecycle.delete(client, id, { externalId, __service: client.service.id });
}
