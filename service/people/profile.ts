/** The page on which people change their own names. */
import type { FastifyInstance } from "fastify";
import { changeNames } from "../objects/users/own-account.ts";
import type { Names } from "../objects/users/resource.ts";
import { nameFields, readNames } from "./forms.ts";
import { html } from "./html.ts";
import { card, type Faults, faultSummary, form, type PageContent, page } from "./layout.ts";
import { carryOutForm } from "./repeated-forms.ts";
import { type LoggedIn, leadTo, type Site, sendPage } from "./site.ts";
import { loggedIn } from "./visitor.ts";

/** Adds the page of a person's names. */
export function addProfile(app: FastifyInstance, site: Site): void {
  app.get("/me/profile", async (request, reply) => {
    const visitor = loggedIn(request, reply);
    if (visitor === undefined) {
      return reply;
    }
    return sendPage(reply, 200, page(site, visitor, profilePage(visitor, visitor.user)));
  });

  app.post("/me/profile", async (request, reply) => {
    const visitor = loggedIn(request, reply);
    if (visitor === undefined) {
      return reply;
    }
    const { names, faults } = readNames(request.body);
    if (Object.keys(faults).length > 0) {
      return sendPage(reply, 422, page(site, visitor, profilePage(visitor, names, faults)));
    }
    const carryingOut = { userId: visitor.user.id, leadsTo: "/me?done=names" };
    return leadTo(reply, await carryOutForm(site, request, carryingOut, (context) => changeNames(context, names)));
  });
}

function profilePage(visitor: LoggedIn, names: Names, faults: Faults = {}): PageContent {
  const fields = html`${nameFields(faults, names)}
<div class="actions"><button>Save</button><a href="/me">Back to your account</a></div>`;
  return {
    title: "Your name",
    isFaulty: Object.keys(faults).length > 0,
    main: card(html`${faultSummary(faults)}<h1>Your name</h1>
<p>The organizations that you belong to see this name.</p>
${form(visitor, "/me/profile", fields)}`),
  };
}
