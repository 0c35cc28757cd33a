/** Asking for a mail: to create an account, and for a new password. Nobody learns from the answers which accounts there are. */
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

/** No answer comes sooner: how much there was to write says whether somebody has the address. */
const answerAfterMs = 300;

interface MailRequest {
  readonly path: string;
  readonly title: string;
  readonly explanation: string;
  readonly button: string;
  /** What is said once it was asked for. */
  readonly confirmation: string;
  readonly purpose: MailPurpose;
}

const signUp: MailRequest = {
  path: "/sign-up",
  title: "Sign up",
  explanation:
    "Create an account of your own. We mail you a link to prove that the address is yours. Follow it to choose a password.",
  button: "Mail me the link",
  confirmation:
    "and it isn't the address of a system user, we have mailed you what to do next. A link in that mail works for a day",
  purpose: "sign_up",
};

const forgotPassword: MailRequest = {
  path: "/forgot-password",
  title: "Choose a new password",
  explanation:
    "We mail you a link to choose a new password, which works for an hour. Blocked and inactive accounts get no link.",
  button: "Mail me the link",
  confirmation:
    "and it is the address of an account that can log in, we have mailed you a link to choose a new password. It works for an hour",
  purpose: "password_reset",
};

/** Adds the pages that have a mail sent. */
export function addMailRequestPages(app: FastifyInstance, site: Site): void {
  for (const mailRequest of [signUp, forgotPassword]) addMailRequest(app, site, mailRequest);
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
        // Another mail would end the link in the first.
        if ((await findRepeated(context, request)) !== undefined) return true;
        if ((await countAttempt(context, "mail_from", networkOf(request.ip))) < 0) return false;
        // Nobody's mailbox is flooded, and whoever tries isn't told. Each page counts by itself: whoever asks for an address on
        // the one keeps nobody from the other, and what is asked for on the same one has been mailed within the last 20 minutes.
        const { purpose } = mailRequest;
        if ((await secondsUntilAllowed(context, [["page", purpose, address]])) === undefined) {
          await sendRequestedMail(context, purpose, address, site.contactUrl);
        }
        await rememberForm(context, request, mailRequest.path);
        return true;
      }),
      sleep(answerAfterMs),
    ]);
    if (!isAllowed[0]) return sendPage(reply, 429, page(site, visitor, tooMany(site)));
    return sendPage(reply, 200, page(site, visitor, confirmationPage(mailRequest, email)));
  });
}

function requestPage(
  visitor: Visitor,
  { path, title, explanation, button }: MailRequest,
  email = visitor.user?.email ?? "",
  faults: Faults = {},
): PageContent {
  // Whoever loads the page again may well want another mail.
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
    "Nothing there after a few minutes? Check your spam folder, and check that the address above is right.",
  );
}
