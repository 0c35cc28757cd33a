/** Logos: which one a request means, and where their contents are kept. */
import { inspectLogo, type Schemas } from "roster-schema";
import { notFound } from "../../managed/resource.ts";
import { unprocessable } from "../../problems.ts";
import type { Database } from "../../rows/tables.ts";

type Logo = Schemas["Logo"];

/** What a change leaves in a logo's place: the one that is there, or the content of another. */
export type WantedLogo = Partial<Logo & Schemas["LogoChange"]> | null;

/** A logo, and its content where the request brought it. */
export interface GivenLogo {
  readonly logo: Logo;
  readonly content?: Buffer;
}

/**
 * The logo that a request means.
 *
 * @throws Refusal `unprocessable` where the content is no logo.
 */
export async function givenLogo(db: Database, organizationId: string, wanted: WantedLogo): Promise<GivenLogo | null> {
  if (wanted === null) return null;
  if (wanted.content !== undefined) return readLogo(wanted.content);
  // Without content it is one of those that are kept: the present one, or the one from before an adoption.
  const row = await db
    .selectFrom("logos")
    .select(["sha256", "media_type", "size_bytes"])
    .where("organization_id", "=", organizationId)
    .where("sha256", "=", wanted.sha256 ?? "")
    .executeTakeFirst();
  return row === undefined
    ? null
    : { logo: { sha256: row.sha256, mediaType: row.media_type, sizeBytes: row.size_bytes } };
}

function readLogo(base64: string): GivenLogo {
  const content = Buffer.from(base64, "base64");
  const logo = inspectLogo(content);
  if (typeof logo === "string") throw unprocessable("/logo/content", `This is no logo: ${logo}.`);
  return { logo, content };
}

/**
 * The logo that an open organization shows.
 *
 * @throws Refusal `not_found`
 */
export async function findLogo(db: Database, organizationId: string) {
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
  return logo;
}

/** Keeps the content of an organization's new logo, and of no other than what an adoption may bring back. */
export async function keepLogo(db: Database, organizationId: string, given: GivenLogo | null): Promise<void> {
  const before = await db.selectFrom("adoptions").select("before").where("object_id", "=", organizationId).execute();
  const needed = [given?.logo, ...before.map((adoption) => adoption.before.logo as Logo | null)];
  const hashes = needed.flatMap((logo) => logo?.sha256 ?? []);
  let unneeded = db.deleteFrom("logos").where("organization_id", "=", organizationId);
  if (hashes.length > 0) unneeded = unneeded.where("sha256", "not in", hashes);
  await unneeded.execute();
  if (given?.content === undefined) return;
  const { sha256, mediaType, sizeBytes } = given.logo;
  await db
    .insertInto("logos")
    .values({
      organization_id: organizationId,
      sha256,
      media_type: mediaType,
      size_bytes: sizeBytes,
      content: given.content,
    })
    .onConflict((conflict) => conflict.columns(["organization_id", "sha256"]).doNothing())
    .execute();
}
