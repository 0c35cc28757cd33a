/** The hash chains of the audit: how an entry is linked to the previous one, and how a head is authenticated. */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { Selectable } from "kysely";
import type { Schemas } from "roster-schema";
import { deriveKey } from "../keys/encryption.ts";
import type { Pepper, Peppers } from "../keys/peppers.ts";
import type { Database, Tables } from "../rows/tables.ts";

/** An entry as it is stored. */
export type EntryRow = Selectable<Tables["audit_entries"]>;

/** A head as it is stored. */
export type HeadRow = Selectable<Tables["audit_chains"]>;

/** The end of a chain, and when the chain began. */
export type Head = Pick<HeadRow, "chain" | "sequence" | "hash" | "begun_at">;

/** The seal that proves that the service wrote a head. */
export type HeadSeal = Pick<HeadRow, "pepper_version" | "mac">;

/** What is wrong with a head. */
export type HeadFault = Extract<Schemas["AuditFault"], `head_${string}` | "pepper_missing">;

/** The name of an organization's chain, or of the chain for entries that belong to no organization. */
export function chainOf(organizationId: string | null): string {
  return organizationId ?? "service";
}

/** Converts an entry to its form in the contract. */
export function toAuditEntry(row: EntryRow): Schemas["AuditEntry"] {
  return {
    id: row.id,
    organization: row.organization_id,
    at: row.at.toISOString(),
    // Without a token, the member is absent, so that the hashes of earlier entries stay the same.
    actor: {
      kind: row.actor_kind,
      id: row.actor_id,
      ...(row.actor_token !== null && { accessToken: row.actor_token }),
    },
    action: row.action,
    object: { kind: row.object_kind, id: row.object_id },
    before: row.before,
    after: row.after,
    requestId: row.request_id,
    sequence: row.sequence,
    hash: row.hash,
  };
}

/**
 * The hash of an entry at a place in its chain, in hexadecimal.
 *
 * The hash covers the entry's form in the contract, which has every column, so that any reader can recompute it.
 *
 * @param previous the hash of the previous entry; null for the first.
 */
export function entryHash(previous: string | null, row: EntryRow, sequence: number): string {
  const { hash: _, ...entry } = { ...toAuditEntry(row), sequence };
  return createHash("sha256")
    .update(canonicalJson([previous, entry]))
    .digest("hex");
}

/**
 * The canonical form of a JSON value: members sorted by name, without whitespace.
 *
 * @see https://www.rfc-editor.org/rfc/rfc8785
 */
export function canonicalJson(value: unknown): string {
  if (typeof value !== "object" || value === null) {
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) {
    return `[${value.map(canonicalJson).join(",")}]`;
  }
  // The default order is by UTF-16 code units, as the RFC requires.
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`).join(",")}}`;
}

/** Seals a head, so that somebody who has only the database can't forge one. */
export function sealHead(pepper: Pepper, { chain, sequence, hash, begun_at }: Head): HeadSeal {
  const key = deriveKey(pepper, pepper.secret.toString("base64url"), "audit chain");
  const content = canonicalJson([chain, sequence, hash, begun_at.toISOString()]);
  return { pepper_version: pepper.version, mac: createHmac("sha256", key).update(content).digest("base64url") };
}

/** What is wrong with a chain's head, if anything. */
export function faultOfHead(peppers: Peppers, head: HeadRow | undefined): HeadFault | undefined {
  if (head === undefined) {
    return "head_missing";
  }
  const pepper = peppers.find(head.pepper_version);
  if (pepper === undefined) {
    return "pepper_missing";
  }
  return isOurs(pepper, head) ? undefined : "head_altered";
}

function isOurs(pepper: Pepper, head: HeadRow): boolean {
  // An infinite time, which no service writes, can't be sealed.
  if (!Number.isFinite(Number(head.begun_at))) {
    return false;
  }
  const [stored, made] = [Buffer.from(head.mac), Buffer.from(sealHead(pepper, head).mac)];
  return stored.length === made.length && timingSafeEqual(stored, made);
}

/** The head of a chain, if it has one. */
export async function readHead(db: Database, chain: string): Promise<HeadRow | undefined> {
  return await db.selectFrom("audit_chains").selectAll().where("chain", "=", chain).executeTakeFirst();
}
