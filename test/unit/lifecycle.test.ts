/** The life of an object of any kind: how it is created and read, when it is gone for certain, and how it is deleted. */
import { describe, expect, test } from "vitest";
import { ApiError } from "../../provider/errors.ts";
import { NameConflicts } from "../../provider/lifecycle/name-conflicts.ts";
import { Registrations } from "../../provider/lifecycle/registrations.ts";
import { json, refusal } from "./scripted-server.ts";
import { __service, defineWidget, inputs, object, self, serve, state, widget } from "./widget.ts";

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
  const run = new Registrations();
  const refused = async () => {
    const names = new NameConflicts(run, "Widget", externalId, () => Promise.resolve(undefined));
    expect(await names.retryConflict(problem, 0)).toBe(false);
    return (names.explain(new ApiError("POST", "/v1/widgets", problem)) as ApiError).message;
  };
  run.noteExisting(externalId, { ...state, externalId: "stack/before" });
  expect(await refused()).toContain("the engine did not delete it. Undo the change that replaces it.");
  run.noteDeleted("stack/before");
  expect(await refused()).not.toContain("did not delete it");
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
      __stateVersion: 3,
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
  /** What the state has in addition, what the service says of itself and of the token, and the error. */
  const cases: readonly (readonly [what: string, state: object, answer: ReturnType<typeof self>, error: RegExp])[] = [
    [
      "another service responds",
      { __service },
      self({ id: `svc_${"2".repeat(32)}` }),
      /^another service responds at http:/,
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
    ["the state is from before services had an identity", {}, self(), /the state does not record which service/],
  ];

  test.each(cases)("T1 stays in the state where %s", async (_title, more, answer, message) => {
    const { client } = await serve(refusal(404, "not_found"), answer);
    await expect(widget.read(client, "wid_1", { ...state, ...more })).rejects.toThrow(message);
    const { client: another } = await serve(answer, refusal(404, "not_found"), answer);
    if (!("__service" in more)) {
      return;
    }
    await expect(widget.delete(another, "wid_1", { ...state, ...more })).rejects.toThrow(message);
    const { client: third } = await serve(answer, refusal(404, "not_found"), refusal(404, "not_found"));
    const update = widget.update(third, "wid_1", { ...state, ...more }, { ...inputs, note: "another" });
    await expect(update).rejects.toThrow(message);
  });

  test("T1 stays in the state where there is no such path at all", async () => {
    const { client } = await serve(refusal(404, "route_not_found"), self(), refusal(404, "route_not_found"));
    const expected = /^route_not_found: .*\n {2}No Roster service responds at this address/;
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
    "another service responds",
  );
  expect(server.asked).toEqual(["GET /v1/self"]);
});

test("T1 the identity comes into the state with the first answer, and is kept", async () => {
  const { client } = await serve(json(200, object, { ETag: '"v1"', "Roster-Service": __service }), json(200, object));
  const found = await widget.read(client, "wid_1", state);
  expect(found?.state.__service).toBe(__service);
  expect((await widget.read(client, "wid_1", found?.state ?? {}))?.state.__service).toBe(__service);
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
