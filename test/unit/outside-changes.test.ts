/** What an update does where the object was changed since the last refresh: it is sent again, or refused. */
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { PartialError } from "../../provider/errors.ts";
import { defineLifecycle } from "../../provider/lifecycle/lifecycle.ts";
import { type Answering, json, refusal } from "./scripted-server.ts";
import { documentation, inputs, object, remote, serve, state, widget } from "./widget.ts";

const outdated = refusal(412, "precondition_failed");
const renamed = { ...inputs, name: "Wheel" };

/** An object as a read after the refusal shows it, in the version `"v2"` unless another is named. */
function found(changed: object = {}, version = '"v2"'): Answering {
  return json(200, { ...object, ...changed }, { ETag: version });
}

describe("a change of what the stack doesn't declare", () => {
  test("doesn't refuse an update, which is sent again as another request with the new version", async () => {
    const { server, client } = await serve(
      outdated,
      found({ weight: 7, status: "old" }),
      json(200, { ...object, name: "Wheel", weight: 7 }, { ETag: '"v3"' }),
    );
    const now = await widget.update(client, "wid_1", state, renamed);
    expect(server.asked).toEqual([
      "PATCH /v1/widgets/wid_1?managedAs=stack%2F1",
      "GET /v1/widgets/wid_1",
      "PATCH /v1/widgets/wid_1?managedAs=stack%2F1",
    ]);
    const [first, , second] = server.received;
    expect(second?.body).toEqual(first?.body);
    expect([first, second].map((request) => request?.headers["if-match"])).toEqual(['"v1"', '"v2"']);
    expect(second?.headers["idempotency-key"]).toMatch(/^\S{43}$/);
    expect(second?.headers["idempotency-key"]).not.toBe(first?.headers["idempotency-key"]);
    expect(now).toEqual({ ...state, name: "Wheel", weight: 7, etag: '"v3"' });
  });

  test("is neither reset nor taken into the state", async () => {
    const { server, client } = await serve(
      outdated,
      found({ label: "theirs" }),
      json(200, { ...object, name: "Wheel", label: "theirs" }, { ETag: '"v3"' }),
    );
    const now = await widget.update(client, "wid_1", state, renamed);
    expect(server.received.at(-1)?.body).toEqual({ name: "Wheel" });
    expect(now).toEqual({ ...state, name: "Wheel", etag: '"v3"' });
    expect(widget.diff(now, renamed).changes).toBe(false);
  });

  test("is neither, where it is a part of what the stack declares", async () => {
    const settings = { limit: 3, strict: false };
    const { client } = await serve(
      outdated,
      found({ settings }),
      json(200, { ...object, name: "Wheel", settings }, { ETag: '"v3"' }),
    );
    const now = await widget.update(client, "wid_1", state, renamed);
    expect(now).toEqual({ ...state, name: "Wheel", etag: '"v3"' });
    expect(widget.diff(now, renamed).changes).toBe(false);
    // An update of the whole would overwrite that part.
    const whole = await serve(outdated, found({ settings }));
    const strict = { ...inputs, tags: ["blue"], settings: { strict: true } };
    await expect(widget.update(whole.client, "wid_1", state, strict)).rejects.toMatchObject({
      code: "precondition_failed",
    });
  });

  test("isn't taken into the state either where the rest of the update fails", async () => {
    const { client } = await serve(
      outdated,
      found({ label: "theirs" }),
      json(200, { ...object, name: "Wheel", label: "theirs" }, { ETag: '"v3"' }),
      refusal(409, "generation_conflict"),
    );
    const changed = { ...renamed, password: "another-horse-battery" };
    const error = await widget.update(client, "wid_1", state, changed).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(PartialError);
    expect((error as PartialError).properties).toEqual({ ...state, name: "Wheel", etag: '"v3"' });
  });

  test("refuses the update once it has happened three more times", async () => {
    const { server, client } = await serve(
      outdated,
      found({}, '"v2"'),
      outdated,
      found({}, '"v3"'),
      outdated,
      found({}, '"v4"'),
      outdated,
    );
    await expect(widget.update(client, "wid_1", state, renamed)).rejects.toMatchObject({ code: "precondition_failed" });
    expect(
      server.received.filter(({ method }) => method === "PATCH").map(({ headers }) => headers["if-match"]),
    ).toEqual(['"v1"', '"v2"', '"v3"', '"v4"']);
  });
});

describe("an update is refused, and says to refresh,", () => {
  test.each([
    ["where what it changes was changed", { name: "Cog" }, renamed],
    ["where another declared argument was changed", { tags: ["blue"] }, renamed],
    ["where a default was changed", { settings: { limit: null, strict: true } }, renamed],
    ["where what it declares for the first time was changed", { label: "theirs" }, { ...inputs, label: "ours" }],
    ["where the object was released", { externalId: null }, renamed],
    ["where the object was deleted", { status: "scrapped" }, renamed],
  ])("%s", async (_, changed, wanted) => {
    const { server, client } = await serve(outdated, found(changed));
    await expect(widget.update(client, "wid_1", state, wanted)).rejects.toMatchObject({
      name: "ApiError",
      code: "precondition_failed",
      message: expect.stringContaining("Run `pulumi refresh`"),
    });
    expect(server.asked).toHaveLength(2);
  });

  const decisive = ["role", "owner", "kind", "homeOrganization", "systemRole"];

  test.each(decisive)("where `%s` was changed, also where it isn't declared", async (name) => {
    const given = remote.extend({ [name]: z.string().nullable() }) as unknown as typeof remote;
    const guarded = defineLifecycle({
      kind: "Guarded",
      documentation,
      existence: { readPermission: "roles:read" },
      args: { name: z.string(), [name]: z.string().optional() },
      outputs: {},
      remote: given,
      collection: () => "/v1/guarded",
      naturalKey: () => ({}),
      item: (id) => `/v1/guarded/${id}`,
      settable: (args) => ({ name: args.name }),
      readArgs: (one) => ({ name: one.name }),
      readOutputs: () => ({}),
    });
    const before = { name: "Gear", externalId: "stack/1", etag: '"v1"' };
    const wanted = { name: "Wheel", externalId: "stack/1" };
    const moved = await serve(outdated, found({ [name]: "other" }));
    await expect(guarded.update(moved.client, "wid_1", before, wanted)).rejects.toMatchObject({
      code: "precondition_failed",
    });
    const same = await serve(outdated, found({ [name]: null }), found({ [name]: null, name: "Wheel" }, '"v3"'));
    expect(await guarded.update(same.client, "wid_1", before, wanted)).toMatchObject({ name: "Wheel", etag: '"v3"' });
  });
});
