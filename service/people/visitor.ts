/** Gets the visitor of a request, and requires one who is logged in. */
import type { FastifyReply, FastifyRequest } from "fastify";
import { leadingTo } from "./next-page.ts";
import { type LoggedIn, leadTo, type Visitor } from "./site.ts";

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

/**
 * The logged-in visitor; other visitors are redirected to the log-in page.
 *
 * @param next the page to which logging in leads back; by default, the account.
 */
export function loggedIn(request: FastifyRequest, reply: FastifyReply, next?: string): LoggedIn | undefined {
  const { formToken, session, user } = visitorOf(request);
  if (session !== undefined && user !== undefined) {
    return { formToken, session, user };
  }
  leadTo(reply, next === undefined ? "/log-in" : leadingTo("/log-in", next));
  return undefined;
}

/** A logged-in visitor who entered the password recently; others are redirected to enter it, and then led back. */
export function freshlyLoggedIn(request: FastifyRequest, reply: FastifyReply, next: string): LoggedIn | undefined {
  const visitor = loggedIn(request, reply, next);
  if (visitor === undefined || visitor.session.isFresh) {
    return visitor;
  }
  leadTo(reply, leadingTo(confirmPasswordPath, next));
  return undefined;
}

/** The page on which a logged-in visitor enters the password again. */
export const confirmPasswordPath = "/confirm-password";
