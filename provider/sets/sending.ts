/** How the changes of a set are sent: in batches, and by the operations for single objects. */
import { z } from "zod";
import { ApiError, OutdatedStateError, RosterError } from "../errors.ts";
import type { TakenNames } from "../lifecycle/names.ts";
import type { Client } from "../wire/client.ts";
import type { MayPass } from "../wire/retries.ts";
import { Progress } from "./progress.ts";

/** One change of one entry of a set. */
export type Change = {
  /** Whose entry. */
  readonly address: string;
  /** Those of a lower rank are done before any of a higher one is begun. */
  readonly rank: number;
} & (
  | { readonly does: "create"; readonly path: string; readonly body: object }
  | {
      readonly does: "update";
      readonly path: string;
      readonly body: object;
      /** Where the entry is read before. */
      readonly item: string;
      readonly remote: z.ZodType<{ readonly id: string }>;
      /** What has become of the entry, as it was read; undefined where there is none any more. */
      readonly seen: (entry: unknown) => Became;
    }
  | { readonly does: "end"; readonly path: string }
  /** Ends the entry, and makes another in its place. */
  | { readonly does: "replace"; readonly path: string; readonly collection: string; readonly body: object }
);

/** What an entry is, beside what it was at the last refresh and is to be. */
export type Became = "as before" | "as declared" | { readonly outdated: string };

/** What became of the changes of a set. */
export interface Sent {
  /** Every change that was made, with the id of the entry. */
  readonly done: readonly { readonly change: Change; readonly id: string | undefined }[];
  readonly failed: readonly Failure[];
  /** Those that were not begun: what failed before would have failed them as well. */
  readonly untried: readonly Change[];
}

/** A change that failed. */
export interface Failure {
  readonly change: Change;
  readonly reason: string;
  /** Whether the entry has ended all the same. */
  readonly isEnded: boolean;
}

const identified = z.object({ id: z.string() });
/** Refusals that are about one entry; anything else is about the service, the token or the way to it. */
const statusesOfOne: ReadonlySet<number> = new Set([400, 403, 404, 409, 412, 422]);

/**
 * Sends the changes of a set, in batches and in the order of their ranks.
 *
 * A change that fails doesn't keep the others of its rank from being made, nor those of later ones: unless it fails for
 * a reason that isn't its own.
 *
 * @param what whose changes they are, for a person
 * @param namesOf what is known of those who may have an address that is to be added
 */
export async function send(
  client: Client,
  what: string,
  changes: readonly Change[],
  namesOf?: (address: string) => TakenNames,
): Promise<Sent> {
  const progress = new Progress(what, changes.length);
  const done: { change: Change; id: string | undefined }[] = [];
  const failed: Failure[] = [];
  const untried: Change[] = [];
  let isOver = false;
  const sendOne = async (change: Change): Promise<void> => {
    if (isOver) {
      untried.push(change);
      return;
    }
    const ended = { isEnded: false };
    const names = namesOf?.(change.address);
    try {
      done.push({ change, id: await make(client, change, ended, names?.mayPass) });
      progress.count();
    } catch (error) {
      if (!(error instanceof RosterError)) {
        throw error;
      }
      names?.explained(error);
      isOver ||= !isOfOne(error);
      failed.push({ change, reason: error.message, isEnded: ended.isEnded });
    }
  };
  for (const rank of [...new Set(changes.map((change) => change.rank))].toSorted((one, other) => one - other)) {
    const queue = changes.filter((change) => change.rank === rank).values();
    const work = async () => {
      for (const change of queue) {
        await sendOne(change);
      }
    };
    // The deadline of a change begins when it is one of those under way.
    await Promise.all(Array.from({ length: client.atOnce }, work));
  }
  return { done, failed, untried };
}

function isOfOne(error: RosterError): boolean {
  return error instanceof OutdatedStateError || (error instanceof ApiError && statusesOfOne.has(error.status));
}

async function make(
  client: Client,
  change: Change,
  ended: { isEnded: boolean },
  mayPass: MayPass | undefined,
): Promise<string | undefined> {
  switch (change.does) {
    case "create":
      return (await client.post(change.path, change.body, identified, mayPass)).body.id;
    case "update":
      return await update(client, change);
    case "end":
      await client.delete(change.path);
      return undefined;
    case "replace":
      await client.delete(change.path);
      ended.isEnded = true;
      return (await client.post(change.collection, change.body, identified)).body.id;
  }
}

/** Changes an entry, if it still is what it was at the last refresh. */
async function update(client: Client, change: Extract<Change, { does: "update" }>): Promise<string | undefined> {
  const found = await client.get(change.item, change.remote);
  const became = change.seen(found?.body);
  if (became === "as declared") {
    return found?.body.id;
  }
  if (became !== "as before") {
    throw new OutdatedStateError(became.outdated);
  }
  return (await client.patch(change.path, change.body, identified, found?.etag)).body.id;
}
