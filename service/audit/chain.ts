/** The audit's hash chains: how an entry is linked to the one before it, and what makes a head the service's own. */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { Selectable } from "kysely";
import type { Schemas } from "roster-schema";
import { deriveKey } from "../keys/encryption.ts";
import type { Pepper, Peppers } from "../keys/peppers.ts";
import type { Database, Tables } from "../rows/tables.ts";

/** An entry as the database has it. */
export type EntryRow = Selectable<Tables["audit_entries"]>;

/** A head as the database has it. */
export type HeadRow = Selectable<Tables["audit_chains"]>;

/** How far a chain goes, and since when. */
export type Head = Pick<HeadRow, "chain" | "sequence" | "hash" | "begun_at">;

/** What makes a head the service's own. */
export type HeadSeal = Pick<HeadRow, "pepper_version" | "mac">;

/** What is wrong with a head. */
export type HeadFault = Extract<Schemas["AuditFault"], `head_${string}` | "pepper_missing">;

/** The name of an organization's chain, or of the one for what belongs to none. */
export function chainOf(organizationId: string | null): string {
  return organizationId ?? "service";
}

/** An entry as the contract shows it. */
export function toAuditEntry(row: EntryRow): Schemas["AuditEntry"] {
  return {
    id: row.id,
    organization: row.organization_id,
    at: row.at.toISOString(),
    actor: { kind: row.actor_kind, id: row.actor_id },
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
 * It is over what the contract shows of the entry, and that is every column, so that any reader can compute it again.
 *
 * @param previous the hash of the entry before it; null for the first.
 */
export function entryHash(previous: string | null, row: EntryRow, sequence: number): string {
  const { hash: _, ...entry } = { ...toAuditEntry(row), sequence };
  return createHash("sha256")
    .update(canonicalJson([previous, entry]))
    .digest("hex");
}

/**
 * The one form of a JSON value: members in the order of their names, and nothing between.
 *
 * @see https://www.rfc-editor.org/rfc/rfc8785
 */
export function canonicalJson(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  // The default order is that of UTF-16 code units, which is the one that the RFC asks for.
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`).join(",")}}`;
}

/** Makes a head the service's own, so that nobody who has only the database can make another. */
export function sealHead(pepper: Pepper, { chain, sequence, hash, begun_at }: Head): HeadSeal {
  const key = deriveKey(pepper, pepper.secret.toString("base64url"), "audit chain");
  const content = canonicalJson([chain, sequence, hash, begun_at.toISOString()]);
  return { pepper_version: pepper.version, mac: createHmac("sha256", key).update(content).digest("base64url") };
}

/** What is wrong with a chain's head, if anything. */
export function faultOfHead(peppers: Peppers, head: HeadRow | undefined): HeadFault | undefined {
  if (head === undefined) return "head_missing";
  const pepper = peppers.find(head.pepper_version);
  if (pepper === undefined) return "pepper_missing";
  return isOurs(pepper, head) ? undefined : "head_altered";
}

function isOurs(pepper: Pepper, head: HeadRow): boolean {
  // A time without an end, which no service wrote, can't be sealed.
  if (!Number.isFinite(Number(head.begun_at))) return false;
  const [stored, made] = [Buffer.from(head.mac), Buffer.from(sealHead(pepper, head).mac)];
  return stored.length === made.length && timingSafeEqual(stored, made);
}

/** The head of a chain, if it has one. */
export async function readHead(db: Database, chain: string): Promise<HeadRow | undefined> {
  return await db.selectFrom("audit_chains").selectAll().where("chain", "=", chain).executeTakeFirst();
}
