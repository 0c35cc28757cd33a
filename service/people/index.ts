/** Registers the pages for people (mailed links, signing up, logging in, the account), and logging in from a command. */
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { problemTypes, Refusal } from "../problems.ts";
import { isDiskError, unavailabilityOf } from "../rows/database.ts";
import { addAccessTokens } from "./access-tokens.ts";
import { addAccount } from "./account.ts";
import { addConfirmPassword } from "./confirm-password.ts";
import { addDeviceEndpoints } from "./device-endpoints.ts";
import { addDevicePage } from "./device-page.ts";
import { contact, notice, type PageContent, page, stylesheetPath } from "./layout.ts";
import { addLinkPages } from "./link-pages.ts";
import { addLogIn } from "./log-in.ts";
import { addMailRequestPages } from "./mail-request-pages.ts";
import { addOrganizationPage } from "./organization-page.ts";
import { addOrganizationSettings } from "./organization-settings.ts";
import { addOwnKeys } from "./own-keys.ts";
import { addOwnSessions } from "./own-sessions.ts";
import { addProfile } from "./profile.ts";
import { answerRepeats } from "./repeated-forms.ts";
import { isOwnForm, recognize, type Site, sendPage } from "./site.ts";
import { stylesheet } from "./style.ts";

const formLimitBytes = 16 * 1024;
const stylesheetSeconds = 365 * 24 * 60 * 60;

/** @see https://cheatsheetseries.owasp.org/cheatsheets/HTTP_Headers_Cheat_Sheet.html */
const headers = {
  "cache-control": "no-store",
  "content-security-policy":
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=()",
  // The URL of a page may contain the token of a link.
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
} as const;

/** Adds the pages to the service, in a separate scope, so that cookies and forms don't affect the API. */
export async function addPeoplePages(app: FastifyInstance, site: Site): Promise<void> {
  app.decorateRequest("visitor", null);
  await app.register(async (scope) => {
    takeForms(scope);
    addDeviceEndpoints(scope, site);
  });
  await app.register(async (scope) => {
    takeForms(scope);
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
    addProfile(scope, site);
    addOwnKeys(scope, site);
    addOwnSessions(scope, site);
    addAccessTokens(scope, site);
    addOrganizationPage(scope, site);
    addOrganizationSettings(scope, site);
    addConfirmPassword(scope, site);
    addDevicePage(scope, site);
  });
}

/** Lets a scope take forms, and no other bodies. */
function takeForms(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser<string>(
    "application/x-www-form-urlencoded",
    { parseAs: "string", bodyLimit: formLimitBytes },
    (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(body))),
  );
}

function addHooks(scope: FastifyInstance, site: Site): void {
  scope.addHook("onRequest", async (_request, reply) => {
    reply.headers(headers);
    if (site.publicUrl?.startsWith("https:")) {
      reply.header("strict-transport-security", "max-age=31536000");
    }
  });
  answerRepeats(scope, site);
  scope.addHook("preHandler", async (request, reply) => {
    if (request.routeOptions.url === stylesheetPath) {
      return;
    }
    request.visitor = await recognize(site, request, reply);
    if (request.method !== "POST" || isOwnForm(site, request, request.visitor)) {
      return;
    }
    const content = notice(
      "This form is out of date",
      "Nothing was changed. You may have logged in or out since the page was loaded, or your browser may block cookies.",
      "Go back, reload the page, and try again.",
    );
    return sendPage(reply, 403, page(site, request.visitor, content));
  });
}

function sendFailure(site: Site, error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const [status, content] = failureOf(site, error, request);
  // A disk failure is already logged once; don't log it for each request.
  if (status >= 500 && !isDiskError(error)) {
    request.log.error({ err: error }, "the request failed");
  }
  return sendPage(reply, status, page(site, request.visitor, content));
}

function failureOf(site: Site, error: FastifyError, { id }: FastifyRequest): [number, PageContent] {
  if (error instanceof Refusal && error.code === "not_found") {
    return [404, notice("Page not found", "The address is wrong, or you don't have access to this page.")];
  }
  if (error instanceof Refusal && error.code === "rate_limited") {
    return [429, notice("Too many requests", "Nothing was changed. Wait a few seconds, and then reload the page.")];
  }
  const isClients = error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500;
  if (isClients || (error instanceof Refusal && error.code === "invalid_request")) {
    return [error.statusCode ?? 400, notice("The form can't be read", "Go back, reload the page, and try again.")];
  }
  if (isDiskError(error)) {
    const detail = "Nothing was changed. The service can't save changes at the moment. Try again later.";
    return [503, notice("The service can't accept changes at the moment", detail, contact(site))];
  }
  if (unavailabilityOf(error) !== undefined || (error instanceof Refusal && error.code === "unavailable")) {
    return [503, notice("The service is busy", "Nothing was changed. Try again in a moment.")];
  }
  if (error instanceof Refusal && problemTypes[error.code].status < 500) {
    return [problemTypes[error.code].status, notice("That can't be done", error.message, "Nothing was changed.")];
  }
  return [
    500,
    notice(
      "Something went wrong",
      `The operators of the service can find this request in the log by its ID, ${id}.`,
      contact(site),
    ),
  ];
}
