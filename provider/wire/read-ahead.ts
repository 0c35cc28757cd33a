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
const listedEntry = z.object({ id: z.string(), externalId: z.string(), object: z.unknown() });

/** An object in a list. */
export type Listed = z.infer<typeof listed>;

/** An entry of a set in a list. */
export type ListedEntry = z.infer<typeof listedEntry>;

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
  /** The entries of all sets of a stack, and when they were requested. */
  readonly #entries = new Map<
    string,
    { readonly found: Promise<readonly ListedEntry[]>; readonly askedAtMs: number }
  >();

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
  async entriesOf(externalId: string): Promise<readonly ListedEntry[] | undefined> {
    const stackId = stackIdIn(externalId) ?? externalId;
    let entries = this.#entries.get(stackId);
    if (entries === undefined || performance.now() - entries.askedAtMs >= maxAgeMs) {
      const query = { externalIdPrefix: `${stackId}/`, include: "object" };
      entries = { found: this.#lists.list("/v1/managed-objects", query, listedEntry), askedAtMs: performance.now() };
      this.#entries.set(stackId, entries);
    }
    const found = await unlessRefused(entries.found);
    return found?.filter((entry) => entry.externalId.startsWith(`${externalId}/`));
  }

  /** Discards all objects, because one of them changes. */
  forget(): void {
    this.#stacks.clear();
    this.#entries.clear();
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
