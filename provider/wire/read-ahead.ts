/**
 * Reads the objects of a stack before the engine requests them. The engine requests a few at a time, but the service lists a thousand.
 *
 * @see docs/decisions/0024-read-ahead.md
 */
import { performance } from "node:perf_hooks";
import { stackIdIn } from "roster-schema";
import { z } from "zod";
import { ApiError, ContractError } from "../errors.ts";
import type { ListClient } from "./lists.ts";

/** How long listed objects are considered current. */
const maxAgeMs = 60_000;

const listed = z.object({ id: z.string(), etag: z.string(), object: z.unknown() });
const listedObject = z.object({
  id: z.string(),
  kind: z.string(),
  externalId: z.string(),
  name: z.string(),
  lost: z.boolean(),
  object: z.unknown(),
});

/** An object in a list. */
export type Listed = z.infer<typeof listed>;

/** An object of a stack, or an entry of one of its sets, in a list of all of them. */
export type ListedObject = z.infer<typeof listedObject>;

/** The objects of a stack, by id, and when they were listed. */
interface Stack {
  readonly objects: Promise<ReadonlyMap<string, Listed>>;
  readonly askedAtMs: number;
  /** The ids of the objects that were returned. A second request for an object needs its current values. */
  readonly given: Set<string>;
}

/** The objects that one client has read ahead. */
export class ReadAhead {
  readonly #lists: ListClient;
  #stacks = new Map<string, Stack>();
  /** All objects of a stack, including the entries of sets, and when they were requested. */
  readonly #all = new Map<string, { readonly found: Promise<readonly ListedObject[]>; readonly askedAtMs: number }>();

  constructor(lists: ListClient) {
    this.#lists = lists;
  }

  /**
   * Finds an object that a state contains.
   *
   * @param externalId the externalId of the object
   * @returns undefined if it was not read ahead
   */
  async find(id: string, externalId: unknown): Promise<Listed | undefined> {
    const stackId = typeof externalId === "string" ? stackIdIn(externalId) : undefined;
    return stackId === undefined ? undefined : await this.#given(stackId, id);
  }

  /**
   * Lists the entries of a set. The sets of one stack share a list.
   *
   * @param externalId the externalId of the set
   * @returns undefined if they can't be listed
   */
  async entriesOf(externalId: string): Promise<readonly ListedObject[] | undefined> {
    const found = await this.allOf(externalId);
    return found?.filter((entry) => entry.externalId.startsWith(`${externalId}/`));
  }

  /**
   * Lists the live objects of a stack, including the entries of its sets, as far as the caller can read them.
   *
   * @param externalId the externalId of one of them
   * @returns undefined if they can't be listed
   */
  async allOf(externalId: string): Promise<readonly ListedObject[] | undefined> {
    const stackId = stackIdIn(externalId) ?? externalId;
    let all = this.#all.get(stackId);
    if (all === undefined || performance.now() - all.askedAtMs >= maxAgeMs) {
      const query = { externalIdPrefix: `${stackId}/`, include: "object" };
      all = { found: this.#lists.list("/v1/managed-objects", query, listedObject), askedAtMs: performance.now() };
      this.#all.set(stackId, all);
    }
    return await unlessRefused(all.found);
  }

  /** Discards all objects, because one of them changes. */
  forget(): void {
    this.#stacks.clear();
    this.#all.clear();
  }

  async #given(stackId: string, id: string): Promise<Listed | undefined> {
    let stack = this.#stacks.get(stackId);
    if (stack === undefined || performance.now() - stack.askedAtMs >= maxAgeMs || stack.given.has(id)) {
      stack = { objects: this.#list(stackId), askedAtMs: performance.now(), given: new Set() };
      this.#stacks.set(stackId, stack);
      // After a failure, the next request lists the objects again.
      stack.objects.catch(() => this.#stacks.delete(stackId));
    }
    stack.given.add(id);
    return (await stack.objects).get(id);
  }

  async #list(stackId: string): Promise<ReadonlyMap<string, Listed>> {
    const query = { externalIdPrefix: `${stackId}/`, entries: "omit", include: "object" };
    const items = await unlessRefused(this.#lists.list("/v1/managed-objects", query, listed));
    return new Map((items ?? []).map((item) => [item.id, item]));
  }
}

/** @returns undefined if a list is refused: a token that can read single objects may not be allowed to list them, and a list can be too large. */
async function unlessRefused<Item>(list: Promise<readonly Item[]>): Promise<readonly Item[] | undefined> {
  try {
    return await list;
  } catch (error) {
    // Reading the single objects reports any other problem.
    if (error instanceof ApiError || error instanceof ContractError) {
      return undefined;
    }
    throw error;
  }
}
