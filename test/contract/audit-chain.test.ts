/** The audit's hash chains: how entries are sealed, and that nothing done to them without the service goes unnoticed. */
import { type RawBuilder, sql } from "kysely";
import type { Schemas } from "roster-schema";
import { beforeEach, expect, test, vi } from "vitest";
import { AuditSealer } from "../../service/audit/sealer.ts";
import { verifyChain } from "../../service/audit/verify.ts";
import { parsePeppers } from "../../service/keys/peppers.ts";
import { newId } from "../../service/rows/identifiers.ts";
import { addEntries, hashByContract, inChain } from "./support/audit.ts";
import { Client, unique } from "./support/client.ts";
import { contract } from "./support/contract.ts";
import { makeScenario, type Scenario } from "./support/scenario.ts";
import { keyMaterial, makePepper, onEachDatabase, ownerToken, type TestService } from "./support/service.ts";

type Entry = Schemas["AuditEntry"];

const absent = `aud_${"0".repeat(32)}`;

/** Whose entries are tampered with. */
class Audited {
  readonly scenario: Scenario;
  readonly service: TestService;

  constructor(service: TestService, scenario: Scenario) {
    this.service = service;
    this.scenario = scenario;
  }

  get id(): string {
    return this.scenario.organization.id;
  }

  /** What only who has the database can do. */
  async tamper(statement: RawBuilder<unknown>): Promise<void> {
    await statement.execute(this.service.database);
  }

  async entries(): Promise<readonly Entry[]> {
    const { owner, path } = this.scenario;
    return inChain((await owner.do("listAuditEntries", { path, query: { limit: 1000 } })).items);
  }

  async verify(): Promise<Schemas["AuditVerification"]> {
    return await this.scenario.owner.do("verifyAudit", { path: this.scenario.path });
  }

  /** Every fault as `place fault`, in that order. */
  async faults(): Promise<readonly string[]> {
    const { intact, faults, faultCount } = await this.verify();
    expect(faultCount).toBe(faults.length);
    expect(intact).toBe(faultCount === 0);
    return faults.map(({ sequence, fault }) => `${sequence} ${fault}`);
  }

  /** Hashes anew from a place on, as somebody would who has read the contract and lacks the key. */
  async rehash(from: number): Promise<string | null> {
    const entries = await this.entries();
    let previous = entries[from - 2]?.hash ?? null;
    for (const entry of entries.slice(from - 1)) {
      previous = hashByContract(previous, entry);
      await this.tamper(sql`update audit_entries set hash = ${previous} where id = ${entry.id}`);
    }
    return previous;
  }
}

/** An organization with five sealed entries. */
async function makeAudited(service: TestService): Promise<Audited> {
  const scenario = await makeScenario(service);
  for (let count = 0; count < 4; count++) {
    await scenario.role("organization:read", "flows:read");
  }
  await service.seal();
  return new Audited(service, scenario);
}

onEachDatabase("sealing", (service) => {
  test("gives entries their places and hashes, which any reader can compute again", async () => {
    const scenario = await makeScenario(service());
    const role = await scenario.role("organization:read");
    await scenario.owner.do("updateRole", { path: { roleId: role.id }, body: { permissions: ["flows:read"] } });
    const audited = new Audited(service(), scenario);
    expect((await audited.entries()).map(({ sequence, hash }) => ({ sequence, hash }))).toEqual(
      Array(3).fill({ sequence: null, hash: null }),
    );
    expect(await audited.verify()).toMatchObject({ intact: true, entries: 3, sealed: 0, unsealed: 3, head: null });
    await service().seal();
    const entries = await audited.entries();
    expect(entries.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
    let previous: string | null = null;
    for (const entry of entries) {
      expect(entry.hash).toBe(hashByContract(previous, entry));
      previous = entry.hash;
    }
    expect(await audited.verify()).toEqual({
      organization: audited.id,
      intact: true,
      entries: 3,
      sealed: 3,
      unsealed: 0,
      since: scenario.organization.createdAt,
      predating: 0,
      head: { sequence: 3, hash: previous },
      faultCount: 0,
      faults: [],
    });
  });

  test("leaves what is sealed as it is, and pages by object as before", async () => {
    const audited = await makeAudited(service());
    const before = await audited.entries();
    const { owner, path } = audited.scenario;
    const object = before[1]?.object.id ?? "";
    await owner.do("updateRole", { path: { roleId: object }, body: { name: unique("role") } });
    await service().seal();
    expect((await audited.entries()).slice(0, before.length)).toEqual(before);
    const first = await owner.do("listAuditEntries", { path, query: { object, limit: 1 } });
    const cursor = first.nextCursor ?? "";
    const second = await owner.do("listAuditEntries", { path, query: { object, limit: 1, cursor } });
    expect([...first.items, ...second.items].map(({ sequence }) => sequence)).toEqual([2, 6]);
    expect(second.nextCursor).toBeNull();
  });

  test("waits until changes that began earlier have come; what comes later still gets the next place", async () => {
    const audited = new Audited(service(), await makeScenario(service()));
    const { database, now } = { database: service().database, now: service().now() };
    const peppers = parsePeppers(keyMaterial.pepper);
    const sealer = new AuditSealer({ db: database, peppers, clock: () => service().now(), log: undefined });
    await addEntries(database, audited.id, new Date(now.getTime() - 60_000), [{ object_id: "old" }]);
    await sealer.seal();
    const places = async () =>
      Object.fromEntries((await audited.entries()).map((one) => [one.object.id, one.sequence]));
    expect(await places()).toEqual({ old: 1, [audited.id]: null });
    service().advance(2000);
    await sealer.seal();
    const lateId = `aud_${"0".repeat(31)}1`;
    await addEntries(database, audited.id, now, [{ id: lateId, object_id: "late" }]);
    service().advance(2000);
    await sealer.seal();
    expect(await places()).toEqual({ old: 1, [audited.id]: 2, late: 3 });
    expect(await audited.faults()).toEqual([]);
  });

  test("of the service's own chain takes what belongs to no organization, and the service owner reads it", async () => {
    const { owner, user } = { owner: service().as(), user: { email: `${unique("user")}@example.com`, invite: false } };
    await owner.do("createUser", { body: user });
    const before = await owner.do("verifyServiceAudit");
    expect(before.unsealed).toBeGreaterThan(0);
    await service().seal();
    const after = await owner.do("verifyServiceAudit");
    expect(after).toMatchObject({ organization: null, intact: true, entries: before.entries, unsealed: 0 });
    expect(after.head?.sequence).toBe(before.entries);
  });

  test("of many takes several batches and pages", async () => {
    const audited = await makeAudited(service());
    await addEntries(service().database, audited.id, service().now(), Array(1100).fill({}));
    await service().seal();
    expect(await audited.verify()).toMatchObject({ intact: true, sealed: 1105, unsealed: 0, head: { sequence: 1105 } });
  });

  test("by two services at once, while much changes, makes 1 to n without a gap, and is intact all the time", async () => {
    const [one, two] = await Promise.all([makeAudited(service()), makeAudited(service())]);
    const sealing = { pollMs: 1, settleMs: 0 };
    const services = [await service().startBeside({ sealing }), await service().startBeside({ sealing })];
    const change = async (index: number) => {
      const client = new Client(() => services[index % 2]?.app ?? service().service.app, ownerToken);
      const { path } = (index % 4 < 2 ? one : two).scenario;
      await client.do("createRole", { path, body: { name: unique("role"), permissions: ["flows:read"] } });
    };
    for (let round = 0; round < 10; round++) {
      await Promise.all(Array.from({ length: 12 }, (_, index) => change(index)));
      expect([await one.faults(), await two.faults()]).toEqual([[], []]);
    }
    for (const audited of [one, two]) {
      await vi.waitFor(async () => expect(await audited.verify()).toMatchObject({ unsealed: 0 }), { timeout: 60_000 });
      expect((await audited.entries()).map(({ sequence }) => sequence)).toEqual(
        Array.from({ length: 65 }, (_, index) => index + 1),
      );
      expect(await audited.faults()).toEqual([]);
    }
    await Promise.all(services.map((each) => each.close()));
  });

  test("is verified for all who ask at the same time, and anew for who asks later", async () => {
    const audited = await makeAudited(service());
    const answers = await Promise.all(Array.from({ length: 8 }, () => audited.verify()));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    await audited.scenario.role("flows:read");
    expect(await audited.verify()).toMatchObject({ sealed: 5, unsealed: 1 });
  });

  test("is all that ever changes an entry: no operation does, and none removes one", () => {
    const operations = [...contract.values()].filter(({ path }) => path.includes("audit"));
    expect(operations.map(({ id, method }) => `${method} ${id}`).sort()).toEqual([
      "GET listAuditEntries",
      "GET listServiceAuditEntries",
      "GET verifyAudit",
      "GET verifyServiceAudit",
    ]);
  });
});

/** Something else for every column that a change writes. */
const alterations: Readonly<Record<string, RawBuilder<unknown>>> = {
  id: sql`${absent}`,
  organization_id: sql`null`,
  at: sql`at + interval '1 millisecond'`,
  actor_kind: sql`'user'`,
  actor_id: sql`'usr_1'`,
  actor_token: sql`'tok_1'`,
  action: sql`'role.create '`,
  object_kind: sql`'user'`,
  object_id: sql`object_id || '0'`,
  before: sql`'{}'`,
  after: sql`after || '{"name": "another"}'`,
  request_id: sql`'req_2'`,
};

onEachDatabase("tampering", (service) => {
  let audited: Audited;
  let entries: readonly Entry[];
  beforeEach(async () => {
    audited = await makeAudited(service());
    entries = await audited.entries();
    expect(await audited.faults()).toEqual([]);
  });

  const idAt = (place: number) => entries[place - 1]?.id ?? "";
  const removeAt = (place: number) => audited.tamper(sql`delete from audit_entries where id = ${idAt(place)}`);

  test("is tried with every column that a change writes", async () => {
    const row = await service().database.selectFrom("audit_entries").selectAll().executeTakeFirstOrThrow();
    const ofTheSeal = ["chain", "sequence", "hash"];
    expect([...Object.keys(alterations), ...ofTheSeal].sort()).toEqual(Object.keys(row).sort());
  });

  test.each(Object.entries(alterations))("with %s is found, at its place", async (column, value) => {
    await audited.tamper(sql`update audit_entries set ${sql.ref(column)} = ${value} where id = ${idAt(3)}`);
    const entry = column === "id" ? absent : idAt(3);
    expect((await audited.verify()).faults).toEqual([{ sequence: 3, entry, fault: "altered" }]);
    await audited.tamper(sql`delete from audit_entries where id = ${absent}`);
  });

  test.each([
    ["a time without an end", sql`at = 'infinity'`],
    ["no hash", sql`hash = null`],
    ["another hash", sql`hash = ${"0".repeat(64)}`],
  ])("that gives an entry %s is found", async (_title, assignment) => {
    await audited.tamper(sql`update audit_entries set ${assignment} where id = ${idAt(3)}`);
    const { faults } = await audited.verify();
    expect(faults[0]).toEqual({ sequence: 3, entry: idAt(3), fault: "altered" });
    await removeAt(3);
  });

  test.each([1, 3, 5])("that removes entry %i of five is found", async (place) => {
    await removeAt(place);
    const faults = [{ sequence: place, entry: null, fault: "missing" }];
    expect(await audited.verify()).toMatchObject({ intact: false, sealed: 4, faultCount: 1, faults });
  });

  test("that removes the last and puts the head back is found", async () => {
    await removeAt(5);
    await audited.tamper(
      sql`update audit_chains set sequence = 4, hash = ${entries[3]?.hash} where chain = ${audited.id}`,
    );
    expect(await audited.faults()).toEqual(["4 head_altered"]);
  });

  test("that removes all entries is found", async () => {
    await audited.tamper(sql`delete from audit_entries where organization_id = ${audited.id}`);
    expect(await audited.faults()).toEqual([1, 2, 3, 4, 5].map((place) => `${place} missing`));
  });

  test("that exchanges two entries is found, at both places", async () => {
    await audited.tamper(sql`update audit_entries set sequence = 0 where id = ${idAt(2)}`);
    await audited.tamper(sql`update audit_entries set sequence = 2, hash = ${entries[1]?.hash} where id = ${idAt(4)}`);
    await audited.tamper(sql`update audit_entries set sequence = 4, hash = ${entries[3]?.hash} where id = ${idAt(2)}`);
    expect(await audited.faults()).toEqual(["2 altered", "4 altered"]);
  });

  test("that inserts an entry is found: past the end, before the beginning, and in another's place", async () => {
    const inserted = (sequence: number) => sql`
      insert into audit_entries (id, organization_id, at, actor_kind, action, object_kind, object_id, request_id, chain, sequence, hash)
      values (${newId("audit_entry")}, ${audited.id}, now(), 'owner', 'role.create', 'role', 'rol_1', 'req_1', ${audited.id},
        ${sql.lit(sequence)}, ${"0".repeat(64)})`;
    await audited.tamper(inserted(-1));
    expect(await audited.faults()).toEqual(["-1 surplus"]);
    await audited.tamper(sql`delete from audit_entries where chain = ${audited.id} and sequence < 1`);
    await audited.tamper(inserted(6));
    expect(await audited.faults()).toEqual(["6 altered", "6 surplus"]);
    await audited.tamper(sql`delete from audit_entries where chain = ${audited.id} and sequence = 6`);
    await audited.tamper(
      sql`update audit_entries set sequence = sequence + 100 where chain = ${audited.id} and sequence > 3`,
    );
    await audited.tamper(
      sql`update audit_entries set sequence = sequence - 99 where chain = ${audited.id} and sequence > 100`,
    );
    await audited.tamper(inserted(4));
    await audited.rehash(4);
    expect(await audited.faults()).toEqual(["6 surplus", "5 rewritten"]);
  });

  test("that rewrites the rest of a chain is found at its head, whether or not the head is rewritten too", async () => {
    await audited.tamper(sql`update audit_entries set action = 'role.read' where id = ${idAt(2)}`);
    const hash = await audited.rehash(2);
    expect(await audited.faults()).toEqual(["5 rewritten"]);
    await audited.tamper(sql`update audit_chains set hash = ${hash} where chain = ${audited.id}`);
    expect(await audited.verify()).toMatchObject({ head: null, since: null, faults: [{ fault: "head_altered" }] });
    const { version } = parsePeppers(makePepper("v1")).newest;
    await audited.tamper(
      sql`update audit_chains set pepper_version = ${version}, mac = 'x' where chain = ${audited.id}`,
    );
    expect(await audited.faults()).toEqual(["5 head_altered"]);
  });

  test("that puts another chain's head in place is found", async () => {
    const { id } = await makeAudited(service());
    await audited.tamper(sql`
      update audit_chains set hash = other.hash, mac = other.mac, begun_at = other.begun_at
      from audit_chains as other where other.chain = ${id} and audit_chains.chain = ${audited.id}`);
    expect(await audited.faults()).toEqual(["5 head_altered", "5 rewritten"]);
  });

  test("that would have the service seal an altered history as a new one is found: no head is made again", async () => {
    await audited.tamper(sql`delete from audit_chains where chain = ${audited.id}`);
    await removeAt(2);
    await audited.tamper(
      sql`update audit_entries set chain = null, sequence = null, hash = null where chain = ${audited.id}`,
    );
    await service().start();
    await service().seal();
    expect(await audited.verify()).toMatchObject({ sealed: 0, unsealed: 4, head: null, since: null });
    expect(await audited.faults()).toEqual(["null head_missing"]);
    // And nobody else waits for it.
    const other = await makeAudited(service());
    expect(await other.verify()).toMatchObject({ intact: true, sealed: 5 });
  });

  test("with a head stops the seal, which would cover it up", async () => {
    await audited.tamper(sql`update audit_chains set begun_at = 'infinity' where chain = ${audited.id}`);
    await audited.scenario.role("flows:read");
    await service().seal();
    expect(await audited.verify()).toMatchObject({ sealed: 5, unsealed: 1 });
    expect(await audited.faults()).toEqual(["5 head_altered"]);
  });

  test("that has an entry sealed once more is found at its first place", async () => {
    await audited.tamper(sql`update audit_entries set chain = null, action = 'role.read' where id = ${idAt(3)}`);
    await service().seal();
    expect(await audited.verify()).toMatchObject({ entries: 5, head: { sequence: 6 } });
    expect(await audited.faults()).toEqual(["3 missing"]);
  });

  test.each([
    ["in a chain that there isn't", sql`chain = 'nowhere', sequence = 1`],
    ["in no place of its own", sql`chain = organization_id`],
  ])("that hides an entry from the seal, %s, is found", async (_title, assignment) => {
    const role = await audited.scenario.role("flows:read");
    await audited.tamper(sql`update audit_entries set ${assignment} where object_id = ${role.id}`);
    await service().seal();
    const { intact, faults } = await audited.verify();
    const [hidden] = (await audited.entries()).filter(({ object }) => object.id === role.id);
    expect({ intact, faults }).toMatchObject({ intact: false, faults: [{ entry: hidden?.id, fault: "surplus" }] });
    await audited.tamper(sql`delete from audit_entries where object_id = ${role.id}`);
  });

  test.each([
    ["a place that is not sealed yet", sql`chain = organization_id, sequence = 7`],
    ["a time that nobody can write down", sql`at = '-infinity'`],
  ])("that gives an entry %s holds up no other organization's seal", async (_title, assignment) => {
    const role = await audited.scenario.role("flows:read");
    await audited.scenario.role("flows:read");
    await audited.tamper(sql`update audit_entries set ${assignment} where object_id = ${role.id}`);
    const other = await makeAudited(service());
    expect(await other.verify()).toMatchObject({ intact: true, sealed: 5, unsealed: 0 });
    expect((await audited.verify()).unsealed).toBeGreaterThan(0);
    await audited.tamper(sql`delete from audit_entries where object_id = ${role.id}`);
    await service().seal();
    expect(await audited.verify()).toMatchObject({ intact: true, sealed: 6, unsealed: 0 });
  });

  test("much is counted, and the first hundred faults are told", async () => {
    await addEntries(service().database, audited.id, service().now(), Array(300).fill({}));
    await service().seal();
    await audited.tamper(sql`delete from audit_entries where chain = ${audited.id} and sequence between 101 and 250`);
    await audited.tamper(sql`update audit_entries set action = 'x' where chain = ${audited.id} and sequence = 300`);
    const { faultCount, faults, sealed } = await audited.verify();
    expect({ faultCount, sealed, told: faults.length }).toEqual({ faultCount: 151, sealed: 155, told: 100 });
    expect(faults[0]).toEqual({ sequence: 101, entry: null, fault: "missing" });
    await audited.tamper(sql`delete from audit_entries where organization_id = ${audited.id}`);
    await audited.tamper(sql`update audit_chains set sequence = 2000000000 where chain = ${audited.id}`);
    expect(await audited.verify()).toMatchObject({ faultCount: 2_000_000_001, sealed: 0 });
  });
});

onEachDatabase("the audit's peppers", (service) => {
  const second = makePepper("v2");
  const both = `${keyMaterial.pepper},${second}`;

  test("a head moves to the newest, also where nothing changes, and then the older one can go", async () => {
    const audited = await makeAudited(service());
    const quiet = await makeAudited(service());
    await expect(service().start({ pepperList: second })).rejects.toThrow(
      /^ROSTER_KEY_PEPPERS: the audit is sealed with the pepper v1, which is not listed/,
    );
    const found = await verifyChain(service().database, parsePeppers(second), audited.id);
    expect(found.faults).toEqual([{ sequence: 5, entry: null, fault: "pepper_missing" }]);
    await service().start({ pepperList: both });
    await audited.scenario.role("flows:read");
    // Replicas that have the older one only, or as the newest, may go on for a while.
    await service().seal(keyMaterial.pepper);
    await service().seal(both);
    await service().start({ pepperList: second });
    await audited.scenario.role("flows:read");
    await service().seal(second);
    expect(await audited.verify()).toMatchObject({ intact: true, sealed: 7, unsealed: 0 });
    expect(await quiet.verify()).toMatchObject({ intact: true, sealed: 5 });
    await service().start({ pepperList: `${second},${keyMaterial.pepper}` });
  });

  test("an altered head doesn't move: the newest pepper would make it look like the service's own", async () => {
    const audited = await makeAudited(service());
    await audited.tamper(sql`update audit_chains set sequence = 4 where chain = ${audited.id}`);
    await service().start({ pepperList: `${keyMaterial.pepper},${makePepper("v3")}` });
    expect(await audited.faults()).toEqual(["4 head_altered", "5 surplus", "4 rewritten"]);
  });
});

onEachDatabase("a database from before there were chains", (service) => {
  test("has them begun at the next start, and it shows that its entries are older", async () => {
    const audited = await makeAudited(service());
    await audited.tamper(sql`update audit_entries set chain = null, sequence = null, hash = null`);
    await audited.tamper(sql`delete from audit_chains`);
    service().advance(60_000);
    const now = service().now();
    await Promise.all([service().start(), service().start()]);
    await audited.scenario.role("flows:read");
    await service().seal();
    const found = await audited.verify();
    expect(found).toMatchObject({ intact: true, sealed: 6, predating: 5 });
    expect(Date.parse(found.since ?? "")).toBeGreaterThanOrEqual(now.getTime());
    expect(await service().as().do("verifyServiceAudit")).toMatchObject({ intact: true });
  });
});
