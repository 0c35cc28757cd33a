/** The objects that earlier runs of a stack created and lost, and that creates of this run take over. */
import { type Schemas, stackIdIn } from "roster-schema";
import { RosterError } from "../errors.ts";
import { managedObjectAnswer } from "./generated/answers.ts";
import type { ListClient } from "./lists.ts";

/** The deadline is short, because a preview doesn't require this list. */
const lostTimeoutMs = 5000;

/** A create whose response never reached the state. Sending it again takes over its object. */
export type LostCreate = Schemas["ManagedObject"];

/** The lost creates that one client has listed, once for each stack. */
export class LostCreates {
  readonly #lists: ListClient;
  readonly #lost = new Map<string, Promise<readonly LostCreate[]>>();

  constructor(lists: ListClient) {
    this.#lists = lists;
  }

  /**
   * Finds the objects that a create would take over: an interrupted run created them, and the state doesn't contain them.
   *
   * @param externalId the externalId of an object, or that of a set, for its entries
   * @returns an empty list if the request fails
   */
  async of(externalId: string): Promise<readonly LostCreate[]> {
    const stackId = stackIdIn(externalId);
    if (stackId === undefined) {
      return [];
    }
    const lost = this.#lost.get(stackId) ?? this.#list(stackId);
    this.#lost.set(stackId, lost);
    return (await lost).filter((create) => `${create.externalId}/`.startsWith(`${externalId}/`));
  }

  async #list(stackId: string): Promise<readonly LostCreate[]> {
    const query = { externalIdPrefix: `${stackId}/`, lost: "true" };
    try {
      return await this.#lists.list("/v1/managed-objects", query, managedObjectAnswer, lostTimeoutMs);
    } catch (error) {
      // The list is only for announcements; other requests will report the failure.
      if (error instanceof RosterError) {
        return [];
      }
      throw error;
    }
  }
}
