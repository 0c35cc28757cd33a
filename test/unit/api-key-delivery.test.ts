/** In which order a key is made or rotated and its secret handed on, and what is left where a step of that fails. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { DeliveryError } from "../../provider/delivery/delivery.ts";
import { ApiError, PartialError } from "../../provider/errors.ts";
import { apiKeyLifecycle } from "../../provider/kinds/api-key/api-key.ts";
import type { PropertyMap } from "../../provider/values/property-map.ts";
import { Client } from "../../provider/wire/client.ts";
import { type Answering, json, refusal, ScriptedServer } from "./scripted-server.ts";

const organization = `org_${"0".repeat(32)}`;
const id = `key_${"0".repeat(32)}`;
const externalId = "stack/1";
const [first, second, third] = ["the-first-plaintext", "the-second-plaintext", "the-third-plaintext"];
const at = "2026-01-31T09:30:00.000Z";

let folder: string;
let file: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(path.join(tmpdir(), "roster-key-delivery-")));
  file = path.join(folder, "storefront.key");
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A key as the service shows it. */
const key = (generation = 1, more: PropertyMap = {}): PropertyMap => ({
  id,
  externalId,
  adopted: false,
  organization,
  owner: null,
  name: "Storefront",
  displayName: "Storefront",
  kind: "server",
  format: "opaque",
  permissions: [],
  prefix: "rst_server_abcd",
  fingerprint: `fingerprint-${generation}`,
  generation,
  rotatedAt: at,
  secretUsed: false,
  previousSecret: null,
  allowedIps: null,
  endDate: null,
  legacy: false,
  state: "active",
  status: "active",
  createdAt: at,
  updatedAt: at,
  lastUsedAt: null,
  revokedAt: null,
  assignees: [],
  assigneeCount: 0,
  ...more,
});
const answer = (body: PropertyMap, status = 200) => json(status, body, { ETag: '"v1"' });
const created = answer(key(1, { key: first }), 201);
const rotated = answer(key(2, { key: second }));
const noContent: Answering = (response) => response.writeHead(204).end();
/** The service answers, and in that moment there is a folder where the file was to be. */
const blocking =
  (answering: Answering): Answering =>
  (response, request) => {
    rmSync(file, { force: true });
    mkdirSync(file);
    answering(response, request);
  };

/** What is declared, checked. */
function declared(more: PropertyMap = {}, previous: PropertyMap = {}): PropertyMap {
  const given = { organization, name: "Storefront", kind: "server", externalId, deliverTo: { file }, ...more };
  const { inputs, failures } = apiKeyLifecycle.check(previous, given);
  expect(failures).toEqual([]);
  return inputs;
}
const notKept = { storeSecret: false };

async function serve(...answers: readonly Answering[]) {
  const server = await ScriptedServer.start(...answers);
  onTestFinished(() => server.stop());
  const client = new Client({ endpoint: server.endpoint, token: "token", timeoutMs: 60_000 });
  return { server, client, bodies: () => server.received.map(({ body }) => body) };
}
async function make(inputs: PropertyMap): Promise<PropertyMap> {
  const { client } = await serve(created);
  return (await apiKeyLifecycle.create(client, inputs)).state;
}
const thrownBy = (work: Promise<unknown>) => work.then(() => undefined).catch((thrown: unknown) => thrown);
const content = () => readFileSync(file, "utf8");

describe("a key that is made", () => {
  test("is handed on, and kept unless it is not to be", async () => {
    const { client, server } = await serve(created, created);
    const { state } = await apiKeyLifecycle.create(client, declared());
    expect(state).toMatchObject({ key: first, keyAvailable: true, deliverTo: { file } });
    expect(content()).toBe(first);
    rmSync(file);
    const other = await apiKeyLifecycle.create(client, declared(notKept));
    expect(other.state).toMatchObject({ keyAvailable: false, prefix: "rst_server_abcd", fingerprint: "fingerprint-1" });
    expect(other.state).not.toHaveProperty("key");
    expect(JSON.stringify(other)).not.toContain(first);
    expect(content()).toBe(first);
    expect(server.asked).toEqual(new Array(2).fill(`POST /v1/organizations/${organization}/api-keys`));
    for (const { body } of server.received) {
      expect(Object.keys(body as object)).not.toContain("deliverTo");
      expect(Object.keys(body as object)).not.toContain("storeSecret");
    }
  });

  test("of a Web API is handed on as the provider made it", async () => {
    const { client, bodies } = await serve(answer(key(1, { kind: "webapi", prefix: "", key: null }), 201));
    const { state } = await apiKeyLifecycle.create(client, declared({ kind: "webapi", ...notKept }));
    const [sent] = bodies() as [{ secret: string }];
    expect(sent.secret).toMatch(/^[\w-]{43}$/);
    expect(content()).toBe(sent.secret);
    expect(JSON.stringify(state)).not.toContain(sent.secret);
  });

  test("is not made where its file can't be written, and that says so", async () => {
    const { client, server } = await serve();
    const missing = { deliverTo: { file: path.join(folder, "secrets/storefront.key") } };
    const error = await thrownBy(apiKeyLifecycle.create(client, declared(missing)));
    expect(error).toBeInstanceOf(DeliveryError);
    expect((error as Error).message).toBe(
      `deliverTo.file: ${folder}/secrets/storefront.key can't be written: the folder ${folder}/secrets does not exist.\n` +
        "  No key was created. Fix the cause, and run `up` again.",
    );
    expect(server.asked).toEqual([]);
  });

  test("that the service refuses leaves no file", async () => {
    const { client } = await serve(refusal(403, "api_access_disabled"));
    expect(await thrownBy(apiKeyLifecycle.create(client, declared()))).toBeInstanceOf(ApiError);
    expect(readdirSync(folder)).toEqual([]);
  });

  test("is revoked, on the stack's behalf, where handing on fails; nothing of it stays in the state", async () => {
    const { client, server } = await serve(blocking(created), noContent);
    const error = await thrownBy(apiKeyLifecycle.create(client, declared(notKept)));
    expect(error).toBeInstanceOf(DeliveryError);
    expect((error as Error).message).toBe(
      `deliverTo.file: ${file} can't be written: it is a folder: use a file in it.\n` +
        `  The key ${id} was revoked. Fix the cause, and run \`up\` again.`,
    );
    expect(server.asked.slice(1)).toEqual([`DELETE /v1/api-keys/${id}?managedAs=stack%2F1`]);
    expect(readdirSync(folder)).toEqual(["storefront.key"]);
    expect(readdirSync(file)).toEqual([]);
  });

  test.each([{}, notKept])(
    "stays in the state without its secret where it can't be revoked either: %j",
    async (how) => {
      const { client } = await serve(blocking(created), refusal(403, "permission_denied", { detail: "not by you" }));
      const inputs = declared(how);
      const error = await thrownBy(apiKeyLifecycle.create(client, inputs));
      expect(error).toBeInstanceOf(PartialError);
      const { id: kept, properties, reasons } = error as PartialError;
      expect(kept).toBe(id);
      expect(reasons).toEqual([
        expect.stringMatching(/it is a folder.*could not be revoked either.*not by you.*replaces/s),
      ]);
      expect(`${reasons}${JSON.stringify(properties)}`).not.toContain(first);
      expect(properties).toMatchObject({ status: "active", keyAvailable: false });
      expect(apiKeyLifecycle.diff(properties, inputs)).toMatchObject({ changes: true, replaces: ["deliverTo"] });

      // A refresh changes nothing of that.
      const { client: later } = await serve(answer(key()));
      const read = await apiKeyLifecycle.read(later, id, properties);
      expect(apiKeyLifecycle.check(read?.inputs ?? {}, { ...inputs, deliverTo: { file: "a" } }).failures).toEqual([]);
      expect(apiKeyLifecycle.diff(read?.state ?? {}, inputs)).toMatchObject({ changes: true, replaces: ["deliverTo"] });

      // Nor does taking `deliverTo` out.
      const { inputs: out } = apiKeyLifecycle.check(inputs, {
        ...inputs,
        deliverTo: undefined,
        storeSecret: undefined,
      });
      expect(apiKeyLifecycle.diff(properties, out).replaces).toEqual(["deliverTo"]);
    },
  );
});

describe("a key that is rotated", () => {
  const revocations = `POST /v1/api-keys/${id}/secret-revocations?managedAs=stack%2F1`;
  const rotations = `POST /v1/api-keys/${id}/rotations?managedAs=stack%2F1`;

  /** A key as it was made, and as it is declared now. */
  async function rotating(
    more: PropertyMap = {},
    now: PropertyMap = {},
  ): Promise<{ state: PropertyMap; inputs: PropertyMap }> {
    const inputs = declared(more);
    return { state: await make(inputs), inputs: declared({ ...more, rotate: 1, ...now }, inputs) };
  }

  test("is handed on before the secret before it ends, however short the overlap is", async () => {
    const { state, inputs } = await rotating(notKept, { rotation: { overlap: "0s" } });
    let whenEnded = "";
    const ending: Answering = (response, request) => {
      whenEnded = content();
      answer(key(2, { displayName: "of the last answer" }))(response, request);
    };
    const { client, server, bodies } = await serve(rotated, ending);
    const now = await apiKeyLifecycle.update(client, id, state, inputs);
    expect(whenEnded).toBe(second);
    expect(server.asked).toEqual([rotations, revocations]);
    expect(bodies()).toEqual([
      { generation: 2, overlap: "24h" },
      { generation: 1, overlap: "0s" },
    ]);
    expect(now).toMatchObject({ generation: 2, keyAvailable: false, displayName: "of the last answer" });
    expect(JSON.stringify(now)).not.toMatch(/plaintext|__overlap/);
  });

  test("with an overlap that is long enough needs no second request", async () => {
    const { state, inputs } = await rotating({}, { rotation: { overlap: "2d" } });
    const { client, bodies } = await serve(rotated);
    expect(await apiKeyLifecycle.update(client, id, state, inputs)).toMatchObject({ key: second, generation: 2 });
    expect(bodies()).toEqual([{ generation: 2, overlap: "2d" }]);
    expect(content()).toBe(second);
  });

  test("and not handed on has the overlap that it is declared with", async () => {
    const { state, inputs } = await rotating({ deliverTo: undefined }, { rotation: { overlap: "0s" } });
    const { client, bodies } = await serve(rotated);
    expect(await apiKeyLifecycle.update(client, id, state, inputs)).toMatchObject({ key: second });
    expect(bodies()).toEqual([{ generation: 2, overlap: "0s" }]);
  });

  test("is not rotated where its file can't be written", async () => {
    const { state, inputs } = await rotating(notKept);
    rmSync(file);
    mkdirSync(file);
    const { client, server } = await serve();
    const error = await thrownBy(apiKeyLifecycle.update(client, id, state, inputs));
    expect((error as Error).message).toContain("The key was not rotated, and its secret is unchanged.");
    expect(server.asked).toEqual([]);
  });

  test("keeps the secret before it where handing on fails, and the next one begins anew", async () => {
    const { state, inputs } = await rotating(notKept, { rotation: { overlap: "0s" } });
    const { client, server, bodies } = await serve(
      blocking(rotated),
      answer(key(1)),
      answer(key(2, { key: third })),
      answer(key(2)),
    );
    const error = await thrownBy(apiKeyLifecycle.update(client, id, state, inputs));
    expect(error).toBeInstanceOf(DeliveryError);
    expect((error as Error).message).toContain(
      "The new secret was revoked, and the previous one continues to work. Fix the cause, and run `up` again.",
    );
    expect(server.asked).toEqual([rotations, revocations]);
    expect(bodies()[1]).toEqual({ generation: 2 });

    rmSync(file, { recursive: true });
    expect(apiKeyLifecycle.diff(state, inputs)).toMatchObject({ changes: true, replaces: [] });
    await apiKeyLifecycle.update(client, id, state, inputs);
    expect(content()).toBe(third);
    expect(bodies().slice(2)).toEqual([
      { generation: 2, overlap: "24h" },
      { generation: 1, overlap: "0s" },
    ]);
  });

  test("says for how long the secret before it lives where the new one can't be ended either", async () => {
    const { state, inputs } = await rotating(notKept);
    const { client } = await serve(
      blocking(rotated),
      refusal(409, "generation_conflict", { detail: "somebody used it" }),
    );
    const error = await thrownBy(apiKeyLifecycle.update(client, id, state, inputs));
    expect(error).toBeInstanceOf(DeliveryError);
    expect((error as Error).message).toMatch(/could not be revoked: .*somebody used it.*works for another 24h/s);
    expect((error as Error).message).not.toContain(second);
  });

  test("whose secret before can't be ended keeps what is done, and the next update ends it", async () => {
    const { state, inputs } = await rotating({}, { rotation: { overlap: "0s" } });
    const { client, server, bodies } = await serve(
      rotated,
      refusal(403, "permission_denied", { detail: "not now" }),
      answer(key(2)),
      answer(key(2)),
    );
    const error = await thrownBy(apiKeyLifecycle.update(client, id, state, inputs));
    expect(error).toBeInstanceOf(PartialError);
    const { properties, reasons } = error as PartialError;
    expect(reasons).toEqual([expect.stringMatching(/works for another 24h.*not now.*The next `up` tries again/s)]);
    expect(properties).toMatchObject({ key: second, generation: 2, rotate: 1 });
    expect(content()).toBe(second);

    // A refresh takes away what the engine knows of it.
    const read = await apiKeyLifecycle.read(client, id, properties);
    expect(apiKeyLifecycle.diff(read?.state ?? {}, inputs)).toMatchObject({ changes: true, replaces: [] });
    const now = await apiKeyLifecycle.update(client, id, read?.state ?? {}, inputs);
    expect(server.asked.slice(3)).toEqual([revocations]);
    expect(bodies()[3]).toEqual({ generation: 1, overlap: "0s" });
    expect(now).toMatchObject({ key: second, generation: 2 });
    expect(now).not.toHaveProperty("__overlap");
    expect(apiKeyLifecycle.diff(now, inputs)).toMatchObject({ changes: false, replaces: [] });
  });

  test("whose secret before was to end, and that was revoked meanwhile, has nothing left to do", async () => {
    const { state, inputs } = await rotating({}, { rotation: { overlap: "0s" } });
    const revoked = answer(key(2, { state: "revoked", status: "revoked" }));
    const { client, server } = await serve(
      rotated,
      refusal(403, "permission_denied"),
      revoked,
      refusal(409, "key_not_active"),
    );
    const { properties } = (await thrownBy(apiKeyLifecycle.update(client, id, state, inputs))) as PartialError;
    const now = await apiKeyLifecycle.update(client, id, properties, { ...inputs, state: "revoked" });
    expect(server.asked.slice(2)).toEqual([`PATCH /v1/api-keys/${id}?managedAs=stack%2F1`, revocations]);
    expect(now).toMatchObject({ status: "revoked", generation: 2 });
    expect(now).not.toHaveProperty("__overlap");
  });

  test("without an overlap ends a secret that is in use as well, and first; with one it waits", async () => {
    const inUse = refusal(409, "secret_in_use");
    const { state, inputs } = await rotating({}, { rotation: { overlap: "0s" } });
    const later = { ...state, generation: 4, __held: 4 };
    const { client, server, bodies } = await serve(
      inUse,
      answer(key(4)),
      answer(key(5, { key: second })),
      answer(key(5)),
    );
    const now = await apiKeyLifecycle.update(client, id, later, { ...inputs, generation: 5 });
    expect(server.asked).toEqual([rotations, revocations, rotations, revocations]);
    expect(bodies()).toEqual([
      { generation: 5, overlap: "24h" },
      { generation: 3, overlap: "0s" },
      { generation: 5, overlap: "24h" },
      { generation: 4, overlap: "0s" },
    ]);
    expect(now).toMatchObject({ key: second, generation: 5 });
    expect(content()).toBe(second);

    const waiting = await rotating({}, { rotation: { overlap: "1h" } });
    const other = await serve(inUse);
    const error = await thrownBy(apiKeyLifecycle.update(other.client, id, waiting.state, waiting.inputs));
    expect(error).toMatchObject({ code: "secret_in_use" });
    expect(readdirSync(folder)).toEqual(["storefront.key"]);
  });
});

describe("a key that is there", () => {
  async function update(from: PropertyMap, to: PropertyMap, ...answers: readonly Answering[]) {
    const before = declared(from);
    const state = await make(before);
    const inputs = declared({ ...from, ...to }, before);
    const { client, server } = await serve(...answers);
    return { now: await apiKeyLifecycle.update(client, id, state, inputs), server };
  }

  test("is handed on to another place from the state, and stays in the first", async () => {
    const other = path.join(folder, "shop.key");
    const { now, server } = await update({}, { deliverTo: { file: other } }, answer(key()));
    expect(readFileSync(other, "utf8")).toBe(first);
    expect(content()).toBe(first);
    expect(now).toMatchObject({ key: first, deliverTo: { file: other } });
    expect(server.asked).toEqual([`GET /v1/api-keys/${id}`]);
  });

  test("is handed on for the first time, and forgotten, in one", async () => {
    const { now } = await update({ deliverTo: undefined }, { deliverTo: { file }, ...notKept }, answer(key()));
    expect(content()).toBe(first);
    expect(now).toMatchObject({ keyAvailable: false });
    expect(JSON.stringify(now)).not.toContain(first);
  });

  test("is forgotten, and not handed on again", async () => {
    const before = declared();
    const state = await make(before);
    writeFileSync(file, "what somebody made of it");
    const { client } = await serve(answer(key()));
    const now = await apiKeyLifecycle.update(client, id, state, declared(notKept, before));
    expect(now).toMatchObject({ keyAvailable: false, storeSecret: false });
    expect(JSON.stringify(now)).not.toContain(first);
    expect(content()).toBe("what somebody made of it");
  });

  test("is kept again from its next rotation on", async () => {
    const before = declared(notKept);
    const state = await make(before);
    const inputs = declared({}, before);
    const { client } = await serve(answer(key()), answer(key(2, { key: second })));
    const now = await apiKeyLifecycle.update(client, id, state, inputs);
    expect(now).toMatchObject({ keyAvailable: false });
    const rotating = declared({ rotate: 1 }, inputs);
    expect(await apiKeyLifecycle.update(client, id, now, rotating)).toMatchObject({ key: second, keyAvailable: true });
  });

  test("can't be handed on to another place where nobody has its secret: said at preview where that is declared", async () => {
    const deliverTo = { file: path.join(folder, "shop.key") };
    const given = { organization, name: "Storefront", kind: "server", externalId, deliverTo };
    expect(apiKeyLifecycle.check(declared(notKept), { ...given, ...notKept }).failures).toEqual([
      { property: "deliverTo", reason: expect.stringContaining("change `rotate` in the same update") },
    ]);
    declared({ deliverTo, ...notKept, rotate: 1 }, declared(notKept));

    // Kept only since: check can't know that there is none yet.
    const state = await make(declared(notKept));
    const { client, server } = await serve();
    const error = await thrownBy(
      apiKeyLifecycle.update(client, id, { ...state, storeSecret: true }, declared({ deliverTo })),
    );
    expect(error).toBeInstanceOf(DeliveryError);
    expect((error as Error).message).toContain("change `rotate` in the same update");
    expect(server.asked).toEqual([]);
    expect(readdirSync(folder)).toEqual(["storefront.key"]);
  });
});
