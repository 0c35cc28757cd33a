/** The life of a set of any kind: what is sent for its entries, what is read, and what is left of an update that fails half-way. */
import { describe, expect, onTestFinished, test } from "vitest";
import { PartialError } from "../../provider/errors.ts";
import type { PropertyMap } from "../../provider/values/property-map.ts";
import { Client } from "../../provider/wire/client.ts";
import { add, answerOf, changes, club, Engine, type Guest, guests, least, seats, useClub } from "./guests.ts";
import { json, refusal, ScriptedServer } from "./scripted-server.ts";

useClub();

test("the parts of a set are its ids, and not known where those can't be read", () => {
  expect(
    guests.objectIds("the set", { ids: { "ada@x.example": "gst_1" }, others: { "bob@x.example": "gst_2" } }),
  ).toEqual(["gst_1"]);
  expect(guests.objectIds("the set", { ids: {} })).toEqual([]);
  for (const state of [{}, { ids: undefined }, { ids: "gst_1" }, { ids: { "ada@x.example": undefined } }]) {
    expect(guests.objectIds("the set", state)).toBeUndefined();
  }
});

describe("a set", () => {
  test("sends what differs, those first who have to be there, and those last who go", async () => {
    const engine = new Engine();
    await engine.up({ guests: { "ada@x.example": "door", "bob@x.example": "stalls", "eve@x.example": "stalls" } });
    expect([...club.list.values()].map(({ externalId }) => externalId).toSorted()).toEqual([
      "stack/1/ada@x.example",
      "stack/1/bob@x.example",
      "stack/1/eve@x.example",
    ]);
    club.server.received.length = 0;
    await engine.up({ guests: { "ada@x.example": "stalls", "bob@x.example": "door", "new@x.example": "stalls" } });
    const [first, ...rest] = changes();
    expect(first).toMatch(/^PATCH/);
    expect(
      rest
        .slice(0, 2)
        .map((request) => request.split(" ")[0])
        .toSorted(),
    ).toEqual(["PATCH", "POST"]);
    expect(rest.slice(2)).toEqual([
      expect.stringMatching(/^DELETE \/guests\/gst_\d+\?managedAs=stack%2F1%2Feve%40x.example$/),
    ]);
    expect(
      await engine.up({ guests: { "ada@x.example": "stalls", "bob@x.example": "door", "new@x.example": "stalls" } }),
    ).toBe(false);
  });

  test("doesn't overwrite what somebody changes between its look and its change", async () => {
    const engine = new Engine();
    await engine.up({ guests: { "ada@x.example": "stalls", "bob@x.example": "stalls" } });
    const [ada] = [...club.list.values()].filter(({ email }) => email === "ada@x.example");
    club.meddle = (method) => {
      if (method === "PATCH" && ada !== undefined) {
        club.list.set(ada.id, { ...ada, seat: "box" });
      }
      return undefined;
    };
    const wanted = { "ada@x.example": "door", "bob@x.example": "door" };
    await expect(engine.up({ guests: wanted })).rejects.toThrow("ada@x.example: precondition_failed");
    expect(seats()).toEqual({ "ada@x.example": "box", "bob@x.example": "door" });
    club.meddle = () => undefined;
    await engine.refresh();
    await engine.up({ guests: wanted });
    expect(seats()).toEqual(wanted);
  });

  test("that was imported claims and ends nobody whom another stack has taken over since", async () => {
    const [ours, theirs, fixed] = ["ours", "theirs", "fixed"].map((who) => add({ email: `${who}@club.example` }));
    if (ours === undefined || theirs === undefined || fixed === undefined) {
      throw new Error("nobody is listed");
    }
    const found = await guests.read(club.client, "c", {});
    const imported: PropertyMap = { ...found?.state, __imported: true };
    club.list.set(theirs.id, { ...theirs, externalId: "elsewhere/theirs" });
    club.list.set(fixed.id, { ...fixed, externalId: "elsewhere/fixed" });
    const inputs = {
      club: "c",
      guests: { ...Object(imported.guests), "ours@club.example": "box", "fixed@club.example": "stalls vip" },
      externalId: "s/guests",
    };
    await expect(guests.update(club.client, "c/guests", imported, inputs)).rejects.toThrow(
      "theirs@club.example: another resource has taken it over since the import, as elsewhere/theirs",
    );
    expect(club.list.get(theirs.id)).toMatchObject({ externalId: "elsewhere/theirs", seat: "stalls" });
    expect(club.list.get(fixed.id)).toMatchObject({ externalId: "elsewhere/fixed", seat: "stalls" });
    expect(club.list.get(ours.id)).toMatchObject({ externalId: "s/guests/ours@club.example", seat: "box" });
    club.list.set(ours.id, { ...ours });
    await guests.delete(club.client, "c/guests", imported);
    expect([...club.list.keys()]).toEqual([theirs.id, fixed.id]);
  });

  test("sends an entry again whose version changes and whose declared properties don't", async () => {
    const engine = new Engine();
    await engine.up({ guests: { "ada@x.example": "stalls" } });
    let refusals = 3;
    club.meddle = (method) => {
      if (method !== "PATCH" || refusals === 0) {
        return undefined;
      }
      refusals -= 1;
      return refusal(412, "precondition_failed");
    };
    club.server.received.length = 0;
    await engine.up({ guests: { "ada@x.example": "door" } });
    expect(seats()).toEqual({ "ada@x.example": "door" });
    expect(changes()).toHaveLength(4);
    refusals = 4;
    await expect(engine.up({ guests: { "ada@x.example": "stalls" } })).rejects.toThrow("precondition_failed");
    expect(seats()).toEqual({ "ada@x.example": "door" });
  });

  test("refuses to rename an entry whose declared value was changed outside", async () => {
    const engine = new Engine();
    await engine.up({ guests: { "ada@x.example": "stalls" } });
    const [ada] = [...club.list.values()];
    club.list.set(String(ada?.id), { ...(ada as Guest), seat: "box" });
    await expect(engine.up({ guests: { "ada@x.example": "stalls" }, externalId: "stack/2" })).rejects.toThrow(
      "it was changed since the last refresh (seat stalls => box)",
    );
  });

  test("reads its own, by its name, and those that it lost one by one: however many others there are", async () => {
    const engine = new Engine();
    const wanted = { "ada@x.example": "stalls", "bob@x.example": "stalls", "eve@x.example": "stalls" };
    await engine.up({ guests: wanted });
    add({ email: "other@x.example", externalId: "stack/10/other@x.example" });
    const [, bob, eve] = [...club.list.values()];
    club.list.set(String(bob?.id), { ...(bob as Guest), externalId: "another/bob", seat: "door" });
    club.list.delete(String(eve?.id));
    club.server.received.length = 0;
    await engine.refresh();
    expect(club.server.asked.toSorted()).toEqual([
      "GET /clubs/clb_1/guests?externalIdPrefix=stack%2F1%2F&limit=1000",
      `GET /guests/${bob?.id}`,
      `GET /guests/${eve?.id}`,
    ]);
    expect(engine.state?.guests).toEqual({ "ada@x.example": "stalls", "bob@x.example": "door" });
  });

  test("makes an entry anew that can't become what it shall be", async () => {
    const engine = new Engine();
    await engine.up({ guests: { "ada@x.example": "stalls" } });
    club.server.received.length = 0;
    await engine.up({ guests: { "ada@x.example": "stalls vip" } });
    expect(changes().map((request) => request.split(" ")[0])).toEqual(["DELETE", "POST"]);
    expect(seats()).toEqual({ "ada@x.example": "stalls vip" });
  });

  test("that is called otherwise renames its entries, also where that was done half-way", async () => {
    const engine = new Engine();
    const wanted = { "ada@x.example": "stalls", "bob@x.example": "stalls" };
    await engine.up({ guests: wanted });
    club.refused.add("bob@x.example");
    await expect(engine.up({ guests: wanted, externalId: "stack/2" })).rejects.toThrow(PartialError);
    club.refused.clear();
    await engine.up({ guests: wanted, externalId: "stack/2" });
    expect([...club.list.values()].map(({ externalId }) => externalId)).toEqual([
      "stack/2/ada@x.example",
      "stack/2/bob@x.example",
    ]);
    expect(engine.state?.externalId).toBe("stack/2");
  });

  test("T9 keeps whom it lists by another address, as the service compares addresses", async () => {
    const engine = new Engine();
    await engine.up({ guests: { "ada@x.example": "stalls", "kim@x.example": "stalls" } });
    const [ada] = club.list.values();
    if (ada !== undefined) {
      club.list.set(ada.id, { ...ada, email: "ΟΔΟΣ@x.example" });
    }
    await engine.up({ guests: { "οδοσ@x.example": "stalls", "kim@x.example": "stalls" } });
    expect([...club.list.values()].map(({ id, email, externalId }) => [id, email, externalId])).toContainEqual([
      ada?.id,
      "ΟΔΟΣ@x.example",
      "stack/1/οδοσ@x.example",
    ]);
    expect(club.list.size).toBe(2);
  });

  test("sends batches of a hundred, two at once, and no more", async () => {
    const held: (() => void)[] = [];
    let most = 0;
    // Each batch is answered request by request; nothing is before as many batches are under way as will be.
    club.meddle = (method) => {
      return method !== "POST"
        ? undefined
        : (response, request) => {
            held.push(() => answerOf("POST", new URL("http://club"), request.body as PropertyMap)(response, request));
            most = Math.max(most, held.length);
            if (held.length === 2) {
              for (const release of held.splice(0)) {
                release();
              }
            }
          };
    };
    club.server.batches.length = 0;
    const wanted = Object.fromEntries(Array.from({ length: 400 }, (_, at) => [`p${at}@x.example`, "stalls"]));
    await new Engine().up({ guests: wanted });
    expect(club.list.size).toBe(400);
    expect(most).toBe(2);
    expect(club.server.batches).toEqual([100, 100, 100, 100]);
  });

  test("stops where it isn't the entry that is refused", async () => {
    club.meddle = (method) => (method === "POST" ? refusal(401, "unauthenticated") : undefined);
    const wanted = Object.fromEntries(Array.from({ length: 240 }, (_, at) => [`p${at}@x.example`, "stalls"]));
    const failure = await new Engine().up({ guests: wanted }).catch((error: unknown) => error);
    expect(changes().length).toBeLessThanOrEqual(200);
    expect((failure as PartialError).reasons[0]).toMatch(
      /^240 guests could not be updated.*[\s\S]*\d+ were not attempted after that$/,
    );
  });

  test("whose delete was done half-way ends nobody whom it has given back", async () => {
    add({ email: "ada@x.example", seat: "stalls" });
    add({ email: "bob@x.example", seat: "stalls" });
    const engine = new Engine();
    await engine.up({ guests: { "ada@x.example": "door", "bob@x.example": "door" }, adopt: true });
    club.refused.add("bob@x.example");
    await expect(guests.delete(club.client, engine.id, engine.state ?? {})).rejects.toThrow("bob@x.example");
    club.refused.clear();
    await guests.delete(club.client, engine.id, engine.state ?? {});
    expect(seats()).toEqual({ "ada@x.example": "stalls", "bob@x.example": "stalls" });
  });

  test("leaves the state only where a restore since then has undone what its entries belong to", async () => {
    const service = `svc_${"1".repeat(32)}`;
    const read = async (restoredAt: string) => {
      const self = {
        service: { id: service, restores: [{ takenAt: "2026-01-01T00:00:00Z", restoredAt }] },
        caller: { kind: "owner", id: "owner", user: null, serviceOwner: true },
        organizations: [],
      };
      const own = await ScriptedServer.start(refusal(404, "not_found"), json(200, self));
      onTestFinished(() => own.stop());
      const asking = new Client({ endpoint: own.endpoint, token: "of-a-test", timeoutMs: 10_000 });
      // A run of 2026-02-01.
      const state = {
        club: "c",
        guests: {},
        ids: {},
        __service: service,
        __run: "019c1690-4000-7000-8000-000000000000",
      };
      return await guests.read(asking, "c/1", state);
    };
    await expect(read("2026-01-02T00:00:00Z")).rejects.toThrow("the service never deletes such an object");
    expect(await read("2026-03-01T00:00:00Z")).toBeUndefined();
  });

  test("shows whom it adopts and how, and refuses what another stack manages", async () => {
    add({ email: "Ada@x.example", seat: "stalls" });
    add({ email: "bob@x.example", seat: "stalls" });
    const other = add({ email: "eve@x.example", externalId: "another/eve" });
    const given = (adopt: unknown) =>
      guests.check(
        {},
        { ...least, adopt, guests: { "ada@x.example": "door", "bob@x.example": "stalls", "eve@x.example": "door" } },
      );
    const refusedCompare = await guests.compare(club.client, given(true).inputs);
    expect(refusedCompare.failures).toEqual([
      {
        property: "guests.eve@x.example",
        reason: expect.stringContaining(`another stack manages ${other.id} as another/eve`),
      },
    ]);
    const { inputs, failures } = await guests.compare(club.client, given("force").inputs);
    expect(failures).toEqual([]);
    expect(inputs.adopts).toEqual({ "ada@x.example": "stalls => door", "eve@x.example": "stalls => door" });
  });

  test("keeps how it adopted while the program says adopt, and no longer", () => {
    const adopts = { "ada@x.example": "stalls => door" };
    const given = { ...least, guests: { "ada@x.example": "door" } };
    const previous = { ...given, adopt: true, adopts };
    expect(guests.check(previous, { ...given, adopt: true, adopts: {} }).inputs.adopts).toEqual(adopts);
    expect(guests.check(previous, given).inputs).not.toHaveProperty("adopts");
  });

  test("of 10,000 is checked, compared and read without work that grows faster", async () => {
    const of = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, at) => [`p${at}@x.example`, "stalls"]));
    const timed = (count: number) => {
      const wanted = of(count);
      const { inputs } = guests.check({}, { ...least, guests: wanted });
      const ids = Object.fromEntries(Object.keys(wanted).map((address, at) => [address, `gst_${at}`]));
      // The processor's time, because others use the machine as well.
      const started = process.cpuUsage();
      for (let round = 0; round < 20_000 / count; round++) {
        const { inputs: again } = guests.check(inputs, { ...least, guests: { ...wanted, "p0@x.example": "door" } });
        guests.diff({ ...inputs, ids }, again);
      }
      return process.cpuUsage(started).user;
    };
    // Whatever else the machine does only adds to a measurement.
    const leastTime = (count: number) => Math.min(...[1, 2, 3].map(() => timed(count)));
    // The same number of entries in all: what is quadratic takes ten times as long in one piece.
    expect(leastTime(10_000) / leastTime(1000)).toBeLessThan(4);
  });
});

describe("an entry that another resource of the stack has had", () => {
  const hash = "0123456789abcdef0123456789abcdef";
  const set = `stack/${hash}`;
  const others = Array.from({ length: 1500 }, (_, at) => `guest${at}@x.example`);

  test.each([
    { added: 1, entries: others, asked: ["email=eve%40x.example"] },
    { added: 1, entries: others.slice(0, 900), asked: ["externalIdPrefix=stack%2F"] },
    { added: 2, entries: others, asked: ["externalIdPrefix=stack%2F"] },
  ])("is found in $asked.length request if $added of $entries.length is new", async ({ added, entries, asked }) => {
    const eve = add({ email: "eve@x.example", externalId: `stack/${hash.replace("0", "f")}` });
    const before = Object.fromEntries(entries.map((address) => [address, "stalls"]));
    const ids = Object.fromEntries(entries.map((address, at) => [address, `gst_of_${at}`]));
    const inputs = { ...least, externalId: set, guests: before };
    const fresh = ["eve@x.example", "new@x.example"].slice(0, added).map((address) => [address, "stalls"]);
    club.server.received.length = 0;
    const state = await guests.update(
      club.client,
      "the set",
      { ...inputs, ids },
      {
        ...inputs,
        guests: { ...before, ...Object.fromEntries(fresh) },
      },
    );
    const lists = club.server.received.flatMap(({ method, path }) => {
      const { pathname, searchParams } = new URL(path, "http://club");
      searchParams.delete("limit");
      return method === "GET" && pathname.endsWith("/guests") ? [searchParams.toString()] : [];
    });
    expect(lists).toEqual(asked);
    expect(state.ids).toMatchObject({ "eve@x.example": eve.id });
    expect(club.list.get(eve.id)?.externalId).toBe(`${set}/eve@x.example`);
  });
});
