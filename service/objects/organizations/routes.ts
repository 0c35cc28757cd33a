/** The operations on organizations. */
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Schemas } from "roster-schema";
import type { Call } from "../../auth/operation.ts";
import { type Page, selectPage } from "../../http/paging.ts";
import { createItem, endItem, type Routes, read, readItem, updateItem } from "../../http/route.ts";
import type { Runtime } from "../../http/runtime.ts";
import { requireSomewhere } from "../../managed/resource.ts";
import { findLogo } from "./logos.ts";
import { organizations, toOrganization } from "./resource.ts";
import { createRules, endRules, updateRules } from "./rules.ts";

type Organization = Schemas["Organization"];

/** The routes of organizations. */
export const organizationRoutes: Routes<
  | "listOrganizations"
  | "createOrganization"
  | "getOrganization"
  | "updateOrganization"
  | "closeOrganization"
  | "getLogo"
> = {
  listOrganizations: read(listOrganizations),
  createOrganization: createItem(organizations, createRules, updateRules),
  getOrganization: readItem(organizations),
  updateOrganization: updateItem(organizations, updateRules),
  closeOrganization: endItem(organizations, "close", endRules, updateRules),
  getLogo: { handle: sendLogo },
};

async function listOrganizations(call: Call<"listOrganizations">): Promise<Page<Organization>> {
  const scope = requireSomewhere(call, "organization:read");
  const { db, query } = call;
  let rows = db.selectFrom("organizations").selectAll();
  if (scope !== "everywhere") {
    rows = rows.where("id", "in", scope);
  }
  // The slug of a closed organization is free again.
  if (query.slug !== undefined) {
    rows = rows.where("slug_live", "=", query.slug);
  }
  if (query.externalId !== undefined) {
    rows = rows.where("external_id_live", "=", query.externalId);
  }
  return await selectPage(rows, "id", "organization", query, toOrganization);
}

async function sendLogo({ db }: Runtime, _operation: "getLogo", request: FastifyRequest, reply: FastifyReply) {
  const { organizationId } = request.params as { readonly organizationId: string };
  const logo = await findLogo(db, organizationId);
  const etag = `"${logo.sha256}"`;
  reply.headers({
    etag,
    "cache-control": "public, no-cache",
    // Browsers must treat uploaded content only as an image.
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; sandbox",
    "content-disposition": "inline",
    "cross-origin-resource-policy": "cross-origin",
  });
  if (isCurrent(request.headers["if-none-match"], etag)) {
    return reply.code(304).send();
  }
  return reply.type(logo.media_type).send(Buffer.from(logo.content));
}

/** Whether If-None-Match matches the current version, by weak comparison (RFC 9110, 13.1.2). */
function isCurrent(ifNoneMatch: string | undefined, etag: string): boolean {
  const versions = (ifNoneMatch ?? "").split(",").map((version) => version.trim().replace(/^W\//, ""));
  return versions.includes("*") || versions.includes(etag);
}
