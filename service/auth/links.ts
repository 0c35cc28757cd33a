/**
 * Mailed links: each works once, until it expires or a newer link replaces it. The database stores only the hashes of
 * their tokens.
 */
import { createHash, randomBytes } from "node:crypto";
import type { Selectable } from "kysely";
import { newId } from "../rows/identifiers.ts";
import { executeShared, sharedQuery, sharedWrite } from "../rows/shared-statements.ts";
import type { LinkPurpose, Tables } from "../rows/tables.ts";
import type { CallerContext, Context } from "./operation.ts";
import type { Principal } from "./principal.ts";
import { requesterNow, requesterOf } from "./requesters.ts";

const hourMs = 60 * 60 * 1000;
const dayMs = 24 * hourMs;

/** How long a link works, by its purpose. */
const lifetimesMs = {
  /** Completes a user's account. */
  set_up: 7 * dayMs,
  /** Accepts a membership. */
  membership: 7 * dayMs,
  /** Accepts an API key that is assigned to somebody outside the organization. */
  assignment: 7 * dayMs,
  /** Confirms a user's new address. */
  email_change: dayMs,
  password_reset: hourMs,
  /** Confirms the address of somebody who signs up. */
  sign_up: dayMs,
} as const satisfies Readonly<Record<LinkPurpose, number>>;

/** The content of a link. */
export interface LinkRequest {
  readonly purpose: LinkPurpose;
  /** The user, membership or assignment, by its identifier; for `sign_up` the normalized address. */
  readonly subject: string;
  /** The address that the link is mailed to. */
  readonly email: string;
}

/** A link that works. */
export interface Link extends LinkRequest {
  readonly id: string;
  /** The requester of the link, for `requesterNow`. */
  readonly requester: string | null;
  readonly expiresAt: Date;
}

/** A new link with its token, which can't be read again. */
export interface IssuedLink {
  readonly id: string;
  /** 256 random bits, base64url. */
  readonly token: string;
  readonly expiresAt: Date;
}

/** Creates a link in the name of the caller, and ends the previous link with the same purpose and subject. */
export async function issueLink(context: CallerContext, { purpose, subject, email }: LinkRequest): Promise<IssuedLink> {
  const { db, now, principal } = context;
  await endLinks(context, { purpose, subject });
  const token = randomBytes(32).toString("base64url");
  const expiresAt = new Date(now.getTime() + lifetimesMs[purpose]);
  const id = newId("link");
  await db
    .insertInto("links")
    .values({
      id,
      token_hash: hashOf(token),
      purpose,
      subject,
      email,
      requested_by: requesterOf(principal),
      created_at: now,
      expires_at: expiresAt,
      ended_at: null,
    })
    .execute();
  return { id, token, expiresAt };
}

/** Finds a link by its token, if the link still works. */
export async function findLink(context: Pick<Context, "db" | "now">, token: string): Promise<Link | undefined> {
  return await findWorking(context, "token_hash", hashOf(token));
}

/** Finds the link of a mail, if the link still works. */
export async function findMailedLink(context: Pick<Context, "db" | "now">, id: string): Promise<Link | undefined> {
  return await findWorking(context, "id", id);
}

async function findWorking(
  { db, now }: Pick<Context, "db" | "now">,
  column: "id" | "token_hash",
  value: string,
): Promise<Link | undefined> {
  const row = await db
    .selectFrom("links")
    .selectAll()
    .where(column, "=", value)
    .where("ended_at", "is", null)
    .where("expires_at", ">", now)
    .executeTakeFirst();
  return row && toLink(row);
}

/** The requester of a subject's open link, with current permissions; undefined if the requester has lost access. */
export async function findRequester(
  { db, now }: Pick<Context, "db" | "now">,
  { purpose, subject }: Pick<LinkRequest, "purpose" | "subject">,
): Promise<Principal | undefined> {
  const row = await db
    .selectFrom("links")
    .select("requested_by")
    .where("purpose", "=", purpose)
    .where("subject", "=", subject)
    .where("ended_at", "is", null)
    .executeTakeFirst();
  return row && (await requesterNow(db, row.requested_by, now));
}

type TakingOver = Pick<Context, "db" | "now"> & { readonly requester: string | null };

const linksTakenOver = sharedQuery(
  "links that are taken over",
  async ({ db, now, requester }: TakingOver, subjects: readonly string[]) => {
    const links = await db
      .updateTable("links")
      .set({ requested_by: requester })
      .where("subject", "in", subjects)
      .where("ended_at", "is", null)
      .where("expires_at", ">", now)
      .returning("subject")
      .execute();
    const taken = new Set(links.map((link) => link.subject));
    return subjects.map((each) => taken.has(each));
  },
);

/**
 * Makes the caller the requester of a subject's links, because the caller changes what they grant.
 *
 * @returns whether the subject has a working link.
 */
export async function takeOverLinks({ db, now, principal }: CallerContext, subject: string): Promise<boolean> {
  return await executeShared(linksTakenOver, { db, now, requester: requesterOf(principal) }, subject);
}

/**
 * Uses a link, in the transaction of its effect.
 *
 * @returns the link, if it still worked: of two concurrent uses, one succeeds.
 */
export async function useLink({ db, now }: Pick<Context, "db" | "now">, { id }: Link): Promise<Link | undefined> {
  const used = await db
    .updateTable("links")
    .set({ ended_at: now })
    .where("id", "=", id)
    .where("ended_at", "is", null)
    .where("expires_at", ">", now)
    .returningAll()
    .executeTakeFirst();
  return used && toLink(used);
}

type EndingLinks = Pick<Context, "db" | "now"> & { readonly purpose: LinkPurpose | undefined };

const endedLinks = sharedWrite(
  "links that end",
  async ({ db, now, purpose }: EndingLinks, subjects: readonly string[]) => {
    let links = db
      .updateTable("links")
      .set({ ended_at: now })
      .where("subject", "in", subjects)
      .where("ended_at", "is", null);
    if (purpose !== undefined) {
      links = links.where("purpose", "=", purpose);
    }
    await links.execute();
  },
);

/** Ends the links of a subject: those with one purpose, or all. */
export async function endLinks(
  { db, now }: Pick<Context, "db" | "now">,
  { purpose, subject }: Pick<LinkRequest, "subject"> & Partial<Pick<LinkRequest, "purpose">>,
): Promise<void> {
  await executeShared(endedLinks, { db, now, purpose }, subject);
}

function toLink(row: Selectable<Tables["links"]>): Link {
  const { id, purpose, subject, email, requested_by: requester, expires_at: expiresAt } = row;
  return { id, purpose, subject, email, requester, expiresAt };
}

/** A token of 256 random bits needs neither a salt nor a slow hash. */
function hashOf(token: string): string {
  return createHash("sha256").update(token).digest("base64url");
}
