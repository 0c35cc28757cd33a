/** The pages that request a mail: signing up, and choosing a new password. Answers don't reveal which accounts exist. */
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { FastifyInstance } from "fastify";
import { countAttempt, networkOf } from "../auth/attempts.ts";
import { secondsUntilAllowed } from "../mail/allowances.ts";
import { normalizeEmail } from "../objects/users/resource.ts";
import { readEmail } from "./forms.ts";
import { html } from "./html.ts";
import { card, type Faults, faultSummary, field, form, notice, type PageContent, page } from "./layout.ts";
import { tooMany } from "./log-in.ts";
import { findRepeated, formIdField, rememberForm } from "./repeated-forms.ts";
import { type MailPurpose, sendRequestedMail } from "./requested-mails.ts";
import { person, type Site, sendPage, transact, type Visitor } from "./site.ts";
import { visitorOf } from "./visitor.ts";

/** The minimum time of an answer, because the duration could reveal whether an account exists. */
const answerAfterMs = 300;

interface MailRequest {
  readonly path: string;
  readonly title: string;
  readonly explanation: string;
  readonly button: string;
  /** The message after the request. */
  readonly confirmation: string;
  readonly purpose: MailPurpose;
}

const signUp: MailRequest = {
  path: "/sign-up",
  title: "Sign up",
  explanation:
    "Create an account of your own. We email you a link to confirm that the address is yours. Follow it to choose a password.",
  button: "Email me the link",
  confirmation:
    "and it isn't the address of a system user, we have emailed you what to do next. The link in that email works for a day",
  purpose: "sign_up",
};

const forgotPassword: MailRequest = {
  path: "/forgot-password",
  title: "Choose a new password",
  explanation:
    "We email you a link to choose a new password. The link works for an hour. Blocked and inactive accounts don't get a link.",
  button: "Email me the link",
  confirmation:
    "and it is the address of an account that can log in, we have emailed you a link to choose a new password. It works for an hour",
  purpose: "password_reset",
};

/** Adds the pages that request a mail. */
export function addMailRequestPages(app: FastifyInstance, site: Site): void {
  for (const mailRequest of [signUp, forgotPassword]) {
    addMailRequest(app, site, mailRequest);
  }
}

function addMailRequest(app: FastifyInstance, site: Site, mailRequest: MailRequest): void {
  app.get(mailRequest.path, async (request, reply) => {
    const visitor = visitorOf(request);
    return sendPage(reply, 200, page(site, visitor, requestPage(visitor, mailRequest)));
  });

  app.post(mailRequest.path, async (request, reply) => {
    const visitor = visitorOf(request);
    const { email, fault } = readEmail(request.body);
    if (fault !== undefined) {
      const content = requestPage(visitor, mailRequest, email, { email: fault });
      return sendPage(reply, 422, page(site, visitor, content));
    }
    const address = normalizeEmail(email);
    const isAllowed = await Promise.all([
      transact(site, request, person(""), async (context) => {
        // A second mail would replace the link in the first.
        if ((await findRepeated(context, request)) !== undefined) {
          return true;
        }
        if ((await countAttempt(context, "mail_from", networkOf(request.ip))) < 0) {
          return false;
        }
        // Limit the mails to an address without saying so. Each page counts separately, so that requests on one page don't block
        // the other; if the limit is reached, the same mail was sent within the last 20 minutes.
        const { purpose } = mailRequest;
        if ((await secondsUntilAllowed(context, [["page", purpose, address]])) === undefined) {
          await sendRequestedMail(context, purpose, address, site.contactUrl);
        }
        await rememberForm(context, request, mailRequest.path);
        return true;
      }),
      sleep(answerAfterMs),
    ]);
    if (!isAllowed[0]) {
      return sendPage(reply, 429, page(site, visitor, tooMany(site)));
    }
    return sendPage(reply, 200, page(site, visitor, confirmationPage(mailRequest, email)));
  });
}

function requestPage(
  visitor: Visitor,
  { path, title, explanation, button }: MailRequest,
  email = visitor.user?.email ?? "",
  faults: Faults = {},
): PageContent {
  // A visitor who reloads the page may want another mail.
  const formId = randomBytes(16).toString("base64url");
  const fields = html`<input type="hidden" name="${formIdField}" value="${formId}">
${field(faults, { name: "email", label: "E-mail address", type: "email", autocomplete: "email", value: email })}
<div class="actions"><button>${button}</button></div>`;
  return {
    title,
    isFaulty: Object.keys(faults).length > 0,
    main: card(html`${faultSummary(faults)}<h1>${title}</h1><p>${explanation}</p>${form(visitor, path, fields)}`),
  };
}

function confirmationPage({ confirmation }: MailRequest, email: string): PageContent {
  return notice(
    "Check your inbox",
    html`If <strong>${email}</strong> is yours, ${confirmation}.`,
    "If you don't see the email within a few minutes, check your spam folder, and check that the address above is correct.",
  );
}
