/** Gets the visitor of a request. */
import type { FastifyRequest } from "fastify";
import type { Visitor } from "./site.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** The visitor of a page; null for API requests. */
    visitor: Visitor | null;
  }
}

/** The visitor of a request. */
export function visitorOf({ visitor }: FastifyRequest): Visitor {
  if (visitor === null) {
    throw new Error("only pages have visitors");
  }
  return visitor;
}
