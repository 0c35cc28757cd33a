/** The pages of a person's access tokens. */
import { randomBytes } from "node:crypto";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { givesServiceOwner } from "../auth/access-tokens.ts";
import type { PersonContext } from "../auth/operation.ts";
import { confirmToken, endToken, makeToken } from "../objects/access-tokens/personal-token-rules.ts";
import { selectPersonalTokens, toPersonalToken } from "../objects/access-tokens/personal-tokens.ts";
import { Refusal } from "../problems.ts";
import { html, type Markup } from "./html.ts";
import {
  card,
  type DoneMessages,
  doneNotice,
  type Faults,
  faultSummary,
  form,
  type PageContent,
  page,
  select,
} from "./layout.ts";
import { carryOutForm, carryOutSecretForm, formIdField } from "./repeated-forms.ts";
import { type LoggedIn, leadTo, nowAt, type Site, sendPage, textOf } from "./site.ts";
import { dateText } from "./texts.ts";
import { type Powers, powersOfUser, powersText, readTokenForm, type TokenEntries, tokenFields } from "./token-forms.ts";
import { freshlyLoggedIn, loggedIn } from "./visitor.ts";

type TokenRequest = FastifyRequest<{ Params: { tokenId: string } }>;

const dayMs = 24 * 60 * 60 * 1000;
const lives = [
  { value: "7", label: "7 days" },
  { value: "30", label: "30 days" },
  { value: "90", label: "90 days" },
  { value: "365", label: "A year" },
];
const defaultLife = "30";

const doneMessages: DoneMessages = new Map([
  ["ended", "The access token has ended."],
  ["confirmed", "The access token now acts with your system role."],
]);

/** An access token for the pages of its user. */
interface OwnToken extends ReturnType<typeof toPersonalToken> {
  readonly organizationName: string | null;
  /** Whether it acts as the service owner, could after the person confirms it, or neither. */
  readonly ownersRights: "has" | "awaits" | "none";
}

/** Adds the pages of access tokens. */
export function addAccessTokens(app: FastifyInstance, site: Site): void {
  app.get("/me/tokens", async (request, reply) => {
    const visitor = loggedIn(request, reply, "/me/tokens");
    if (visitor === undefined) {
      return reply;
    }
    const done = doneNotice(request.query, doneMessages);
    return sendPage(reply, 200, page(site, visitor, listPage(await listOwn(site, visitor), done)));
  });
  addMaking(app, site);
  addOneToken(app, site);
}

function addMaking(app: FastifyInstance, site: Site): void {
  app.get("/me/tokens/new", async (request, reply) => {
    const visitor = freshlyLoggedIn(request, reply, "/me/tokens/new");
    if (visitor === undefined) {
      return reply;
    }
    const powers = await powersOfUser(nowAt(site), visitor.user);
    return sendPage(reply, 200, page(site, visitor, newPage(visitor, powers, { days: defaultLife })));
  });

  app.post("/me/tokens", async (request, reply) => {
    const visitor = freshlyLoggedIn(request, reply, "/me/tokens/new");
    if (visitor === undefined) {
      return reply;
    }
    const powers = await powersOfUser(nowAt(site), visitor.user);
    const { entries, faults } = readTokenForm(request.body, powers);
    const days = textOf(request.body, "days");
    const refused = (status: number, found: Faults) =>
      sendPage(reply, status, page(site, visitor, newPage(visitor, powers, { entries, days, faults: found })));
    if (!lives.some(({ value }) => value === days) || Object.keys(faults).length > 0) {
      return refused(422, faults);
    }
    try {
      const lifeSeconds = (Number(days) * dayMs) / 1000;
      const made = await carryOutSecretForm(site, request, visitor.user.id, (context) =>
        makeToken(context, { ...entries, client: null, lifeSeconds }),
      );
      return sendPage(reply, 200, page(site, visitor, madePage(entries.name, made.plaintext)));
    } catch (error) {
      if (error instanceof Refusal && error.code === "unprocessable") {
        return refused(422, { name: error.message });
      }
      throw error;
    }
  });
}

function addOneToken(app: FastifyInstance, site: Site): void {
  app.get("/me/tokens/:tokenId", async (request: TokenRequest, reply) => {
    const visitor = loggedIn(request, reply, pathOf(request));
    if (visitor === undefined) {
      return reply;
    }
    return sendPage(reply, 200, page(site, visitor, tokenPage(visitor, await findOwn(site, visitor, request))));
  });

  app.post("/me/tokens/:tokenId/end", async (request: TokenRequest, reply) => {
    const visitor = loggedIn(request, reply, pathOf(request));
    return await carryOut(site, request, reply, visitor, "ended", endToken);
  });

  app.post("/me/tokens/:tokenId/confirm", async (request: TokenRequest, reply) => {
    const visitor = freshlyLoggedIn(request, reply, pathOf(request));
    return await carryOut(site, request, reply, visitor, "confirmed", confirmToken);
  });
}

async function carryOut(
  site: Site,
  request: TokenRequest,
  reply: FastifyReply,
  visitor: LoggedIn | undefined,
  done: string,
  act: (context: PersonContext, id: string) => Promise<void>,
): Promise<FastifyReply> {
  if (visitor === undefined) {
    return reply;
  }
  const carryingOut = { userId: visitor.user.id, leadsTo: `/me/tokens?done=${done}` };
  const { tokenId } = request.params;
  return leadTo(reply, await carryOutForm(site, request, carryingOut, (context) => act(context, tokenId)));
}

function pathOf({ params }: TokenRequest): string {
  return `/me/tokens/${params.tokenId}`;
}

async function listOwn(site: Site, { user }: LoggedIn): Promise<OwnToken[]> {
  const { db, now } = nowAt(site);
  const rows = await selectPersonalTokens(db)
    .leftJoin("organizations", "organizations.id", "access_tokens.organization_id")
    .select(["organizations.name as organization_name", "users.system_role", "users.system_role_since"])
    .where("access_tokens.user_id", "=", user.id)
    .orderBy("access_tokens.id", "desc")
    .execute();
  return rows.map((row) => ({
    ...toPersonalToken(row, now),
    organizationName: row.organization_name,
    ownersRights: givesServiceOwner(row, row, row.confirmed_at)
      ? "has"
      : givesServiceOwner(row, row, now)
        ? "awaits"
        : "none",
  }));
}

async function findOwn(site: Site, visitor: LoggedIn, { params }: TokenRequest): Promise<OwnToken> {
  const token = (await listOwn(site, visitor)).find(({ id }) => id === params.tokenId);
  if (token === undefined) {
    throw new Refusal("not_found", "You have no such access token.");
  }
  return token;
}

function listPage(tokens: readonly OwnToken[], done: Markup | false): PageContent {
  const active = tokens.filter(({ status }) => status === "active");
  const ended = tokens.filter(({ status }) => status !== "active");
  return {
    title: "Access tokens",
    main: html`${done}<div class="card">
<h1>Access tokens</h1>
<p>With an access token, a command or a stack manages organizations in your name: it may do what you may do at that moment.
<code>roster login</code> makes one for you.</p>
<div class="actions"><a class="button" href="/me/tokens/new">Make an access token</a><a href="/me">Back to your account</a></div>
</div>
<section class="card" aria-labelledby="active">
<h2 id="active">Active</h2>
${active.length === 0 ? html`<p class="quiet">You have no active access token.</p>` : html`<ul class="list">${active.map(listed)}</ul>`}
</section>
${
  ended.length > 0 &&
  html`<section class="card" aria-labelledby="ended">
<h2 id="ended">Ended in the last 30 days</h2>
<ul class="list">${ended.map(listed)}</ul>
</section>`
}`,
  };
}

function listed(token: OwnToken): Markup {
  const { id, name, client, lastUsedAt, expiresAt, status } = token;
  const used = lastUsedAt === null ? "never used" : `last used ${dateText(lastUsedAt)}`;
  const end = status === "active" ? `ends ${dateText(expiresAt)}` : status;
  return html`<li><span class="what"><strong>${name}</strong>
<span class="quiet">${client !== null && `${client} · `}${reachOf(token)} · ${used} · ${end}</span></span>
${status === "active" && html`<a href="/me/tokens/${id}">Manage <span class="hidden">${name}</span></a>`}</li>`;
}

function reachOf({ organizationName, permissions, ownersRights }: OwnToken): string {
  if (ownersRights === "has") {
    return "everything on this service";
  }
  const where = organizationName === null ? "all of your organizations" : `only ${organizationName}`;
  const limit =
    permissions === null ? "" : `, ${permissions.length} ${permissions.length === 1 ? "permission" : "permissions"}`;
  return `${where}${limit}`;
}

function tokenPage(visitor: LoggedIn, token: OwnToken): PageContent {
  const { id, name, client, prefix, permissions, createdAt, lastUsedAt, expiresAt, status, ownersRights } = token;
  return {
    title: name,
    main: html`<div class="card">
<h1>${name}</h1>
<dl>
<div><dt>Begins with</dt><dd><code>${prefix}</code></dd></div>
${client !== null && html`<div><dt>Made by</dt><dd>${client}</dd></div>`}
<div><dt>Acts in</dt><dd>${reachOf(token)}</dd></div>
${permissions !== null && html`<div><dt>Permissions</dt><dd>${permissions.join(", ")}</dd></div>`}
<div><dt>Made</dt><dd>${dateText(createdAt)}</dd></div>
<div><dt>Last used</dt><dd>${lastUsedAt === null ? "Never" : dateText(lastUsedAt)}</dd></div>
<div><dt>Ends</dt><dd>${status === "active" ? dateText(expiresAt) : `It is ${status}.`}</dd></div>
</dl>
${
  ownersRights === "awaits" &&
  html`<p>You got the system role super_admin after you made this token, so the token doesn't act with it. Confirm the token if it should.</p>
${form(visitor, `/me/tokens/${id}/confirm`, html`<button class="secondary">Let it act with my system role</button>`)}`
}
${
  status === "active" &&
  form(
    visitor,
    `/me/tokens/${id}/end`,
    html`<div class="actions"><button>End the token</button><a href="/me/tokens">Back</a></div>`,
  )
}
</div>`,
  };
}

function newPage(
  visitor: LoggedIn,
  powers: Powers,
  { entries, days, faults = {} }: { entries?: TokenEntries; days: string; faults?: Faults },
): PageContent {
  // A person may make several tokens with one loading of the page each.
  const formId = randomBytes(16).toString("base64url");
  const empty: TokenEntries = { name: "", organization: null, permissions: null, isLimited: false };
  const fields = html`<input type="hidden" name="${formIdField}" value="${formId}">
${tokenFields(faults, powers, entries ?? empty)}
${select({ name: "days", label: "How long it lasts", value: days, choices: lives })}
<div class="actions"><button>Make the token</button><a href="/me/tokens">Back</a></div>`;
  return {
    title: "Make an access token",
    isFaulty: Object.keys(faults).length > 0,
    main: card(html`${faultSummary(faults)}<h1>Make an access token</h1>
<p>It could do, in your name:</p>
${powersText(powers)}
${form(visitor, "/me/tokens", fields)}`),
  };
}

function madePage(name: string, plaintext: string): PageContent {
  return {
    title: "Your access token",
    main: card(html`<h1>Your access token</h1>
<p>This is <strong>${name}</strong>. Copy it now: it is shown only once.</p>
<p><code class="secret">${plaintext}</code></p>
<p>Give it to a stack with <code>pulumi config set --secret roster:token</code>, or in the environment variable <code>ROSTER_TOKEN</code>.
Whoever has it can act in your name.</p>
<div class="actions"><a class="button" href="/me/tokens">Done</a></div>`),
  };
}
