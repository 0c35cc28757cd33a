/** The public page of an organization that has a logo: the logo links to the website, if there is one. */
import type { FastifyInstance, FastifyRequest } from "fastify";
import { Refusal } from "../problems.ts";
import { html } from "./html.ts";
import { card, page } from "./layout.ts";
import { type Site, sendPage } from "./site.ts";
import { visitorOf } from "./visitor.ts";

/** Adds the public pages of organizations. */
export function addOrganizationPage(app: FastifyInstance, site: Site): void {
  app.get("/o/:slug", async (request: FastifyRequest<{ Params: { slug: string } }>, reply) => {
    const row = await site.runtime.db
      .selectFrom("organizations")
      .select(["id", "name", "website_url", "logo_sha256"])
      .where("slug_live", "=", request.params.slug)
      .executeTakeFirst();
    // The logo is public, and so is the name that comes with it; nothing else shows which organizations exist.
    if (row === undefined || row.logo_sha256 === null) {
      throw new Refusal("not_found", "There is no organization with a logo at this address.");
    }
    const { id, name, website_url: website } = row;
    const logo = html`<img class="logo" src="/logos/${id}" alt="${website === null ? name : `${name}: go to the website`}">`;
    const main = card(html`<h1>${name}</h1>
<p>${website === null ? logo : html`<a href="${website}" rel="noopener">${logo}</a>`}</p>`);
    return sendPage(reply, 200, page(site, visitorOf(request), { title: name, main }));
  });
}
