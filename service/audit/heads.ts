/** Where chains begin, and how their heads move to the newest pepper. */
import { sql } from "kysely";
import type { Peppers } from "../keys/peppers.ts";
import { inTransaction } from "../rows/database.ts";
import type { Database } from "../rows/tables.ts";
import { chainOf, faultOfHead, type HeadRow, sealHead } from "./chain.ts";

const headsPerStatement = 500;

/**
 * Begins the chain of a new organization, in the transaction that makes it.
 *
 * Nothing else ever begins a chain: if whoever sealed entries also made heads that are missing, then removing a head
 * would be enough to have an altered history sealed as a new one.
 */
export async function beginChain(db: Database, peppers: Peppers, organizationId: string, now: Date): Promise<void> {
  await beginChains(db, peppers, [organizationId], now);
}

/**
 * Makes the chains ready for a service that starts: begins them in a database that has none at all, a new one or one
 * from before there were chains, and moves each head that an older pepper made to the newest.
 *
 * @throws Error that names the peppers that are missing and what to set.
 */
export async function prepareChains(db: Database, peppers: Peppers, now: Date): Promise<void> {
  await refuseMissingPeppers(db, peppers);
  if (!(await haveBegun(db))) {
    await inTransaction(db, async (transaction) => {
      if (await haveBegun(transaction)) return;
      await beginChains(transaction, peppers, [null], now);
      for await (const organizations of organizationsIn(transaction)) {
        await beginChains(transaction, peppers, organizations, now);
      }
    });
  }
  await moveHeads(db, peppers);
}

/** Moves heads that an older pepper made to the newest, so that the older one can go; altered ones stay as they are. */
export async function moveHeads(db: Database, peppers: Peppers): Promise<void> {
  const older = peppers.all.map(({ version }) => version).filter((version) => version !== peppers.newest.version);
  if (older.length === 0) return;
  for (let after = ""; ; ) {
    const heads = await db
      .selectFrom("audit_chains")
      .selectAll()
      .where("pepper_version", "in", older)
      .where("chain", ">", after)
      .orderBy("chain")
      .limit(headsPerStatement)
      .execute();
    const ours = heads.filter((head) => faultOfHead(peppers, head) === undefined);
    if (ours.length > 0) await moveTo(db, peppers, ours);
    if (heads.length < headsPerStatement) return;
    after = heads.at(-1)?.chain ?? after;
  }
}

/** One statement, which leaves alone what was sealed, or moved, since it was read. */
async function moveTo(db: Database, peppers: Peppers, heads: readonly HeadRow[]): Promise<void> {
  const rows = heads.map((head) => {
    return sql`(${head.chain}, ${head.mac}, ${sealHead(peppers.newest, head).mac})`;
  });
  await sql`
    update audit_chains set mac = moved.mac, pepper_version = ${peppers.newest.version}
    from (values ${sql.join(rows)}) as moved (chain, mac_before, mac)
    where audit_chains.chain = moved.chain and audit_chains.mac = moved.mac_before`.execute(db);
}

/**
 * Makes sure that the pepper of every head is listed.
 *
 * @throws Error that names the missing ones and what to set.
 */
export async function refuseMissingPeppers(db: Database, peppers: Peppers): Promise<void> {
  const used = await db.selectFrom("audit_chains").select("pepper_version").distinct().execute();
  const missing = used.map(({ pepper_version }) => pepper_version).filter((version) => !peppers.find(version));
  if (missing.length === 0) return;
  throw new Error(
    `ROSTER_KEY_PEPPERS: the audit's seal depends on the pepper ${missing.join(", ")}, which is not listed. Add it to the ` +
      "list (before the newest): a service that has started with both moves the seal to the newest, and then it can go.",
  );
}

async function haveBegun(db: Database): Promise<boolean> {
  return (await db.selectFrom("audit_chains").select("chain").limit(1).executeTakeFirst()) !== undefined;
}

async function* organizationsIn(db: Database): AsyncGenerator<string[]> {
  for (let after = ""; ; ) {
    const rows = await db
      .selectFrom("organizations")
      .select("id")
      .where("id", ">", after)
      .orderBy("id")
      .limit(headsPerStatement)
      .execute();
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows.map(({ id }) => id);
    after = last.id;
  }
}

async function beginChains(
  db: Database,
  peppers: Peppers,
  organizationIds: readonly (string | null)[],
  now: Date,
): Promise<void> {
  const heads = organizationIds.map((id) => {
    const head = { chain: chainOf(id), sequence: 0, hash: null, begun_at: now };
    return { ...head, ...sealHead(peppers.newest, head) };
  });
  await db.insertInto("audit_chains").values(heads).execute();
}
