/** Detects changes to the audit that the service didn't make. */
import type { Schemas } from "roster-schema";
import type { Peppers } from "../keys/peppers.ts";
import type { Database } from "../rows/tables.ts";
import { chainOf, type EntryRow, entryHash, faultOfHead, type HeadRow, readHead } from "./chain.ts";
import { ofOrganization, organizationsOfEntries } from "./scopes.ts";

type Fault = Schemas["AuditFault"];

/** The result of verifying a chain, in the contract's form. */
export type AuditVerification = Schemas["AuditVerification"];

const entriesPerPage = 500;
const maxFaults = 100;

/** Counts all faults, and keeps the first ones. */
class Faults {
  readonly first: { sequence: number | null; entry: string | null; fault: Fault }[] = [];
  count = 0;

  add(fault: Fault, sequence: number | null, entry: string | null): void {
    this.count += 1;
    if (this.first.length < maxFaults) {
      this.first.push({ sequence, entry, fault });
    }
  }

  /** Adds the fault of the head, first in the list so that other faults can't hide it. */
  addHead(fault: Fault, sequence: number | null): void {
    this.count += 1;
    this.first.unshift({ sequence, entry: null, fault });
    this.first.splice(maxFaults);
  }

  /** Adds a fault for each place of a gap, which may be long. */
  addMissing(from: number, through: number): void {
    for (let place = from; place <= through && this.first.length < maxFaults; place++) {
      this.first.push({ sequence: place, entry: null, fault: "missing" });
    }
    this.count += Math.max(0, through - from + 1);
  }
}

/** A walk along a chain. */
class Walk {
  readonly faults: Faults;
  sealed = 0;
  predating = 0;
  /** The last entry of the previous page. */
  last: EntryRow | undefined;
  /** The place that the next entry must have. */
  next = 1;
  /** The hash of the previous entry; undefined after a gap. */
  #previous: string | null | undefined = null;

  constructor(faults: Faults) {
    this.faults = faults;
  }

  visit(row: EntryRow, begunAt: Date | undefined): void {
    const { sequence, id } = row;
    if (sequence === null) {
      return;
    }
    this.last = row;
    this.sealed += 1;
    if (begunAt !== undefined && row.at < begunAt) {
      this.predating += 1;
    }
    if (sequence < this.next) {
      this.faults.add("surplus", sequence, id);
      return;
    }
    if (sequence > this.next) {
      this.faults.addMissing(this.next, sequence - 1);
      this.#previous = undefined;
    }
    if (this.#previous !== undefined && hashOf(this.#previous, row, sequence) !== row.hash) {
      this.faults.add("altered", sequence, id);
    }
    this.#previous = row.hash ?? undefined;
    this.next = sequence + 1;
  }
}

/** @returns undefined for a row that the service can't have written, such as one with an infinite date. */
function hashOf(previous: string | null, row: EntryRow, sequence: number): string | undefined {
  try {
    return entryHash(previous, row, sequence);
  } catch {
    return undefined;
  }
}

/**
 * Verifies the chain of an organization, or the chain of entries that belong to none, page by page. A running service can
 * continue to seal entries meanwhile.
 */
export async function verifyChain(
  db: Database,
  peppers: Peppers,
  organizationId: string | null,
): Promise<AuditVerification> {
  const chain = chainOf(organizationId);
  const faults = new Faults();
  const walk = new Walk(faults);
  let head: HeadRow | undefined;
  // Repeat until no new entries are found: then every entry up to the head that was read before is verified.
  do {
    head = await readHead(db, chain);
  } while ((await walkOn(db, chain, walk, head?.begun_at)) > 0);
  const headFault = faultOfHead(peppers, head);
  if (headFault !== undefined) {
    faults.addHead(headFault, head?.sequence ?? null);
  }
  if (head !== undefined) {
    await compareWithHead(db, head, walk);
  }
  await findStrays(db, organizationId, faults);
  const unsealed = await countUnsealed(db, organizationId);
  return {
    organization: organizationId,
    intact: faults.count === 0,
    entries: walk.sealed + unsealed,
    sealed: walk.sealed,
    unsealed,
    // Don't report values of a head that is not authentic.
    since: headFault === undefined ? (head?.begun_at.toISOString() ?? null) : null,
    predating: walk.predating,
    head: headFault === undefined ? toHead(head) : null,
    faultCount: faults.count,
    faults: faults.first,
  };
}

function toHead(head: HeadRow | undefined): AuditVerification["head"] {
  return head === undefined || head.hash === null ? null : { sequence: head.sequence, hash: head.hash };
}

/** Lists the chains to verify, including those of which only the head or only the entries are left. */
export async function* organizationsToVerify(db: Database): AsyncGenerator<string | null> {
  yield null;
  const ofEntries = organizationsOfEntries(db, (entries) => entries);
  const ofHeads = chainsWithHead(db);
  let [entry, head] = [await nextOrganization(ofEntries), await nextOrganization(ofHeads)];
  while (entry !== undefined || head !== undefined) {
    const next = head === undefined || (entry !== undefined && entry < head) ? entry : head;
    if (next === undefined) {
      return;
    }
    yield next;
    if (entry === next) {
      entry = await nextOrganization(ofEntries);
    }
    if (head === next) {
      head = await nextOrganization(ofHeads);
    }
  }
}

async function nextOrganization(some: AsyncGenerator<string | null>): Promise<string | undefined> {
  for (;;) {
    const { value, done } = await some.next();
    if (done === true) {
      return undefined;
    }
    if (value !== null) {
      return value;
    }
  }
}

async function* chainsWithHead(db: Database): AsyncGenerator<string> {
  for (let after = ""; ; ) {
    const row = await db
      .selectFrom("audit_chains")
      .select("chain")
      .where("chain", ">", after)
      .where("chain", "<>", chainOf(null))
      .orderBy("chain")
      .limit(1)
      .executeTakeFirst();
    if (row === undefined) {
      return;
    }
    yield row.chain;
    after = row.chain;
  }
}

/** @returns the number of entries. */
async function walkOn(db: Database, chain: string, walk: Walk, begunAt: Date | undefined): Promise<number> {
  for (let seen = 0; ; ) {
    const { last } = walk;
    let page = db
      .selectFrom("audit_entries")
      .selectAll()
      .where("chain", "=", chain)
      .where("sequence", "is not", null)
      .orderBy("sequence")
      .orderBy("id")
      .limit(entriesPerPage);
    if (last !== undefined) {
      // Compare both, because an attacker who inserts a duplicate can also drop the unique index.
      page = page
        .where("sequence", ">=", last.sequence)
        .where((where) => where.or([where("sequence", ">", last.sequence), where("id", ">", last.id)]));
    }
    const rows = await page.execute();
    for (const row of rows) {
      walk.visit(row, begunAt);
    }
    seen += rows.length;
    if (rows.length < entriesPerPage) {
      return seen;
    }
  }
}

async function compareWithHead(db: Database, head: HeadRow, { faults, next }: Walk): Promise<void> {
  const places = db.selectFrom("audit_entries").select(["id", "sequence", "hash"]).where("chain", "=", head.chain);
  if (next <= head.sequence) {
    faults.addMissing(next, head.sequence);
    return;
  }
  // Only up to the end of the walk: entries that were sealed since then are beyond this head, but valid.
  const seen = places.where("sequence", ">", head.sequence).where("sequence", "<", next);
  const beyond = await seen.orderBy("sequence").limit(maxFaults).execute();
  for (const { id, sequence } of beyond) {
    faults.add("surplus", sequence, id);
  }
  const last = await places.where("sequence", "=", head.sequence).executeTakeFirst();
  if (last !== undefined && last.hash !== head.hash) {
    faults.add("rewritten", head.sequence, last.id);
  }
}

/** Finds entries that are marked as sealed but are not part of their organization's chain. */
async function findStrays(db: Database, organizationId: string | null, faults: Faults): Promise<void> {
  const strays = await ofOrganization(db.selectFrom("audit_entries").select(["id", "sequence"]), organizationId)
    .where("chain", "is not", null)
    .where((where) => where.or([where("chain", "<>", chainOf(organizationId)), where("sequence", "is", null)]))
    .orderBy("id")
    .limit(maxFaults)
    .execute();
  for (const { id, sequence } of strays) {
    faults.add("surplus", sequence, id);
  }
}

async function countUnsealed(db: Database, organizationId: string | null): Promise<number> {
  const all = db.selectFrom("audit_entries").select(({ fn }) => fn.countAll<string | number>().as("count"));
  const { count } = await all
    .where("chain", "is", null)
    .where("organization_id", organizationId === null ? "is" : "=", organizationId)
    .executeTakeFirstOrThrow();
  return Number(count);
}
