/** What earlier runs of a stack created and lost, and a create of this run takes over. */
import { type Schemas, stackIdIn } from "roster-schema";
import { RosterError } from "../errors.ts";
import { managedObjectAnswer } from "./generated/answers.ts";
import type { ListClient } from "./lists.ts";

/** A preview must not wait long for something that it can do without. */
const lostTimeoutMs = 5000;

/** A create that a run sent and that was never answered: sending it again takes its object over. */
export type LostCreate = Schemas["ManagedObject"];

/** What one client has asked about lost creates: once for each stack. */
export class LostCreates {
  readonly #lists: ListClient;
  readonly #lost = new Map<string, Promise<readonly LostCreate[]>>();

  constructor(lists: ListClient) {
    this.#lists = lists;
  }

  /**
   * Finds what a create would take over: objects that an interrupted run made and that aren't in the state.
   *
   * @param externalId the object's, or that of a set, for its entries
   * @returns nothing where the service can't be asked
   */
  async of(externalId: string): Promise<readonly LostCreate[]> {
    const stackId = stackIdIn(externalId);
    if (stackId === undefined) return [];
    const lost = this.#lost.get(stackId) ?? this.#list(stackId);
    this.#lost.set(stackId, lost);
    return (await lost).filter((create) => `${create.externalId}/`.startsWith(`${externalId}/`));
  }

  async #list(stackId: string): Promise<readonly LostCreate[]> {
    const query = { externalIdPrefix: `${stackId}/`, lost: "true" };
    try {
      return await this.#lists.list("/v1/managed-objects", query, managedObjectAnswer, lostTimeoutMs);
    } catch (error) {
      // This is only an announcement; what is wrong with the service shows when something is sent.
      if (error instanceof RosterError) return [];
      throw error;
    }
  }
}
