/** The visitor of a request. */
import type { FastifyRequest } from "fastify";
import type { Visitor } from "./site.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Who visits a page; null on the API. */
    visitor: Visitor | null;
  }
}

/** Who visits the page of a request. */
export function visitorOf({ visitor }: FastifyRequest): Visitor {
  if (visitor === null) throw new Error("only pages have visitors");
  return visitor;
}
