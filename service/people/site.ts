/** What pages share: the service, the visitor, cookies, transactions and answers. */
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Schemas } from "roster-schema";
import type { Context, PersonContext } from "../auth/operation.ts";
import type { Principal, UserPrincipal } from "../auth/principal.ts";
import { Rights } from "../auth/rights.ts";
import { findSession, type Session, sessionLifetimeMs } from "../auth/sessions.ts";
import type { Runtime } from "../http/runtime.ts";
import { load } from "../managed/resource.ts";
import { users } from "../objects/users/resource.ts";
import { inTransaction } from "../rows/database.ts";
import type { Database } from "../rows/tables.ts";
import type { Markup } from "./html.ts";

/** The service that the pages belong to. */
export interface Site {
  readonly runtime: Runtime;
  /** The public URL of the service; by default, the request's. */
  readonly publicUrl: string | undefined;
  /** The contact that pages show. */
  readonly contactUrl: string | undefined;
}

/** The visitor of a page. */
export interface Visitor {
  /** The token in the visitor's forms, against cross-site request forgery. */
  readonly formToken: string;
  /** Undefined if nobody is logged in. */
  readonly session?: Session;
  readonly user?: Schemas["User"];
}

/** A visitor who is logged in. */
export type LoggedIn = Required<Visitor>;

/** The form field that carries the visitor's token. */
export const formTokenField = "formToken";

const cookieBytes = 32;

/** Identifies the visitor; a visitor without a session gets the cookie that ties forms to the browser. */
export async function recognize(site: Site, request: FastifyRequest, reply: FastifyReply): Promise<Visitor> {
  const context = { db: site.runtime.db, now: site.runtime.clock() };
  const sessionToken = readCookie(site, request, "session");
  if (sessionToken !== undefined) {
    const session = await findSession(context, sessionToken);
    const user = session && (await load(context, users, session.userId));
    if (session !== undefined && user !== undefined) {
      return { formToken: formTokenOf(sessionToken), session, user };
    }
  }
  const known = readCookie(site, request, "form");
  const secret = known ?? randomBytes(cookieBytes).toString("base64url");
  if (known === undefined) {
    reply.header("set-cookie", cookie(site, "form", secret));
  }
  return { formToken: formTokenOf(secret) };
}

/**
 * Whether a form was sent by this visitor from one of our pages. The token must match, and so must the site if the browser
 * sends it.
 *
 * @see https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html
 */
export function isOwnForm(site: Site, request: FastifyRequest, { formToken }: Visitor): boolean {
  const { origin, "sec-fetch-site": fetchSite } = request.headers;
  // Without a referrer, browsers send `null`; Sec-Fetch-Site is checked instead.
  if (origin !== undefined && origin !== "null" && origin !== originOf(site, request)) {
    return false;
  }
  if (fetchSite !== undefined && fetchSite !== "same-origin") {
    return false;
  }
  const given = Buffer.from(textOf(request.body, formTokenField));
  const wanted = Buffer.from(formToken);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

/** The value of a form field; empty if it is missing. */
export function textOf(body: unknown, name: string): string {
  const isThere = typeof body === "object" && body !== null && Object.hasOwn(body, name);
  const value = isThere ? (body as Record<string, unknown>)[name] : undefined;
  return typeof value === "string" ? value : "";
}

/** The header that starts a session in the browser. */
export function sessionCookie(site: Site, token: string): string {
  return cookie(site, "session", token, sessionLifetimeMs / 1000);
}

/** The header that ends a session in the browser. */
export function endedSessionCookie(site: Site): string {
  return cookie(site, "session", "", 0);
}

/** The database, and the time of the request, for reading. */
export function nowAt({ runtime }: Site): Pick<Context, "db" | "now"> {
  return { db: runtime.db, now: runtime.clock() };
}

/** Sends a page. */
export function sendPage(reply: FastifyReply, status: number, page: Markup): FastifyReply {
  return reply.code(status).type("text/html; charset=utf-8").send(page.toString());
}

/** Redirects to the next page after a form. */
export function leadTo(reply: FastifyReply, path: string): FastifyReply {
  return reply.redirect(path, 303);
}

/** Runs work in one transaction, for a principal. */
export async function transact<T, P extends Principal>(
  site: Site,
  request: FastifyRequest,
  principal: P,
  work: (context: Context & { readonly principal: P }) => Promise<T>,
): Promise<T> {
  const { runtime } = site;
  return await inTransaction(runtime.db, async (db: Database) => {
    const { facilities, clock } = runtime;
    const { id: requestId } = request;
    return await work({ db, principal, now: clock(), requestId, run: undefined, attempt: requestId, facilities });
  });
}

/** The principal of a person. */
export function person(userId: string): UserPrincipal {
  return { kind: "user", id: userId, user: userId, accessToken: null, rights: Rights.none };
}

/** Runs work in one transaction, for a person. */
export async function actAs<T>(
  site: Site,
  request: FastifyRequest,
  userId: string,
  work: (context: PersonContext) => Promise<T>,
): Promise<T> {
  return await transact(site, request, person(userId), work);
}

function isSecure({ publicUrl }: Site): boolean {
  return publicUrl?.startsWith("https:") === true;
}

/** Browsers accept a `__Host-` cookie only over TLS and only from this host. */
function cookieName(site: Site, name: "session" | "form"): string {
  return `${isSecure(site) ? "__Host-" : ""}roster-${name}`;
}

function cookie(site: Site, name: "session" | "form", value: string, maxAgeSeconds?: number): string {
  const age = maxAgeSeconds === undefined ? "" : `; Max-Age=${maxAgeSeconds}`;
  return `${cookieName(site, name)}=${value}; Path=/; HttpOnly; SameSite=Lax${isSecure(site) ? "; Secure" : ""}${age}`;
}

function readCookie(site: Site, { headers }: FastifyRequest, name: "session" | "form"): string | undefined {
  const start = `${cookieName(site, name)}=`;
  const found = (headers.cookie ?? "").split(/; */).find((part) => part.startsWith(start));
  const value = found?.slice(start.length);
  return value !== undefined && /^[\w-]{43}$/.test(value) ? value : undefined;
}

function originOf({ publicUrl }: Site, request: FastifyRequest): string {
  return publicUrl === undefined ? `${request.protocol}://${request.host}` : new URL(publicUrl).origin;
}

function formTokenOf(secret: string): string {
  return createHmac("sha256", secret).update("form").digest("base64url");
}
