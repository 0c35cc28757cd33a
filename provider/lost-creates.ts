/** What earlier runs of a stack have created and lost, which a create of this run takes over. */
import { stackIdIn } from "roster-schema";
import { z } from "zod";
import type { Client } from "./client.ts";
import { RosterError } from "./errors.ts";

/** A preview must not wait for long for what it can do without. */
const lostTimeoutMs = 5000;

const lostCreate = z.object({
  id: z.string(),
  kind: z.string(),
  externalId: z.string(),
  name: z.string(),
  createdAt: z.string(),
});

/** A create that a run made and never learned of, so that making it again takes it over. */
export type LostCreate = z.infer<typeof lostCreate>;

/** What one client has asked about lost creates: once for each stack. */
export class LostCreates {
  readonly #client: Pick<Client, "list">;
  readonly #lost = new Map<string, Promise<readonly LostCreate[]>>();

  constructor(client: Pick<Client, "list">) {
    this.#client = client;
  }

  /**
   * Finds what a create would take over: objects of a stack that a run made and that was interrupted before they were in the state.
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
      return await this.#client.list("/v1/managed-objects", query, lostCreate, lostTimeoutMs);
    } catch (error) {
      // It is only told in advance, and what is wrong with the service shows when something is sent.
      if (error instanceof RosterError) return [];
      throw error;
    }
  }
}
