/** The pages that people use: to follow a mailed link, to sign up, to log in, and to see what is theirs. */
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { problemTypes, Refusal } from "../problems.ts";
import { isDiskError, unavailabilityOf } from "../rows/database.ts";
import { addAccount } from "./account.ts";
import { contact, notice, type PageContent, page, stylesheetPath } from "./layout.ts";
import { addLinkPages } from "./link-pages.ts";
import { addLogIn } from "./log-in.ts";
import { addMailRequestPages } from "./mail-request-pages.ts";
import { answerRepeats } from "./repeated-forms.ts";
import { isOwnForm, recognize, type Site, sendPage } from "./site.ts";
import { stylesheet } from "./style.ts";

const formLimitBytes = 16 * 1024;
const stylesheetSeconds = 365 * 24 * 60 * 60;

/** @see https://cheatsheetseries.owasp.org/cheatsheets/HTTP_Headers_Cheat_Sheet.html */
const headers = {
  "cache-control": "no-store",
  "content-security-policy":
    "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=()",
  // The address of a page may hold a link's token.
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
} as const;

/** Adds the pages to the service, in a scope of their own: the API knows neither cookies nor forms. */
export async function addPeoplePages(app: FastifyInstance, site: Site): Promise<void> {
  app.decorateRequest("visitor", null);
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser<string>(
      "application/x-www-form-urlencoded",
      { parseAs: "string", bodyLimit: formLimitBytes },
      (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(body))),
    );
    scope.setErrorHandler<FastifyError>((error, request, reply) => sendFailure(site, error, request, reply));
    addHooks(scope, site);
    scope.get(stylesheetPath, async (_request, reply) =>
      reply
        .type("text/css; charset=utf-8")
        .header("cache-control", `public, max-age=${stylesheetSeconds}, immutable`)
        .send(stylesheet),
    );
    addLinkPages(scope, site);
    addLogIn(scope, site);
    addMailRequestPages(scope, site);
    addAccount(scope, site);
  });
}

function addHooks(scope: FastifyInstance, site: Site): void {
  scope.addHook("onRequest", async (_request, reply) => {
    reply.headers(headers);
    if (site.publicUrl?.startsWith("https:")) reply.header("strict-transport-security", "max-age=31536000");
  });
  answerRepeats(scope, site);
  scope.addHook("preHandler", async (request, reply) => {
    if (request.routeOptions.url === stylesheetPath) return;
    request.visitor = await recognize(site, request, reply);
    if (request.method !== "POST" || isOwnForm(site, request, request.visitor)) return;
    const content = notice(
      "This form is out of date",
      "Nothing was done. You may have logged in or out elsewhere since it was loaded, or your browser doesn't keep cookies.",
      "Go back, load the page again, and send it once more.",
    );
    return sendPage(reply, 403, page(site, request.visitor, content));
  });
}

function sendFailure(site: Site, error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const [status, content] = failureOf(site, error, request);
  // A disk that accepts nothing is in the log once, and not for each request for as long as it lasts.
  if (status >= 500 && !isDiskError(error)) request.log.error({ err: error }, "the request failed");
  return sendPage(reply, status, page(site, request.visitor, content));
}

function failureOf(site: Site, error: FastifyError, { id }: FastifyRequest): [number, PageContent] {
  if (error instanceof Refusal && error.code === "not_found") {
    return [404, notice("There is nothing here", "The address is wrong, or you don't have access.")];
  }
  if (error instanceof Refusal && error.code === "rate_limited") {
    return [429, notice("Too many requests", "Nothing was done. Wait a few seconds, then load the page again.")];
  }
  const isClients = error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500;
  if (isClients || (error instanceof Refusal && error.code === "invalid_request")) {
    return [
      error.statusCode ?? 400,
      notice("The form can't be read", "Go back, load the page again, and send it once more."),
    ];
  }
  if (isDiskError(error)) {
    const detail = "Nothing was changed: the service can't store anything at the moment. Try again later.";
    return [503, notice("The service can't accept changes at the moment", detail, contact(site))];
  }
  if (unavailabilityOf(error) !== undefined || (error instanceof Refusal && error.code === "unavailable")) {
    return [503, notice("The service is busy", "Nothing was done. Try again in a moment.")];
  }
  if (error instanceof Refusal && problemTypes[error.code].status < 500) {
    return [problemTypes[error.code].status, notice("That can't be done", error.message, "Nothing was changed.")];
  }
  return [
    500,
    notice(
      "The service failed",
      `The people who run it can find this request in the log by its ID, ${id}.`,
      contact(site),
    ),
  ];
}
