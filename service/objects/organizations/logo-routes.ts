import type { FastifyReply, FastifyRequest } from "fastify";
import type { Routes } from "../../http/route.ts";
import type { Runtime } from "../../http/runtime.ts";
import { notFound } from "../../managed/resource.ts";

/** The route by which pages show an organization's logo. */
export const logoRoutes: Routes<"getLogo"> = { getLogo: { handle: sendLogo } };

async function sendLogo({ db }: Runtime, _operation: "getLogo", request: FastifyRequest, reply: FastifyReply) {
  const { organizationId } = request.params as { readonly organizationId: string };
  const logo = await db
    .selectFrom("organizations")
    .innerJoin("logos", (join) =>
      join.onRef("logos.organization_id", "=", "organizations.id").onRef("logos.sha256", "=", "logo_sha256"),
    )
    .select(["logos.sha256", "logos.media_type", "logos.content"])
    .where("organizations.id", "=", organizationId)
    .where("organizations.status", "=", "open")
    .executeTakeFirst();
  if (logo === undefined) throw notFound("logo of", organizationId);
  const etag = `"${logo.sha256}"`;
  reply.headers({
    etag,
    "cache-control": "public, no-cache",
    // What people upload is shown as an image and as nothing else, whatever else it may look like.
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; sandbox",
    "content-disposition": "inline",
    "cross-origin-resource-policy": "cross-origin",
  });
  if (isKnown(request.headers["if-none-match"], etag)) return reply.code(304).send();
  return reply.type(logo.media_type).send(Buffer.from(logo.content));
}

/** Whether the caller has this version, by the weak comparison of If-None-Match (RFC 9110, 13.1.2). */
function isKnown(ifNoneMatch: string | undefined, etag: string): boolean {
  const versions = (ifNoneMatch ?? "").split(",").map((version) => version.trim().replace(/^W\//, ""));
  return versions.includes("*") || versions.includes(etag);
}
