/** The page of a person's sessions. */
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Context } from "../auth/operation.ts";
import { endSessions, endSessionWithId, type ListedSession, listSessions } from "../auth/sessions.ts";
import { html, type Markup } from "./html.ts";
import { type DoneMessages, doneNotice, form, type PageContent, page } from "./layout.ts";
import { carryOutForm } from "./repeated-forms.ts";
import { type LoggedIn, leadTo, nowAt, type Site, sendPage } from "./site.ts";
import { dateText, placeOf } from "./texts.ts";
import { loggedIn } from "./visitor.ts";

const doneMessages: DoneMessages = new Map([
  ["ended", "The session has ended."],
  ["others", "Every other session has ended."],
]);

/** Adds the page of a person's sessions. */
export function addOwnSessions(app: FastifyInstance, site: Site): void {
  app.get("/me/sessions", async (request, reply) => {
    const visitor = loggedIn(request, reply);
    if (visitor === undefined) {
      return reply;
    }
    const sessions = await listSessions(nowAt(site), visitor.user.id);
    const done = doneNotice(request.query, doneMessages);
    return sendPage(reply, 200, page(site, visitor, sessionsPage(visitor, sessions, done)));
  });

  app.post("/me/sessions/:sessionId/end", async (request: FastifyRequest<{ Params: { sessionId: string } }>, reply) => {
    const visitor = loggedIn(request, reply);
    if (visitor === undefined) {
      return reply;
    }
    const { user } = visitor;
    const carryingOut = { userId: user.id, leadsTo: "/me/sessions?done=ended" };
    const end = (context: Context) => endSessionWithId(context, user.id, request.params.sessionId);
    return leadTo(reply, await carryOutForm(site, request, carryingOut, end));
  });

  app.post("/me/end-other-sessions", async (request, reply) => {
    const visitor = loggedIn(request, reply);
    if (visitor === undefined) {
      return reply;
    }
    const { session, user } = visitor;
    const carryingOut = { userId: user.id, leadsTo: "/me/sessions?done=others" };
    const end = (context: Context) => endSessions(context, user.id, session);
    return leadTo(reply, await carryOutForm(site, request, carryingOut, end));
  });
}

function sessionsPage(visitor: LoggedIn, sessions: readonly ListedSession[], done: Markup | false): PageContent {
  const others = sessions.filter(({ tokenHash }) => tokenHash !== visitor.session.tokenHash);
  return {
    title: "Sessions",
    main: html`${done}<div class="card">
<h1>Sessions</h1>
<p>These browsers are logged in to your account. A session ends after an hour without use, and after twelve hours at most.</p>
<ul class="list">${sessions.map((session) => listed(visitor, session))}</ul>
<div class="actions after">${
      others.length > 0 &&
      form(visitor, "/me/end-other-sessions", html`<button class="secondary">End other sessions</button>`)
    }<a href="/me">Back to your account</a></div>
</div>`,
  };
}

function listed(visitor: LoggedIn, { id, tokenHash, network, createdAt, usedAt }: ListedSession): Markup {
  const isThis = tokenHash === visitor.session.tokenHash;
  return html`<li><span class="what"><strong>${isThis ? "This browser" : "Another browser"}</strong>
<span class="quiet">${network !== null && `From ${placeOf(network)} · `}logged in ${dateText(createdAt)} · last used ${dateText(usedAt)}</span></span>
${!isThis && form(visitor, `/me/sessions/${id}/end`, html`<button class="plain">End<span class="hidden"> the session from ${network === null ? "elsewhere" : placeOf(network)}</span></button>`)}</li>`;
}
