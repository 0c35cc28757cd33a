/** The declared act `resendInvite` of a set: mails everybody in it who has not accepted yet. */
import { isDeepStrictEqual } from "node:util";
import { ApiError } from "../errors.ts";
import { managedPath } from "../lifecycle/managed-path.ts";
import type { PropertyMap } from "../values/property-map.ts";
import type { Client } from "../wire/client.ts";
import { readAccounts } from "./accounts.ts";
import {
  type EntryDefinition,
  entriesIn,
  entryNameOf,
  idsIn,
  type RemoteEntries,
  type RemoteEntry,
  resendBody,
} from "./plan.ts";
import type { Step } from "./steps.ts";

/** Whether an update mails those who have not accepted. */
export function isResending(state: PropertyMap, { resendInvite }: PropertyMap): boolean {
  return resendInvite !== undefined && !isDeepStrictEqual(resendInvite, state.resendInvite);
}

/**
 * Plans to mail new links to those entries of a set that wait for their person. The service stores the last value for each entry,
 * so a repetition mails nobody a second time.
 *
 * @param existing the entries before the update; those that it creates are mailed anyway
 */
export async function planResending<Value, Remote extends RemoteEntry>(
  client: Client,
  kind: EntryDefinition<Value, Remote> & { readonly container: string },
  {
    state,
    inputs,
    existing,
  }: { readonly state: PropertyMap; readonly inputs: PropertyMap; readonly existing: RemoteEntries<Remote> },
): Promise<Step[]> {
  const { waitsFor = () => undefined } = kind;
  if (existing === undefined || !isResending(state, inputs)) {
    return [];
  }
  const ids = idsIn(state.ids);
  const waiting = Object.keys(entriesIn<Value>(kind, inputs)).flatMap((address) => {
    const entry = Object.hasOwn(ids, address) ? existing.get(ids[address] ?? "") : undefined;
    const reason = entry && waitsFor(entry);
    return entry === undefined || reason === undefined ? [] : [{ address, entry, reason }];
  });
  const unfinished = waiting.flatMap(({ entry: { user }, reason }) => (reason === "account" && user ? [user] : []));
  const accounts = await readAccounts(client, unfinished);
  // Only the home organization of an account can mail the link that sets it up.
  const isOurs = ({ user }: Remote) => accounts.get(user ?? "")?.homeOrganization === inputs[kind.container];
  return waiting
    .filter(({ entry, reason }) => reason === "acceptance" || isOurs(entry))
    .map(({ address, entry: { id } }) => ({
      address,
      rank: 0,
      type: "task",
      what: "sending a new invitation",
      isOfArguments: true,
      run: async (sending) => {
        const path = managedPath(kind.item(id), { externalId: entryNameOf(inputs, address) });
        try {
          await sending.patch(path, resendBody(inputs), kind.remote);
        } catch (error) {
          const now =
            error instanceof ApiError && error.code === "unprocessable"
              ? await sending.get(kind.item(id), kind.remote)
              : undefined;
          // The person may have accepted meanwhile.
          if (now === undefined || waitsFor(now.body) !== undefined) {
            throw error;
          }
        }
      },
    }));
}
