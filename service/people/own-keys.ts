/** The API keys that people have, were offered, or own; giving them up; and the calls that were made with them. */
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Schemas } from "roster-schema";
import type { Context } from "../auth/operation.ts";
import { apiKeys } from "../objects/api-keys/resource.ts";
import { giveUp, listOwnAssignments, type OwnAssignment } from "../objects/assignments/own-assignment.ts";
import { Refusal } from "../problems.ts";
import { html, type Markup } from "./html.ts";
import { card, form, type PageContent, page } from "./layout.ts";
import { carryOutForm } from "./repeated-forms.ts";
import { type LoggedIn, leadTo, nowAt, type Site, sendPage } from "./site.ts";
import { dateText } from "./texts.ts";
import { loggedIn } from "./visitor.ts";

type AssignmentRequest = FastifyRequest<{ Params: { assignmentId: string } }>;
type DatabaseAt = Pick<Context, "db" | "now">;

const messagesShown = 100;

const statusWords: Readonly<Record<OwnAssignment["status"], string>> = {
  active: "Yours to use",
  pending: "Offered. Follow the link in the email to accept.",
  expired: "The offer has expired. Ask for a new one.",
};

/** A key that is attached to somebody whose membership is pending. */
const waiting = "Yours to use once you accept the invitation to the organization";

/** Adds the pages of a person's keys. */
export function addOwnKeys(app: FastifyInstance, site: Site): void {
  app.get("/me/assignments/:assignmentId/give-up", async (request: AssignmentRequest, reply) => {
    const visitor = loggedIn(request, reply);
    if (visitor === undefined) {
      return reply;
    }
    const { assignmentId } = request.params;
    const own = await listOwnAssignments(nowAt(site), visitor.user);
    const assignment = own.find(({ id }) => id === assignmentId);
    if (assignment === undefined) {
      throw new Refusal("not_found", "You don't have this key.");
    }
    return sendPage(reply, 200, page(site, visitor, giveUpPage(visitor, assignment)));
  });

  app.post("/me/assignments/:assignmentId/give-up", async (request: AssignmentRequest, reply) => {
    const visitor = loggedIn(request, reply);
    if (visitor === undefined) {
      return reply;
    }
    const { user } = visitor;
    const carryingOut = { userId: user.id, leadsTo: "/me?done=given_up" };
    const { assignmentId } = request.params;
    const act = (context: Parameters<typeof giveUp>[0]) => giveUp(context, user.email, assignmentId);
    return leadTo(reply, await carryOutForm(site, request, carryingOut, act));
  });

  app.get("/me/messages", async (request, reply) => {
    const visitor = loggedIn(request, reply);
    if (visitor === undefined) {
      return reply;
    }
    return sendPage(reply, 200, page(site, visitor, messagesPage(await listMessages(nowAt(site), visitor))));
  });
}

/** The section of the account page about keys; nothing for somebody without any. */
export async function keysSection(context: DatabaseAt, { user }: LoggedIn): Promise<Markup | false> {
  const assigned = await listOwnAssignments(context, user);
  const owned = await listOwned(context, user.id);
  if (assigned.length === 0 && owned.length === 0) {
    return false;
  }
  return html`<section class="card" aria-labelledby="keys">
<h2 id="keys">API keys</h2>
<ul class="list">${assigned.map(
    ({ id, keyName, organizationName, external, status }) => html`<li><span class="what"><strong>${keyName}</strong>
<span class="quiet">${organizationName} · ${external || status === "active" ? statusWords[status] : waiting}</span></span>
<a href="/me/assignments/${id}/give-up">Give up <span class="hidden">${keyName}</span></a></li>`,
  )}${owned.map(
    ({ displayName, status, lastUsedAt }) => html`<li><span class="what"><strong>${displayName}</strong>
<span class="quiet">Acts in your name · ${status} · ${lastUsedAt === null ? "never used" : `last used ${dateText(lastUsedAt)}`}</span></span></li>`,
  )}</ul>
${owned.length > 0 && html`<p class="after"><a href="/me/messages">Calls that were made with your keys</a></p>`}
</section>`;
}

async function listOwned(context: DatabaseAt, userId: string): Promise<Schemas["ApiKey"][]> {
  const rows = await context.db
    .selectFrom("api_keys")
    .select("id")
    .where("owner_id", "=", userId)
    .where("revoked_at", "is", null)
    .orderBy("id")
    .execute();
  const ids = rows.map(({ id }) => id);
  return ids.length === 0 ? [] : await apiKeys.loadAll(context, ids);
}

/** A verified call, for the person whose key it was made with. */
interface OwnMessage {
  readonly api: string;
  readonly outcome: string;
  readonly reason: string | null;
  readonly at: Date;
  readonly keyName: string;
}

async function listMessages({ db }: DatabaseAt, { user }: LoggedIn): Promise<OwnMessage[]> {
  return await db
    .selectFrom("messages")
    .innerJoin("api_keys", "api_keys.id", "messages.key_id")
    .select(["messages.api", "messages.outcome", "messages.reason", "messages.at", "api_keys.name as keyName"])
    .where("messages.owner_id", "=", user.id)
    .orderBy("messages.id", "desc")
    .limit(messagesShown)
    .execute();
}

function messagesPage(messages: readonly OwnMessage[]): PageContent {
  return {
    title: "Calls with your keys",
    main: html`<div class="card">
<h1>Calls with your keys</h1>
<p>The latest ${messagesShown} calls of APIs that were made with API keys that you own.</p>
${
  messages.length === 0
    ? html`<p class="quiet">There are no calls yet.</p>`
    : html`<ul class="list">${messages.map(
        ({ api, outcome, reason, at, keyName }) => html`<li><span class="what"><strong>${api}</strong>
<span class="quiet">${dateText(at)} · ${keyName} · ${outcome}${reason !== null && ` (${reason})`}</span></span></li>`,
      )}</ul>`
}
<p class="after"><a href="/me">Back to your account</a></p>
</div>`,
  };
}

function giveUpPage(visitor: LoggedIn, { id, keyName, organizationName, status }: OwnAssignment): PageContent {
  const loss =
    status === "active"
      ? `You can no longer use the key, and ${organizationName} may not let you work without one.`
      : "You decline the offer.";
  return {
    title: `Give up ${keyName}`,
    main: card(html`<h1>Give up ${keyName}?</h1>
<p>${loss} An administrator of ${organizationName} can give it to you again.</p>
${form(
  visitor,
  `/me/assignments/${id}/give-up`,
  html`<div class="actions"><button>Give up ${keyName}</button><a href="/me">Keep it</a></div>`,
)}`),
  };
}
