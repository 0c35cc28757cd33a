/** Sends the steps of a set's update: in batches, with the operations for single objects. */
import { z } from "zod";
import { ApiError, OutdatedStateError, RosterError } from "../errors.ts";
import { isManagedElsewhere } from "../lifecycle/adoption.ts";
import type { NameConflicts } from "../lifecycle/name-conflicts.ts";
import { resendWithVersion } from "../lifecycle/outside-changes.ts";
import type { Client } from "../wire/client.ts";
import type { ConflictRetry } from "../wire/retries.ts";
import { Progress } from "./progress.ts";

/** One step of a set's update: a change of one entry. */
export type Step = {
  /** The address of the entry. */
  readonly address: string;
  /** Steps of a lower rank are completed before any step of a higher rank begins. */
  readonly rank: number;
} & (
  | { readonly type: "create"; readonly path: string; readonly body: object }
  | {
      readonly type: "update";
      readonly path: string;
      readonly body: object;
      /** The path where the entry is read before the update. */
      readonly item: string;
      readonly remote: z.ZodType<{ readonly id: string }>;
      /** How the entry has drifted; takes undefined if the entry no longer exists. */
      readonly driftOf: (entry: unknown) => Drift;
    }
  | {
      readonly type: "delete";
      readonly path: string;
      /** Whether another resource of the stack has the entry, if the service says that somebody else manages it. */
      readonly isLetGo?: (client: Client) => Promise<boolean>;
    }
  /** Deletes the entry, and creates another one in its place. */
  | { readonly type: "replace"; readonly path: string; readonly collection: string; readonly body: object }
  /** Anything else that belongs to an entry. */
  | {
      readonly type: "task";
      /** What it does, for errors. */
      readonly what: string;
      /** Whether the set's arguments stay as they were if it fails, so that the next update repeats it. */
      readonly isOfArguments?: true;
      readonly run: (client: Client) => Promise<void>;
    }
);

/** How an entry compares with the last refresh and with its declaration. */
export type Drift = "as before" | "as declared" | { readonly outdated: string };

/** The results of a set's steps. */
export interface StepResults {
  /** The steps that succeeded, each with the id of the entry. */
  readonly done: readonly { readonly step: Step; readonly id: string | undefined }[];
  readonly failed: readonly FailedStep[];
  /** The steps that were not sent, because the cause of an earlier failure would have made them fail as well. */
  readonly skipped: readonly Step[];
}

/** A step that failed. */
export interface FailedStep {
  readonly step: Step;
  readonly reason: string;
  /** Whether the entry was deleted nevertheless. */
  readonly isDeleted: boolean;
}

const identified = z.object({ id: z.string() });
/** The statuses of refusals that concern one entry; others concern the service, the token or the connection. */
const statusesOfOneEntry: ReadonlySet<number> = new Set([400, 403, 404, 409, 412, 422]);
const tooManyRequests = 429;

/**
 * Sends the steps of a set's update, in batches and in the order of their ranks.
 *
 * After a step that fails for a reason of its own, the steps of other entries are still sent. After any other failure, they are skipped.
 */
export class StepSender {
  readonly #client: Client;
  readonly #progress: Progress;
  readonly #conflictsOf: ((address: string) => NameConflicts) | undefined;
  readonly #done: { step: Step; id: string | undefined }[] = [];
  readonly #failed: FailedStep[] = [];
  readonly #skipped: Step[] = [];
  /** The addresses of the entries of which a step has failed. */
  readonly #failing = new Set<string>();
  #isStopped = false;

  /**
   * @param what the resource, as messages name it
   * @param conflictsOf decides about conflicts with the names of other objects, by the address of the entry
   */
  constructor(client: Client, what: string, conflictsOf?: (address: string) => NameConflicts) {
    this.#client = client;
    this.#progress = new Progress(what);
    this.#conflictsOf = conflictsOf;
  }

  /** The results of all steps so far. */
  get results(): StepResults {
    return { done: this.#done, failed: this.#failed, skipped: this.#skipped };
  }

  /** Sends further steps, after all earlier ones. Those of an entry of which a step has failed are left out. */
  async send(steps: readonly Step[]): Promise<StepResults> {
    this.#progress.expect(steps.length);
    for (const rank of [...new Set(steps.map((step) => step.rank))].toSorted((one, other) => one - other)) {
      const queue = steps.filter((step) => step.rank === rank).values();
      const work = async () => {
        for (const step of queue) {
          await this.#sendOne(step);
        }
      };
      // The deadline of a step begins when it is sent.
      await Promise.all(Array.from({ length: this.#client.maxConcurrent }, work));
    }
    return this.results;
  }

  async #sendOne(step: Step): Promise<void> {
    if (this.#failing.has(step.address)) {
      return;
    }
    if (this.#isStopped) {
      this.#skipped.push(step);
      return;
    }
    const deletion = { isDeleted: false };
    const conflicts = this.#conflictsOf?.(step.address);
    try {
      this.#done.push({ step, id: await sendStep(this.#client, step, deletion, conflicts?.retryConflict) });
      this.#progress.count();
    } catch (error) {
      if (!(error instanceof RosterError)) {
        throw error;
      }
      conflicts?.explain(error);
      this.#isStopped ||= !isOfOneEntry(error);
      this.#failing.add(step.address);
      const reason = step.type === "task" ? `${step.what}: ${error.message}` : error.message;
      this.#failed.push({ step, reason, isDeleted: deletion.isDeleted });
    }
  }
}

function isOfOneEntry(error: RosterError): boolean {
  if (error instanceof ApiError) {
    // A limit that a retry can't wait for is that of the mails to one address.
    return statusesOfOneEntry.has(error.status) || (error.status === tooManyRequests && !error.retryable);
  }
  return error instanceof OutdatedStateError;
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
    case "task":
      await step.run(client);
      return undefined;
    case "delete":
      await sendDelete(client, step);
      return undefined;
    case "replace":
      await client.delete(step.path);
      deletion.isDeleted = true;
      return (await client.post(step.collection, step.body, identified)).body.id;
  }
}

async function sendDelete(client: Client, { path, isLetGo }: Extract<Step, { type: "delete" }>): Promise<void> {
  try {
    await client.delete(path);
  } catch (error) {
    if (!isManagedElsewhere(error) || (await isLetGo?.(client)) !== true) {
      throw error;
    }
  }
}

/** Updates an entry if it is as it was at the last refresh. */
async function sendUpdate(client: Client, step: Extract<Step, { type: "update" }>): Promise<string | undefined> {
  const found = await client.get(step.item, step.remote);
  const drift = step.driftOf(found?.body);
  if (drift === "as declared") {
    return found?.body.id;
  }
  if (drift !== "as before") {
    throw new OutdatedStateError(drift.outdated);
  }
  const response = await resendWithVersion(
    found?.etag,
    (version) => client.patch(step.path, step.body, identified, version),
    async () => {
      const again = await client.get(step.item, step.remote);
      return typeof step.driftOf(again?.body) === "string" ? again?.etag : undefined;
    },
  );
  return response.body.id;
}
