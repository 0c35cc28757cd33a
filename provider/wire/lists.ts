/** The interface by which reading ahead and lost creates list objects, so that they don't depend on the client. */
import type { z } from "zod";

/** Lists objects of the service. */
export interface ListClient {
  /**
   * Reads every item of a list, page by page.
   *
   * @param query the filters; undefined ones are omitted
   * @param item the schema of an item
   * @param timeoutMs the deadline of each page, if it is shorter than the connection's `timeoutMs`
   */
  list<Item>(
    path: string,
    query: Readonly<Record<string, string | undefined>>,
    item: z.ZodType<Item>,
    timeoutMs?: number,
  ): Promise<Item[]>;
}
