/** Logging in and out. */
import type { FastifyInstance } from "fastify";
import { sweepAccessTokens } from "../auth/access-tokens.ts";
import { networkOf, sweepAttempts } from "../auth/attempts.ts";
import { sweepDeviceLogIns } from "../auth/device-log-ins.ts";
import { endSession, startSession, sweepSessions } from "../auth/sessions.ts";
import { sweepAnswers } from "../http/idempotency.ts";
import { checkLogIn } from "./credentials.ts";
import { currentPasswordField } from "./forms.ts";
import { html, type Markup } from "./html.ts";
import {
  card,
  contact,
  type DoneMessages,
  doneNotice,
  type Faults,
  faultSummary,
  field,
  form,
  type PageContent,
  page,
} from "./layout.ts";
import { nextField, nextPage } from "./next-page.ts";
import { carryOutForm, rememberForm } from "./repeated-forms.ts";
import {
  endedSessionCookie,
  leadTo,
  person,
  type Site,
  sendPage,
  sessionCookie,
  textOf,
  transact,
  type Visitor,
} from "./site.ts";
import { visitorOf } from "./visitor.ts";

/** Messages about actions that lead to the log-in page. */
const doneMessages: DoneMessages = new Map([
  ["set_up", "Your account is ready. Log in with your new password."],
  ["password", "Your password has been changed, and every session has ended. Log in with the new password."],
  ["accepted", "You accepted the invitation. Log in to see it."],
  ["address", "Your new address is confirmed. From now on, log in with it."],
  ["out", "You are logged out."],
]);

/** The same message for every reason, so that it doesn't reveal whether an account exists. */
export const logInFault =
  "The address or the password is wrong, or the account can't log in: it isn't set up yet, or it is blocked or inactive.";

/** Adds the pages for logging in and out. */
export function addLogIn(app: FastifyInstance, site: Site): void {
  app.get("/log-in", async (request, reply) => {
    const visitor = visitorOf(request);
    const next = nextPage(request.query);
    if (visitor.user !== undefined) {
      return leadTo(reply, next ?? "/me");
    }
    const done = doneNotice(request.query, doneMessages);
    return sendPage(reply, 200, page(site, visitor, logInPage(site, visitor, { done, next })));
  });

  app.post("/log-in", async (request, reply) => {
    const visitor = visitorOf(request);
    const [email, password] = [textOf(request.body, "email").trim(), textOf(request.body, "password")];
    const next = nextPage(request.body);
    const leadsTo = next ?? "/me";
    const outcome = await checkLogIn(
      (work) => transact(site, request, person(""), work),
      { email, password, network: networkOf(request.ip) },
      async (context, userId) => {
        // Always use a new token, to prevent session fixation.
        if (visitor.session !== undefined) {
          await endSession(context, visitor.session);
        }
        await rememberForm(context, request, leadsTo);
        return { token: await startSession(context, userId, networkOf(request.ip)) };
      },
    );
    if (outcome === "too_many") {
      return sendPage(reply, 429, page(site, visitor, tooMany(site)));
    }
    if (outcome === undefined) {
      const content = logInPage(site, visitor, { email, next, faults: { email: logInFault } });
      return sendPage(reply, 422, page(site, visitor, content));
    }
    await sweepInPassing(site).catch((error: unknown) =>
      request.log.warn({ err: error }, "could not delete expired sessions"),
    );
    reply.header("set-cookie", sessionCookie(site, outcome.token));
    return leadTo(reply, leadsTo);
  });

  app.post("/log-out", async (request, reply) => {
    const { session, user } = visitorOf(request);
    const leadsTo = "/log-in?done=out";
    if (session !== undefined && user !== undefined) {
      const carryingOut = { userId: user.id, leadsTo };
      await carryOutForm(site, request, carryingOut, (context) => endSession(context, session));
    }
    reply.header("set-cookie", endedSessionCookie(site));
    return leadTo(reply, leadsTo);
  });
}

/** The page for a network that has reached its limit. */
export function tooMany(site: Site): PageContent {
  return {
    title: "Too many attempts",
    main: card(html`<h1>Too many attempts</h1>
<p>There were too many failed attempts from your network. Wait an hour, then try again. ${contact(site)}</p>`),
  };
}

function logInPage(
  site: Site,
  visitor: Visitor,
  {
    done = false,
    email = "",
    next,
    faults = {},
  }: { done?: Markup | false; email?: string; next: string | undefined; faults?: Faults },
): PageContent {
  const fields: Markup = html`${nextField(next)}${field(faults, { name: "email", label: "E-mail address", type: "email", autocomplete: "username", value: email })}
${currentPasswordField({})}
<div class="actions"><button>Log in</button><a href="/forgot-password">Forgot your password?</a></div>`;
  return {
    title: "Log in",
    isFaulty: Object.keys(faults).length > 0,
    main: card(html`${faultSummary(faults)}${done}
<h1>Log in</h1>
${form(visitor, "/log-in", fields)}
<p class="quiet after">No account yet? <a href="/sign-up">Sign up</a>. If your account is blocked, only the people who run this service can lift the block.
${contact(site)}</p>`),
  };
}

async function sweepInPassing({ runtime }: Site): Promise<void> {
  const context = { db: runtime.db, now: runtime.clock() };
  await sweepAttempts(context);
  await sweepSessions(context);
  await sweepAccessTokens(context);
  await sweepDeviceLogIns(context);
  await sweepAnswers(context.db, context.now);
}
