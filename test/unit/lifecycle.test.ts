/** What every kind of resource shares, shown on a made-up kind, the real client and a real server on loopback. */
import { runtime } from "@pulumi/pulumi";
import { describe, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { ApiError, PartialError, TransportError } from "../../provider/errors.ts";
import { defineLifecycle } from "../../provider/lifecycle/lifecycle.ts";
import { TakenNames } from "../../provider/lifecycle/names.ts";
import { Run } from "../../provider/lifecycle/run.ts";
import type { Values } from "../../provider/values/values.ts";
import { Client } from "../../provider/wire/client.ts";
import { type Answering, json, refusal, ScriptedServer } from "./scripted-server.ts";

const unknown = runtime.unknownValue;

const remote = z.object({
  id: z.string(),
  externalId: z.string().nullable(),
  adopted: z.boolean(),
  shelf: z.string(),
  name: z.string(),
  label: z.string().nullable(),
  tags: z.array(z.string()),
  settings: z.object({ limit: z.number().nullable(), strict: z.boolean() }),
  status: z.string(),
  weight: z.number().nullable(),
});
const stamped = remote.extend({ code: z.string() });

/** The service that a state is of. */
const __service = `svc_${"1".repeat(32)}`;

/** What the service says of itself and of the caller. */
function self({ id = __service, permissions = ["roles:read"], restores = [] as object[] } = {}) {
  return json(200, {
    service: { id, restores },
    caller: { kind: "api_key", id: "key_1", user: null, serviceOwner: false },
    organizations: [{ id: "shf_1", permissions }],
  });
}

/** A kind of object, which the service keeps for good if a test says so. */
function defineWidget(isKept = false) {
  return defineLifecycle({
    kind: "Widget",
    existence: { reading: "roles:read", organization: "shelf", isKept },
    args: {
      shelf: z.string().regex(/^shf_/, "it must be a shelf"),
      name: z.string().min(2, "a name has at least 2 characters"),
      label: z.string().optional(),
      tags: z.array(z.enum(["red", "green", "blue"])).default(["red"]),
      settings: z
        .strictObject({ limit: z.number().int().max(9, "at most 9").optional(), strict: z.boolean().default(false) })
        .prefault({}),
      note: z.string().optional(),
      password: z
        .string()
        .min(16, "a password has at least 16 characters")
        .regex(/^[a-z-]+$/, "a password has a-z and - only")
        .optional(),
    },
    rules: [
      {
        needs: ["name", "label"],
        check: ({ name, label }, previous) =>
          name === label
            ? { property: "label", reason: `it is the name too; before, the name was ${previous.name ?? "none"}` }
            : undefined,
      },
      {
        needs: ["settings", "tags"],
        check: ({ settings, tags }) =>
          settings.strict && tags.includes("red")
            ? { property: "settings.strict", reason: "strict and red don't go together" }
            : undefined,
      },
    ],
    replaceOn: ["shelf"],
    replaces: ({ status }) => (status === "sealed" ? ["label"] : []),
    same: { name: (a, b) => String(a).toLowerCase() === String(b).toLowerCase() },
    outputs: { status: "How it is.", weight: "In grams.", code: "The stamp, secret." },
    secrets: ["password", "code"],
    onceOnly: ["code"],
    remote,
    collection: ({ shelf }) => `/v1/shelves/${shelf}/widgets`,
    naturalKey: ({ name }) => ({ name }),
    item: (id) => `/v1/widgets/${id}`,
    settable: ({ name, label, tags, settings }) => ({
      name,
      label: label ?? null,
      tags,
      settings: { ...settings, limit: settings.limit ?? null },
    }),
    createOnly: ({ note, password }) => ({ note, password }),
    observe: ({ shelf, name, label, tags, settings }) => ({ shelf, name, label, tags, settings }),
    describe: ({ status, weight }) => ({ status, weight }),
    isGone: ({ status }) => status === "scrapped",
    async create(client, path, body) {
      const answer = await client.post(path, body, stamped);
      return { answer, once: { code: answer.body.code } };
    },
    async act(client, { args: { password }, changed, at }) {
      if (!changed.has("password")) {
        return undefined;
      }
      const answer = await client.post(at("/stamps"), { password }, stamped);
      return { answer, once: { code: answer.body.code } };
    },
  });
}

const widget = defineWidget();

/** What the service says of a widget. */
const object = {
  id: "wid_1",
  externalId: "stack/1",
  adopted: false,
  shelf: "shf_1",
  name: "Gear",
  label: null,
  tags: ["red"],
  settings: { limit: null, strict: false },
  status: "new",
  weight: null,
};
/** What was declared and checked. */
const inputs = {
  shelf: "shf_1",
  name: "Gear",
  tags: ["red"],
  settings: { strict: false },
  note: "only sent",
  password: "correct-horse-battery",
  externalId: "stack/1",
  __stateVersion: 2,
};
/** What the state holds of both. */
const state = { ...inputs, status: "new", code: "first-code", adopted: false, etag: '"v1"' };

async function serve(...answers: readonly Answering[]) {
  const server = await ScriptedServer.start(...answers);
  onTestFinished(() => server.stop());
  return { server, client: new Client({ endpoint: server.endpoint, token: "token", timeoutMs: 60_000 }) };
}

function check(given: Values, previous: Values = {}) {
  return widget.check(previous, given);
}

test("a lifecycle says its kind, its arguments, its outputs and its secrets", () => {
  const { kind, args, replaceOn, outputs, secrets } = widget;
  expect({ kind, args: Object.keys(args), replaceOn, outputs: Object.keys(outputs), secrets }).toEqual({
    kind: "Widget",
    args: ["shelf", "name", "label", "tags", "settings", "note", "password"],
    replaceOn: ["shelf"],
    outputs: ["status", "weight", "code", "adopted", "etag"],
    secrets: ["password", "code"],
  });
});

describe("check", () => {
  const required = { shelf: "shf_1", name: "Gear" };

  test("fills in defaults, at every depth, and leaves out what is not given", () => {
    expect(check({ ...required, label: undefined, settings: { limit: 3 } })).toEqual({
      inputs: { ...required, tags: ["red"], settings: { limit: 3, strict: false }, __stateVersion: 2 },
      failures: [],
    });
    expect(Object.keys(check({ ...required, label: undefined }).inputs)).not.toContain("label");
  });

  test("takes null for what is not given", () => {
    expect(check({ ...required, label: null, tags: null })).toEqual({
      inputs: { ...required, tags: ["red"], settings: { strict: false }, __stateVersion: 2 },
      failures: [],
    });
  });

  test("takes the stack's name for the object, up to 512 characters", () => {
    expect(check({ ...required, externalId: "x".repeat(512) }).failures).toEqual([]);
    expect(check({ ...required, externalId: "x".repeat(513) }).failures).toMatchObject([{ property: "externalId" }]);
    expect(check({ ...required, externalId: "" }).failures).toMatchObject([{ property: "externalId" }]);
  });

  test("is right about what it returned itself", () => {
    const first = check({ ...required, settings: { limit: 3 } });
    expect(check(first.inputs, first.inputs)).toEqual(first);
  });

  test("names every failure at once, each with its place", () => {
    const wrong = {
      shelf: "box_1",
      name: "G",
      tags: ["red", "pink"],
      settings: { limit: 10, strict: "yes", colour: 1 },
      size: 3,
      weight: 4,
    };
    expect(check(wrong).failures).toEqual([
      { property: "size", reason: expect.stringContaining("there is no such property; there are shelf, name, label") },
      { property: "weight", reason: expect.stringContaining("there is no such property") },
      { property: "shelf", reason: "it must be a shelf" },
      { property: "name", reason: "a name has at least 2 characters" },
      { property: "tags[1]", reason: "it must be one of red, green, blue" },
      { property: "settings.limit", reason: "at most 9" },
      { property: "settings.strict", reason: "it must be true or false, and is text" },
      { property: "settings.colour", reason: "there is no such property; there are limit, strict" },
    ]);
  });

  test("names what is missing", () => {
    expect(check({}).failures.map(({ property }) => property)).toEqual(["shelf", "name"]);
  });

  test("refuses what the service makes", () => {
    expect(check({ ...required, status: "new", etag: "v1" }).failures.map(({ property }) => property)).toEqual([
      "status",
      "etag",
    ]);
  });

  describe("what is unknown", () => {
    test.each(["shelf", "name", "label", "tags", "settings", "password", "externalId"])("may be %s", (name) => {
      const { inputs, failures } = check({ ...required, [name]: unknown });
      expect(failures).toEqual([]);
      expect(inputs[name]).toBe(unknown);
    });

    test("may be inside, and stays where it is", () => {
      const nested = { tags: ["red", unknown], settings: { limit: unknown } };
      const { inputs, failures } = check({ ...required, ...nested });
      expect(failures).toEqual([]);
      expect(inputs).toMatchObject(nested);
    });

    test("doesn't hide what is wrong beside it", () => {
      const { failures } = check({
        shelf: unknown,
        name: "G",
        tags: [unknown, "pink"],
        settings: { limit: unknown, strict: 1 },
      });
      expect(failures.map(({ property }) => property)).toEqual(["name", "tags[1]", "settings.strict"]);
    });

    test("inside an object doesn't keep its other members from their defaults", () => {
      expect(check({ ...required, settings: { limit: unknown } }).inputs.settings).toEqual({
        limit: unknown,
        strict: false,
      });
    });
  });

  describe("a rule", () => {
    test("is asked with the arguments, defaults filled in", () => {
      expect(check({ ...required, label: "Gear" }).failures).toEqual([
        { property: "label", reason: "it is the name too; before, the name was none" },
      ]);
      expect(check({ ...required, settings: { strict: true } }).failures).toMatchObject([
        { property: "settings.strict" },
      ]);
    });

    test.each([
      ["what was before", "shf_1", "Old"],
      ["nothing before, where the object is replaced", "shf_2", "none"],
    ])("is told %s", (_what, shelf, name) => {
      expect(check({ ...required, label: "Gear" }, { shelf, name: "Old" }).failures).toEqual([
        { property: "label", reason: `it is the name too; before, the name was ${name}` },
      ]);
    });

    test("is not asked while what it needs is unknown, at any depth", () => {
      expect(check({ ...required, settings: { strict: true }, tags: unknown }).failures).toEqual([]);
      expect(check({ ...required, settings: { strict: true }, tags: ["red", unknown] }).failures).toEqual([]);
      expect(check({ ...required, settings: { strict: true, limit: unknown } }).failures).toEqual([]);
    });

    test("is asked while something else is unknown or wrong", () => {
      expect(check({ ...required, shelf: unknown, label: "Gear" }).failures).toMatchObject([{ property: "label" }]);
      expect(check({ ...required, shelf: "box", label: "Gear" }).failures).toMatchObject([
        { property: "shelf" },
        { property: "label" },
      ]);
    });

    test("is not asked about what is wrong already", () => {
      expect(check({ ...required, settings: { strict: true, limit: 10 } }).failures).toMatchObject([
        { property: "settings.limit" },
      ]);
      expect(check({ ...required, settings: { strict: true }, tags: ["red", "pink"] }).failures).toMatchObject([
        { property: "tags[1]" },
      ]);
    });
  });

  test.each([
    ["too short", "hunter2-hunter"],
    ["of other characters", "Hunter2 Hunter2 Hunter2"],
    ["a number", 987654321],
    ["in a list", ["hunter2-hunter2-hunter2"]],
    ["in an object", { value: "hunter2-hunter2-hunter2" }],
  ])("never repeats a secret: %s", (_name, password) => {
    const { failures } = check({ ...required, password, pasword: password });
    expect(failures.map(({ property }) => property)).toContain("password");
    const said = JSON.stringify(failures).toLowerCase();
    expect(said).not.toContain("hunter2");
    expect(said).not.toContain("987654321");
  });

  test("hands out values of its own: the host changes what it gets", () => {
    const given = Object.freeze({ ...required, settings: Object.freeze({ limit: 1 }) });
    const { inputs } = check(given);
    (inputs.settings as Record<string, unknown>).limit = 2;
    expect(check(given).inputs.settings).toMatchObject({ limit: 1 });
    expect(check(required).inputs.tags).not.toBe(check(required).inputs.tags);
  });
});

describe("diff", () => {
  const unchanged = { changes: false, changesArguments: false, replaces: [] };

  test("sees no change where there is none, whatever the service has added", () => {
    expect(widget.diff(state, inputs)).toEqual(unchanged);
    expect(widget.diff({ ...state, status: "old", weight: 3 }, inputs)).toEqual(unchanged);
  });

  test.each([
    ["changed", { name: "Wheel" }],
    ["added", { label: "small" }],
    ["removed", { note: undefined }],
    ["changed inside", { settings: { strict: true } }],
    ["in another order", { tags: ["blue", "red"] }],
    ["named otherwise in the stack", { externalId: "stack/2" }],
  ])("an argument %s is changed in place", (_how, change) => {
    expect(widget.diff(state, { ...inputs, ...change })).toMatchObject({ changes: true, replaces: [] });
  });

  test("names what replaces, always or in this state, and nothing else", () => {
    const changed = { ...inputs, shelf: "shf_2", name: "Wheel", label: "small" };
    expect(widget.diff(state, changed)).toMatchObject({ changes: true, replaces: ["shelf"] });
    expect(widget.diff({ ...state, status: "sealed" }, changed)).toMatchObject({
      changes: true,
      replaces: ["shelf", "label"],
    });
  });

  test("what could replace and doesn't change replaces nothing", () => {
    expect(widget.diff({ ...state, status: "sealed" }, { ...inputs, name: "Wheel" })).toMatchObject({
      changes: true,
      replaces: [],
    });
  });

  test("takes for the same what the kind calls the same", () => {
    expect(widget.diff(state, { ...inputs, name: "GEAR" })).toEqual(unchanged);
  });

  test("an unknown is a change, of the whole or inside, and is not asked for sameness", () => {
    expect(widget.diff(state, { ...inputs, name: unknown })).toMatchObject({ changes: true, replaces: [] });
    expect(widget.diff({ ...state, name: unknown.toUpperCase() }, { ...inputs, name: unknown }).changes).toBe(true);
    expect(widget.diff(state, { ...inputs, settings: { strict: unknown } }).changes).toBe(true);
    expect(widget.diff(state, { ...inputs, shelf: unknown })).toMatchObject({ changes: true, replaces: ["shelf"] });
  });
});

describe("create", () => {
  test("sends what is given, no null at any depth, and an Idempotency-Key", async () => {
    const { server, client } = await serve(json(201, { ...object, code: "first-code" }, { ETag: '"v1"' }));
    await widget.create(client, inputs);
    expect(server.received).toMatchObject([{ method: "POST", path: "/v1/shelves/shf_1/widgets" }]);
    expect(server.received[0]?.body).toEqual({
      externalId: "stack/1",
      name: "Gear",
      tags: ["red"],
      settings: { strict: false },
      note: "only sent",
      password: "correct-horse-battery",
    });
    expect(server.received[0]?.headers["idempotency-key"]).toMatch(/^\S{43}$/);
    expect(server.received[0]?.headers["if-match"]).toBeUndefined();
  });

  test("keeps the arguments, the outputs, what is said once and the version; and null nowhere", async () => {
    const { client } = await serve(json(201, { ...object, code: "first-code" }, { ETag: '"v1"' }));
    expect(await widget.create(client, inputs)).toEqual({ id: "wid_1", state: { ...state, __run: client.run.id } });
  });

  test("keeps what the service made of an argument", async () => {
    const made = { ...object, code: "first-code", name: "Gear!", settings: { limit: 5, strict: false } };
    const { client } = await serve(json(201, made, { ETag: '"v1"' }));
    expect((await widget.create(client, inputs)).state).toMatchObject({
      name: "Gear!",
      settings: { limit: 5, strict: false },
    });
  });

  test("passes a refusal on", async () => {
    const { client } = await serve(refusal(409, "name_taken"));
    await expect(widget.create(client, inputs)).rejects.toBeInstanceOf(ApiError);
  });
});

describe("read", () => {
  test("says nothing has changed where nothing has", async () => {
    const { server, client } = await serve(json(200, object, { ETag: '"v1"' }));
    expect(await widget.read(client, "wid_1", state)).toEqual({ state, inputs });
    expect(server.asked).toEqual(["GET /v1/widgets/wid_1"]);
    expect(server.received[0]?.headers["idempotency-key"]).toBeUndefined();
  });

  test("gives back what somebody else has changed, as state and as inputs", async () => {
    const drifted = {
      ...object,
      label: "big",
      tags: ["blue"],
      settings: { limit: 2, strict: true },
      status: "old",
      weight: 7,
    };
    const { client } = await serve(json(200, drifted, { ETag: '"v2"' }));
    const seen = { label: "big", tags: ["blue"], settings: { limit: 2, strict: true } };
    expect(await widget.read(client, "wid_1", state)).toEqual({
      state: { ...state, ...seen, status: "old", weight: 7, etag: '"v2"' },
      inputs: { ...inputs, ...seen },
    });
  });

  test("gives back what somebody else has cleared", async () => {
    const { client } = await serve(json(200, { ...object, externalId: null }, { ETag: '"v2"' }));
    const before = { ...state, label: "big", settings: { limit: 3, strict: false }, weight: 3 };
    const found = await widget.read(client, "wid_1", before);
    expect(found?.inputs).toEqual({
      shelf: "shf_1",
      name: "Gear",
      tags: ["red"],
      settings: { strict: false },
      note: "only sent",
      password: "correct-horse-battery",
      __stateVersion: 2,
    });
    expect(found?.state).toEqual({ ...found?.inputs, status: "new", code: "first-code", adopted: false, etag: '"v2"' });
  });

  test("keeps the stack's own name where another stack's is on the object, so that the next change tells", async () => {
    const { client } = await serve(json(200, { ...object, externalId: "another/stack" }, { ETag: '"v2"' }));
    const found = await widget.read(client, "wid_1", state);
    expect(found?.inputs.externalId).toBe("stack/1");
    expect(found?.state.externalId).toBe("stack/1");
  });

  test("keeps what only the answer to a create or an act had, and what can't be read back", async () => {
    const { client } = await serve(json(200, object, { ETag: '"v2"' }));
    const found = await widget.read(client, "wid_1", state);
    expect(found?.state).toMatchObject({ code: "first-code", note: "only sent", password: "correct-horse-battery" });
  });

  test("keeps a value as it was written where the service's means the same", async () => {
    const { client } = await serve(json(200, object, { ETag: '"v1"' }));
    const found = await widget.read(client, "wid_1", { ...state, name: "gEAR" });
    expect(found?.inputs.name).toBe("gEAR");
    expect(found?.state.name).toBe("gEAR");
  });

  test("gives the inputs no outputs", async () => {
    const { client } = await serve(json(200, { ...object, weight: 3 }, { ETag: '"v2"' }));
    const found = await widget.read(client, "wid_1", state);
    expect(Object.keys(found?.inputs ?? {}).toSorted()).toEqual(Object.keys(inputs).toSorted());
  });

  test("finds nothing where there is none, and where only a record is left", async () => {
    const { client } = await serve(refusal(404, "not_found"), self(), json(200, { ...object, status: "scrapped" }));
    expect(await widget.read(client, "wid_1", { ...state, __service })).toBeUndefined();
    expect(await widget.read(client, "wid_1", { ...state, __service })).toBeUndefined();
  });

  test("does not take a refusal for a loss", async () => {
    const { client } = await serve(refusal(403, "permission_denied"));
    await expect(widget.read(client, "wid_1", state)).rejects.toMatchObject({ code: "permission_denied" });
  });
});

describe("an object that isn't found", () => {
  const cases: readonly [string, object, ReturnType<typeof self>, RegExp][] = [
    [
      "another service answers",
      { __service },
      self({ id: `svc_${"2".repeat(32)}` }),
      /^another service answers at http:/,
    ],
    [
      "the token may not read it",
      { __service },
      self({ permissions: ["keys:read"] }),
      /roster:token lacks roles:read in the organization shf_1/,
    ],
    [
      "the token is another organization's",
      { __service, shelf: "shf_2" },
      self(),
      /lacks roles:read in the organization shf_2/,
    ],
    ["the state is from before services had an identity", {}, self(), /the state does not say which service/],
  ];

  test.each(cases)("T1 stays in the state where %s", async (_title, more, answer, message) => {
    const { client } = await serve(refusal(404, "not_found"), answer);
    await expect(widget.read(client, "wid_1", { ...state, ...more })).rejects.toThrow(message);
    const { client: another } = await serve(answer, refusal(404, "not_found"), answer);
    if (!("__service" in more)) return;
    await expect(widget.delete(another, "wid_1", { ...state, ...more })).rejects.toThrow(message);
    const { client: third } = await serve(answer, refusal(404, "not_found"), refusal(404, "not_found"));
    const update = widget.update(third, "wid_1", { ...state, ...more }, { ...inputs, note: "another" });
    await expect(update).rejects.toThrow(message);
  });

  test("T1 stays in the state where there is no such path at all", async () => {
    const { client } = await serve(refusal(404, "route_not_found"), self(), refusal(404, "route_not_found"));
    const expected = /^route_not_found: .*\n {2}No Roster service answers at this address/;
    await expect(widget.read(client, "wid_1", { ...state, __service })).rejects.toThrow(expected);
    await expect(widget.delete(client, "wid_1", { ...state, __service })).rejects.toThrow(expected);
  });

  test("T1 of a kind that is never deleted is gone only where a restore has undone that it was made", async () => {
    const kept = defineWidget(true);
    const read = async (restores: object[], createdAt: string) => {
      const { client } = await serve(refusal(404, "not_found"), self({ restores }));
      return await kept.read(client, "wid_1", { ...state, __service, createdAt });
    };
    const restores = [{ takenAt: "2026-01-01T00:00:00Z", restoredAt: "2026-01-03T00:00:00Z" }];
    expect(await read(restores, "2026-01-02T00:00:00Z")).toBeUndefined();
    await expect(read(restores, "2025-12-31T00:00:00Z")).rejects.toThrow("the service never deletes such an object");
    await expect(read([], "2026-01-02T00:00:00Z")).rejects.toThrow("`--as original`");
  });
});

test("T1 nothing is sent to another service than the one that the state is of", async () => {
  const { server, client } = await serve(self({ id: `svc_${"2".repeat(32)}` }));
  await expect(widget.update(client, "wid_1", { ...state, __service }, { ...inputs, name: "Wheel" })).rejects.toThrow(
    "another service answers",
  );
  expect(server.asked).toEqual(["GET /v1/self"]);
});

test("T1 the identity comes into the state with the first answer, and is kept", async () => {
  const { client } = await serve(json(200, object, { ETag: '"v1"', "Roster-Service": __service }), json(200, object));
  const found = await widget.read(client, "wid_1", state);
  expect(found?.state.__service).toBe(__service);
  expect((await widget.read(client, "wid_1", found?.state ?? {}))?.state.__service).toBe(__service);
});

describe("update", () => {
  const patched = { ...object, name: "Wheel" };

  test("sends what has changed and no more, if the object is still what the state says", async () => {
    const { server, client } = await serve(json(200, patched, { ETag: '"v2"' }));
    const now = await widget.update(client, "wid_1", state, { ...inputs, name: "Wheel" });
    expect(server.received).toMatchObject([{ method: "PATCH", path: "/v1/widgets/wid_1?managedAs=stack%2F1" }]);
    expect(server.received[0]?.body).toEqual({ name: "Wheel" });
    expect(server.received[0]?.headers["if-match"]).toBe('"v1"');
    expect(server.received[0]?.headers["idempotency-key"]).toMatch(/^\S{43}$/);
    expect(now).toEqual({ ...state, name: "Wheel", etag: '"v2"' });
  });

  test("clears with null what is no longer declared, at every depth", async () => {
    const { server, client } = await serve(json(200, { ...object, externalId: null }, { ETag: '"v2"' }));
    const before = { ...state, label: "big", settings: { limit: 3, strict: false } };
    const { externalId: _, ...without } = inputs;
    const now = await widget.update(client, "wid_1", before, without);
    expect(server.received[0]?.body).toEqual({
      label: null,
      settings: { limit: null, strict: false },
      externalId: null,
    });
    const { externalId: __, ...left } = state;
    expect(now).toEqual({ ...left, etag: '"v2"' });
  });

  test("sends no If-Match where the state has no version", async () => {
    const { server, client } = await serve(json(200, patched));
    const { etag: _, ...before } = state;
    await widget.update(client, "wid_1", before, { ...inputs, name: "Wheel" });
    expect(server.received[0]?.headers["if-match"]).toBeUndefined();
  });

  test("keeps what is said once", async () => {
    const { client } = await serve(json(200, patched, { ETag: '"v2"' }));
    expect(await widget.update(client, "wid_1", state, { ...inputs, name: "Wheel" })).toMatchObject({
      code: "first-code",
    });
  });

  test("only asks how the object is where what changes can't be set", async () => {
    const { server, client } = await serve(json(200, { ...object, status: "old" }, { ETag: '"v2"' }));
    const now = await widget.update(client, "wid_1", state, { ...inputs, note: "another" });
    expect(server.asked).toEqual(["GET /v1/widgets/wid_1"]);
    expect(now).toEqual({ ...state, note: "another", status: "old", etag: '"v2"' });
  });

  test("acts after it has set, and keeps what the act says once", async () => {
    const { server, client } = await serve(
      json(200, patched, { ETag: '"v2"' }),
      json(200, { ...patched, code: "second-code" }, { ETag: '"v3"' }),
    );
    const changed = { ...inputs, name: "Wheel", password: "another-horse-battery" };
    const now = await widget.update(client, "wid_1", state, changed);
    expect(server.asked).toEqual([
      "PATCH /v1/widgets/wid_1?managedAs=stack%2F1",
      "POST /v1/widgets/wid_1/stamps?managedAs=stack%2F1",
    ]);
    expect(server.received[0]?.body).toEqual({ name: "Wheel" });
    expect(server.received[1]?.body).toEqual({ password: "another-horse-battery" });
    const [first, second] = server.received.map(({ headers }) => headers["idempotency-key"]);
    expect(second).toMatch(/^\S{43}$/);
    expect(second).not.toBe(first);
    expect(now).toEqual({ ...state, ...changed, code: "second-code", etag: '"v3"' });
  });

  test("only acts where nothing is to be set", async () => {
    const { server, client } = await serve(json(200, { ...object, code: "second-code" }, { ETag: '"v1"' }));
    await widget.update(client, "wid_1", state, { ...inputs, password: "another-horse-battery" });
    expect(server.asked).toEqual(["POST /v1/widgets/wid_1/stamps?managedAs=stack%2F1"]);
  });

  test("passes on that somebody else was faster", async () => {
    const { server, client } = await serve(refusal(412, "precondition_failed"));
    const update = widget.update(client, "wid_1", state, {
      ...inputs,
      name: "Wheel",
      password: "another-horse-battery",
    });
    await expect(update).rejects.toMatchObject({ name: "ApiError", code: "precondition_failed" });
    expect(server.asked).toHaveLength(1);
  });

  test("says that the object is gone, and what to do, as an error of ours", async () => {
    const { client } = await serve(self(), refusal(404, "not_found"), refusal(404, "not_found"));
    const update = widget.update(client, "wid_1", { ...state, __service }, { ...inputs, note: "another" });
    await expect(update).rejects.toMatchObject({
      name: "ApiError",
      code: "not_found",
      message: expect.stringContaining("pulumi refresh"),
      // The engine shows the message of such an error without a stack trace.
      __pulumiRunError: true,
    });
  });

  describe("whose act fails", () => {
    const changed = { ...inputs, name: "Wheel", password: "another-horse-battery" };

    test("after something was set keeps that, and leaves the act to the next one", async () => {
      const { server, client } = await serve(
        json(200, patched, { ETag: '"v2"' }),
        refusal(409, "generation_conflict", { detail: "somebody stamps it" }),
        json(200, { ...patched, code: "second-code" }, { ETag: '"v3"' }),
      );
      const error = await widget.update(client, "wid_1", state, changed).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(PartialError);
      const { id, properties, reasons } = error as PartialError;
      expect(id).toBe("wid_1");
      expect(properties).toEqual({ ...state, name: "Wheel", etag: '"v2"' });
      expect(reasons).toEqual([expect.stringContaining("generation_conflict: somebody stamps it")]);

      expect(widget.diff(properties, changed)).toMatchObject({ changes: true, replaces: [] });
      const now = await widget.update(client, "wid_1", properties, changed);
      expect(server.asked.slice(2)).toEqual(["POST /v1/widgets/wid_1/stamps?managedAs=stack%2F1"]);
      expect(now).toEqual({ ...state, ...changed, code: "second-code", etag: '"v3"' });
    });

    test("after something was cleared doesn't bring it back", async () => {
      const { client } = await serve(json(200, object, { ETag: '"v2"' }), refusal(409, "generation_conflict"));
      const before = { ...state, label: "big", weight: 4 };
      const error = await widget
        .update(client, "wid_1", before, { ...inputs, password: "another-horse-battery" })
        .catch((thrown: unknown) => thrown);
      expect((error as PartialError).properties).toEqual({ ...state, etag: '"v2"' });
    });

    test("without anything set is what it is", async () => {
      const { client } = await serve(refusal(409, "generation_conflict"));
      const update = widget.update(client, "wid_1", state, { ...inputs, password: "another-horse-battery" });
      await expect(update).rejects.toBeInstanceOf(ApiError);
    });

    test("for want of an answer keeps what was set too", async () => {
      const server = await ScriptedServer.start(json(200, patched, { ETag: '"v2"' }));
      onTestFinished(() => server.stop());
      const client = new Client({ endpoint: server.endpoint, token: "token", timeoutMs: 500 });
      const slow = defineLifecycle({
        kind: "Slow",
        existence: { reading: "roles:read" },
        args: { name: z.string(), speed: z.number() },
        replaceOn: [],
        outputs: {},
        remote,
        collection: () => "/v1/slow",
        naturalKey: () => ({}),
        item: (id) => `/v1/slow/${id}`,
        settable: ({ name }) => ({ name }),
        observe: ({ name }) => ({ name }),
        describe: () => ({}),
        act: async () => {
          throw new TransportError(
            "POST",
            "/v1/slow/wid_1/speed",
            { count: 1, elapsedMs: 500 },
            "the service took too long",
          );
        },
      });
      const error = await slow
        .update(client, "wid_1", { name: "Gear", speed: 1, etag: '"v1"' }, { name: "Wheel", speed: 2 })
        .catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(PartialError);
      expect((error as PartialError).properties).toMatchObject({ name: "Wheel", speed: 1, etag: '"v2"' });
    });
  });
});

describe("upgrade", () => {
  const cog = defineLifecycle({
    kind: "Cog",
    existence: { reading: "roles:read" },
    args: { teeth: z.number() },
    replaceOn: [],
    outputs: {},
    remote,
    collection: () => "/v1/cogs",
    naturalKey: () => ({}),
    item: (id) => `/v1/cogs/${id}`,
    settable: ({ teeth }) => ({ teeth }),
    observe: () => ({}),
    describe: () => ({}),
    upgrades: [
      ({ points, ...rest }) => ({ ...rest, teeth: points }),
      ({ teeth, ...rest }) => ({ ...rest, teeth: Number(teeth) }),
    ],
  });

  test("goes through every version in turn, from the one that wrote it", () => {
    const newest = { teeth: 12, etag: '"v1"', __stateVersion: 4 };
    expect(cog.upgrade({ points: "12", etag: '"v1"' })).toEqual({ ...newest, adopted: false });
    expect(cog.upgrade({ points: "12", etag: '"v1"', __stateVersion: 2 })).toEqual(newest);
    expect(cog.upgrade({ teeth: "12", etag: '"v1"', __stateVersion: 3 })).toEqual(newest);
    expect(cog.upgrade(newest)).toEqual(newest);
  });

  test("makes nothing of nothing", () => {
    expect(cog.upgrade({})).toEqual({});
  });

  test("refuses what a later version wrote", () => {
    expect(() => cog.upgrade({ ...inputs, __stateVersion: 5 })).toThrow(
      /later version of pulumi-roster .*this one knows 4/,
    );
  });
});

describe("what adopting changed", () => {
  const given = { shelf: "shf_1", name: "Gear", adopt: true, adopts: {} };
  const adopts = { label: "small => none" };

  test("stays in the inputs while the program says adopt, and goes with it", () => {
    const previous = { ...inputs, adopt: true, adopts };
    expect(check(given, previous).inputs.adopts).toEqual(adopts);
    const { adopts: _, adopt: _adopt, ...without } = given;
    expect(Object.keys(check(without, previous).inputs)).not.toContain("adopts");
  });

  test("is not that of the object whose place this one takes", () => {
    const previous = { ...inputs, adopt: true, adopts };
    expect(Object.keys(check({ ...given, shelf: "shf_2" }, previous).inputs)).not.toContain("adopts");
  });

  test("is not the program's to give", () => {
    expect(Object.keys(check({ ...given, adopts }).inputs)).not.toContain("adopts");
  });
});

describe("compare", () => {
  const adopting = { ...inputs, adopt: true };
  const page = (...items: object[]) => json(200, { items, nextCursor: null });
  const unmanaged = { ...object, externalId: null };

  test("shows how adopting changes what is there, member by member", async () => {
    const found = { ...unmanaged, label: "small", tags: ["blue"], settings: { limit: 3, strict: false } };
    const { server, client } = await serve(page(found));
    expect(await widget.compare(client, adopting)).toEqual({
      inputs: {
        ...adopting,
        adopts: { label: "small => none", tags: '["blue"] => ["red"]', "settings.limit": "3 => none" },
      },
      failures: [],
    });
    expect(server.asked).toEqual(["GET /v1/shelves/shf_1/widgets?name=Gear&limit=1000"]);
  });

  test("shows nothing where nothing is there, where it is the stack's own, or gone", async () => {
    for (const items of [[], [object], [{ ...unmanaged, status: "scrapped" }]]) {
      const { client } = await serve(page(...items));
      expect(await widget.compare(client, adopting)).toEqual({ inputs: adopting, failures: [] });
    }
  });

  test("asks nothing while what it would ask about isn't known", async () => {
    const { server, client } = await serve();
    for (const given of [{ shelf: unknown }, { name: unknown }]) {
      expect((await widget.compare(client, { ...adopting, ...given })).failures).toEqual([]);
    }
    expect(server.asked).toEqual([]);
  });

  test("leaves out what isn't known yet", async () => {
    const { client } = await serve(page({ ...unmanaged, label: "small" }));
    expect((await widget.compare(client, { ...adopting, label: unknown })).inputs.adopts).toEqual({});
  });

  test("refuses what another stack manages, unless it is forced", async () => {
    const theirs = { ...object, externalId: "another/stack" };
    const { client } = await serve(page(theirs), page(theirs));
    expect((await widget.compare(client, adopting)).failures).toEqual([
      { property: "adopt", reason: expect.stringContaining("another stack manages wid_1, as another/stack") },
    ]);
    expect(await widget.compare(client, { ...adopting, adopt: "force" })).toMatchObject({
      inputs: { adopts: {} },
      failures: [],
    });
  });

  test("refuses what is fixed otherwise, on its property", async () => {
    const { client } = await serve(page({ ...unmanaged, shelf: "shf_2" }));
    expect((await widget.compare(client, adopting)).failures).toEqual([
      {
        property: "shelf",
        reason: "wid_1 has shf_2, which can't be changed: adopt it as it is, or declare another one",
      },
    ]);
  });

  test("is silent where the token may not look, and not where the service fails", async () => {
    const { client } = await serve(refusal(403, "permission_denied"), refusal(401, "unauthenticated"));
    expect(await widget.compare(client, adopting)).toEqual({ inputs: adopting, failures: [] });
    await expect(widget.compare(client, adopting)).rejects.toMatchObject({ code: "unauthenticated" });
  });
});

test("a creation that meets the object which it replaces says what the engine has not done; one after its end does not", async () => {
  const problem = {
    type: "",
    title: "",
    status: 409,
    code: "external_id_taken",
    detail: "",
    requestId: "",
    retryable: false,
  } as const;
  const externalId = `stack/${"0".repeat(32)}`;
  const run = new Run();
  const refused = async () => {
    const names = new TakenNames(run, "Widget", externalId, () => Promise.resolve(undefined));
    expect(await names.mayPass(problem, 0)).toBe(false);
    return (names.explained(new ApiError("POST", "/v1/widgets", problem)) as ApiError).message;
  };
  run.note(externalId, { ...state, externalId: "stack/before" });
  expect(await refused()).toContain("the engine has not deleted it. Undo the change that replaces it.");
  run.end("stack/before");
  expect(await refused()).not.toContain("has not deleted it");
});

describe("delete", () => {
  test("asks for it once, with an Idempotency-Key", async () => {
    const { server, client } = await serve((response) => response.writeHead(204).end());
    await widget.delete(client, "wid_1", state);
    expect(server.asked).toEqual(["DELETE /v1/widgets/wid_1?managedAs=stack%2F1"]);
    expect(server.received[0]?.headers["idempotency-key"]).toMatch(/^\S{43}$/);
  });

  test("ends what was adopted only where that is declared", async () => {
    const { server, client } = await serve((response) => response.writeHead(204).end());
    await widget.delete(client, "wid_1", { ...state, adopted: true, onDestroy: "delete" });
    expect(server.asked).toEqual(["DELETE /v1/widgets/wid_1?managedAs=stack%2F1&ifAdopted=end"]);
  });

  test("is done where there is none", async () => {
    const { client } = await serve(self(), refusal(404, "not_found"));
    await widget.delete(client, "wid_1", { ...state, __service });
  });

  test("passes a refusal on", async () => {
    const { client } = await serve(refusal(409, "role_in_use"));
    await expect(widget.delete(client, "wid_1", state)).rejects.toMatchObject({ code: "role_in_use" });
  });
});
