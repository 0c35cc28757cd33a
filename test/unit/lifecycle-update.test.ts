/** How an object of any kind is updated: what is sent, what is kept, and what is left of an update that fails half-way. */
import { describe, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { ApiError, PartialError, TransportError } from "../../provider/errors.ts";
import { defineLifecycle } from "../../provider/lifecycle/lifecycle.ts";
import { Client } from "../../provider/wire/client.ts";
import { json, refusal, ScriptedServer } from "./scripted-server.ts";
import {
  __service,
  documentation,
  inputs,
  noCredential,
  object,
  remote,
  self,
  serve,
  state,
  widget,
} from "./widget.ts";

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
        documentation,
        existence: { readPermission: "roles:read" },
        args: { name: z.string(), speed: z.number() },
        outputs: {},
        remote,
        collection: () => "/v1/slow",
        naturalKey: () => ({}),
        item: (id) => `/v1/slow/${id}`,
        settable: ({ name }) => ({ name }),
        readArgs: ({ name }) => ({ name }),
        readOutputs: () => ({}),
        credential: {
          ...noCredential,
          update: async () => {
            throw new TransportError(
              "POST",
              "/v1/slow/wid_1/speed",
              { count: 1, elapsedMs: 500 },
              "the service took too long",
            );
          },
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
