/** Logos: reading them from requests, and storing their content. */
import { inspectLogo, type Schemas } from "roster-schema";
import { notFound } from "../../managed/resource.ts";
import { unprocessable } from "../../problems.ts";
import { profileIdOf } from "../../rows/identifiers.ts";
import type { Database } from "../../rows/tables.ts";

type Logo = Schemas["Logo"];

/** The logo of an update: the existing one, or the content of a new one. */
export type WantedLogo = Partial<Logo & Schemas["LogoChange"]> | null;

/** A logo, with its content if the request contains it. */
export interface GivenLogo {
  readonly logo: Logo;
  readonly content?: Buffer;
}

/**
 * Reads the logo of a request.
 *
 * @throws Refusal `unprocessable` if the content is not a valid logo.
 */
export async function givenLogo(db: Database, organizationId: string, wanted: WantedLogo): Promise<GivenLogo | null> {
  if (wanted === null) {
    return null;
  }
  if (wanted.content !== undefined) {
    return readLogo(wanted.content);
  }
  // Without content, it is a stored logo: the current one, or the one from before an adoption.
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
  if (typeof logo === "string") {
    throw unprocessable("/logo/content", `The content is not a valid logo: ${logo}.`);
  }
  return { logo, content };
}

/**
 * Finds the logo of an open organization.
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
  if (logo === undefined) {
    throw notFound("logo of", organizationId);
  }
  return logo;
}

/** Stores the content of a new logo, and deletes stored logos that no release of an adoption can restore. */
export async function keepLogo(db: Database, organizationId: string, given: GivenLogo | null): Promise<void> {
  const adopted = [organizationId, profileIdOf(organizationId)];
  const before = await db.selectFrom("adoptions").select("before").where("object_id", "in", adopted).execute();
  const needed = [given?.logo, ...before.map((adoption) => adoption.before.logo as Logo | null)];
  const hashes = needed.flatMap((logo) => logo?.sha256 ?? []);
  let unneeded = db.deleteFrom("logos").where("organization_id", "=", organizationId);
  if (hashes.length > 0) {
    unneeded = unneeded.where("sha256", "not in", hashes);
  }
  await unneeded.execute();
  if (given?.content === undefined) {
    return;
  }
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
