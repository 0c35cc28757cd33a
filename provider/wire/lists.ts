/** How what is read ahead, or was lost, is listed: by the client, which isn't known here. */
import type { z } from "zod";

/** Lists objects of the service. */
export interface ListClient {
  /**
   * Reads every item of a list, page by page.
   *
   * @param query which items; what is undefined is left out
   * @param item what each must look like
   * @param timeoutMs how long each page may take; the connection's `timeoutMs` by default
   */
  list<Item>(
    path: string,
    query: Readonly<Record<string, string | undefined>>,
    item: z.ZodType<Item>,
    timeoutMs?: number,
  ): Promise<Item[]>;
}
