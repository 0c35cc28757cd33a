/** Starts chains, and reseals their heads with the newest pepper. */
import { sql } from "kysely";
import type { Peppers } from "../keys/peppers.ts";
import { inTransaction } from "../rows/database.ts";
import type { Database } from "../rows/tables.ts";
import { chainOf, faultOfHead, type HeadRow, sealHead } from "./chain.ts";

const headsPerStatement = 500;

/**
 * Starts the chain of a new organization, in the transaction that creates the organization.
 *
 * Nothing else starts a chain. If the sealer created missing heads, an attacker could remove a head to have an altered
 * history sealed as a new one.
 */
export async function beginChain(db: Database, peppers: Peppers, organizationId: string, now: Date): Promise<void> {
  await beginChains(db, peppers, [organizationId], now);
}

/**
 * Prepares the chains when a service starts: starts every chain if the database has none, and reseals heads that were
 * sealed with an older pepper.
 *
 * @throws Error that names the missing peppers and the setting.
 */
export async function prepareChains(db: Database, peppers: Peppers, now: Date): Promise<void> {
  await refuseMissingPeppers(db, peppers);
  if (!(await haveBegun(db))) {
    await inTransaction(db, async (transaction) => {
      if (await haveBegun(transaction)) {
        return;
      }
      await beginChains(transaction, peppers, [null], now);
      for await (const organizations of organizationsIn(transaction)) {
        await beginChains(transaction, peppers, organizations, now);
      }
    });
  }
  await moveHeads(db, peppers);
}

/** Reseals heads with the newest pepper, so that older peppers can be removed. Altered heads stay as they are. */
export async function moveHeads(db: Database, peppers: Peppers): Promise<void> {
  const older = peppers.all.map(({ version }) => version).filter((version) => version !== peppers.newest.version);
  if (older.length === 0) {
    return;
  }
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
    if (ours.length > 0) {
      await moveTo(db, peppers, ours);
    }
    if (heads.length < headsPerStatement) {
      return;
    }
    after = heads.at(-1)?.chain ?? after;
  }
}

/** Uses one statement, which skips heads that have changed since they were read. */
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
 * @throws Error that names the missing ones and the setting.
 */
export async function refuseMissingPeppers(db: Database, peppers: Peppers): Promise<void> {
  const used = await db.selectFrom("audit_chains").select("pepper_version").distinct().execute();
  const missing = used.map(({ pepper_version }) => pepper_version).filter((version) => !peppers.find(version));
  if (missing.length === 0) {
    return;
  }
  throw new Error(
    `ROSTER_KEY_PEPPERS: the audit is sealed with the pepper ${missing.join(", ")}, which is not listed. Add it to the list, ` +
      "before the newest pepper. Once the service has started with both, you can remove the older one.",
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
    if (last === undefined) {
      return;
    }
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
