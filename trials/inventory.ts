/** What is in the service, asked of its API independently of the provider, beside what a stack has written down. */
import { setTimeout as wait } from "node:timers/promises";
import { objectKindValues } from "roster-schema";
import { uuidv7 } from "uuidv7";
import type { Service } from "../test/e2e/service.ts";
import type { Properties } from "../test/protocol/provider-process.ts";
import type { Attempt } from "./trial.ts";

/** A live object that a stack manages. */
export interface LiveObject {
  readonly kind: string;
  readonly id: string;
  readonly externalId: string;
  /** Whether the next `up` would take it over, and `roster orphans --remove` would remove it. */
  readonly lost: boolean;
}

/** A resource, as a stack has written it down. */
export interface Written {
  readonly kind: string;
  readonly id: string;
  readonly outputs: Properties;
}

/** A run falls silent after six seconds. */
const [maxWaits, waitMs] = [16, 500];

/** The live objects whose names begin as those of a stack, once the runs that made them are known to be over. */
export async function liveObjects(service: Service, stackId: string): Promise<LiveObject[]> {
  for (let left = maxWaits; ; left -= 1) {
    const objects = await listObjects(service, stackId);
    if (left === 0 || !objects.some(({ unsettled }) => unsettled)) {
      return objects;
    }
    await wait(waitMs);
  }
}

async function listObjects(service: Service, stackId: string): Promise<(LiveObject & { unsettled: boolean })[]> {
  const prefix = encodeURIComponent(`${stackId}/`);
  const lists = objectKindValues.map(async (kind) => {
    // As a run would ask that starts now.
    const headers = { "roster-run": uuidv7() };
    const items = await service.list(`/v1/managed-objects?kind=${kind}&externalIdPrefix=${prefix}`, headers);
    return items.map(({ id, externalId, lost, unsettled }) => ({
      kind,
      id: String(id),
      externalId: String(externalId),
      lost: lost === true,
      unsettled: unsettled === true,
    }));
  });
  return (await Promise.all(lists)).flat();
}

/** The ids of the objects that a resource stands for: itself, or the entries of a set. */
function idsOf({ id, outputs }: Written): string[] {
  return outputs.ids === undefined ? [id] : Object.values(outputs.ids as Readonly<Record<string, string>>);
}

/**
 * Compares the service with what a stack has written down: nothing is there twice, nothing that the stack doesn't know,
 * and nothing that it knows is missing; each of its keys has the secret that is written down, and no other lives.
 *
 * @throws Error that names what is wrong
 */
export async function expectWhole(
  attempt: Attempt,
  service: Service,
  stackId: string,
  state: Iterable<Written>,
): Promise<void> {
  const written = [...state];
  const live = await liveObjects(service, stackId);
  const names = live.map(({ kind, externalId }) => `${kind} ${externalId}`);
  attempt.none(
    "duplicates",
    names.filter((name, at) => names.indexOf(name) !== at),
  );
  const known = new Set(written.flatMap(idsOf));
  attempt.none(
    "orphans",
    live.filter(({ id }) => !known.has(id)),
  );
  const there = new Set(live.map(({ id }) => id));
  attempt.none(
    "lost writes",
    [...known].filter((id) => !there.has(id)),
  );
  const keys = written.filter(({ kind }) => kind === "ApiKey");
  const wrong = await Promise.all(
    keys.map(async ({ id, outputs }) => {
      const [verified, key] = await Promise.all([
        service.verify(outputs.key),
        service.ask("GET", `/v1/api-keys/${id}`),
      ]);
      const isRight = verified.outcome === "accepted" && verified.key === id && key.body.previousSecret === null;
      return isRight ? [] : [`${id}: ${verified.reason ?? verified.outcome}`];
    }),
  );
  attempt.none("wrong secrets", wrong.flat());
}

/** The service has nothing of a stack any more. */
export async function expectNothing(attempt: Attempt, service: Service, stackId: string): Promise<void> {
  attempt.none("orphans", await liveObjects(service, stackId));
}

/** The second preview plans nothing. */
export function expectConverged(attempt: Attempt, planned: readonly string[]): void {
  attempt.none("unsettled", planned);
}
