/** The page on which a person approves that a command logs in: they enter its code, see who asks, and limit the token. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { devicePagePath } from "roster-schema";
import { countAttempt, networkOf, takeBackAttempt } from "../auth/attempts.ts";
import {
  approveDeviceLogIn,
  type DeviceLogIn,
  denyDeviceLogIn,
  findUndecided,
  readUserCode,
  userCodeText,
} from "../auth/device-log-ins.ts";
import type { PersonContext } from "../auth/operation.ts";
import { html } from "./html.ts";
import { card, type Faults, faultSummary, field, form, notice, type PageContent, page } from "./layout.ts";
import { carryOutForm, findRepeated, formIdField } from "./repeated-forms.ts";
import { actAs, type LoggedIn, leadTo, type Site, sendPage, textOf } from "./site.ts";
import { dateText, placeOf } from "./texts.ts";
import { type Powers, powersOfUser, powersText, readTokenForm, type TokenEntries, tokenFields } from "./token-forms.ts";
import { freshlyLoggedIn } from "./visitor.ts";

const decisionPath = `${devicePagePath}/decision`;
const approvedPath = `${devicePagePath}/approved`;
const deniedPath = `${devicePagePath}/denied`;

const wrongCode = "The code is wrong, has expired, or was used. Check it, or start the log-in again.";

/** Adds the page for approving the log-in of a command. */
export function addDevicePage(app: FastifyInstance, site: Site): void {
  app.get<{ Querystring: { code?: string } }>(devicePagePath, async (request, reply) => {
    const entry = textOf(request.query, "code");
    const code = readUserCode(entry);
    const visitor = freshlyLoggedIn(request, reply, code === undefined ? devicePagePath : pageOf(code));
    if (visitor === undefined) {
      return reply;
    }
    if (entry === "") {
      return sendPage(reply, 200, page(site, visitor, codePage(visitor)));
    }
    return await showRequest(site, request, reply, visitor, entry);
  });

  app.post(devicePagePath, async (request, reply) => {
    const entry = textOf(request.body, "code");
    const code = readUserCode(entry);
    const visitor = freshlyLoggedIn(request, reply, devicePagePath);
    if (visitor === undefined) {
      return reply;
    }
    if (code === undefined) {
      return sendPage(reply, 422, page(site, visitor, codePage(visitor, entry, { code: wrongCode })));
    }
    return leadTo(reply, pageOf(code));
  });

  app.post(decisionPath, async (request, reply) => {
    const visitor = freshlyLoggedIn(request, reply, devicePagePath);
    return visitor === undefined ? reply : await decide(site, request, reply, visitor);
  });

  const after = [
    [approvedPath, notice("You are logged in", "Go back to the command. You can close this page.", tokensLink())],
    [deniedPath, notice("The log-in was refused", "The command gets no access. You can close this page.")],
  ] as const;
  for (const [path, content] of after) {
    app.get(path, async (request, reply) => sendPage(reply, 200, page(site, request.visitor, content)));
  }
}

function tokensLink() {
  return html`The access token is listed with <a href="/me/tokens">your access tokens</a>, where you can end it.`;
}

function pageOf(code: string): string {
  return `${devicePagePath}?code=${userCodeText(code)}`;
}

/** Shows the request of a code. Wrong codes are counted, so that codes can't be guessed. */
async function showRequest(
  site: Site,
  request: FastifyRequest,
  reply: FastifyReply,
  visitor: LoggedIn,
  entry: string,
): Promise<FastifyReply> {
  const found = await actAs(site, request, visitor.user.id, (context) =>
    findByCode(context, entry, networkOf(request.ip)),
  );
  if (found === "too_many") {
    const content = notice("Too many wrong codes", "Wait an hour, and then start the log-in again.");
    return sendPage(reply, 429, page(site, visitor, content));
  }
  if (found === undefined) {
    return sendPage(reply, 422, page(site, visitor, codePage(visitor, entry, { code: wrongCode })));
  }
  const powers = await powersOfUser({ db: site.runtime.db, now: site.runtime.clock() }, visitor.user);
  const entries = { name: found.client, organization: null, permissions: null, isLimited: false };
  return sendPage(reply, 200, page(site, visitor, approvalPage(visitor, found, powers, { entries })));
}

async function findByCode(
  context: PersonContext,
  entry: string,
  network: string,
): Promise<DeviceLogIn | "too_many" | undefined> {
  const code = readUserCode(entry);
  const counted = [
    ["code_of", context.principal.user],
    ["code_from", network],
  ] as const;
  for (const [kind, subject] of counted) {
    if ((await countAttempt(context, kind, subject)) < 0) {
      return "too_many";
    }
  }
  const found = code === undefined ? undefined : await findUndecided(context, code);
  if (found !== undefined) {
    for (const [kind, subject] of counted) {
      await takeBackAttempt(context, kind, subject);
    }
  }
  return found;
}

async function decide(
  site: Site,
  request: FastifyRequest,
  reply: FastifyReply,
  visitor: LoggedIn,
): Promise<FastifyReply> {
  const context = { db: site.runtime.db, now: site.runtime.clock() };
  const { body } = request;
  const found = await actAs(site, request, visitor.user.id, (act) =>
    findByCode(act, textOf(body, "code"), networkOf(request.ip)),
  );
  if (found === undefined || found === "too_many") {
    const repeated = await findRepeated(context, request);
    if (repeated !== undefined) {
      return leadTo(reply, repeated);
    }
    return sendPage(reply, 422, page(site, visitor, codePage(visitor, "", { code: wrongCode })));
  }
  const isApproved = textOf(body, "decision") === "approve";
  const powers = await powersOfUser(context, visitor.user);
  const { entries, faults } = readTokenForm(body, powers);
  if (isApproved && Object.keys(faults).length > 0) {
    return sendPage(reply, 422, page(site, visitor, approvalPage(visitor, found, powers, { entries, faults })));
  }
  const carryingOut = { userId: visitor.user.id, leadsTo: isApproved ? approvedPath : deniedPath };
  const { isLimited: _, ...token } = entries;
  const work = async (act: PersonContext) => {
    // Read it again, so that only one of two concurrent decisions counts.
    const current = await findUndecided(act, found.user_code);
    if (current === undefined) {
      return;
    }
    await (isApproved ? approveDeviceLogIn(act, current, act.principal.user, token) : denyDeviceLogIn(act, current));
  };
  return leadTo(reply, await carryOutForm(site, request, carryingOut, work));
}

function codePage(visitor: LoggedIn, entry = "", faults: Faults = {}): PageContent {
  const fields = html`${field(faults, {
    name: "code",
    label: "Code",
    autocomplete: "off",
    value: entry,
    hint: "Eight letters, as the command shows them.",
  })}
<div class="actions"><button>Continue</button></div>`;
  return {
    title: "Log in from a command",
    isFaulty: Object.keys(faults).length > 0,
    main: card(html`${faultSummary(faults)}<h1>Log in from a command</h1>
<p>Enter the code that <code>roster login</code> shows.</p>
${form(visitor, devicePagePath, fields)}`),
  };
}

function approvalPage(
  visitor: LoggedIn,
  { user_code, client, client_id, network, created_at, token_life_seconds, expires_at }: DeviceLogIn,
  powers: Powers,
  { entries, faults = {} }: { entries: TokenEntries; faults?: Faults },
): PageContent {
  const end = new Date(created_at.getTime() + token_life_seconds * 1000);
  const fields = html`<input type="hidden" name="code" value="${user_code}">
<input type="hidden" name="${formIdField}" value="${user_code}">
${tokenFields(faults, powers, entries)}
<div class="actions"><button name="decision" value="approve">Log the command in</button>
<button class="secondary" name="decision" value="deny">Refuse</button></div>`;
  return {
    title: "A command wants to log in",
    isFaulty: Object.keys(faults).length > 0,
    main: card(html`${faultSummary(faults)}<h1>A command wants to log in</h1>
<p class="code">${userCodeText(user_code)}</p>
<p>Continue only if you started this log-in yourself, and the command shows this code. Nobody from this service will ever
send you a code.</p>
<dl>
<div><dt>Client</dt><dd>${client} <span class="quiet">(${client_id}; the name is what the client says)</span></dd></div>
<div><dt>From</dt><dd>${placeOf(network)}</dd></div>
<div><dt>Asked</dt><dd>${dateText(created_at)}; the code ends ${dateText(expires_at)}</dd></div>
<div><dt>Access until</dt><dd>${dateText(end)}</dd></div>
</dl>
<h2>What the command could do in your name</h2>
${powersText(powers)}
${form(visitor, decisionPath, fields)}`),
  };
}
