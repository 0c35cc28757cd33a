/** The pages of mailed links. Loading a page has no effect, because mail scanners load it too; submitting its form does. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { endAccessTokens } from "../auth/access-tokens.ts";
import { networkOf } from "../auth/attempts.ts";
import { findLink, type Link, useLink } from "../auth/links.ts";
import type { PersonContext } from "../auth/operation.ts";
import { acceptAssignment } from "../objects/assignments/offers.ts";
import { acceptMembership } from "../objects/memberships/own-membership.ts";
import { activateUser, confirmEmailChange } from "../objects/users/own-account.ts";
import { Refusal } from "../problems.ts";
import { newId } from "../rows/identifiers.ts";
import { claimAccount, signUp } from "./account-claims.ts";
import { changePassword, checkLogIn, setFirstPassword } from "./credentials.ts";
import {
  type AccountEntries,
  accountFields,
  currentPasswordField,
  ownershipFields,
  passwordFields,
  readAccount,
  readNewPassword,
} from "./forms.ts";
import { html, type Markup } from "./html.ts";
import { card, contact, type Faults, faultSummary, form, notice, type PageContent, page } from "./layout.ts";
import { endIfRefused } from "./link-authorization.ts";
import { type DeadLinkReason, type LinkPreview, previewLink } from "./link-preview.ts";
import { logInFault, tooMany } from "./log-in.ts";
import { hashPassword } from "./passwords.ts";
import { carryOutForm } from "./repeated-forms.ts";
import { leadTo, person, type Site, sendPage, textOf, transact, type Visitor } from "./site.ts";
import { visitorOf } from "./visitor.ts";

type LinkRequest = FastifyRequest<{ Params: { token: string } }>;

/** The valid entries of a form. */
interface Entries extends Pick<AccountEntries, "names"> {
  /** Whether the person chooses an own account instead of the one that an organization created. */
  readonly isOwn?: boolean;
  /** Whether the person's access tokens end with the password. */
  readonly endsTokens?: boolean;
  /** The hash of the new password; undefined if the form has none. */
  readonly passwordHash: string | undefined;
}

/** Thrown to roll back if the link is dead or its preview has changed. */
class StaleLinkError extends Error {
  readonly preview: LinkPreview | DeadLinkReason;

  constructor(preview: LinkPreview | DeadLinkReason) {
    super("the link has changed since its page was shown");
    this.preview = preview;
  }
}

/** Adds the pages of mailed links. */
export function addLinkPages(app: FastifyInstance, site: Site): void {
  app.get("/links/:token", async (request: LinkRequest, reply) => {
    const visitor = visitorOf(request);
    const context = { db: site.runtime.db, now: site.runtime.clock() };
    const link = await findLink(context, request.params.token);
    const found = link === undefined ? "gone" : await previewLink(context, link, visitor);
    if (typeof found === "string") {
      return await sendDead(site, request, reply, found);
    }
    return sendPage(reply, 200, page(site, visitor, linkPage(visitor, request.params.token, found)));
  });

  app.post("/links/:token", async (request: LinkRequest, reply) => {
    try {
      return await followAsOfNow(site, request, reply);
    } catch (error) {
      if (error instanceof StaleLinkError) {
        if (typeof error.preview === "string") {
          return await sendDead(site, request, reply, error.preview);
        }
        const { token } = request.params;
        const content = linkPage(visitorOf(request), token, { ...error.preview, isChanged: true });
        return sendPage(reply, 409, page(site, visitorOf(request), content));
      }
      if (!(error instanceof Refusal) || error.code !== "email_taken") {
        throw error;
      }
      const content = notice("The address is taken", error.message, "Ask for another address.");
      return sendPage(reply, 409, page(site, visitorOf(request), content));
    }
  });
}

/** Follows a link, and tries again if a concurrent request has changed the account. */
async function followAsOfNow(site: Site, request: LinkRequest, reply: FastifyReply): Promise<FastifyReply> {
  try {
    return await follow(site, request, reply, false);
  } catch (error) {
    if (!(error instanceof StaleLinkError) || typeof error.preview === "string") {
      throw error;
    }
    return await follow(site, request, reply, true);
  }
}

async function follow(
  site: Site,
  request: LinkRequest,
  reply: FastifyReply,
  isChanged: boolean,
): Promise<FastifyReply> {
  const visitor = visitorOf(request);
  const { token } = request.params;
  const context = { db: site.runtime.db, now: site.runtime.clock() };
  const link = await findLink(context, token);
  const shown = link === undefined ? "gone" : await previewLink(context, link, visitor);
  if (link === undefined || typeof shown === "string") {
    throw new StaleLinkError(typeof shown === "string" ? shown : "gone");
  }
  // A visitor who is logged in as another user can't follow the link.
  if (shown.prompt === "other_person") {
    return sendPage(reply, 410, page(site, visitor, linkPage(visitor, token, shown)));
  }
  const entries = await readEntries(site, request, shown);
  if (entries === "too_many") {
    return sendPage(reply, 429, page(site, visitor, tooMany(site)));
  }
  if ("faults" in entries) {
    // Don't show errors for entries of a previous form.
    const again = isChanged ? { ...shown, isChanged } : { ...shown, ...entries };
    return sendPage(reply, 422, page(site, visitor, linkPage(visitor, token, again)));
  }
  // A new account gets its id now, because the change needs a principal.
  const userId = shown.userId ?? newId("user");
  const leadsTo = doneAt(link, shown, visitor);
  await carryOutForm(site, request, { userId, leadsTo }, async (act) => {
    const used = await useLink(act, link);
    const now = used === undefined ? "gone" : await previewLink(act, used, visitor);
    if (typeof now === "string" || now.prompt !== shown.prompt || now.userId !== shown.userId) {
      throw new StaleLinkError(now);
    }
    await carryOut(act, link, now, entries);
  });
  return leadTo(reply, leadsTo);
}

/** Reads the entries of the form, and checks them. */
async function readEntries(
  site: Site,
  request: LinkRequest,
  { prompt, email, names }: LinkPreview,
): Promise<Entries | (Pick<Entries, "names" | "isOwn"> & { readonly faults: Faults }) | "too_many"> {
  const { body } = request;
  if (prompt === "account") {
    const { entries, faults } = readAccount(body, email);
    if (Object.keys(faults).length > 0) {
      return { faults, names: entries.names, isOwn: entries.isOwn };
    }
    const { names, isOwn, password } = entries;
    return { names, isOwn, passwordHash: await hashPassword(password) };
  }
  if (prompt === "new_password") {
    const { password, faults } = readNewPassword(body, email, names);
    if (Object.keys(faults).length > 0) {
      return { faults, names };
    }
    const endsTokens = textOf(body, "end-tokens") === "yes";
    return { names, endsTokens, passwordHash: await hashPassword(password) };
  }
  if (prompt === "password") {
    const logIn = { email, password: textOf(body, "password"), network: networkOf(request.ip) };
    const outcome = await checkLogIn(
      (work) => transact(site, request, person(""), work),
      logIn,
      async () => true,
    );
    if (outcome === "too_many") {
      return outcome;
    }
    if (outcome === undefined) {
      return { faults: { password: logInFault }, names };
    }
  }
  return { names, passwordHash: undefined };
}

async function carryOut(
  context: PersonContext,
  link: Link,
  { prompt, userId, email, home }: LinkPreview,
  { names, isOwn = true, endsTokens = false, passwordHash }: Entries,
): Promise<void> {
  const { user } = context.principal;
  if (prompt === "account" && passwordHash !== undefined) {
    const staysAtHome = link.purpose === "set_up" || (home !== null && !isOwn);
    if (userId === null) {
      await signUp(context, email, names);
    } else if (staysAtHome) {
      await activateUser(context, names);
    } else {
      await claimAccount(context, names);
    }
    await setFirstPassword(context, user, passwordHash);
  }
  if (prompt === "new_password" && passwordHash !== undefined) {
    await changePassword(context, user, passwordHash);
    if (endsTokens) {
      await endAccessTokens(context, user);
    }
  }
  if (link.purpose === "membership") {
    await acceptMembership(context, link.subject);
  }
  if (link.purpose === "assignment") {
    await acceptAssignment(context, link.subject);
  }
  if (link.purpose === "email_change") {
    await confirmEmailChange(context);
  }
}

/** The next page. A link never logs anybody in, or it could log somebody in as another user. */
function doneAt({ purpose }: Link, { prompt }: LinkPreview, { user }: Visitor): string {
  if (prompt === "account") {
    return "/log-in?done=set_up";
  }
  if (prompt === "new_password") {
    return "/log-in?done=password";
  }
  const done = purpose === "email_change" ? "address" : "accepted";
  return user === undefined ? `/log-in?done=${done}` : `/me?done=${done}`;
}

/** The preview of a link with the state of its form. */
interface Shown extends LinkPreview, Pick<Entries, "isOwn"> {
  readonly faults?: Faults;
  /** Whether the preview has changed since the form was shown. */
  readonly isChanged?: boolean;
}

const changedNotice = html`<div class="notice" role="status">
<p>The account was set up or changed while this page was open. Nothing has been done with this link yet, and it still works.</p>
</div>`;

function linkPage(visitor: Visitor, token: string, found: Shown): PageContent {
  const { prompt, title, explanation, button, email, faults = {}, isChanged = false } = found;
  if (prompt === "other_person") {
    return notice(
      title,
      explanation,
      html`This link is for <strong>${email}</strong>, but you are logged in as <strong>${visitor.user?.email}</strong>.
Log out, and then follow the link again.`,
      form(visitor, "/log-out", html`<button>Log out</button>`),
    );
  }
  return {
    title,
    isFaulty: Object.keys(faults).length > 0,
    main: card(html`${faultSummary(faults)}${isChanged && changedNotice}<h1>${title}</h1><p>${explanation}</p>
${form(visitor, `/links/${token}`, html`${fieldsOf(found, faults)}<div class="actions"><button>${button}</button></div>`)}`),
  };
}

function fieldsOf({ prompt, email, names, home, isOwn }: Shown, faults: Faults): Markup | false {
  if (prompt === "account") {
    return html`${home?.isOptional === true && ownershipFields(home, isOwn)}${accountFields(faults, email, names)}`;
  }
  if (prompt === "new_password") {
    return html`${passwordFields(faults, email)}
<div class="field check">
<input type="checkbox" id="end-tokens" name="end-tokens" value="yes" aria-describedby="end-tokens-hint">
<label for="end-tokens">Also end my access tokens</label>
<p class="hint" id="end-tokens-hint">Choose this if somebody else may know your password or have a token of yours.</p>
</div>`;
  }
  if (prompt !== "password") {
    return false;
  }
  return html`<p>This link is for <strong>${email}</strong>, which has an account. Enter its password to accept.</p>
${currentPasswordField(faults)}`;
}

async function sendDead(
  site: Site,
  request: LinkRequest,
  reply: FastifyReply,
  reason: DeadLinkReason,
): Promise<FastifyReply> {
  if (reason === "refused") {
    await endRefused(site, request);
  }
  const content =
    reason === "has_account"
      ? notice(
          "You already have an account",
          "This link was for setting up your account, which is already set up.",
          html`<a href="/log-in">Log in</a>, or <a href="/forgot-password">choose a new password</a> if you forgot yours.`,
        )
      : notice(
          "This link no longer works",
          "Each link works once and for a limited time, and a newer email replaces older ones. The request may also have been withdrawn.",
          html`Look for a newer email. If you were invited, ask for the invitation to be sent again. Otherwise,
<a href="/log-in">log in</a>, <a href="/forgot-password">ask for a new password</a>, or <a href="/sign-up">sign up</a> again.`,
          contact(site),
        );
  return sendPage(reply, 410, page(site, visitorOf(request), content));
}

/** Ends a link that is refused, because its change would otherwise stay pending forever. */
async function endRefused(site: Site, request: LinkRequest): Promise<void> {
  const { db, clock } = site.runtime;
  const link = await findLink({ db, now: clock() }, request.params.token);
  if (link !== undefined) {
    await endIfRefused(db, link, { now: clock(), requestId: request.id });
  }
}
