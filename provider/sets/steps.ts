/** How the changes of a set are sent: in batches, and by the operations for single objects. */
import { z } from "zod";
import { ApiError, OutdatedStateError, RosterError } from "../errors.ts";
import type { NameConflicts } from "../lifecycle/name-conflicts.ts";
import type { Client } from "../wire/client.ts";
import type { ConflictRetry } from "../wire/retries.ts";
import { Progress } from "./progress.ts";

/** One change of one entry of a set. */
export type Step = {
  /** Whose entry. */
  readonly address: string;
  /** Those of a lower rank are done before any of a higher one is begun. */
  readonly rank: number;
} & (
  | { readonly type: "create"; readonly path: string; readonly body: object }
  | {
      readonly type: "update";
      readonly path: string;
      readonly body: object;
      /** Where the entry is read before. */
      readonly item: string;
      readonly remote: z.ZodType<{ readonly id: string }>;
      /** What has become of the entry, as it was read; undefined where there is none any more. */
      readonly driftOf: (entry: unknown) => Drift;
    }
  | { readonly type: "delete"; readonly path: string }
  /** Ends the entry, and makes another in its place. */
  | { readonly type: "replace"; readonly path: string; readonly collection: string; readonly body: object }
);

/** What an entry is, beside what it was at the last refresh and is to be. */
export type Drift = "as before" | "as declared" | { readonly outdated: string };

/** What drift of the changes of a set. */
export interface StepResults {
  /** Every change that was made, with the id of the entry. */
  readonly done: readonly { readonly step: Step; readonly id: string | undefined }[];
  readonly failed: readonly FailedStep[];
  /** Those that were not begun: what failed before would have failed them as well. */
  readonly skipped: readonly Step[];
}

/** A change that failed. */
export interface FailedStep {
  readonly step: Step;
  readonly reason: string;
  /** Whether the entry has ended all the same. */
  readonly isDeleted: boolean;
}

const identified = z.object({ id: z.string() });
/** Refusals that are about one entry; anything else is about the service, the token or the way to it. */
const statusesOfOneEntry: ReadonlySet<number> = new Set([400, 403, 404, 409, 412, 422]);

/**
 * Sends the changes of a set, in batches and in the order of their ranks.
 *
 * A change that fails doesn't keep the others of its rank from being made, nor those of later ones: unless it fails for
 * a reason that isn't its own.
 *
 * @param what whose changes they are, for a person
 * @param conflictsOf what is known of those who may have an address that is to be added
 */
export async function sendSteps(
  client: Client,
  what: string,
  steps: readonly Step[],
  conflictsOf?: (address: string) => NameConflicts,
): Promise<StepResults> {
  const progress = new Progress(what, steps.length);
  const done: { step: Step; id: string | undefined }[] = [];
  const failed: FailedStep[] = [];
  const skipped: Step[] = [];
  let isStopped = false;
  const sendOne = async (step: Step): Promise<void> => {
    if (isStopped) {
      skipped.push(step);
      return;
    }
    const deletion = { isDeleted: false };
    const conflicts = conflictsOf?.(step.address);
    try {
      done.push({ step, id: await sendStep(client, step, deletion, conflicts?.retryConflict) });
      progress.count();
    } catch (error) {
      if (!(error instanceof RosterError)) {
        throw error;
      }
      conflicts?.explain(error);
      isStopped ||= !isOfOneEntry(error);
      failed.push({ step, reason: error.message, isDeleted: deletion.isDeleted });
    }
  };
  for (const rank of [...new Set(steps.map((step) => step.rank))].toSorted((one, other) => one - other)) {
    const queue = steps.filter((step) => step.rank === rank).values();
    const work = async () => {
      for (const step of queue) {
        await sendOne(step);
      }
    };
    // The deadline of a change begins when it is one of those under way.
    await Promise.all(Array.from({ length: client.maxConcurrent }, work));
  }
  return { done, failed, skipped };
}

function isOfOneEntry(error: RosterError): boolean {
  return error instanceof OutdatedStateError || (error instanceof ApiError && statusesOfOneEntry.has(error.status));
}

async function sendStep(
  client: Client,
  step: Step,
  deletion: { isDeleted: boolean },
  retryConflict: ConflictRetry | undefined,
): Promise<string | undefined> {
  switch (step.type) {
    case "create":
      return (await client.post(step.path, step.body, identified, retryConflict)).body.id;
    case "update":
      return await sendUpdate(client, step);
    case "delete":
      await client.delete(step.path);
      return undefined;
    case "replace":
      await client.delete(step.path);
      deletion.isDeleted = true;
      return (await client.post(step.collection, step.body, identified)).body.id;
  }
}

/** Changes an entry, if it still is what it was at the last refresh. */
async function sendUpdate(client: Client, step: Extract<Step, { type: "update" }>): Promise<string | undefined> {
  const found = await client.get(step.item, step.remote);
  const drift = step.driftOf(found?.body);
  if (drift === "as declared") {
    return found?.body.id;
  }
  if (drift !== "as before") {
    throw new OutdatedStateError(drift.outdated);
  }
  return (await client.patch(step.path, step.body, identified, found?.etag)).body.id;
}
