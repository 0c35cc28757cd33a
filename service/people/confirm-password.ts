/** The page on which a logged-in person enters the password again, before something that a stolen session must not do. */
import type { FastifyInstance } from "fastify";
import { networkOf } from "../auth/attempts.ts";
import { freshenSession } from "../auth/sessions.ts";
import { checkLogIn } from "./credentials.ts";
import { currentPasswordField, usernameField } from "./forms.ts";
import { html } from "./html.ts";
import { card, type Faults, faultSummary, form, type PageContent, page } from "./layout.ts";
import { tooMany } from "./log-in.ts";
import { nextField, nextPage } from "./next-page.ts";
import { rememberForm } from "./repeated-forms.ts";
import { type LoggedIn, leadTo, person, type Site, sendPage, textOf, transact } from "./site.ts";
import { confirmPasswordPath, loggedIn } from "./visitor.ts";

const wrongPassword = "The password is wrong. After several wrong passwords, the account is blocked.";

/** Adds the page for entering the password again. */
export function addConfirmPassword(app: FastifyInstance, site: Site): void {
  app.get(confirmPasswordPath, async (request, reply) => {
    const visitor = loggedIn(request, reply);
    if (visitor === undefined) {
      return reply;
    }
    const next = nextPage(request.query);
    return sendPage(reply, 200, page(site, visitor, passwordPage(visitor, next)));
  });

  app.post(confirmPasswordPath, async (request, reply) => {
    const visitor = loggedIn(request, reply);
    if (visitor === undefined) {
      return reply;
    }
    const { session, user } = visitor;
    const next = nextPage(request.body);
    const leadsTo = next ?? "/me";
    const outcome = await checkLogIn(
      (work) => transact(site, request, person(user.id), work),
      { email: user.email, password: textOf(request.body, "password"), network: networkOf(request.ip) },
      async (context) => {
        await freshenSession(context, session);
        await rememberForm(context, request, leadsTo);
        return true;
      },
    );
    if (outcome === "too_many") {
      return sendPage(reply, 429, page(site, visitor, tooMany(site)));
    }
    if (outcome === undefined) {
      const content = passwordPage(visitor, next, { password: wrongPassword });
      return sendPage(reply, 422, page(site, visitor, content));
    }
    return leadTo(reply, leadsTo);
  });
}

function passwordPage(visitor: LoggedIn, next: string | undefined, faults: Faults = {}): PageContent {
  const fields = html`${nextField(next)}${usernameField(visitor.user.email)}${currentPasswordField(faults)}
<div class="actions"><button>Continue</button><a href="/me">Back to your account</a></div>`;
  return {
    title: "Enter your password",
    isFaulty: Object.keys(faults).length > 0,
    main: card(html`${faultSummary(faults)}<h1>Enter your password</h1>
<p>Access tokens act in your name, so we ask for your password if you entered it more than ten minutes ago.</p>
${form(visitor, confirmPasswordPath, fields)}`),
  };
}
