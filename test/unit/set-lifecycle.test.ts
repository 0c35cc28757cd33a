/** What every set shares, shown on a made-up set, the real client and a real server on loopback that keeps a list. */
import { runtime } from "@pulumi/pulumi";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { OutdatedStateError, PartialError } from "../../provider/errors.ts";
import { defineSetLifecycle } from "../../provider/sets/lifecycle.ts";
import { setAddress } from "../../provider/values/property-types.ts";
import type { Values } from "../../provider/values/values.ts";
import { Client } from "../../provider/wire/client.ts";
import { type Answering, json, refusal, ScriptedServer } from "./scripted-server.ts";

const unknown = runtime.unknownValue;

/** A guest as the server has it. */
interface Guest {
  readonly id: string;
  readonly externalId: string | null;
  readonly adopted: boolean;
  readonly email: string;
  readonly seat: string;
  readonly kind: string;
}

const remote = z.object({
  id: z.string(),
  externalId: z.string().nullable(),
  adopted: z.boolean(),
  email: z.string(),
  seat: z.string(),
  kind: z.string(),
});

const guests = defineSetLifecycle({
  kind: "Guests",
  existence: { reading: "organization:read", organization: "club", isKept: true },
  args: { club: z.string(), guests: z.record(setAddress, z.string()) },
  container: "club",
  entries: "guests",
  remote,
  collection: ({ club }) => `/clubs/${String(club)}/guests`,
  queries: [{}],
  item: (id) => `/guests/${id}`,
  wrong: (_args, seat: string) => (seat === "roof" ? { at: "", reason: "nobody sits on the roof" } : undefined),
  settable: (_args, value) => ({ seat: value.split(" ")[0] }),
  createOnly: (_args, value) => ({ kind: kindOf(value) }),
  observe: ({ seat, kind }) => (kind === "none" ? seat : `${seat} ${kind}`),
  isFixed: (before, after) => kindOf(before) !== kindOf(after),
  comesFirst: ({ seat }) => seat === "door",
});

function kindOf(value: string): string {
  return value.split(" ")[1] ?? "none";
}

let server: ScriptedServer;
let client: Client;
/** What the server has, by id. */
const list = new Map<string, Guest>();
/** Addresses whose changes are refused. */
const refused = new Set<string>();
/** Called before a request is answered. */
let meddle: (method: string) => Answering | undefined = () => undefined;
let made = 0;

function add(guest: Partial<Guest> & { readonly email: string }): Guest {
  made += 1;
  const whole = { id: `gst_${made}`, externalId: null, adopted: false, seat: "stalls", kind: "none", ...guest };
  list.set(whole.id, whole);
  return whole;
}

const answer: Answering = (response, request) => {
  const { method, path: target, body } = request;
  const ifMatch = request.headers["if-match"];
  const url = new URL(target, "http://club");
  const answering = meddle(method) ?? answerOf(method, url, (body ?? {}) as Values, ifMatch);
  answering(response, request);
};

/** The version of what can be set on a guest. */
function etagOf({ seat, externalId }: Guest): string {
  return JSON.stringify(`${seat} ${externalId}`).replaceAll("\\", "");
}

function answerOf(method: string, { pathname, searchParams }: URL, body: Values, ifMatch?: string): Answering {
  if (method === "GET" && !pathname.startsWith("/guests/")) {
    const prefix = searchParams.get("externalIdPrefix");
    const items = [...list.values()].filter(({ externalId }) => prefix === null || externalId?.startsWith(prefix));
    return json(200, { items, nextCursor: null });
  }
  if (method === "POST") {
    const { email, seat, kind, adopt, externalId = null } = body as unknown as Guest & { readonly adopt?: string };
    const standing = [...list.values()].find((guest) => guest.email === email);
    if (refused.has(email)) {
      return refusal(422, "unprocessable", { detail: `${email} is not wanted` });
    }
    if (standing !== undefined && adopt === undefined) {
      return refusal(409, "already_member");
    }
    const guest =
      standing === undefined
        ? add({ email, seat, kind, externalId })
        : { ...standing, seat, externalId, adopted: true };
    list.set(guest.id, guest);
    return json(201, guest, { ETag: '"1"' });
  }
  const guest = list.get(pathname.split("/").at(-1) ?? "");
  if (guest === undefined) {
    return refusal(404, "not_found");
  }
  if (method === "GET") {
    return json(200, guest, { ETag: etagOf(guest) });
  }
  if (ifMatch !== undefined && ifMatch !== etagOf(guest)) {
    return refusal(412, "precondition_failed");
  }
  const managedAs = searchParams.get("managedAs");
  if (
    guest.externalId !== null &&
    managedAs !== null &&
    managedAs !== guest.externalId &&
    body.externalId !== guest.externalId
  ) {
    return refusal(409, "managed_elsewhere");
  }
  if (refused.has(guest.email)) {
    return refusal(403, "permission_denied", { detail: `${guest.email} stays` });
  }
  if (method === "PATCH") {
    list.set(guest.id, { ...guest, ...body } as Guest);
    return json(200, list.get(guest.id), { ETag: '"1"' });
  }
  const isReleased = guest.adopted && managedAs === guest.externalId && searchParams.get("ifAdopted") !== "end";
  if (isReleased) {
    list.set(guest.id, { ...guest, externalId: null, adopted: false, seat: "stalls" });
  } else {
    list.delete(guest.id);
  }
  return (response) => response.writeHead(204).end();
}

beforeAll(async () => {
  server = await ScriptedServer.answering(answer);
  client = new Client({ endpoint: server.endpoint, token: "of-a-test", timeoutMs: 10_000 });
});
afterAll(async () => await server.stop());
beforeEach(() => {
  list.clear();
  refused.clear();
  server.received.length = 0;
  meddle = () => undefined;
});

const least = { club: "clb_1", externalId: "stack/1" };

/** What the engine does with a program: previews, updates and refreshes, and keeps what it is given. */
class Engine {
  state: Values | undefined;
  inputs: Values = {};
  id = "";

  check(given: Values) {
    return guests.check(this.inputs, { ...least, ...given });
  }

  /** @returns whether anything was to be done; what fails is kept as the engine does. */
  async up(given: Values): Promise<boolean> {
    const { inputs, failures } = this.check(given);
    expect(failures).toEqual([]);
    try {
      if (this.state === undefined) {
        const made = await guests.create(client, inputs);
        [this.id, this.state] = [made.id, made.state];
      } else if (guests.diff(this.state, inputs).changes) {
        this.state = await guests.update(client, this.id, this.state, inputs);
      } else {
        return false;
      }
    } catch (error) {
      if (error instanceof PartialError) {
        [this.id, this.state] = [error.id, error.properties];
        this.inputs = inputs;
      }
      throw error;
    }
    this.inputs = inputs;
    return true;
  }

  async refresh(): Promise<void> {
    const read = await guests.read(client, this.id, this.state ?? {});
    [this.state, this.inputs] = [read?.state, read?.inputs ?? {}];
  }
}

function seats(): Record<string, string> {
  return Object.fromEntries(
    [...list.values()].map(({ email, seat, kind }) => [email, kind === "none" ? seat : `${seat} ${kind}`]),
  );
}

const changes = () => server.asked.filter((request) => !request.startsWith("GET "));

describe("check", () => {
  const check = (given: Values, previous: Values = {}) => guests.check(previous, { ...least, ...given });

  test("fills in defaults, and names what is wrong by its address", () => {
    expect(check({ guests: { "ada@x.example": "stalls" } })).toEqual({
      failures: [],
      inputs: {
        ...least,
        guests: { "ada@x.example": "stalls" },
        mode: "additive",
        maxRemovalFraction: 0.25,
        __stateVersion: 1,
      },
    });
    expect(check({ guests: { "ada@x.example": "roof" } }).failures).toEqual([
      { property: "guests.ada@x.example", reason: "nobody sits on the roof" },
    ]);
    expect(check({ guests: { "Ada@x.example": "stalls" } }).failures).toEqual([
      { property: "guests.Ada@x.example", reason: "it must be in lower case" },
    ]);
    expect(
      check({ guests: {}, ignore: ["x.example"], mode: "strict" }).failures.map(({ property }) => property),
    ).toEqual(["mode", "ignore[0]"]);
  });

  test("admits what isn't known yet, anywhere", () => {
    for (const given of [
      { guests: unknown },
      { guests: { "ada@x.example": unknown } },
      { guests: { "ada@x.example": "door" }, mode: unknown, ignore: [unknown], maxRemovalFraction: unknown },
      { club: unknown, guests: { "ada@x.example": "door" } },
    ]) {
      expect(check(given).failures, JSON.stringify(given)).toEqual([]);
    }
  });

  test("says no more than twenty wrong entries, and how many there are besides", () => {
    const wrong = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`p${at}@x.example`, "roof"]));
    const { failures } = check({ guests: wrong });
    expect(failures).toHaveLength(21);
    expect(failures.at(-1)?.reason).toBe("and 10 more");
  });

  const people = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, at) => [`p${at}@x.example`, "door"]));
  test.each([
    { of: 20, left: 15, refused: false, why: "five may always go" },
    { of: 6, left: 1, refused: false, why: "five of six are five" },
    { of: 20, left: 14, refused: true, why: "six of twenty are over a quarter" },
    { of: 24, left: 18, refused: false, why: "six of 24 are a quarter" },
    { of: 23, left: 17, refused: true, why: "six of 23 are more" },
    { of: 20, left: 14, fraction: 0.3, refused: false, why: "it may be more" },
    { of: 20, left: 0, fraction: 1, refused: false, why: "it may be all" },
    { of: 100, left: 94, fraction: 0, refused: true, why: "it may be none" },
    { of: 20, left: 10, mode: "authoritative", ignore: ["*@x.example"], refused: true, why: "they are the set's own" },
    { of: 20, left: 10, ignore: ["*@x.example"], refused: true, why: "additive ignores nobody" },
  ])("guards $of of which $left are left: $why", ({ of, left, refused: isRefused, fraction, mode, ignore }) => {
    const { inputs } = check({ guests: people(of) });
    const given = { guests: people(left), mode, ignore, maxRemovalFraction: fraction };
    const { failures } = check(given, inputs);
    expect(failures.map(({ property }) => property)).toEqual(isRefused ? ["maxRemovalFraction"] : []);
    // Another club's guests are others.
    expect(check({ ...given, club: "clb_2" }, inputs).failures).toEqual([]);
  });
});

test("the parts of a set are its ids, and not known where those can't be read", () => {
  expect(
    guests.partsOf("the set", { ids: { "ada@x.example": "gst_1" }, others: { "bob@x.example": "gst_2" } }),
  ).toEqual(["gst_1"]);
  expect(guests.partsOf("the set", { ids: {} })).toEqual([]);
  for (const state of [{}, { ids: undefined }, { ids: "gst_1" }, { ids: { "ada@x.example": undefined } }]) {
    expect(guests.partsOf("the set", state)).toBeUndefined();
  }
});

describe("a set", () => {
  test("sends what differs, those first who have to be there, and those last who go", async () => {
    const engine = new Engine();
    await engine.up({ guests: { "ada@x.example": "door", "bob@x.example": "stalls", "eve@x.example": "stalls" } });
    expect([...list.values()].map(({ externalId }) => externalId).toSorted()).toEqual([
      "stack/1/ada@x.example",
      "stack/1/bob@x.example",
      "stack/1/eve@x.example",
    ]);
    server.received.length = 0;
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
    const [ada] = [...list.values()].filter(({ email }) => email === "ada@x.example");
    meddle = (method) => {
      if (method === "PATCH" && ada !== undefined) {
        list.set(ada.id, { ...ada, seat: "box" });
      }
      return undefined;
    };
    const wanted = { "ada@x.example": "door", "bob@x.example": "door" };
    await expect(engine.up({ guests: wanted })).rejects.toThrow("ada@x.example: precondition_failed");
    expect(seats()).toEqual({ "ada@x.example": "box", "bob@x.example": "door" });
    meddle = () => undefined;
    await engine.refresh();
    await engine.up({ guests: wanted });
    expect(seats()).toEqual(wanted);
  });

  test("reads its own, by its name, and those that it lost one by one: however many others there are", async () => {
    const engine = new Engine();
    const wanted = { "ada@x.example": "stalls", "bob@x.example": "stalls", "eve@x.example": "stalls" };
    await engine.up({ guests: wanted });
    add({ email: "other@x.example", externalId: "stack/10/other@x.example" });
    const [, bob, eve] = [...list.values()];
    list.set(String(bob?.id), { ...(bob as Guest), externalId: "another/bob", seat: "door" });
    list.delete(String(eve?.id));
    server.received.length = 0;
    await engine.refresh();
    expect(server.asked.toSorted()).toEqual([
      "GET /clubs/clb_1/guests?externalIdPrefix=stack%2F1%2F&limit=1000",
      `GET /guests/${bob?.id}`,
      `GET /guests/${eve?.id}`,
    ]);
    expect(engine.state?.guests).toEqual({ "ada@x.example": "stalls", "bob@x.example": "door" });
  });

  test("makes an entry anew that can't become what it shall be", async () => {
    const engine = new Engine();
    await engine.up({ guests: { "ada@x.example": "stalls" } });
    server.received.length = 0;
    await engine.up({ guests: { "ada@x.example": "stalls vip" } });
    expect(changes().map((request) => request.split(" ")[0])).toEqual(["DELETE", "POST"]);
    expect(seats()).toEqual({ "ada@x.example": "stalls vip" });
  });

  test("that is called otherwise renames its entries, also where that was done half-way", async () => {
    const engine = new Engine();
    const wanted = { "ada@x.example": "stalls", "bob@x.example": "stalls" };
    await engine.up({ guests: wanted });
    refused.add("bob@x.example");
    await expect(engine.up({ guests: wanted, externalId: "stack/2" })).rejects.toThrow(PartialError);
    refused.clear();
    await engine.up({ guests: wanted, externalId: "stack/2" });
    expect([...list.values()].map(({ externalId }) => externalId)).toEqual([
      "stack/2/ada@x.example",
      "stack/2/bob@x.example",
    ]);
    expect(engine.state?.externalId).toBe("stack/2");
  });

  test("T9 keeps whom it lists by another address, as the service compares addresses", async () => {
    const engine = new Engine();
    await engine.up({ guests: { "ada@x.example": "stalls", "kim@x.example": "stalls" } });
    const [ada] = list.values();
    if (ada !== undefined) list.set(ada.id, { ...ada, email: "ΟΔΟΣ@x.example" });
    await engine.up({ guests: { "οδοσ@x.example": "stalls", "kim@x.example": "stalls" } });
    expect([...list.values()].map(({ id, email, externalId }) => [id, email, externalId])).toContainEqual([
      ada?.id,
      "ΟΔΟΣ@x.example",
      "stack/1/οδοσ@x.example",
    ]);
    expect(list.size).toBe(2);
  });

  test("sends batches of a hundred, two at once, and no more", async () => {
    const held: (() => void)[] = [];
    let most = 0;
    // Each batch is answered request by request; nothing is before as many batches are under way as will be.
    meddle = (method) => {
      return method !== "POST"
        ? undefined
        : (response, request) => {
            held.push(() => answerOf("POST", new URL("http://club"), request.body as Values)(response, request));
            most = Math.max(most, held.length);
            if (held.length === 2) {
              for (const release of held.splice(0)) {
                release();
              }
            }
          };
    };
    server.batches.length = 0;
    const wanted = Object.fromEntries(Array.from({ length: 400 }, (_, at) => [`p${at}@x.example`, "stalls"]));
    await new Engine().up({ guests: wanted });
    expect(list.size).toBe(400);
    expect(most).toBe(2);
    expect(server.batches).toEqual([100, 100, 100, 100]);
  });

  test("stops where it isn't the entry that is refused", async () => {
    meddle = (method) => (method === "POST" ? refusal(401, "unauthenticated") : undefined);
    const wanted = Object.fromEntries(Array.from({ length: 240 }, (_, at) => [`p${at}@x.example`, "stalls"]));
    const failure = await new Engine().up({ guests: wanted }).catch((error: unknown) => error);
    expect(changes().length).toBeLessThanOrEqual(200);
    expect((failure as PartialError).reasons[0]).toMatch(
      /^240 guests could not be updated.*[\s\S]*\d+ were not tried after that$/,
    );
  });

  test("whose delete was done half-way ends nobody whom it has given back", async () => {
    add({ email: "ada@x.example", seat: "stalls" });
    add({ email: "bob@x.example", seat: "stalls" });
    const engine = new Engine();
    await engine.up({ guests: { "ada@x.example": "door", "bob@x.example": "door" }, adopt: true });
    refused.add("bob@x.example");
    await expect(guests.delete(client, engine.id, engine.state ?? {})).rejects.toThrow("bob@x.example");
    refused.clear();
    await guests.delete(client, engine.id, engine.state ?? {});
    expect(seats()).toEqual({ "ada@x.example": "stalls", "bob@x.example": "stalls" });
  });

  test("leaves the state only where a restore since then has undone what its entries belong to", async () => {
    const service = `svc_${"1".repeat(32)}`;
    const read = async (restoredAt: string) => {
      const self = {
        service: { id: service, restores: [{ takenAt: "2026-01-01T00:00:00Z", restoredAt }] },
        caller: { serviceOwner: true },
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
    const refusedCompare = await guests.compare(client, given(true).inputs);
    expect(refusedCompare.failures).toEqual([
      {
        property: "guests.eve@x.example",
        reason: expect.stringContaining(`another stack manages ${other.id}, as another/eve`),
      },
    ]);
    const { inputs, failures } = await guests.compare(client, given("force").inputs);
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
      const startedMs = performance.now();
      for (let round = 0; round < 20_000 / count; round++) {
        const { inputs: again } = guests.check(inputs, { ...least, guests: { ...wanted, "p0@x.example": "door" } });
        guests.diff({ ...inputs, ids }, again);
      }
      return performance.now() - startedMs;
    };
    timed(1000);
    // The same number of entries in all: what is quadratic takes ten times as long in one piece.
    expect(timed(10_000) / timed(1000)).toBeLessThan(4);
  });
});

describe("authoritative", () => {
  test("removes nobody whom no refresh saw, and says so", async () => {
    add({ email: "old@x.example" });
    const engine = new Engine();
    await engine.up({ guests: { "ada@x.example": "stalls" }, mode: "authoritative" });
    await expect(engine.up({ guests: { "ada@x.example": "door" }, mode: "authoritative" })).rejects.toThrow(
      OutdatedStateError,
    );
    expect(seats()).toEqual({ "old@x.example": "stalls", "ada@x.example": "stalls" });
    await engine.refresh();
    expect(engine.inputs.guests).toEqual({ "ada@x.example": "stalls", "old@x.example": "stalls" });
    await engine.up({ guests: { "ada@x.example": "door" }, mode: "authoritative" });
    expect(seats()).toEqual({ "ada@x.example": "door" });
  });

  test("doesn't show as removed who is listed and was made anew by somebody else, but as to be adopted", async () => {
    const engine = new Engine();
    const wanted = { guests: { "ada@x.example": "stalls" }, mode: "authoritative" };
    await engine.up(wanted);
    list.clear();
    add({ email: "ada@x.example" });
    await engine.refresh();
    expect(engine.inputs.guests).toEqual({});
    await expect(engine.up(wanted)).rejects.toThrow("already_member");
    await engine.up({ ...wanted, adopt: true });
    expect([...list.values()][0]).toMatchObject({ adopted: true, externalId: "stack/1/ada@x.example" });
  });

  test("ends who was made anew by somebody else once a refresh has shown them, and refuses no change before", async () => {
    const engine = new Engine();
    const eve = { "eve@x.example": "stalls" };
    await engine.up({ guests: { "ada@x.example": "stalls" }, mode: "authoritative" });
    list.clear();
    add({ email: "ada@x.example" });
    await engine.refresh();
    await engine.up({ guests: eve, mode: "authoritative" });
    expect(seats()).toEqual({ "ada@x.example": "stalls", ...eve });
    await engine.refresh();
    expect(engine.inputs.guests).toEqual({ "ada@x.example": "stalls", ...eve });
    await engine.up({ guests: eve, mode: "authoritative" });
    expect(seats()).toEqual(eve);
  });

  describe("guards against removing many at once", () => {
    const named = (count: number, domain: string) =>
      Object.fromEntries(Array.from({ length: count }, (_, at) => [`p${at}@${domain}`, "stalls"]));
    const [few, contractors] = [named(3, "x.example"), named(20, "contractors.example")];
    const ignore = ["*@contractors.example"];
    const refusals = (engine: Engine, given: Values) =>
      engine.check({ mode: "authoritative", guests: few, ...given }).failures.map(({ property }) => property);

    /** One whose last refresh has found contractors. */
    async function withFound(): Promise<Engine> {
      const engine = new Engine();
      await engine.up({ guests: few, mode: "authoritative" });
      for (const email of Object.keys(contractors)) add({ email });
      await engine.refresh();
      return engine;
    }

    test("of its own, though they are ignored, as they end", async () => {
      for (const before of [{ ignore }, {}]) {
        list.clear();
        const engine = new Engine();
        await engine.up({ guests: { ...few, ...contractors }, mode: "authoritative", ...before });
        await engine.refresh();
        expect(refusals(engine, { ignore })).toEqual(["maxRemovalFraction"]);
      }
    });

    test("of whom it found, unless they are ignored, or it becomes additive, as they stay", async () => {
      const engine = await withFound();
      expect(refusals(engine, {})).toEqual(["maxRemovalFraction"]);
      for (const given of [{ ignore }, { mode: "additive" }]) {
        expect(refusals(engine, given)).toEqual([]);
      }
      await engine.up({ guests: few, mode: "authoritative", ignore });
      expect(seats()).toEqual({ ...few, ...contractors });
    });

    test("and repeats no address to know it: the map of entries may be secret", async () => {
      // What an interrupted change of addresses leaves in the state is marked as the map is.
      expect(guests.repeats).toEqual({ ids: "guests", others: "guests", __named: "guests" });
      const { inputs } = await withFound();
      const { guests: _, ...others } = inputs;
      expect(JSON.stringify(others)).not.toContain("@");
    });
  });

  test("leaves alone at destroy whom it only found", async () => {
    add({ email: "old@x.example" });
    const engine = new Engine();
    await engine.up({ guests: { "ada@x.example": "stalls" }, mode: "authoritative" });
    await engine.refresh();
    await guests.delete(client, engine.id, engine.state ?? {});
    expect(seats()).toEqual({ "old@x.example": "stalls" });
  });
});

const addresses = ["a", "b", "c", "d"].map((name) => `${name}@x.example`);
const robots = ["r@bots.example"];
const seat = fc.constantFrom("door", "stalls", "box", "box vip");
const declared = fc.record({
  guests: fc.dictionary(fc.constantFrom(...addresses), seat),
  mode: fc.constantFrom("additive", "authoritative"),
  adopt: fc.constantFrom(undefined, true),
});
const act = fc.oneof(
  fc.record({ does: fc.constant("up" as const), given: declared, refuses: fc.subarray(addresses) }),
  fc.record({ does: fc.constant("refresh" as const) }),
  fc.record({ does: fc.constant("join" as const), email: fc.constantFrom(...addresses, ...robots) }),
  fc.record({ does: fc.constant("leave" as const), email: fc.constantFrom(...addresses, ...robots) }),
  fc.record({
    does: fc.constant("move" as const),
    email: fc.constantFrom(...addresses, ...robots),
    seat: fc.constantFrom("door", "box"),
  }),
);

test("whatever happened before, a refresh and an up make it what is declared, and touch nobody else", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 12 }), declared, async (acts, last) => {
      list.clear();
      refused.clear();
      const engine = new Engine();
      const byAddress = (email: string) => [...list.values()].find((guest) => guest.email === email);
      for (const one of acts) {
        if (one.does === "up") {
          for (const address of one.refuses) {
            refused.add(address);
          }
          await engine.up({ ...one.given, ignore: ["*@bots.example"] }).catch((error: unknown) => {
            expect([PartialError, OutdatedStateError]).toContain((error as Error).constructor);
          });
          refused.clear();
        } else if (one.does === "refresh" && engine.state !== undefined) {
          await engine.refresh();
        } else if (one.does === "join" && byAddress(one.email) === undefined) {
          add({ email: one.email });
        } else if (one.does === "leave" || one.does === "move") {
          const guest = byAddress(one.email);
          if (guest !== undefined && one.does === "leave") {
            list.delete(guest.id);
          } else if (guest !== undefined) {
            list.set(guest.id, { ...guest, seat: one.does === "move" ? one.seat : guest.seat });
          }
        }
      }
      // What was there, kept apart from what the set made: the model is a plain map.
      if (engine.state !== undefined) {
        await engine.refresh();
      }
      const ours = new Set(guests.partsOf("the set", engine.state ?? {}));
      // What is adopted is given back where it isn't listed any more.
      const others = [...list.values()].filter(({ id, adopted }) => !ours.has(id) || adopted);
      const wanted = { ...last, adopt: true, ignore: ["*@bots.example"] };
      await engine.up(wanted);
      if (last.mode === "authoritative") {
        await engine.refresh();
        await engine.up(wanted);
      }
      const kept = others.filter(({ email }) => last.mode === "additive" || email.endsWith("@bots.example"));
      const expected = Object.fromEntries(
        kept.map(({ email, seat: sits, kind }) => [email, kind === "none" ? sits : `${sits} ${kind}`]),
      );
      for (const [address, value] of Object.entries(last.guests)) {
        const standing = others.find(({ email }) => email === address);
        // What is adopted keeps what is fixed; the made-up server doesn't refuse that.
        const kind = standing === undefined ? kindOf(value) : standing.kind;
        expected[address] = kind === "none" ? (value.split(" ")[0] ?? "") : `${value.split(" ")[0]} ${kind}`;
      }
      expect(Object.keys(seats()).toSorted()).toEqual(Object.keys(expected).toSorted());
      expect(await engine.up(wanted)).toBe(false);
    }),
    { numRuns: 150 },
  );
});
