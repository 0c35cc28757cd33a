/** Many objects of the API, in few requests. */
import { randomUUID } from "node:crypto";
import { expect } from "vitest";
import type { Service } from "./service.ts";

const perBatch = 200;

/** Posts each of the bodies to a collection, all of which must be made. */
export async function postAll(service: Service, pathname: string, bodies: readonly object[]): Promise<void> {
  for (let at = 0; at < bodies.length; at += perBatch) {
    const requests = bodies.slice(at, at + perBatch).map((body) => {
      return { method: "POST", path: pathname, body, idempotencyKey: randomUUID() };
    });
    const { status, body } = await service.ask("POST", "/v1/requests:batch", { requests });
    expect(status).toBe(200);
    const answers = body.answers as { readonly status: number }[];
    expect(answers.filter((answer) => answer.status !== 201).slice(0, 1)).toEqual([]);
  }
}

/** Every item of a list, page by page. */
export async function listAll(service: Service, pathname: string): Promise<Record<string, unknown>[]> {
  const items: Record<string, unknown>[] = [];
  let cursor: unknown = "";
  do {
    const query = `${pathname.includes("?") ? "&" : "?"}limit=1000${cursor === "" ? "" : `&cursor=${cursor}`}`;
    const { status, body } = await service.ask("GET", `${pathname}${query}`);
    expect(status).toBe(200);
    items.push(...(body.items as Record<string, unknown>[]));
    cursor = body.nextCursor;
  } while (typeof cursor === "string");
  return items;
}
