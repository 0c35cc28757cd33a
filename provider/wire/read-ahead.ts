/**
 * Reads the objects of a stack before the engine asks for them. It asks for a few at a time; the service lists a thousand.
 *
 * @see docs/decisions/0024-read-ahead.md
 */
import { performance } from "node:perf_hooks";
import { stackIdIn } from "roster-schema";
import { z } from "zod";
import { ApiError, ContractError } from "../errors.ts";
import type { ListClient } from "./lists.ts";

/** For how long what was listed is taken for what is there. */
const maxAgeMs = 60_000;

const listed = z.object({ id: z.string(), etag: z.string(), object: z.unknown() });

/** An object as a list has it. */
export type Listed = z.infer<typeof listed>;

/** What a stack has, by id, and since when it is known. */
interface Stack {
  readonly objects: Promise<ReadonlyMap<string, Listed>>;
  readonly askedAtMs: number;
  /** The ids of those that were handed out: whoever asks again wants to know what has become of it. */
  readonly given: Set<string>;
}

/** What one client has read ahead. */
export class ReadAhead {
  readonly #lists: ListClient;
  #stacks = new Map<string, Stack>();

  constructor(lists: ListClient) {
    this.#lists = lists;
  }

  /**
   * Finds an object that a stack's state has.
   *
   * @param externalId the stack's name for it
   * @returns undefined where that isn't known in advance
   */
  async find(id: string, externalId: unknown): Promise<Listed | undefined> {
    const stackId = typeof externalId === "string" ? stackIdIn(externalId) : undefined;
    return stackId === undefined ? undefined : await this.#given(stackId, id);
  }

  /** Forgets everything: something is about to change, or has. */
  forget(): void {
    this.#stacks.clear();
  }

  async #given(stackId: string, id: string): Promise<Listed | undefined> {
    let stack = this.#stacks.get(stackId);
    if (stack === undefined || performance.now() - stack.askedAtMs >= maxAgeMs || stack.given.has(id)) {
      stack = { objects: this.#list(stackId), askedAtMs: performance.now(), given: new Set() };
      this.#stacks.set(stackId, stack);
      // What failed is asked for again by whoever comes next.
      stack.objects.catch(() => this.#stacks.delete(stackId));
    }
    stack.given.add(id);
    return (await stack.objects).get(id);
  }

  async #list(stackId: string): Promise<ReadonlyMap<string, Listed>> {
    const query = { externalIdPrefix: `${stackId}/`, entries: "omit", include: "object" };
    try {
      const items = await this.#lists.list("/v1/managed-objects", query, listed);
      return new Map(items.map((item) => [item.id, item]));
    } catch (error) {
      // Who may read single objects needn't be allowed to list them, and a list can be too large where they are not. Whatever
      // else is wrong shows when they are read.
      if (error instanceof ApiError || error instanceof ContractError) return new Map();
      throw error;
    }
  }
}
