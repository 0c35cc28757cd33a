/** The page of a person's account, and leaving an organization. */
import type { FastifyInstance } from "fastify";
import type { Schemas } from "roster-schema";
import { asMember, rightsOfUser } from "../auth/access-tokens.ts";
import type { Context, PersonContext } from "../auth/operation.ts";
import { isIn } from "../auth/rights.ts";
import { load } from "../managed/resource.ts";
import { leave } from "../objects/memberships/own-membership.ts";
import { memberships } from "../objects/memberships/resource.ts";
import { organizations } from "../objects/organizations/resource.ts";
import { roles } from "../objects/roles/resource.ts";
import { Refusal } from "../problems.ts";
import { html, type Markup } from "./html.ts";
import { card, type DoneMessages, doneNotice, form, notice, type PageContent, page } from "./layout.ts";
import { powersOf } from "./link-preview.ts";
import { keysSection } from "./own-keys.ts";
import { carryOutForm } from "./repeated-forms.ts";
import { type LoggedIn, leadTo, nowAt, type Site, sendPage } from "./site.ts";
import { loggedIn } from "./visitor.ts";

/** A membership for the page of its member. */
interface OwnMembership {
  readonly id: string;
  readonly organizationName: string;
  /** The organization, if the member may change its settings. */
  readonly administers: string | null;
  readonly roleName: string;
  readonly status: Schemas["MembershipStatus"];
}

type DatabaseAt = Pick<Context, "db" | "now">;

const doneMessages: DoneMessages = new Map([
  ["left", "You have left the organization."],
  ["names", "Your name is saved."],
  ["given_up", "You have given up the key."],
  ["accepted", "You have accepted the invitation."],
  ["address", "Your new address is confirmed."],
]);

const statusWords: Partial<Record<Schemas["MembershipStatus"], string>> = {
  active: "Member",
  pending: "Invited. Follow the link in the email to accept.",
  expired: "The invitation has expired. Ask for a new one.",
};

/** Adds the pages of a person's account. */
export function addAccount(app: FastifyInstance, site: Site): void {
  app.get("/me", async (request, reply) => {
    const visitor = loggedIn(request, reply);
    if (visitor === undefined) {
      return reply;
    }
    const done = doneNotice(request.query, doneMessages);
    return sendPage(reply, 200, page(site, visitor, await accountPage(site, visitor, done)));
  });

  app.get<{ Params: { membershipId: string } }>("/me/memberships/:membershipId/leave", async (request, reply) => {
    const visitor = loggedIn(request, reply);
    if (visitor === undefined) {
      return reply;
    }
    const membership = await findOwn(nowAt(site), visitor, request.params.membershipId);
    return sendPage(reply, 200, page(site, visitor, leavePage(visitor, membership)));
  });

  app.post<{ Params: { membershipId: string } }>("/me/memberships/:membershipId/leave", async (request, reply) => {
    const visitor = loggedIn(request, reply);
    if (visitor === undefined) {
      return reply;
    }
    const membership = await findOwn(nowAt(site), visitor, request.params.membershipId);
    try {
      const carryingOut = { userId: visitor.user.id, leadsTo: "/me?done=left" };
      const end = async (context: PersonContext) => {
        // Check again, so that only one of two concurrent requests leaves.
        await findOwn(context, visitor, membership.id);
        await leave(context, membership.id);
      };
      return leadTo(reply, await carryOutForm(site, request, carryingOut, end));
    } catch (error) {
      if (!(error instanceof Refusal) || error.code !== "last_administrator") {
        throw error;
      }
      const content = notice(
        "You can't leave yet",
        `You are the last administrator of ${membership.organizationName}. Make somebody else an administrator first, then leave.`,
        html`<a href="/me">Back to your account</a>`,
      );
      return sendPage(reply, 409, page(site, visitor, content));
    }
  });
}

async function listOwn(context: DatabaseAt, userId: string): Promise<OwnMembership[]> {
  const rows = await context.db
    .selectFrom("memberships")
    .select("id")
    .where("user_id", "=", userId)
    .where("member_live", "is not", null)
    .orderBy("id")
    .execute();
  const found =
    rows.length === 0
      ? []
      : await memberships.loadAll(
          context,
          rows.map(({ id }) => id),
        );
  const administered = (await rightsOfUser(context, userId, asMember, context.now))?.where("organization:update") ?? [];
  return await Promise.all(
    found.map(async ({ id, organization, role, status }) => ({
      id,
      administers: status === "active" && isIn(organization, administered) ? organization : null,
      organizationName: (await load(context, organizations, organization))?.name ?? "",
      roleName: (await load(context, roles, role))?.name ?? role,
      status,
    })),
  );
}

async function findOwn(context: DatabaseAt, { user }: LoggedIn, id: string): Promise<OwnMembership> {
  const membership = (await listOwn(context, user.id)).find((each) => each.id === id && each.status === "active");
  if (membership === undefined) {
    throw new Refusal("not_found", "You are not a member of this organization.");
  }
  return membership;
}

async function accountPage(site: Site, visitor: LoggedIn, done: Markup | false): Promise<PageContent> {
  const { user } = visitor;
  const name = [user.givenName, user.familyName].filter((part) => part !== null).join(" ");
  const context = nowAt(site);
  const own = await listOwn(context, user.id);
  const home = user.homeOrganization === null ? undefined : await load(context, organizations, user.homeOrganization);
  return {
    title: "Your account",
    main: html`${done}
<div class="card">
<h1>Your account</h1>
<dl>
<div><dt>Name</dt><dd>${name === "" ? "Not given" : name} <a href="/me/profile">Change <span class="hidden">your name</span></a></dd></div>
<div><dt>E-mail address</dt><dd>${user.email}</dd></div>
<div><dt>Managed by</dt><dd>${home?.status === "open" ? html`<strong>${home.name}</strong>. ${powersOf(home)}` : "No organization. This account is your own."}</dd></div>
${user.pendingEmail !== null && html`<div><dt>New address</dt><dd>${user.pendingEmail}, once you confirm it</dd></div>`}
</dl>
</div>
<section class="card" aria-labelledby="organizations">
<h2 id="organizations">Organizations</h2>
${own.length === 0 ? html`<p class="quiet">You don't belong to any organization. An administrator can add you by your address.</p>` : html`<ul class="list">${own.map(listed)}</ul>`}
</section>
${await keysSection(context, visitor)}
<section class="card" aria-labelledby="security">
<h2 id="security">Password, sessions and access tokens</h2>
<p>To choose a new password, you get a link by email. Commands and stacks manage organizations in your name with access tokens.</p>
<div class="actions"><a class="button secondary" href="/forgot-password">Choose a new password</a>
<a href="/me/sessions">Sessions</a><a href="/me/tokens">Access tokens</a></div>
</section>`,
  };
}

function listed({ id, organizationName, administers, roleName, status }: OwnMembership): Markup {
  return html`<li><span class="what"><strong>${organizationName}</strong>
<span class="quiet">${roleName} · ${statusWords[status] ?? status}</span></span>
${administers !== null && html`<a href="/me/organizations/${administers}">Settings <span class="hidden">of ${organizationName}</span></a>`}
${status === "active" && html`<a href="/me/memberships/${id}/leave">Leave <span class="hidden">${organizationName}</span></a>`}</li>`;
}

function leavePage(visitor: LoggedIn, { id, organizationName }: OwnMembership): PageContent {
  return {
    title: `Leave ${organizationName}`,
    main: card(html`<h1>Leave ${organizationName}?</h1>
<p>You lose access at once. API keys that you own there are revoked, and you can no longer use the keys assigned to you there.
You keep your account and everything that you have in other organizations.</p>
<p>Only an administrator can add you again.</p>
${form(
  visitor,
  `/me/memberships/${id}/leave`,
  html`<div class="actions"><button>Leave ${organizationName}</button><a href="/me">Stay</a></div>`,
)}`),
  };
}
